//! The program's second part (`assets/later.js`): whether it is there, and waiting for it.
//!
//! A build that was not parted has none and needs none.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::device;

fn part() -> Option<JsValue> {
    let boot = Reflect::get(&js_sys::global(), &"reviewlab".into()).ok()?;
    Reflect::get(&boot, &"later".into()).ok().filter(JsValue::is_object)
}

/// Whether calls into the second part are answered without a fetch. They are not where the program has a second part
/// that the start script knows nothing of: then that script is of another build.
pub fn is_here() -> bool {
    match part() {
        Some(part) => Reflect::get(&part, &"module".into()).is_ok_and(|module| module.is_object()),
        None => !is_named(),
    }
}

fn is_named() -> bool {
    device::place_of("data-later").is_some()
}

/// Waits until the second part is there; one sentence where it cannot be had.
///
/// # Errors
/// When it could not be fetched.
pub async fn arrival() -> Result<(), String> {
    const FAILED: &str = "This part of the app could not be loaded: look at the connection and try again.";
    const MIXED: &str = "Parts of two versions of this app came together: reload the page.";
    let Some(part) = part() else { return if is_named() { Err(MIXED.to_owned()) } else { Ok(()) } };
    let fetch: Option<Function> =
        Reflect::get(&part, &"fetch".into()).ok().and_then(|fetch| fetch.dyn_into().ok());
    let promise = fetch.and_then(|fetch| fetch.call0(&part).ok()?.dyn_into::<Promise>().ok());
    let promise = promise.ok_or_else(|| FAILED.to_owned())?;
    JsFuture::from(promise).await.map(|_| ()).map_err(|_| FAILED.to_owned())
}

/// What a worker is told of it: where it lies, and the compiled module where it is there.
pub fn for_worker() -> JsValue {
    let Some(part) = part() else { return JsValue::UNDEFINED };
    let told = Object::new();
    for name in ["url", "module"] {
        let value = Reflect::get(&part, &name.into()).unwrap_or(JsValue::UNDEFINED);
        Reflect::set(&told, &name.into(), &value).expect("a plain object takes any field");
    }
    told.into()
}
