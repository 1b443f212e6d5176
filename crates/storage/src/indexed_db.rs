//! Keeps records and blobs in the browser's IndexedDB.
//!
//! Blobs stay the browser's: a large file never passes through wasm. Written on `web-sys` alone: what
//! is needed of a wrapper crate is `request`, and its transactions take requests in one go rather than
//! one by one.

mod request;
mod schema;
mod row;
mod source;
mod inbox;
mod folders;

use std::cell::Cell;
use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use js_sys::Array;
use track::record::{Collection, Record};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    DomException, Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest, IdbTransactionMode,
    IdbVersionChangeEvent,
};

use crate::blob::Blob;
use crate::error::{StoreError, failure};
use crate::rules::{self, Place};
use crate::store::{Batch, Order, Query, Store};

pub use inbox::MAX_INBOX;
use request::{Transaction, answer, factory, opened};
use row::{Row, decode, encode};
pub use schema::DB_VERSION;
use schema::{BLOBS, INBOX, META, META_SCHEMA};
use source::{Source, collection_of, count, first, last};

/// A store in a database of the browser's. Clones share one connection.
#[derive(Clone, Debug)]
pub struct IndexedDbStore {
    connection: Rc<Connection>,
}

/// A handler of events: one type for all, since each type has glue of its own.
type OnEvent = Closure<dyn FnMut(Event)>;

/// An open database. It lets go of it as soon as another tab wants to update or delete it.
#[derive(Debug)]
struct Connection {
    db: IdbDatabase,
    is_closed: Rc<Cell<bool>>,
    /// Kept alive for as long as the database may call it.
    _on_close: OnEvent,
}

impl Connection {
    fn new(db: IdbDatabase) -> Self {
        let is_closed = Rc::new(Cell::new(false));
        let on_close = OnEvent::new({
            let (db, is_closed) = (db.clone(), Rc::clone(&is_closed));
            move |_| {
                is_closed.set(true);
                db.close();
            }
        });
        db.set_onversionchange(Some(on_close.as_ref().unchecked_ref()));
        db.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Self { db, is_closed, _on_close: on_close }
    }

    fn begin(&self, stores: &[&str], mode: IdbTransactionMode) -> Result<Transaction, StoreError> {
        if self.is_closed.get() {
            return Err(StoreError::Closed);
        }
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let inner = self.db.transaction_with_str_sequence_and_mode(&names, mode);
        Ok(Transaction::new(inner.map_err(|error| failure(&error, "a transaction"))?, mode))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.db.set_onversionchange(None);
        self.db.set_onclose(None);
        self.db.close();
    }
}

impl IndexedDbStore {
    /// Opens the database `name`, made or updated to this build's layout where needed.
    ///
    /// # Errors
    /// `Newer` where a newer build has updated it, `Blocked` where another tab does not let go of an
    /// older layout, `Platform` where the browser keeps no databases.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let factory = factory()?;
        let request =
            factory.open_with_u32(name, DB_VERSION).map_err(|error| failure(&error, "the database"))?;
        let upgrade = upgrade_of(&request);
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let db = match opened(&request).await {
            Ok(db) => db.unchecked_into::<IdbDatabase>(),
            Err(error) => return Err(why_not_opened(&factory, name, &error).await),
        };
        let store = Self { connection: Rc::new(Connection::new(db)) };
        store.check_layout().await?;
        Ok(store)
    }

    /// Opens the database `name` as it is, for one who may not make or update it; none where there is none.
    ///
    /// # Errors
    /// Where it has another build's layout, or the browser keeps no databases.
    pub async fn open_existing(name: &str) -> Result<Option<Self>, StoreError> {
        let request = factory()?.open(name).map_err(|error| failure(&error, "the database"))?;
        let is_new = Rc::new(Cell::new(false));
        let (opening, seen) = (request.clone(), is_new.clone());
        let abort = OnEvent::new(move |_| {
            seen.set(true);
            if let Some(transaction) = opening.transaction() {
                // The database that the request began to make is then gone again.
                let _ = transaction.abort();
            }
        });
        request.set_onupgradeneeded(Some(abort.as_ref().unchecked_ref()));
        let db = match opened(&request).await {
            Ok(db) => db.unchecked_into::<IdbDatabase>(),
            Err(_) if is_new.get() => return Ok(None),
            Err(error) => return Err(failure(&error, "the database")),
        };
        let found = db.version() as u32;
        if found < DB_VERSION {
            db.close();
            return Err(StoreError::Platform {
                reason: "open the app once: its data is of an older version".to_owned(),
            });
        }
        if found > DB_VERSION {
            db.close();
            return Err(StoreError::Newer { found, known: DB_VERSION });
        }
        Ok(Some(Self { connection: Rc::new(Connection::new(db)) }))
    }

    /// Deletes the database `name`, whoever has it open.
    ///
    /// # Errors
    /// `Blocked` where another tab does not let go of it.
    pub async fn delete_database(name: &str) -> Result<(), StoreError> {
        let request = factory()?.delete_database(name).map_err(|error| failure(&error, "the database"))?;
        match opened(&request).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_null() => Err(StoreError::Blocked),
            Err(error) => Err(failure(&error, "the database")),
        }
    }

    /// Whether another tab has updated or deleted the database, so that this handle is of no more use.
    pub fn is_closed(&self) -> bool {
        self.connection.is_closed.get()
    }

    /// A database whose upgrade was forgotten, or that another program made, is not written to.
    async fn check_layout(&self) -> Result<(), StoreError> {
        if !schema::is_whole(&self.connection.db) {
            debug_assert!(false, "some migrations are missing: the layout is not that of DB_VERSION");
            return Err(StoreError::Platform { reason: "the database has another layout".to_owned() });
        }
        let meta = self.connection.begin(&[META], IdbTransactionMode::Readonly)?.store(META)?;
        let request = meta.get(&JsValue::from_str(META_SCHEMA)).map_err(|error| failure(&error, META))?;
        let found = answer(&request, META).await?.as_f64().unwrap_or(0.0) as u32;
        debug_assert_eq!(found, DB_VERSION, "some migrations are missing");
        if found > DB_VERSION {
            return Err(StoreError::Newer { found, known: DB_VERSION });
        }
        Ok(())
    }
}

/// Runs the migrations when the browser says that the database is older than this build.
fn upgrade_of(request: &IdbOpenDbRequest) -> OnEvent {
    let request = request.clone();
    Closure::new(move |event: Event| {
        let event: IdbVersionChangeEvent = event.unchecked_into();
        let db = request.result().map(|db| db.unchecked_into::<IdbDatabase>());
        let (Ok(db), Some(transaction)) = (db, request.transaction()) else { return };
        // Version numbers are whole and small: they count migrations.
        if schema::upgrade(&db, &transaction, event.old_version() as u32).is_err() {
            // The open request then fails with the reason, and the old layout stands.
            let _ = transaction.abort();
        }
    })
}

async fn why_not_opened(factory: &IdbFactory, name: &str, error: &JsValue) -> StoreError {
    if error.is_null() {
        return StoreError::Blocked;
    }
    if error.dyn_ref::<DomException>().is_none_or(|error| error.name() != "VersionError") {
        return failure(error, "the database");
    }
    // The browser does not say which version it found: opening without one does.
    let Ok(request) = factory.open(name) else { return failure(error, "the database") };
    match opened(&request).await {
        Ok(db) => {
            let db = db.unchecked_into::<IdbDatabase>();
            let found = db.version() as u32;
            db.close();
            StoreError::Newer { found, known: DB_VERSION }
        }
        Err(_) => failure(error, "the database"),
    }
}

/// What the places that a batch may not simply overwrite hold now, asked in one go.
async fn stored(
    transaction: &Transaction,
    records: &[Record],
) -> Result<SortedMap<Place, Record>, StoreError> {
    let mut asked: Vec<(Place, IdbRequest)> = Vec::new();
    for record in records.iter().filter(|record| rules::must_look(record.collection())) {
        let place = (record.collection(), record.key());
        let store = transaction.store(place.0.as_str())?;
        let request = store.get(&JsValue::from_str(&place.1)).map_err(|error| failure(&error, "a record"))?;
        asked.push((place, request));
    }
    // A transaction answers in the order it was asked, so with the last all are there.
    if let Some((_, last)) = asked.last() {
        answer(last, "a record").await?;
    }
    let mut stored = Vec::new();
    for (place, request) in asked {
        let row = request.result().map_err(|error| failure(&error, "a record"))?;
        if !row.is_undefined() {
            let record = decode(place.0, &row)?;
            stored.push((place, record));
        }
    }
    Ok(stored.into_iter().collect())
}

/// The blobs that are not kept yet, with their keys: a large file is not copied once more.
async fn new_blobs(
    transaction: &Transaction,
    blobs: &[(ContentHash, Blob)],
) -> Result<Vec<(JsValue, web_sys::Blob)>, StoreError> {
    let mut new = Vec::new();
    for (hash, blob) in blobs {
        let key = JsValue::from_str(&hash.to_string());
        let request = transaction.store(BLOBS)?.get_key(&key).map_err(|error| failure(&error, "a file"))?;
        if answer(&request, "a file").await?.is_undefined() {
            new.push((key, blob.to_browser()?));
        }
    }
    Ok(new)
}

/// What a batch is, for the message that says there is no room for it.
fn describe(batch: &Batch) -> String {
    let n_bytes: u64 = batch.blobs.iter().map(|(_, blob)| blob.len()).sum();
    match (batch.records.len(), n_bytes) {
        (1, 0) => "one more record".to_owned(),
        (n_records, 0) => format!("{n_records} more records"),
        (_, n_bytes) => format!("{} more MB", n_bytes.div_ceil(1_000_000)),
    }
}

impl Store for IndexedDbStore {
    async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let what = describe(&batch);
        let mut names: Vec<&str> = Collection::ALL
            .iter()
            .filter(|of| batch.records.iter().any(|record| record.collection() == **of))
            .map(|of| of.as_str())
            .collect();
        if !batch.blobs.is_empty() {
            names.push(BLOBS);
        }
        if names.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.begin(&names, IdbTransactionMode::Readwrite)?;
        let stored = stored(&transaction, &batch.records).await?;
        let new_blobs = new_blobs(&transaction, &batch.blobs).await?;
        let rows: Vec<(Place, Row)> = rules::settle(batch.records, &stored)?
            .into_iter()
            .map(|(place, record)| Ok((place, encode(&record)?)))
            .collect::<Result<_, StoreError>>()?;
        for ((collection, key), row) in rows {
            let store = transaction.store(collection.as_str())?;
            store.put_with_key(&row, &JsValue::from_str(&key)).map_err(|error| failure(&error, &what))?;
        }
        for (key, blob) in new_blobs {
            transaction.store(BLOBS)?.put_with_key(&blob, &key).map_err(|error| failure(&error, &what))?;
        }
        transaction.finish(&what).await
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StoreError> {
        let transaction = self.connection.begin(&[collection.as_str()], IdbTransactionMode::Readonly)?;
        let store = transaction.store(collection.as_str())?;
        let request = store.get(&JsValue::from_str(key)).map_err(|error| failure(&error, "a record"))?;
        let row = answer(&request, "a record").await?;
        if row.is_undefined() { Ok(None) } else { decode(collection, &row).map(Some) }
    }

    async fn list(&self, query: &Query, order: Order, limit: usize) -> Result<Vec<Record>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let collection = collection_of(query);
        let transaction = self.connection.begin(&[collection.as_str()], IdbTransactionMode::Readonly)?;
        let source = Source::new(&transaction, query)?;
        let at_most = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = match order {
            Order::Ascending => first(&source, at_most).await?,
            // A cursor costs a turn for each row; where all are wanted, one request gives them.
            Order::Descending if limit as u64 >= count(&source).await? => {
                let mut rows = first(&source, at_most).await?;
                rows.reverse();
                rows
            }
            Order::Descending => last(&source, limit).await?,
        };
        rows.iter().map(|row| decode(collection, row)).collect()
    }

    async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        let names = [collection_of(query).as_str()];
        let transaction = self.connection.begin(&names, IdbTransactionMode::Readonly)?;
        count(&Source::new(&transaction, query)?).await
    }

    async fn blob(&self, hash: ContentHash) -> Result<Option<Blob>, StoreError> {
        let transaction = self.connection.begin(&[BLOBS], IdbTransactionMode::Readonly)?;
        let key = JsValue::from_str(&hash.to_string());
        let request = transaction.store(BLOBS)?.get(&key).map_err(|error| failure(&error, "a file"))?;
        Ok(answer(&request, "a file").await?.dyn_into::<web_sys::Blob>().ok().map(Blob::Browser))
    }

    async fn blob_hashes(&self) -> Result<Vec<ContentHash>, StoreError> {
        let transaction = self.connection.begin(&[BLOBS], IdbTransactionMode::Readonly)?;
        let request = transaction.store(BLOBS)?.get_all_keys().map_err(|error| failure(&error, "files"))?;
        let keys = Array::from(&answer(&request, "files").await?);
        keys.iter()
            .map(|key| {
                let key = key.as_string().unwrap_or_default();
                key.parse().map_err(|error: engine::num::ParseHashError| StoreError::Unreadable {
                    collection: BLOBS,
                    key,
                    reason: error.to_string(),
                })
            })
            .collect()
    }

    async fn remove(
        &self,
        collection: Collection,
        keys: &[String],
        blobs: &[ContentHash],
    ) -> Result<(), StoreError> {
        rules::check_removable(collection)?;
        let names = [collection.as_str(), BLOBS];
        let transaction = self.connection.begin(&names, IdbTransactionMode::Readwrite)?;
        let hashes = blobs.iter().map(|hash| (BLOBS, hash.to_string()));
        for (name, key) in keys.iter().map(|key| (names[0], key.clone())).chain(hashes) {
            let key = JsValue::from_str(&key);
            transaction.store(name)?.delete(&key).map_err(|error| failure(&error, "a record"))?;
        }
        transaction.finish("removing records").await
    }

    async fn remove_blobs(&self, hashes: &[ContentHash]) -> Result<(), StoreError> {
        let transaction = self.connection.begin(&[BLOBS], IdbTransactionMode::Readwrite)?;
        for hash in hashes {
            let key = JsValue::from_str(&hash.to_string());
            transaction.store(BLOBS)?.delete(&key).map_err(|error| failure(&error, "a file"))?;
        }
        transaction.finish("removing files").await
    }

    async fn erase(&self) -> Result<(), StoreError> {
        let mut names: Vec<&str> = Collection::ALL.iter().map(|of| of.as_str()).collect();
        names.extend([BLOBS, INBOX]);
        let beside = [&names[..], &[META]].concat();
        let transaction = self.connection.begin(&beside, IdbTransactionMode::Readwrite)?;
        for name in names {
            transaction.store(name)?.clear().map_err(|error| failure(&error, name))?;
        }
        let folders = folders::all_folders()?;
        transaction.store(META)?.delete(&folders).map_err(|error| failure(&error, META))?;
        transaction.finish("erasing").await
    }
}
