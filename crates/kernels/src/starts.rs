//! Where earlier fits ended, for later ones with another C or other columns to begin at.
//!
//! A beginning decides how long a fit takes and, within its goal, its bits. It may serve only where nothing is read from
//! a fit but what is proven of the minimum: `Solution::are_sides_proven`.

use crate::lanes::{F32s, F64s, WIDE};
use crate::matrix::Matrix;
use crate::rows::GradientCell;

/// Most fits kept, and most memory that their weights may hold.
const MAX_FITS: usize = 32;
const MAX_BYTES: usize = 8 << 20;
/// How far apart two fits are for a whole vocabulary of other columns, as the logarithm of a factor between their C.
/// Of 0, 0.5, 1, 2, 4 and 8 it takes the fewest passes over the reference search.
const OTHER_COLUMNS: f64 = 1.0;

/// Where fits of one loss, weighting and weight rule ended; the latest is last.
#[derive(Default)]
pub struct Starts {
    fits: Vec<KnownFit>,
}

/// Shapes: `of_cols`, `had`: the study's columns, 0 and false for those the fit had not.
struct KnownFit {
    ln_c: f64,
    intercept: F32s,
    of_cols: Vec<F32s>,
    had: Vec<bool>,
}

/// Weights to begin with. Shape: `of_cols`: columns of the matrix.
pub struct Start {
    pub(crate) intercept: F32s,
    pub(crate) of_cols: Vec<F32s>,
}

impl Starts {
    /// Remembers where a fit ended. `n_cols`: the study's. Shape: `cells`: columns of the matrix.
    #[inline(never)]
    pub fn keep(
        &mut self,
        c: f64,
        (matrix, n_cols): (&Matrix, usize),
        (cells, intercept): (&[GradientCell], F64s),
    ) {
        let mut of_cols = vec![F32s::default(); n_cols];
        for (&col, cell) in matrix.cols.iter().zip(cells) {
            of_cols[col as usize] = cell.weight.narrow();
        }
        let most = (MAX_BYTES / size_of_val(&of_cols[..]).max(1)).clamp(1, MAX_FITS);
        if self.fits.len() >= most {
            self.fits.drain(..=self.fits.len() - most);
        }
        let had = columns_of(matrix, n_cols);
        self.fits.push(KnownFit { ln_c: libm::log(c), intercept: intercept.narrow(), of_cols, had });
    }

    /// What the nearest fits on both sides of `c` say of one with it: between them a straight line by its logarithm.
    /// Nothing where none is known. `n_cols`: the study's.
    #[inline(never)]
    pub fn near(&self, c: f64, (matrix, n_cols): (&Matrix, usize)) -> Option<Start> {
        let ln_c = libm::log(c);
        let (first, second) = self.around(ln_c, &columns_of(matrix, n_cols))?;
        let apart = second.ln_c - first.ln_c;
        let share = if apart > 0.0 { ((ln_c - first.ln_c) / apart) as f32 } else { 0.0 };
        let between = |first: f32, second: f32| first + (second - first) * share;
        let weight = |(&col, kept): (&u32, &F32s)| {
            let col = col as usize;
            let known = match (first.had[col], second.had[col]) {
                (true, false) => first.of_cols[col],
                (false, _) => second.of_cols[col],
                (true, true) => {
                    let (first, second) = (first.of_cols[col].to_array(), second.of_cols[col].to_array());
                    let of_lane = |lane: usize| between(first[lane], second[lane]);
                    F32s::from_array(std::array::from_fn::<f32, WIDE, _>(of_lane))
                }
            };
            known * *kept
        };
        Some(Start {
            intercept: first.intercept.zip(second.intercept, between),
            of_cols: matrix.cols.iter().zip(&matrix.kept).map(weight).collect(),
        })
    }

    /// The nearest fit with a C of at most this, and that with a larger one; one of them twice where there is no other.
    fn around(&self, ln_c: f64, cols: &[bool]) -> Option<(&KnownFit, &KnownFit)> {
        let n_here = cols.iter().filter(|&&is_here| is_here).count() as f64;
        let distance = |fit: &KnownFit| {
            let n_others = cols.iter().zip(&fit.had).filter(|(here, there)| here != there).count();
            (fit.ln_c - ln_c).abs() + OTHER_COLUMNS * n_others as f64 / n_here
        };
        let mut sides: [Option<(&KnownFit, f64)>; 2] = [None; 2];
        for fit in &self.fits {
            let (side, distance) = (usize::from(fit.ln_c > ln_c), distance(fit));
            if sides[side].is_none_or(|(_, least)| distance <= least) {
                sides[side] = Some((fit, distance));
            }
        }
        let [below, above] = sides.map(|side| side.map(|(fit, _)| fit));
        Some((below.or(above)?, above.or(below)?))
    }
}

fn columns_of(matrix: &Matrix, n_cols: usize) -> Vec<bool> {
    let mut is_here = vec![false; n_cols];
    matrix.cols.iter().for_each(|&col| is_here[col as usize] = true);
    is_here
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::LANES;
    use crate::matrix::{RowNorm, Weighing};
    use crate::train_rows::{DocCounts, TrainRows};

    /// Four documents of the same four terms, and the columns kept.
    fn matrix(kept: [bool; 4]) -> Matrix {
        let starts: Vec<u32> = (0..5).map(|doc| doc * 4).collect();
        let terms: Vec<u32> = (0..16).map(|entry| entry % 4).collect();
        let counts: Vec<u16> = (1..17).collect();
        let docs = DocCounts { n_terms: 4, starts: &starts, terms: &terms, counts: &counts };
        let rows = TrainRows::new(docs, &[0, 1, 2, 3]);
        let weighing = Weighing { binary: false, weight_of: &|count| f64::from(count), norm: RowNorm::L2 };
        let selected: Vec<[bool; LANES]> = kept.iter().map(|&is_kept| [is_kept; LANES]).collect();
        Matrix::new(&rows, (&[F64s::splat(1.0); 4], &selected), weighing, (&[0; 4], &[None]))
    }

    fn keep(starts: &mut Starts, c: f64, kept: [bool; 4], weight: f64) {
        let matrix = matrix(kept);
        let cell = GradientCell { weight: F64s::splat(weight), slope: F64s::default() };
        starts.keep(c, (&matrix, 4), (&vec![cell; matrix.cols.len()], F64s::splat(weight)));
    }

    #[track_caller]
    fn check(starts: &Starts, c: f64, kept: [bool; 4], expected: Option<(f32, Vec<f32>)>) {
        let found = starts.near(c, (&matrix(kept), 4)).map(|start| {
            let weights = start.of_cols.iter().map(|weights| weights.to_array()[2]).collect();
            (start.intercept.to_array()[5], weights)
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_fit_begins_between_the_nearest_on_both_sides() {
        let (all, first_three) = ([true; 4], [true, true, true, false]);
        let mut starts = Starts::default();
        check(&starts, 1.0, all, None);
        keep(&mut starts, 0.01, all, 1.0);
        check(&starts, 1.0, all, Some((1.0, vec![1.0; 4])));
        keep(&mut starts, 1.0, first_three, 3.0);
        check(&starts, 0.1, all, Some((2.0, vec![2.0, 2.0, 2.0, 1.0])));
        check(&starts, 0.1, [true, false, true, true], Some((2.0, vec![2.0, 2.0, 1.0])));
        check(&starts, 7.0, all, Some((3.0, vec![3.0, 3.0, 3.0, 0.0])));
        // A fit of the same columns speaks before a nearer one of others.
        keep(&mut starts, 1.1, all, 5.0);
        check(&starts, 7.0, all, Some((5.0, vec![5.0; 4])));
        keep(&mut starts, 1.2, first_three, 9.0);
        check(&starts, 7.0, all, Some((5.0, vec![5.0; 4])));
    }

    #[test]
    fn the_oldest_fits_are_given_up() {
        let mut starts = Starts::default();
        for fit in 0..2 * MAX_FITS {
            keep(&mut starts, 1.0 + fit as f64, [true; 4], fit as f64);
        }
        assert_eq!(starts.fits.len(), MAX_FITS);
        check(&starts, 0.1, [true; 4], Some((MAX_FITS as f32, vec![MAX_FITS as f32; 4])));
    }
}
