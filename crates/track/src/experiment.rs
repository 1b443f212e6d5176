//! An experiment groups runs about one question.

use serde::{Deserialize, Serialize};

use crate::id::{ExperimentId, Millis};

/// Whether a record is in use or in the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In use.
    #[default]
    Active,
    /// In the trash; it can be restored.
    Deleted,
}

/// A group of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: ExperimentId,
    /// When it was made.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name, unique among active experiments.
    pub name: String,
    /// What the person wrote about it.
    pub note: String,
}
