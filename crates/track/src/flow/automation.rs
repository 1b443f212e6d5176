//! An automation: when something happens, or does not, then something is done.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::state::StateName;
use crate::experiment::Lifecycle;
use crate::id::{AutomationId, DeploymentId, FlowEventId, Millis};

/// Whether an automation waits for something, or for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Posture {
    /// It acts when it has happened.
    #[default]
    Reactive,
    /// It acts when it has not happened.
    Proactive,
}

/// What is listened to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Expectation {
    /// A flow run comes to one of these states.
    FlowState {
        /// Of this deployment only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<DeploymentId>,
        /// The states; none: any.
        states: Vec<StateName>,
    },
    /// Drift is found.
    Drift {
        /// Of this model only; empty: of any.
        model: String,
    },
    /// A metric is measured above or below a value.
    Metric {
        /// Of this model only; empty: of any.
        model: String,
        /// Its name.
        name: String,
        /// Above it, else below.
        is_over: bool,
        /// The value.
        value: f64,
    },
    /// A version is registered.
    NewVersion {
        /// Of this model only; empty: of any.
        model: String,
    },
}

/// When an automation acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Trigger {
    /// Because it happened, or because it did not.
    pub posture: Posture,
    /// What is listened to.
    pub expect: Expectation,
    /// How often it has to happen, 1 or more.
    pub threshold: u32,
    /// Within how many seconds; 0: whenever.
    pub within_s: u64,
}

/// What an automation does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// A deployment is run.
    RunDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// A deployment's schedules are switched off.
    PauseSchedules {
        /// Whose.
        deployment: DeploymentId,
    },
    /// An alias comes to a model's newest version.
    MoveAlias {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
    },
    /// The person is told.
    Notify {
        /// What.
        text: String,
    },
}

/// How far a trigger has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TriggerProgress {
    /// When what was listened to happened, as far as it still counts, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Millis>,
    /// Since when it is listened for what does not happen.
    pub since: Millis,
    /// When it last acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired: Option<Millis>,
    /// The last event that it counted: it, and what came before it, is not counted again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<FlowEventId>,
}

/// When something happens, or does not, then something is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Automation {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: AutomationId,
    /// When it was made.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name.
    pub name: String,
    /// Whether it listens.
    pub is_active: bool,
    /// When it acts.
    pub trigger: Trigger,
    /// What it does, in order.
    pub actions: Vec<Action>,
    /// How far it has come.
    pub progress: TriggerProgress,
}
