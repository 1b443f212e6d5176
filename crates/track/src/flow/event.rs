//! What happened around flows: the feed, and what automations listen to.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::state::StateName;
use crate::id::{AutomationId, DeploymentId, FlowEventId, FlowRunId, Millis};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct FlowEvent {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: FlowEventId,
    /// When.
    pub at: Millis,
    /// What.
    pub happening: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happening {
    /// A flow run came to a state.
    FlowRunState {
        /// The flow run.
        flow_run: FlowRunId,
        /// Its name.
        name: String,
        /// Its deployment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<DeploymentId>,
        /// The state.
        state: StateName,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        message: String,
    },
    /// Reviews differ from those a model learned from.
    DriftFound {
        /// The model.
        model: String,
        /// What differs, in one sentence.
        reason: String,
    },
    /// A metric of a model was measured.
    Metric {
        /// The model.
        model: String,
        /// Its name.
        name: String,
        /// Its value.
        value: f64,
    },
    /// A model has a new version.
    NewVersion {
        /// The model.
        model: String,
        /// Its number.
        version: u32,
    },
    /// An automation did what it does.
    AutomationFired {
        /// Which.
        automation: AutomationId,
        /// Its name.
        name: String,
    },
}

impl Happening {
    /// What it is called, after Prefect: `flow-run.Completed`.
    pub fn name(&self) -> String {
        match self {
            Self::FlowRunState { state, .. } => format!("flow-run.{}", state.as_str()),
            Self::DriftFound { .. } => "drift.found".to_owned(),
            Self::Metric { .. } => "metric.measured".to_owned(),
            Self::NewVersion { .. } => "model-version.registered".to_owned(),
            Self::AutomationFired { .. } => "automation.fired".to_owned(),
        }
    }
}
