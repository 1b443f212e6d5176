//! Linear models one side against the other: logistic regression and SVM, one problem for two classes, one
//! a class beyond.
//!
//! A problem comes in, weights and intercept of its optimum go out. The solver is chosen by what is
//! minimised: Newton's method where it is smooth, coordinate descent where it is not.

use super::descent::{self, Objective};
use super::training::{FitWarning, Fitted, TrainingSet, is_hinge, side_weights};
use super::{FINAL_GAP, FittedModel, LogisticSolver, ModelSpec, dual, lasso};
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
pub(super) fn fit(set: &TrainingSet<'_>, spec: &ModelSpec) -> Fitted {
    let positives = if set.truth.n_classes == 2 { 1..2 } else { 0..set.truth.n_classes as u8 };
    let (mut coef, mut intercept, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for positive in positives.map(LabelId) {
        let sides = Sides::new(set, spec, positive);
        let fit = solve(&sides, spec);
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

fn solve(sides: &Sides<'_>, spec: &ModelSpec) -> SidesFit {
    match spec {
        ModelSpec::LogisticRegression { solver: LogisticSolver::LiblinearL1, .. } => lasso::fit(sides),
        ModelSpec::LogisticRegression { solver, .. } => {
            let ridge = if *solver == LogisticSolver::Lbfgs { 0.0 } else { 1.0 };
            descend(Smooth::new(sides, logistic, ridge))
        }
        _ if is_hinge(spec) => dual::fit(sides),
        _ => descend(Smooth::new(sides, squared_hinge, 1.0)),
    }
}

fn descend<L: Fn(f64) -> [f64; 3]>(mut objective: Smooth<'_, L>) -> SidesFit {
    let minimum = descent::minimise(&mut objective, FINAL_GAP);
    SidesFit { weights: minimum.point, n_steps: minimum.n_steps, converged: minimum.converged }
}

/// Value, slope and curvature of `ln(1 + exp(-m))` at a margin.
pub(super) fn logistic(margin: f64) -> [f64; 3] {
    let decay = libm::exp(-margin.abs());
    let near = 1.0 / (1.0 + decay);
    let far = decay * near;
    let wrong = if margin > 0.0 { far } else { near };
    [(-margin).max(0.0) + libm::log1p(decay), -wrong, far * near]
}

/// Value, slope and generalised curvature of `max(0, 1 - m)^2` at a margin.
fn squared_hinge(margin: f64) -> [f64; 3] {
    let short = (1.0 - margin).max(0.0);
    [short * short, -2.0 * short, if short > 0.0 { 2.0 } else { 0.0 }]
}

/// `|w|^2 / 2 + ridge b^2 / 2 + sum_i weight_i loss(sign_i (w x_i + b))`, unknowns `w` then `b`.
struct Smooth<'a, L> {
    sides: &'a Sides<'a>,
    loss: L,
    /// Penalty of the intercept.
    ridge: f64,
    /// Weighted curvature of each row at the point.
    curvatures: Vec<f64>,
}

impl<'a, L: Fn(f64) -> [f64; 3]> Smooth<'a, L> {
    fn new(sides: &'a Sides<'a>, loss: L, ridge: f64) -> Self {
        Self { sides, loss, ridge, curvatures: vec![0.0; sides.x.n_rows] }
    }

    /// Writes the penalty's part of a gradient or curved direction.
    fn shrink(&self, from: &[f64], out: &mut [f64]) {
        out.copy_from_slice(from);
        out[self.sides.x.n_columns] *= self.ridge;
    }
}

impl<L: Fn(f64) -> [f64; 3]> Objective for Smooth<'_, L> {
    fn n_unknowns(&self) -> usize {
        self.sides.x.n_columns + 1
    }

    fn move_to(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let Sides { x, signs, weights } = self.sides;
        self.shrink(point, gradient);
        let (w, b) = (&point[..x.n_columns], point[x.n_columns]);
        let mut value = 0.5 * (w.iter().map(|w| w * w).sum::<f64>() + self.ridge * b * b);
        let mut of_intercept = 0.0;
        for (row, entries) in x.rows().enumerate() {
            let (sign, weight) = (signs[row], weights[row]);
            let [loss, slope, curvature] = (self.loss)(sign * (entries.dot(w) + b));
            value += weight * loss;
            let slope = weight * sign * slope;
            entries.add_to(gradient, slope);
            of_intercept += slope;
            self.curvatures[row] = weight * curvature;
        }
        gradient[x.n_columns] += of_intercept;
        value
    }

    fn diagonal(&self, out: &mut [f64]) {
        let x = self.sides.x;
        out.fill(1.0);
        out[x.n_columns] = self.ridge;
        for (row, curvature) in x.rows().zip(&self.curvatures) {
            row.entries().for_each(|(column, value)| out[column as usize] += curvature * value * value);
            out[x.n_columns] += curvature;
        }
    }

    fn curve(&mut self, direction: &[f64], out: &mut [f64]) {
        let x = self.sides.x;
        self.shrink(direction, out);
        let (w, b) = (&direction[..x.n_columns], direction[x.n_columns]);
        let mut of_intercept = 0.0;
        for (row, curvature) in x.rows().zip(&self.curvatures) {
            let bent = curvature * (row.dot(w) + b);
            row.add_to(out, bent);
            of_intercept += bent;
        }
        out[x.n_columns] += of_intercept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::descent::tests::check_derivatives;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let mut x = Csr::empty(3);
        x.push_row([(0, 1.0), (2, -0.5)]);
        x.push_row([(1, 2.0)]);
        x.push_row([]);
        x.push_row([(0, 0.3), (1, 0.7), (2, 0.2)]);
        let sides = Sides { x: &x, signs: vec![1.0, -1.0, -1.0, 1.0], weights: vec![0.5, 2.0, 1.0, 0.7] };
        for ridge in [0.0, 1.0] {
            check_derivatives(&mut Smooth::new(&sides, logistic, ridge));
            check_derivatives(&mut Smooth::new(&sides, squared_hinge, ridge));
        }
    }
}
