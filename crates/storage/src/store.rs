//! What every store can do.

use engine::num::ContentHash;
use track::id::{ExperimentId, FlowRunId, RunId};
use track::record::{Collection, Record};
use track::run::RunKind;

use crate::blob::Blob;
use crate::error::StoreError;

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
    /// Runs of one kind that are not in the trash.
    RunsOfKind(RunKind),
    /// Runs of one experiment that are not in the trash.
    RunsOfExperiment(ExperimentId),
    /// Trials and fits of one study, also those in the trash.
    RunsOfParent(RunId),
    /// Runs in the trash.
    RunsInTrash,
    /// Records of a collection whose keys begin with a flow run's id: its tasks, what it said.
    OfFlowRun(Collection, FlowRunId),
}

/// The first key of what belongs to a flow run, and the first after it: `id.…`, the next letter after `.` being `/`.
pub(crate) fn flow_run_keys(run: &FlowRunId) -> (String, String) {
    (format!("{run}."), format!("{run}/"))
}

/// Keeps records and blobs. Futures are local: a browser's store lives on one thread.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Writes all of `batch` or nothing.
    ///
    /// A run that has ended changes only in its name, note, tags and lifecycle, the registry's history is
    /// only added to, kept predictions and events stay as they were written, an ended flow run stays, a recipe belongs to its hash: a batch against these rules is refused as a whole.
    /// A blob that is there already is not written again.
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

    /// Forgets these records of a collection that allows it (`Collection::may_be_removed`) and, in the same transaction,
    /// these blobs. Of what is not there nothing is said.
    async fn remove(
        &self,
        collection: Collection,
        keys: &[String],
        blobs: &[ContentHash],
    ) -> Result<(), StoreError>;

    /// Forgets these blobs; records that name them stay. Of one that is not there nothing is said.
    async fn remove_blobs(&self, hashes: &[ContentHash]) -> Result<(), StoreError>;

    /// Forgets everything.
    async fn erase(&self) -> Result<(), StoreError>;
}
