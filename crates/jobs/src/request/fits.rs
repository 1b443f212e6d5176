//! The jobs about fits that are stored: what one says of rows it did not see, and where two differ.

use engine::dataset::{DatasetRecipe, LabelId};
use engine::errors::{Pick, Picked, SliceKind, SlicesFound};
use engine::metrics::{CalibrationBin, Cuts, IntervalSpec, Metrics, PairedF1};
use engine::num::ContentHash;
use engine::pipeline::WeighedTerm;
use json::{FromJson, ToJson};

use super::{BlobRef, Session};

/// What a final fit left behind, under its hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct FitBlobs {
    /// The encoded `FittedPipeline`.
    pub pipeline: ContentHash,
    /// The encoded `HeldOut` scores.
    pub out_of_fold: ContentHash,
}

/// Say how well a fit predicts the rows that were held out.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct MeasureHeldOut {
    /// Which.
    pub fit: FitBlobs,
    /// The rows are test rows: the fit's calibration saw none of them.
    #[serde(default)]
    pub is_test: bool,
}

/// What calibrated probabilities said and what came true.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct Calibrated {
    /// In ten equal bins.
    pub bins: Vec<CalibrationBin>,
    /// By the fit's own method; else by Platt's sigmoid, for the fit does without.
    pub is_the_fits: bool,
    /// Fitted anew for each tenth of the rows, on the others.
    pub is_anew: bool,
}

/// How well a fit predicts the rows that were held out.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct HeldOutOutput {
    /// Class names.
    pub labels: Vec<String>,
    /// Rows that were.
    pub n_rows: u64,
    /// Scores of the answers.
    pub metrics: Metrics,
    /// For each class that its curve is of, its ROC curve: shares of the others and of the class itself that score
    /// above a threshold, at most `MAX_CURVE_POINTS`. Of two classes there is the second's alone; empty where a
    /// class has no rows.
    pub roc: Vec<Vec<(f64, f64)>>,
    /// Likewise recall and precision.
    pub precision_recall: Vec<Vec<(f64, f64)>>,
    /// What the probability of the second class (of more than two: of the predicted one) said and what came true, in
    /// ten equal bins, as the model gives it without calibration.
    pub before: Vec<CalibrationBin>,
    /// The same, calibrated.
    pub after: Calibrated,
    /// The threshold of two classes.
    pub threshold: f64,
    /// Other thresholds; none of more than two classes.
    pub cuts: Option<Cuts>,
    /// For each class its strongest terms; none of a model without weights.
    pub terms: Option<Vec<Vec<WeighedTerm>>>,
}

/// Name rows that a fit did not see, with its answers.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct ListRows {
    /// Whose answers.
    pub fit: FitBlobs,
    /// Which rows.
    pub pick: Pick,
    /// Most rows that are named.
    pub n_most: u32,
}

/// The next chunk of a pass over the file that a fit learned from, which looks for kinds of reviews in which it is
/// worse than in others. Its bytes are the job's input; the answer's blob are the reviews' row numbers.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SliceChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// Whose answers.
    pub fit: FitBlobs,
    /// The kind whose reviews are listed, if any is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<SliceKind>,
    /// Most reviews that are listed.
    #[serde(default)]
    pub n_most: u32,
}

/// What such a pass found.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SlicesOutput {
    /// The slices.
    pub found: SlicesFound,
    /// The row number of each review (`decode_records`), kept by the executor.
    pub records: BlobRef,
    /// The reviews of the kind that was asked for, those predicted wrong first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Picked>,
}

/// Say where two fits differ that were measured on the same rows.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct CompareFits {
    /// The one.
    pub first: FitBlobs,
    /// The other.
    pub second: FitBlobs,
    /// How the interval of their difference is drawn.
    pub interval: IntervalSpec,
    /// Most reviews that are named.
    pub n_most: u32,
}

/// Where two fits differ.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct FitsCompared {
    /// Class names.
    pub labels: Vec<String>,
    /// Rows that both are right about.
    pub n_both_right: u64,
    /// Rows that the first alone is right about.
    pub n_first_right: u64,
    /// Rows that the second alone is right about.
    pub n_second_right: u64,
    /// Rows that both are wrong about.
    pub n_both_wrong: u64,
    /// Two-sided p-value of McNemar's exact test.
    pub p_value: f64,
    /// Macro F1 of both, and where the difference might lie; none where there are no rows.
    pub f1: Option<PairedF1>,
    /// Rows that they predict differently.
    pub n_changed: u64,
    /// The first of them, by index.
    pub changed: Vec<ChangedRow>,
}

/// A row that two fits predict differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct ChangedRow {
    /// The review, by index.
    pub doc: u32,
    /// Its class.
    pub truth: LabelId,
    /// What the first predicts.
    pub first: LabelId,
    /// What the second predicts.
    pub second: LabelId,
}
