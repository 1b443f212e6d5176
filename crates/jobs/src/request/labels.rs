//! The job that finds labels which are probably wrong.

use engine::dataset::LabelId;
use engine::metrics::Metrics;
use engine::num::ContentHash;
use engine::pipeline::PipelineSpec;
use engine::split::SplitSpec;
use json::{FromJson, ToJson};

use super::{BlobRef, Session};

/// Find labels that held-out predictions contradict, some of them corrected.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct JudgeLabels {
    /// All questions about one reading of a file go to one worker, which then need not begin anew.
    pub session: Session,
    /// The counts to learn from.
    pub counts: ContentHash,
    /// The terms they count.
    pub terms: ContentHash,
    /// How reviews are parted, by their labels before any correction; of folds drawn several times the first draw is
    /// taken.
    pub split: SplitSpec,
    /// What is fitted.
    pub pipeline: PipelineSpec,
    /// Class names.
    pub labels: Vec<String>,
    /// Reviews, by index, that have another label than the counts say.
    pub corrections: Vec<(u32, LabelId)>,
    /// Most suspects that are named.
    pub n_most: u32,
}

/// What held-out predictions say of labels. The blob is a pipeline fitted on the whole training part.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct LabelsOutput {
    /// Scores of the rows that were held out, against the corrected labels.
    pub held_out: Metrics,
    /// Labels that are probably wrong.
    pub n_suspects: u64,
    /// The surest of them, the surest first.
    pub suspects: Vec<Suspect>,
    /// The encoded `FittedPipeline`, kept by the executor.
    pub pipeline: BlobRef,
    /// Wall time of the fits, in milliseconds.
    pub fit_ms: f64,
}

/// A label that is probably wrong.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct Suspect {
    /// The review, by index.
    pub doc: u32,
    /// Its label.
    pub given: LabelId,
    /// The label that the predictions speak for.
    pub likely: LabelId,
    /// Probability of each class.
    pub probabilities: Vec<f64>,
    /// Some of the reviews that no model can tell from it, with their labels.
    pub like: Vec<(u32, LabelId)>,
}
