//! Web Locks: one name, one holder in all tabs and workers of this origin; released when the holder dies.
//!
//! Where the browser has none (an insecure origin), every lock is free and nobody ever lets go.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

/// How a lock is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Only if it is free now.
    IfFree,
    /// When it becomes free.
    Wait,
    /// Now, whoever holds it.
    Steal,
}

/// Is told whether the lock is ours, and gives the promise that holds it.
pub type Granted = Box<dyn FnOnce(bool) -> Promise>;

fn lock_manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| locks.is_object())
}

/// Whether this browser has locks here.
pub fn are_there() -> bool {
    lock_manager().is_some()
}

/// Asks for `name`; `granted` is told whether it is ours, and returns a promise that holds it until it
/// settles. The result resolves when the lock was let go, and is an error when it was stolen.
pub async fn request(name: &str, ask: Ask, granted: Granted) -> Result<(), JsValue> {
    let Some(locks) = lock_manager() else {
        drop(granted(true));
        return Ok(());
    };
    let options = Object::new();
    match ask {
        Ask::IfFree => Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?,
        Ask::Steal => Reflect::set(&options, &"steal".into(), &JsValue::TRUE)?,
        Ask::Wait => true,
    };
    let callback =
        Closure::once_into_js(move |lock: JsValue| -> JsValue { granted(lock.is_object()).into() });
    let ask: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let asked: Promise = ask.call3(&locks, &name.into(), &options, &callback)?.dyn_into()?;
    JsFuture::from(asked).await.map(drop)
}

/// Waits until nobody holds `name`, and does not keep it. False where that cannot be known.
pub async fn until_free(name: &str) -> bool {
    if !are_there() {
        return false;
    }
    request(name, Ask::Wait, Box::new(|_| Promise::resolve(&JsValue::UNDEFINED))).await.is_ok()
}
