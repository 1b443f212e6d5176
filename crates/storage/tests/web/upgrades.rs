//! A database that an earlier build left is read by this one, whole.

use js_sys::Reflect;
use storage::suite::Fixture as _;
use storage::{Batch, DB_VERSION, Order, Query, Store as _, samples};
use track::record::{Collection, Record};
use track::registry::{Registry, Stage};
use track::run::RunKind;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::IdbDatabase;

use super::{InBrowser, open_raw};

/// A stored record of an earlier build, as its golden file has it.
macro_rules! golden {
    ($($file:literal),* $(,)?) => {
        [$(include_str!(concat!("../../../track/testdata/", $file, ".json"))),*]
    };
}

/// What each released build left behind: its database's version, its object stores, and records of its own making.
fn released() -> Vec<(u32, Vec<&'static str>, Vec<&'static str>)> {
    let first = ["experiments", "recipes", "datasets", "registry", "blobs", "meta"];
    let with_saved = [&first[..], &["saved"]].concat();
    let with_log = [&with_saved[..], &["predictions", "feedback"]].concat();
    let flows = [
        "flows",
        "deployments",
        "flow_runs",
        "task_runs",
        "task_results",
        "flow_logs",
        "flow_events",
        "automations",
    ];
    let of_1 = golden!(
        "v1/experiment",
        "v1/recipe",
        "v1/dataset",
        "v1/run_study",
        "v1/run_trial",
        "v1/run_fit",
        "v1/registry_register"
    );
    let of_2 = golden!("v2/dataset", "v2/recipe", "v2/run_study", "v1/run_trial", "v1/registry_register");
    let of_3 = golden!("v3/recipe", "v3/saved_study", "v2/dataset", "v1/registry_register");
    let of_4 = golden!("v4/saved_board", "v4/experiment", "v4/dataset_typed", "v1/registry_register");
    let of_5 = golden!("v5/prediction", "v5/feedback_wrong", "v1/registry_register");
    let of_6 = golden!(
        "v6/flow",
        "v6/deployment",
        "v6/flow_run",
        "v6/task_run",
        "v6/task_result_fit",
        "v6/flow_log",
        "v6/flow_event_state",
        "v6/automation_state",
        "v5/prediction_batch",
        "v1/registry_register"
    );
    let with_flows = [&with_log[..], &flows].concat();
    vec![
        (1, first.to_vec(), of_1.to_vec()),
        (2, first.to_vec(), of_2.to_vec()),
        (3, with_saved.clone(), of_3.to_vec()),
        (4, with_saved.clone(), of_4.to_vec()),
        (5, with_log.clone(), of_5.to_vec()),
        (6, with_flows.clone(), of_6.to_vec()),
        (7, [&with_flows[..], &["inbox"]].concat(), of_6.to_vec()),
    ]
}

/// Puts a record as every build so far has: its JSON, and of a run what it is found by.
fn put_row(raw: &IdbDatabase, json: &str) -> Record {
    let record = Record::from_json(json).unwrap();
    let row = js_sys::Object::new();
    let set = |name: &str, value: &str| Reflect::set(&row, &name.into(), &value.into()).unwrap();
    set("json", json);
    if let Record::Run(run) = &record {
        let kind = json::to_string(&run.kind);
        set("kind", kind.trim_matches('"'));
        set("experiment", &run.experiment.0);
        if let Some(parent) = &run.parent {
            set("parent", &parent.0);
        }
    }
    let name = record.collection().as_str();
    let mode = web_sys::IdbTransactionMode::Readwrite;
    let writing = raw.transaction_with_str_and_mode(name, mode).unwrap();
    writing.object_store(name).unwrap().put_with_key(&row, &record.key().as_str().into()).unwrap();
    record
}

#[wasm_bindgen_test]
async fn a_database_of_every_released_version_keeps_its_records() {
    let all = released();
    assert_eq!(all.len() as u32, DB_VERSION - 1, "a released version has no test of its upgrade");
    for (version, stores, records) in all {
        let fixture = InBrowser::new("released").await;
        let raw = open_raw(fixture.name, version, move |db| {
            for name in &stores {
                db.create_object_store(name).unwrap();
            }
            let runs = db.create_object_store("runs").unwrap();
            for index in ["kind", "experiment", "parent"] {
                runs.create_index_with_str(index, index).unwrap();
            }
        })
        .await;
        let kept: Vec<Record> = records.iter().map(|json| put_row(&raw, json)).collect();
        raw.close();
        let store = fixture.open().await;
        for record in &kept {
            let read = store.get(record.collection(), &record.key()).await.unwrap();
            assert_eq!(read.as_ref(), Some(record), "of version {version}");
        }
        let n_runs_kept = kept.iter().filter(|record| matches!(record, Record::Run(_))).count() as u64;
        let mut n_found = 0;
        for kind in [RunKind::Study, RunKind::Trial, RunKind::Fit] {
            n_found += store.count(&Query::RunsOfKind(kind)).await.unwrap();
        }
        assert_eq!(n_found, n_runs_kept, "runs of version {version} are found by their kind");
        let events = store.list(&Query::All(Collection::Registry), Order::Ascending, 9).await.unwrap();
        let events: Vec<_> = events
            .iter()
            .filter_map(|event| if let Record::Registry(event) = event { Some(event) } else { None })
            .collect();
        let registry = Registry::from_events(events);
        let registered = registry.version("headphones", 1).expect("it was registered");
        assert_eq!(registered.stage, Stage::None, "version {version} had no stages");
        // What this build brings can be written beside it.
        let crowned = registry.set_alias("headphones", "champion", 1).unwrap();
        let event = registry.event(crowned, ("me", ""), samples::instant(9), [9; 10]).unwrap();
        store.write(Batch { records: vec![Record::Registry(event)], blobs: Vec::new() }).await.unwrap();
        let new = vec![
            Record::Saved(samples::saved(0)),
            Record::Prediction(samples::prediction(0)),
            Record::PredictionBatch(samples::prediction_batch(1)),
            Record::Feedback(samples::feedback(0)),
        ];
        let new: Vec<Record> =
            new.into_iter().chain(samples::flow_records()).chain(samples::watching_records()).collect();
        store.write(Batch { records: new.clone(), blobs: Vec::new() }).await.unwrap();
        for record in new {
            assert_eq!(store.get(record.collection(), &record.key()).await.unwrap(), Some(record));
        }
    }
}
