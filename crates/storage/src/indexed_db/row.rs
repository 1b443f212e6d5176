//! Records as the rows that IndexedDB keeps, and back.
//!
//! A row is `{ json, kind, experiment, parent }`: the record's JSON and, for runs, what the indexes
//! need: a run in the trash has the kind `deleted` and no experiment. A structured object in its place would round a 64-bit seed and turn `1.0` into `1`, since
//! JavaScript has one kind of number.

use js_sys::Object;
use json::Document;
use track::experiment::Lifecycle;
use track::record::{Collection, Record, RecordError};
use track::run::RunKind;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::error::StoreError;

#[wasm_bindgen]
extern "C" {
    /// A record as IndexedDB keeps it.
    #[wasm_bindgen(extends = Object)]
    pub(super) type Row;

    #[wasm_bindgen(method, getter, structural)]
    fn json(this: &Row) -> Option<String>;
    #[wasm_bindgen(method, setter, structural)]
    fn set_json(this: &Row, json: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_kind(this: &Row, kind: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_experiment(this: &Row, experiment: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_parent(this: &Row, parent: &str);
}

/// The row of a record.
pub(super) fn encode(record: &Record) -> Result<Row, StoreError> {
    let json = record.to_json().map_err(|error| StoreError::Unwritable {
        collection: record.collection().as_str(),
        key: record.key(),
        reason: error.to_string(),
    })?;
    let row = Object::new().unchecked_into::<Row>();
    row.set_json(&json);
    if let Record::Run(run) = record {
        match run.lifecycle {
            Lifecycle::Active => {
                row.set_kind(kind_key(run.kind));
                row.set_experiment(run.experiment.as_str());
            }
            Lifecycle::Deleted => row.set_kind(IN_TRASH),
        }
        if let Some(parent) = &run.parent {
            row.set_parent(parent.as_str());
        }
    }
    Ok(row)
}

/// What stands for the kind of a run in the trash.
pub(super) const IN_TRASH: &str = "deleted";

/// A kind as rows and indexes hold it.
pub(super) fn kind_key(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Study => "study",
        RunKind::Trial => "trial",
        RunKind::Fit => "fit",
    }
}

/// The record in a row of any collection; none where this build cannot read it.
pub(super) fn decode_any(row: &JsValue) -> Option<Record> {
    let json = row.dyn_ref::<Object>().and_then(|row| row.unchecked_ref::<Row>().json());
    Record::from_json(&json?).ok()
}

/// The record in a row.
pub(super) fn decode(collection: Collection, row: &JsValue) -> Result<Record, StoreError> {
    let json = row.dyn_ref::<Object>().and_then(|row| row.unchecked_ref::<Row>().json());
    let json = json.as_deref().unwrap_or_default();
    Record::from_json(json).map_err(|error| match error {
        RecordError::Newer { found, known, .. } => StoreError::Newer { found, known },
        error => StoreError::Unreadable {
            collection: collection.as_str(),
            key: key_in(json),
            reason: error.to_string(),
        },
    })
}

/// What of a broken record's JSON says which it is.
fn key_in(json: &str) -> String {
    let document = Document::parse(json).ok();
    let key = document.as_ref().map(|document| ["id", "hash"].map(|name| document.root().field(name)));
    let key = key.into_iter().flatten().find(|key| key.is_text());
    key.map_or_else(|| "without an id".to_owned(), |key| key.text().into_owned())
}
