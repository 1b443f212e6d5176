//! Labels that held-out probabilities firmly contradict: confident learning.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::dataset::LabelId;

/// A probability so little below a class's threshold still reaches it (cleanlab 2.9).
const COMPARISON: f64 = 1e-6;

/// A label that is probably wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct LabelError {
    /// Which of the rows given.
    pub place: u32,
    /// The label given.
    pub given: LabelId,
    /// The label that the probabilities speak for.
    pub likely: LabelId,
    /// Probability of the label given less that of the likeliest other: the lower, the surer the error.
    pub margin: f64,
}

/// The labels that are probably wrong, the surest first.
///
/// Confident learning (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset
/// labels", 2021): a class's threshold is the mean of its probability over the rows so labelled; a row counts
/// for the likeliest class whose threshold it reaches; where that is not its label, the label is probably
/// wrong, unless it is the likeliest after all. As cleanlab 2.9's `find_label_issues(labels, pred_probs,
/// filter_by="confident_learning", return_indices_ranked_by="normalized_margin")`.
///
/// Shapes: `labels`: n_rows; `probabilities`: n_rows x n_classes row-major, by fits that did not see the row.
pub fn label_errors(labels: &[LabelId], probabilities: &[f64], n_classes: usize) -> Vec<LabelError> {
    let mut sums = vec![0.0; n_classes];
    let mut counts = vec![0_u64; n_classes];
    for (label, row) in labels.iter().zip(probabilities.chunks_exact(n_classes)) {
        sums[usize::from(label.0)] += row[usize::from(label.0)];
        counts[usize::from(label.0)] += 1;
    }
    // A class without rows is reached by none.
    let threshold = |class: usize| {
        if counts[class] == 0 { f64::INFINITY } else { sums[class] / counts[class] as f64 - COMPARISON }
    };
    let thresholds: Vec<f64> = (0..n_classes).map(threshold).collect();
    let mut errors: Vec<LabelError> = Vec::new();
    for (place, (&given, row)) in (0_u32..).zip(labels.iter().zip(probabilities.chunks_exact(n_classes))) {
        let reaching = (0..n_classes).filter(|&class| row[class] >= thresholds[class]);
        let Some(likely) = likeliest(row, reaching) else { continue };
        let predicted = likeliest(row, 0..n_classes);
        let given_class = usize::from(given.0);
        if likely == given_class || predicted == Some(given_class) {
            continue;
        }
        let other = likeliest(row, (0..n_classes).filter(|&class| class != given_class));
        let margin = row[given_class] - other.map_or(0.0, |other| row[other]);
        errors.push(LabelError { place, given, likely: LabelId(likely as u8), margin });
    }
    errors.sort_by(|a, b| a.margin.total_cmp(&b.margin));
    errors
}

/// The class of the highest probability, of equals the first.
fn likeliest(row: &[f64], classes: impl Iterator<Item = usize>) -> Option<usize> {
    classes.reduce(|best, class| if row[class] > row[best] { class } else { best })
}
