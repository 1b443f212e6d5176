//! What every store does with flows: their records come back, what belongs to a run is found by it, what ended stays.

use track::flow::{FlowEvent, FlowRun, LogPage, StateName, TaskRun};
use track::record::{Collection, Record};

use super::{Fixture, batch, keys};
use crate::StoreError;
use crate::samples::{self, instant};
use crate::store::{Order, Query, Store};

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
