//! What a person keeps under a name, to use it again: cleanings, settings of studies, views of runs, boards of charts.

use engine::text::CleanStep;
use engine::tune::StudySpec;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::SCHEMA;
use crate::board::Card;
use crate::experiment::Lifecycle;
use crate::id::{ExperimentId, Millis, SavedId};

/// Something kept under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Saved {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: SavedId,
    /// When it was kept first.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name.
    pub name: String,
    /// What it is.
    pub content: SavedContent,
}

/// What can be kept under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "they live one at a time, in a record that is written at once")]
pub enum SavedContent {
    /// A cleaning.
    Cleaning {
        /// Its steps, in order.
        steps: Vec<CleanStep>,
    },
    /// What the table of runs shows, and how.
    RunsView {
        /// What the page's address says of it, from its `?` on.
        query: String,
    },
    /// Settings of a study, before it follows any data.
    Study {
        /// What it asks for.
        study: StudySpec,
    },
    /// Charts of runs.
    Board {
        /// The experiment whose runs they show; none for the runs of all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        experiment: Option<ExperimentId>,
        /// In order.
        cards: Vec<Card>,
    },
}

impl Saved {
    /// Kept for the first time at `created`.
    pub fn new(name: &str, content: SavedContent, id: SavedId, created: Millis) -> Self {
        let lifecycle = Lifecycle::Active;
        Self { schema: SCHEMA, id, created, lifecycle, name: name.to_owned(), content }
    }
}
