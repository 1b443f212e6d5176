//! What every store does with flows: their records come back, what belongs to a run is found by it, what ended stays.

use engine::num::ContentHash;
use track::flow::{FlowEvent, FlowRun, LogPage, StateName, TaskRun};
use track::record::{Collection, Record};

use super::{Fixture, batch, keys};
use crate::samples::{self, instant};
use crate::store::{Order, Query, Store};
use crate::{Batch, Blob, MAX_COUNTINGS, MAX_FLOW_EVENTS, MAX_LOGGED_RUNS, StoreError, prune_flows};

pub async fn flows_and_their_runs_are_kept(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(batch(samples::flow_records())).await.unwrap();
    fixture.close(store).await;
    let store = fixture.open().await;
    for record in samples::flow_records() {
        let (collection, key) = (record.collection(), record.key());
        assert_eq!(store.count(&Query::All(collection)).await.unwrap(), 1, "{}", collection.as_str());
        assert_eq!(store.get(collection, &key).await.unwrap(), Some(record));
        let removed = store.remove(collection, &[key], &[]).await;
        let goes =
            [Collection::FlowLogs, Collection::FlowEvents, Collection::TaskResults].contains(&collection);
        assert_eq!(removed.is_ok(), goes, "{}", collection.as_str());
    }
}

pub async fn what_a_flow_run_left_is_found_by_it(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let runs = [0, 1, 2].map(|number| samples::flow_run(number, StateName::Running));
    for run in &runs {
        let tasks = (0..12).map(|task| Record::TaskRun(samples::task_run(run, task, StateName::Running)));
        let pages = (0..11).map(|page| Record::FlowLog(samples::log_page(run, page)));
        store.write(batch(tasks.chain(pages).chain([Record::FlowRun(run.clone())]))).await.unwrap();
    }
    let tasks = Query::OfFlowRun(Collection::TaskRuns, runs[1].id.clone());
    let expected: Vec<String> = (0..12).map(|task| runs[1].id.task(task).0).collect();
    assert_eq!(keys(&store, &tasks, Order::Ascending, 99).await, expected);
    assert_eq!(keys(&store, &tasks, Order::Descending, 1).await, [expected[11].clone()]);
    assert_eq!(store.count(&tasks).await.unwrap(), 12);
    let pages = Query::OfFlowRun(Collection::FlowLogs, runs[2].id.clone());
    let listed = store.list(&pages, Order::Ascending, 99).await.unwrap();
    let numbers: Vec<u32> = listed
        .iter()
        .map(|page| if let Record::FlowLog(LogPage { number, .. }) = page { *number } else { 99 })
        .collect();
    assert_eq!(numbers, (0..11).collect::<Vec<_>>());
}

pub async fn an_ended_flow_run_stays(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let running = samples::flow_run(0, StateName::Running);
    let task = samples::task_run(&running, 0, StateName::Running);
    let event = samples::flow_event(&running, 0);
    let records =
        [Record::FlowRun(running.clone()), Record::TaskRun(task.clone()), Record::FlowEvent(event.clone())];
    store.write(batch(records)).await.unwrap();
    let ended = FlowRun { n_warnings: 1, ..samples::flow_run(0, StateName::Completed) };
    let done = samples::task_run(&running, 0, StateName::Failed);
    store.write(batch([Record::FlowRun(ended.clone()), Record::TaskRun(done.clone())])).await.unwrap();
    store.write(batch([Record::FlowRun(ended.clone()), Record::TaskRun(done)])).await.unwrap();
    let again = [
        Record::FlowRun(FlowRun { n_warnings: 2, ..ended.clone() }),
        Record::FlowRun(running),
        Record::TaskRun(TaskRun { n_begun: 2, ..task }),
    ];
    for record in again {
        let key = record.key();
        let refused = store.write(batch([record])).await;
        assert_eq!(refused, Err(StoreError::FlowRunEnded { key }));
    }
    let changed = Record::FlowEvent(FlowEvent { at: instant(9), ..event });
    let key = changed.key();
    assert_eq!(store.write(batch([changed])).await, Err(StoreError::KeptAsItWas { key }));
    let kept = store.get(Collection::FlowRuns, ended.id.as_str()).await.unwrap();
    assert_eq!(kept, Some(Record::FlowRun(ended)));
}

pub async fn what_flows_leave_is_bounded(fixture: &impl Fixture) {
    const N_ABOVE: u32 = 3;
    let store = fixture.open().await;
    assert_eq!(prune_flows(&store).await, Ok(0));
    let ended = |number| samples::flow_run(number, StateName::Completed);
    let n_runs = MAX_LOGGED_RUNS as u32 + N_ABOVE;
    let of_run = |number| {
        let run = ended(number);
        let pages = [0, 1].map(|page| Record::FlowLog(samples::log_page(&run, page)));
        pages.into_iter().chain([Record::FlowRun(run)])
    };
    store.write(batch((0..n_runs).flat_map(of_run))).await.unwrap();
    let n_events = MAX_FLOW_EVENTS as u32 + N_ABOVE;
    let first = ended(0);
    store
        .write(batch((0..n_events).map(|number| Record::FlowEvent(samples::flow_event(&first, number)))))
        .await
        .unwrap();
    // Two countings share a blob, which stays with the newer one.
    let n_countings = MAX_COUNTINGS as u32 + N_ABOVE;
    let shared = Blob::Bytes(b"shared".to_vec());
    let of = |number: u32| Blob::Bytes(format!("counts {number}").into_bytes());
    let hash = |blob: &Blob| match blob {
        Blob::Bytes(bytes) => ContentHash::of(bytes),
        #[cfg(target_arch = "wasm32")]
        Blob::Browser(_) => panic!("made of bytes"),
    };
    for number in 0..n_countings {
        let blobs = [of(number), shared.clone()].map(|blob| (hash(&blob), blob));
        let result = samples::counting(number, (blobs[0].0, blobs[1].0));
        let records = vec![Record::TaskResult(result)];
        store.write(Batch { records, blobs: blobs.into() }).await.unwrap();
    }
    let n_gone = usize::try_from(N_ABOVE).unwrap();
    assert_eq!(prune_flows(&store).await, Ok(n_gone + 2 * n_gone + n_gone));
    assert_eq!(prune_flows(&store).await, Ok(0));
    let count = async |query| store.count(&query).await.unwrap();
    assert_eq!(count(Query::All(Collection::FlowEvents)).await, MAX_FLOW_EVENTS);
    assert_eq!(count(Query::All(Collection::FlowLogs)).await, 2 * MAX_LOGGED_RUNS as u64);
    assert_eq!(count(Query::All(Collection::FlowRuns)).await, u64::from(n_runs), "runs stay");
    assert_eq!(count(Query::All(Collection::TaskResults)).await, MAX_COUNTINGS as u64);
    let oldest = store.list(&Query::All(Collection::FlowEvents), Order::Ascending, 1).await.unwrap();
    assert_eq!(oldest, [Record::FlowEvent(samples::flow_event(&first, N_ABOVE))]);
    let logged = async |number| count(Query::OfFlowRun(Collection::FlowLogs, ended(number).id)).await;
    assert_eq!([logged(N_ABOVE - 1).await, logged(N_ABOVE).await], [0, 2]);
    assert!(store.blob(hash(&of(N_ABOVE - 1))).await.unwrap().is_none());
    assert!(store.blob(hash(&of(N_ABOVE))).await.unwrap().is_some());
    assert!(store.blob(hash(&shared)).await.unwrap().is_some());
}
