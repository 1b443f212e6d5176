//! How a threshold trades one error against the other, point by point, as scikit-learn gives it.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::ranking::{Step, steps_down};

/// Which points of a curve are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurvePoints {
    /// One for each distinct score (`drop_intermediate=False`).
    All,
    /// Those the curve cannot be drawn without (`drop_intermediate=True`).
    Corners,
}

/// A point of a ROC curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RocPoint {
    /// Scores of this and more count as positive; `None` where no score does.
    pub threshold: Option<f64>,
    /// Share of the negatives that count as positive.
    pub false_positive_rate: f64,
    /// Share of the positives that do.
    pub true_positive_rate: f64,
}

/// A point of a precision-recall curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PrecisionRecallPoint {
    /// Scores of this and more count as positive; `None` where no score does.
    pub threshold: Option<f64>,
    /// Share of what counts as positive that is.
    pub precision: f64,
    /// Share of the positives that count as positive.
    pub recall: f64,
}

/// scikit-learn's `roc_curve`: from (0, 0) up to (1, 1). `None` where a class has no rows.
pub fn roc_curve(positive: &[bool], score: &[f64], points: CurvePoints) -> Option<Vec<RocPoint>> {
    let steps = steps_down(positive, score);
    let last = *steps.last()?;
    if last.hits == 0 || last.alarms == 0 {
        return None;
    }
    // A point between two others on one line is no corner.
    let is_corner = |place: usize| match (place.checked_sub(1), steps.get(place + 1)) {
        (Some(before), Some(after)) => {
            let (before, here) = (steps[before], steps[place]);
            after.hits + before.hits != 2 * here.hits || after.alarms + before.alarms != 2 * here.alarms
        }
        _ => true,
    };
    let origin = RocPoint { threshold: None, false_positive_rate: 0.0, true_positive_rate: 0.0 };
    let of_step = |place: usize| RocPoint {
        threshold: Some(steps[place].score),
        false_positive_rate: steps[place].alarms as f64 / last.alarms as f64,
        true_positive_rate: steps[place].hits as f64 / last.hits as f64,
    };
    let kept = (0..steps.len()).filter(|&place| points == CurvePoints::All || is_corner(place));
    Some(std::iter::once(origin).chain(kept.map(of_step)).collect())
}

/// scikit-learn's `precision_recall_curve`: from the lowest threshold up, at last precision 1 and recall 0.
/// Without positives recall is 1 at every threshold. Empty where there are no rows.
pub fn precision_recall_curve(
    positive: &[bool],
    score: &[f64],
    points: CurvePoints,
) -> Vec<PrecisionRecallPoint> {
    let steps = steps_down(positive, score);
    let Some(last) = steps.last().copied() else { return Vec::new() };
    let has_hits_of =
        |place: usize, other: Option<&Step>| other.is_some_and(|other| other.hits == steps[place].hits);
    // Points of one recall are one line: its two ends are enough.
    let is_end = |place: usize| {
        let before = place.checked_sub(1).and_then(|before| steps.get(before));
        let (is_first, is_last) = (before.is_none(), place + 1 == steps.len());
        is_first || is_last || !has_hits_of(place, before) || !has_hits_of(place, steps.get(place + 1))
    };
    let of_step = |place: usize| PrecisionRecallPoint {
        threshold: Some(steps[place].score),
        precision: steps[place].precision(),
        recall: if last.hits == 0 { 1.0 } else { steps[place].hits as f64 / last.hits as f64 },
    };
    let kept = (0..steps.len()).rev().filter(|&place| points == CurvePoints::All || is_end(place));
    let end = PrecisionRecallPoint { threshold: None, precision: 1.0, recall: 0.0 };
    kept.map(of_step).chain([end]).collect()
}
