//! Any fitted model as a function from a weighted row to scores: one for two classes, else one a class.

use super::{FittedModel, Forest};
use crate::features::SparseRow;

/// Scores rows with any model.
///
/// Linear models, naive Bayes: see `LinearScorer`. Forest and baseline: the second class's probability less
/// one half for two classes, else each class's probability.
#[derive(Clone, Debug, PartialEq)]
pub enum Scorer {
    /// A linear function.
    Linear(LinearScorer),
    /// The mean of trees.
    Forest(Forest),
    /// The same scores for every row.
    Constant(Vec<f64>),
}

impl Scorer {
    /// The scorer of a model.
    pub fn new(model: &FittedModel) -> Self {
        match model {
            FittedModel::Linear { .. }
            | FittedModel::NaiveBayes { .. }
            | FittedModel::Softmax { .. }
            | FittedModel::ComplementNb { .. } => Self::Linear(LinearScorer::new(model)),
            FittedModel::Forest(forest) => Self::Forest(forest.clone()),
            FittedModel::Constant { probabilities } => Self::Constant(match probabilities[..] {
                [_, second] => vec![second - 0.5],
                _ => probabilities.clone(),
            }),
        }
    }

    /// Scores a row: 1 for two classes, else n_classes.
    pub fn n_scores(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.n_scores(),
            Self::Forest(forest) => forest.n_scores as usize,
            Self::Constant(scores) => scores.len(),
        }
    }

    /// Appends the scores of a row to `out`.
    pub fn score(&self, row: &SparseRow, out: &mut Vec<f64>) {
        match self {
            Self::Linear(linear) => linear.score(row, out),
            Self::Forest(forest) => forest.score(row, out),
            Self::Constant(scores) => out.extend_from_slice(scores),
        }
    }

    /// What each of a row's terms, by its place in the row, added to a score, and what is left of the score
    /// without them: a linear model's intercept; a forest's mean over the roots and what missing terms did.
    pub fn contributions(&self, row: &SparseRow, score: usize) -> (f64, Vec<f64>) {
        match self {
            Self::Linear(linear) => {
                let terms = row.term_ids.iter().zip(&row.values);
                (
                    linear.intercept(score),
                    terms.map(|(&term, &value)| value * linear.coef(score, term)).collect(),
                )
            }
            Self::Forest(forest) => forest.contributions(row, score),
            Self::Constant(scores) => (scores[score], vec![0.0; row.term_ids.len()]),
        }
    }
}

/// Scores as `coef · x + intercept`. Shapes: `coef`: n_scores x n_terms row-major; `intercept`: n_scores.
///
/// For logistic regression and SVM these are decision values. For naive Bayes: with two classes the log
/// odds of the second; beyond, each class's joint log likelihood less the mean over the classes, which
/// leaves probabilities and predictions as they are and tells apart what speaks for a class.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearScorer {
    n_terms: usize,
    coef: Vec<f64>,
    intercept: Vec<f64>,
}

impl LinearScorer {
    /// The scorer of a model that is linear.
    fn new(model: &FittedModel) -> Self {
        match model {
            FittedModel::Linear { coef, intercept, .. } => Self {
                n_terms: coef.len() / intercept.len().max(1),
                coef: coef.clone(),
                intercept: intercept.clone(),
            },
            FittedModel::Softmax { coef, intercept } => {
                let n_terms = coef.len() / intercept.len().max(1);
                Self { n_terms, coef: coef.clone(), intercept: intercept.clone() }
            }
            FittedModel::NaiveBayes { feature_log_prob, class_log_prior } => {
                Self::of_classes(feature_log_prob, class_log_prior)
            }
            FittedModel::ComplementNb { weights, n_classes } => {
                Self::of_classes(weights, &vec![0.0; *n_classes as usize])
            }
            FittedModel::Forest(_) | FittedModel::Constant { .. } => {
                unreachable!("forests and baselines are no linear functions")
            }
        }
    }

    /// Of one linear function a class: their difference for two, else each less the mean.
    fn of_classes(by_term: &[f64], priors: &[f64]) -> Self {
        let n_terms = by_term.len() / priors.len().max(1);
        if let [first_prior, second_prior] = priors {
            let (first, second) = by_term.split_at(n_terms);
            let coef = second.iter().zip(first).map(|(second, first)| second - first).collect();
            return Self { n_terms, coef, intercept: vec![second_prior - first_prior] };
        }
        Self { n_terms, coef: centred(by_term, n_terms), intercept: centred(priors, 1) }
    }

    /// Scores a row: 1 for two classes, else n_classes.
    pub fn n_scores(&self) -> usize {
        self.intercept.len()
    }

    /// What an empty text scores.
    pub fn intercept(&self, score: usize) -> f64 {
        self.intercept[score]
    }

    /// What one unit of a term's weight adds to a score.
    pub fn coef(&self, score: usize, term: u32) -> f64 {
        self.coef[score * self.n_terms + term as usize]
    }

    /// Appends the scores of a row to `out`; terms are added in the order of the vocabulary, the intercept
    /// last.
    pub fn score(&self, row: &SparseRow, out: &mut Vec<f64>) {
        for score in 0..self.n_scores() {
            let terms = row.term_ids.iter().zip(&row.values);
            let sum: f64 = terms.map(|(&term, &value)| value * self.coef(score, term)).sum();
            out.push(sum + self.intercept[score]);
        }
    }
}

/// The class the scores speak for: the second of two where its score is above `threshold`, else the one of
/// the highest score (the first of equals).
pub(crate) fn class_of(scores: &[f64], threshold: f64) -> u8 {
    if let [score] = scores {
        return u8::from(*score > threshold);
    }
    let mut best = 0;
    for class in 1..scores.len() {
        if scores[class] > scores[best] {
            best = class;
        }
    }
    best as u8
}

/// Subtracts from each column of an n_classes x n_cols matrix its mean.
fn centred(matrix: &[f64], n_cols: usize) -> Vec<f64> {
    let n_classes = matrix.len() / n_cols.max(1);
    let mut out = matrix.to_vec();
    for col in 0..n_cols {
        let mean = (0..n_classes).map(|class| matrix[class * n_cols + col]).sum::<f64>() / n_classes as f64;
        (0..n_classes).for_each(|class| out[class * n_cols + col] -= mean);
    }
    out
}
