//! Linear SVM with the hinge loss: dual coordinate descent, finished by conjugate gradients among the rows
//! that lie on the margin.
//!
//! Maximises `sum a_i - |sum a_i sign_i (x_i, 1)|^2 / 2` over `0 <= a_i <= weight_i` (Hsieh et al., "A dual
//! coordinate descent method for large-scale linear SVM", 2008; scikit-learn's `LinearSVC(loss="hinge")`)
//! until the gap to the primal objective closes.

use super::binary::{Sides, SidesFit};
use crate::num::{Csr, RandomStream};

/// Relative gap between primal and dual at which a fit is done.
const GAP: f64 = 1e-13;
/// Gap at which a fit that cannot go on counts as done.
const TOLERATED_GAP: f64 = 1e-10;
/// Most rounds of sweeps and conjugate gradients.
const MAX_ROUNDS: u32 = 400;
/// Sweeps over the rows in a round.
const SWEEPS: u32 = 6;
/// Most conjugate gradient steps in a round.
const MAX_CG_STEPS: u32 = 200;
/// Most times a step is halved.
const MAX_HALVINGS: u32 = 30;
/// Residual of a face's system, relative to its beginning, at which it is solved.
const FACE_RESIDUAL: f64 = 1e-9;
/// Rounds without a smaller gap after which a fit cannot go on.
const PATIENCE: u32 = 40;
/// Purpose of the stream that orders the sweeps, the same for every fit.
const PURPOSE: &str = "hinge sweeps";

/// Fits it.
pub(super) fn fit(sides: &Sides<'_>) -> SidesFit {
    let mut fit = Fit::begin(sides);
    let mut stream = RandomStream::new(PURPOSE, &[]);
    let (mut best_gap, mut best_weights, mut n_idle) = (f64::INFINITY, fit.weights.clone(), 0);
    for n_steps in 0..MAX_ROUNDS {
        let gap = fit.gap();
        n_idle = if gap < best_gap { 0 } else { n_idle + 1 };
        if gap < best_gap {
            best_gap = gap;
            best_weights.clone_from(&fit.weights);
        }
        if best_gap <= GAP || n_idle > PATIENCE {
            let converged = best_gap <= TOLERATED_GAP;
            return SidesFit { weights: best_weights, n_steps, converged };
        }
        (0..SWEEPS).for_each(|_| fit.sweep(&mut stream));
        fit.step_on_face();
        fit.sum_weights();
    }
    SidesFit { weights: best_weights, n_steps: MAX_ROUNDS, converged: best_gap <= TOLERATED_GAP }
}

/// Distinct rows, each with its sign multiplied in and its ones column implied.
struct Fit {
    /// `sign x`.
    rows: Csr,
    signs: Vec<f64>,
    bounds: Vec<f64>,
    /// `|x|^2 + 1`.
    squares: Vec<f64>,
    alphas: Vec<f64>,
    /// `sum a sign (x, 1)`.
    weights: Vec<f64>,
    order: Vec<u32>,
}

impl Fit {
    fn begin(sides: &Sides<'_>) -> Self {
        let mut fit = Self {
            rows: Csr::empty(sides.x.n_columns),
            signs: Vec::new(),
            bounds: Vec::new(),
            squares: Vec::new(),
            alphas: Vec::new(),
            weights: vec![0.0; sides.x.n_columns + 1],
            order: Vec::new(),
        };
        // Equal rows of one sign are one row that may count as much as all of them.
        let key = |row: u32| {
            let entries = sides.x.row(row as usize);
            (entries.columns, entries.values.iter().map(|value| value.to_bits()), sides.signs[row as usize])
        };
        let by_content = |&a: &u32, &b: &u32| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(b.0).then_with(|| a.1.cmp(b.1)).then_with(|| a.2.total_cmp(&b.2))
        };
        let mut order: Vec<u32> =
            (0..sides.x.n_rows as u32).filter(|&row| sides.weights[row as usize] > 0.0).collect();
        order.sort_by(by_content);
        for equal in order.chunk_by(|a, b| by_content(a, b).is_eq()) {
            let (entries, sign) = (sides.x.row(equal[0] as usize), sides.signs[equal[0] as usize]);
            fit.rows.push_row(entries.entries().map(|(column, value)| (column, sign * value)));
            fit.signs.push(sign);
            fit.bounds.push(equal.iter().map(|&row| sides.weights[row as usize]).sum());
            fit.squares.push(entries.values.iter().map(|value| value * value).sum::<f64>() + 1.0);
        }
        fit.alphas = vec![0.0; fit.signs.len()];
        fit.order = (0..fit.signs.len() as u32).collect();
        fit.cancel_opposites();
        fit
    }

    /// Where rows of both signs are equal, raising both by the same leaves the weights and helps: one of them
    /// is at its bound in the optimum. Sweeps would crawl there.
    fn cancel_opposites(&mut self) {
        for row in 1..self.signs.len() {
            let (a, b) = (self.rows.row(row - 1), self.rows.row(row));
            let opposite = a.columns == b.columns && a.values.iter().zip(b.values).all(|(a, b)| *a == -*b);
            if opposite && self.signs[row - 1] != self.signs[row] {
                let least = self.bounds[row - 1].min(self.bounds[row]);
                self.alphas[row - 1] = least;
                self.alphas[row] = least;
            }
        }
    }

    /// `sign (w x + b)` of a row.
    fn margin(&self, row: usize, weights: &[f64]) -> f64 {
        self.rows.row(row).dot(weights) + self.signs[row] * weights[self.rows.n_columns]
    }

    fn add(&self, row: usize, factor: f64, weights: &mut [f64]) {
        self.rows.row(row).add_to(weights, factor);
        weights[self.rows.n_columns] += factor * self.signs[row];
    }

    /// One step for each row, in an order drawn anew.
    fn sweep(&mut self, stream: &mut RandomStream) {
        for place in (1..self.order.len()).rev() {
            self.order.swap(place, stream.draw(place as u32 + 1) as usize);
        }
        let mut weights = std::mem::take(&mut self.weights);
        for place in 0..self.order.len() {
            let row = self.order[place] as usize;
            let here = self.alphas[row];
            let slope = self.margin(row, &weights) - 1.0;
            let next = (here - slope / self.squares[row]).clamp(0.0, self.bounds[row]);
            if next != here {
                self.alphas[row] = next;
                self.add(row, next - here, &mut weights);
            }
        }
        self.weights = weights;
    }

    /// Sums the weights anew, which leaves no rounding of earlier steps in them.
    fn sum_weights(&mut self) {
        let mut weights = vec![0.0; self.weights.len()];
        (0..self.alphas.len()).for_each(|row| self.add(row, self.alphas[row], &mut weights));
        self.weights = weights;
    }

    /// Primal less dual objective, relative to the primal. At `w = sum a sign x` it is the sum of what each
    /// row loses beyond what its alpha accounts for, each term at least 0: no cancellation between sums.
    fn gap(&self) -> f64 {
        let (mut gap, mut loss) = (0.0, 0.0);
        for row in 0..self.alphas.len() {
            let short = 1.0 - self.margin(row, &self.weights);
            let lost = short.max(0.0);
            gap += self.bounds[row] * lost - self.alphas[row] * short;
            loss += self.bounds[row] * lost;
        }
        let squares: f64 = self.weights.iter().map(|weight| weight * weight).sum();
        let primal = 0.5 * squares + loss;
        if primal > 0.0 { gap / primal } else { 0.0 }
    }

    /// Solves for the rows strictly between their bounds, the others fixed, and goes there as far as bounds
    /// allow and the objective falls.
    fn step_on_face(&mut self) {
        let inside = |row: &usize| self.alphas[*row] > 0.0 && self.alphas[*row] < self.bounds[*row];
        let face: Vec<usize> = (0..self.alphas.len()).filter(inside).collect();
        let step = self.solve_face(&face);
        let slope: f64 =
            face.iter().zip(&step).map(|(&row, step)| step * (self.margin(row, &self.weights) - 1.0)).sum();
        if slope.is_nan() || slope >= 0.0 {
            return;
        }
        // Steps are clipped at the bounds, so what they bring is computed from the weights that result.
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let changes: Vec<f64> = face
                .iter()
                .zip(&step)
                .map(|(&row, step)| {
                    (self.alphas[row] + length * step).clamp(0.0, self.bounds[row]) - self.alphas[row]
                })
                .collect();
            let mut moved = vec![0.0; self.weights.len()];
            face.iter().zip(&changes).for_each(|(&row, &change)| self.add(row, change, &mut moved));
            let rise: f64 = 0.5 * moved.iter().map(|m| m * m).sum::<f64>()
                + face
                    .iter()
                    .zip(&changes)
                    .map(|(&row, change)| change * (self.margin(row, &self.weights) - 1.0))
                    .sum::<f64>();
            if rise < 0.0 {
                face.iter().zip(&changes).for_each(|(&row, change)| {
                    self.alphas[row] = (self.alphas[row] + change).clamp(0.0, self.bounds[row]);
                });
                return;
            }
            length *= 0.5;
        }
    }

    /// Conjugate gradients for the face's step.
    fn solve_face(&self, face: &[usize]) -> Vec<f64> {
        let mut step = vec![0.0; face.len()];
        let mut residual: Vec<f64> = face.iter().map(|&row| 1.0 - self.margin(row, &self.weights)).collect();
        let mut direction: Vec<f64> =
            residual.iter().zip(face).map(|(residual, &row)| residual / self.squares[row]).collect();
        let mut energy: f64 = residual.iter().zip(&direction).map(|(a, b)| a * b).sum();
        let enough = energy * FACE_RESIDUAL * FACE_RESIDUAL;
        for _ in 0..MAX_CG_STEPS {
            let mut moved = vec![0.0; self.weights.len()];
            face.iter().zip(&direction).for_each(|(&row, &factor)| self.add(row, factor, &mut moved));
            let bend: f64 = moved.iter().map(|m| m * m).sum();
            // Rows that depend on each other leave flat directions, which cannot be followed to an end.
            if energy <= enough || bend.is_nan() || bend <= 1e-12 * energy {
                break;
            }
            let length = energy / bend;
            for (nth, &row) in face.iter().enumerate() {
                step[nth] += length * direction[nth];
                residual[nth] -= length * self.margin(row, &moved);
            }
            let scaled = |nth: usize| residual[nth] / self.squares[face[nth]];
            let next_energy: f64 = (0..face.len()).map(|nth| residual[nth] * scaled(nth)).sum();
            let keep = next_energy / energy;
            for (nth, direction) in direction.iter_mut().enumerate() {
                *direction = scaled(nth) + keep * *direction;
            }
            energy = next_energy;
        }
        step
    }
}
