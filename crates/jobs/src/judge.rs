//! A judge of labels that is kept between questions, and what it was made of.

use engine::audit::LabelJudge;
use engine::num::ContentHash;
use engine::pipeline::PipelineSpec;
use engine::split::SplitSpec;

use crate::request::JudgeLabels;

/// A judge, and what it was made of.
pub(crate) struct KeptJudge {
    pub counts: ContentHash,
    pub split: SplitSpec,
    pub pipeline: PipelineSpec,
    pub judge: LabelJudge,
}

impl KeptJudge {
    /// Whether it was made of these counts.
    pub fn is_of(&self, counts: ContentHash) -> bool {
        self.counts == counts
    }

    /// Whether it was made of what the job names.
    pub fn is_for(&self, job: &JudgeLabels) -> bool {
        self.counts == job.counts && self.split == job.split && self.pipeline == job.pipeline
    }
}
