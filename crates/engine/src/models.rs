//! Weighted counts and labels in, fitted models out: logistic regression, linear SVM, naive Bayes (multinomial
//! and complement), random forest, and a baseline.
//!
//! Beyond two classes logistic regression and the SVM are one-vs-rest, as scikit-learn's
//! `OneVsRestClassifier(LogisticRegression(solver="liblinear"))` and `LinearSVC` are; with the solver `lbfgs`
//! logistic regression is multinomial. A forest, naive Bayes and the baseline know any number of classes.

mod spec;
mod f1;
mod group;
mod extent;
mod start;
mod weighting;
mod starts;
mod descent;
mod training;
mod binary;
mod lasso;
mod dual;
mod softmax;
mod bayes_plain;
mod dummy;
mod forest;
mod objective;
mod scorer;
#[cfg(feature = "all-models")]
mod plain;
#[cfg(not(feature = "all-models"))]
#[path = "models/no_plain.rs"]
mod plain;
mod validate;
mod warm;
mod judged;
mod repeated;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::LabelId;
use crate::features::FeatureError;

pub use f1::{f1_macro, f1_of_classes};
pub use forest::{Forest, ForestError, ForestGrower, LEAF, Tree};
pub use judged::{FoldJudge, FoldRows, JudgedFolds, Judging};
pub use objective::objective;
pub use repeated::RepeatedValidator;
pub(crate) use scorer::class_of;
pub use scorer::{LinearScorer, Scorer};
pub use spec::{
    ALPHA_RANGE, C_RANGE, CLASS_WEIGHT_RANGE, ClassWeight, Criterion, DummyStrategy, ForestSpec,
    GivenWeights, LogisticSolver, MAX_LEAF_ROWS, MaxFeatures, ModelKind, ModelSpec, SvmLoss, TREES_RANGE,
};
pub use start::WarmStart;
pub use training::{FitWarning, Fitted, MAX_SAMPLE_WEIGHT, TrainingSet, Truth, fit_model, fit_model_within};
pub use validate::{CrossValidator, FinalModel};
pub use warm::WarmFit;

/// Relative optimality gap, `(objective - minimum) / minimum`, that a fit of a fold reaches where its scores
/// are wanted. For its F1 alone it ends once the side of zero of every score is certain.
pub const FOLD_GAP: f64 = 1e-13;
/// Relative optimality gap that a final fit reaches.
pub const FINAL_GAP: f64 = 1e-12;

/// What a fit learned. `n_scores` is 1 for two classes (the second class's side), else n_classes.
#[derive(Clone, Debug, PartialEq)]
pub enum FittedModel {
    /// A score is `coef · x + intercept`; shapes: `coef`: n_scores x n_terms row-major, `intercept`: n_scores.
    Linear {
        /// Logistic regression (but for the multinomial one) or linear SVM.
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
    /// Multinomial logistic regression: a class's score is `coef · x + intercept`, probabilities are their
    /// softmax. Shapes: `coef`: n_classes x n_terms row-major, `intercept`: n_classes.
    Softmax {
        /// Weights.
        coef: Vec<f64>,
        /// Intercepts, of sum 0.
        intercept: Vec<f64>,
    },
    /// Complement naive Bayes: a class's score is `weights · x`, probabilities are their softmax.
    /// Shape of `weights`: n_classes x n_terms row-major.
    ComplementNb {
        /// Number of classes.
        n_classes: u32,
        /// Negative logs of the terms' shares in the other classes.
        weights: Vec<f64>,
    },
    /// A random forest.
    Forest(Forest),
    /// The same answer to everything.
    Constant {
        /// Probability of each class.
        probabilities: Vec<f64>,
    },
}

/// Macro F1 of the folds of one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct CvScores {
    /// One a fold, in order.
    pub fold_f1_macro: Vec<f64>,
    /// What should be known about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FitWarning>,
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
    /// Scores as `Scorer` gives them.
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
    /// Class weights that do not fit the classes.
    #[error("{n_weights} class weights are given for {n_classes} classes: give one for each class")]
    BadClassWeights {
        /// How many there are.
        n_weights: usize,
        /// For how many classes.
        n_classes: usize,
    },
    /// A negative value where a model counts.
    #[error("{} cannot learn from the negative value {value}: choose other features", model.as_str())]
    NegativeValue {
        /// The model.
        model: ModelKind,
        /// What was found.
        value: f64,
    },
    /// Split and counts do not belong together.
    #[error("the split does not fit the counted reviews ({what}): split again")]
    BadSplit {
        /// What contradicts.
        what: &'static str,
    },
    /// A setting that lanes do not fit, in a build that fits no other.
    #[error("{} with these settings is not part of this build: choose others, or use the terminal program `reviewlab`", model.as_str())]
    NotInThisBuild {
        /// The model.
        model: ModelKind,
    },
    /// What was asked for is not defined for some fold's rows.
    #[error(
        "{metric} cannot be measured in some fold, which lacks a class: use fewer folds or add rows of it"
    )]
    NotMeasured {
        /// What was asked for.
        metric: &'static str,
    },
    /// The solver did not reach its goal.
    #[error("no solution within {n_steps} steps: choose a smaller C")]
    NotConverged {
        /// Steps taken.
        n_steps: u32,
    },
}
