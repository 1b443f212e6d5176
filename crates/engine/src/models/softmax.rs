//! Multinomial logistic regression, intercepts free: scikit-learn's `LogisticRegression(solver="lbfgs")`
//! beyond two classes.
//!
//! Minimises `|W|^2 / 2 + C sum_i weight_i (ln sum_k exp(z_ik) - z_i,y_i)`, `z_i = W x_i + b`.

use super::descent::{self, Objective};
use super::training::{FitWarning, Fitted, TrainingSet, class_factors};
use super::{ClassWeight, FINAL_GAP, FittedModel, ModelKind};
use crate::dataset::LabelId;
use crate::num::Csr;

/// Fits it. Beyond two classes only: two are the binary problem, whose weights are half as far apart.
pub(super) fn fit(set: &TrainingSet<'_>, c: f64, class_weight: ClassWeight) -> Fitted {
    let factors = class_factors(class_weight, &set.truth.class_totals());
    let of_row =
        |(row, label): (usize, &LabelId)| c * factors[usize::from(label.0)] * set.truth.sample_weight(row);
    let weights: Vec<f64> = set.truth.labels.iter().enumerate().map(of_row).collect();
    let n_classes = set.truth.n_classes;
    let mut objective = Softmax {
        x: set.x,
        labels: set.truth.labels,
        n_classes,
        probabilities: vec![0.0; weights.len() * n_classes],
        weights,
    };
    let minimum = descent::minimise(&mut objective, FINAL_GAP);
    let (by_term, free) = minimum.point.split_at(set.x.n_columns * n_classes);
    // A constant added to all intercepts changes nothing: they are given with sum 0, as from a start at 0.
    let mean = free.iter().sum::<f64>() / n_classes as f64;
    let mut coef = Vec::with_capacity(by_term.len());
    for class in 0..n_classes {
        coef.extend(by_term.iter().skip(class).step_by(n_classes));
    }
    let intercept = free.iter().map(|b| b - mean).collect();
    let n_steps = minimum.n_steps;
    let not_converged = FitWarning::NotConverged { model: ModelKind::LogisticRegression, n_steps };
    let warnings = if minimum.converged { Vec::new() } else { vec![not_converged] };
    Fitted { model: FittedModel::Softmax { coef, intercept }, warnings }
}

/// Unknowns: the weights of each term, one a class side by side, then the intercepts.
/// Shape of `probabilities`: n_rows x n_classes; `weights` include C.
struct Softmax<'a> {
    x: &'a Csr,
    labels: &'a [LabelId],
    n_classes: usize,
    weights: Vec<f64>,
    probabilities: Vec<f64>,
}

impl Softmax<'_> {
    /// Writes `W x + b` of a row over `out`.
    fn scores(&self, row: usize, point: &[f64], out: &mut [f64]) {
        let k = self.n_classes;
        out.copy_from_slice(&point[self.x.n_columns * k..]);
        for (column, value) in self.x.row(row).entries() {
            let of_term = &point[column as usize * k..][..k];
            out.iter_mut().zip(of_term).for_each(|(score, weight)| *score += value * weight);
        }
    }

    /// Adds `slopes x` and `slopes` to the parts of `out` that belong to weights and intercepts.
    fn add_row(&self, row: usize, slopes: &[f64], out: &mut [f64]) {
        let k = self.n_classes;
        for (column, value) in self.x.row(row).entries() {
            let of_term = &mut out[column as usize * k..][..k];
            of_term.iter_mut().zip(slopes).for_each(|(out, slope)| *out += value * slope);
        }
        let free = &mut out[self.x.n_columns * k..];
        free.iter_mut().zip(slopes).for_each(|(out, slope)| *out += slope);
    }

    fn n_penalised(&self) -> usize {
        self.x.n_columns * self.n_classes
    }
}

impl Objective for Softmax<'_> {
    fn n_unknowns(&self) -> usize {
        (self.x.n_columns + 1) * self.n_classes
    }

    fn move_to(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let penalised = self.n_penalised();
        gradient[..penalised].copy_from_slice(&point[..penalised]);
        gradient[penalised..].fill(0.0);
        let mut value = 0.5 * point[..penalised].iter().map(|w| w * w).sum::<f64>();
        let mut scores = vec![0.0; self.n_classes];
        for row in 0..self.x.n_rows {
            self.scores(row, point, &mut scores);
            let truth = usize::from(self.labels[row].0);
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let of_truth = scores[truth] - highest;
            scores.iter_mut().for_each(|score| *score = libm::exp(*score - highest));
            let sum: f64 = scores.iter().sum();
            value += self.weights[row] * (libm::log(sum) - of_truth);
            scores.iter_mut().for_each(|p| *p /= sum);
            self.probabilities[row * self.n_classes..][..self.n_classes].copy_from_slice(&scores);
            scores[truth] -= 1.0;
            scores.iter_mut().for_each(|slope| *slope *= self.weights[row]);
            self.add_row(row, &scores, gradient);
        }
        value
    }

    fn diagonal(&self, out: &mut [f64]) {
        let k = self.n_classes;
        let penalised = self.n_penalised();
        out[..penalised].fill(1.0);
        out[penalised..].fill(0.0);
        for (row, entries) in self.x.rows().enumerate() {
            for (class, p) in self.probabilities[row * k..][..k].iter().enumerate() {
                let bend = self.weights[row] * p * (1.0 - p);
                for (column, value) in entries.entries() {
                    out[column as usize * k + class] += bend * value * value;
                }
                out[penalised + class] += bend;
            }
        }
    }

    fn curve(&mut self, direction: &[f64], out: &mut [f64]) {
        let k = self.n_classes;
        let penalised = self.n_penalised();
        out[..penalised].copy_from_slice(&direction[..penalised]);
        out[penalised..].fill(0.0);
        let mut slopes = vec![0.0; k];
        for row in 0..self.x.n_rows {
            self.scores(row, direction, &mut slopes);
            let of_row = &self.probabilities[row * k..][..k];
            let mean: f64 = slopes.iter().zip(of_row).map(|(slope, p)| slope * p).sum();
            for (slope, p) in slopes.iter_mut().zip(of_row) {
                *slope = self.weights[row] * p * (*slope - mean);
            }
            self.add_row(row, &slopes, out);
        }
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
        let labels = [0, 1, 2, 1].map(LabelId);
        let weights = vec![0.5, 2.0, 1.0, 0.7];
        let mut objective =
            Softmax { x: &x, labels: &labels, n_classes: 3, weights, probabilities: vec![0.0; 12] };
        check_derivatives(&mut objective);
    }
}
