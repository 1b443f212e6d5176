//! What every store does, as tests that are run on each: memory and project file on the host,
//! IndexedDB in a browser. A failure panics with what was found.
#![allow(clippy::unwrap_used, async_fn_in_trait, missing_docs)]

mod lists;
mod flows;
mod handles;
mod predictions;
mod watching;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use engine::num::ContentHash;
use track::experiment::Lifecycle;
use track::id::Millis;
use track::record::{Collection, Record};
use track::registry::RegistryEvent;
use track::run::{Run, RunKind, RunState};
use track::saved::Saved;

pub use self::flows::{
    an_ended_flow_run_stays, flows_and_their_runs_are_kept, what_a_flow_run_left_is_found_by_it,
    what_flows_leave_is_bounded,
};
pub use self::handles::{reopening_finds_everything, two_handles_see_each_others_writes};
pub use self::lists::{runs_in_the_trash_are_listed_apart, ten_thousand_runs_are_listed_and_counted};
pub use self::predictions::{
    kept_predictions_are_only_added_to, kept_predictions_can_be_forgotten,
    only_kept_predictions_can_be_removed,
};
pub use self::watching::{ab_tests_change_until_they_end, reports_stay_as_they_were_until_they_are_removed};
use crate::samples;
use crate::{Batch, Blob, Order, Query, Store, StoreError};

/// Makes handles on one kept thing, which is empty at first.
pub trait Fixture {
    /// The store under test.
    type Store: Store;

    /// A handle on it.
    async fn open(&self) -> Self::Store;

    /// Another handle, while `first` stays open.
    async fn second(&self, first: &Self::Store) -> Self::Store;

    /// Gives a handle up, with all that was written kept.
    async fn close(&self, store: Self::Store);
}

/// Calls `$test!(name)` for each behaviour; `$test` makes a test that runs `suite::name` on a fixture.
#[macro_export]
macro_rules! store_suite {
    ($test:ident) => {
        $test!(records_of_every_kind_are_got_as_they_were_put);
        $test!(what_was_never_put_is_none);
        $test!(each_query_lists_in_both_orders_up_to_its_limit);
        $test!(runs_in_the_trash_are_listed_apart);
        $test!(ten_thousand_runs_are_listed_and_counted);
        $test!(a_refused_record_keeps_its_whole_batch_out);
        $test!(a_write_that_is_dropped_is_all_or_nothing);
        $test!(an_ended_run_changes_only_in_what_people_write);
        $test!(a_run_under_way_moves_in_the_indexes);
        $test!(the_registry_is_only_added_to);
        $test!(a_recipe_is_stored_once);
        $test!(what_is_kept_under_a_name_can_be_renamed_and_put_away);
        $test!(kept_predictions_are_only_added_to);
        $test!(kept_predictions_can_be_forgotten);
        $test!(only_kept_predictions_can_be_removed);
        $test!(flows_and_their_runs_are_kept);
        $test!(what_a_flow_run_left_is_found_by_it);
        $test!(an_ended_flow_run_stays);
        $test!(what_flows_leave_is_bounded);
        $test!(ab_tests_change_until_they_end);
        $test!(reports_stay_as_they_were_until_they_are_removed);
        $test!(numbers_that_json_cannot_hold_are_refused);
        $test!(records_of_one_batch_follow_one_another);
        $test!(blobs_are_kept_under_their_hash);
        $test!(removed_blobs_are_gone_and_records_stay);
        $test!(erase_forgets_everything);
        $test!(reopening_finds_everything);
        $test!(two_handles_see_each_others_writes);
        $test!(an_empty_batch_is_written);
    };
}

/// A zip file of any entries, with right checksums, as no project file would have them.
pub fn forge(entries: &[(&str, &[u8])], now: Millis) -> Vec<u8> {
    crate::project_file::forge(entries, now).unwrap()
}

/// The store's error for one of the browser's, since a test cannot fill a disk.
#[cfg(target_arch = "wasm32")]
pub fn failure(error: &wasm_bindgen::JsValue, what: &str) -> StoreError {
    crate::error::failure(error, what)
}

fn batch(records: impl IntoIterator<Item = Record>) -> Batch {
    Batch { records: records.into_iter().collect(), blobs: Vec::new() }
}

fn blob(bytes: &[u8]) -> (ContentHash, Blob) {
    (ContentHash::of(bytes), Blob::Bytes(bytes.to_vec()))
}

async fn get_run(store: &impl Store, run: &Run) -> Option<Run> {
    match store.get(Collection::Runs, run.id.as_str()).await.unwrap() {
        Some(Record::Run(run)) => Some(run),
        None => None,
        other => panic!("a run, not {other:?}"),
    }
}

async fn keys(store: &impl Store, query: &Query, order: Order, limit: usize) -> Vec<String> {
    store.list(query, order, limit).await.unwrap().iter().map(Record::key).collect()
}

async fn blob_bytes(store: &impl Store, hash: ContentHash) -> Option<Vec<u8>> {
    match store.blob(hash).await.unwrap() {
        Some(blob) => Some(blob.bytes().await.unwrap()),
        None => None,
    }
}

async fn assert_empty(store: &impl Store) {
    for collection in Collection::ALL {
        assert_eq!(store.count(&Query::All(collection)).await.unwrap(), 0, "{}", collection.as_str());
    }
    assert_eq!(store.blob_hashes().await.unwrap(), []);
}

pub async fn records_of_every_kind_are_got_as_they_were_put(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(batch(samples::project())).await.unwrap();
    for record in samples::project() {
        assert_eq!(store.get(record.collection(), &record.key()).await.unwrap(), Some(record));
    }
}

pub async fn what_was_never_put_is_none(fixture: &impl Fixture) {
    let store = fixture.open().await;
    assert_empty(&store).await;
    for collection in Collection::ALL {
        assert_eq!(store.get(collection, "nobody").await.unwrap(), None);
        assert_eq!(keys(&store, &Query::All(collection), Order::Descending, 9).await, [""; 0]);
    }
    assert!(store.blob(ContentHash::of(b"nothing")).await.unwrap().is_none());
}

pub async fn each_query_lists_in_both_orders_up_to_its_limit(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let elsewhere = Run { experiment: samples::experiment_id(1), ..samples::trial(1, 0) };
    let runs = [samples::study(0), samples::trial(0, 2), samples::trial(0, 0), samples::trial(0, 10)];
    let runs = runs.into_iter().chain([samples::fit(0), samples::study(1), elsewhere]);
    store.write(batch(runs.map(Record::Run))).await.unwrap();
    store.write(batch((0..3).map(|i| Record::Experiment(samples::experiment(i))))).await.unwrap();

    let trials = |study: u32, numbers: &[usize]| -> Vec<String> {
        numbers.iter().map(|number| samples::study_id(study).trial(0, *number).0).collect()
    };
    let study = |number: u32| samples::study_id(number).0;
    let fit = samples::study_id(0).final_fit(0).0;
    let of_study = [trials(0, &[0, 2, 10]), vec![fit.clone()]].concat();
    let of_experiment = [vec![study(0)], of_study.clone(), vec![study(1)]].concat();
    let cases = [
        (Query::All(Collection::Runs), [of_experiment.clone(), trials(1, &[0])].concat()),
        (Query::All(Collection::Experiments), (0..3).map(|i| samples::experiment_id(i).0).collect()),
        (Query::All(Collection::Datasets), Vec::new()),
        (Query::RunsOfKind(RunKind::Study), vec![study(0), study(1)]),
        (Query::RunsOfKind(RunKind::Trial), [trials(0, &[0, 2, 10]), trials(1, &[0])].concat()),
        (Query::RunsOfKind(RunKind::Fit), vec![fit]),
        (Query::RunsOfExperiment(samples::experiment_id(0)), of_experiment),
        (Query::RunsOfExperiment(samples::experiment_id(1)), trials(1, &[0])),
        (Query::RunsOfExperiment(samples::experiment_id(9)), Vec::new()),
        (Query::RunsOfParent(samples::study_id(0)), of_study),
        (Query::RunsOfParent(samples::study_id(1)), trials(1, &[0])),
    ];
    for (query, expected) in cases {
        let mut backward = expected.clone();
        backward.reverse();
        assert_eq!(store.count(&query).await.unwrap(), expected.len() as u64, "{query:?}");
        for limit in [0, 1, 2, expected.len(), usize::MAX] {
            let n = limit.min(expected.len());
            assert_eq!(
                keys(&store, &query, Order::Ascending, limit).await,
                expected[..n],
                "{query:?}, {limit}"
            );
            assert_eq!(
                keys(&store, &query, Order::Descending, limit).await,
                backward[..n],
                "{query:?}, {limit}"
            );
        }
    }
}

pub async fn a_refused_record_keeps_its_whole_batch_out(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(batch([Record::Run(samples::fit(0))])).await.unwrap();
    let forged = Run { seed: 1, ..samples::fit(0) };
    let records = [
        Record::Experiment(samples::experiment(0)),
        Record::Run(samples::trial(0, 0)),
        Record::Run(forged),
        Record::Run(samples::trial(0, 1)),
    ];
    let refused = store.write(Batch { blobs: vec![blob(b"bytes")], ..batch(records) }).await;
    assert!(matches!(refused, Err(StoreError::Run(_))), "{refused:?}");
    assert_eq!(
        keys(&store, &Query::All(Collection::Runs), Order::Ascending, 9).await,
        [samples::fit(0).id.0]
    );
    assert_eq!(get_run(&store, &samples::fit(0)).await, Some(samples::fit(0)));
    assert_eq!(store.count(&Query::All(Collection::Experiments)).await.unwrap(), 0);
    assert_eq!(store.blob_hashes().await.unwrap(), []);
}

pub async fn a_write_that_is_dropped_is_all_or_nothing(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let records = (0..50).map(|number| Record::Run(samples::trial(0, number)));
    let is_done = {
        let mut write = pin!(store.write(batch(records)));
        matches!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(_))
    };
    let expected = if is_done { 50 } else { 0 };
    assert_eq!(store.count(&Query::All(Collection::Runs)).await.unwrap(), expected);
    store.write(batch([Record::Run(samples::trial(0, 0))])).await.unwrap();
    assert!(get_run(&store, &samples::trial(0, 0)).await.is_some(), "the store goes on after it");
}

pub async fn an_ended_run_changes_only_in_what_people_write(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let run = samples::trial(0, 0);
    store.write(batch([Record::Run(run.clone())])).await.unwrap();
    let mut edited = Run {
        name: "the good one".into(),
        note: "keep".into(),
        lifecycle: Lifecycle::Deleted,
        ..run.clone()
    };
    edited.tags.insert("team".into(), "a".into());
    store.write(batch([Record::Run(edited.clone())])).await.unwrap();
    assert_eq!(get_run(&store, &run).await, Some(edited.clone()));
    let restarted = Run { state: RunState::Running, ended: None, ..run.clone() };
    let longer = Run { ended: Some(Millis(u64::MAX >> 16)), ..run.clone() };
    for forged in [restarted, longer, Run { metrics: Default::default(), ..run.clone() }] {
        let refused = store.write(batch([Record::Run(forged)])).await;
        assert!(matches!(refused, Err(StoreError::Run(_))), "{refused:?}");
    }
    assert_eq!(get_run(&store, &run).await, Some(edited));
}

pub async fn a_run_under_way_moves_in_the_indexes(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(batch([Record::Run(samples::study(0))])).await.unwrap();
    let moved = Run { experiment: samples::experiment_id(1), ..samples::study(0) };
    store.write(batch([Record::Run(moved)])).await.unwrap();
    for (experiment, expected) in [(0, 0), (1, 1)] {
        let query = Query::RunsOfExperiment(samples::experiment_id(experiment));
        assert_eq!(store.count(&query).await.unwrap(), expected, "experiment {experiment}");
    }
}

pub async fn the_registry_is_only_added_to(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let event = samples::registration(0, 1);
    store.write(batch([Record::Registry(event.clone())])).await.unwrap();
    store.write(batch([Record::Registry(event.clone())])).await.unwrap();
    let forged = RegistryEvent { who: "somebody else".into(), ..event.clone() };
    let refused = store.write(batch([Record::Registry(forged)])).await;
    assert_eq!(refused, Err(StoreError::AppendOnly { key: event.id.0.clone() }));
    store.write(batch([Record::Registry(samples::registration(0, 2))])).await.unwrap();
    let kept = store.list(&Query::All(Collection::Registry), Order::Ascending, 9).await.unwrap();
    assert_eq!(kept, [Record::Registry(event), Record::Registry(samples::registration(0, 2))]);
}

pub async fn a_recipe_is_stored_once(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let recipe = samples::recipe(0);
    store.write(batch([Record::Recipe(recipe.clone())])).await.unwrap();
    let later = track::dataset::RecipeRecord { created: Millis(9), ..recipe.clone() };
    store.write(batch([Record::Recipe(later)])).await.unwrap();
    let key = recipe.hash.to_string();
    let kept = store.get(Collection::Recipes, &key).await.unwrap();
    assert_eq!(kept, Some(Record::Recipe(recipe.clone())), "the first use keeps its date");
    let other = track::dataset::RecipeRecord { recipe: samples::recipe(5).recipe, ..recipe };
    let refused = store.write(batch([Record::Recipe(other)])).await;
    assert_eq!(refused, Err(StoreError::RecipeChanged { key }));
}

pub async fn what_is_kept_under_a_name_can_be_renamed_and_put_away(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let saved = samples::saved(0);
    store.write(batch([Record::Saved(samples::saved(1)), Record::Saved(saved.clone())])).await.unwrap();
    let renamed = Saved { name: "with emoji".into(), lifecycle: Lifecycle::Deleted, ..saved };
    store.write(batch([Record::Saved(renamed.clone())])).await.unwrap();
    let kept = store.list(&Query::All(Collection::Saved), Order::Ascending, 9).await.unwrap();
    assert_eq!(kept, [Record::Saved(renamed), Record::Saved(samples::saved(1))]);
}

pub async fn numbers_that_json_cannot_hold_are_refused(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let mut run = samples::trial(0, 0);
    run.metrics.insert("cv_f1_macro".into(), f64::NAN);
    let refused = store.write(batch([Record::Run(samples::trial(0, 1)), Record::Run(run)])).await;
    assert!(matches!(refused, Err(StoreError::Run(_))), "{refused:?}");
    assert_empty(&store).await;
}

pub async fn records_of_one_batch_follow_one_another(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let begun = samples::study(0);
    let ended = Run { state: RunState::Finished, ended: Some(samples::instant(5)), ..begun.clone() };
    store.write(batch([Record::Run(begun.clone()), Record::Run(ended.clone())])).await.unwrap();
    assert_eq!(get_run(&store, &begun).await, Some(ended.clone()));
    // A study may go on once it has ended; a trial may not.
    store.write(batch([Record::Run(begun.clone())])).await.unwrap();
    assert_eq!(get_run(&store, &begun).await, Some(begun));
    let ended = samples::trial(0, 0);
    let begun = Run { state: RunState::Running, ended: None, ..ended.clone() };
    let refused = store.write(batch([Record::Run(ended), Record::Run(begun.clone())])).await;
    assert!(matches!(refused, Err(StoreError::Run(_))), "{refused:?}");
    assert_eq!(get_run(&store, &begun).await, None);
}

pub async fn blobs_are_kept_under_their_hash(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let large: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    let contents: [&[u8]; 3] = [b"", b"a pipeline", &large];
    store.write(Batch { records: Vec::new(), blobs: contents.map(blob).to_vec() }).await.unwrap();
    store.write(Batch { records: Vec::new(), blobs: vec![blob(b"a pipeline")] }).await.unwrap();
    for content in contents {
        let hash = ContentHash::of(content);
        assert_eq!(store.blob(hash).await.unwrap().unwrap().len(), content.len() as u64);
        assert!(blob_bytes(&store, hash).await.unwrap() == content, "{} bytes", content.len());
    }
    let kept = store.blob(ContentHash::of(&large)).await.unwrap().unwrap();
    assert_eq!(kept.slice(250, 253).unwrap().bytes().await.unwrap(), [250, 0, 1]);
    assert_eq!(kept.slice(2_999_999, u64::MAX).unwrap().len(), 1);
    assert_eq!(kept.slice(u64::MAX - 1, u64::MAX).unwrap().len(), 0);
    let mut hashes = contents.map(ContentHash::of).to_vec();
    hashes.sort();
    assert_eq!(store.blob_hashes().await.unwrap(), hashes);
}

pub async fn removed_blobs_are_gone_and_records_stay(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let [kept, removed] = [b"kept".as_slice(), b"removed"].map(blob);
    let record = Record::Dataset(samples::dataset(0));
    let blobs = vec![kept.clone(), removed.clone()];
    store.write(Batch { blobs, ..batch([record.clone()]) }).await.unwrap();
    store.remove_blobs(&[removed.0, ContentHash::of(b"never there")]).await.unwrap();
    assert_eq!(store.blob_hashes().await.unwrap(), [kept.0]);
    assert_eq!(store.get(Collection::Datasets, &record.key()).await.unwrap(), Some(record));
    store.write(Batch { records: Vec::new(), blobs: vec![removed.clone()] }).await.unwrap();
    assert_eq!(
        blob_bytes(&store, removed.0).await.as_deref(),
        Some(b"removed".as_slice()),
        "it can come back"
    );
}

pub async fn erase_forgets_everything(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(Batch { blobs: vec![blob(b"bytes")], ..batch(samples::project()) }).await.unwrap();
    store.erase().await.unwrap();
    assert_empty(&store).await;
    for query in [Query::RunsOfKind(RunKind::Trial), Query::RunsOfParent(samples::study_id(0))] {
        assert_eq!(store.count(&query).await.unwrap(), 0);
    }
    let begun_anew = Run { state: RunState::Running, ended: None, ..samples::fit(0) };
    store.write(batch([Record::Run(begun_anew.clone())])).await.unwrap();
    fixture.close(store).await;
    let store = fixture.open().await;
    assert_eq!(get_run(&store, &begun_anew).await, Some(begun_anew), "nothing of before is remembered");
    assert_eq!(store.blob_hashes().await.unwrap(), []);
}

pub async fn an_empty_batch_is_written(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(Batch::default()).await.unwrap();
    assert_empty(&store).await;
}
