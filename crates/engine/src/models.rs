//! Weighted counts and labels in, fitted models out: logistic regression, naive Bayes, linear SVM.
//!
//! Beyond two classes logistic regression and the SVM are one-vs-rest, as scikit-learn's
//! `OneVsRestClassifier(LogisticRegression(solver="liblinear"))` and `LinearSVC` are.

mod bayes;
mod f1;
mod group;
mod kernels;
mod loss;
mod newton;
mod passes;
mod rows;
mod scorer;
mod validate;
mod weighting;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::LabelId;
use crate::features::FeatureError;

pub use f1::{f1_macro, f1_of_classes};
pub use scorer::LinearScorer;
pub(crate) use scorer::class_of;
pub use validate::{CrossValidator, FinalModel};

/// Relative optimality gap, `(objective - minimum) / minimum`, that a fit of a fold reaches where its scores
/// are wanted. For its F1 alone it ends once the side of zero of every score is certain.
pub const FOLD_GAP: f64 = 1e-13;
/// Relative optimality gap that a final fit reaches.
pub const FINAL_GAP: f64 = 1e-12;
/// Smallest and largest inverse regularisation `C`.
pub const C_RANGE: (f64, f64) = (1e-6, 1e6);
/// Smallest and largest smoothing `alpha` of naive Bayes.
pub const ALPHA_RANGE: (f64, f64) = (1e-10, 1e6);

/// A model's family.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
pub enum ModelKind {
    /// L2-regularised, intercept penalised (LIBLINEAR).
    LogisticRegression,
    /// Multinomial naive Bayes.
    #[serde(rename = "MultinomialNB")]
    MultinomialNb,
    /// L2-regularised squared hinge, intercept penalised (LIBLINEAR).
    #[serde(rename = "LinearSVC")]
    LinearSvc,
}

impl ModelKind {
    /// All of them, in the order they are shown and searched.
    pub const ALL: [ModelKind; 3] = [Self::LogisticRegression, Self::MultinomialNb, Self::LinearSvc];

    /// scikit-learn's class name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogisticRegression => "LogisticRegression",
            Self::MultinomialNb => "MultinomialNB",
            Self::LinearSvc => "LinearSVC",
        }
    }
}

/// How much a row of each class counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeight {
    /// Every row counts 1.
    None,
    /// `n / (n_classes * n_class)` over the rows fitted (scikit-learn's `balanced`).
    Balanced,
}

/// A model and its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type")]
pub enum ModelSpec {
    /// scikit-learn's `LogisticRegression(solver="liblinear")`.
    LogisticRegression {
        /// Inverse strength of the regularisation.
        #[serde(rename = "C")]
        c: f64,
        /// Weights by class.
        class_weight: ClassWeight,
    },
    /// scikit-learn's `MultinomialNB`.
    #[serde(rename = "MultinomialNB")]
    MultinomialNb {
        /// Additive smoothing.
        alpha: f64,
    },
    /// scikit-learn's `LinearSVC(dual=False)`.
    #[serde(rename = "LinearSVC")]
    LinearSvc {
        /// Inverse strength of the regularisation.
        #[serde(rename = "C")]
        c: f64,
        /// Weights by class.
        class_weight: ClassWeight,
    },
}

impl ModelSpec {
    /// Its family.
    pub fn kind(&self) -> ModelKind {
        match self {
            Self::LogisticRegression { .. } => ModelKind::LogisticRegression,
            Self::MultinomialNb { .. } => ModelKind::MultinomialNb,
            Self::LinearSvc { .. } => ModelKind::LinearSvc,
        }
    }
}

/// What a fit learned. `n_scores` is 1 for two classes (the second class's side), else n_classes.
#[derive(Clone, Debug, PartialEq)]
pub enum FittedModel {
    /// A score is `coef · x + intercept`; shapes: `coef`: n_scores x n_terms row-major, `intercept`: n_scores.
    Linear {
        /// Logistic regression or linear SVM.
        kind: ModelKind,
        /// Weights.
        coef: Vec<f64>,
        /// Intercepts.
        intercept: Vec<f64>,
    },
    /// A class's joint log likelihood is `feature_log_prob · x + class_log_prior`.
    /// Shapes: `feature_log_prob`: n_classes x n_terms row-major, `class_log_prior`: n_classes.
    NaiveBayes {
        /// `ln((count + alpha) / (total + alpha n_terms))`.
        feature_log_prob: Vec<f64>,
        /// `ln(n_class / n)`.
        class_log_prior: Vec<f64>,
    },
}

/// Macro F1 of the folds of one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct CvScores {
    /// One a fold, in order.
    pub fold_f1_macro: Vec<f64>,
}

impl CvScores {
    /// Mean of the folds.
    pub fn mean(&self) -> f64 {
        self.fold_f1_macro.iter().sum::<f64>() / self.fold_f1_macro.len() as f64
    }
}

/// Scores of training rows by the fits that did not see them. Shape of `scores`: n_train x n_scores
/// row-major, in the order of `SplitPlan::train`; `n_scores` as in `FittedModel`.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// Scores a row.
    pub n_scores: usize,
    /// Decision values; for naive Bayes log odds (two classes) or centred joint log likelihoods.
    pub scores: Vec<f64>,
}

/// Why a setting cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EvaluateError {
    /// Features cannot be learned so.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// A model parameter out of range.
    #[error("{name} is {value}: choose a value from {low} to {high}")]
    BadParameter {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// Smallest value taken.
        low: f64,
        /// Largest value taken.
        high: f64,
    },
    /// A class has no row in some training part.
    #[error("class {} has no rows to learn from in some fold: use fewer folds or add rows of that class", class.0)]
    MissingClass {
        /// The class.
        class: LabelId,
    },
    /// Split and counts do not belong together.
    #[error("the split does not fit the counted reviews ({what}): split again")]
    BadSplit {
        /// What contradicts.
        what: &'static str,
    },
    /// The solver did not reach its goal.
    #[error("no solution within {n_steps} steps: choose a smaller C")]
    NotConverged {
        /// Steps taken.
        n_steps: u32,
    },
}
