//! What a split is worth, and where along a column's values the best one is.

use super::super::Criterion;
use super::columns::Cell;

/// Values no further apart count as equal (scikit-learn's FEATURE_THRESHOLD).
pub(super) const SAME_VALUE: f32 = 1e-7;

/// Rows of a node: their number, and their weight by class. `K` is at least the number of classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tally<const K: usize> {
    pub n_rows: u32,
    pub weights: [f64; K],
    /// Rows of each class, which decides whether a node is pure: whole numbers leave no rounding.
    pub rows_of: [u32; K],
}

impl<const K: usize> Tally<K> {
    pub const EMPTY: Self = Self { n_rows: 0, weights: [0.0; K], rows_of: [0; K] };

    pub fn add(&mut self, row: RowWeight) {
        self.n_rows += 1;
        self.weights[row.class as usize] += row.weight;
        self.rows_of[row.class as usize] += 1;
    }

    pub fn less(&self, part: &Self) -> Self {
        let rows_of = std::array::from_fn(|k| self.rows_of[k] - part.rows_of[k]);
        let left = |k: usize| if rows_of[k] == 0 { 0.0 } else { self.weights[k] - part.weights[k] };
        Self { n_rows: self.n_rows - part.n_rows, weights: std::array::from_fn(left), rows_of }
    }

    pub fn is_pure(&self) -> bool {
        self.rows_of.iter().filter(|&&rows| rows > 0).count() <= 1
    }

    /// Share of a class by weight.
    pub fn share(&self, class: usize) -> f32 {
        let all: f64 = self.weights.iter().sum();
        (if all > 0.0 { self.weights[class] / all } else { 0.0 }).clamp(0.0, 1.0) as f32
    }
}

/// What a row counts in a tree, and its class.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowWeight {
    pub weight: f64,
    pub class: u32,
}

/// A split and its worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub worth: f64,
    pub column: u32,
    pub threshold: f32,
    /// Rows above the threshold.
    pub n_right: u32,
}

/// Weight by class of the rows seen so far in a column.
#[derive(Clone, Copy)]
struct Above<const K: usize> {
    n_rows: u32,
    weights: [f64; K],
}

impl<const K: usize> Above<K> {
    #[inline(always)]
    fn add(&mut self, row: RowWeight) {
        self.n_rows += 1;
        if K == 2 {
            // Both sums are in registers so; an index would send them through memory.
            let second = if row.class == 1 { row.weight } else { 0.0 };
            self.weights[0] += row.weight - second;
            self.weights[1] += second;
        } else {
            self.weights[row.class as usize] += row.weight;
        }
    }
}

/// What a split must leave on both sides, and how it is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
    pub criterion: Criterion,
    pub min_samples_leaf: u32,
}

impl Judge {
    /// Goes down a column's values in a node, `cells` with the largest first, and keeps the best place to
    /// split, if better than `best`. Rows without a cell hold 0. Returns whether the column varies at all.
    #[inline]
    pub fn scan<const K: usize>(
        &self,
        node: &Tally<K>,
        column: u32,
        cells: impl Iterator<Item = (Cell, RowWeight)>,
        best: &mut Option<Split>,
    ) -> bool {
        let mut above = Above { n_rows: 0, weights: [0.0; K] };
        let mut last = 0.0_f32;
        let mut varies = false;
        for (cell, row) in cells {
            if above.n_rows > 0 && cell.value + SAME_VALUE < last {
                varies = true;
                self.consider(node, &above, (column, cell.value, last), best);
            }
            above.add(row);
            last = cell.value;
        }
        if above.n_rows == 0 {
            return false;
        }
        if above.n_rows < node.n_rows && last > SAME_VALUE {
            varies = true;
            self.consider(node, &above, (column, 0.0, last), best);
        }
        varies
    }

    #[inline]
    fn consider<const K: usize>(
        &self,
        node: &Tally<K>,
        right: &Above<K>,
        (column, lower, upper): (u32, f32, f32),
        best: &mut Option<Split>,
    ) {
        if right.n_rows < self.min_samples_leaf || node.n_rows - right.n_rows < self.min_samples_leaf {
            return;
        }
        let worth = match self.criterion {
            Criterion::Gini => gini_worth(&node.weights, &right.weights),
            Criterion::Entropy => {
                let left: [f64; K] = std::array::from_fn(|k| (node.weights[k] - right.weights[k]).max(0.0));
                information(&left) + information(&right.weights)
            }
        };
        if best.as_ref().is_none_or(|best| worth > best.worth) {
            let middle = lower / 2.0 + upper / 2.0;
            let threshold = if middle < upper { middle } else { lower };
            *best = Some(Split { worth, column, threshold, n_right: right.n_rows });
        }
    }
}

/// `sum l_k^2 / l + sum r_k^2 / r`: as the weighted Gini impurity of both sides falls, it rises.
#[inline]
fn gini_worth<const K: usize>(node: &[f64; K], right: &[f64; K]) -> f64 {
    let (mut left_all, mut right_all, mut left_squares, mut right_squares) = (0.0, 0.0, 0.0, 0.0);
    for k in 0..K {
        let left = node[k] - right[k];
        left_all += left;
        right_all += right[k];
        left_squares += left * left;
        right_squares += right[k] * right[k];
    }
    // Both sides hold rows, and rows weigh more than 0. One division instead of two.
    (left_squares * right_all + right_squares * left_all) / (left_all * right_all)
}

/// `sum w_k ln w_k - w ln w`: minus the weighted entropy of a side.
fn information<const K: usize>(weights: &[f64; K]) -> f64 {
    let term = |weight: f64| if weight > 0.0 { weight * libm::log(weight) } else { 0.0 };
    weights.iter().map(|&weight| term(weight)).sum::<f64>() - term(weights.iter().sum())
}
