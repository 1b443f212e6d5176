//! Passes over the rows of a trial: gather a row's columns, turn the sum into a slope, scatter it back.
//!
//! Nearly every count is 1, so most rows are column numbers only, sorted by their length; the few rows with
//! a repeated term come last, with values. Sums run in the order of the rows on every target.

use crate::lanes::{F32s, F64s};
use crate::machine::Lanes;

/// Whether short rows have loops of their own. In a page they would weigh more than they save.
const UNROLLED: bool = cfg!(not(target_arch = "wasm32"));

/// Rows over columns `0..n_cols`. Shapes: `ones`: the columns of weight 1 of all rows, block by block;
/// `others` and `tf`: the other columns and their weights before idf.
pub(crate) struct Rows {
    n_cols: usize,
    blocks: Vec<Block>,
    ones: Vec<u32>,
    others: Vec<u32>,
    tf: Vec<f64>,
}

/// Rows that follow one another and have as many columns of either kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    n_rows: usize,
    n_ones: usize,
    n_others: usize,
}

/// What a pass reads and writes in a column, side by side in memory.
pub(crate) trait Cell {
    type Stored;
    fn input(&self) -> &Self::Stored;
    fn output(&mut self) -> &mut Self::Stored;
}

/// A weight and the derivative by it.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct GradientCell {
    /// The weight.
    pub weight: F64s,
    /// The derivative.
    pub slope: F64s,
}

/// A direction and the curvature along it.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct CurvatureCell {
    pub direction: F32s,
    pub curved: F32s,
}

impl Cell for GradientCell {
    type Stored = F64s;
    #[inline(always)]
    fn input(&self) -> &F64s {
        &self.weight
    }
    #[inline(always)]
    fn output(&mut self) -> &mut F64s {
        &mut self.slope
    }
}

impl Cell for CurvatureCell {
    type Stored = F32s;
    #[inline(always)]
    fn input(&self) -> &F32s {
        &self.direction
    }
    #[inline(always)]
    fn output(&mut self) -> &mut F32s {
        &mut self.curved
    }
}

/// What a pass does with a row; `turn` must be `#[inline(always)]`.
pub(crate) trait RowTask<V> {
    /// From the sum of a row's inputs, what is added to its outputs.
    fn turn(&mut self, row: usize, sum: V) -> V;
}

/// A row's columns.
struct Row<'a> {
    ones: &'a [u32],
    others: &'a [u32],
    tf: &'a [f64],
}

impl Rows {
    /// No row yet.
    pub fn new(n_cols: usize) -> Self {
        Self { n_cols, blocks: Vec::new(), ones: Vec::new(), others: Vec::new(), tf: Vec::new() }
    }

    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Appends a row of these columns and weights; equal shapes should follow one another.
    pub fn push(&mut self, entries: impl Iterator<Item = (u32, f64)>) {
        let (n_ones, n_others) = (self.ones.len(), self.others.len());
        for (col, tf) in entries {
            assert!((col as usize) < self.n_cols, "column {col} of {}", self.n_cols);
            if tf == 1.0 {
                self.ones.push(col);
            } else {
                self.others.push(col);
                self.tf.push(tf);
            }
        }
        let (n_ones, n_others) = (self.ones.len() - n_ones, self.others.len() - n_others);
        match self.blocks.last_mut() {
            Some(last) if (last.n_ones, last.n_others) == (n_ones, n_others) => last.n_rows += 1,
            _ => self.blocks.push(Block { n_rows: 1, n_ones, n_others }),
        }
    }

    /// For each row in order: what `task` makes of the sum of its inputs is added to its outputs.
    #[inline(always)]
    pub fn turn<V: Lanes, C: Cell<Stored = V::Stored>>(&self, cells: &mut [C], task: &mut impl RowTask<V>) {
        assert!(cells.len() >= self.n_cols, "a cell for each column");
        let mut first = 0;
        let mut rest = self.ones.as_slice();
        let (mut others, mut tf) = (self.others.as_slice(), self.tf.as_slice());
        for block in &self.blocks {
            let (ones, after) = rest.split_at(block.n_ones * block.n_rows);
            rest = after;
            match (block.n_others, block.n_ones) {
                (0, 0) => (first..first + block.n_rows).for_each(|row| {
                    task.turn(row, V::zero());
                }),
                (0, 1) if UNROLLED => turn_fixed(ones.as_chunks::<1>().0, cells, first, task),
                (0, 2) if UNROLLED => turn_fixed(ones.as_chunks::<2>().0, cells, first, task),
                (0, 3) if UNROLLED => turn_fixed(ones.as_chunks::<3>().0, cells, first, task),
                (0, 4) if UNROLLED => turn_fixed(ones.as_chunks::<4>().0, cells, first, task),
                (0, 5) if UNROLLED => turn_fixed(ones.as_chunks::<5>().0, cells, first, task),
                (0, 6) if UNROLLED => turn_fixed(ones.as_chunks::<6>().0, cells, first, task),
                (0, 7) if UNROLLED => turn_fixed(ones.as_chunks::<7>().0, cells, first, task),
                (0, 8) if UNROLLED => turn_fixed(ones.as_chunks::<8>().0, cells, first, task),
                _ => {
                    let (of_block, after) = others.split_at(block.n_others * block.n_rows);
                    others = after;
                    let (tf_of_block, after) = tf.split_at(block.n_others * block.n_rows);
                    tf = after;
                    for nth in 0..block.n_rows {
                        let others = nth * block.n_others..(nth + 1) * block.n_others;
                        let row = Row {
                            ones: &ones[nth * block.n_ones..(nth + 1) * block.n_ones],
                            others: &of_block[others.clone()],
                            tf: &tf_of_block[others],
                        };
                        turn_any(row, cells, first + nth, task);
                    }
                }
            }
            first += block.n_rows;
        }
    }

    /// For each row in order: `take(row, sum over its entries of of_cols[col] * tf^power)`, power 1 or 2.
    pub fn gather(&self, of_cols: &[F64s], squared: bool, mut take: impl FnMut(usize, F64s)) {
        self.each(|row, Row { ones, others, tf }| {
            let mut sum = F64s::default();
            for col in ones {
                sum += of_cols[*col as usize];
            }
            for (col, &tf) in others.iter().zip(tf) {
                sum += of_cols[*col as usize] * if squared { tf * tf } else { tf };
            }
            take(row, sum);
        });
    }

    /// For each row in order: `give(row) * tf^power`, power 1 or 2, is added to its columns.
    pub fn scatter(&self, to_cols: &mut [F64s], squared: bool, give: impl Fn(usize) -> F64s) {
        self.each(|row, Row { ones, others, tf }| {
            let given = give(row);
            for col in ones {
                to_cols[*col as usize] += given;
            }
            for (col, &tf) in others.iter().zip(tf) {
                to_cols[*col as usize] += given * if squared { tf * tf } else { tf };
            }
        });
    }

    #[inline(always)]
    fn each(&self, mut work: impl FnMut(usize, Row<'_>)) {
        let mut row = 0;
        let (mut ones, mut others) = (0, 0);
        for block in &self.blocks {
            for _ in 0..block.n_rows {
                let (next_ones, next_others) = (ones + block.n_ones, others + block.n_others);
                let of_row = Row {
                    ones: &self.ones[ones..next_ones],
                    others: &self.others[others..next_others],
                    tf: &self.tf[others..next_others],
                };
                work(row, of_row);
                (ones, others) = (next_ones, next_others);
                row += 1;
            }
        }
    }
}

#[inline(always)]
fn turn_fixed<V: Lanes, C: Cell<Stored = V::Stored>, const N: usize>(
    rows: &[[u32; N]],
    cells: &mut [C],
    first_row: usize,
    task: &mut impl RowTask<V>,
) {
    for (row, cols) in (first_row..).zip(rows) {
        let cols: [usize; N] = std::array::from_fn(|nth| cols[nth] as usize);
        let mut sum = V::zero();
        let mut nth = 0;
        while nth < N {
            sum += V::load(at(cells, cols[nth]).input());
            nth += 1;
        }
        let slope = task.turn(row, sum);
        let mut nth = 0;
        while nth < N {
            let output = at_mut(cells, cols[nth]).output();
            (V::load(output) + slope).store(output);
            nth += 1;
        }
    }
}
/// The cell of a column of `Rows` in a pass.
#[inline(always)]
fn at<C>(cells: &[C], col: usize) -> &C {
    // SAFETY: `Rows::push` takes only columns below `n_cols`, and `Rows::turn` only as many cells.
    unsafe { cells.get_unchecked(col) }
}

#[inline(always)]
fn at_mut<C>(cells: &mut [C], col: usize) -> &mut C {
    // SAFETY: as in `at`.
    unsafe { cells.get_unchecked_mut(col) }
}

#[inline(always)]
fn turn_any<V: Lanes, C: Cell<Stored = V::Stored>>(
    row: Row<'_>,
    cells: &mut [C],
    number: usize,
    task: &mut impl RowTask<V>,
) {
    let mut sum = V::zero();
    for col in row.ones {
        sum += V::load(at(cells, *col as usize).input());
    }
    for (col, &tf) in row.others.iter().zip(row.tf) {
        sum += V::load(at(cells, *col as usize).input()).times(tf);
    }
    let slope = task.turn(number, sum);
    for col in row.ones {
        let output = at_mut(cells, *col as usize).output();
        (V::load(output) + slope).store(output);
    }
    for (col, &tf) in row.others.iter().zip(row.tf) {
        let output = at_mut(cells, *col as usize).output();
        (V::load(output) + slope.times(tf)).store(output);
    }
}
