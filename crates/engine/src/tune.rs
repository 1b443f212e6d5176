//! A space of settings in, trials out: samplers and the study as ask and tell.
//!
//! A sampler's state is derived from the finished trials in order, so any worker can go on.

mod param;
mod held;
mod range;
mod space;
mod queued;
mod preset;
mod enumeration;
mod ending;
mod problem;
mod check;
mod random;
mod halton;
mod grid;
mod parzen;
mod tpe;
mod study;
mod pruner;
mod pointless;
mod importance;
mod weighed;
mod measure;
mod guessing;
mod luck;
mod learning;
mod figures;

use json::{FromJson, Node, ToJson, Writer};
use serde::{Deserialize, Serialize};

use crate::metrics::Metric;
use crate::num::SortedMap;
use crate::pipeline::{DecisionSpec, PipelineSpec};
use crate::split::SplitSpec;
use crate::text::CleanStep;

pub use ending::SearchEnd;
pub use enumeration::Enumeration;
pub use figures::{distribution, places, ranks, surface};
pub use guessing::{Guesses, guess_folds};
pub use importance::{MIN_IMPORTANCE_TRIALS, TooFewTrials, importances};
pub use learning::{CURVE_SHARES, LearningPoint, MoreLabels, learn_from_share};
pub use luck::{LUCK_RESAMPLES, Luck, MAX_LUCK_BYTES, MAX_LUCK_SETTINGS, luck};
pub use measure::Measure;
pub use param::{MAX_WHOLE, ParamKind};
pub use pointless::{PATIENCE_RANGE, StopRule, fold_interval, fold_noise};
pub use preset::{STUDY_SCHEMA, StudyPreset};
pub use problem::{
    FieldProblem, MAX_CANDIDATES, MAX_CHOICES, MAX_MINUTES, MAX_SEARCHES, MAX_TEST_SHARE, MIN_TEST_SHARE,
    SpecError,
};
pub use pruner::{MAX_RUNGS, PrunerSpec};
pub use space::{CorpusSpec, MAX_CORPORA};
pub use study::{ask, best_trial, known_trial};
pub use weighed::Weighed;

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
    /// A real number from `low` to `high` in steps.
    FloatStep {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Distance of neighbours.
        step: f64,
    },
    /// A whole number from `low` to `high`, even in the logarithm.
    IntLog {
        /// Smallest, at least 1.
        low: i64,
        /// Largest.
        high: i64,
    },
    /// One of these, in no order.
    Choice {
        /// Words or numbers, as the parameter takes them.
        choices: Vec<Value>,
    },
}

/// Parameters that may be searched, by the field's names.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum ParamName {
    /// Inverse regularisation.
    #[serde(rename = "C")]
    C,
    /// Smoothing of naive Bayes.
    Alpha,
    /// Vocabulary size.
    MaxFeatures,
    /// Fewest documents.
    MinDf,
    /// Largest share of documents.
    MaxDf,
    /// What logistic regression minimises.
    Solver,
    /// What a linear SVM loses on a margin.
    Loss,
    /// Weights by class.
    ClassWeight,
    /// Whether complement naive Bayes divides its weights by their sum.
    ComplementNorm,
    /// Trees of a forest.
    NEstimators,
    /// Whether a tree's depth is bounded.
    LimitDepth,
    /// The bound, where `LimitDepth` is not searched or `true`.
    MaxDepth,
    /// Fewest rows of a leaf.
    MinSamplesLeaf,
    /// Columns a split is chosen from.
    ForestMaxFeatures,
    /// What a split is judged by.
    Criterion,
    /// Whether trees learn from rows drawn with replacement.
    Bootstrap,
    /// Plain counts or TF-IDF.
    Vectorizer,
    /// Shortest and longest n-gram, such as `1-2`.
    NgramRange,
    /// A term counts once a document.
    Binary,
    /// `1 + ln(tf)` instead of `tf`; of TF-IDF.
    SublinearTf,
    /// Weights by idf; of TF-IDF.
    UseIdf,
    /// idf smoothed; of TF-IDF.
    SmoothIdf,
    /// How rows are normalised; of TF-IDF.
    Norm,
    /// Tokens that are no terms.
    StopWords,
    /// One of the study's cleaning variants.
    Cleaning,
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
    /// Parameters of the space that are held at a value from now on.
    #[serde(default, skip_serializing_if = "Setting::is_empty")]
    pub frozen: Setting,
    /// Settings asked for by hand: those not tried yet come before any that is drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queued: Vec<Setting>,
}

/// How settings are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SamplerSpec {
    /// Tree-structured Parzen estimator as in Optuna 5.0, every parameter by what was tried with it.
    Tpe {
        /// Trials drawn at random first.
        n_startup_trials: u32,
        /// Candidates of which the most promising is tried.
        n_ei_candidates: u32,
        /// Draw all parameters from one kernel, so that what works together stays together (Optuna 5.0's
        /// default for one objective), rather than each parameter by itself.
        multivariate: bool,
        /// Of spaces where a parameter may not matter: draw together what was tried together, each such
        /// group by its own trials (Optuna's `group=True`).
        #[serde(default, skip_serializing_if = "is_false")]
        group: bool,
    },
    /// Each parameter by itself, as Optuna up to 4 does by default: the prior's mean counts as a neighbour.
    TpeIndependent {
        /// Trials drawn at random first.
        n_startup_trials: u32,
        /// Candidates of which the most promising is tried.
        n_ei_candidates: u32,
    },
    /// Uniform draws.
    Random,
    /// Every combination once, in a mixed order.
    Grid {
        /// Values of each real range, both ends included.
        n_points: u32,
    },
    /// Halton's sequence, its digits permuted at random (Owen 2017): even over the space however few trials.
    QuasiRandom,
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
    /// What settings are compared by; studies that say nothing go by macro F1.
    #[serde(default, skip_serializing_if = "Metric::is_usual")]
    pub metric: Metric,
    /// Everything random in it derives from this.
    pub seed: u64,
    /// Whether a setting may be tried twice, as Optuna does; studies that say nothing did.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub may_repeat: bool,
    /// What trials are pruned by.
    #[serde(default, skip_serializing_if = "PrunerSpec::is_none")]
    pub pruner: PrunerSpec,
    /// When a search is stopped because it is pointless to go on; `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_rule: Option<StopRule>,
    /// Minutes after which no trial is begun or waited for, if that comes before the last trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
    /// What `ParamName::Cleaning` chooses from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanings: Vec<CleaningVariant>,
}

/// Cleaning steps with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct CleaningVariant {
    /// Its name, a choice of `ParamName::Cleaning`.
    pub name: String,
    /// Its steps.
    pub steps: Vec<CleanStep>,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

/// A drawn value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// A word.
    Text(String),
}

impl TrialOutcome {
    /// Complete, in a study after macro F1.
    pub fn complete(fold_f1_macro: Vec<f64>) -> Self {
        Self::Complete { fold_f1_macro, fold_scores: Vec::new() }
    }

    /// Given up, in a study after macro F1.
    pub fn pruned(fold_f1_macro: Vec<f64>) -> Self {
        Self::Pruned { fold_f1_macro, fold_scores: Vec::new() }
    }
}

impl ToJson for Value {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Int(whole) => out.signed(*whole),
            Self::Float(real) => out.real(*real),
            Self::Text(word) => out.text(word),
        }
    }
}

impl FromJson for Value {
    fn read(node: Node<'_>) -> Self {
        match node.integer() {
            Some(whole) => Self::Int(whole),
            None if node.is_text() => Self::Text(String::read(node)),
            None => Self::Float(f64::read(node)),
        }
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
        /// Of a study after another metric, that of each fold: a loss negated, so that more is better.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fold_scores: Vec<f64>,
    },
    /// It was given up for what it showed so far.
    Pruned {
        /// Macro F1 of the folds it saw; of successive halving those of the last subset of rows.
        fold_f1_macro: Vec<f64>,
        /// As of a complete one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fold_scores: Vec<f64>,
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
    /// Mean score on each subset of rows that it saw before all of them; none where they were too few to fit it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rungs: Vec<Option<f64>>,
    /// Wall time in milliseconds; the only part that differs between machines.
    pub elapsed_ms: f64,
}
