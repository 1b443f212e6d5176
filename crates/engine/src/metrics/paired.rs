//! Two predictions of the same rows in; by how much their macro F1 differs, and how far that is luck, out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::interval::{F1Interval, IntervalSpec, MAX_RESAMPLES, draw_multinomial};
use crate::dataset::LabelId;
use crate::models::f1_macro;
use crate::num::RandomStream;
use crate::stats::quantile;

/// The macro F1 of two sets of predictions of the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PairedF1 {
    /// Of the first.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// Where the second's less the first's might lie if other rows had been drawn.
    pub difference: F1Interval,
    /// Share of the resamples in which the second is better; those in which both are equal count half.
    pub second_better: f64,
}

/// The paired bootstrap (Efron 1979, percentiles) of the difference in macro F1: rows are drawn anew with
/// replacement, each with both of its predictions.
///
/// Drawing rows draws the counts of the cells (true class, first, second) from a multinomial distribution, and both
/// macro F1 know these only: a resample costs at most n_classes³ binomial draws, whatever the number of rows. Shapes:
/// `truth`, `first`, `second`: n_rows. `None` where there are no rows or the level is none.
///
/// # Panics
/// Where lengths differ or a class is out of range: our own mistake.
pub fn paired_bootstrap_f1_macro(
    truth: &[LabelId],
    (first, second): (&[u8], &[u8]),
    n_classes: usize,
    spec: &IntervalSpec,
) -> Option<PairedF1> {
    assert!(truth.len() == first.len() && truth.len() == second.len(), "two predictions a row");
    let is_level = spec.level > 0.0 && spec.level < 1.0;
    if truth.is_empty() || !is_level {
        return None;
    }
    let mut cells = vec![0; n_classes * n_classes * n_classes];
    for ((label, &one), &other) in truth.iter().zip(first).zip(second) {
        assert!(usize::from(one.max(other)) < n_classes, "a class of {n_classes}");
        cells[(usize::from(label.0) * n_classes + usize::from(one)) * n_classes + usize::from(other)] += 1;
    }
    let mut both = Confusions::new(n_classes);
    let (of_first, of_second) = both.f1_macro(&cells);
    let mut stream = RandomStream::new("paired bootstrap f1_macro", &[spec.seed]);
    let mut drawn = vec![0; cells.len()];
    let n_resamples = spec.n_resamples.clamp(1, MAX_RESAMPLES);
    let (mut differences, mut n_better) = (Vec::with_capacity(n_resamples as usize), 0.0);
    for _ in 0..n_resamples {
        draw_multinomial(&cells, truth.len() as u64, &mut drawn, &mut stream);
        let (one, other) = both.f1_macro(&drawn);
        n_better += if other > one { 1.0 } else { f64::from(u8::from(other == one)) / 2.0 };
        differences.push(other - one);
    }
    differences.sort_by(f64::total_cmp);
    let tail = (1.0 - spec.level) / 2.0;
    let difference =
        F1Interval { low: quantile(&differences, tail)?, high: quantile(&differences, 1.0 - tail)? };
    let second_better = n_better / f64::from(n_resamples);
    Some(PairedF1 { first: of_first, second: of_second, difference, second_better })
}

/// Room for the confusion matrices of both.
struct Confusions {
    n_classes: usize,
    first: Vec<u64>,
    second: Vec<u64>,
}

impl Confusions {
    fn new(n_classes: usize) -> Self {
        let empty = vec![0; n_classes * n_classes];
        Self { n_classes, first: empty.clone(), second: empty }
    }

    /// The macro F1 of both, where the cells count so many rows.
    fn f1_macro(&mut self, cells: &[u64]) -> (f64, f64) {
        let n_classes = self.n_classes;
        self.first.fill(0);
        self.second.fill(0);
        for (cell, n_rows) in cells.iter().enumerate() {
            let (truth, one, other) =
                (cell / (n_classes * n_classes), cell / n_classes % n_classes, cell % n_classes);
            self.first[truth * n_classes + one] += n_rows;
            self.second[truth * n_classes + other] += n_rows;
        }
        (f1_macro(&self.first, n_classes), f1_macro(&self.second, n_classes))
    }
}
