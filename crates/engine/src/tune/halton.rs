//! Halton's sequence with its digits permuted at random: points that fill a space evenly from the first on.
//!
//! Coordinate `d` of point `i` mirrors the digits of `i` in the prime base number `d` at the point; at each place a
//! permutation of the digits, drawn for (study, search, coordinate, place), stands between (Owen, "A randomized
//! Halton algorithm in R", 2017).

use crate::num::RandomStream;

/// Bases; a space has no more parameters than there are names.
const PRIMES: [u32; 25] =
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];
/// Places further behind the point than this change nothing that a double holds.
const FINEST: f64 = 1.0 / (1u64 << 53) as f64;

/// The points of one search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Halton {
    pub seed: u64,
    pub search: usize,
}

impl Halton {
    /// Coordinate `dimension` of point `index`, from 0 and below 1.
    pub fn coordinate(self, dimension: usize, index: u64) -> f64 {
        let base = PRIMES[dimension % PRIMES.len()];
        let (mut left, mut weight, mut sum, mut place) = (index, 1.0 / f64::from(base), 0.0, 0);
        while weight > FINEST {
            let digit = (left % u64::from(base)) as usize;
            let mut stream =
                RandomStream::new("halton", &[self.seed, self.search as u64, dimension as u64, place]);
            sum += weight * f64::from(permuted(base, digit, &mut stream));
            left /= u64::from(base);
            weight /= f64::from(base);
            place += 1;
        }
        sum.min(1.0 - FINEST)
    }
}

/// What a random permutation of the digits puts in the place of `digit`.
fn permuted(base: u32, digit: usize, stream: &mut RandomStream) -> u32 {
    let mut digits: Vec<u32> = (0..base).collect();
    for last in (1..digits.len()).rev() {
        digits.swap(last, stream.below(last as u64 + 1) as usize);
    }
    digits[digit]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_to_the_k_points_fill_every_cell_once() {
        let points = Halton { seed: 7, search: 1 };
        for (dimension, base, k) in [(0, 2u64, 5), (1, 3, 3), (2, 5, 2), (3, 7, 2)] {
            let n = base.pow(k);
            // Any stretch that begins at a multiple of n has one point in each of n cells.
            let mut cells: Vec<u64> =
                (3 * n..4 * n).map(|i| (points.coordinate(dimension, i) * n as f64) as u64).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn seeds_searches_and_dimensions_are_scrambled_apart() {
        let first = |seed, search, dimension| Halton { seed, search }.coordinate(dimension, 0).to_bits();
        let all = [first(1, 0, 0), first(2, 0, 0), first(1, 1, 0), first(1, 0, 25)];
        assert!(all.iter().enumerate().all(|(i, one)| !all[..i].contains(one)));
        assert_eq!(first(1, 0, 0), first(1, 0, 0));
    }

    /// Sixteen points in a square of sixteen cells leave few empty: independent draws leave about six.
    #[test]
    fn two_coordinates_are_even_together() {
        let mut n_empty = 0;
        for seed in 0..50 {
            let points = Halton { seed, search: 0 };
            let mut filled = [false; 16];
            for i in 0..16 {
                let cell = |dimension| (points.coordinate(dimension, i) * 4.0) as usize;
                filled[4 * cell(0) + cell(1)] = true;
            }
            n_empty += filled.iter().filter(|filled| !**filled).count();
        }
        assert!(n_empty < 50 * 5, "{n_empty} empty cells in 50 draws");
    }
}
