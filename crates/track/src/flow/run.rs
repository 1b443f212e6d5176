//! One run of a flow, one run of a task in it, and what a task gave.

use engine::num::{ContentHash, SortedMap};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::folder::ScoredFile;
use super::state::State;
use crate::dataset::DatasetRef;
use crate::id::{AutomationId, DeploymentId, FlowId, FlowRunId, Millis, RunId, TaskRunId};

/// Why a flow run was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cause {
    /// A person asked for it.
    Person {
        /// Who.
        who: String,
    },
    /// It was due.
    Schedule {
        /// Which of the deployment's schedules.
        schedule: u32,
    },
    /// An automation asked for it.
    Automation {
        /// Which.
        automation: AutomationId,
    },
    /// It goes on where another ended.
    GoesOn {
        /// The other.
        earlier: FlowRunId,
    },
}

/// One run of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct FlowRun {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: FlowRunId,
    /// The first of the runs that went on from one another: effects are done once for all of them.
    pub root: FlowRunId,
    /// Memorable name.
    pub name: String,
    /// The flow.
    pub flow: FlowId,
    /// Its version.
    pub version: u32,
    /// The deployment it belongs to, where it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentId>,
    /// When it was made.
    pub created: Millis,
    /// When it was to begin.
    pub due: Millis,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Millis>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// Why it was made.
    pub cause: Cause,
    /// How it stands.
    pub state: State,
    /// How it stood before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<State>,
    /// How many states it has had.
    pub n_states: u32,
    /// When what runs it last said that it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Millis>,
    /// Warnings among its log.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_warnings: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// One task of a flow run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TaskRun {
    /// Schema number of this record.
    pub schema: u32,
    /// Begins with the flow run's.
    pub id: TaskRunId,
    /// The flow run.
    pub flow_run: FlowRunId,
    /// The task's name.
    pub task: String,
    /// When it was made.
    pub created: Millis,
    /// When it first began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Millis>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// How often it was begun.
    pub n_begun: u32,
    /// How many states it has had.
    pub n_states: u32,
    /// How it stands.
    pub state: State,
    /// How it stood before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<State>,
    /// What its result is kept under.
    pub cache_key: ContentHash,
}

impl FlowRun {
    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        self.state.is_terminal()
    }
}

impl TaskRun {
    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        self.state.is_terminal()
    }
}

/// What a task gave, under the hash of all that it depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TaskResult {
    /// Schema number of this record.
    pub schema: u32,
    /// Hash of what it depends on.
    pub key: ContentHash,
    /// When it was given.
    pub created: Millis,
    /// The task run that gave it.
    pub task_run: TaskRunId,
    /// What.
    pub output: TaskOutput,
}

/// What a task gives to those after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TaskOutput {
    /// A file that was looked through.
    Data {
        /// Hash of its bytes.
        file: ContentHash,
        /// Rows in it.
        n_rows: u64,
    },
    /// How it is read: a recipe under its hash.
    Recipe {
        /// The hash.
        recipe: ContentHash,
    },
    /// How its rows are parted.
    Parts,
    /// What was counted, blobs under their hashes.
    Counts {
        /// File and recipe.
        data: DatasetRef,
        /// Kept rows of each class, with its name.
        classes: Vec<(String, u64)>,
        /// Counts and terms of each corpus, in the study's order.
        corpora: Vec<(ContentHash, ContentHash)>,
    },
    /// The best of a study, fitted.
    Fit {
        /// The study's run.
        study: RunId,
        /// The fit's run.
        fit: RunId,
        /// The saved pipeline.
        pipeline: ContentHash,
        /// Scores of the rows it did not see.
        out_of_fold: ContentHash,
    },
    /// How it compares with the champion.
    Scores {
        /// Metrics by name: `test_f1`, `n_champion_right`, `p_value`, …
        metrics: SortedMap<String, f64>,
        /// Why it could not be compared, where it could not.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Runs were marked.
    Logged {
        /// How many.
        n_runs: u32,
    },
    /// A version of a model.
    Version {
        /// The model.
        model: String,
        /// Its version.
        version: u32,
        /// Whether it is new.
        is_new: bool,
    },
    /// What was decided of it.
    Promoted {
        /// Whether it is the champion now.
        is_champion: bool,
        /// Why, in one sentence.
        reason: String,
    },
    /// New files of a folder, scored.
    Scored {
        /// The folder, as its task names it.
        folder: String,
        /// The model.
        model: String,
        /// The version of it that answered.
        version: u32,
        /// The files, by name.
        files: Vec<ScoredFile>,
    },
    /// Whether reviews are of another kind than those the model was tested on.
    Drift {
        /// Whether they are.
        is_found: bool,
        /// Reviews that were looked at.
        n_rows: u64,
        /// What differs, in one sentence.
        sentence: String,
    },
}
