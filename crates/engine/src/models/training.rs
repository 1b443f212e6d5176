//! Rows, classes and weights in, any model out: the plain way to fit, which every model has.
//!
//! The folds of the models a search tries most are fitted together elsewhere (`CrossValidator`).

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{
    ClassWeight, EvaluateError, FINAL_GAP, FittedModel, LogisticSolver, ModelKind, ModelSpec, SvmLoss,
    bayes_plain, binary, dummy, softmax,
};
use crate::dataset::LabelId;
use crate::num::Csr;

/// Largest weight of a row.
pub const MAX_SAMPLE_WEIGHT: f64 = 1e9;

/// What a model learns from: rows, n_rows x n_terms, and the truth about them.
#[derive(Clone, Copy, Debug)]
pub struct TrainingSet<'a> {
    /// Weighted rows.
    pub x: &'a Csr,
    /// Their classes.
    pub truth: Truth<'a>,
}

/// Classes of rows, and how often each row counts. Shapes: `labels`, `sample_weights`: n_rows.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// Class of each row.
    pub labels: &'a [LabelId],
    /// Number of classes.
    pub n_classes: usize,
    /// How often each row counts; 1 where none are given.
    pub sample_weights: Option<&'a [f64]>,
}

/// Something a person should know about a result that is there all the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FitWarning {
    /// The solver stopped before its goal: the result is near the best, but not at it.
    NotConverged {
        /// The model.
        model: ModelKind,
        /// Steps taken.
        n_steps: u32,
    },
    /// No row of the class is in the fold, so that its F1 says nothing about it.
    ClassMissing {
        /// The class.
        class: LabelId,
        /// The fold.
        fold: u32,
    },
}

impl std::fmt::Display for FitWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotConverged { model, n_steps } => write!(
                f,
                "{} stopped after {n_steps} steps, a little before the best fit: a smaller C helps",
                model.as_str()
            ),
            Self::ClassMissing { class, fold } => write!(
                f,
                "fold {} holds no row of class {}: use fewer folds or add rows of that class",
                fold + 1,
                class.0
            ),
        }
    }
}

/// A model and what should be known about its fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The model.
    pub model: FittedModel,
    /// Warnings, in no order of importance.
    pub warnings: Vec<FitWarning>,
}

impl Truth<'_> {
    /// How often a row counts.
    pub(super) fn sample_weight(&self, row: usize) -> f64 {
        self.sample_weights.map_or(1.0, |weights| weights[row])
    }

    /// Sum of the weights of each class's rows: n_classes.
    pub(super) fn class_totals(&self) -> Vec<f64> {
        let mut totals = vec![0.0; self.n_classes];
        for (row, label) in self.labels.iter().enumerate() {
            totals[usize::from(label.0)] += self.sample_weight(row);
        }
        totals
    }

    fn check(&self, n_rows: usize) -> Result<(), EvaluateError> {
        let holds = |holds: bool, what| if holds { Ok(()) } else { Err(EvaluateError::BadSplit { what }) };
        holds(self.labels.len() == n_rows, "number of labels")?;
        holds(self.sample_weights.is_none_or(|weights| weights.len() == n_rows), "number of weights")?;
        holds(self.labels.iter().all(|label| usize::from(label.0) < self.n_classes), "label out of range")?;
        if let Some(&value) =
            self.sample_weights.unwrap_or(&[]).iter().find(|w| !(0.0..=MAX_SAMPLE_WEIGHT).contains(*w))
        {
            let (low, high) = (0.0, MAX_SAMPLE_WEIGHT);
            return Err(EvaluateError::BadParameter { name: "a row's weight", value, low, high });
        }
        match self.class_totals().iter().position(|&total| total == 0.0) {
            Some(class) => Err(EvaluateError::MissingClass { class: LabelId(class as u8) }),
            None => Ok(()),
        }
    }
}

/// Fits a model to its optimum: `fit_model_within` with `FINAL_GAP`.
///
/// # Errors
/// Where a parameter is out of range, parts of `set` contradict each other, or a class has no rows.
pub fn fit_model(set: &TrainingSet<'_>, spec: &ModelSpec) -> Result<Fitted, EvaluateError> {
    fit_model_within(set, spec, FINAL_GAP)
}

/// Fits a model. Logistic regression (but for the multinomial one and that of L1) and the SVM of squared hinge end
/// within the relative optimality gap `gap`, `(objective - minimum) / minimum`; the others at their optimum.
///
/// # Errors
/// Where a parameter is out of range, parts of `set` contradict each other, or a class has no rows.
pub fn fit_model_within(set: &TrainingSet<'_>, spec: &ModelSpec, gap: f64) -> Result<Fitted, EvaluateError> {
    spec.check(set.truth.n_classes)?;
    set.truth.check(set.x.n_rows)?;
    let counts = !matches!(spec, ModelSpec::LogisticRegression { .. } | ModelSpec::LinearSvc { .. });
    if let Some(&value) = set.x.values.iter().find(|value| counts && **value < 0.0) {
        return Err(EvaluateError::NegativeValue { model: spec.kind(), value });
    }
    let sure = |model| Fitted { model, warnings: Vec::new() };
    Ok(match spec {
        ModelSpec::LogisticRegression { c, class_weight, solver: LogisticSolver::Lbfgs }
            if set.truth.n_classes > 2 =>
        {
            softmax::fit(set, *c, *class_weight)
        }
        ModelSpec::LogisticRegression { .. } | ModelSpec::LinearSvc { .. } => binary::fit(set, spec, gap),
        ModelSpec::MultinomialNb { alpha } => sure(bayes_plain::multinomial(set, *alpha)),
        ModelSpec::ComplementNb { alpha, norm } => sure(bayes_plain::complement(set, *alpha, *norm)),
        ModelSpec::RandomForest(forest) => sure(FittedModel::Forest(super::forest::grow(set, forest))),
        ModelSpec::Dummy { strategy } => sure(dummy::fit(set, *strategy)),
    })
}

/// What a row of each class counts: 1, `total / (n_classes * total of the class)` (scikit-learn's
/// `balanced`), or what is given. Shape of `totals` and of the result: n_classes.
pub(super) fn class_factors(weight: ClassWeight, totals: &[f64]) -> Vec<f64> {
    match weight {
        ClassWeight::None => vec![1.0; totals.len()],
        ClassWeight::Balanced => {
            let all: f64 = totals.iter().sum();
            let balanced = |&total: &f64| if total > 0.0 { all / (totals.len() as f64 * total) } else { 0.0 };
            totals.iter().map(balanced).collect()
        }
        ClassWeight::Given(weights) => weights.as_slice().to_vec(),
    }
}

/// What each row counts in the problem of class `positive` against the rest: with each class's factor for
/// logistic regression; for an SVM beyond two classes with that of the positives alone (LIBLINEAR's own
/// one-vs-rest). Balanced weights of logistic regression are those of the two sides.
pub(super) fn side_weights(truth: &Truth<'_>, spec: &ModelSpec, positive: LabelId) -> Vec<f64> {
    let totals = truth.class_totals();
    let side = |label: LabelId| usize::from(label == positive);
    let factor_of: Vec<f64> = match (spec, spec.class_weight()) {
        (ModelSpec::LinearSvc { .. }, weight) if truth.n_classes > 2 => {
            let factor = class_factors(weight, &totals)[usize::from(positive.0)];
            (0..truth.n_classes)
                .map(|class| if class == usize::from(positive.0) { factor } else { 1.0 })
                .collect()
        }
        (_, ClassWeight::Balanced) => {
            let mut sides = [0.0; 2];
            (0..).zip(&totals).for_each(|(class, total)| sides[side(LabelId(class))] += total);
            let factors = class_factors(ClassWeight::Balanced, &sides);
            (0..truth.n_classes as u8).map(|class| factors[side(LabelId(class))]).collect()
        }
        (_, weight) => class_factors(weight, &totals),
    };
    let of_row = |(row, label): (usize, &LabelId)| factor_of[usize::from(label.0)] * truth.sample_weight(row);
    truth.labels.iter().enumerate().map(of_row).collect()
}

/// Whether the loss of an SVM is not smooth.
pub(super) fn is_hinge(spec: &ModelSpec) -> bool {
    matches!(spec, ModelSpec::LinearSvc { loss: SvmLoss::Hinge, .. })
}
