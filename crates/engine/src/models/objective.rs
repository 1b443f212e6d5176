//! What a linear model minimises, computed from its weights and the scores of the rows it learned from.

use super::binary::logistic;
use super::training::{class_factors, is_hinge, side_weights};
use super::{FittedModel, LogisticSolver, ModelSpec, Truth};
use crate::dataset::LabelId;

/// Penalty plus `C sum_i weight_i loss_i`, summed over one-vs-rest problems. The penalty is `|w|^2 / 2`, or
/// `|w|_1`, of weights and intercept; with the solver `lbfgs` of the weights alone.
///
/// Shape of `scores`: n_rows x n_scores row-major, of the rows of `truth`. Models that minimise nothing have
/// no objective.
pub fn objective(truth: &Truth<'_>, spec: &ModelSpec, model: &FittedModel, scores: &[f64]) -> Option<f64> {
    let (coef, intercept) = match model {
        FittedModel::Linear { coef, intercept, .. } | FittedModel::Softmax { coef, intercept } => {
            (coef, intercept)
        }
        _ => return None,
    };
    let squares = |weights: &[f64]| 0.5 * weights.iter().map(|weight| weight * weight).sum::<f64>();
    let size = |weights: &[f64]| weights.iter().map(|weight| weight.abs()).sum::<f64>();
    let (c, penalty) = match *spec {
        ModelSpec::LogisticRegression { c, solver, .. } => match solver {
            LogisticSolver::Liblinear => (c, squares(coef) + squares(intercept)),
            LogisticSolver::LiblinearL1 => (c, size(coef) + size(intercept)),
            LogisticSolver::Lbfgs => (c, squares(coef)),
        },
        ModelSpec::LinearSvc { c, .. } => (c, squares(coef) + squares(intercept)),
        _ => return None,
    };
    let lost = match model {
        FittedModel::Softmax { .. } => softmax_loss(truth, spec, scores),
        _ => sided_loss(truth, spec, scores),
    };
    Some(penalty + c * lost)
}

fn softmax_loss(truth: &Truth<'_>, spec: &ModelSpec, scores: &[f64]) -> f64 {
    let factors = class_factors(spec.class_weight(), &truth.class_totals());
    let of_row = |(row, scores): (usize, &[f64])| {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|score| libm::exp(score - highest)).sum();
        let class = usize::from(truth.labels[row].0);
        let loss = libm::log(sum) + highest - scores[class];
        factors[class] * truth.sample_weight(row) * loss
    };
    scores.chunks_exact(truth.n_classes).enumerate().map(of_row).sum()
}

fn sided_loss(truth: &Truth<'_>, spec: &ModelSpec, scores: &[f64]) -> f64 {
    let n_scores = if truth.n_classes == 2 { 1 } else { truth.n_classes };
    let loss = |margin: f64| match spec {
        ModelSpec::LinearSvc { .. } => {
            let short = (1.0 - margin).max(0.0);
            if is_hinge(spec) { short } else { short * short }
        }
        _ => logistic(margin)[0],
    };
    let of_score = |score: usize| {
        let positive = LabelId(if n_scores == 1 { 1 } else { score as u8 });
        let weights = side_weights(truth, spec, positive);
        let of_row = |(row, weight): (usize, &f64)| {
            let value = scores[row * n_scores + score];
            weight * loss(if truth.labels[row] == positive { value } else { -value })
        };
        weights.iter().enumerate().map(of_row).sum::<f64>()
    };
    (0..n_scores).map(of_score).sum()
}
