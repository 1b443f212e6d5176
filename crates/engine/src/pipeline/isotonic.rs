//! The rising staircase nearest to what was seen: scores and their sides in, a monotone curve out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// Scores closer than this are one (scikit-learn 1.9: `numpy.finfo(float).resolution`).
const RESOLUTION: f64 = 1e-15;

/// A curve through corners, straight between them, flat beyond. Shapes: both n_corners, at least 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct IsotonicCurve {
    /// Scores, ascending.
    pub scores: Vec<f64>,
    /// The probability at each, not falling.
    pub probabilities: Vec<f64>,
}

impl IsotonicCurve {
    /// The probability at a score (linear in between, as `IsotonicRegression(out_of_bounds="clip")`).
    pub fn at(&self, score: f64) -> f64 {
        let place = self.scores.partition_point(|&corner| corner < score);
        let Some(&high) = self.scores.get(place) else {
            return self.probabilities.last().copied().unwrap_or(0.5);
        };
        let Some(before) = place.checked_sub(1) else { return self.probabilities[0] };
        let (low, p_low, p_high) =
            (self.scores[before], self.probabilities[before], self.probabilities[place]);
        (p_high - p_low) / (high - low) * (score - low) + p_low
    }

    /// Whether it is a curve that `fit_isotonic` could have made.
    pub(super) fn is_valid(&self) -> bool {
        let ascends = self.scores.windows(2).all(|pair| pair[0] < pair[1]);
        let rises = self.probabilities.windows(2).all(|pair| pair[0] <= pair[1]);
        let in_range = self.probabilities.iter().all(|p| (0.0..=1.0).contains(p));
        let is_finite = self.scores.iter().all(|score| score.is_finite());
        !self.scores.is_empty()
            && self.scores.len() == self.probabilities.len()
            && ascends
            && rises
            && in_range
            && is_finite
    }
}

/// Rows of neighbouring scores that share one probability.
struct Block {
    first: usize,
    n_positive: u64,
    n_rows: u64,
}

impl Block {
    /// Whether the share of positives is not above that of `after`, in whole numbers.
    fn is_below(&self, after: &Self) -> bool {
        u128::from(self.n_positive) * u128::from(after.n_rows)
            < u128::from(after.n_positive) * u128::from(self.n_rows)
    }
}

/// Fits isotonic regression to scores and their sides, by pooling adjacent violators (Ayer et al. 1955), as
/// scikit-learn's `IsotonicRegression` does. Lengths are equal; without rows the curve is 0.5 everywhere.
pub fn fit_isotonic(scores: &[f64], positive: &[bool]) -> IsotonicCurve {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let Some(&lowest) = order.first() else {
        return IsotonicCurve { scores: vec![0.0], probabilities: vec![0.5] };
    };
    let mut distinct = vec![scores[lowest]];
    let mut blocks: Vec<Block> = vec![Block { first: 0, n_positive: 0, n_rows: 0 }];
    for row in order {
        let place = distinct.len() - 1;
        if scores[row] - distinct[place] >= RESOLUTION {
            distinct.push(scores[row]);
            blocks.push(Block { first: place + 1, n_positive: 0, n_rows: 0 });
        }
        let block = blocks.last_mut().expect("the first block was made before the loop");
        block.n_positive += u64::from(positive[row]);
        block.n_rows += 1;
    }
    corners(&distinct, &pooled(blocks))
}

fn pooled(blocks: Vec<Block>) -> Vec<Block> {
    let mut pooled: Vec<Block> = Vec::new();
    for mut block in blocks {
        while let Some(before) = pooled.pop_if(|before| !before.is_below(&block)) {
            block = Block {
                first: before.first,
                n_positive: before.n_positive + block.n_positive,
                n_rows: before.n_rows + block.n_rows,
            };
        }
        pooled.push(block);
    }
    pooled
}

/// The first and last score of each block: points between them change nothing.
fn corners(distinct: &[f64], blocks: &[Block]) -> IsotonicCurve {
    let mut curve = IsotonicCurve { scores: Vec::new(), probabilities: Vec::new() };
    let ends = blocks.iter().skip(1).map(|block| block.first).chain([distinct.len()]);
    for (block, end) in blocks.iter().zip(ends) {
        let probability = block.n_positive as f64 / block.n_rows as f64;
        let last = end - 1;
        for place in [block.first, last].into_iter().take(if last > block.first { 2 } else { 1 }) {
            curve.scores.push(distinct[place]);
            curve.probabilities.push(probability);
        }
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 12] = [-1.2, 0.3, 0.3, -0.4, 2.0, 1.1, 0.9, -0.4, -2.5, 0.0, 1.5, -0.1];
    const POSITIVE: [bool; 12] =
        [false, true, false, true, true, true, false, false, false, true, true, false];

    // sklearn 1.9.1: IsotonicRegression(out_of_bounds="clip").fit(scores, y): X_thresholds_, y_thresholds_
    #[test]
    fn corners_are_scikit_learns() {
        let curve = fit_isotonic(&SCORES, &POSITIVE);
        assert_eq!(curve.scores, [-2.5, -1.2, -0.4, -0.1, 0.0, 0.9, 1.1, 2.0]);
        let third = 1.0 / 3.0;
        assert_eq!(curve.probabilities, [0.0, 0.0, third, third, 0.5, 0.5, 1.0, 1.0]);
        assert!(curve.is_valid());
    }

    // … .predict(scores)
    #[test]
    fn values_between_and_beyond_the_corners_are_scikit_learns() {
        let curve = fit_isotonic(&SCORES, &POSITIVE);
        let found: Vec<f64> =
            [-9.0, -2.0, -0.8, -0.2, 0.6, 0.95, 1.3, 9.0].map(|score| curve.at(score)).to_vec();
        let expected = [0.0, 0.0, 0.16666666666666663, 0.3333333333333333, 0.5, 0.6249999999999998, 1.0, 1.0];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found} is not {expected}");
        }
    }

    #[test]
    fn one_score_and_none_have_a_flat_curve() {
        assert_eq!(fit_isotonic(&[0.7, 0.7], &[true, false]).at(3.0), 0.5);
        assert_eq!(fit_isotonic(&[], &[]).at(3.0), 0.5);
        assert_eq!(fit_isotonic(&[1.0, 2.0], &[true, true]).at(0.0), 1.0);
    }
}
