//! Files of a folder, and what became of those that were scored.

use engine::num::ContentHash;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::id::Millis;

/// A file as a folder lists it. One of another size or time is another file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct FolderFile {
    /// Its name, without folders.
    pub name: String,
    /// Its size.
    pub n_bytes: u64,
    /// When it last changed.
    pub modified: Millis,
}

/// What became of a file that was to be scored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ScoredFile {
    /// The file.
    pub file: FolderFile,
    /// The name of its result beside it; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub result: String,
    /// Rows that were answered.
    pub n_rows: u64,
    /// The result's bytes, blobs one after another, until they are in the folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ContentHash>,
    /// The answered rows with their texts (`watch::rows`), for a look at drift in the same flow run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<ContentHash>,
    /// Whether the result is in the folder.
    #[serde(default, skip_serializing_if = "is_no")]
    pub is_written: bool,
    /// Why it could not be scored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

fn is_no(yes: &bool) -> bool {
    !yes
}
