//! How far a macro F1 could be off by the luck of which rows were measured.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::models::f1_macro;
use crate::num::RandomStream;
use crate::stats::{draw_binomial, quantile};

/// Most resamples of one interval.
pub const MAX_RESAMPLES: u32 = 100_000;

/// How an interval is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct IntervalSpec {
    /// Share of the resamples that lie inside, above 0 and below 1.
    pub level: f64,
    /// Resamples, from 1 to `MAX_RESAMPLES`; more are cut off there.
    pub n_resamples: u32,
    /// What the draws derive from.
    pub seed: u64,
}

impl IntervalSpec {
    /// 95 %, 1,000 resamples: half a millisecond, and ends that are sure to half a percent.
    pub fn usual(seed: u64) -> Self {
        Self { level: 0.95, n_resamples: 1_000, seed }
    }
}

/// A percentile interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct F1Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The bootstrap percentile interval (Efron 1979) of the macro F1 of a confusion matrix, rows of true class,
/// columns predicted.
///
/// Drawing the rows anew with replacement draws the matrix's cells from a multinomial distribution, and macro
/// F1 knows the cells only. So a resample costs n_classes² binomial draws, whatever the number of rows.
/// `None` where the matrix counts no row or is not square.
pub fn bootstrap_f1_macro(confusion: &[Vec<u64>], spec: &IntervalSpec) -> Option<F1Interval> {
    let n_classes = confusion.len();
    let cells: Vec<u64> = confusion.iter().flatten().copied().collect();
    let n_rows: u64 = cells.iter().sum();
    let is_level = spec.level > 0.0 && spec.level < 1.0;
    if n_rows == 0 || cells.len() != n_classes * n_classes || !is_level {
        return None;
    }
    let mut stream = RandomStream::new("bootstrap f1_macro", &[spec.seed]);
    let mut drawn = vec![0; cells.len()];
    let n_resamples = spec.n_resamples.clamp(1, MAX_RESAMPLES);
    let mut scores: Vec<f64> = (0..n_resamples)
        .map(|_| {
            draw_multinomial(&cells, n_rows, &mut drawn, &mut stream);
            f1_macro(&drawn, n_classes)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    let tail = (1.0 - spec.level) / 2.0;
    Some(F1Interval { low: quantile(&scores, tail)?, high: quantile(&scores, 1.0 - tail)? })
}

/// Draws `n_rows` rows from `cells`, whose sum that is, into `drawn`: cell after cell from what is left.
pub(super) fn draw_multinomial(cells: &[u64], n_rows: u64, drawn: &mut [u64], stream: &mut RandomStream) {
    let (mut n_left, mut mass_left) = (n_rows, n_rows);
    for (cell, drawn) in cells.iter().zip(drawn) {
        *drawn = match *cell {
            0 => 0,
            cell if cell == mass_left => n_left,
            cell => draw_binomial(n_left, cell as f64 / mass_left as f64, stream),
        };
        n_left -= *drawn;
        mass_left -= cell;
    }
}
