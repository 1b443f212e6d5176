//! The browser's requests and transactions as futures.
//!
//! A request's promise resolves inside its event, while the transaction still takes requests. A promise
//! is made only where it is awaited: one that nobody awaits would reject into the console.

use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbFactory, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode};

use crate::error::{StoreError, failure};

/// How long other tabs may take to let go of a database that is to be updated or deleted.
const BLOCKED_AFTER_MS: u32 = 3_000;

/// The browser's databases, in a page and in a worker alike.
pub(super) fn factory() -> Result<IdbFactory, StoreError> {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB"))
        .ok()
        .and_then(|factory| factory.dyn_into::<IdbFactory>().ok())
        .ok_or_else(|| StoreError::Platform { reason: "it keeps no databases here".to_owned() })
}

/// The browser's answer to `request`.
pub(super) async fn answer(request: &IdbRequest, what: &str) -> Result<JsValue, StoreError> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(resolve.unchecked_ref()));
        request.set_onerror(Some(reject.unchecked_ref()));
    });
    match JsFuture::from(settled).await {
        Ok(_) => request.result().map_err(|error| failure(&error, what)),
        Err(event) => Err(failure(&request_error(request).unwrap_or(event), what)),
    }
}

fn request_error(request: &IdbRequest) -> Option<JsValue> {
    request.error().ok().flatten().map(JsValue::from)
}

/// The database that `request` opens, or undefined where it deletes one. Gives up where another tab
/// does not let go; if the browser opens the database after that, it is closed again.
pub(super) async fn opened(request: &IdbOpenDbRequest) -> Result<JsValue, JsValue> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(resolve.unchecked_ref()));
        request.set_onerror(Some(reject.unchecked_ref()));
        let give_up = Closure::once_into_js(move || set_timeout(&reject, BLOCKED_AFTER_MS));
        request.set_onblocked(Some(give_up.unchecked_ref()));
    });
    if JsFuture::from(settled).await.is_ok() {
        return request.result();
    }
    if let Some(error) = request_error(request) {
        return Err(error);
    }
    let late = request.clone();
    let close = Closure::once_into_js(move || {
        if let Ok(db) = late.result().and_then(|db| db.dyn_into::<web_sys::IdbDatabase>()) {
            db.close();
        }
    });
    request.set_onsuccess(Some(close.unchecked_ref()));
    Err(JsValue::NULL)
}

/// Calls `function` later, in a page and in a worker alike.
fn set_timeout(function: &js_sys::Function, delay_ms: u32) {
    let global = js_sys::global();
    let timer = js_sys::Reflect::get(&global, &JsValue::from_str("setTimeout"));
    if let Ok(timer) = timer.and_then(|timer| timer.dyn_into::<js_sys::Function>()) {
        // Without a timer the wait is without an end, which is no worse than before.
        let _ = timer.call2(&global, function, &JsValue::from(delay_ms));
    }
}

/// A transaction. One that writes is rolled back unless it was finished, so `?` and a dropped future
/// are safe.
pub(super) struct Transaction {
    inner: IdbTransaction,
    must_finish: bool,
}

impl Transaction {
    pub(super) fn new(inner: IdbTransaction, mode: IdbTransactionMode) -> Self {
        Self { inner, must_finish: mode == IdbTransactionMode::Readwrite }
    }

    pub(super) fn store(&self, name: &str) -> Result<web_sys::IdbObjectStore, StoreError> {
        self.inner.object_store(name).map_err(|error| failure(&error, name))
    }

    /// Commits what was put and waits until it is kept.
    pub(super) async fn finish(mut self, what: &str) -> Result<(), StoreError> {
        let completed = Promise::new(&mut |resolve, reject| {
            self.inner.set_oncomplete(Some(resolve.unchecked_ref()));
            self.inner.set_onabort(Some(reject.unchecked_ref()));
        });
        let completed = JsFuture::from(completed);
        // Spares the browser a turn of its event loop; where it is missing, the end comes by itself.
        #[expect(
            deprecated,
            reason = "standard (Indexed DB 3.0); web-sys means an older method of that name"
        )]
        let _ = self.inner.commit();
        let outcome = completed.await;
        self.must_finish = false;
        match (outcome, self.inner.error()) {
            (Ok(_), _) => Ok(()),
            (Err(_), Some(error)) => Err(failure(&error, what)),
            (Err(event), None) => Err(failure(&event, what)),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.must_finish {
            // It fails only where the transaction has ended already.
            let _ = self.inner.abort();
        }
    }
}
