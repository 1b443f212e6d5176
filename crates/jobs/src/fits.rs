//! What stored fits say of the rows they did not see: one alone, and two side by side.

use engine::errors::{Picked, pick_among, pick_rows};
use engine::metrics::{
    CalibrationBin, CurvePoints, Cuts, PrecisionRecallPoint, RocPoint, calibration_curve,
    paired_bootstrap_f1_macro, precision_recall_curve, roc_curve,
};
use engine::num::ContentHash;
use engine::pipeline::{
    Answers, Calibration, CalibrationMethod, FittedPipeline, HeldOut, PairedPredictions, strongest_terms,
};
use engine::stats::mcnemar_exact;

use crate::request::{
    Calibrated, ChangedRow, CompareFits, FitBlobs, FitsCompared, HeldOutOutput, JobError, ListRows,
    MeasureHeldOut,
};
use crate::worker::{Worker, cannot_fit};

/// Most points of a curve: more than its picture has pixels.
pub const MAX_CURVE_POINTS: usize = 400;
/// Most thresholds that are given: more than a slider has places.
const MAX_CUTS: usize = 600;
/// Terms given of each class.
const N_TERMS: usize = 15;

impl Worker {
    /// How well a fit predicts the rows that were held out.
    pub(crate) fn measure_held_out(&mut self, job: &MeasureHeldOut) -> Result<HeldOutOutput, JobError> {
        let (pipeline, held_out) = self.stored_fit(&job.fit)?;
        let answers = pipeline.held_out_answers(&held_out);
        let n_classes = pipeline.labels.len();
        let classes: Vec<usize> = if n_classes == 2 { vec![1] } else { (0..n_classes).collect() };
        let (mut roc, mut precision_recall) = (Vec::new(), Vec::new());
        for class in classes {
            let positive: Vec<bool> =
                held_out.truth.iter().map(|label| usize::from(label.0) == class).collect();
            let score: Vec<f64> = match n_classes {
                2 => held_out.scores.clone(),
                _ => answers.probabilities.iter().skip(class).step_by(n_classes).copied().collect(),
            };
            let across = |point: &RocPoint| (point.false_positive_rate, point.true_positive_rate);
            let curve = roc_curve(&positive, &score, CurvePoints::Corners).unwrap_or_default();
            roc.push(thinned(curve.iter().map(across).collect()));
            let across = |point: &PrecisionRecallPoint| (point.recall, point.precision);
            let curve = precision_recall_curve(&positive, &score, CurvePoints::Corners);
            precision_recall.push(thinned(curve.iter().map(across).collect()));
        }
        let metrics = pipeline.held_out_metrics(&held_out, &answers);
        let own = FittedPipeline { calibration: Calibration::Own, ..pipeline.clone() };
        let after = calibrated(&pipeline, &held_out, &answers, job.is_test);
        let cuts = (n_classes == 2).then(|| {
            let is_second: Vec<bool> = held_out.truth.iter().map(|label| label.0 == 1).collect();
            Cuts::of(&held_out.scores, &is_second, pipeline.threshold, MAX_CUTS)
        });
        Ok(HeldOutOutput {
            n_rows: held_out.docs.len() as u64,
            metrics,
            roc,
            precision_recall,
            before: reliability(&own.held_out_answers(&held_out), &held_out, n_classes),
            after,
            threshold: pipeline.threshold,
            cuts,
            terms: strongest_terms(&pipeline, N_TERMS),
            labels: pipeline.labels,
        })
    }

    /// Rows with the answers of a fit.
    pub(crate) fn list_rows(&mut self, job: &ListRows) -> Result<Picked, JobError> {
        let (pipeline, held_out) = self.stored_fit(&job.fit)?;
        Ok(pick_rows(&pipeline, &held_out, job.pick, job.n_most as usize))
    }

    /// These reviews with the answers of a fit.
    pub(crate) fn list_among(&self, fit: &FitBlobs, docs: &[u32], n_most: u32) -> Result<Picked, JobError> {
        let (pipeline, held_out) = self.stored_fit(fit)?;
        Ok(pick_among(&pipeline, &held_out, docs, n_most as usize))
    }

    /// Where two fits differ.
    pub(crate) fn compare_fits(&mut self, job: &CompareFits) -> Result<FitsCompared, JobError> {
        let (first, of_first) = self.stored_fit(&job.first)?;
        let (second, of_second) = self.stored_fit(&job.second)?;
        if first.labels != second.labels {
            return Err(cannot_fit(format!(
                "The two runs tell other classes apart, {} and {}: compare runs of the same classes.",
                first.labels.join(", "),
                second.labels.join(", ")
            )));
        }
        let answers = (first.held_out_answers(&of_first), second.held_out_answers(&of_second));
        let paired =
            PairedPredictions::new((&of_first, &answers.0.predicted), (&of_second, &answers.1.predicted))
                .map_err(cannot_fit)?;
        let counts = paired.right_counts();
        let both = (paired.first.as_slice(), paired.second.as_slice());
        let named = |(doc, truth, first, second)| ChangedRow { doc, truth, first, second };
        Ok(FitsCompared {
            n_both_right: counts.both,
            n_first_right: counts.first_only,
            n_second_right: counts.second_only,
            n_both_wrong: counts.neither,
            p_value: mcnemar_exact(counts.first_only, counts.second_only),
            f1: paired_bootstrap_f1_macro(&paired.truth, both, first.labels.len(), &job.interval),
            n_changed: paired.changed().count() as u64,
            changed: paired.changed().take(job.n_most as usize).map(named).collect(),
            labels: first.labels,
        })
    }

    /// Scores of rows that a fit did not see.
    pub(crate) fn held_out(&self, hash: ContentHash) -> Result<HeldOut, JobError> {
        HeldOut::from_bytes(self.blobs.bytes(hash)?)
            .map_err(|error| JobError::DamagedBlob { hash, reason: error.to_string() })
    }

    pub(crate) fn stored_fit(&self, fit: &FitBlobs) -> Result<(FittedPipeline, HeldOut), JobError> {
        let damaged = |hash: ContentHash, reason: String| JobError::DamagedBlob { hash, reason };
        let pipeline = FittedPipeline::from_bytes(self.blobs.bytes(fit.pipeline)?)
            .map_err(|error| damaged(fit.pipeline, error.to_string()))?;
        let held_out = self.held_out(fit.out_of_fold)?;
        let n_classes = pipeline.labels.len();
        let n_scores = if n_classes == 2 { 1 } else { n_classes };
        if held_out.n_scores != n_scores {
            return Err(damaged(fit.out_of_fold, "its scores are of other classes than the model's".into()));
        }
        Ok((pipeline, held_out))
    }
}

/// By the fit's calibration where it saw none of the rows, else by one of its kind that did not; by Platt's sigmoid
/// where the fit does without.
fn calibrated(pipeline: &FittedPipeline, held_out: &HeldOut, answers: &Answers, is_test: bool) -> Calibrated {
    let n_classes = pipeline.labels.len();
    let (method, is_the_fits) = match pipeline.calibration {
        Calibration::Own => (CalibrationMethod::Platt, false),
        Calibration::Platt { .. } => (CalibrationMethod::Platt, true),
        Calibration::Isotonic { .. } => (CalibrationMethod::Isotonic, true),
    };
    if is_the_fits && is_test {
        return Calibrated { bins: reliability(answers, held_out, n_classes), is_the_fits, is_anew: false };
    }
    let anew = pipeline.held_out_answers_anew(held_out, method);
    Calibrated { bins: reliability(&anew, held_out, n_classes), is_the_fits, is_anew: true }
}

/// What the probability of the second class (of more than two: of the predicted one) said, and what came true.
fn reliability(answers: &Answers, held_out: &HeldOut, n_classes: usize) -> Vec<CalibrationBin> {
    let place = |row: usize| if n_classes == 2 { 1 } else { usize::from(answers.predicted[row]) };
    let rows = 0..held_out.docs.len();
    let said: Vec<f64> =
        rows.clone().map(|row| answers.probabilities[row * n_classes + place(row)]).collect();
    let came_true: Vec<bool> = rows.map(|row| usize::from(held_out.truth[row].0) == place(row)).collect();
    calibration_curve(&said, &came_true).to_vec()
}

/// At most `MAX_CURVE_POINTS` of a curve's points, its ends among them.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let n_points = points.len();
    if n_points <= MAX_CURVE_POINTS {
        return points;
    }
    let last = MAX_CURVE_POINTS - 1;
    (0..=last).map(|place| points[place * (n_points - 1) / last]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_ends() {
        let curve = |n_points: usize| (0..n_points).map(|at| (at as f64, 0.0)).collect::<Vec<_>>();
        let long = thinned(curve(10_000));
        assert_eq!((long.len(), long[0].0, long[MAX_CURVE_POINTS - 1].0), (MAX_CURVE_POINTS, 0.0, 9_999.0));
        assert_eq!(thinned(curve(3)), curve(3));
    }
}
