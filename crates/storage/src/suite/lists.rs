//! What every store lists: many runs, and those in the trash apart.

use track::experiment::Lifecycle;
use track::record::Record;
use track::run::{Run, RunKind};

use super::{Fixture, batch, keys};
use crate::samples;
use crate::store::{Order, Query, Store};

pub async fn runs_in_the_trash_are_listed_apart(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let runs = [samples::study(0), samples::trial(0, 0), samples::trial(0, 1)];
    store.write(batch(runs.map(Record::Run))).await.unwrap();
    let gone = Run { lifecycle: Lifecycle::Deleted, ..samples::trial(0, 0) };
    store.write(batch([Record::Run(gone.clone())])).await.unwrap();
    let listed = async |query: Query| keys(&store, &query, Order::Ascending, 9).await;
    let (study, gone, kept) = (samples::study(0).id.0, gone.id.0, samples::trial(0, 1).id.0);
    assert_eq!(listed(Query::RunsInTrash).await.join(" "), gone);
    assert_eq!(listed(Query::RunsOfKind(RunKind::Trial)).await.join(" "), kept);
    assert_eq!(listed(Query::RunsOfExperiment(samples::experiment_id(0))).await, [study.as_str(), &kept]);
    assert_eq!(listed(Query::RunsOfParent(samples::study_id(0))).await, [gone.as_str(), &kept]);
    store.write(batch([Record::Run(samples::trial(0, 0))])).await.unwrap();
    assert_eq!(listed(Query::RunsInTrash).await, [""; 0]);
    assert_eq!(listed(Query::RunsOfKind(RunKind::Trial)).await, [gone, kept]);
}

pub async fn ten_thousand_runs_are_listed_and_counted(fixture: &impl Fixture) {
    const N_RUNS: u32 = 10_000;
    let store = fixture.open().await;
    for first in (0..N_RUNS).step_by(1000) {
        let trials = (first..first + 1000).map(|number| Record::Run(samples::trial(first % 2, number)));
        store.write(batch(trials)).await.unwrap();
    }
    let all = Query::RunsOfParent(samples::study_id(0));
    assert_eq!(store.count(&all).await.unwrap(), u64::from(N_RUNS));
    let newest = keys(&store, &all, Order::Descending, 3).await;
    assert_eq!(newest, [9_999, 9_998, 9_997].map(|number| samples::study_id(0).trial(0, number).0));
    let listed = store.list(&all, Order::Ascending, usize::MAX).await.unwrap();
    assert_eq!(listed.len(), N_RUNS as usize);
    assert_eq!(listed[4_321], Record::Run(samples::trial(0, 4_321)));
}
