//! A dataset: a stored file and the recipe that reads it into labelled reviews.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use serde::{Deserialize, Serialize};

use crate::experiment::Lifecycle;
use crate::id::{DatasetId, Millis};

/// Where a dataset came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// A file the person gave, by its name.
    File {
        /// Its name on the person's disk, without folders.
        name: String,
    },
    /// The sample reviews that come with the site.
    Sample,
}

/// What a run points at: the file's bytes and how they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetRef {
    /// Hash of the file's bytes.
    pub file: ContentHash,
    /// Hash of the recipe (`RecipeRecord::hash`).
    pub recipe: ContentHash,
}

/// A stored file, what it is called, and what reading it by its recipe gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: DatasetId,
    /// When it was first used.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// The file and the recipe.
    pub data: DatasetRef,
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Rows kept after missing cells, repeats and bad rows were set aside.
    pub n_rows: u64,
    /// Kept rows of each class, in label order, with the class's name.
    pub classes: Vec<(String, u64)>,
}

/// A recipe under its hash, stored once however many runs point at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecipeRecord {
    /// Schema number of this record.
    pub schema: u32,
    /// SHA-256 of the recipe's canonical JSON.
    pub hash: ContentHash,
    /// When it was first used.
    pub created: Millis,
    /// Mapping, cleaning and fixes.
    pub recipe: DatasetRecipe,
}
