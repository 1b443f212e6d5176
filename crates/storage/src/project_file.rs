//! A project as one file: a zip of `manifest.json`, `records/<collection>.jsonl` and `blobs/<sha256>`.
//!
//! A file is verified wholly (length, checksums, hashes, every record) before anything of it is
//! written, and then written in one transaction. Entries are stored, not packed, and any program that
//! opens zip files opens these. The crate `zip` without packing adds 45 KB gzipped to the site
//! (measured), this module with manifest, hashes and merging 33 in all. Blobs pass by slices; in the
//! browser they are never in wasm memory as a whole.

mod archive;
mod layout;
mod read;
mod store;
mod write;

use engine::quote::Quoted;
use thiserror::Error;
use track::record::{Collection, RecordError};

use crate::error::StoreError;

pub use read::{ImportReport, read_project};
pub use store::ProjectFileStore;
#[cfg(target_arch = "wasm32")]
pub use write::project_blob;
pub use write::write_project;

/// The version of project files made by this build.
pub const PROJECT_SCHEMA: u32 = 1;
/// Largest project file, in bytes: what a zip file holds without extensions.
pub const MAX_PROJECT_BYTES: u64 = u32::MAX as u64;
/// Most entries, records of one collection counting as one: what a zip file lists without extensions.
pub const MAX_ENTRIES: usize = u16::MAX as usize - 1;
/// Longest manifest, in bytes.
pub const MAX_MANIFEST_BYTES: u64 = 16 << 20;
/// Most bytes of records of one collection: they are in memory while they are read.
pub const MAX_RECORDS_BYTES: u64 = 256 << 20;

/// Why a project file was not read or written. Nothing that was stored before is lost.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProjectError {
    /// Not a project file at all.
    #[error("This is no project file of Reviewlab ({reason}): choose one that ends in .reviewlab.")]
    NotAProject {
        /// What is missing.
        reason: String,
    },
    /// Its end is missing or its parts do not fit.
    #[error("The project file is damaged or cut short ({reason}): use another copy. Nothing was changed.")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// An entry's bytes are not those that were written.
    #[error(
        "{entry} in the project file is not what was written: use another copy. Nothing was changed.",
        entry = Quoted(.entry)
    )]
    Changed {
        /// The entry.
        entry: String,
    },
    /// It was packed again by another program.
    #[error(
        "{entry} in the project file was packed by another program: use the file as Reviewlab wrote it.",
        entry = Quoted(.entry)
    )]
    Repacked {
        /// The entry.
        entry: String,
    },
    /// The manifest lists an entry that is not there.
    #[error(
        "{entry} is missing from the project file: use another copy. Nothing was changed.",
        entry = Quoted(.entry)
    )]
    Missing {
        /// The entry.
        entry: String,
    },
    /// An entry that a project file does not have, or has twice.
    #[error(
        "The project file holds {entry}, which does not belong there: use another copy. Nothing was changed.",
        entry = Quoted(.entry)
    )]
    Unexpected {
        /// The entry.
        entry: String,
    },
    /// A newer build wrote it.
    #[error(
        "The project file was written by a newer Reviewlab (version {found}, this one knows {known}): reload the page to get the newer version."
    )]
    Newer {
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It or a part of it is larger than is taken.
    #[error(
        "{what} has {n_bytes} bytes, at most {limit} are taken: delete datasets you no longer need and remove their files for good."
    )]
    TooLarge {
        /// The file or the entry.
        what: String,
        /// Its size.
        n_bytes: u64,
        /// The bound.
        limit: u64,
    },
    /// It has too many entries.
    #[error(
        "A project file holds at most {MAX_ENTRIES} files, this has {n_entries}: delete datasets you no longer need and remove their files for good."
    )]
    TooManyEntries {
        /// How many.
        n_entries: usize,
    },
    /// A line that is no record.
    #[error(
        "Line {line} of {entry} in the project file: {reason}. Nothing was changed.",
        entry = Quoted(.entry)
    )]
    BadRecord {
        /// The entry.
        entry: String,
        /// From 1.
        line: usize,
        /// Why.
        reason: RecordError,
    },
    /// A record that stands in the wrong entry or twice.
    #[error(
        "Line {line} of {entry} in the project file holds {key}, which does not belong there. Nothing was changed.",
        entry = Quoted(.entry), key = Quoted(.key)
    )]
    Misplaced {
        /// The entry.
        entry: String,
        /// From 1.
        line: usize,
        /// The record's key.
        key: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file system said no.
    #[error("{path}: {reason}.")]
    File {
        /// Which file.
        path: String,
        /// Its words.
        reason: String,
    },
}

/// The name of a collection's entry.
fn records_entry(collection: Collection) -> String {
    format!("records/{}.jsonl", collection.as_str())
}

/// A zip file of any entries, for tests of what is refused.
#[cfg(feature = "suite")]
pub(crate) fn forge(entries: &[(&str, &[u8])], now: track::id::Millis) -> Result<Vec<u8>, ProjectError> {
    let mut archive = archive::ArchiveWriter::new(Vec::new(), now);
    for (name, bytes) in entries {
        archive.add_bytes(name, bytes)?;
    }
    archive.finish()
}
