//! Every kind of record there is, and which collection it is kept in.

use engine::quote::Quoted;
use json::{Document, FromJson, JsonError, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::SCHEMA;
use crate::ab_test::{AbAnswer, AbTest};
pub use crate::collection::Collection;
use crate::dataset::{Dataset, RecipeRecord};
use crate::experiment::Experiment;
use crate::flow::{
    Automation, Deployment, FlowDefinition, FlowEvent, FlowRun, LogPage, TaskKind, TaskResult, TaskRun,
};
use crate::prediction::{Feedback, KeptPrediction, PredictionBatch};
use crate::registry::RegistryEvent;
use crate::report::KeptReport;
use crate::run::{Run, RunSpec};
use crate::saved::{Saved, SavedContent};

/// One record of any kind, as it is stored and as a project file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "nearly all records are runs: a box for each would cost more")]
pub enum Record {
    /// A group of runs.
    Experiment(Experiment),
    /// A recipe under its hash.
    Recipe(RecipeRecord),
    /// A stored file and what reading it gave.
    Dataset(Dataset),
    /// A study, trial or fit.
    Run(Run),
    /// An entry of the registry's history.
    Registry(RegistryEvent),
    /// Something kept under a name.
    Saved(Saved),
    /// The answer to one text.
    Prediction(KeptPrediction),
    /// The answers to the reviews of a file.
    PredictionBatch(PredictionBatch),
    /// What a person said of an answer.
    Feedback(Feedback),
    /// A version of a flow.
    Flow(FlowDefinition),
    /// A flow that is run when it is due.
    Deployment(Deployment),
    /// One run of a flow.
    FlowRun(FlowRun),
    /// One task of a flow run.
    TaskRun(TaskRun),
    /// What a task gave.
    TaskResult(TaskResult),
    /// What a flow run said.
    FlowLog(LogPage),
    /// Something that happened around flows.
    FlowEvent(FlowEvent),
    /// What is done by itself, and when.
    Automation(Automation),
    /// An A/B test.
    AbTest(AbTest),
    /// A review that waits to be taken into one.
    AbAnswer(AbAnswer),
    /// A report of drift.
    Report(KeptReport),
}

impl Record {
    /// Where it is kept.
    pub fn collection(&self) -> Collection {
        match self {
            Self::Experiment(_) => Collection::Experiments,
            Self::Recipe(_) => Collection::Recipes,
            Self::Dataset(_) => Collection::Datasets,
            Self::Run(_) => Collection::Runs,
            Self::Registry(_) => Collection::Registry,
            Self::Saved(_) => Collection::Saved,
            Self::Prediction(_) | Self::PredictionBatch(_) => Collection::Predictions,
            Self::Feedback(_) => Collection::Feedback,
            Self::Flow(_) => Collection::Flows,
            Self::Deployment(_) => Collection::Deployments,
            Self::FlowRun(_) => Collection::FlowRuns,
            Self::TaskRun(_) => Collection::TaskRuns,
            Self::TaskResult(_) => Collection::TaskResults,
            Self::FlowLog(_) => Collection::FlowLogs,
            Self::FlowEvent(_) => Collection::FlowEvents,
            Self::Automation(_) => Collection::Automations,
            Self::AbTest(_) => Collection::AbTests,
            Self::AbAnswer(_) => Collection::AbAnswers,
            Self::Report(_) => Collection::Reports,
        }
    }

    /// Its key in that collection.
    pub fn key(&self) -> String {
        match self {
            Self::Experiment(experiment) => experiment.id.0.clone(),
            Self::Recipe(recipe) => recipe.hash.to_string(),
            Self::Dataset(dataset) => dataset.id.0.clone(),
            Self::Run(run) => run.id.0.clone(),
            Self::Registry(event) => event.id.0.clone(),
            Self::Saved(saved) => saved.id.0.clone(),
            Self::Prediction(prediction) => prediction.id.0.clone(),
            Self::PredictionBatch(batch) => batch.id.0.clone(),
            Self::Feedback(feedback) => feedback.id.0.clone(),
            Self::Flow(flow) => flow.key(),
            Self::Deployment(deployment) => deployment.id.0.clone(),
            Self::FlowRun(run) => run.id.0.clone(),
            Self::TaskRun(run) => run.id.0.clone(),
            Self::TaskResult(result) => result.key.to_string(),
            Self::FlowLog(page) => page.key(),
            Self::FlowEvent(event) => event.id.0.clone(),
            Self::Automation(automation) => automation.id.0.clone(),
            Self::AbTest(test) => test.id.0.clone(),
            Self::AbAnswer(answer) => answer.id.0.clone(),
            Self::Report(report) => report.id.0.clone(),
        }
    }

    /// The schema number it carries.
    pub fn schema(&self) -> u32 {
        match self {
            Self::Experiment(experiment) => experiment.schema,
            Self::Recipe(recipe) => recipe.schema,
            Self::Dataset(dataset) => dataset.schema,
            Self::Run(run) => run.schema,
            Self::Registry(event) => event.schema,
            Self::Saved(saved) => saved.schema,
            Self::Prediction(prediction) => prediction.schema,
            Self::PredictionBatch(batch) => batch.schema,
            Self::Feedback(feedback) => feedback.schema,
            Self::Flow(flow) => flow.schema,
            Self::Deployment(deployment) => deployment.schema,
            Self::FlowRun(run) => run.schema,
            Self::TaskRun(run) => run.schema,
            Self::TaskResult(result) => result.schema,
            Self::FlowLog(page) => page.schema,
            Self::FlowEvent(event) => event.schema,
            Self::Automation(automation) => automation.schema,
            Self::AbTest(test) => test.schema,
            Self::AbAnswer(answer) => answer.schema,
            Self::Report(report) => report.schema,
        }
    }

    /// Its one stored form: compact JSON, fields in the order of the type.
    ///
    /// # Errors
    /// Where a number in it is NaN or infinite.
    pub fn to_json(&self) -> Result<String, RecordError> {
        let not_finite = |reason: String| RecordError::NotFinite { reason };
        match self {
            Self::Run(run) => run.check_finite().map_err(|error| not_finite(error.to_string()))?,
            Self::Prediction(kept) => kept.check_finite().map_err(|error| not_finite(error.to_string()))?,
            Self::PredictionBatch(kept) => {
                kept.check_finite().map_err(|error| not_finite(error.to_string()))?;
            }
            Self::Report(kept) => kept.check_finite().map_err(|error| not_finite(error.to_string()))?,
            _ => {}
        }
        Ok(json::to_string(self))
    }

    /// Reads a record from JSON, whatever its kind.
    ///
    /// # Errors
    /// Where it is no record, a record of a newer build, or one with a field that does not fit.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let document = Document::parse(text).map_err(not_a_record)?;
        let head: Head = document.read().map_err(not_a_record)?;
        if head.schema == 0 || head.schema > SCHEMA {
            return Err(RecordError::Newer { what: head.kind, found: head.schema, known: SCHEMA });
        }
        if !KINDS.contains(&head.kind.as_str()) {
            return Err(RecordError::UnknownType { found: head.kind });
        }
        let record: Self = document
            .read()
            .map_err(|error| RecordError::Invalid { what: head.kind, reason: error.to_string() })?;
        match record.inner_schema() {
            Some((what, found)) if found > SCHEMA => {
                Err(RecordError::Newer { what: what.to_owned(), found, known: SCHEMA })
            }
            _ => Ok(record),
        }
    }

    /// The schema of the engine's value inside, where there is one.
    fn inner_schema(&self) -> Option<(&'static str, u32)> {
        match self {
            Self::Recipe(recipe) => Some(("recipe", recipe.recipe.schema)),
            Self::Run(run) => match &run.spec {
                Some(RunSpec::Study(study)) => Some(("study", study.schema)),
                _ => None,
            },
            Self::Saved(saved) => match &saved.content {
                SavedContent::Study { study } => Some(("study", study.schema)),
                SavedContent::Cleaning { .. }
                | SavedContent::RunsView { .. }
                | SavedContent::Board { .. } => None,
            },
            Self::Flow(flow) => {
                let study = |kind: &TaskKind| match kind {
                    TaskKind::Tune { study } | TaskKind::Fit { study } => Some(study.schema),
                    _ => None,
                };
                let newest = flow.tasks.iter().filter_map(|task| study(&task.kind)).max();
                newest.map(|schema| ("study", schema))
            }
            _ => None,
        }
    }
}

/// What every stored record begins with.
#[derive(Deserialize, FromJson)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    schema: u32,
}

/// Every `type` a record may have.
const KINDS: [&str; 20] = [
    "experiment",
    "recipe",
    "dataset",
    "run",
    "registry",
    "saved",
    "prediction",
    "prediction_batch",
    "feedback",
    "flow",
    "deployment",
    "flow_run",
    "task_run",
    "task_result",
    "flow_log",
    "flow_event",
    "automation",
    "ab_test",
    "ab_answer",
    "report",
];

fn not_a_record(error: JsonError) -> RecordError {
    RecordError::NotARecord { reason: error.to_string() }
}

/// Why a text is no record that can be used, or a record cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It is not JSON, or has no type or no schema number.
    #[error("this is no record of Reviewlab: {reason}")]
    NotARecord {
        /// What the parser said.
        reason: String,
    },
    /// Its schema number is one this build does not know.
    #[error(
        "this {what} was written by another version of Reviewlab (schema {found}, this one knows 1 to {known}): open it with a newer one",
        what = Quoted(.what)
    )]
    Newer {
        /// Kind of record.
        what: String,
        /// Its number.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Its type is one this build does not know.
    #[error(
        "this build of Reviewlab knows no record of type '{found}': open it with a newer one",
        found = Quoted(.found)
    )]
    UnknownType {
        /// The type.
        found: String,
    },
    /// A field is missing or does not fit.
    #[error(
        "this {what} cannot be read: {reason}",
        what = Quoted(.what)
    )]
    Invalid {
        /// Kind of record.
        what: String,
        /// What the parser said.
        reason: String,
    },
    /// It holds a number that JSON has no form for.
    #[error("{reason}")]
    NotFinite {
        /// Which run and which number.
        reason: String,
    },
}
