//! A Newton step's direction: the linear system of each lane, by preconditioned conjugate gradients in
//! single precision.

use super::Fit;
use crate::lanes::{F32s, F64s, LANES, WIDE};
use crate::loss::Loss;
use crate::machine::{Doubles as _, Lanes as _, Machine};
use crate::passes::Curve;

/// Most conjugate gradient steps to one direction.
const MAX_CG_STEPS: u32 = 200;
/// Largest error of a direction, relative to its beginning, that is good enough.
const MOST_ERROR: f64 = 0.5;
/// Smallest error asked for in the first steps, where the objective is no parabola yet, and in later ones. Of
/// ten pairs these took the least time over the reference search.
const LEAST_ERROR: (f64, f64) = (0.05, 0.01);
/// How many steps are the first ones.
const FIRST_STEPS: u32 = 3;
/// How far within the goal a direction aims.
const AIM: f64 = 0.3;

impl<L: Loss> Fit<'_, L> {
    /// Solves `H step = -gradient` by preconditioned conjugate gradients in open lanes, as well as it takes to
    /// reach the goal.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(super) fn find_direction<M: Machine>(
        &mut self,
        mut system: System<M>,
        excess: [f64; LANES],
        n_steps: u32,
    ) {
        let least = if n_steps < FIRST_STEPS { LEAST_ERROR.0 } else { LEAST_ERROR.1 };
        let forcing = excess.map(|excess| (AIM / excess.max(1.0)).clamp(least, MOST_ERROR) as f32);
        let enough = in_lanes::<M>(|lane| forcing.get(lane).map_or(0.0, |forcing| forcing * forcing));
        let enough = system.energy * enough;
        let mut is_alive: [bool; WIDE] =
            std::array::from_fn(|lane| excess.get(lane).is_some_and(|&excess| excess > 0.0));
        for _ in 0..MAX_CG_STEPS {
            let (curved, bend) = self.curve(&system);
            let (along, bend) = (to_array::<M>(system.energy), to_array::<M>(bend));
            let length: [f32; WIDE] = std::array::from_fn(|lane| {
                if is_alive[lane] && bend[lane] > 0.0 { along[lane] / bend[lane] } else { 0.0 }
            });
            let energy = self.go_along::<M>(&mut system, curved, in_lanes::<M>(|lane| length[lane]));
            let missing = to_array::<M>(energy - enough);
            is_alive = std::array::from_fn(|lane| length[lane] > 0.0 && missing[lane] > 0.0);
            if is_alive == [false; WIDE] {
                break;
            }
            let now = to_array::<M>(energy);
            let keep = in_lanes::<M>(|lane| {
                if is_alive[lane] && along[lane] > 0.0 { now[lane] / along[lane] } else { 0.0 }
            });
            system.energy = energy;
            self.turn_direction(&mut system, keep);
        }
        system.step.store(&mut self.intercept_step);
    }

    /// The first direction: the preconditioned gradient of the lanes that may not be done.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(super) fn begin_direction<M: Machine>(&mut self, candidates: [bool; LANES]) -> System<M> {
        let curvature_of_all = self.at.curvature_of_all;
        let mean = |curvature: f64, weight: f64| if weight > 0.0 { curvature / weight } else { 0.0 };
        let mean_curvature = curvature_of_all.zip(self.problem.weight_of_all, mean).narrow();
        let mean_curvature = M::F32::load(&mean_curvature);
        let inverse = curvature_of_all.map(|curvature| 1.0 / (1.0 + curvature)).narrow();
        let open = in_lanes::<M>(|lane| f32::from(u8::from(candidates.get(lane).is_some_and(|&open| open))));
        let residual = M::F32::zero() - M::F64::load(&self.at.intercept_slope).narrow() * open;
        let direction = residual * M::F32::load(&inverse);
        let mut system = System::<M> {
            residual,
            direction,
            step: M::F32::zero(),
            inverse: M::F32::load(&inverse),
            bend: M::F32::load(&(curvature_of_all + F64s::splat(1.0)).narrow()),
            ridge_bend: M::F32::zero(),
            energy: residual * direction,
        };
        let columns = self.space.steps.iter_mut().zip(&mut self.space.cells);
        let givens = self.space.solution.cells.iter().zip(&self.problem.squares).zip(&self.matrix.kept);
        for ((column, cell), ((given, squares), kept)) in columns.zip(givens) {
            let ridge = M::F32::load(&column.ridge);
            let inverse = M::F32::load(kept) / (ridge + mean_curvature * M::F32::load(squares));
            let residual = M::F32::zero() - M::F64::load(&given.slope).narrow() * open;
            let direction = residual * inverse;
            let curved = ridge * direction;
            inverse.store(&mut column.inverse_diagonal);
            residual.store(&mut column.residual);
            M::F32::zero().store(&mut column.step);
            direction.store(&mut cell.direction);
            curved.store(&mut cell.curved);
            system.ridge_bend += direction * curved;
            system.energy += residual * direction;
        }
        system
    }

    /// Adds the loss's curvature along `cells.direction` to the penalty's in `cells.curved`; returns the
    /// intercept's, and the curvature of the objective along the direction.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn curve<M: Machine>(&mut self, system: &System<M>) -> (M::F32, M::F32) {
        let pass = Curve {
            curvature: &self.space.curvature,
            intercept: system.direction,
            of_intercept: M::F32::zero(),
            bend: system.ridge_bend,
        };
        let pass = self.matrix.rows.turn(&mut self.space.cells, pass);
        let curved = pass.of_intercept + system.bend * system.direction;
        (curved, pass.bend + system.direction * curved)
    }

    /// Goes `length` along the direction; returns the energy of what is left.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn go_along<M: Machine>(&mut self, system: &mut System<M>, curved: M::F32, length: M::F32) -> M::F32 {
        system.step += system.direction * length;
        system.residual -= curved * length;
        let mut energy = system.residual * system.residual * system.inverse;
        for (column, cell) in self.space.steps.iter_mut().zip(&self.space.cells) {
            let step = M::F32::load(&column.step) + M::F32::load(&cell.direction) * length;
            step.store(&mut column.step);
            let residual = M::F32::load(&column.residual) - M::F32::load(&cell.curved) * length;
            residual.store(&mut column.residual);
            energy += residual * residual * M::F32::load(&column.inverse_diagonal);
        }
        energy
    }

    /// The next direction: the preconditioned residual and `keep` times the last one.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn turn_direction<M: Machine>(&mut self, system: &mut System<M>, keep: M::F32) {
        system.direction = system.residual * system.inverse + system.direction * keep;
        system.ridge_bend = M::F32::zero();
        for (column, cell) in self.space.steps.iter().zip(&mut self.space.cells) {
            let towards = M::F32::load(&column.residual) * M::F32::load(&column.inverse_diagonal);
            let direction = towards + M::F32::load(&cell.direction) * keep;
            direction.store(&mut cell.direction);
            let curved = M::F32::load(&column.ridge) * direction;
            curved.store(&mut cell.curved);
            system.ridge_bend += direction * curved;
        }
    }
}

/// The linear system's intercept, and what is known of its direction.
pub(super) struct System<M: Machine> {
    residual: M::F32,
    direction: M::F32,
    step: M::F32,
    /// Preconditioner.
    inverse: M::F32,
    /// Curvature along the intercept alone.
    bend: M::F32,
    /// The penalty's curvature along the direction, but for the intercept's.
    ridge_bend: M::F32,
    /// Residual times preconditioned residual.
    energy: M::F32,
}

#[inline(always)]
fn in_lanes<M: Machine>(of_lane: impl Fn(usize) -> f32) -> M::F32 {
    M::F32::load(&F32s::from_array(std::array::from_fn(of_lane)))
}

#[inline(always)]
fn to_array<M: Machine>(vector: M::F32) -> [f32; WIDE] {
    let mut lanes = F32s::default();
    vector.store(&mut lanes);
    lanes.to_array()
}
