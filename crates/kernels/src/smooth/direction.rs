//! A Newton step's direction: the linear system, by preconditioned conjugate gradients in single precision.

use super::Fit;
use crate::machine::{self, Machine, Task};
use crate::ordered::{DirectionCell, Place, WIDTH};

/// Most conjugate gradient steps to one direction.
const MAX_CG_STEPS: u32 = 1000;

/// The linear system `H step = -gradient / scale`. Shapes: n_columns, and 0 up to whole numbers of `WIDTH`.
pub(super) struct Direction {
    /// Norm of the gradient: singles hold what is left of it, however small it becomes.
    pub scale: f64,
    cells: Vec<DirectionCell>,
    steps: Vec<f32>,
    residuals: Vec<f32>,
    /// Preconditioner: the diagonal as it would be were all rows curved alike.
    inverses: Vec<f32>,
    intercept: Intercept,
    n_columns: usize,
}

#[derive(Clone, Copy, Default)]
struct Intercept {
    direction: f32,
    step: f32,
    residual: f32,
    inverse: f32,
}

impl Direction {
    pub fn new(n_columns: usize) -> Self {
        let n_cells = n_columns.next_multiple_of(WIDTH);
        Self {
            scale: 0.0,
            cells: vec![DirectionCell::default(); n_cells],
            steps: vec![0.0; n_cells],
            residuals: vec![0.0; n_cells],
            inverses: vec![0.0; n_cells],
            intercept: Intercept::default(),
            n_columns,
        }
    }

    /// The solution, one a column.
    pub fn step(&self) -> &[f32] {
        &self.steps[..self.n_columns]
    }

    pub fn intercept_step(&self) -> f32 {
        self.intercept.step
    }
}

impl<P: Place> Fit<P> {
    /// Solves the system until its error is `forcing` times what it was.
    pub(super) fn find_direction(&mut self, norm: f64, forcing: f64) {
        self.matrix.list_active(&self.curvatures, &mut self.active);
        let mut energy = self.begin_direction(norm);
        let enough = energy * forcing * forcing;
        let mut squares = machine::run(Turn { direction: &mut self.direction, keep: 0.0 });
        for _ in 0..MAX_CG_STEPS {
            let Direction { cells, intercept, .. } = &mut self.direction;
            let along = intercept.direction;
            let (of_rows, bend) = self.matrix.curve(&self.active, &self.curvatures, along, cells);
            let of_ridge = self.ridge * f64::from(along);
            let bend = bend + squares + of_ridge * f64::from(along);
            if bend.is_nan() || bend <= 0.0 {
                return;
            }
            let length = (energy / bend) as f32;
            intercept.step += length * along;
            intercept.residual -= length * (of_rows + of_ridge) as f32;
            let next_energy = machine::run(Advance { direction: &mut self.direction, length });
            if next_energy.is_nan() || next_energy <= enough {
                return;
            }
            let keep = (next_energy / energy) as f32;
            squares = machine::run(Turn { direction: &mut self.direction, keep });
            energy = next_energy;
        }
    }

    /// Writes the system; returns its error's energy.
    fn begin_direction(&mut self, norm: f64) -> f64 {
        let curvature = self.at.curvature;
        let mean = if self.weight_of_all > 0.0 { curvature / self.weight_of_all } else { 0.0 };
        let scaled = |slope: f64| (-slope / norm) as f32;
        let of_all = self.ridge + curvature;
        let direction = &mut self.direction;
        direction.scale = norm;
        direction.intercept = Intercept {
            direction: 0.0,
            step: 0.0,
            residual: scaled(self.intercept.slope),
            inverse: if of_all > 0.0 { (1.0 / of_all) as f32 } else { 1.0 },
        };
        direction.steps.fill(0.0);
        direction.cells.fill(DirectionCell::default());
        let mut energy = energy(direction.intercept.residual, direction.intercept.inverse);
        let columns = direction.residuals.iter_mut().zip(&mut direction.inverses);
        for ((residual, inverse), (cell, sums)) in columns.zip(self.cells.iter().zip(&self.sums)) {
            *residual = scaled(cell.slope);
            *inverse = (1.0 / (1.0 + mean * sums.squares)) as f32;
            energy += self::energy(*residual, *inverse);
        }
        energy
    }
}

/// A column's part of what is left: in double precision, for squares of singles leave their range.
#[inline(always)]
fn energy(residual: f32, inverse: f32) -> f64 {
    let residual = f64::from(residual);
    residual * residual * f64::from(inverse)
}

/// Goes `length` along the direction in all columns; gives the energy of what is left, the intercept's included.
struct Advance<'a> {
    direction: &'a mut Direction,
    length: f32,
}

impl Task for Advance<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<M: Machine>(self) -> f64 {
        let Direction { cells, steps, residuals, inverses, intercept, .. } = self.direction;
        let mut energies = [0.0; WIDTH];
        let columns = steps.as_chunks_mut::<WIDTH>().0.iter_mut().zip(residuals.as_chunks_mut::<WIDTH>().0);
        let given = cells.as_chunks::<WIDTH>().0.iter().zip(inverses.as_chunks::<WIDTH>().0);
        for ((steps, residuals), (cells, inverses)) in columns.zip(given) {
            for lane in 0..WIDTH {
                steps[lane] += self.length * cells[lane].direction;
                residuals[lane] -= self.length * cells[lane].curved;
                energies[lane] += energy(residuals[lane], inverses[lane]);
            }
        }
        energies.iter().sum::<f64>() + energy(intercept.residual, intercept.inverse)
    }
}

/// The next direction, the preconditioned residual and `keep` times the last one, curved as the penalty curves it;
/// gives the sum of its squares, but for the intercept's.
struct Turn<'a> {
    direction: &'a mut Direction,
    keep: f32,
}

impl Task for Turn<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<M: Machine>(self) -> f64 {
        let Direction { cells, residuals, inverses, intercept, .. } = self.direction;
        intercept.direction = intercept.residual * intercept.inverse + self.keep * intercept.direction;
        let mut squares = [0.0; WIDTH];
        let given = residuals.as_chunks::<WIDTH>().0.iter().zip(inverses.as_chunks::<WIDTH>().0);
        for (cells, (residuals, inverses)) in cells.as_chunks_mut::<WIDTH>().0.iter_mut().zip(given) {
            for lane in 0..WIDTH {
                let direction = residuals[lane] * inverses[lane] + self.keep * cells[lane].direction;
                cells[lane] = DirectionCell { direction, curved: direction };
                squares[lane] += f64::from(direction) * f64::from(direction);
            }
        }
        squares.iter().sum()
    }
}
