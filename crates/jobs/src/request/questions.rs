//! What is asked beside trials, and what is answered.

use engine::metrics::Metric;
use engine::num::ContentHash;
use engine::pipeline::PipelineSpec;
use engine::split::SplitSpec;
use engine::tune::{Guesses, Luck, Setting, StudySpec};
use json::{FromJson, ToJson};

/// Learn from a share of the rows: one point of a learning curve.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct LearnFromShare {
    /// The counts to learn from.
    pub counts: ContentHash,
    /// How reviews are parted; of folds drawn several times the first draw is taken.
    pub split: SplitSpec,
    /// What is fitted.
    pub pipeline: PipelineSpec,
    /// Of the rows that each fold learns from.
    pub share: f64,
}

/// Weigh how much of a search's best score is luck.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct MeasureLuck {
    /// The counts to learn from, those of `StudySpec::corpora` in order.
    pub counts: Vec<ContentHash>,
    /// The study.
    pub study: StudySpec,
    /// Which of its searches.
    pub search: usize,
    /// The settings that were tried, of complete trials.
    pub settings: Vec<Setting>,
}

/// How much of a search's best score is luck.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct LuckOutput {
    /// `None` where no setting could be evaluated.
    pub luck: Option<Luck>,
}

/// Measure what guessing the most frequent class scores on a study's folds.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct MeasureGuessing {
    /// The counts to learn from.
    pub counts: ContentHash,
    /// How reviews are parted.
    pub split: SplitSpec,
    /// What is measured.
    #[serde(default)]
    pub metric: Metric,
}

/// What guessing scores.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct GuessOutput {
    /// Of each fold, of all draws in order, and of the test part; `None` where the metric cannot be measured.
    pub guesses: Option<Guesses>,
}
