//! Any fitted model as a linear function of a weighted row.

use super::FittedModel;
use crate::features::SparseRow;

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
    /// The scorer of a model.
    pub fn new(model: &FittedModel) -> Self {
        match model {
            FittedModel::Linear { coef, intercept, .. } => Self {
                n_terms: coef.len() / intercept.len().max(1),
                coef: coef.clone(),
                intercept: intercept.clone(),
            },
            FittedModel::NaiveBayes { feature_log_prob, class_log_prior } => {
                let n_classes = class_log_prior.len();
                let n_terms = feature_log_prob.len() / n_classes.max(1);
                if n_classes == 2 {
                    let (first, second) = feature_log_prob.split_at(n_terms);
                    let coef = second.iter().zip(first).map(|(second, first)| second - first).collect();
                    return Self { n_terms, coef, intercept: vec![class_log_prior[1] - class_log_prior[0]] };
                }
                Self {
                    n_terms,
                    coef: centred(feature_log_prob, n_terms),
                    intercept: centred(class_log_prior, 1),
                }
            }
        }
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
