//! Linear models one side against the other: logistic regression and SVM, one problem for two classes, one
//! a class beyond.
//!
//! A problem comes in, weights and intercept of its optimum go out. The solver is chosen by what is
//! minimised: Newton's method where it is smooth, coordinate descent where it is not.

use kernels::{LossKind, SidesProblem, SparseRows, fit_smooth};

use super::training::{FitWarning, Fitted, TrainingSet, is_hinge, side_weights};
use super::{FittedModel, LogisticSolver, ModelSpec, dual, lasso};
use crate::dataset::LabelId;
use crate::num::Csr;

/// One side against the other. Shapes: `signs` (1 or -1), `weights` (C included): n_rows.
pub(super) struct Sides<'a> {
    pub x: &'a Csr,
    pub signs: Vec<f64>,
    pub weights: Vec<f64>,
}

/// Weights, intercept last, and how they were reached.
pub(super) struct SidesFit {
    pub weights: Vec<f64>,
    pub n_steps: u32,
    pub converged: bool,
}

/// Fits logistic regression (but for the multinomial one) or an SVM.
pub(super) fn fit(set: &TrainingSet<'_>, spec: &ModelSpec, gap: f64) -> Fitted {
    let positives = if set.truth.n_classes == 2 { 1..2 } else { 0..set.truth.n_classes as u8 };
    let (mut coef, mut intercept, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for positive in positives.map(LabelId) {
        let sides = Sides::new(set, spec, positive);
        let fit = solve(&sides, spec, gap);
        if !fit.converged {
            warnings.push(FitWarning::NotConverged { model: spec.kind(), n_steps: fit.n_steps });
        }
        let (of_terms, free) = fit.weights.split_at(set.x.n_columns);
        coef.extend_from_slice(of_terms);
        intercept.extend_from_slice(free);
    }
    Fitted { model: FittedModel::Linear { kind: spec.kind(), coef, intercept }, warnings }
}

impl<'a> Sides<'a> {
    fn new(set: &TrainingSet<'a>, spec: &ModelSpec, positive: LabelId) -> Self {
        let (ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. }) = *spec else {
            unreachable!("only linear models have sides");
        };
        let sign = |label: &LabelId| if *label == positive { 1.0 } else { -1.0 };
        let weights = side_weights(&set.truth, spec, positive).iter().map(|weight| c * weight).collect();
        Self { x: set.x, signs: set.truth.labels.iter().map(sign).collect(), weights }
    }
}

fn solve(sides: &Sides<'_>, spec: &ModelSpec, gap: f64) -> SidesFit {
    match spec {
        ModelSpec::LogisticRegression { solver: LogisticSolver::LiblinearL1, .. } => lasso::fit(sides),
        ModelSpec::LogisticRegression { solver, .. } => {
            let ridge = if *solver == LogisticSolver::Lbfgs { 0.0 } else { 1.0 };
            fit_smoothly(sides, LossKind::Logistic, ridge, gap)
        }
        _ if is_hinge(spec) => dual::fit(sides),
        _ => fit_smoothly(sides, LossKind::SquaredHinge, 1.0, gap),
    }
}

fn fit_smoothly(sides: &Sides<'_>, loss: LossKind, ridge: f64, gap: f64) -> SidesFit {
    let Csr { n_columns, row_starts, columns, values, .. } = sides.x;
    let x = SparseRows { n_columns: *n_columns, row_starts, columns, values };
    let problem = SidesProblem { x, signs: &sides.signs, weights: &sides.weights, ridge };
    let fit = fit_smooth(loss, &problem, gap);
    SidesFit { weights: fit.weights, n_steps: fit.n_steps, converged: fit.converged }
}

/// Value, slope and curvature of `ln(1 + exp(-m))` at a margin.
pub(super) fn logistic(margin: f64) -> [f64; 3] {
    let decay = libm::exp(-margin.abs());
    let near = 1.0 / (1.0 + decay);
    let far = decay * near;
    let wrong = if margin > 0.0 { far } else { near };
    [(-margin).max(0.0) + libm::log1p(decay), -wrong, far * near]
}
