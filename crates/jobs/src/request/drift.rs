//! The job that holds answered reviews against those a model was tested on.

use engine::num::ContentHash;
use json::{FromJson, ToJson};

use super::{LearnedFrom, Request};

/// Say whether answered reviews are of another kind than those a model was tested on.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct CheckDrift {
    /// The answered rows with their texts (`watch::rows`), in pieces.
    pub rows: Vec<ContentHash>,
    /// The encoded `FittedPipeline` that answered.
    pub pipeline: ContentHash,
    /// The profile of the reviews that tested it.
    pub profile: ContentHash,
    /// What it has learned from, where that is stored: its answers to reviews that are in it say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<LearnedFrom>,
}

impl CheckDrift {
    /// Blobs that it is asked about.
    pub(crate) fn needs(&self) -> Vec<ContentHash> {
        let learned = self.learned.iter().flat_map(LearnedFrom::blobs);
        let all = self.rows.iter().copied().chain([self.pipeline, self.profile]);
        all.chain(learned).collect()
    }
}

/// The same, with all there is to say of it.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ReportDrift {
    /// What is held against what.
    pub check: CheckDrift,
    /// Answered rows of the file that the model learned from, with their texts; none where it is not at hand.
    pub reference: Vec<ContentHash>,
    /// Rows that repeat an earlier one are left out of both, as they were of what tested the model.
    pub are_repeats_out: bool,
    /// What the model, the reference and the batch are called.
    pub names: [String; 3],
    /// Most deals of the test of texts.
    pub n_deals: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct DriftChecked {
    /// Whether they are.
    pub is_found: bool,
    /// What differs, in one sentence.
    pub sentence: String,
    /// Reviews that were looked at.
    pub n_rows: u64,
    /// Macro F1 that is to be expected of the answers, as far as their probabilities tell.
    pub expected_f1_macro: Option<f64>,
    /// Macro F1 by the rows' labels, where they have some.
    pub realised_f1_macro: Option<f64>,
}

impl Request {
    /// Of the blobs that `needs` names, those it can do without: where they are gone the answer says so.
    pub fn can_lack(&self) -> Vec<ContentHash> {
        let learned = match self {
            Self::RescoreChunk(job) => &job.rescore.learned,
            Self::CheckDrift(job) | Self::ReportDrift(ReportDrift { check: job, .. }) => &job.learned,
            _ => &None,
        };
        learned.iter().flat_map(LearnedFrom::blobs).collect()
    }
}
