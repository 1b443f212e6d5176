//! What flows leave is bounded: events, logs of old runs, counts of words that nothing is learned from any more.
//!
//! In: a store. Out: fewer records and blobs, after a run has ended. Never: a run's or a task's own record taken away.

use std::collections::BTreeSet;

use engine::num::ContentHash;
use track::flow::{TaskOutput, TaskResult};
use track::record::{Collection, Record};

use crate::error::StoreError;
use crate::store::{Order, Query, Store};

/// Most events kept; the oldest go.
pub const MAX_FLOW_EVENTS: u64 = 10_000;
/// Flow runs whose logs are kept, the newest.
pub const MAX_LOGGED_RUNS: usize = 500;
/// Countings of words that are kept for later runs, the newest: each is as large as the reviews.
pub const MAX_COUNTINGS: usize = 4;
/// Results of tasks that are looked at for countings, the newest.
const MAX_RESULTS: usize = 10_000;
/// Pages of logs that are read at a time.
const PAGES_AT_A_TIME: usize = 200;

/// Takes away what is above the bounds; how many records went.
///
/// # Errors
/// Where the store cannot be read or written; what went is gone, and the rest follows next time.
pub async fn prune_flows(store: &impl Store) -> Result<usize, StoreError> {
    Ok(old_events(store).await? + old_logs(store).await? + old_countings(store).await?)
}

async fn old_events(store: &impl Store) -> Result<usize, StoreError> {
    let all = Query::All(Collection::FlowEvents);
    let n_events = store.count(&all).await?;
    if n_events <= MAX_FLOW_EVENTS {
        return Ok(0);
    }
    let old = store.list(&all, Order::Ascending, (n_events - MAX_FLOW_EVENTS) as usize).await?;
    remove(store, Collection::FlowEvents, &old, &[]).await
}

/// Logs lie in the order of their runs.
async fn old_logs(store: &impl Store) -> Result<usize, StoreError> {
    let all = Query::All(Collection::FlowRuns);
    let newest = store.list(&all, Order::Descending, MAX_LOGGED_RUNS).await?;
    let Some(Record::FlowRun(first)) = newest.last().filter(|_| newest.len() == MAX_LOGGED_RUNS) else {
        return Ok(0);
    };
    let is_old = |page: &Record| matches!(page, Record::FlowLog(page) if page.flow_run < first.id);
    let pages = Query::All(Collection::FlowLogs);
    let mut n_gone = 0;
    // Mostly there is nothing to do, which the oldest page says.
    let mut limit = 1;
    loop {
        let mut old = store.list(&pages, Order::Ascending, limit).await?;
        old.retain(is_old);
        n_gone += remove(store, Collection::FlowLogs, &old, &[]).await?;
        if old.len() < limit {
            return Ok(n_gone);
        }
        limit = PAGES_AT_A_TIME;
    }
}

/// Countings above the bound go with the blobs that only they name.
async fn old_countings(store: &impl Store) -> Result<usize, StoreError> {
    let all = Query::All(Collection::TaskResults);
    let of = |record: &Record| match record {
        Record::TaskResult(TaskResult {
            output: TaskOutput::Counts { corpora, .. }, created, key, ..
        }) => {
            let blobs: Vec<ContentHash> =
                corpora.iter().flat_map(|(counts, terms)| [*counts, *terms]).collect();
            Some(((*created, *key), blobs))
        }
        _ => None,
    };
    let results = store.list(&all, Order::Descending, MAX_RESULTS).await?;
    let mut counted: Vec<_> =
        results.into_iter().filter_map(|record| of(&record).map(|of| (of, record))).collect();
    if counted.len() <= MAX_COUNTINGS {
        return Ok(0);
    }
    counted.sort_by_key(|((age, _), _)| std::cmp::Reverse(*age));
    let old = counted.split_off(MAX_COUNTINGS);
    let kept: BTreeSet<ContentHash> = counted.into_iter().flat_map(|((_, blobs), _)| blobs).collect();
    let blobs = old.iter().flat_map(|((_, blobs), _)| blobs.iter().copied());
    let blobs: Vec<ContentHash> = blobs.filter(|blob| !kept.contains(blob)).collect();
    let old: Vec<Record> = old.into_iter().map(|(_, record)| record).collect();
    remove(store, Collection::TaskResults, &old, &blobs).await
}

async fn remove(
    store: &impl Store,
    collection: Collection,
    records: &[Record],
    blobs: &[ContentHash],
) -> Result<usize, StoreError> {
    if !records.is_empty() {
        let keys: Vec<String> = records.iter().map(Record::key).collect();
        store.remove(collection, &keys, blobs).await?;
    }
    Ok(records.len())
}
