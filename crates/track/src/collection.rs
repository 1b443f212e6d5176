//! The collections that records are kept in, and what may become of what lies there.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// The collections of the store, in the order a project file lists them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// `Experiment` by id.
    Experiments,
    /// `RecipeRecord` by hash.
    Recipes,
    /// `Dataset` by id.
    Datasets,
    /// `Run` by id.
    Runs,
    /// `RegistryEvent` by id: append-only.
    Registry,
    /// `Saved` by id.
    Saved,
    /// `KeptPrediction` and `PredictionBatch` by id: only added to, or removed.
    Predictions,
    /// `Feedback` by id: only added to, or removed.
    Feedback,
    /// `FlowDefinition` by id and version.
    Flows,
    /// `Deployment` by id.
    Deployments,
    /// `FlowRun` by id: once it has ended, it stays.
    FlowRuns,
    /// `TaskRun` by id, which begins with its flow run's: once it has ended, it stays.
    TaskRuns,
    /// `TaskResult` by the hash of what it depends on.
    TaskResults,
    /// `LogPage` by flow run and number.
    FlowLogs,
    /// `FlowEvent` by id: only added to, or removed.
    FlowEvents,
    /// `Automation` by id.
    Automations,
    /// `AbTest` by id: once it has ended, it stays.
    AbTests,
    /// `AbAnswer` by id: only added to, or removed once taken.
    AbAnswers,
    /// `KeptReport` by id: only added to, or removed.
    Reports,
}

impl Collection {
    /// All of them, in order.
    pub const ALL: [Collection; 19] = [
        Self::Experiments,
        Self::Recipes,
        Self::Datasets,
        Self::Runs,
        Self::Registry,
        Self::Saved,
        Self::Predictions,
        Self::Feedback,
        Self::Flows,
        Self::Deployments,
        Self::FlowRuns,
        Self::TaskRuns,
        Self::TaskResults,
        Self::FlowLogs,
        Self::FlowEvents,
        Self::Automations,
        Self::AbTests,
        Self::AbAnswers,
        Self::Reports,
    ];

    /// Whether a project file without it is whole: it came after the first version.
    pub fn may_lack_in_project_file(self) -> bool {
        !matches!(self, Self::Experiments | Self::Recipes | Self::Datasets | Self::Runs | Self::Registry)
    }

    /// Whether a record of it can be forgotten: what people typed is theirs to take back, and what flows said or kept
    /// for later grows without end.
    pub fn may_be_removed(self) -> bool {
        self.is_only_added_to() || matches!(self, Self::FlowLogs | Self::TaskResults)
    }

    /// Whether a record of it stays as it was written, for as long as it is kept.
    pub fn is_only_added_to(self) -> bool {
        matches!(
            self,
            Self::Predictions | Self::Feedback | Self::FlowEvents | Self::AbAnswers | Self::Reports
        )
    }

    /// Its name in the database and in a project file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Experiments => "experiments",
            Self::Recipes => "recipes",
            Self::Datasets => "datasets",
            Self::Runs => "runs",
            Self::Registry => "registry",
            Self::Saved => "saved",
            Self::Predictions => "predictions",
            Self::Feedback => "feedback",
            Self::Flows => "flows",
            Self::Deployments => "deployments",
            Self::FlowRuns => "flow_runs",
            Self::TaskRuns => "task_runs",
            Self::TaskResults => "task_results",
            Self::FlowLogs => "flow_logs",
            Self::FlowEvents => "flow_events",
            Self::Automations => "automations",
            Self::AbTests => "ab_tests",
            Self::AbAnswers => "ab_answers",
            Self::Reports => "reports",
        }
    }
}
