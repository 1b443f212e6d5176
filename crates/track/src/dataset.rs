//! A dataset: a stored file and the recipe that reads it into labelled reviews.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::SCHEMA;
use crate::experiment::Lifecycle;
use crate::id::{DatasetId, Millis};

/// Where a dataset came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// A file the person gave, by its name.
    File {
        /// Its name on the person's disk, without folders.
        name: String,
    },
    /// The sample reviews that come with the site.
    Sample,
    /// Reviews that the person typed under their classes.
    Typed,
    /// Another dataset's file, with rows added at its end.
    Extended {
        /// What that dataset was called.
        name: String,
        /// Hash of its file, which is still kept.
        from: ContentHash,
        /// Rows added.
        n_rows: u64,
    },
}

/// A file as it was given, where the table was made of it: unpacked, joined with others, lines of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Original {
    /// Its name on the person's disk, without folders.
    pub name: String,
    /// Hash of its bytes.
    pub file: ContentHash,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a run points at: the file's bytes and how they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DatasetRef {
    /// Hash of the file's bytes.
    pub file: ContentHash,
    /// Hash of the recipe (`RecipeRecord::hash`).
    pub recipe: ContentHash,
}

/// Characters of a dataset's digest, as MLflow shortens them.
const DIGEST_CHARS: usize = 8;

impl DatasetRef {
    /// The beginning of the file's hash: enough to tell the files of a project apart.
    pub fn digest(&self) -> String {
        self.file.to_string().chars().take(DIGEST_CHARS).collect()
    }
}

/// A stored file, what it is called, and what reading it by its recipe gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
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
    /// Rows that were set aside; records of schema 1 do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_set_aside: Option<u64>,
    /// What the table was made of; empty where the file is as it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<Original>,
    /// Rows of these that could not be read, and are not in the table; part of `n_set_aside`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub n_unread: u64,
}

fn is_none(n_rows: &u64) -> bool {
    *n_rows == 0
}

impl Dataset {
    /// Whether it is in use, and not in the trash.
    pub fn is_active(&self) -> bool {
        self.lifecycle == Lifecycle::Active
    }
}

/// A recipe under its hash, stored once however many runs point at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
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

/// A file that was read, and what came out: all that its dataset's record says.
#[derive(Clone, Debug, PartialEq)]
pub struct UsedFile<'a> {
    /// Shown name.
    pub name: &'a str,
    /// Where it came from.
    pub origin: Origin,
    /// Hash of its bytes.
    pub file: ContentHash,
    /// Its size in bytes.
    pub n_bytes: u64,
    /// How it was read.
    pub recipe: &'a DatasetRecipe,
    /// Kept rows of each class, in the recipe's order.
    pub class_counts: &'a [u64],
    /// Rows of the file that were set aside.
    pub n_set_aside: u64,
    /// What it was made of; empty where it is as it was given.
    pub originals: &'a [Original],
    /// Rows of these that could not be read, and are not in the file.
    pub n_unread: u64,
}

impl UsedFile<'_> {
    /// Class names in label order, each with its rows.
    pub fn classes(&self) -> Vec<(String, u64)> {
        self.recipe.mapping.classes.iter().cloned().zip(self.class_counts.iter().copied()).collect()
    }

    /// Its dataset, used for the first time at `created`.
    pub fn dataset(self, id: DatasetId, created: Millis) -> Dataset {
        Dataset {
            schema: SCHEMA,
            id,
            created,
            lifecycle: Lifecycle::Active,
            name: self.name.to_owned(),
            data: DatasetRef { file: self.file, recipe: self.recipe.hash() },
            file_bytes: self.n_bytes,
            n_rows: self.class_counts.iter().sum(),
            classes: self.classes(),
            n_set_aside: Some(self.n_set_aside + self.n_unread),
            originals: self.originals.to_vec(),
            n_unread: self.n_unread,
            origin: self.origin,
        }
    }
}

impl RecipeRecord {
    /// A recipe used for the first time at `created`.
    pub fn new(recipe: DatasetRecipe, created: Millis) -> Self {
        Self { schema: SCHEMA, hash: recipe.hash(), created, recipe }
    }
}
