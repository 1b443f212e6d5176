//! What flows leave is bounded: events, logs of old runs, counts of words that nothing is learned from any more.
//! In: the project. Out: fewer records and blobs. Never: a run's or a task's own record taken away.

use std::collections::BTreeSet;

use drivers::blobs_of;
use storage::{Order, Query, Store as _};
use track::flow::{TaskOutput, TaskResult};
use track::record::{Collection, Record};

use crate::failure::Failure;
use crate::project::Project;

use super::desk::{flow_runs, listed};

/// Most events kept; the oldest go.
const MAX_EVENTS: u64 = 10_000;
/// Flow runs whose logs are kept, the newest.
const MAX_LOGGED_RUNS: usize = 500;
/// Countings of words that are kept for later runs, the newest: each is as large as the reviews.
const MAX_COUNTINGS: usize = 4;

/// Takes away what is above the bounds.
///
/// # Errors
/// Where records cannot be read.
pub fn prune(project: &Project) -> Result<(), Failure> {
    let store = project.store();
    let events = Query::All(Collection::FlowEvents);
    let n_events = pollster::block_on(store.count(&events))?;
    let mut gone: Vec<(Collection, Vec<String>)> = Vec::new();
    if n_events > MAX_EVENTS {
        let n_old = (n_events - MAX_EVENTS) as usize;
        let old = pollster::block_on(store.list(&events, Order::Ascending, n_old))?;
        gone.push((Collection::FlowEvents, old.iter().map(Record::key).collect()));
    }
    for run in flow_runs(project)?.iter().rev().skip(MAX_LOGGED_RUNS) {
        let pages = Query::OfFlowRun(Collection::FlowLogs, run.id.clone());
        let pages = pollster::block_on(store.list(&pages, Order::Ascending, usize::MAX))?;
        gone.push((Collection::FlowLogs, pages.iter().map(Record::key).collect()));
    }
    let (results, blobs) = old_countings(project)?;
    gone.push((Collection::TaskResults, results));
    gone.retain(|(_, keys)| !keys.is_empty());
    for (collection, keys) in &gone {
        let blobs = if *collection == Collection::TaskResults { blobs.as_slice() } else { &[] };
        pollster::block_on(store.remove(*collection, keys, blobs))?;
    }
    Ok(())
}

/// Keys of the countings above the bound, and the blobs that only they name.
fn old_countings(project: &Project) -> Result<(Vec<String>, Vec<engine::num::ContentHash>), Failure> {
    let of = |record| match record {
        Record::TaskResult(result) if matches!(result.output, TaskOutput::Counts { .. }) => Some(result),
        _ => None,
    };
    let mut all: Vec<TaskResult> = listed(project, &Query::All(Collection::TaskResults), of)?;
    all.sort_by_key(|result| std::cmp::Reverse((result.created, result.key)));
    let old = all.split_off(all.len().min(MAX_COUNTINGS));
    let kept: BTreeSet<_> = all.iter().flat_map(|result| blobs_of(&result.output)).collect();
    let blobs = old.iter().flat_map(|result| blobs_of(&result.output));
    let blobs = blobs.filter(|blob| !kept.contains(blob)).collect();
    Ok((old.iter().map(|result| result.key.to_string()).collect(), blobs))
}
