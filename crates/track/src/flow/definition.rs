//! A flow: its tasks as data, in versions.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::task::TaskSpec;
use crate::experiment::Lifecycle;
use crate::id::{FlowId, Millis};

/// One version of a flow. A version never changes but for its place: an edit makes the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct FlowDefinition {
    /// Schema number of this record.
    pub schema: u32,
    /// The same in all versions; sortable by time.
    pub id: FlowId,
    /// 1, 2, …
    pub version: u32,
    /// When this version was made.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name.
    pub name: String,
    /// Its tasks.
    pub tasks: Vec<TaskSpec>,
}

impl FlowDefinition {
    /// Its task of that name.
    pub fn task(&self, key: &str) -> Option<&TaskSpec> {
        self.tasks.iter().find(|task| task.key == key)
    }

    /// Its key in the store: versions of one flow stand side by side, in order.
    pub fn key(&self) -> String {
        format!("{}.{:06}", self.id, self.version)
    }
}
