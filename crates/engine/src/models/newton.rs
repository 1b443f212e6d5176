//! L2-regularised linear fits, six at a time: Newton's method with conjugate gradients.
//!
//! Minimises `|w|^2 / 2 + b^2 / 2 + C sum_i loss(w . x_i + b)` in each lane for itself. Unknowns are
//! `u = idf w`, so rows need no idf. Weights and gradients are doubles; directions, which need not be exact,
//! are singles. A lane's steps depend on nothing but its own numbers.

use super::EvaluateError;
use super::kernels::{ColIdx, CurvatureCell, GradientCell, Rows};
use super::weighting::{AnyRows, Problem, Weighting, each_width};
use crate::num::lanes::{F32s, F64s, LANES};

/// Most Newton steps.
const MAX_STEPS: u32 = 300;
/// Most conjugate gradient steps to one direction.
const MAX_CG_STEPS: u32 = 200;
/// Most points tried along a direction.
const MAX_POINTS: u32 = 60;
/// Newton steps after which a step must stop before the minimum along its direction: then every step goes
/// down, whatever the loss.
const PATIENCE: u32 = 25;

/// Error of a direction, relative to its beginning, at which it is good enough: the smallest and the largest
/// asked for. The smallest gave the fewest passes over the reference search, of 0.3, 0.1, 0.05, 0.02, 0.005.
const FORCING: (f64, f64) = (0.05, 0.5);

/// A convex loss of a row's score `z`, with the weights of its positive and negative documents.
pub(super) trait Loss {
    /// Value, slope and curvature at 0, each a multiple of: weight, (negative - positive weight), weight.
    const AT_ZERO: [f64; 3];
    /// Value (or a lower bound of it), slope and curvature.
    fn at(z: F64s, positive: F64s, negative: F64s) -> [F64s; 3];
}

/// `ln(1 + exp(-y z))`.
pub(super) struct Logistic;

impl Loss for Logistic {
    const AT_ZERO: [f64; 3] = [std::f64::consts::LN_2, 0.5, 0.25];

    #[inline(always)]
    fn at(z: F64s, positive: F64s, negative: F64s) -> [F64s; 3] {
        let (zero, one) = (F64s::default(), F64s::splat(1.0));
        let decay = (-z.abs()).exp_negative();
        let near = one / (one + decay);
        let far = decay * near;
        let weight = positive + negative;
        let sigmoid = z.choose_above(zero, near, far);
        let above = z.where_above(zero, zero);
        // ln(1 + e) >= e ln 2 from 0 to 1: a lower bound that needs no logarithm.
        let value = positive * (above - z) + negative * above + weight * decay * std::f64::consts::LN_2;
        [value, weight * sigmoid - positive, weight * far * near]
    }
}

/// `max(0, 1 - y z)^2`.
pub(super) struct SquaredHinge;

impl Loss for SquaredHinge {
    const AT_ZERO: [f64; 3] = [1.0, 2.0, 2.0];

    #[inline(always)]
    fn at(z: F64s, positive: F64s, negative: F64s) -> [F64s; 3] {
        let (zero, one) = (F64s::default(), F64s::splat(1.0));
        let (short_below, short_above) = (one - z, one + z);
        let below = short_below.where_above(zero, zero);
        let above = short_above.where_above(zero, zero);
        let active_positive = short_below.choose_above(zero, positive, zero);
        let active_negative = short_above.choose_above(zero, negative, zero);
        let (lost_positive, lost_negative) = (positive * below, negative * above);
        [
            lost_positive * below + lost_negative * above,
            (lost_negative - lost_positive) * 2.0,
            (active_positive + active_negative) * 2.0,
        ]
    }
}

/// Where a fit ended. Shapes: `cells`: n_cols, their `weight` being `idf w`; `scores`: n_rows.
#[derive(Default)]
pub(super) struct Solution {
    pub cells: Vec<GradientCell>,
    pub intercept: F64s,
    /// Score of each row, learned from or held out.
    pub scores: Vec<F64s>,
}

/// Memory that fits use one after another; nothing in it outlives a fit.
#[derive(Default)]
pub(super) struct Workspace {
    pub solution: Solution,
    /// Curvature of each row times its norm squared, and times its norm.
    curvature: Vec<[F32s; 2]>,
    cells: Vec<CurvatureCell>,
    steps: Vec<StepCell>,
}

/// A column's part of the linear system: residual, solution so far, regularisation, preconditioner.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
struct StepCell {
    residual: F32s,
    step: F32s,
    ridge: F32s,
    inverse_diagonal: F32s,
}

/// What a fit is to reach: `C`, and the relative optimality gap of each lane.
#[derive(Clone, Copy)]
pub(super) struct Goal {
    pub c: f64,
    pub gap: F64s,
}

/// Fits all lanes; the solution is left in `workspace`.
pub(super) fn fit<L: Loss>(
    weighting: &Weighting,
    problem: &Problem,
    goal: Goal,
    workspace: &mut Workspace,
) -> Result<(), EvaluateError> {
    each_width!(&weighting.rows, rows => {
        Fit::<L, _>::begin(weighting, rows, problem, goal, workspace).run()
    })
}

struct Fit<'a, L, I> {
    weighting: &'a Weighting,
    rows: &'a Rows<I>,
    problem: &'a Problem,
    goal: Goal,
    space: &'a mut Workspace,
    /// Sum of losses times C.
    loss: F64s,
    intercept_slope: F64s,
    /// Sum of curvatures times C.
    curvature_of_all: F64s,
    intercept_step: F32s,
    marker: std::marker::PhantomData<L>,
}

impl<'a, L: Loss, I: ColIdx> Fit<'a, L, I> {
    /// All weights 0, where the derivatives are known without a pass.
    fn begin(
        weighting: &'a Weighting,
        rows: &'a Rows<I>,
        problem: &'a Problem,
        goal: Goal,
        space: &'a mut Workspace,
    ) -> Self {
        let [value, slope, curvature] = L::AT_ZERO.map(|factor| factor * goal.c);
        let n_rows = weighting.norm.len();
        let at_zero = |&lean: &F64s| GradientCell { weight: F64s::default(), slope: lean * slope };
        space.solution.cells.clear();
        space.solution.cells.extend(problem.lean.iter().map(at_zero));
        space.solution.intercept = F64s::default();
        space.solution.scores.clear();
        space.solution.scores.resize(n_rows, F64s::default());
        space.curvature.clear();
        space.curvature.extend((0..n_rows).map(|row| {
            let weight = problem.positive_weight[row] + problem.negative_weight[row];
            curved_row(weight * curvature, weighting.norm[row])
        }));
        space.cells.clear();
        space.cells.resize(rows.n_cols, CurvatureCell::default());
        space.steps.clear();
        let step = |ridge: &F64s| StepCell { ridge: ridge.narrow(), ..StepCell::default() };
        space.steps.extend(weighting.ridge.iter().map(step));
        Self {
            weighting,
            rows,
            problem,
            goal,
            space,
            loss: problem.weight_of_all * value,
            intercept_slope: problem.lean_of_all * slope,
            curvature_of_all: problem.weight_of_all * curvature,
            intercept_step: F32s::default(),
            marker: std::marker::PhantomData,
        }
    }

    fn run(mut self) -> Result<(), EvaluateError> {
        for n_steps in 0..MAX_STEPS {
            let (open, excess) = self.open_lanes();
            if open == F64s::default() {
                return Ok(());
            }
            self.find_direction(open, excess);
            self.follow_direction(open, n_steps < PATIENCE);
        }
        Err(EvaluateError::NotConverged { n_steps: MAX_STEPS })
    }

    /// 1 for each lane whose gap may still be too large, else 0. The objective bends at least as `|w|^2 / 2`
    /// does, so its gap is at most half the square of the gradient.
    ///
    /// Also by how much each gap is too large, as a bound on its root.
    fn open_lanes(&self) -> (F64s, F64s) {
        let mut gradient_squares = self.intercept_slope * self.intercept_slope;
        let intercept = self.space.solution.intercept;
        let mut weight_squares = intercept * intercept;
        let scales = self.weighting.idf.iter().zip(&self.weighting.ridge);
        for (cell, (&idf, &ridge)) in self.space.solution.cells.iter().zip(scales) {
            let gradient = cell.slope * idf;
            gradient_squares += gradient * gradient;
            weight_squares += cell.weight * cell.weight * ridge;
        }
        let objective = weight_squares * 0.5 + self.loss;
        let allowed = objective * self.goal.gap * 2.0;
        let open = gradient_squares.zip(allowed, |squares, allowed| f64::from(u8::from(squares > allowed)));
        let excess =
            gradient_squares.zip(
                allowed,
                |squares, allowed| {
                    if squares > allowed { (squares / allowed).sqrt() } else { 1.0 }
                },
            );
        (open, excess)
    }

    /// Solves `H step = -gradient` by preconditioned conjugate gradients in open lanes, as well as it takes to
    /// close the gap.
    fn find_direction(&mut self, open: F64s, excess: F64s) {
        let mean_curvature = self
            .curvature_of_all
            .zip(
                self.problem.weight_of_all,
                |curvature, weight| if weight > 0.0 { curvature / weight } else { 0.0 },
            )
            .narrow();
        let intercept_inverse =
            (F64s::splat(1.0) + self.curvature_of_all).map(|diagonal| 1.0 / diagonal).narrow();
        let open = open.narrow();
        let mut intercept_residual = -self.intercept_slope.narrow() * open;
        let mut intercept_direction = intercept_residual * intercept_inverse;
        let mut intercept_step = F32s::default();
        let mut old_energy = intercept_residual * intercept_direction;
        let columns = self.space.steps.iter_mut().zip(&mut self.space.cells);
        let givens = self.space.solution.cells.iter().zip(&self.problem.squares).zip(&self.weighting.kept);
        for ((column, cell), ((given, &squares), &kept)) in columns.zip(givens) {
            column.inverse_diagonal = kept / (column.ridge + mean_curvature * squares);
            column.residual = -given.slope.narrow() * open;
            column.step = F32s::default();
            cell.direction = column.residual * column.inverse_diagonal;
            cell.curved = F32s::default();
            old_energy += column.residual * cell.direction;
        }
        let forcing = excess.map(|excess| (0.5 / excess).clamp(FORCING.0, FORCING.1)).narrow();
        let enough = old_energy * forcing * forcing;
        let mut alive = open;
        for _ in 0..MAX_CG_STEPS {
            let intercept_curved = self.curve(intercept_direction);
            let mut bend = intercept_direction * intercept_curved;
            for (column, cell) in self.space.steps.iter().zip(&mut self.space.cells) {
                cell.curved += column.ridge * cell.direction;
                bend += cell.direction * cell.curved;
            }
            let (along, bends, going) = (old_energy.to_array(), bend.to_array(), alive.to_array());
            let goes_on = |lane: usize| going[lane] > 0.0 && bends[lane] > 0.0;
            let length = |lane: usize| if goes_on(lane) { along[lane] / bends[lane] } else { 0.0 };
            let length = F32s::from_array(std::array::from_fn(length));
            intercept_step += intercept_direction * length;
            intercept_residual -= intercept_curved * length;
            let mut energy = intercept_residual * intercept_residual * intercept_inverse;
            for (column, cell) in self.space.steps.iter_mut().zip(&self.space.cells) {
                column.step += cell.direction * length;
                column.residual -= cell.curved * length;
                energy += column.residual * column.residual * column.inverse_diagonal;
            }
            let excess = (energy - enough).to_array();
            let taken = length.to_array();
            let goes_on = |lane: usize| f32::from(u8::from(taken[lane] > 0.0 && excess[lane] > 0.0));
            alive = F32s::from_array(std::array::from_fn(goes_on));
            if alive == F32s::default() {
                break;
            }
            let keep = energy.zip(old_energy, |new, old| if old > 0.0 { new / old } else { 0.0 }) * alive;
            intercept_direction = intercept_residual * intercept_inverse + intercept_direction * keep;
            for (column, cell) in self.space.steps.iter().zip(&mut self.space.cells) {
                cell.direction = column.residual * column.inverse_diagonal + cell.direction * keep;
                cell.curved = F32s::default();
            }
            old_energy = energy;
        }
        self.intercept_step = intercept_step;
    }

    /// Adds the loss's curvature along `cells.direction` to `cells.curved`; returns the intercept's.
    fn curve(&mut self, intercept: F32s) -> F32s {
        let curvature = self.space.curvature.as_slice();
        let mut of_intercept = F32s::default();
        self.rows.turn(&mut self.space.cells, |row, sum| {
            let [by_square, by_norm] = curvature[row];
            of_intercept += sum * by_norm;
            sum * by_square + intercept * by_norm
        });
        of_intercept + (self.curvature_of_all.narrow() + F32s::splat(1.0)) * intercept
    }

    /// Goes to the direction's end, or nearer where the slope along it has turned too far upwards.
    fn follow_direction(&mut self, open: F64s, patient: bool) {
        let first_slope = self.slope_along();
        let mut reached = open;
        self.advance(reached);
        self.differentiate();
        let tolerated = if patient { 0.5 } else { 0.0 };
        for _ in 0..MAX_POINTS {
            let slope = self.slope_along();
            let (first, now, so_far) = (first_slope.to_array(), slope.to_array(), reached.to_array());
            let change = std::array::from_fn(|lane| {
                let first = -first[lane];
                if open.lane(lane) == 0.0 || now[lane] <= tolerated * first {
                    return 0.0;
                }
                // Where a straight line between the two slopes is 0, and a little before.
                let share = (first / (first + now[lane])).clamp(0.1, 1.0) * if patient { 1.0 } else { 0.9 };
                so_far[lane] * (share - 1.0)
            });
            if change == [0.0; LANES] {
                break;
            }
            let change = F64s::from_array(change);
            self.advance(change);
            reached += change;
            self.differentiate();
        }
    }

    /// Derivative of the objective along the direction.
    fn slope_along(&self) -> F64s {
        let mut slope = self.intercept_slope * self.intercept_step.widen();
        for (cell, column) in self.space.solution.cells.iter().zip(&self.space.steps) {
            slope += cell.slope * column.step.widen();
        }
        slope
    }

    fn advance(&mut self, by: F64s) {
        let solution = &mut self.space.solution;
        solution.intercept += self.intercept_step.widen() * by;
        for (cell, column) in solution.cells.iter_mut().zip(&self.space.steps) {
            cell.weight += column.step.widen() * by;
        }
    }

    /// Value, gradient and curvatures at the weights reached.
    fn differentiate(&mut self) {
        let Solution { cells, intercept, scores } = &mut self.space.solution;
        let (intercept, c) = (*intercept, self.goal.c);
        for (cell, &ridge) in cells.iter_mut().zip(&self.weighting.ridge) {
            cell.slope = cell.weight * ridge;
        }
        let norms = self.weighting.norm.as_slice();
        let positive = self.problem.positive_weight.as_slice();
        let negative = self.problem.negative_weight.as_slice();
        let curvatures = self.space.curvature.as_mut_slice();
        let mut losses = F64s::default();
        let mut slopes = F64s::default();
        let mut curvature_of_all = F64s::default();
        self.rows.turn(cells, |row, sum| {
            let z = sum * norms[row] + intercept;
            let [value, slope, curvature] = L::at(z, positive[row], negative[row]);
            let (slope, curvature) = (slope * c, curvature * c);
            losses += value;
            slopes += slope;
            curvature_of_all += curvature;
            scores[row] = z;
            curvatures[row] = curved_row(curvature, norms[row]);
            slope * norms[row]
        });
        self.loss = losses * c;
        self.intercept_slope = intercept + slopes;
        self.curvature_of_all = curvature_of_all;
    }
}

#[inline(always)]
fn curved_row(curvature: F64s, norm: F64s) -> [F32s; 2] {
    let by_norm = curvature * norm;
    [(by_norm * norm).narrow(), by_norm.narrow()]
}
