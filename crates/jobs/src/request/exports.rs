//! The jobs that write a model for other tools, and hold what was written to the model.

use engine::num::ContentHash;
use export::{ExportFacts, ExportKind};
use json::{FromJson, ToJson};

use super::BlobRef;

/// Write a model as the file of another tool.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct MakeExport {
    /// The encoded `FittedPipeline`.
    pub pipeline: ContentHash,
    /// As what.
    pub kind: ExportKind,
    /// What is known of it.
    pub facts: ExportFacts,
    /// The small program, where it goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ContentHash>,
}

impl MakeExport {
    /// Blobs the worker must hold.
    pub(super) fn needs(&self) -> Vec<ContentHash> {
        std::iter::once(self.pipeline).chain(self.program).collect()
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ExportMade {
    /// The file, kept by the executor.
    pub file: BlobRef,
    /// What is not in it, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Let an exported file answer some of the texts that it is held to.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct CheckExport {
    /// The encoded `FittedPipeline`.
    pub pipeline: ContentHash,
    /// The file.
    pub export: ContentHash,
    /// What it is.
    pub kind: ExportKind,
    /// The first text, of `export::CHECK_TEXTS`.
    pub from: u32,
    /// One past the last.
    pub to: u32,
}
