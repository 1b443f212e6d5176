//! One linear fit of a smooth loss to any rows: Newton's method with conjugate gradients.
//!
//! Minimises `|w|^2 / 2 + ridge b^2 / 2 + sum_i weight_i loss(sign_i (w . x_i + b))`. Weights and gradients are
//! doubles; directions, which need not be exact, are singles. No step needs the objective's value: it ends where
//! the slope along it has not turned too far upwards. Sums run in a fixed order: the same rows, the same bits.

mod direction;

use crate::lanes::F64s;
use crate::loss::{Logistic, Loss, SquaredHinge};
use crate::machine::{self, Machine, Task};
use crate::newton::LossKind;
use crate::ordered::{Active, ColumnSums, Derivatives, Ordered, Place, SparseRows, WeightCell};
use direction::Direction;

/// Whether column numbers of two bytes have code of their own. In a page it would weigh more than it saves.
const NARROW: bool = cfg!(not(target_arch = "wasm32"));
/// Most Newton steps.
const MAX_STEPS: u32 = 300;
/// Most points tried along a direction.
const MAX_POINTS: u32 = 60;
/// Newton steps after which a step must stop before the minimum along its direction: then every step goes
/// down, whatever the loss.
const PATIENCE: u32 = 25;
/// Largest error of a direction while the minimum is far, and at all, relative to its beginning. Of 0.1 to 0.5 the
/// first gave the fewest passes on 100,000 reviews.
const FORCING: (f64, f64) = (0.3, 0.5);
/// What a direction may leave of a gradient as large as the goal allows.
const MARGIN: f64 = 0.3;
/// A gradient of this size, relative to the first one, is rounding.
const ROUNDING: f64 = 1e-14;
/// A step that promises less than this share of the gap allowed is the last.
const LAST_PROMISE: f64 = 1e-3;

/// Rows of one side and rows of the other. Shapes: `signs` (1 or -1), `weights` (not negative): n_rows.
#[derive(Clone, Copy, Debug)]
pub struct SidesProblem<'a> {
    /// The rows.
    pub x: SparseRows<'a>,
    /// The side of each.
    pub signs: &'a [f64],
    /// How much each counts.
    pub weights: &'a [f64],
    /// Penalty of the intercept: 0 or 1.
    pub ridge: f64,
}

/// Where a fit ended. Shape of `weights`: n_columns + 1, the intercept last.
#[derive(Clone, Debug, PartialEq)]
pub struct SmoothFit {
    /// Weights.
    pub weights: Vec<f64>,
    /// Newton steps taken.
    pub n_steps: u32,
    /// Whether the goal was reached.
    pub converged: bool,
}

/// Fits until the objective is within `gap` of the minimum, relatively.
#[inline(never)]
pub fn fit_smooth(loss: LossKind, problem: &SidesProblem<'_>, gap: f64) -> SmoothFit {
    if NARROW && problem.x.n_columns <= usize::from(u16::MAX) + 1 {
        Fit::<u16>::begin(loss, problem, gap).run()
    } else {
        Fit::<u32>::begin(loss, problem, gap).run()
    }
}

/// Shapes: `positive`, `negative`: as `Ordered::in_lanes` gives them; `sums`, `cells`: n_columns; `curvatures`:
/// n_rows.
struct Fit<P> {
    loss: LossKind,
    gap: f64,
    ridge: f64,
    matrix: Ordered<P>,
    /// Largest sum of squares of a row.
    longest: f64,
    positive: Vec<F64s>,
    negative: Vec<F64s>,
    weight_of_all: f64,
    sums: Vec<ColumnSums>,
    cells: Vec<WeightCell>,
    intercept: WeightCell,
    curvatures: Vec<f32>,
    active: Active,
    at: Point,
    direction: Direction,
}

/// What is known of the weights reached.
#[derive(Clone, Copy, Default)]
struct Point {
    value: f64,
    gradient_squares: f64,
    /// Sum of the rows' curvatures.
    curvature: f64,
    /// Derivative along the step.
    slope_along: f64,
}

impl<P: Place> Fit<P> {
    /// All weights 0, where the derivatives are known without a pass.
    fn begin(loss: LossKind, problem: &SidesProblem<'_>, gap: f64) -> Self {
        let SidesProblem { x, signs, weights, ridge } = *problem;
        let [value, slope, curvature] = match loss {
            LossKind::Logistic => Logistic::AT_ZERO,
            LossKind::SquaredHinge => SquaredHinge::AT_ZERO,
        };
        let mut sums = Vec::new();
        let (matrix, longest) =
            Ordered::<P>::new(x, |row| (weights[row], -signs[row] * weights[row]), &mut sums);
        let of_sign =
            |wanted: f64| matrix.in_lanes(|row| if signs[row] == wanted { weights[row] } else { 0.0 });
        let weight_of_all: f64 = weights.iter().sum();
        let lean_of_all: f64 = weights.iter().zip(signs).map(|(weight, sign)| -sign * weight).sum();
        let cell = |lean: f64| WeightCell { weight: 0.0, slope: lean * slope };
        let cells: Vec<WeightCell> = sums.iter().map(|sums| cell(sums.lean)).collect();
        let intercept = cell(lean_of_all);
        let squares: f64 = cells.iter().map(|cell| cell.slope * cell.slope).sum();
        let at = Point {
            value: weight_of_all * value,
            gradient_squares: squares + intercept.slope * intercept.slope,
            curvature: weight_of_all * curvature,
            slope_along: 0.0,
        };
        Self {
            loss,
            gap,
            ridge,
            longest,
            positive: of_sign(1.0),
            negative: of_sign(-1.0),
            weight_of_all,
            cells,
            intercept,
            curvatures: matrix.row_of.iter().map(|&row| (weights[row as usize] * curvature) as f32).collect(),
            active: Active::default(),
            at,
            direction: Direction::new(sums.len()),
            sums,
            matrix,
        }
    }

    fn run(mut self) -> SmoothFit {
        let first_norm = self.at.gradient_squares.sqrt();
        for n_steps in 0..MAX_STEPS {
            let allowed = 2.0 * self.gap * self.at.value * self.least_curvature();
            if self.at.gradient_squares <= allowed {
                return self.end(n_steps, true);
            }
            let norm = self.at.gradient_squares.sqrt();
            let relative = norm / first_norm;
            let forcing = relative.sqrt().min(FORCING.0).max(MARGIN * allowed.sqrt() / norm).min(FORCING.1);
            self.find_direction(norm, forcing);
            let descent = -self.slope_along();
            if descent.is_nan() || descent <= 0.0 {
                return self.end(n_steps, relative <= ROUNDING);
            }
            self.follow_direction(descent, n_steps < PATIENCE);
            if 0.5 * descent <= LAST_PROMISE * self.gap * self.at.value {
                return self.end(n_steps + 1, true);
            }
        }
        self.end(MAX_STEPS, false)
    }

    /// The objective bends nowhere less than this: half the square of the gradient over it bounds the gap.
    ///
    /// A row bends by `d (b + w . x)^2`, all together at least by `S (b + w . mean)^2`, S being the sum of curvatures.
    /// The smaller eigenvalue of the matrix `[1 + S r^2, S r; S r, ridge + S]`, `r` being the longest row's norm, is at
    /// least determinant over trace.
    fn least_curvature(&self) -> f64 {
        let (all, of_weights) = (self.at.curvature, self.at.curvature * self.longest);
        let determinant = self.ridge * (1.0 + of_weights) + all;
        (determinant / (1.0 + self.ridge + of_weights + all)).max(self.ridge.min(1.0))
    }

    fn end(self, n_steps: u32, converged: bool) -> SmoothFit {
        let mut weights = vec![0.0; self.cells.len() + 1];
        for (cell, &column) in self.cells.iter().zip(&self.matrix.column_of) {
            weights[column as usize] = cell.weight;
        }
        weights[self.cells.len()] = self.intercept.weight;
        SmoothFit { weights, n_steps, converged }
    }

    /// The derivative along the step.
    fn slope_along(&self) -> f64 {
        let of_columns = self.cells.iter().zip(self.direction.step());
        let sum: f64 = of_columns.map(|(cell, &step)| cell.slope * f64::from(step)).sum();
        self.direction.scale * (sum + self.intercept.slope * f64::from(self.direction.intercept_step()))
    }

    /// Goes to the step's end, or nearer where the slope along it has turned too far upwards.
    fn follow_direction(&mut self, descent: f64, patient: bool) {
        let tolerated = if patient { 0.5 } else { 0.0 };
        let (mut reached, mut by) = (1.0, 1.0);
        for _ in 0..MAX_POINTS {
            self.go_along(by);
            let now = self.at.slope_along;
            if now <= tolerated * descent {
                return;
            }
            // Where a straight line between the two slopes is 0, and a little before.
            let share = (descent / (descent + now)).clamp(0.1, 1.0) * if patient { 1.0 } else { 0.9 };
            by = reached * (share - 1.0);
            reached += by;
        }
    }

    /// Goes `by` times the step; finds value, gradient and curvatures there.
    fn go_along(&mut self, by: f64) {
        let by = by * self.direction.scale;
        for (cell, &step) in self.cells.iter_mut().zip(self.direction.step()) {
            cell.weight += f64::from(step) * by;
            cell.slope = cell.weight;
        }
        self.intercept.weight += f64::from(self.direction.intercept_step()) * by;
        let of_rows = match self.loss {
            LossKind::Logistic => machine::run(Pass::<'_, P, Logistic>::new(self)),
            LossKind::SquaredHinge => machine::run(Pass::<'_, P, SquaredHinge>::new(self)),
        };
        let WeightCell { weight, slope } = &mut self.intercept;
        *slope = self.ridge * *weight + of_rows.slope;
        let mut weight_squares = self.ridge * *weight * *weight;
        let mut gradient_squares = *slope * *slope;
        for cell in &self.cells {
            weight_squares += cell.weight * cell.weight;
            gradient_squares += cell.slope * cell.slope;
        }
        self.at = Point {
            value: 0.5 * weight_squares + of_rows.loss,
            gradient_squares,
            curvature: of_rows.curvature,
            slope_along: self.slope_along(),
        };
    }
}

/// Adds the loss's derivatives to a fit's slopes, on the best vectors there are.
struct Pass<'a, P, L> {
    fit: &'a mut Fit<P>,
    loss: std::marker::PhantomData<L>,
}

impl<'a, P, L> Pass<'a, P, L> {
    fn new(fit: &'a mut Fit<P>) -> Self {
        Self { fit, loss: std::marker::PhantomData }
    }
}

impl<P: Place, L: Loss> Task for Pass<'_, P, L> {
    type Output = Derivatives;

    #[inline(always)]
    fn run<M: Machine>(self) -> Derivatives {
        let Fit { matrix, positive, negative, intercept, cells, curvatures, .. } = self.fit;
        matrix.differentiate::<M, L>((positive, negative), intercept.weight, cells, curvatures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of up to four entries, two of them empty; each column and each side has some.
    struct Table {
        row_starts: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f64>,
        signs: Vec<f64>,
        weights: Vec<f64>,
    }

    const N_COLUMNS: usize = 4;

    fn table() -> Table {
        let mut row_starts = vec![0];
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for row in 0..40_usize {
            for column in 0..N_COLUMNS {
                if ((row * 5 % 16) >> column) & 1 == 1 {
                    columns.push(column as u32);
                    values.push(((row * 7 + column * 3) % 11) as f64 * 0.2 - 0.7);
                }
            }
            row_starts.push(columns.len());
        }
        let signs = (0..40).map(|row| if row * 3 % 7 < 3 { 1.0 } else { -1.0 }).collect();
        let weights = (0..40).map(|row| [0.5, 2.0, 0.7][row % 3]).collect();
        Table { row_starts, columns, values, signs, weights }
    }

    fn problem(table: &Table, ridge: f64) -> SidesProblem<'_> {
        let Table { row_starts, columns, values, signs, weights } = table;
        let x = SparseRows { n_columns: N_COLUMNS, row_starts, columns, values };
        SidesProblem { x, signs, weights, ridge }
    }

    /// What is minimised, row by row.
    fn value(loss: LossKind, problem: &SidesProblem<'_>, weights: &[f64]) -> f64 {
        let (intercept, of_columns) = weights.split_last().unwrap();
        let squares: f64 = of_columns.iter().map(|weight| weight * weight).sum();
        let rows = problem.x.row_starts.windows(2).zip(problem.signs.iter().zip(problem.weights));
        let losses = rows.map(|(ends, (sign, weight))| {
            let entries = ends[0]..ends[1];
            let columns = problem.x.columns[entries.clone()].iter().zip(&problem.x.values[entries]);
            let score: f64 = columns.map(|(&column, value)| value * of_columns[column as usize]).sum();
            let margin = sign * (score + intercept);
            let lost = match loss {
                LossKind::Logistic => (-margin).max(0.0) + libm::log1p(libm::exp(-margin.abs())),
                LossKind::SquaredHinge => (1.0 - margin).max(0.0) * (1.0 - margin).max(0.0),
            };
            weight * lost
        });
        0.5 * (squares + problem.ridge * intercept * intercept) + losses.sum::<f64>()
    }

    const LOSSES: [LossKind; 2] = [LossKind::Logistic, LossKind::SquaredHinge];

    /// Goes to a point; returns the gradient there, the intercept's last.
    fn gradient_at<P: Place>(fit: &mut Fit<P>, point: &[f64]) -> Vec<f64> {
        for (cell, &column) in fit.cells.iter_mut().zip(&fit.matrix.column_of) {
            cell.weight = point[column as usize];
        }
        fit.intercept.weight = point[N_COLUMNS];
        fit.go_along(0.0);
        let mut gradient = vec![0.0; N_COLUMNS + 1];
        for (cell, &column) in fit.cells.iter().zip(&fit.matrix.column_of) {
            gradient[column as usize] = cell.slope;
        }
        gradient[N_COLUMNS] = fit.intercept.slope;
        gradient
    }

    #[track_caller]
    fn check_derivatives(loss: LossKind, ridge: f64) {
        let table = table();
        let problem = problem(&table, ridge);
        let mut fit = Fit::<u16>::begin(loss, &problem, 1e-12);
        let begun: Vec<f64> = fit.cells.iter().map(|cell| cell.slope).collect();
        gradient_at(&mut fit, &[0.0; N_COLUMNS + 1]);
        for (known, cell) in begun.iter().zip(&fit.cells) {
            assert!((known - cell.slope).abs() < 1e-12, "at 0: {known} {}", cell.slope);
        }
        for seed in 0..4 {
            let point: Vec<f64> =
                (0..=N_COLUMNS).map(|i| ((i * 7 + seed * 5) % 11) as f64 / 5.0 - 0.987_3).collect();
            let gradient = gradient_at(&mut fit, &point);
            for i in 0..=N_COLUMNS {
                let moved = |by: f64| {
                    let mut moved = point.clone();
                    moved[i] += by;
                    value(loss, &problem, &moved)
                };
                let by_difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((gradient[i] - by_difference).abs() < 1e-7, "{i}: {} {by_difference}", gradient[i]);
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_value() {
        for ridge in [0.0, 1.0] {
            LOSSES.iter().for_each(|&loss| check_derivatives(loss, ridge));
        }
    }

    /// A direction solved for to the end is Newton's: the gradient changes along it by as much as there is of it.
    #[track_caller]
    fn check_direction(loss: LossKind, ridge: f64) {
        let table = table();
        let mut fit = Fit::<u16>::begin(loss, &problem(&table, ridge), 1e-12);
        let point = [0.3, -0.2, 0.4, 0.1, -0.3];
        let gradient = gradient_at(&mut fit, &point);
        fit.find_direction(fit.at.gradient_squares.sqrt(), 1e-7);
        let mut step = [0.0; N_COLUMNS + 1];
        for (&along, &column) in fit.direction.step().iter().zip(&fit.matrix.column_of) {
            step[column as usize] = f64::from(along) * fit.direction.scale;
        }
        step[N_COLUMNS] = f64::from(fit.direction.intercept_step()) * fit.direction.scale;
        // No margin passes 1 on so short a way: where a squared hinge bends, it bends alike.
        let mut moved = |by: f64| {
            let moved: Vec<f64> = point.iter().zip(&step).map(|(at, step)| at + by * step).collect();
            gradient_at(&mut fit, &moved)
        };
        let (above, below) = (moved(1e-5), moved(-1e-5));
        for i in 0..=N_COLUMNS {
            let curved = (above[i] - below[i]) / 2e-5;
            assert!(
                (curved + gradient[i]).abs() < 1e-4 * (1.0 + gradient[i].abs()),
                "{i}: {curved} {gradient:?}"
            );
        }
    }

    #[test]
    fn directions_are_newtons() {
        for ridge in [0.0, 1.0] {
            LOSSES.iter().for_each(|&loss| check_direction(loss, ridge));
        }
    }

    #[track_caller]
    fn check_fit(loss: LossKind, ridge: f64) {
        let table = table();
        let problem = problem(&table, ridge);
        let best = fit_smooth(loss, &problem, 1e-13);
        let minimum = value(loss, &problem, &best.weights);
        for gap in [1e-2, 1e-6, 1e-12] {
            let fit = fit_smooth(loss, &problem, gap);
            assert!(fit.converged, "after {} steps", fit.n_steps);
            let reached = value(loss, &problem, &fit.weights) / minimum - 1.0;
            assert!(reached <= gap + 1e-15, "{reached:e} for {gap:e}");
        }
        assert_eq!(Fit::<u32>::begin(loss, &problem, 1e-13).run(), best);
        for i in 0..=N_COLUMNS {
            for by in [-1e-3, 1e-3] {
                let mut moved = best.weights.clone();
                moved[i] += by;
                assert!(value(loss, &problem, &moved) > minimum, "{i} by {by}");
            }
        }
    }

    #[test]
    fn fits_end_within_the_gap_asked_for() {
        for ridge in [0.0, 1.0] {
            LOSSES.iter().for_each(|&loss| check_fit(loss, ridge));
        }
    }

    #[test]
    fn strong_losses_are_fitted_too() {
        let mut table = table();
        table.weights.iter_mut().for_each(|weight| *weight *= 1e6);
        for loss in LOSSES {
            let fit = fit_smooth(loss, &problem(&table, 1.0), 1e-12);
            assert!(fit.converged, "after {} steps", fit.n_steps);
        }
    }

    #[test]
    fn rows_without_weight_leave_all_weights_at_zero() {
        let mut table = table();
        table.weights.fill(0.0);
        for loss in LOSSES {
            let fit = fit_smooth(loss, &problem(&table, 1.0), 1e-12);
            assert_eq!((fit.weights, fit.converged), (vec![0.0; N_COLUMNS + 1], true));
        }
    }
}
