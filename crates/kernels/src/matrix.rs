//! One vocabulary in six training parts: the rows over its columns, what they weigh, and the sums that any
//! linear fit over them begins with.

use crate::lane_counts::Selected;
use crate::lanes::{F32s, F64s};
use crate::rows::Rows;
use crate::train_rows::TrainRows;

/// What a row's weights are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowNorm {
    /// Their sum.
    L1,
    /// The root of the sum of their squares.
    L2,
    /// Nothing.
    None,
}

/// How counts become weights.
#[derive(Clone, Copy)]
pub struct Weighing<'a> {
    /// Whether every count weighs 1.
    pub binary: bool,
    /// What a count other than 1 weighs before idf.
    pub weight_of: &'a dyn Fn(u32) -> f64,
    /// What rows are divided by.
    pub norm: RowNorm,
}

/// The training documents. Shapes: `class_of`, `fold_of`: n_train; `learned`: one a fold, 1 in the lanes that
/// learn from its documents, else 0.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// Class of each.
    pub class_of: &'a [u8],
    /// Fold of each.
    pub fold_of: &'a [u8],
    /// Who learns from a fold.
    pub learned: &'a [F64s],
}

/// A vocabulary's rows and weights. Shapes: `cols`, `idf`, `ridge`, `kept`: n_cols; `norm`,
/// `held_out`: n_rows in their order; `place_of`: base rows.
pub struct Matrix {
    pub(crate) rows: Rows,
    /// The study's column of each of this vocabulary's columns.
    pub cols: Vec<u32>,
    /// idf in each lane, 0 where the lane does not keep the column.
    pub idf: Vec<F64s>,
    /// Weight of the penalty in `u = idf w`: `1 / idf^2`; 1 where the lane does not keep the column, whose
    /// `u` stays 0.
    pub(crate) ridge: Vec<F64s>,
    /// 1 where the lane keeps the column, else 0.
    pub(crate) kept: Vec<F32s>,
    /// 1 / norm of each row in each lane, 0 for a row without kept terms.
    pub norm: Vec<F64s>,
    /// At least the norm of the longest row in each lane, and at least 1.
    pub(crate) longest: F64s,
    /// The lanes that hold documents of a row out, one a bit.
    pub(crate) held_out: Vec<u8>,
    /// Where each distinct row of the study stands.
    pub place_of: Vec<u32>,
}

impl Matrix {
    /// The columns that any lane keeps. Shapes: `idf`, `selected`: columns of `base`; `lane_of_fold`: the lane
    /// that holds each fold out; `fold_of`: n_train.
    #[inline(never)]
    pub fn new(
        base: &TrainRows,
        (idf, selected): (&[F64s], &[Selected]),
        weighing: Weighing<'_>,
        (fold_of, lane_of_fold): (&[u8], &[Option<usize>]),
    ) -> Self {
        let cols: Vec<u32> =
            (0..).zip(selected).filter(|(_, lanes)| lanes.contains(&true)).map(|(col, _)| col).collect();
        let weigh = |&col: &u32| {
            let (lanes, idf) = (selected[col as usize], idf[col as usize].to_array());
            F64s::from_array(std::array::from_fn(|lane| if lanes[lane] { idf[lane] } else { 0.0 }))
        };
        let idf: Vec<F64s> = cols.iter().map(weigh).collect();
        let (rows, place_of) = compact(base, &cols, weighing);
        let norm = inverse_norms(&rows, &idf, weighing.norm, base.n_rows());
        let ridge =
            idf.iter().map(|idf| idf.map(|idf| if idf > 0.0 { 1.0 / (idf * idf) } else { 1.0 })).collect();
        let mut held_out = vec![0; base.n_rows()];
        for (&fold, &row) in fold_of.iter().zip(&base.row_of) {
            if let Some(lane) = lane_of_fold[usize::from(fold)] {
                held_out[place_of[row as usize] as usize] |= 1 << lane;
            }
        }
        let is_kept = |idf: f64| f64::from(u8::from(idf > 0.0));
        let kept = idf.iter().map(|idf| idf.map(is_kept).narrow()).collect();
        let longest = match weighing.norm {
            RowNorm::L1 | RowNorm::L2 => F64s::splat(1.0),
            RowNorm::None => longest_row(&rows, &idf),
        };
        Self { rows, cols, idf, ridge, kept, norm, longest, held_out, place_of }
    }

    /// Number of training documents of the class that each row stands for, and of all others.
    #[inline(never)]
    pub fn sides(&self, base: &TrainRows, documents: Documents<'_>, positive: u8) -> Sides {
        let Documents { class_of, fold_of, learned } = documents;
        let mut sides = Sides { pairs: vec![[F64s::default(); 2]], pair_of: vec![0; self.norm.len()] };
        // Which pair each becomes by one more document of a fold and a side.
        let n_kinds = 2 * learned.len();
        let mut becomes = vec![NO_PAIR; n_kinds];
        for ((&row, &class), &fold) in base.row_of.iter().zip(class_of).zip(fold_of) {
            let pair_of_row = &mut sides.pair_of[self.place_of[row as usize] as usize];
            let (pair, side) = (*pair_of_row as usize, usize::from(class != positive));
            let kind = pair * n_kinds + 2 * usize::from(fold) + side;
            if becomes[kind] == NO_PAIR {
                becomes[kind] = sides.pairs.len() as u32;
                becomes.resize(becomes.len() + n_kinds, NO_PAIR);
                let mut new = sides.pairs[pair];
                new[side] += learned[usize::from(fold)];
                sides.pairs.push(new);
            }
            *pair_of_row = becomes[kind];
        }
        sides
    }

    /// Writes to every `n_scores`-th place of `out`, document by document, the score of the lane that held it
    /// out. Shapes: `of_rows`: n_rows; `out`: n_train x n_scores less what stands before the first place.
    #[inline(never)]
    pub fn hand_out(
        &self,
        base: &TrainRows,
        (fold_of, lane_of_fold): (&[u8], &[Option<usize>]),
        of_rows: &[F64s],
        (out, n_scores): (&mut [f64], usize),
    ) {
        for ((&row, &fold), out) in base.row_of.iter().zip(fold_of).zip(out.iter_mut().step_by(n_scores)) {
            if let Some(lane) = lane_of_fold[usize::from(fold)] {
                *out = of_rows[self.place_of[row as usize] as usize].lane(lane);
            }
        }
    }

    /// Of each row the sum of its weights times those of `of_cols`, idf left out, divided by its norm, and
    /// `shift` added.
    pub(crate) fn score_rows(&self, of_cols: &[F64s], shift: F64s) -> Vec<F64s> {
        let mut scores = vec![F64s::default(); self.norm.len()];
        self.rows.gather(of_cols, false, |row, sum| scores[row] = sum * self.norm[row] + shift);
        scores
    }
}

fn inverse_norms(rows: &Rows, idf: &[F64s], norm: RowNorm, n_rows: usize) -> Vec<F64s> {
    let mut inverse = vec![F64s::default(); n_rows];
    let squares: Vec<F64s>;
    let (weights, squared) = match norm {
        RowNorm::L2 => {
            squares = idf.iter().map(|&idf| idf * idf).collect();
            (squares.as_slice(), true)
        }
        RowNorm::L1 | RowNorm::None => (idf, false),
    };
    let invert = |sum: f64| match norm {
        RowNorm::L2 => 1.0 / sum.sqrt(),
        RowNorm::L1 => 1.0 / sum,
        RowNorm::None => 1.0,
    };
    rows.gather(weights, squared, |row, sum| {
        inverse[row] = sum.map(|sum| if sum > 0.0 { invert(sum) } else { 0.0 });
    });
    inverse
}

fn longest_row(rows: &Rows, idf: &[F64s]) -> F64s {
    let squares: Vec<F64s> = idf.iter().map(|&idf| idf * idf).collect();
    let mut longest = F64s::splat(1.0);
    rows.gather(&squares, true, |_, sum| longest = sum.where_above(longest, longest));
    longest.map(f64::sqrt)
}

/// Drops columns no lane keeps, sets rows with repeated terms apart and sorts the others by length.
/// Returns the rows and where each base row went.
fn compact(base: &TrainRows, cols: &[u32], weighing: Weighing<'_>) -> (Rows, Vec<u32>) {
    let mut new_col = vec![u32::MAX; base.n_cols()];
    (0..).zip(cols).for_each(|(new, &old)| new_col[old as usize] = new);
    let weighs_one = |count: u16| count == 1 || weighing.binary;
    // Entries of weight 1 and others.
    let shapes: Vec<(u32, u32)> = (0..base.n_rows())
        .map(|row| {
            let (cols, counts) = base.row(row);
            let kept = cols.iter().zip(counts).filter(|(col, _)| new_col[**col as usize] != u32::MAX);
            kept.fold(
                (0, 0),
                |(ones, others), (_, &count)| {
                    if weighs_one(count) { (ones + 1, others) } else { (ones, others + 1) }
                },
            )
        })
        .collect();
    let by_ones = in_order_of((0..base.n_rows() as u32).collect(), |row| shapes[row as usize].0);
    let order = in_order_of(by_ones, |row| shapes[row as usize].1);
    // Most counts are 1, and a logarithm each would be a good part of a trial.
    let weigh = |count: u16| if weighs_one(count) { 1.0 } else { (weighing.weight_of)(u32::from(count)) };
    let n_of = |shape: fn(&(u32, u32)) -> u32| shapes.iter().map(|row| shape(row) as usize).sum();
    let mut rows = Rows::with_room(cols.len(), n_of(|row| row.0), n_of(|row| row.1));
    let mut place_of = vec![0; base.n_rows()];
    for (place, &row) in (0..).zip(&order) {
        place_of[row as usize] = place;
        let (cols, counts) = base.row(row as usize);
        let kept = cols.iter().zip(counts).filter(|(col, _)| new_col[**col as usize] != u32::MAX);
        rows.push(kept.map(|(&col, &count)| (new_col[col as usize], weigh(count))));
    }
    (rows, place_of)
}

/// The rows from the smallest of these numbers on, rows of equal ones as they were. Numbers of entries are small: no
/// two rows need be compared.
fn in_order_of(rows: Vec<u32>, number: impl Fn(u32) -> u32) -> Vec<u32> {
    let most = rows.iter().map(|&row| number(row)).max().unwrap_or(0);
    let mut place_of: Vec<u32> = vec![0; most as usize + 1];
    rows.iter().for_each(|&row| place_of[number(row) as usize] += 1);
    let mut first = 0;
    for place in &mut place_of {
        first += std::mem::replace(place, first);
    }
    let mut ordered = vec![0; rows.len()];
    for row in rows {
        let place = &mut place_of[number(row) as usize];
        ordered[*place as usize] = row;
        *place += 1;
    }
    ordered
}

/// What is not known yet.
const NO_PAIR: u32 = u32::MAX;

/// Documents of a class and of all others that each row stands for, or their weights: few different pairs, each
/// written once, where a pair for each row would be most of what a large file needs. Shapes: `pair_of`: n_rows,
/// places in `pairs`.
pub struct Sides {
    pub(crate) pairs: Vec<[F64s; 2]>,
    pub(crate) pair_of: Vec<u32>,
}

impl Sides {
    /// Of a row: those of the class, and all others.
    pub(crate) fn of_row(&self, row: usize) -> [F64s; 2] {
        self.pairs[self.pair_of[row] as usize]
    }
}

/// One class against the rest with its weights, and the sums a fit starts from. Shapes: `weights`: of n_rows;
/// `lean`, `squares`: n_cols.
pub struct Problem {
    /// Weights of the row's documents of the class, and of its others, in each lane.
    pub(crate) weights: Sides,
    /// Sum over rows of x times (negative - positive weight), before idf.
    pub(crate) lean: Vec<F64s>,
    /// The same for the intercept.
    pub(crate) lean_of_all: F64s,
    /// Sum over rows of x squared times the row's weight, before idf.
    pub(crate) squares: Vec<F32s>,
    /// Sum of all weights.
    pub(crate) weight_of_all: F64s,
}

impl Problem {
    /// The rows' two `sides`, each document of a side weighing as much.
    #[inline(never)]
    pub fn new(matrix: &Matrix, sides: Sides, (of_positive, of_negative): (F64s, F64s)) -> Self {
        let mut weights = sides;
        for [positive, negative] in &mut weights.pairs {
            *positive = *positive * of_positive;
            *negative = *negative * of_negative;
        }
        let mut lean = vec![F64s::default(); matrix.cols.len()];
        let mut squares = lean.clone();
        let norm = &matrix.norm;
        matrix.rows.scatter(&mut lean, false, |row| {
            let [positive, negative] = weights.of_row(row);
            norm[row] * (negative - positive)
        });
        matrix.rows.scatter(&mut squares, true, |row| {
            let [positive, negative] = weights.of_row(row);
            norm[row] * norm[row] * (negative + positive)
        });
        let (mut all_positive, mut all_negative) = (F64s::default(), F64s::default());
        for row in 0..norm.len() {
            let [positive, negative] = weights.of_row(row);
            all_positive += positive;
            all_negative += negative;
        }
        Self {
            lean,
            lean_of_all: all_negative - all_positive,
            squares: squares.into_iter().map(F64s::narrow).collect(),
            weight_of_all: all_negative + all_positive,
            weights,
        }
    }
}
