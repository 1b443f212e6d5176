//! L2-regularised linear fits, six at a time: Newton's method with conjugate gradients.
//!
//! Minimises `|w|^2 / 2 + b^2 / 2 + C sum_i loss(w . x_i + b)` in each lane for itself. Unknowns are
//! `u = idf w`, so rows need no idf. Weights and gradients are doubles; directions, which need not be exact,
//! are singles. A lane's steps depend on nothing but its own numbers.

mod direction;

use std::marker::PhantomData;

use crate::lanes::{F32s, F64s, LANES};
use crate::loss::{Logistic, Loss, SquaredHinge};
use crate::machine::{self, Doubles as _, ExpFactors, Lanes as _, Machine, Singles as _, Task};
use crate::matrix::{Matrix, Problem};
use crate::passes::Differentiate;
use crate::rows::{CurvatureCell, GradientCell};
use crate::starts::Start;

/// Most Newton steps.
const MAX_STEPS: u32 = 300;
/// Most points tried along a direction.
const MAX_POINTS: u32 = 60;
/// Newton steps after which a step must stop before the minimum along its direction: then every step goes
/// down, whatever the loss.
const PATIENCE: u32 = 25;

/// Relative gap below which the scores held out are looked at.
const NEAR: f64 = 1e-5;
/// Relative gap at which their sides are usually certain.
const TYPICAL_GAP: f64 = 1e-7;
/// Relative gap at which a score of almost zero is taken to be on the side it is.
const LEAST_GAP: f64 = 1e-15;
/// Room for rounding in how far a held-out score must be from zero.
const SIDE_MARGIN: f64 = 1.06;

/// Where a fit ended. Shapes: `cells`: n_cols, their `weight` being `idf w`; `scores`: n_rows.
#[derive(Default)]
pub struct Solution {
    /// Of each column.
    pub cells: Vec<GradientCell>,
    /// Of all rows.
    pub intercept: F64s,
    /// Score of each row, learned from or held out.
    pub scores: Vec<F64s>,
    /// Whether the sides that the goal asks for are proven: those of the minimum, whatever the fit began with.
    pub are_sides_proven: bool,
}

/// Memory that fits use one after another; nothing in it outlives a fit.
#[derive(Default)]
pub struct Workspace {
    /// The last fit's.
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

/// What a fit is to reach.
#[derive(Clone, Copy)]
pub struct Goal {
    /// Weight of the losses against the penalty.
    pub c: f64,
    /// The relative optimality gap of each lane.
    pub gap: F64s,
    /// Lanes that are done only once the side of zero of each score they hold out is certain.
    pub sides: [bool; LANES],
}

/// What a fit loses on a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// `ln(1 + exp(-y z))`.
    Logistic,
    /// `max(0, 1 - y z)^2`.
    SquaredHinge,
}

/// The solver did not reach its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotConverged {
    /// Steps taken.
    pub n_steps: u32,
}

/// Fits all lanes, from weights 0 or from `start` on; the solution is left in `workspace`.
///
/// # Errors
/// Where a lane is not at its goal after the most steps that are taken.
#[inline(never)]
pub fn fit_linear(
    loss: LossKind,
    (matrix, problem): (&Matrix, &Problem),
    (goal, start): (Goal, Option<&Start>),
    workspace: &mut Workspace,
) -> Result<(), NotConverged> {
    match loss {
        LossKind::Logistic => machine::run(Fit::<Logistic>::begin(matrix, problem, (goal, start), workspace)),
        LossKind::SquaredHinge => {
            machine::run(Fit::<SquaredHinge>::begin(matrix, problem, (goal, start), workspace))
        }
    }
}

struct Fit<'a, L> {
    matrix: &'a Matrix,
    problem: &'a Problem,
    goal: Goal,
    start: Option<&'a Start>,
    space: &'a mut Workspace,
    at: Point,
    intercept_step: F32s,
    marker: PhantomData<L>,
}

/// What is known of the weights reached.
#[derive(Clone, Copy)]
struct Point {
    objective: F64s,
    gradient_squares: F64s,
    intercept_slope: F64s,
    /// Sum of curvatures times C.
    curvature_of_all: F64s,
    /// Derivative along the last step.
    slope_along: F64s,
}

impl<L: Loss> Task for Fit<'_, L> {
    type Output = Result<(), NotConverged>;

    #[inline(always)]
    fn run<M: Machine>(mut self) -> Result<(), NotConverged> {
        // What is known of the minimum makes up for a step.
        let n_saved = u32::from(self.start.is_some());
        for n_steps in 0..MAX_STEPS {
            let mut excess = self.excess::<M>();
            if excess == [0.0; LANES] {
                return Ok(());
            }
            if let Some(start) = self.start.take() {
                self.head_for(start, &mut excess);
            } else {
                let system = self.begin_direction::<M>(excess.map(|excess| excess > 0.0));
                self.find_direction::<M>(system, excess, n_steps + n_saved);
            }
            self.follow_direction::<M>(excess, n_steps < PATIENCE);
        }
        Err(NotConverged { n_steps: MAX_STEPS })
    }
}

impl<'a, L: Loss> Fit<'a, L> {
    /// All weights 0, where the derivatives are known without a pass.
    fn begin(
        matrix: &'a Matrix,
        problem: &'a Problem,
        (goal, start): (Goal, Option<&'a Start>),
        space: &'a mut Workspace,
    ) -> Self {
        let [value, slope, curvature] = L::AT_ZERO.map(|factor| factor * goal.c);
        let n_rows = matrix.norm.len();
        let mut gradient_squares = F64s::default();
        space.solution.cells.clear();
        space.solution.cells.extend(problem.lean.iter().zip(&matrix.idf).map(|(&lean, &idf)| {
            let cell = GradientCell { weight: F64s::default(), slope: lean * slope };
            let gradient = cell.slope * idf;
            gradient_squares += gradient * gradient;
            cell
        }));
        let intercept_slope = problem.lean_of_all * slope;
        space.solution.intercept = F64s::default();
        space.solution.scores.clear();
        space.solution.scores.resize(n_rows, F64s::default());
        space.curvature.clear();
        space.curvature.extend((0..n_rows).map(|row| {
            let [positive, negative] = problem.weights.of_row(row);
            let norm = matrix.norm[row].narrow();
            let by_norm = ((positive + negative) * curvature).narrow() * norm;
            [by_norm * norm, by_norm]
        }));
        space.cells.clear();
        space.cells.resize(matrix.rows.n_cols(), CurvatureCell::default());
        space.steps.clear();
        let step = |ridge: &F64s| StepCell { ridge: ridge.narrow(), ..StepCell::default() };
        space.steps.extend(matrix.ridge.iter().map(step));
        let at = Point {
            objective: problem.weight_of_all * value,
            gradient_squares: gradient_squares + intercept_slope * intercept_slope,
            intercept_slope,
            curvature_of_all: problem.weight_of_all * curvature,
            slope_along: F64s::default(),
        };
        let marker = PhantomData;
        Self { matrix, problem, goal, start, space, at, intercept_step: F32s::default(), marker }
    }

    /// The first direction, from weights 0: `start`, in the lanes in which it goes down.
    fn head_for(&mut self, start: &Start, excess: &mut [f64; LANES]) {
        self.intercept_step = start.intercept;
        let mut slope = self.at.intercept_slope * start.intercept.widen();
        for ((column, cell), step) in
            self.space.steps.iter_mut().zip(&self.space.solution.cells).zip(&start.of_cols)
        {
            column.step = *step;
            slope += cell.slope * step.widen();
        }
        for (excess, slope) in excess.iter_mut().zip(slope.to_array()) {
            *excess = if slope < 0.0 { *excess } else { 0.0 };
        }
    }

    /// 0 where a lane's relative gap is small enough, else how many times too large its gradient may be.
    ///
    /// The objective bends at least as `|w|^2 / 2` does. So its gap is at most half the square of the gradient.
    fn over(&self, lane: usize, gap: f64) -> f64 {
        let (square, allowed) =
            (self.at.gradient_squares.lane(lane), self.at.objective.lane(lane) * gap * 2.0);
        if square > allowed { (square / allowed).sqrt() } else { 0.0 }
    }

    /// For each lane 0 if it is done, else how many times too large its gradient may be.
    ///
    /// The objective bends at least as `|w|^2 / 2 + b^2 / 2` does, so the weights are at most the gradient away from
    /// the best ones, and the score of a row at most that times the row's length, its 1 for the intercept included.
    #[inline(always)]
    fn excess<M: Machine>(&mut self) -> [f64; LANES] {
        let gap = self.goal.gap.to_array();
        let is_near = |lane: usize| self.goal.sides[lane] && self.over(lane, NEAR) == 0.0;
        let closest = if (0..LANES).any(is_near) { self.closest_to_zero::<M>() } else { [0.0; LANES] };
        let mut are_proven = true;
        let excess = std::array::from_fn(|lane| {
            let mut of_side = 0.0;
            if is_near(lane) {
                let longest = self.matrix.longest.lane(lane);
                let reach = ((longest * longest + 1.0) * self.at.gradient_squares.lane(lane)).sqrt();
                let times = reach * SIDE_MARGIN / closest[lane];
                let is_proven = times < 1.0;
                if !is_proven {
                    are_proven = false;
                    of_side = times.min(self.over(lane, LEAST_GAP));
                }
            } else if self.goal.sides[lane] {
                of_side = self.over(lane, TYPICAL_GAP);
            }
            self.over(lane, gap[lane]).max(of_side)
        });
        self.space.solution.are_sides_proven = are_proven;
        excess
    }

    /// The smallest distance from zero of a score that a lane holds out.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn closest_to_zero<M: Machine>(&self) -> [f64; LANES] {
        // Of each set of lanes: nothing where it holds a row out, else -inf.
        let of_mask = |mask: usize| {
            let beyond = |lane: usize| if mask >> lane & 1 == 1 { 0.0 } else { f64::NEG_INFINITY };
            F64s::from_array(std::array::from_fn(beyond))
        };
        let beyond: [F64s; 1 << LANES] = std::array::from_fn(of_mask);
        let mut closest = M::F64::splat(f64::NEG_INFINITY);
        for (score, &held_out) in self.space.solution.scores.iter().zip(&self.matrix.held_out) {
            let beyond = M::F64::load(&beyond[usize::from(held_out) % beyond.len()]);
            closest = closest.max(M::F64::load(score).negative_abs() + beyond);
        }
        let mut out = F64s::default();
        closest.store(&mut out);
        (-out).to_array()
    }

    /// Goes to the direction's end, or nearer where the slope along it has turned too far upwards.
    #[inline(always)]
    fn follow_direction<M: Machine>(&mut self, excess: [f64; LANES], patient: bool) {
        let tolerated = if patient { 0.5 } else { 0.0 };
        let mut reached = excess.map(|excess| f64::from(u8::from(excess > 0.0)));
        let mut by = reached;
        let mut first = None;
        for _ in 0..MAX_POINTS {
            let slope_before = self.advance::<M>(by);
            let first = *first.get_or_insert(slope_before);
            self.differentiate::<M>();
            let now = self.at.slope_along.to_array();
            for lane in 0..LANES {
                let first = -first[lane];
                by[lane] = 0.0;
                if excess[lane] > 0.0 && now[lane] > tolerated * first {
                    // Where a straight line between the two slopes is 0, and a little before.
                    let share =
                        (first / (first + now[lane])).clamp(0.1, 1.0) * if patient { 1.0 } else { 0.9 };
                    by[lane] = reached[lane] * (share - 1.0);
                    reached[lane] += by[lane];
                }
            }
            if by == [0.0; LANES] {
                break;
            }
        }
    }

    /// Moves the weights along the step; returns the derivative along it where they were.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn advance<M: Machine>(&mut self, by: [f64; LANES]) -> [f64; LANES] {
        let by = M::F64::load(&F64s::from_array(by));
        let solution = &mut self.space.solution;
        let step = M::F32::load(&self.intercept_step).widen();
        let mut slope = M::F64::load(&self.at.intercept_slope) * step;
        (M::F64::load(&solution.intercept) + step * by).store(&mut solution.intercept);
        for (cell, column) in solution.cells.iter_mut().zip(&self.space.steps) {
            let step = M::F32::load(&column.step).widen();
            slope += M::F64::load(&cell.slope) * step;
            (M::F64::load(&cell.weight) + step * by).store(&mut cell.weight);
            M::F64::zero().store(&mut cell.slope);
        }
        let mut out = F64s::default();
        slope.store(&mut out);
        out.to_array()
    }

    /// Value, gradient and curvatures at the weights reached.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn differentiate<M: Machine>(&mut self) {
        let c = self.goal.c;
        let Solution { cells, intercept, scores, .. } = &mut self.space.solution;
        let intercept = M::F64::load(intercept);
        let pass = Differentiate::<M::F64, L> {
            norm: &self.matrix.norm,
            weights: &self.problem.weights,
            scores,
            curvatures: &mut self.space.curvature,
            c,
            intercept,
            loss: M::F64::zero(),
            slope: M::F64::zero(),
            curvature: M::F64::zero(),
            exp: ExpFactors::here(),
            marker: PhantomData,
        };
        let Differentiate { loss, slope, curvature, .. } = self.matrix.rows.turn(cells, pass);
        let intercept_slope = intercept + slope.times(c);
        let mut gradient_squares = intercept_slope * intercept_slope;
        let mut weight_squares = intercept * intercept;
        let mut slope_along = intercept_slope * M::F32::load(&self.intercept_step).widen();
        let scales = self.matrix.idf.iter().zip(&self.matrix.ridge).zip(&self.space.steps);
        for (cell, ((idf, ridge), column)) in cells.iter_mut().zip(scales) {
            let weight = M::F64::load(&cell.weight);
            let of_penalty = weight * M::F64::load(ridge);
            let slope = of_penalty + M::F64::load(&cell.slope).times(c);
            slope.store(&mut cell.slope);
            let gradient = slope * M::F64::load(idf);
            gradient_squares += gradient * gradient;
            weight_squares += weight * of_penalty;
            slope_along += slope * M::F32::load(&column.step).widen();
        }
        (weight_squares.times(0.5) + loss.times(c)).store(&mut self.at.objective);
        gradient_squares.store(&mut self.at.gradient_squares);
        intercept_slope.store(&mut self.at.intercept_slope);
        curvature.times(c).store(&mut self.at.curvature_of_all);
        slope_along.store(&mut self.at.slope_along);
    }
}
