//! A clock that goes on while nobody sees this tab: a worker's timer, which browsers do not hold back as they do a
//! hidden page's.
//!
//! In: how often. Out: calls. Never: the time itself, which `clock` says.

use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, Url, Worker};

use super::wire::{self, OnEvent};

/// Calls again and again until it is dropped.
pub struct Ticks {
    worker: Worker,
    _on_message: OnEvent,
}

impl Ticks {
    /// Calls `on_tick` about every `every_ms` milliseconds; none where the browser starts no worker.
    pub fn start(every_ms: u32, on_tick: impl Fn() + 'static) -> Option<Self> {
        let source = format!("setInterval(() => postMessage(0), {every_ms});");
        let options = BlobPropertyBag::new();
        options.set_type("text/javascript");
        let parts = Array::of1(&JsValue::from_str(&source));
        let blob = Blob::new_with_str_sequence_and_options(&parts.unchecked_into(), &options).ok()?;
        let address = Url::create_object_url_with_blob(&blob).ok()?;
        let worker = Worker::new(&address).ok()?;
        let on_message = wire::on_message(move |_| on_tick());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self { worker, _on_message: on_message })
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}
