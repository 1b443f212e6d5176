//! A deployment: a flow that is run when it is due, or when somebody asks.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use crate::experiment::Lifecycle;
use crate::id::{DeploymentId, FlowId, Millis};

/// What happens to a run that would be one too many at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// It waits for its turn.
    #[default]
    Queue,
    /// It is cancelled.
    CancelNew,
}

/// A flow, when it is run, and how often at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Deployment {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: DeploymentId,
    /// When it was made.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name, unique among those in use.
    pub name: String,
    /// The flow.
    pub flow: FlowId,
    /// Its version; none: always the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// When it is run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// Most of its runs at a time, 1 or more.
    pub n_at_a_time: u32,
    /// What happens to one more.
    pub overflow: Overflow,
}
