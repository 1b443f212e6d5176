//! Whether probabilities mean what they say.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::Metric;
use crate::dataset::LabelId;

/// Bins of the calibration error and of a reliability diagram.
pub const CALIBRATION_BINS: usize = 10;

/// Mean of `-ln p` of the true class, p kept `f64::EPSILON` away from 0 and 1 (scikit-learn 1.9).
pub(super) fn log_loss(truth: &[LabelId], probabilities: &[f64], n_classes: usize) -> f64 {
    let rows = truth.iter().zip(probabilities.chunks_exact(n_classes));
    let of_row = |(label, row): (&LabelId, &[f64])| {
        -libm::log(row[usize::from(label.0)].clamp(f64::EPSILON, 1.0 - f64::EPSILON))
    };
    rows.map(of_row).sum::<f64>() / truth.len().max(1) as f64
}

/// Mean squared error of the probabilities: of the second class for two, else summed over the classes
/// (scikit-learn 1.9's `brier_score_loss`, `scale_by_half="auto"`).
pub(super) fn brier(truth: &[LabelId], probabilities: &[f64], n_classes: usize) -> f64 {
    let classes = if n_classes == 2 { 1..2 } else { 0..n_classes };
    let of_row = |(label, row): (&LabelId, &[f64])| {
        let squared = |class: usize| {
            let miss = row[class] - f64::from(u8::from(usize::from(label.0) == class));
            miss * miss
        };
        classes.clone().map(squared).sum::<f64>()
    };
    let rows = truth.iter().zip(probabilities.chunks_exact(n_classes));
    rows.map(of_row).sum::<f64>() / truth.len().max(1) as f64
}

/// What a row whose classes have these probabilities adds to a mean loss; 0 where the metric is none.
pub fn loss_of_row(metric: Metric, truth: LabelId, probabilities: &[f64]) -> f64 {
    match metric {
        Metric::LogLoss => log_loss(&[truth], probabilities, probabilities.len()),
        Metric::Brier => brier(&[truth], probabilities, probabilities.len()),
        _ => 0.0,
    }
}

/// What was said and what came true in one bin of probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct CalibrationBin {
    /// Rows in it.
    pub n_rows: u64,
    /// Mean of their probabilities.
    pub mean_probability: f64,
    /// Share of them that came true.
    pub share_true: f64,
}

/// scikit-learn's `calibration_curve` with ten equal bins, empty ones left in with 0 rows. Bin k holds
/// probabilities above k / 10 up to (k + 1) / 10; the first holds 0, too. Lengths of both lists are equal.
pub fn calibration_curve(probability: &[f64], came_true: &[bool]) -> [CalibrationBin; CALIBRATION_BINS] {
    let mut bins = [CalibrationBin::default(); CALIBRATION_BINS];
    for (&p, &is_true) in probability.iter().zip(came_true) {
        // numpy's linspace: its inner edges are k times 0.1, rounded once.
        let n_edges_below = (1..CALIBRATION_BINS).filter(|&edge| edge as f64 * 0.1 < p).count();
        let bin = &mut bins[n_edges_below];
        bin.n_rows += 1;
        bin.mean_probability += p;
        bin.share_true += f64::from(u8::from(is_true));
    }
    for bin in bins.iter_mut().filter(|bin| bin.n_rows > 0) {
        bin.mean_probability /= bin.n_rows as f64;
        bin.share_true /= bin.n_rows as f64;
    }
    bins
}

/// Expected calibration error (Guo et al. 2017): over ten equal bins of the predicted class's probability,
/// `sum |bin| / n |share right - mean probability|`.
pub(super) fn calibration_error(
    truth: &[LabelId],
    predicted: &[u8],
    probabilities: &[f64],
    n_classes: usize,
) -> f64 {
    let rows = probabilities.chunks_exact(n_classes).zip(predicted);
    let said: Vec<f64> = rows.map(|(row, &class)| row[usize::from(class)]).collect();
    let right: Vec<bool> = truth.iter().zip(predicted).map(|(label, &class)| label.0 == class).collect();
    let weighed = |bin: &CalibrationBin| bin.n_rows as f64 * (bin.share_true - bin.mean_probability).abs();
    let sum: f64 = calibration_curve(&said, &right).iter().map(weighed).sum();
    sum / truth.len().max(1) as f64
}
