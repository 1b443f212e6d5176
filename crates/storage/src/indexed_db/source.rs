//! A query as a part of an object store or of an index, counted and listed from either end.

use js_sys::Array;
use track::record::Collection;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{IdbCursorDirection, IdbCursorWithValue, IdbIndex, IdbKeyRange, IdbObjectStore, IdbRequest};

use crate::error::{StoreError, failure};
use crate::store::{Query, flow_run_keys};

use super::request::{Transaction, answer};
use super::row::{IN_TRASH, kind_key};
use super::schema::{BY_EXPERIMENT, BY_KIND, BY_PARENT};

/// A collection or one of its indexes, and which part of it.
pub(super) enum Source {
    Store(IdbObjectStore),
    Range(IdbObjectStore, IdbKeyRange),
    Index(IdbIndex, IdbKeyRange),
}

impl Source {
    pub(super) fn new(transaction: &Transaction, query: &Query) -> Result<Self, StoreError> {
        let (index, value) = match query {
            Query::All(collection) => return Ok(Self::Store(transaction.store(collection.as_str())?)),
            Query::OfFlowRun(collection, run) => {
                let (first, end) = flow_run_keys(run);
                let (first, end) = (JsValue::from_str(&first), JsValue::from_str(&end));
                let range = IdbKeyRange::bound_with_lower_open_and_upper_open(&first, &end, false, true);
                let range = range.map_err(|error| failure(&error, "a range"))?;
                return Ok(Self::Range(transaction.store(collection.as_str())?, range));
            }
            Query::RunsOfKind(kind) => (BY_KIND, kind_key(*kind)),
            Query::RunsOfExperiment(experiment) => (BY_EXPERIMENT, experiment.as_str()),
            Query::RunsOfParent(parent) => (BY_PARENT, parent.as_str()),
            Query::RunsInTrash => (BY_KIND, IN_TRASH),
        };
        let range = IdbKeyRange::only(&JsValue::from_str(value)).map_err(|error| failure(&error, index))?;
        let index = transaction.store(Collection::Runs.as_str())?.index(index);
        Ok(Self::Index(index.map_err(|error| failure(&error, "an index"))?, range))
    }

    fn count(&self) -> Result<IdbRequest, JsValue> {
        match self {
            Self::Store(store) => store.count(),
            Self::Range(store, range) => store.count_with_key(range),
            Self::Index(index, range) => index.count_with_key(range),
        }
    }

    fn first(&self, limit: u32) -> Result<IdbRequest, JsValue> {
        match self {
            Self::Store(store) => store.get_all_with_key_and_limit(&JsValue::UNDEFINED, limit),
            Self::Range(store, range) => store.get_all_with_key_and_limit(range, limit),
            Self::Index(index, range) => index.get_all_with_key_and_limit(range, limit),
        }
    }

    fn backward(&self) -> Result<IdbRequest, JsValue> {
        let back = IdbCursorDirection::Prev;
        match self {
            Self::Store(store) => store.open_cursor_with_range_and_direction(&JsValue::UNDEFINED, back),
            Self::Range(store, range) => store.open_cursor_with_range_and_direction(range, back),
            Self::Index(index, range) => index.open_cursor_with_range_and_direction(range, back),
        }
    }
}

/// Where a query looks.
pub(super) fn collection_of(query: &Query) -> Collection {
    match query {
        Query::All(collection) | Query::OfFlowRun(collection, _) => *collection,
        Query::RunsOfKind(_) | Query::RunsOfExperiment(_) | Query::RunsOfParent(_) | Query::RunsInTrash => {
            Collection::Runs
        }
    }
}

/// How many rows `source` has.
pub(super) async fn count(source: &Source) -> Result<u64, StoreError> {
    let request = source.count().map_err(|error| failure(&error, "a count"))?;
    // A count is a whole number below 2^53.
    Ok(answer(&request, "a count").await?.as_f64().unwrap_or(0.0) as u64)
}

/// The rows of `source`, oldest first, at most `limit` (not 0, which the browser takes for no limit).
pub(super) async fn first(source: &Source, limit: u32) -> Result<Vec<JsValue>, StoreError> {
    let request = source.first(limit).map_err(|error| failure(&error, "records"))?;
    Ok(Array::from(&answer(&request, "records").await?).iter().collect())
}

/// The last `limit` rows of `source`, newest first.
pub(super) async fn last(source: &Source, limit: usize) -> Result<Vec<JsValue>, StoreError> {
    let failed = |error: JsValue| failure(&error, "records");
    let request = source.backward().map_err(failed)?;
    let mut rows = Vec::new();
    while let Ok(cursor) = answer(&request, "records").await?.dyn_into::<IdbCursorWithValue>() {
        rows.push(cursor.value().map_err(failed)?);
        if rows.len() == limit {
            break;
        }
        cursor.continue_().map_err(failed)?;
    }
    Ok(rows)
}
