//! Labels and predictions in, scores out, with scikit-learn's conventions for 0/0.

mod ranking;
mod curves;
mod cuts;
mod averages;
mod interval;
mod metric;
mod probability;
mod paired;
#[cfg(test)]
mod tests;

use json::{FromJson, ToJson};
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::dataset::LabelId;
use crate::models::{f1_macro, f1_of_classes};

pub use averages::ClassScores;
pub use curves::{CurvePoints, PrecisionRecallPoint, RocPoint, precision_recall_curve, roc_curve};
pub use cuts::{Costs, Cut, CutFigures, Cuts, Moves};
pub(crate) use cuts::{Table, for_each_cut};
pub use interval::{F1Interval, IntervalSpec, MAX_RESAMPLES, bootstrap_f1_macro};
pub use metric::Metric;
pub use paired::{PairedF1, paired_bootstrap_f1_macro};
pub use probability::{CALIBRATION_BINS, CalibrationBin, calibration_curve, loss_of_row};
pub use ranking::{average_precision, roc_auc};

/// Scores of one set of predictions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Metrics {
    /// Share predicted right.
    pub accuracy: f64,
    /// Mean of the classes' F1.
    pub f1_macro: f64,
    /// Mean of the classes' F1, weighted by their rows.
    pub f1_weighted: f64,
    /// Matthews' correlation coefficient.
    pub mcc: f64,
    /// Precision of each class.
    pub precision: Vec<f64>,
    /// Recall of each class.
    pub recall: Vec<f64>,
    /// F1 of each class.
    pub f1: Vec<f64>,
    /// Rows of true class (row) predicted as class (column).
    pub confusion: Vec<Vec<u64>>,
    /// Area under the ROC curve: of the second class's score for two classes, else the mean of each class's
    /// probability against the rest.
    pub roc_auc: Option<f64>,
    /// Average precision, likewise.
    pub average_precision: Option<f64>,
    /// Mean negative log probability of the true class, where there are probabilities.
    pub log_loss: Option<f64>,
    /// Mean squared error of the probabilities, where there are some: of the second class for two classes,
    /// else summed over the classes.
    pub brier: Option<f64>,
    /// Expected calibration error in ten bins, where there are probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_error: Option<f64>,
}

/// Measures predictions against the truth.
///
/// Shapes: `truth`, `predicted`, `score` (of the second class, for two classes): n_rows;
/// `probabilities`: n_rows x n_classes row-major. Where a formula comes to 0/0 it is 0, as in scikit-learn
/// with `zero_division=0`; `roc_auc` is absent where a class has no rows.
///
/// # Panics
/// Where lengths differ or a class is out of range: our own mistake.
pub fn evaluate(
    truth: &[LabelId],
    predicted: &[u8],
    n_classes: usize,
    score: Option<&[f64]>,
    probabilities: Option<&[f64]>,
) -> Metrics {
    assert_eq!(truth.len(), predicted.len(), "one prediction a row");
    let mut confusion = Array2::<u64>::zeros((n_classes, n_classes));
    for (label, &class) in truth.iter().zip(predicted) {
        confusion[[usize::from(label.0), usize::from(class)]] += 1;
    }
    let counts = ClassCounts::new(&confusion);
    let by_row = confusion.as_slice().expect("a new array lies row by row");
    let f1 = f1_of_classes(by_row, n_classes);
    let n_rows = truth.len() as u64;
    let weighted = f1.iter().zip(&counts.truth).map(|(f1, &rows)| f1 * rows as f64).sum::<f64>();
    let ranking = Ranking::new(truth, n_classes, score, probabilities);
    Metrics {
        accuracy: ratio(counts.right.iter().sum(), n_rows),
        f1_macro: f1_macro(by_row, n_classes),
        f1_weighted: if n_rows == 0 { 0.0 } else { weighted / n_rows as f64 },
        mcc: counts.mcc(),
        precision: counts.right.iter().zip(&counts.predicted).map(|(&a, &b)| ratio(a, b)).collect(),
        recall: counts.right.iter().zip(&counts.truth).map(|(&a, &b)| ratio(a, b)).collect(),
        f1,
        confusion: confusion.outer_iter().map(|row| row.to_vec()).collect(),
        roc_auc: ranking.roc_auc,
        average_precision: ranking.average_precision,
        log_loss: probabilities.map(|rows| probability::log_loss(truth, rows, n_classes)),
        brier: probabilities.map(|rows| probability::brier(truth, rows, n_classes)),
        calibration_error: probabilities
            .map(|rows| probability::calibration_error(truth, predicted, rows, n_classes)),
    }
}

/// What the order of scores or probabilities is worth.
#[derive(Default)]
struct Ranking {
    roc_auc: Option<f64>,
    average_precision: Option<f64>,
}

impl Ranking {
    fn new(
        truth: &[LabelId],
        n_classes: usize,
        score: Option<&[f64]>,
        probabilities: Option<&[f64]>,
    ) -> Self {
        let is_class =
            |class: usize| truth.iter().map(|label| usize::from(label.0) == class).collect::<Vec<bool>>();
        match (n_classes, score, probabilities) {
            (2, Some(score), _) => {
                let (roc_auc, average_precision) = ranking::auc_and_precision(&is_class(1), score);
                Self { roc_auc, average_precision }
            }
            (3.., _, Some(rows)) => {
                let against_rest = |measure: fn(&[bool], &[f64]) -> Option<f64>| {
                    let of_class = |class: usize| {
                        let score: Vec<f64> = rows.iter().skip(class).step_by(n_classes).copied().collect();
                        let positive = is_class(class);
                        measure(&positive, &score).filter(|_| positive.contains(&true))
                    };
                    let sum: Option<f64> = (0..n_classes).map(of_class).sum();
                    sum.map(|sum| sum / n_classes as f64)
                };
                Self { roc_auc: against_rest(roc_auc), average_precision: against_rest(average_precision) }
            }
            _ => Self::default(),
        }
    }
}

/// Rows of each class: predicted right, true, predicted.
struct ClassCounts {
    right: Vec<u64>,
    truth: Vec<u64>,
    predicted: Vec<u64>,
}

impl ClassCounts {
    fn new(confusion: &Array2<u64>) -> Self {
        Self {
            right: confusion.diag().to_vec(),
            truth: confusion.sum_axis(Axis(1)).to_vec(),
            predicted: confusion.sum_axis(Axis(0)).to_vec(),
        }
    }

    /// Matthews' correlation for any number of classes (Gorodkin 2004, as `matthews_corrcoef`).
    fn mcc(&self) -> f64 {
        let dot = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(&a, &b)| a as f64 * b as f64).sum::<f64>();
        let n_rows = self.truth.iter().sum::<u64>() as f64;
        let n_right = self.right.iter().sum::<u64>() as f64;
        let both = n_right * n_rows - dot(&self.truth, &self.predicted);
        let of_predicted = n_rows * n_rows - dot(&self.predicted, &self.predicted);
        let of_truth = n_rows * n_rows - dot(&self.truth, &self.truth);
        if of_predicted * of_truth > 0.0 { both / (of_truth * of_predicted).sqrt() } else { 0.0 }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
