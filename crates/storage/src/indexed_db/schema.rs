//! The layout of the database, and how each version of it becomes the next.
//!
//! An object store for each collection, keyed by `Record::key`; runs indexed by kind, experiment and
//! parent; `blobs` by hash; `inbox` by number; `meta` with the layout's number. A new layout is one more migration; no
//! migration is ever changed.

use track::SCHEMA;
use track::record::Collection;
use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbObjectStoreParameters, IdbTransaction};

/// The layout's number: how many migrations lead to it.
pub const DB_VERSION: u32 = MIGRATIONS.len() as u32;

// Records of a new schema must not meet a build that knows only the old one.
const _: () = assert!(DB_VERSION >= SCHEMA, "a new record schema needs a migration of the database");

pub(super) const BLOBS: &str = "blobs";
pub(super) const INBOX: &str = "inbox";
pub(super) const META: &str = "meta";
pub(super) const META_SCHEMA: &str = "schema";

pub(super) const BY_KIND: &str = "kind";
pub(super) const BY_EXPERIMENT: &str = "experiment";
pub(super) const BY_PARENT: &str = "parent";

/// Object stores that hold no collection.
const BESIDE: [&str; 3] = [BLOBS, INBOX, META];

type Migration = fn(&IdbDatabase, &IdbTransaction) -> Result<(), JsValue>;

const MIGRATIONS: [Migration; 8] =
    [create, keep_rows, add_saved, keep_rows, add_predictions, add_flows, add_inbox, add_watching];

/// Version 0 is no database at all.
fn create(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    for name in ["experiments", "recipes", "datasets", "registry", BLOBS, META] {
        db.create_object_store(name)?;
    }
    let runs = db.create_object_store("runs")?;
    for index in [BY_KIND, BY_EXPERIMENT, BY_PARENT] {
        runs.create_index_with_str(index, index)?;
    }
    Ok(())
}

/// Records of schema 2 have fields that those of schema 1 lack, and read as unknown there; schema 4 brought more kinds
/// of registry events: rows stay as they are.
fn keep_rows(_: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    Ok(())
}

/// Schema 3 brought what is kept under a name.
fn add_saved(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    db.create_object_store("saved").map(|_| ())
}

/// Schema 5 brought the log of predictions, and what people say of them.
fn add_predictions(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    db.create_object_store("predictions")?;
    db.create_object_store("feedback").map(|_| ())
}

/// Schema 6 brought flows.
fn add_flows(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    let names =
        ["flows", "deployments", "flow_runs", "task_runs", "task_results", "flow_logs", "flow_events"];
    for name in names {
        db.create_object_store(name)?;
    }
    db.create_object_store("automations").map(|_| ())
}

/// Layout 7 brought what the service worker leaves for the tab that writes. Its keys are numbers in the order of coming.
fn add_inbox(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    let numbered = IdbObjectStoreParameters::new();
    numbered.set_auto_increment(true);
    db.create_object_store_with_optional_parameters(INBOX, &numbered).map(|_| ())
}

/// Layout 8, with schema 7, brought A/B tests and reports of drift.
fn add_watching(db: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    db.create_object_store("ab_tests")?;
    db.create_object_store("ab_answers")?;
    db.create_object_store("reports").map(|_| ())
}

/// Brings a database of version `from` to `DB_VERSION`, inside the browser's upgrade transaction.
pub(super) fn upgrade(db: &IdbDatabase, transaction: &IdbTransaction, from: u32) -> Result<(), JsValue> {
    for migration in MIGRATIONS.iter().skip(from as usize) {
        migration(db, transaction)?;
    }
    let meta = transaction.object_store(META)?;
    meta.put_with_key(&JsValue::from(DB_VERSION), &JsValue::from_str(META_SCHEMA))?;
    debug_assert!(is_whole(db), "a collection is missing: write a migration");
    Ok(())
}

/// Whether the database has the object stores of this build's layout and no others.
pub(super) fn is_whole(db: &IdbDatabase) -> bool {
    let names = db.object_store_names();
    let mut needed = Collection::ALL.iter().map(|of| of.as_str()).chain(BESIDE);
    names.length() as usize == Collection::ALL.len() + BESIDE.len() && needed.all(|name| names.contains(name))
}
