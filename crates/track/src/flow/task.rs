//! What a flow can be asked to do, one task at a time.

use engine::split::SplitSpec;
use engine::text::CleanStep;
use engine::tune::StudySpec;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::retry::RetrySpec;

/// One task of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TaskSpec {
    /// Its name, unique in the flow.
    pub key: String,
    /// What it does.
    pub kind: TaskKind,
    /// Tasks that come before it, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// What happens when it has failed.
    pub retry: RetrySpec,
    /// Seconds after which it has failed; none: it may take as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
    /// Whether what it gave before is taken where nothing that it depends on has changed.
    pub is_cached: bool,
}

/// What a task does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "they live one at a time, in a definition that is read at once")]
pub enum TaskKind {
    /// Look through the newest file of a dataset: whether it is whole, and what it holds.
    LoadData {
        /// Its shown name; empty: the dataset that was used last.
        dataset: String,
    },
    /// Settle how texts are cleaned.
    Clean {
        /// The steps; none: those of the dataset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steps: Option<Vec<CleanStep>>,
    },
    /// Settle which rows are learned from and which are held out.
    Split {
        /// How.
        split: SplitSpec,
    },
    /// Read the file, clean its texts and count their words.
    Vectorise,
    /// Search for the best settings and fit them.
    Tune {
        /// What is searched; cleaning and parts are those of the tasks before.
        study: StudySpec,
    },
    /// Fit one model with given settings.
    Fit {
        /// A study of one trial; cleaning and parts are those of the tasks before.
        study: StudySpec,
    },
    /// Compare what was fitted with the model's champion, on the same held-out rows.
    Evaluate {
        /// The registered model.
        model: String,
    },
    /// Write into the runs which flow made them.
    Log,
    /// Make what was fitted the next version of a model.
    Register {
        /// The registered model.
        model: String,
    },
    /// Make that version the champion if it deserves it, else the challenger.
    Promote {
        /// The registered model.
        model: String,
        /// When it deserves it.
        rule: PromotionRule,
    },
    /// Score the new files of a folder, each with a result beside it.
    ScoreFolder {
        /// The registered model, of which the version that answers is asked.
        model: String,
        /// The folder: a path, or the name under which it was picked.
        folder: String,
    },
    /// Look whether the reviews that were scored before it, else the data, are still of the kind the model was tested on.
    CheckDrift {
        /// The registered model.
        model: String,
    },
}

impl TaskKind {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LoadData { .. } => "Load data",
            Self::Clean { .. } => "Clean",
            Self::Split { .. } => "Split",
            Self::Vectorise => "Count words",
            Self::Tune { .. } => "Tune",
            Self::Fit { .. } => "Fit",
            Self::Evaluate { .. } => "Evaluate",
            Self::Log => "Log",
            Self::Register { .. } => "Register",
            Self::Promote { .. } => "Promote by rule",
            Self::ScoreFolder { .. } => "Score new reviews",
            Self::CheckDrift { .. } => "Check drift",
        }
    }

    /// Whether it changes what stands outside the flow: done once for a flow run, however often it goes on.
    pub fn is_effect(&self) -> bool {
        matches!(self, Self::Log | Self::Register { .. } | Self::Promote { .. } | Self::ScoreFolder { .. })
    }
}

/// When a new version becomes the champion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PromotionRule {
    /// Greatest p-value of the paired test at which it counts as better.
    pub max_p_value: f64,
    /// Most recall that any class may lose, as a share.
    pub max_recall_loss: f64,
    /// Most bytes it may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// Most milliseconds it may take for 1,000 reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_predict_ms: Option<f64>,
}
