//! Passes over the rows of a trial: gather a row's columns, turn the sum into a slope, scatter it back.
//!
//! Nearly every count is 1, so most rows are column numbers only, sorted by their length; the few rows with
//! a repeated term come last, with values. Sums run in the order of the rows on every target.

use std::ops::Range;
use std::slice::from_raw_parts;

use crate::lanes::{F32s, F64s};
use crate::machine::Lanes;

/// Columns of a longer row that are gone through at a time; `turn_any` names each number of those left over.
const STRIDE: usize = 4;

/// A column's place is its number times this: the size of a `CurvatureCell`, so that most passes need not
/// multiply.
const PLACE: u32 = 64;
/// Most columns there can be.
const MAX_COLS: usize = (u32::MAX / PLACE) as usize;

/// Rows over columns `0..n_cols`. Shapes: `ones`: the places of the columns of weight 1 of all rows, block by
/// block; `others` and `tf`: those of the other columns and their weights before idf.
pub(crate) struct Rows {
    n_cols: usize,
    n_rows: usize,
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
    /// Bytes before the cell of the column at `place`: the column times the size of a cell.
    fn offset(place: u32) -> usize;
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
    fn offset(place: u32) -> usize {
        const { assert!(2 * size_of::<Self>() == 3 * PLACE as usize, "one and a half times a place") };
        place as usize / 2 * 3
    }
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
    fn offset(place: u32) -> usize {
        const { assert!(size_of::<Self>() == PLACE as usize, "a place") };
        place as usize
    }
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
    /// Number of rows that it knows.
    fn n_rows(&self) -> usize;

    /// From the sum of a row's inputs, what is added to its outputs.
    ///
    /// # Safety
    /// `row` is below `n_rows`.
    unsafe fn turn(&mut self, row: usize, sum: V) -> V;
}

/// A row's columns by their places.
#[derive(Clone, Copy)]
struct Row<'a> {
    ones: &'a [u32],
    others: &'a [u32],
    tf: &'a [f64],
}

impl Rows {
    /// No row yet, but room for as many entries of weight 1 and of others.
    pub fn with_room(n_cols: usize, n_ones: usize, n_others: usize) -> Self {
        assert!(n_cols <= MAX_COLS, "{n_cols} columns");
        let (ones, others, tf) =
            (Vec::with_capacity(n_ones), Vec::with_capacity(n_others), Vec::with_capacity(n_others));
        Self { n_cols, n_rows: 0, blocks: Vec::new(), ones, others, tf }
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
                self.ones.push(col * PLACE);
            } else {
                self.others.push(col * PLACE);
                self.tf.push(tf);
            }
        }
        let (n_ones, n_others) = (self.ones.len() - n_ones, self.others.len() - n_others);
        self.n_rows += 1;
        match self.blocks.last_mut() {
            Some(last) if (last.n_ones, last.n_others) == (n_ones, n_others) => last.n_rows += 1,
            _ => self.blocks.push(Block { n_rows: 1, n_ones, n_others }),
        }
    }

    /// For each row in order: what `task` makes of the sum of its inputs is added to its outputs.
    #[inline(always)]
    pub fn turn<V: Lanes, C: Cell<Stored = V::Stored>, T: RowTask<V>>(
        &self,
        cells: &mut [C],
        mut task: T,
    ) -> T {
        assert!(cells.len() >= self.n_cols && task.n_rows() >= self.n_rows, "cells and rows");
        let mut first = 0;
        let (mut ones, mut others, mut tf) = (&self.ones[..], &self.others[..], &self.tf[..]);
        for &Block { n_rows, n_ones, n_others } in &self.blocks {
            let part = Part {
                rows: first..first + n_rows,
                ones: take_first(&mut ones, n_ones * n_rows),
                others: take_first(&mut others, n_others * n_rows),
                tf: take_first(&mut tf, n_others * n_rows),
            };
            first += n_rows;
            task = match (n_others, n_ones) {
                (0, 0) => turn_short::<_, _, _, 0>(part, cells, task),
                (0, 1) => turn_short::<_, _, _, 1>(part, cells, task),
                (0, 2) => turn_short::<_, _, _, 2>(part, cells, task),
                (0, 3) => turn_short::<_, _, _, 3>(part, cells, task),
                (0, 4) => turn_short::<_, _, _, 4>(part, cells, task),
                (0, 5) => turn_short::<_, _, _, 5>(part, cells, task),
                (0, 6) => turn_short::<_, _, _, 6>(part, cells, task),
                (0, 7) => turn_short::<_, _, _, 7>(part, cells, task),
                (0, 8) => turn_short::<_, _, _, 8>(part, cells, task),
                (0, 9) => turn_short::<_, _, _, 9>(part, cells, task),
                (0, 10) => turn_short::<_, _, _, 10>(part, cells, task),
                _ => turn_any(part, (n_ones, n_others), cells, task),
            };
        }
        task
    }

    /// For each row in order: `take(row, sum over its entries of of_cols[col] * tf^power)`, power 1 or 2.
    pub fn gather(&self, of_cols: &[F64s], squared: bool, mut take: impl FnMut(usize, F64s)) {
        self.each(|row, Row { ones, others, tf }| {
            let mut sum = F64s::default();
            for place in ones {
                sum += of_cols[(place / PLACE) as usize];
            }
            for (place, &tf) in others.iter().zip(tf) {
                sum += of_cols[(place / PLACE) as usize] * if squared { tf * tf } else { tf };
            }
            take(row, sum);
        });
    }

    /// For each row in order: `give(row) * tf^power`, power 1 or 2, is added to its columns.
    pub fn scatter(&self, to_cols: &mut [F64s], squared: bool, give: impl Fn(usize) -> F64s) {
        self.each(|row, Row { ones, others, tf }| {
            let given = give(row);
            for place in ones {
                to_cols[(place / PLACE) as usize] += given;
            }
            for (place, &tf) in others.iter().zip(tf) {
                to_cols[(place / PLACE) as usize] += given * if squared { tf * tf } else { tf };
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

/// The rows of a block, one after another.
struct Part<'a> {
    rows: Range<usize>,
    ones: &'a [u32],
    others: &'a [u32],
    tf: &'a [f64],
}

#[inline(always)]
fn take_first<'a, T>(rest: &mut &'a [T], n: usize) -> &'a [T] {
    let (first, after) = rest.split_at(n);
    *rest = after;
    first
}

/// Rows of `N` columns, all of weight 1.
#[inline(always)]
fn turn_short<V: Lanes, C: Cell<Stored = V::Stored>, T: RowTask<V>, const N: usize>(
    part: Part<'_>,
    cells: &mut [C],
    mut task: T,
) -> T {
    let mut places = part.ones.as_ptr();
    for row in part.rows {
        // SAFETY: a block has `N` columns of weight 1 a row.
        let of_row = unsafe { &*places.cast::<[u32; N]>() };
        let sum = add_up(cells, of_row, V::zero());
        // SAFETY: `Rows::turn` has asked the task whether it knows all rows.
        let slope = unsafe { task.turn(row, sum) };
        add_to(cells, of_row, slope);
        // SAFETY: as above; the last row ends where the slice does.
        places = unsafe { places.add(N) };
    }
    task
}

/// Rows of any shape.
#[inline(always)]
fn turn_any<V: Lanes, C: Cell<Stored = V::Stored>, T: RowTask<V>>(
    part: Part<'_>,
    (n_ones, n_others): (usize, usize),
    cells: &mut [C],
    mut task: T,
) -> T {
    let Part { rows, ones, others, tf } = part;
    let (mut ones, mut others, mut tf) = (ones.as_ptr(), others.as_ptr(), tf.as_ptr());
    for row in rows {
        // SAFETY: a block has as many columns of either kind a row.
        let (of_ones, of_others) = unsafe {
            let of_others = from_raw_parts(others, n_others).iter().zip(from_raw_parts(tf, n_others));
            (from_raw_parts(ones, n_ones), of_others)
        };
        let (strides, rest) = of_ones.as_chunks::<STRIDE>();
        let mut sum = V::zero();
        for places in strides {
            sum = add_up(cells, places, sum);
        }
        sum = match rest {
            [place] => add_up(cells, &[*place], sum),
            [one, two] => add_up(cells, &[*one, *two], sum),
            [one, two, three] => add_up(cells, &[*one, *two, *three], sum),
            _ => sum,
        };
        for (&place, &tf) in of_others.clone() {
            sum += V::load(at(cells, place).input()).times(tf);
        }
        // SAFETY: `Rows::turn` has asked the task whether it knows all rows.
        let slope = unsafe { task.turn(row, sum) };
        for places in strides {
            add_to(cells, places, slope);
        }
        match rest {
            [place] => add_to(cells, &[*place], slope),
            [one, two] => add_to(cells, &[*one, *two], slope),
            [one, two, three] => add_to(cells, &[*one, *two, *three], slope),
            _ => {}
        }
        for (&place, &tf) in of_others {
            add_to(cells, &[place], slope.times(tf));
        }
        // SAFETY: as above; the last row ends where the slices do.
        (ones, others, tf) = unsafe { (ones.add(n_ones), others.add(n_others), tf.add(n_others)) };
    }
    task
}

#[inline(always)]
fn add_up<V: Lanes, C: Cell<Stored = V::Stored>, const N: usize>(
    cells: &[C],
    places: &[u32; N],
    mut sum: V,
) -> V {
    let mut nth = 0;
    while nth < N {
        sum += V::load(at(cells, places[nth]).input());
        nth += 1;
    }
    sum
}

#[inline(always)]
fn add_to<V: Lanes, C: Cell<Stored = V::Stored>, const N: usize>(
    cells: &mut [C],
    places: &[u32; N],
    slope: V,
) {
    let mut nth = 0;
    while nth < N {
        let output = at_mut(cells, places[nth]).output();
        (V::load(output) + slope).store(output);
        nth += 1;
    }
}

/// The cell of a column of `Rows` in a pass.
#[inline(always)]
fn at<C: Cell>(cells: &[C], place: u32) -> &C {
    // SAFETY: `Rows::push` takes only columns below `n_cols`, and `Rows::turn` only as many cells.
    unsafe { &*cells.as_ptr().byte_add(C::offset(place)) }
}

#[inline(always)]
fn at_mut<C: Cell>(cells: &mut [C], place: u32) -> &mut C {
    // SAFETY: as in `at`.
    unsafe { &mut *cells.as_mut_ptr().byte_add(C::offset(place)) }
}
