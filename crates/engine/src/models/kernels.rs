//! Passes over the rows of a trial: gather a row's columns, turn the sum into a slope, scatter it back.
//!
//! Nearly every count is 1, so most rows are column numbers only, sorted by their length; the few rows with
//! a repeated term come last, with values. Sums run in the order of the rows on every target.

use crate::num::lanes::{F32s, F64s};

/// A column number as stored: two bytes where they suffice.
pub(super) trait ColIdx: Copy {
    fn of(col: u32) -> Self;
    fn idx(self) -> usize;
}

impl ColIdx for u16 {
    fn of(col: u32) -> Self {
        col as u16
    }
    #[inline(always)]
    fn idx(self) -> usize {
        usize::from(self)
    }
}

impl ColIdx for u32 {
    fn of(col: u32) -> Self {
        col
    }
    #[inline(always)]
    fn idx(self) -> usize {
        self as usize
    }
}

/// Rows over columns `0..n_cols`. Shapes: `blocks`: (length, rows of it), lengths ascending; `cols`: the
/// columns of those rows; `valued_starts`: n_valued + 1 into `valued_cols` and `valued_tf`.
pub(super) struct Rows<I> {
    pub n_cols: usize,
    pub blocks: Vec<(usize, usize)>,
    pub cols: Vec<I>,
    pub valued_starts: Vec<u32>,
    pub valued_cols: Vec<I>,
    /// Weight of each entry before idf.
    pub valued_tf: Vec<f64>,
}

/// What a pass reads and writes in a column, side by side in memory.
pub(super) trait Cell {
    type Vector: Copy + Default + std::ops::AddAssign;
    fn input(&self) -> Self::Vector;
    fn output(&mut self) -> &mut Self::Vector;
    fn times(vector: Self::Vector, factor: f64) -> Self::Vector;
}

/// A weight and the derivative by it.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct GradientCell {
    pub weight: F64s,
    pub slope: F64s,
}

/// A direction and the curvature along it.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(super) struct CurvatureCell {
    pub direction: F32s,
    pub curved: F32s,
}

impl Cell for GradientCell {
    type Vector = F64s;
    #[inline(always)]
    fn input(&self) -> F64s {
        self.weight
    }
    #[inline(always)]
    fn output(&mut self) -> &mut F64s {
        &mut self.slope
    }
    #[inline(always)]
    fn times(vector: F64s, factor: f64) -> F64s {
        vector * factor
    }
}

impl Cell for CurvatureCell {
    type Vector = F32s;
    #[inline(always)]
    fn input(&self) -> F32s {
        self.direction
    }
    #[inline(always)]
    fn output(&mut self) -> &mut F32s {
        &mut self.curved
    }
    #[inline(always)]
    fn times(vector: F32s, factor: f64) -> F32s {
        vector * factor as f32
    }
}

impl<I: ColIdx> Rows<I> {
    /// For each row in order: `turn(row, sum of its inputs)` is added to its outputs.
    #[inline(always)]
    pub fn turn<C: Cell>(&self, cells: &mut [C], mut turn: impl FnMut(usize, C::Vector) -> C::Vector) {
        let mut row = 0;
        let mut rest = self.cols.as_slice();
        for &(length, n_rows) in &self.blocks {
            let (block, after) = rest.split_at(length * n_rows);
            rest = after;
            match length {
                0 => (row..row + n_rows).for_each(|row| {
                    turn(row, C::Vector::default());
                }),
                _ => turn_rows(block.chunks_exact(length), cells, row, &mut turn),
            }
            row += n_rows;
        }
        for (cols, tf) in self.valued() {
            let mut sum = C::Vector::default();
            for (col, &tf) in cols.iter().zip(tf) {
                sum += C::times(cells[col.idx()].input(), tf);
            }
            let slope = turn(row, sum);
            for (col, &tf) in cols.iter().zip(tf) {
                *cells[col.idx()].output() += C::times(slope, tf);
            }
            row += 1;
        }
    }

    /// For each row in order: `take(row, sum over its entries of of_cols[col] * tf^power)`, power 1 or 2.
    #[inline(always)]
    pub fn gather(&self, of_cols: &[F64s], squared: bool, mut take: impl FnMut(usize, F64s)) {
        let mut row = 0;
        let mut rest = self.cols.as_slice();
        for &(length, n_rows) in &self.blocks {
            let (block, after) = rest.split_at(length * n_rows);
            rest = after;
            for nth in 0..n_rows {
                let mut sum = F64s::default();
                for col in &block[nth * length..(nth + 1) * length] {
                    sum += of_cols[col.idx()];
                }
                take(row, sum);
                row += 1;
            }
        }
        for (cols, tf) in self.valued() {
            let mut sum = F64s::default();
            for (col, &tf) in cols.iter().zip(tf) {
                sum += of_cols[col.idx()] * if squared { tf * tf } else { tf };
            }
            take(row, sum);
            row += 1;
        }
    }

    /// For each row in order: `give(row) * tf^power`, power 1 or 2, is added to its columns.
    #[inline(always)]
    pub fn scatter(&self, to_cols: &mut [F64s], squared: bool, give: impl Fn(usize) -> F64s) {
        let mut row = 0;
        let mut rest = self.cols.as_slice();
        for &(length, n_rows) in &self.blocks {
            let (block, after) = rest.split_at(length * n_rows);
            rest = after;
            for nth in 0..n_rows {
                let given = give(row);
                for col in &block[nth * length..(nth + 1) * length] {
                    to_cols[col.idx()] += given;
                }
                row += 1;
            }
        }
        for (cols, tf) in self.valued() {
            let given = give(row);
            for (col, &tf) in cols.iter().zip(tf) {
                to_cols[col.idx()] += given * if squared { tf * tf } else { tf };
            }
            row += 1;
        }
    }

    fn valued(&self) -> impl Iterator<Item = (&[I], &[f64])> {
        self.valued_starts.windows(2).map(|range| {
            let range = range[0] as usize..range[1] as usize;
            (&self.valued_cols[range.clone()], &self.valued_tf[range])
        })
    }
}

fn turn_rows<'a, I: ColIdx + 'a, C: Cell>(
    rows: impl Iterator<Item = &'a [I]>,
    cells: &mut [C],
    first_row: usize,
    turn: &mut impl FnMut(usize, C::Vector) -> C::Vector,
) {
    for (row, cols) in (first_row..).zip(rows) {
        let mut sum = C::Vector::default();
        for col in cols {
            sum += cells[col.idx()].input();
        }
        let slope = turn(row, sum);
        for col in cols {
            *cells[col.idx()].output() += slope;
        }
    }
}
