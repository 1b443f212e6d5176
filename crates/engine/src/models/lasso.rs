//! L1-regularised logistic regression: Newton's quadratic model, minimised by coordinate descent, which
//! finds the columns in use, and by conjugate gradients among these.
//!
//! Minimises `|w|_1 + |b| + sum_i weight_i ln(1 + exp(-sign_i (w x_i + b)))` (Yuan, Ho and Lin, "An improved
//! GLMNET for L1-regularized logistic regression", 2012): LIBLINEAR's `-s 6`, to its optimum.

use super::binary::{Sides, SidesFit, logistic};
use crate::num::Csr;

/// Relative optimality gap that is reached: `|w*|_1` is at most the objective, so the gap is at most the
/// largest violation times twice the objective.
const GAP: f64 = 1e-11;
/// Most quadratic models.
const MAX_STEPS: u32 = 300;
/// Most sweeps over the columns of one quadratic model.
const MAX_SWEEPS: u32 = 400;
/// Sweeps after which conjugate gradients take a turn, and the most steps these take.
const SWEEPS: u32 = 4;
const MAX_CG_STEPS: u32 = 100;
/// Most times a step is halved.
const MAX_HALVINGS: u32 = 40;
/// Share of the promised descent that a step must bring.
const SUFFICIENT: f64 = 0.01;
/// Relative rounding of the objective, forgiven in comparisons.
const ROUNDING: f64 = 1e-14;
/// Violation left in a quadratic model, relative to that of the point it was made at.
const FORCING: f64 = 0.01;

/// Fits it; the intercept is a column of ones like any other.
pub(super) fn fit(sides: &Sides<'_>) -> SidesFit {
    let mut fit = Fit::begin(sides);
    for n_steps in 0..MAX_STEPS {
        fit.differentiate();
        let violation = fit.choose_columns();
        if violation <= 0.5 * GAP {
            return fit.end(n_steps, true);
        }
        fit.find_direction(violation);
        if !fit.follow_direction() {
            // No step goes down any more: what is left is rounding.
            return fit.end(n_steps, violation <= GAP.sqrt());
        }
    }
    fit.end(MAX_STEPS, false)
}

struct Fit<'a> {
    sides: &'a Sides<'a>,
    /// Rows of each column, the ones last.
    columns: Csr,
    weights: Vec<f64>,
    direction: Vec<f64>,
    /// Score of each row, and its change along the direction.
    scores: Vec<f64>,
    along: Vec<f64>,
    value: f64,
    /// Slope and curvature of each row's loss by its score.
    slopes: Vec<f64>,
    curvatures: Vec<f64>,
    gradient: Vec<f64>,
    /// Columns that may move.
    free: Vec<usize>,
}

impl<'a> Fit<'a> {
    fn begin(sides: &'a Sides<'a>) -> Self {
        let mut columns = sides.x.transpose();
        let n_rows = sides.x.n_rows;
        columns.push_row((0..n_rows as u32).map(|row| (row, 1.0)));
        let n = columns.n_rows;
        let mut fit = Self {
            sides,
            columns,
            weights: vec![0.0; n],
            direction: vec![0.0; n],
            scores: vec![0.0; n_rows],
            along: vec![0.0; n_rows],
            value: 0.0,
            slopes: vec![0.0; n_rows],
            curvatures: vec![0.0; n_rows],
            gradient: vec![0.0; n],
            free: Vec::new(),
        };
        fit.value = fit.value_at(0.0);
        fit
    }

    fn end(self, n_steps: u32, converged: bool) -> SidesFit {
        SidesFit { weights: self.weights, n_steps, converged }
    }

    fn differentiate(&mut self) {
        for row in 0..self.scores.len() {
            let (sign, weight) = (self.sides.signs[row], self.sides.weights[row]);
            let [_, slope, curvature] = logistic(sign * self.scores[row]);
            self.slopes[row] = weight * sign * slope;
            self.curvatures[row] = weight * curvature;
        }
        for (column, gradient) in self.gradient.iter_mut().enumerate() {
            *gradient = self.columns.row(column).dot(&self.slopes);
        }
    }

    /// Columns that are in use or pull harder than the penalty; returns the largest violation.
    fn choose_columns(&mut self) -> f64 {
        self.free.clear();
        let mut largest: f64 = 0.0;
        for column in 0..self.weights.len() {
            let (weight, gradient) = (self.weights[column], self.gradient[column]);
            let violation = violation(weight, gradient);
            if weight != 0.0 || violation > 0.0 {
                self.free.push(column);
            }
            largest = largest.max(violation);
        }
        largest
    }

    /// Minimises the quadratic model over the free columns.
    fn find_direction(&mut self, violation_here: f64) {
        self.direction.fill(0.0);
        self.along.fill(0.0);
        let bend_of = |&column: &usize| {
            let of_row = |(row, value): (u32, f64)| value * value * self.curvatures[row as usize];
            self.columns.row(column).entries().map(of_row).sum::<f64>()
        };
        let bends: Vec<f64> = self.free.iter().map(bend_of).collect();
        let enough = violation_here * FORCING.min(violation_here);
        for n_sweeps in 1..=MAX_SWEEPS {
            let mut largest: f64 = 0.0;
            for (&column, &bend) in self.free.iter().zip(&bends) {
                // A column no row of any weight uses cannot violate anything; flat ones hardly move.
                if bend <= f64::MIN_POSITIVE {
                    continue;
                }
                let entries = self.columns.row(column);
                let curved: f64 = entries
                    .entries()
                    .map(|(row, value)| value * self.curvatures[row as usize] * self.along[row as usize])
                    .sum();
                let slope = self.gradient[column] + curved;
                let here = self.weights[column] + self.direction[column];
                largest = largest.max(violation(here, slope));
                let pulled = here - slope / bend;
                let next = (pulled.abs() - 1.0 / bend).max(0.0).copysign(pulled);
                let change = next - here;
                if change != 0.0 {
                    self.direction[column] += change;
                    entries.add_to(&mut self.along, change);
                }
            }
            if largest <= enough {
                break;
            }
            if n_sweeps % SWEEPS == 0 {
                self.step_on_support(&bends);
            }
        }
    }

    /// Minimises the quadratic model over the columns in use, their signs kept: columns that hang together
    /// take coordinate descent thousands of sweeps. The step ends where the first weight reaches 0.
    fn step_on_support(&mut self, bends: &[f64]) {
        let here = |column: usize| self.weights[column] + self.direction[column];
        let in_use = |(column, bend): &(usize, f64)| here(*column) != 0.0 && *bend > f64::MIN_POSITIVE;
        let support: Vec<(usize, f64)> =
            self.free.iter().copied().zip(bends.iter().copied()).filter(in_use).collect();
        let curved = |along: &[f64], column: usize| -> f64 {
            let of_row =
                |(row, value): (u32, f64)| value * self.curvatures[row as usize] * along[row as usize];
            self.columns.row(column).entries().map(of_row).sum()
        };
        let pull = |&(column, _): &(usize, f64)| {
            -(self.gradient[column] + curved(&self.along, column) + here(column).signum())
        };
        let mut residual: Vec<f64> = support.iter().map(pull).collect();
        let mut direction: Vec<f64> = residual.iter().zip(&support).map(|(r, (_, bend))| r / bend).collect();
        let mut step = vec![0.0; support.len()];
        let mut energy: f64 = residual.iter().zip(&direction).map(|(r, d)| r * d).sum();
        let enough = energy * FORCING * FORCING * FORCING;
        for _ in 0..MAX_CG_STEPS {
            let mut along = vec![0.0; self.along.len()];
            for (&(column, _), &factor) in support.iter().zip(&direction) {
                self.columns.row(column).add_to(&mut along, factor);
            }
            let bent: Vec<f64> = support.iter().map(|&(column, _)| curved(&along, column)).collect();
            let bend: f64 = bent.iter().zip(&direction).map(|(b, d)| b * d).sum();
            if energy <= enough || bend.is_nan() || bend <= f64::MIN_POSITIVE {
                break;
            }
            let length = energy / bend;
            let mut next_energy = 0.0;
            for (nth, &(_, diagonal)) in support.iter().enumerate() {
                step[nth] += length * direction[nth];
                residual[nth] -= length * bent[nth];
                next_energy += residual[nth] * residual[nth] / diagonal;
            }
            let keep = next_energy / energy;
            for (nth, &(_, diagonal)) in support.iter().enumerate() {
                direction[nth] = residual[nth] / diagonal + keep * direction[nth];
            }
            energy = next_energy;
        }
        let to_zero = |(&(column, _), &step): (&(usize, f64), &f64)| {
            if here(column) * step < 0.0 { -here(column) / step } else { f64::INFINITY }
        };
        let length = support.iter().zip(&step).map(to_zero).fold(1.0, f64::min);
        for (&(column, _), &step) in support.iter().zip(&step) {
            let before = self.weights[column] + self.direction[column];
            let after = before + length * step;
            // What the rounding of the length leaves on the other side of 0 belongs on 0.
            let after = if after * before <= 0.0 { 0.0 } else { after };
            self.direction[column] = after - self.weights[column];
            self.columns.row(column).add_to(&mut self.along, after - before);
        }
    }

    /// Goes along the direction as far as the objective falls as promised; false where it does not.
    fn follow_direction(&mut self) -> bool {
        let size = |by: f64| -> f64 {
            let moved = |&column: &usize| (self.weights[column] + by * self.direction[column]).abs();
            self.free.iter().map(moved).sum()
        };
        let slope: f64 = self.free.iter().map(|&column| self.gradient[column] * self.direction[column]).sum();
        let promised = slope + size(1.0) - size(0.0);
        if promised.is_nan() || promised >= 0.0 {
            return false;
        }
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let value = self.value_at(length);
            if value <= self.value + SUFFICIENT * length * promised + ROUNDING * self.value {
                for &column in &self.free {
                    let before = self.weights[column];
                    // At full length a weight that the model put to 0 is exactly 0.
                    let moved = before + length * self.direction[column];
                    self.weights[column] =
                        if length == 1.0 && self.direction[column] == -before { 0.0 } else { moved };
                }
                self.scores.iter_mut().zip(&self.along).for_each(|(score, along)| *score += length * along);
                self.value = value;
                return true;
            }
            length *= 0.5;
        }
        false
    }

    fn value_at(&self, length: f64) -> f64 {
        let size: f64 = self.weights.iter().zip(&self.direction).map(|(w, d)| (w + length * d).abs()).sum();
        let of_row = |row: usize| {
            let margin = self.sides.signs[row] * (self.scores[row] + length * self.along[row]);
            self.sides.weights[row] * logistic(margin)[0]
        };
        size + (0..self.scores.len()).map(of_row).sum::<f64>()
    }
}

/// The smallest subgradient in size.
fn violation(weight: f64, gradient: f64) -> f64 {
    if weight > 0.0 {
        (gradient + 1.0).abs()
    } else if weight < 0.0 {
        (gradient - 1.0).abs()
    } else {
        (gradient.abs() - 1.0).max(0.0)
    }
}
