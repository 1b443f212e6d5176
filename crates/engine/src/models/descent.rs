//! Newton's method with conjugate gradients for any smooth convex objective.
//!
//! An objective comes in, its minimum goes out. Steps are decided by sums in a fixed order, so the same
//! objective ends in the same bits.

/// Most Newton steps.
const MAX_STEPS: u32 = 200;
/// Most conjugate gradient steps to one direction.
const MAX_CG_STEPS: u32 = 1000;
/// Most times a step is halved.
const MAX_HALVINGS: u32 = 40;
/// Share of the promised descent that a step must bring (Armijo).
const SUFFICIENT: f64 = 1e-4;
/// Relative rounding of an objective's value, forgiven in comparisons.
const ROUNDING: f64 = 1e-14;

/// A convex objective with a gradient, and a Hessian that is applied to directions.
pub(super) trait Objective {
    /// Number of unknowns.
    fn n_unknowns(&self) -> usize;
    /// Moves to `point`; returns the value there and writes the gradient.
    fn move_to(&mut self, point: &[f64], gradient: &mut [f64]) -> f64;
    /// Writes the Hessian's diagonal at the point last moved to.
    fn diagonal(&self, out: &mut [f64]);
    /// Writes Hessian times `direction`, at the point last moved to.
    fn curve(&mut self, direction: &[f64], out: &mut [f64]);
}

/// Where a descent ended.
pub(super) struct Minimum {
    pub point: Vec<f64>,
    pub n_steps: u32,
    /// Whether the goal was reached.
    pub converged: bool,
}

/// Minimises from 0 on, until the gap that Newton's quadratic model promises to close is within `gap` of the
/// value; the step that closes it is still taken.
pub(super) fn minimise(objective: &mut impl Objective, gap: f64) -> Minimum {
    let n_unknowns = objective.n_unknowns();
    let mut point = vec![0.0; n_unknowns];
    let mut gradient = vec![0.0; n_unknowns];
    let mut value = objective.move_to(&point, &mut gradient);
    let first_norm = norm(&gradient);
    let mut space = ConjugateGradients::new(n_unknowns);
    for n_steps in 0..MAX_STEPS {
        let relative = if first_norm > 0.0 { norm(&gradient) / first_norm } else { 0.0 };
        let forcing = relative.sqrt().min(0.1);
        space.solve(objective, &gradient, forcing);
        let descent = -dot(&gradient, &space.step);
        if descent.is_nan() || descent <= 0.0 {
            return Minimum { point, n_steps, converged: relative <= ROUNDING };
        }
        let is_last = 0.5 * descent <= gap * value.abs();
        let mut length = 1.0;
        let mut reached = false;
        for _ in 0..MAX_HALVINGS {
            let next: Vec<f64> = point.iter().zip(&space.step).map(|(x, step)| x + length * step).collect();
            let next_value = objective.move_to(&next, &mut gradient);
            if next_value <= value - SUFFICIENT * length * descent + ROUNDING * value.abs() {
                (point, value, reached) = (next, next_value, true);
                break;
            }
            length *= 0.5;
        }
        if !reached {
            objective.move_to(&point, &mut gradient);
            return Minimum { point, n_steps, converged: is_last };
        }
        if is_last {
            return Minimum { point, n_steps: n_steps + 1, converged: true };
        }
    }
    Minimum { point, n_steps: MAX_STEPS, converged: false }
}

/// Solves `H step = -gradient`, preconditioned by the diagonal.
struct ConjugateGradients {
    step: Vec<f64>,
    residual: Vec<f64>,
    direction: Vec<f64>,
    curved: Vec<f64>,
    diagonal: Vec<f64>,
}

impl ConjugateGradients {
    fn new(n_unknowns: usize) -> Self {
        let zeros = || vec![0.0; n_unknowns];
        Self { step: zeros(), residual: zeros(), direction: zeros(), curved: zeros(), diagonal: zeros() }
    }

    fn solve(&mut self, objective: &mut impl Objective, gradient: &[f64], forcing: f64) {
        objective.diagonal(&mut self.diagonal);
        self.step.fill(0.0);
        let Self { step, residual, direction, curved, diagonal } = self;
        let scaled = |value: f64, diagonal: f64| if diagonal > 0.0 { value / diagonal } else { value };
        for i in 0..gradient.len() {
            residual[i] = -gradient[i];
            direction[i] = scaled(residual[i], diagonal[i]);
        }
        let mut energy = dot(residual, direction);
        let enough = energy * forcing * forcing;
        for _ in 0..MAX_CG_STEPS {
            objective.curve(direction, curved);
            let bend = dot(direction, curved);
            if bend.is_nan() || bend <= 0.0 {
                return;
            }
            let length = energy / bend;
            let mut next_energy = 0.0;
            for i in 0..gradient.len() {
                step[i] += length * direction[i];
                residual[i] -= length * curved[i];
                next_energy += residual[i] * scaled(residual[i], diagonal[i]);
            }
            if next_energy.is_nan() || next_energy <= enough {
                return;
            }
            let keep = next_energy / energy;
            for i in 0..gradient.len() {
                direction[i] = scaled(residual[i], diagonal[i]) + keep * direction[i];
            }
            energy = next_energy;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Gradient and Hessian agree with central differences of value and gradient at a few points.
    #[track_caller]
    pub fn check_derivatives(objective: &mut impl Objective) {
        let n = objective.n_unknowns();
        let step = 1e-5;
        for seed in 1..4_u32 {
            let point: Vec<f64> =
                (0..n as u32).map(|i| f64::from((i * 7 + seed * 5) % 11) / 5.0 - 1.0).collect();
            let direction: Vec<f64> =
                (0..n as u32).map(|i| f64::from((i * 3 + seed) % 7) / 3.0 - 1.0).collect();
            let moved =
                |by: f64| -> Vec<f64> { point.iter().zip(&direction).map(|(x, d)| x + by * d).collect() };
            let (mut above, mut below, mut here) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
            let value_above = objective.move_to(&moved(step), &mut above);
            let value_below = objective.move_to(&moved(-step), &mut below);
            objective.move_to(&point, &mut here);
            let slope = dot(&here, &direction);
            let by_difference = (value_above - value_below) / (2.0 * step);
            assert!((slope - by_difference).abs() < 1e-6 * (1.0 + slope.abs()), "{slope} {by_difference}");
            let mut curved = vec![0.0; n];
            objective.curve(&direction, &mut curved);
            for i in 0..n {
                let by_difference = (above[i] - below[i]) / (2.0 * step);
                assert!((curved[i] - by_difference).abs() < 1e-5 * (1.0 + curved[i].abs()), "{i}");
            }
            let mut diagonal = vec![0.0; n];
            objective.diagonal(&mut diagonal);
            for i in 0..n {
                let unit: Vec<f64> = (0..n).map(|j| f64::from(u8::from(i == j))).collect();
                objective.curve(&unit, &mut curved);
                assert!((diagonal[i] - curved[i]).abs() < 1e-12 * (1.0 + curved[i].abs()), "{i}");
            }
        }
    }
}
