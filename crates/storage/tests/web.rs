//! The storage suite on IndexedDB in a real browser, and what only IndexedDB does.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::future::Future as _;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Waker};

use engine::num::ContentHash;
use js_sys::Reflect;
use storage::suite::Fixture;
use storage::{Batch, Blob, DB_VERSION, IndexedDbStore, Query, Store as _, StoreError, bench, samples};
use track::record::{Collection, Record};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest};

#[path = "web/folders.rs"]
mod folders;
#[path = "web/inbox.rs"]
mod inbox;
#[path = "web/project_files.rs"]
mod project_files;
#[path = "web/upgrades.rs"]
mod upgrades;

wasm_bindgen_test_configure!(run_in_browser);

/// A database of its own for each test.
struct InBrowser {
    name: &'static str,
}

impl InBrowser {
    async fn new(name: &'static str) -> Self {
        IndexedDbStore::delete_database(name).await.unwrap();
        Self { name }
    }
}

impl Fixture for InBrowser {
    type Store = IndexedDbStore;

    async fn open(&self) -> IndexedDbStore {
        IndexedDbStore::open(self.name).await.unwrap()
    }

    async fn second(&self, _: &IndexedDbStore) -> IndexedDbStore {
        self.open().await
    }

    async fn close(&self, store: IndexedDbStore) {
        drop(store);
    }
}

mod indexed_db {
    use wasm_bindgen_test::wasm_bindgen_test;

    macro_rules! on_indexed_db {
        ($behaviour:ident) => {
            #[wasm_bindgen_test]
            async fn $behaviour() {
                let fixture = super::InBrowser::new(stringify!($behaviour)).await;
                storage::suite::$behaviour(&fixture).await;
                storage::IndexedDbStore::delete_database(stringify!($behaviour)).await.unwrap();
            }
        };
    }
    storage::store_suite!(on_indexed_db);
}

mod memory {
    use storage::MemoryStore;
    use wasm_bindgen_test::wasm_bindgen_test;

    struct InMemory(MemoryStore);

    impl super::Fixture for InMemory {
        type Store = MemoryStore;

        async fn open(&self) -> MemoryStore {
            self.0.clone()
        }

        async fn second(&self, first: &MemoryStore) -> MemoryStore {
            first.clone()
        }

        async fn close(&self, _: MemoryStore) {}
    }

    macro_rules! on_memory {
        ($behaviour:ident) => {
            #[wasm_bindgen_test]
            async fn $behaviour() {
                storage::suite::$behaviour(&InMemory(MemoryStore::default())).await;
            }
        };
    }
    storage::store_suite!(on_memory);
}

fn factory() -> IdbFactory {
    Reflect::get(&js_sys::global(), &"indexedDB".into()).unwrap().unchecked_into()
}

/// A database as another program or another build would open it, with what `upgrade` makes of it.
async fn open_raw(name: &str, version: u32, upgrade: impl Fn(&IdbDatabase) + 'static) -> IdbDatabase {
    let request: IdbOpenDbRequest = factory().open_with_u32(name, version).unwrap();
    let making = request.clone();
    let on_upgrade = Closure::<dyn FnMut()>::new(move || upgrade(making.result().unwrap().unchecked_ref()));
    request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
    answered(&request).await.unchecked_into()
}

/// What the browser answers to a request.
async fn answered(request: &IdbRequest) -> JsValue {
    let answer = js_sys::Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(resolve.unchecked_ref()));
        request.set_onerror(Some(reject.unchecked_ref()));
    });
    JsFuture::from(answer).await.unwrap();
    request.result().unwrap()
}

fn trials(numbers: std::ops::Range<u32>) -> Batch {
    let records = numbers.map(|number| Record::Run(samples::trial(0, number))).collect();
    Batch { records, blobs: Vec::new() }
}

async fn n_runs(store: &IndexedDbStore) -> u64 {
    store.count(&Query::All(Collection::Runs)).await.unwrap()
}

/// Lets the browser's event loop turn once.
async fn turn() {
    let turned = js_sys::Promise::new(&mut |resolve, _| {
        let timer = Reflect::get(&js_sys::global(), &"setTimeout".into()).unwrap();
        timer.unchecked_into::<js_sys::Function>().call1(&JsValue::NULL, &resolve).unwrap();
    });
    JsFuture::from(turned).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_write_dropped_after_any_number_of_turns_is_all_or_nothing() {
    let n_rejections = Rc::new(Cell::new(0));
    let on_rejection = Closure::<dyn FnMut()>::new({
        let n_rejections = Rc::clone(&n_rejections);
        move || n_rejections.set(n_rejections.get() + 1)
    });
    Reflect::set(&js_sys::global(), &"onunhandledrejection".into(), on_rejection.as_ref()).unwrap();
    let fixture = InBrowser::new("dropped").await;
    let store = fixture.open().await;
    let n_rolled_back = Cell::new(0);
    for n_turns in 0..8 {
        store.erase().await.unwrap();
        {
            let mut write = pin!(store.write(trials(0..50)));
            let mut ctx = Context::from_waker(Waker::noop());
            for _ in 0..=n_turns {
                if write.as_mut().poll(&mut ctx).is_ready() {
                    break;
                }
                turn().await;
            }
        }
        match n_runs(&store).await {
            0 => n_rolled_back.set(n_rolled_back.get() + 1),
            50 => {}
            n => panic!("{n} of 50 records were kept after {n_turns} turns"),
        }
    }
    assert!(n_rolled_back.get() > 0, "no write was cut in the middle");
    store.write(trials(0..50)).await.unwrap();
    assert_eq!(n_runs(&store).await, 50);
    turn().await;
    Reflect::set(&js_sys::global(), &"onunhandledrejection".into(), &JsValue::NULL).unwrap();
    assert_eq!(n_rejections.get(), 0, "a promise that nobody awaits rejected into the console");
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_build_is_left_alone() {
    let fixture = InBrowser::new("newer").await;
    drop(fixture.open().await);
    open_raw(fixture.name, DB_VERSION + 1, |_| ()).await.close();
    let refused = IndexedDbStore::open(fixture.name).await.unwrap_err();
    assert_eq!(refused, StoreError::Newer { found: DB_VERSION + 1, known: DB_VERSION });
}

#[wasm_bindgen_test]
async fn a_handle_lets_go_when_another_tab_updates_or_deletes() {
    let fixture = InBrowser::new("lets_go").await;
    let store = fixture.open().await;
    store.write(trials(0..3)).await.unwrap();
    IndexedDbStore::delete_database(fixture.name).await.unwrap();
    assert!(store.is_closed());
    assert_eq!(store.write(trials(3..4)).await, Err(StoreError::Closed));
    assert_eq!(store.count(&Query::All(Collection::Runs)).await, Err(StoreError::Closed));
    assert_eq!(n_runs(&fixture.open().await).await, 0, "it was deleted");
}

#[wasm_bindgen_test]
async fn a_tab_that_does_not_let_go_is_named() {
    let fixture = InBrowser::new("blocked").await;
    let stubborn = open_raw(fixture.name, DB_VERSION, |_| ()).await;
    assert_eq!(IndexedDbStore::delete_database(fixture.name).await, Err(StoreError::Blocked));
    stubborn.close();
    let store = fixture.open().await;
    store.write(trials(0..1)).await.unwrap();
    assert_eq!(n_runs(&store).await, 1, "the request that was given up does no harm");
}

#[wasm_bindgen_test]
async fn a_stored_record_that_cannot_be_read_is_named() {
    let fixture = InBrowser::new("unreadable").await;
    let store = fixture.open().await;
    let raw = open_raw(fixture.name, DB_VERSION, |_| ()).await;
    let put = |key: &str, row: &JsValue| {
        let mode = web_sys::IdbTransactionMode::Readwrite;
        let runs = raw.transaction_with_str_and_mode("runs", mode).unwrap().object_store("runs").unwrap();
        runs.put_with_key(row, &key.into()).unwrap();
    };
    let newer = js_sys::Object::new();
    Reflect::set(&newer, &"json".into(), &r#"{"type":"run","schema":99}"#.into()).unwrap();
    put("newer", &newer);
    put("strange", &"a text".into());
    assert_eq!(
        store.get(Collection::Runs, "newer").await,
        Err(StoreError::Newer { found: 99, known: track::SCHEMA })
    );
    let strange = store.get(Collection::Runs, "strange").await;
    assert!(matches!(strange, Err(StoreError::Unreadable { collection: "runs", .. })), "{strange:?}");
    raw.close();
}

#[wasm_bindgen_test]
async fn runs_are_rows_that_can_be_read_in_the_browsers_own_tools() {
    let fixture = InBrowser::new("rows").await;
    let store = fixture.open().await;
    store.write(trials(7..8)).await.unwrap();
    let raw = open_raw(fixture.name, DB_VERSION, |_| ()).await;
    let runs = raw.transaction_with_str("runs").unwrap().object_store("runs").unwrap();
    let request = runs.get(&samples::trial(0, 7).id.0.as_str().into()).unwrap();
    let done = js_sys::Promise::new(&mut |resolve, _| request.set_onsuccess(Some(resolve.unchecked_ref())));
    JsFuture::from(done).await.unwrap();
    let row = request.result().unwrap();
    let field = |name: &str| Reflect::get(&row, &name.into()).unwrap().as_string();
    assert_eq!(field("kind").as_deref(), Some("trial"));
    assert_eq!(field("parent"), Some(samples::study_id(0).0));
    assert_eq!(field("experiment"), Some(samples::experiment_id(0).0));
    assert_eq!(field("json"), Record::Run(samples::trial(0, 7)).to_json().ok());
    raw.close();
}

#[wasm_bindgen_test]
async fn a_file_of_the_browsers_is_kept_and_sliced_without_being_loaded() {
    let fixture = InBrowser::new("large_blob").await;
    let store = fixture.open().await;
    // 64 pieces of 1 MB that the browser joins; wasm never holds more than one.
    let piece = js_sys::Uint8Array::new_with_length(1 << 20);
    piece.fill(7, 0, 1 << 20);
    let pieces: js_sys::Array = (0..64).map(|_| JsValue::from(piece.clone())).collect();
    let file = web_sys::Blob::new_with_u8_array_sequence(&pieces).unwrap();
    let hash = ContentHash::of(b"stands for the hash of a large file");
    let before = memory_bytes();
    store.write(Batch { records: Vec::new(), blobs: vec![(hash, Blob::Browser(file))] }).await.unwrap();
    let kept = store.blob(hash).await.unwrap().unwrap();
    assert!(matches!(kept, Blob::Browser(_)));
    assert_eq!(kept.len(), 64 << 20);
    assert_eq!(kept.slice(63 << 20, (63 << 20) + 3).unwrap().bytes().await.unwrap(), [7, 7, 7]);
    assert!(memory_bytes() - before < 8 << 20, "wasm's memory grew by {}", memory_bytes() - before);
    store.erase().await.unwrap();
}

fn memory_bytes() -> u32 {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length()
}

#[wasm_bindgen_test]
async fn a_full_disk_is_named() {
    let name = "QuotaExceededError";
    let error = web_sys::DomException::new_with_message_and_name("no room", name).unwrap();
    let full = storage::suite::failure(&error, "3 more records");
    assert_eq!(full, StoreError::Full { what: "3 more records".into() });
    assert!(full.to_string().contains("no room left on this device for 3 more records"));
}

#[wasm_bindgen_test]
async fn five_thousand_trials_are_written_and_timed() {
    const MAX_TRIAL_BYTES: u64 = 3 * 1024;
    let store = InBrowser::new("bench").await.open().await;
    let clock = Reflect::get(&js_sys::global(), &"performance".into()).unwrap();
    let now: js_sys::Function = Reflect::get(&clock, &"now".into()).unwrap().unchecked_into();
    let times = bench::write_trials(&store, 5_000, 50, || now.call0(&clock).unwrap().as_f64().unwrap())
        .await
        .unwrap();
    console_log!(
        "store: {} trials of {} bytes at most, {:.0} a second",
        times.n_records,
        times.largest_bytes,
        times.records_per_second()
    );
    assert_eq!(n_runs(&store).await, 5_000);
    assert!(times.largest_bytes <= MAX_TRIAL_BYTES);
    drop(store);
    IndexedDbStore::delete_database("bench").await.unwrap();
}
