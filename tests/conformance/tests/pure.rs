//! The pure crate answers as the suite says, and its description is that of what it reads and writes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use api::{Answer, FIELDS, Models as _, Request, Unregistered, answer, problem};
use conformance::{PureHome, Schemas, cases, faults_of, heard_of, project};
use engine::num::ContentHash;
use serde_json::{Value, json};
use storage::{Blob, Order, ProjectFileStore, Query, Store as _};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::Registry;

fn schemas() -> Schemas {
    Schemas::new(serde_json::from_str(&api::openapi()).unwrap())
}

fn asked(method: &str, path: &str, body: &Value, home: &mut PureHome) -> Answer {
    let body = body.to_string();
    let content_type = Some("application/json");
    answer(&Request { method, path, content_type, body: body.as_bytes() }, home)
}

#[test]
fn the_pure_crate_conforms() {
    let (schemas, mut home) = (schemas(), PureHome::default());
    let cases = cases();
    let faults: Vec<String> =
        cases.iter().flat_map(|case| faults_of(case, &heard_of(case, &mut home), &schemas)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "a case is known by its name");
}

#[test]
fn a_wrong_answer_is_noticed() {
    let (schemas, mut home) = (schemas(), PureHome::default());
    for case in cases() {
        let right = heard_of(&case, &mut home);
        let mut wrong = right.clone();
        wrong.status = if right.status == 200 { 500 } else { 200 };
        assert!(!faults_of(&case, &wrong, &schemas).is_empty(), "{}", case.name);
        let mut wrong = right.clone();
        wrong.content_type = "text/html".to_owned();
        assert!(!faults_of(&case, &wrong, &schemas).is_empty(), "{}", case.name);
        let mut wrong = right.clone();
        wrong.body = wrong.body.replacen('{', "{\"more\":1,", 1);
        assert!(!faults_of(&case, &wrong, &schemas).is_empty(), "{}", case.name);
    }
}

#[test]
fn the_description_names_the_fields_that_are_read_and_their_bounds() {
    let schemas = schemas();
    let request = &schemas.document()["components"]["schemas"]["PredictRequest"];
    let named: BTreeSet<&str> =
        request["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, FIELDS.into_iter().collect());
    assert_eq!(request["properties"]["texts"]["maxItems"], api::MAX_TEXTS);
    assert_eq!(request["properties"]["text"]["maxLength"], api::MAX_TEXT_BYTES);
    assert_eq!(request["properties"]["words"]["maximum"], api::MAX_TOP_WORDS);
    assert_eq!(schemas.document()["info"]["version"], env!("CARGO_PKG_VERSION"));
    let text = schemas.document().to_string();
    assert!(text.contains(&format!("at most {} bytes", api::MAX_BODY_BYTES)));
    assert!(!text.contains("{MAX_") && !text.contains("VERSION}"), "a bound is not filled in");
    // Its own examples are good requests.
    let body = &schemas.document()["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"];
    for example in body["examples"].as_object().unwrap().values() {
        assert_eq!(asked("POST", "predict", &example["value"], &mut PureHome::default()).status, 200);
    }
}

#[test]
fn every_reason_of_the_description_is_given_by_somebody() {
    let schemas = schemas();
    let problem_schema = &schemas.document()["components"]["schemas"]["Problem"];
    let named = problem_schema["properties"]["reason"]["enum"].as_array().unwrap();
    let mut home = PureHome::default();
    let mut given: BTreeSet<String> = cases()
        .iter()
        .filter_map(|case| serde_json::from_str::<Value>(&heard_of(case, &mut home).body).ok())
        .filter_map(|body| body["reason"].as_str().map(str::to_owned))
        .collect();
    // Given by an empty home, and by those that carry requests.
    given.extend(
        ["no_model", "unauthorized", "wrong_host", "body_cut", "too_slow", "too_busy"].map(str::to_owned),
    );
    let named: BTreeSet<String> = named.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    assert_eq!(given, named);
    for status in [401, 408, 421, 503] {
        let answer = problem(status, "too_busy", "One sentence.");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(schemas.faults(problem_schema, &body, "a home's problem"), [""; 0]);
        assert_ne!(body["title"], "Error", "{status} has words of its own");
    }
}

#[test]
fn without_a_model_nobody_answers() {
    let mut home = PureHome::empty();
    let refused = asked("POST", "predict", &json!({ "text": "good" }), &mut home);
    let problem: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!((refused.status, &problem["reason"]), (503, &json!("no_model")));
    let listed: Value = serde_json::from_str(&asked("GET", "models", &Value::Null, &mut home).body).unwrap();
    assert_eq!(listed, json!({ "answering": null, "models": [] }));
}

#[test]
fn a_fit_answers_until_a_model_is_registered() {
    let mut home = PureHome::with_fit(RunId("01FIT".to_owned()));
    for body in [json!({ "text": "good" }), json!({ "text": "good", "model": "runs:/01FIT/model" })] {
        let answer = asked("POST", "predict", &body, &mut home);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer["model"]["address"], "runs:/01FIT/model");
        assert_eq!(answer["model"].get("name"), None);
        let faults = schemas().faults(&json!({ "$ref": "#/components/schemas/Predicted" }), &answer, "it");
        assert_eq!(faults, [""; 0]);
    }
    let other = asked("POST", "predict", &json!({ "text": "good", "model": "runs:/01NO/model" }), &mut home);
    assert_eq!(other.status, 422);
    let registry = PureHome::default();
    let fit = Unregistered { run: RunId("01FIT".to_owned()), pipeline: ContentHash::of(b"") };
    let list = api::ModelList::of(registry.registry(), Some(&fit));
    assert_eq!(list.answering.as_deref(), Some("models:/shop/1"), "a registered model comes first");
}

#[test]
fn the_project_file_holds_the_same_models() {
    let home = PureHome::default();
    let (registry, n_blobs) = pollster::block_on(async {
        let store = ProjectFileStore::from_file(&Blob::Bytes(project())).await.unwrap();
        let all = Query::All(Collection::Registry);
        let events = store.list(&all, Order::Ascending, usize::MAX).await.unwrap();
        let events = events.into_iter().map(|record| match record {
            Record::Registry(event) => event,
            other => panic!("{other:?}"),
        });
        (Registry::from_events(&events.collect::<Vec<_>>()), store.blob_hashes().await.unwrap().len())
    });
    assert_eq!(&registry, home.registry());
    assert_eq!(n_blobs, 5, "that of `lost` is not there");
    assert_eq!(project(), project());
}

#[test]
fn the_service_worker_reads_as_much_of_a_body_as_the_interface_takes() {
    let script = std::fs::read_to_string("../../assets/sw.js").unwrap();
    let line = format!("const MAX_BODY_BYTES = {};", api::MAX_BODY_BYTES);
    assert!(script.contains(&line), "assets/sw.js lacks `{line}`");
}
