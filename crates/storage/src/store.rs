//! What every store can do.

use engine::num::ContentHash;
use thiserror::Error;
use track::id::{ExperimentId, RunId};
use track::record::{Collection, Record};
use track::run::{RunChangeError, RunKind};

use crate::blob::Blob;

/// What is written in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Records, put by their keys.
    pub records: Vec<Record>,
    /// Blobs, put by their hashes.
    pub blobs: Vec<(ContentHash, Blob)>,
}

/// In which order records come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    #[default]
    Ascending,
    /// Newest first.
    Descending,
}

/// Which records are wanted; each kind of query is answered from an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// All of a collection.
    All(Collection),
    /// Runs of one kind.
    RunsOfKind(RunKind),
    /// Runs of one experiment.
    RunsOfExperiment(ExperimentId),
    /// Trials and fits of one study.
    RunsOfParent(RunId),
}

/// Why a store did not do it. Nothing that was stored before is lost.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The device has no room.
    #[error(
        "There is no room left on this device for {what}: download the project under Settings, then delete runs or datasets you no longer need."
    )]
    Full {
        /// What was to be written.
        what: String,
    },
    /// Another tab is the writer.
    #[error("Another tab of Reviewlab is writing: use that tab, or choose 'Take over here'.")]
    ReadOnly,
    /// A stored record cannot be read.
    #[error("A stored record ({collection}, {key}) cannot be read: {reason}")]
    Unreadable {
        /// Its collection.
        collection: &'static str,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// The data were written by a newer build.
    #[error(
        "These data were written by a newer Reviewlab (schema {found}, this one knows {known}): reload the page to get the newer version."
    )]
    Newer {
        /// Theirs.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A run that may not change so.
    #[error(transparent)]
    Run(#[from] RunChangeError),
    /// The registry's history is only ever added to.
    #[error("Entry {key} of the registry's history is already written and cannot change: add a new one.")]
    AppendOnly {
        /// The entry's id.
        key: String,
    },
    /// A recipe's content belongs to its hash.
    #[error("Recipe {key} is already stored with other content: recompute its hash.")]
    RecipeChanged {
        /// The hash.
        key: String,
    },
    /// A record that has no stored form.
    #[error("A record ({collection}, {key}) cannot be stored: {reason}")]
    Unwritable {
        /// Its collection.
        collection: &'static str,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// Another tab keeps the database from being updated or deleted.
    #[error("Another tab of Reviewlab holds the data open: close that tab, then try again.")]
    Blocked,
    /// This tab's connection was closed, because another tab updated or deleted the database.
    #[error(
        "This tab no longer has the data open, because another tab updated or deleted them: reload the page."
    )]
    Closed,
    /// The browser or the file system said no.
    #[error("The browser's storage did not answer: {reason}")]
    Platform {
        /// Its words.
        reason: String,
    },
}

/// Keeps records and blobs. Futures are local: a browser's store lives on one thread.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Writes all of `batch` or nothing.
    async fn write(&self, batch: Batch) -> Result<(), StoreError>;

    /// One record by its key; `Ok(None)` where there is none.
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StoreError>;

    /// At most `limit` records that `query` asks for, in order of their keys.
    async fn list(&self, query: &Query, order: Order, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// How many records `query` asks for.
    async fn count(&self, query: &Query) -> Result<u64, StoreError>;

    /// A blob by its hash; `Ok(None)` where there is none.
    async fn blob(&self, hash: ContentHash) -> Result<Option<Blob>, StoreError>;

    /// Hashes of all blobs, ascending.
    async fn blob_hashes(&self) -> Result<Vec<ContentHash>, StoreError>;

    /// Forgets everything.
    async fn erase(&self) -> Result<(), StoreError>;
}
