//! An experiment groups runs about one question.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::SCHEMA;
use crate::id::{ExperimentId, Millis};

/// Whether a record is in use or in the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In use.
    #[default]
    Active,
    /// In the trash; it can be restored.
    Deleted,
}

/// A group of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
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

impl Experiment {
    /// A new one, about a file: it has the file's name without its ending.
    pub fn about(file_name: &str, id: ExperimentId, created: Millis) -> Self {
        Self {
            schema: SCHEMA,
            id,
            created,
            lifecycle: Lifecycle::Active,
            name: Self::name_about(file_name).to_owned(),
            note: String::new(),
        }
    }

    /// What the experiment about a file is called.
    pub fn name_about(file_name: &str) -> &str {
        file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem)
    }

    /// Whether it is the one in use about that file.
    pub fn is_about(&self, file_name: &str) -> bool {
        self.lifecycle == Lifecycle::Active && self.name == Self::name_about(file_name)
    }
}
