//! What a stored fit says of rows it did not see, and which terms it weighs most: its files in, figures out.

use engine::metrics::{CurvePoints, precision_recall_curve, roc_curve};
use engine::pipeline::{FittedPipeline, HeldOut, WeighedTerm, strongest_terms};
use track::run::{OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT, Run};

use crate::services::store::StoreService;

/// Terms shown of each class.
const N_TERMS: usize = 15;
/// Points of a curve: more than its picture has pixels.
const MAX_POINTS: usize = 400;

/// Points of a curve, across and up.
pub type Curve = Vec<(f64, f64)>;

/// What a fit says.
#[derive(Clone, Debug, PartialEq)]
pub struct FitReport {
    /// Class names, in label order.
    pub classes: Vec<String>,
    /// Rows that were held out.
    pub n_rows: u64,
    /// Rows of true class (row) predicted as class (column).
    pub confusion: Vec<Vec<u64>>,
    /// For each class that a curve is of, its name, ROC curve, and recall with precision.
    pub curves: Vec<(String, Curve, Curve)>,
    /// For each class its strongest terms; none of a model without weights.
    pub terms: Option<Vec<Vec<WeighedTerm>>>,
}

impl FitReport {
    /// Of a pipeline and the scores of the rows held out from fits of its setting.
    fn new(pipeline: &FittedPipeline, held_out: &HeldOut) -> Self {
        let answers = pipeline.held_out_answers(held_out);
        let metrics = pipeline.held_out_metrics(held_out, &answers);
        let n_classes = pipeline.labels.len();
        let classes: Vec<usize> = if n_classes == 2 { vec![1] } else { (0..n_classes).collect() };
        let curves = classes.into_iter().map(|class| {
            let positive: Vec<bool> =
                held_out.truth.iter().map(|label| usize::from(label.0) == class).collect();
            let score: Vec<f64> = match n_classes {
                2 => held_out.scores.clone(),
                _ => answers.probabilities.iter().skip(class).step_by(n_classes).copied().collect(),
            };
            let roc = roc_curve(&positive, &score, CurvePoints::Corners).unwrap_or_default();
            let roc = roc.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect();
            let precision = precision_recall_curve(&positive, &score, CurvePoints::Corners);
            let precision = precision.iter().map(|point| (point.recall, point.precision)).collect();
            (pipeline.labels[class].clone(), thinned(roc), thinned(precision))
        });
        Self {
            n_rows: held_out.docs.len() as u64,
            confusion: metrics.confusion,
            curves: curves.collect(),
            terms: strongest_terms(pipeline, N_TERMS),
            classes: pipeline.labels.clone(),
        }
    }
}

/// At most `MAX_POINTS` of a curve's points, its ends among them.
fn thinned(points: Curve) -> Curve {
    let n_points = points.len();
    if n_points <= MAX_POINTS {
        return points;
    }
    let last = MAX_POINTS - 1;
    (0..=last).map(|place| points[place * (n_points - 1) / last]).collect()
}

/// The report of a stored fit; none of a run that left no such files.
pub(super) async fn load(store: &StoreService, run: &Run) -> Result<Option<FitReport>, String> {
    let hash = |name: &str| run.artifacts.iter().find(|artifact| artifact.name == name).map(|one| one.sha256);
    let (Some(pipeline), Some(held_out)) = (hash(PIPELINE_ARTIFACT), hash(OUT_OF_FOLD_ARTIFACT)) else {
        return Ok(None);
    };
    let gone = || "What this run left behind is no longer on this device: train it again.".to_owned();
    let bytes = async |hash| {
        let found = store.blob_bytes(hash).await.map_err(|error| error.to_string())?;
        found.ok_or_else(gone)
    };
    let pipeline = FittedPipeline::from_bytes(&bytes(pipeline).await?).map_err(|error| error.to_string())?;
    let held_out = HeldOut::from_bytes(&bytes(held_out).await?).map_err(|error| error.to_string())?;
    let n_scores = if pipeline.labels.len() == 2 { 1 } else { pipeline.labels.len() };
    if held_out.n_scores != n_scores {
        return Err("The held-out scores of this run belong to other classes than its model.".to_owned());
    }
    Ok(Some(FitReport::new(&pipeline, &held_out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_ends() {
        let curve = |n_points: usize| (0..n_points).map(|at| (at as f64, 0.0)).collect::<Curve>();
        let long = thinned(curve(10_000));
        assert_eq!((long.len(), long[0].0, long[MAX_POINTS - 1].0), (MAX_POINTS, 0.0, 9_999.0));
        assert_eq!(thinned(curve(3)), curve(3));
    }
}
