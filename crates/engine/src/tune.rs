//! A space of settings in, trials out: samplers and the study as ask and tell.
//!
//! A sampler's state is derived from the finished trials in order, so any worker can go on.

mod random;
mod parzen;
mod tpe;
mod space;
mod check;
mod study;

use json::{FromJson, Node, ToJson, Writer};
use serde::{Deserialize, Serialize};

use crate::num::SortedMap;
use crate::pipeline::{DecisionSpec, PipelineSpec};
use crate::split::SplitSpec;
use crate::text::CleanStep;

pub use check::{MAX_CANDIDATES, MAX_SEARCHES, MAX_TEST_SHARE, MAX_WHOLE, MIN_TEST_SHARE, SpecError};
pub use space::STUDY_SCHEMA;
pub use study::{ask, best_trial, known_outcome};

/// Most trials one search may have.
pub const MAX_TRIALS: u32 = 100_000;

/// The values a parameter may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Range {
    /// A real number from `low` to `high`, both included.
    Float {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Even in the logarithm.
        log: bool,
    },
    /// A whole number from `low` to `high` in steps.
    Int {
        /// Smallest.
        low: i64,
        /// Largest.
        high: i64,
        /// Distance of neighbours.
        step: i64,
    },
}

/// Parameters that may be searched, by the field's names.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
pub enum ParamName {
    /// Inverse regularisation.
    C,
    /// Smoothing of naive Bayes.
    #[serde(rename = "alpha")]
    Alpha,
    /// Vocabulary size.
    #[serde(rename = "max_features")]
    MaxFeatures,
    /// Fewest documents.
    #[serde(rename = "min_df")]
    MinDf,
    /// Largest share of documents.
    #[serde(rename = "max_df")]
    MaxDf,
}

/// One search: a model family over a space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct SearchSpec {
    /// Every value that is not searched; also the starting point of the pipeline's shape.
    pub base: PipelineSpec,
    /// What is searched, in the order values are drawn.
    pub space: Vec<(ParamName, Range)>,
    /// Trials.
    pub n_trials: u32,
}

/// How settings are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SamplerSpec {
    /// Tree-structured Parzen estimator as in Optuna 5.0, with `group=False`.
    Tpe {
        /// Trials drawn at random first.
        n_startup_trials: u32,
        /// Candidates of which the most promising is tried.
        n_ei_candidates: u32,
        /// Draw all parameters from one kernel, so that what works together stays together (Optuna 5.0's
        /// default for one objective), rather than each parameter by itself.
        multivariate: bool,
    },
    /// Uniform draws.
    Random,
}

/// A study: independent searches over the same data, split and cleaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct StudySpec {
    /// Schema number of this record.
    pub schema: u32,
    /// Cleaning steps, as in the dataset's recipe.
    pub cleaning: Vec<CleanStep>,
    /// Split and folds.
    pub split: SplitSpec,
    /// How settings are drawn.
    pub sampler: SamplerSpec,
    /// One search a model.
    pub searches: Vec<SearchSpec>,
    /// How scores become answers, learned from the held-out scores of each best setting.
    #[serde(default, skip_serializing_if = "DecisionSpec::is_the_models")]
    pub decision: DecisionSpec,
    /// Everything random in it derives from this.
    pub seed: u64,
}

/// A drawn value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
}

impl ToJson for Value {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Int(whole) => out.signed(*whole),
            Self::Float(real) => out.real(*real),
        }
    }
}

impl FromJson for Value {
    fn read(node: Node<'_>) -> Self {
        node.integer().map_or_else(|| Self::Float(f64::read(node)), Self::Int)
    }
}

/// A setting: one value for each searched parameter.
pub type Setting = SortedMap<ParamName, Value>;

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum TrialOutcome {
    /// Macro F1 of each fold, in order.
    Complete {
        /// One a fold.
        fold_f1_macro: Vec<f64>,
    },
    /// It could not be evaluated.
    Failed {
        /// One sentence.
        reason: String,
    },
}

/// A finished trial of one search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Trial {
    /// From 0, in the order asked.
    pub number: u32,
    /// What was tried.
    pub setting: Setting,
    /// What came out.
    pub outcome: TrialOutcome,
    /// Wall time in milliseconds; the only part that differs between machines.
    pub elapsed_ms: f64,
}
