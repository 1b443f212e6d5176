//! Keeps records and blobs in memory: for tests, for the terminal, and behind a project file.
//!
//! Clones are handles on the same records.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use track::experiment::Lifecycle;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use crate::blob::Blob;
use crate::error::StoreError;
use crate::rules::{self, Place};
use crate::store::{Batch, Order, Query, Store, flow_run_keys};

/// A store that lasts as long as its last handle.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    kept: Rc<RefCell<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    collections: BTreeMap<Collection, BTreeMap<String, Record>>,
    runs_by: BTreeMap<IndexKey, BTreeSet<String>>,
    blobs: BTreeMap<ContentHash, Blob>,
}

/// What runs are found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum IndexKey {
    Kind(RunKind),
    Experiment(String),
    Parent(String),
    Trash,
}

impl IndexKey {
    fn of(run: &Run) -> impl Iterator<Item = IndexKey> {
        let parent = run.parent.as_ref().map(|parent| Self::Parent(parent.0.clone()));
        let (first, second) = match run.lifecycle {
            Lifecycle::Active => (Self::Kind(run.kind), Some(Self::Experiment(run.experiment.0.clone()))),
            Lifecycle::Deleted => (Self::Trash, None),
        };
        [first].into_iter().chain(second).chain(parent)
    }
}

impl Kept {
    fn put(&mut self, (collection, key): Place, record: Record) {
        if let Some(Record::Run(earlier)) = self.collections.get(&collection).and_then(|kept| kept.get(&key))
        {
            for index in IndexKey::of(earlier) {
                if let Some(keys) = self.runs_by.get_mut(&index) {
                    keys.remove(&key);
                }
            }
        }
        if let Record::Run(run) = &record {
            for index in IndexKey::of(run) {
                self.runs_by.entry(index).or_default().insert(key.clone());
            }
        }
        self.collections.entry(collection).or_default().insert(key, record);
    }

    /// Records that `query` asks for, ascending by key.
    fn find<'a>(&'a self, query: &Query) -> Box<dyn DoubleEndedIterator<Item = &'a Record> + 'a> {
        let index = match query {
            Query::All(collection) => {
                return Box::new(self.collections.get(collection).into_iter().flat_map(BTreeMap::values));
            }
            Query::OfFlowRun(collection, run) => {
                let (first, end) = flow_run_keys(run);
                let of = self.collections.get(collection).into_iter();
                let of = of.flat_map(move |of| of.range(first.clone()..end.clone()));
                return Box::new(of.map(|(_, record)| record));
            }
            Query::RunsOfKind(kind) => IndexKey::Kind(*kind),
            Query::RunsOfExperiment(experiment) => IndexKey::Experiment(experiment.0.clone()),
            Query::RunsOfParent(parent) => IndexKey::Parent(parent.0.clone()),
            Query::RunsInTrash => IndexKey::Trash,
        };
        let runs = self.collections.get(&Collection::Runs);
        let keys = self.runs_by.get(&index).into_iter().flatten();
        Box::new(keys.filter_map(move |key| runs?.get(key)))
    }
}

impl Store for MemoryStore {
    async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut kept = self.kept.borrow_mut();
        let mut stored = SortedMap::new();
        for record in batch.records.iter().filter(|record| rules::must_look(record.collection())) {
            let place = (record.collection(), record.key());
            if let Some(earlier) = kept.collections.get(&place.0).and_then(|of| of.get(&place.1)) {
                stored.insert(place, earlier.clone());
            }
        }
        for (place, record) in rules::settle(batch.records, &stored)? {
            kept.put(place, record);
        }
        for (hash, blob) in batch.blobs {
            kept.blobs.entry(hash).or_insert(blob);
        }
        Ok(())
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.kept.borrow().collections.get(&collection).and_then(|of| of.get(key)).cloned())
    }

    async fn list(&self, query: &Query, order: Order, limit: usize) -> Result<Vec<Record>, StoreError> {
        let kept = self.kept.borrow();
        let found = kept.find(query);
        Ok(match order {
            Order::Ascending => found.take(limit).cloned().collect(),
            Order::Descending => found.rev().take(limit).cloned().collect(),
        })
    }

    async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        Ok(self.kept.borrow().find(query).count() as u64)
    }

    async fn blob(&self, hash: ContentHash) -> Result<Option<Blob>, StoreError> {
        Ok(self.kept.borrow().blobs.get(&hash).cloned())
    }

    async fn blob_hashes(&self) -> Result<Vec<ContentHash>, StoreError> {
        Ok(self.kept.borrow().blobs.keys().copied().collect())
    }

    async fn remove(
        &self,
        collection: Collection,
        keys: &[String],
        blobs: &[ContentHash],
    ) -> Result<(), StoreError> {
        rules::check_removable(collection)?;
        let mut kept = self.kept.borrow_mut();
        if let Some(records) = kept.collections.get_mut(&collection) {
            for key in keys {
                records.remove(key);
            }
        }
        for hash in blobs {
            kept.blobs.remove(hash);
        }
        Ok(())
    }

    async fn remove_blobs(&self, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.kept.borrow_mut().blobs.retain(|hash, _| !hashes.contains(hash));
        Ok(())
    }

    async fn erase(&self) -> Result<(), StoreError> {
        *self.kept.borrow_mut() = Kept::default();
        Ok(())
    }
}
