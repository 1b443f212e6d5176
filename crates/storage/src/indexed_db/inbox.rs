//! The inbox: what the service worker served while it alone was awake, for the tab that writes to move into the records.
//!
//! In: records in the order of their coming. Out: the same records in their collections, once each. A row has the next
//! number as its key; under 0 stands how many were dropped, because at most `MAX_INBOX` wait, the newest.
//! Never: a record that is in both places, or in neither.

use js_sys::Array;
use track::record::{Collection, Record};
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransactionMode};

use super::IndexedDbStore;
use super::request::{Transaction, answer};
use super::row::{decode_any, encode};
use super::schema::INBOX;
use crate::error::{StoreError, failure};

/// Most records that wait.
pub const MAX_INBOX: usize = 10_000;
/// Under this key stands how many were dropped.
const DROPPED: u32 = 0;
const WHAT: &str = "the inbox";
/// Whose records may wait there.
const FOR: [Collection; 3] = [Collection::Predictions, Collection::Feedback, Collection::AbAnswers];

impl IndexedDbStore {
    /// Adds records that somebody else is to move. Of more than `MAX_INBOX` the oldest are dropped, and counted.
    ///
    /// # Errors
    /// As the browser says; then none is added.
    pub async fn leave(&self, records: &[Record]) -> Result<(), StoreError> {
        self.leave_at_most(records, MAX_INBOX).await
    }

    #[doc(hidden)]
    pub async fn leave_at_most(&self, records: &[Record], most: usize) -> Result<(), StoreError> {
        let transaction = self.connection.begin(&[INBOX], IdbTransactionMode::Readwrite)?;
        let inbox = transaction.store(INBOX)?;
        for record in records {
            inbox.add(encode(record)?.as_ref()).map_err(|error| failure(&error, WHAT))?;
        }
        let keys = keys(&inbox).await?;
        let n_surplus = keys.len().saturating_sub(most);
        if let Some(last) = n_surplus.checked_sub(1).map(|at| keys[at]) {
            let oldest = range_to(last)?;
            inbox.delete(&oldest).map_err(|error| failure(&error, WHAT))?;
            let dropped = dropped(&inbox).await? + n_surplus as u64;
            inbox
                .put_with_key(&JsValue::from(dropped as f64), &JsValue::from(DROPPED))
                .map_err(|error| failure(&error, WHAT))?;
        }
        transaction.finish("predictions that were asked for by a program").await
    }

    /// Moves what waits into its collections, in one transaction; how many records that were. What this build cannot read
    /// waits on: the service worker may be of a newer one.
    ///
    /// # Errors
    /// As the browser says; then all wait on.
    pub async fn collect_inbox(&self) -> Result<usize, StoreError> {
        let names: Vec<&str> = FOR.iter().map(|of| of.as_str()).chain([INBOX]).collect();
        let transaction = self.connection.begin(&names, IdbTransactionMode::Readwrite)?;
        let inbox = transaction.store(INBOX)?;
        let request = inbox.get_all_with_key(&range_from_first()?).map_err(|error| failure(&error, WHAT))?;
        let rows = Array::from(&answer(&request, WHAT).await?);
        let mut n_moved = 0;
        for (row, key) in rows.iter().zip(keys(&inbox).await?) {
            let Some(record) = decode_any(&row) else { continue };
            put(&transaction, &record, &row)?;
            inbox.delete(&JsValue::from(key)).map_err(|error| failure(&error, WHAT))?;
            n_moved += 1;
        }
        transaction.finish("predictions that were asked for by a program").await?;
        Ok(n_moved)
    }

    /// How many predictions were never kept, because too many waited.
    ///
    /// # Errors
    /// As the browser says.
    pub async fn n_dropped_from_inbox(&self) -> Result<u64, StoreError> {
        let transaction = self.connection.begin(&[INBOX], IdbTransactionMode::Readonly)?;
        dropped(&transaction.store(INBOX)?).await
    }
}

fn put(transaction: &Transaction, record: &Record, row: &JsValue) -> Result<(), StoreError> {
    let collection = record.collection();
    if !FOR.contains(&collection) {
        return Ok(());
    }
    let store = transaction.store(collection.as_str())?;
    store
        .put_with_key(row, &JsValue::from_str(&record.key()))
        .map(|_| ())
        .map_err(|error| failure(&error, "a record"))
}

/// The keys of what waits, ascending.
async fn keys(inbox: &IdbObjectStore) -> Result<Vec<u32>, StoreError> {
    let request = inbox.get_all_keys_with_key(&range_from_first()?).map_err(|error| failure(&error, WHAT))?;
    let keys = Array::from(&answer(&request, WHAT).await?);
    Ok(keys.iter().filter_map(|key| key.as_f64()).map(|key| key as u32).collect())
}

async fn dropped(inbox: &IdbObjectStore) -> Result<u64, StoreError> {
    let request = inbox.get(&JsValue::from(DROPPED)).map_err(|error| failure(&error, WHAT))?;
    Ok(answer(&request, WHAT).await?.as_f64().unwrap_or(0.0) as u64)
}

fn range_from_first() -> Result<JsValue, StoreError> {
    let range = IdbKeyRange::lower_bound_with_open(&JsValue::from(DROPPED), true);
    range.map(JsValue::from).map_err(|error| failure(&error, WHAT))
}

fn range_to(last: u32) -> Result<JsValue, StoreError> {
    let first = JsValue::from(DROPPED);
    let range = IdbKeyRange::bound_with_lower_open(&first, &JsValue::from(last), true);
    range.map(JsValue::from).map_err(|error| failure(&error, WHAT))
}
