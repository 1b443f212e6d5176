//! Periodic background sync, where the browser has it: the service worker is woken now and then while no tab is open, and
//! tells the person what is due (`assets/sw.js`). It runs nothing.
//!
//! In: whether the person wants that. Out: whether it is so, or why it cannot be, in one sentence.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::notices::{self, Permission};
use super::{device, files};

/// What the service worker knows it by.
const TAG: &str = "reviewlab-due";
/// Shortest time between two wakings that is asked for; browsers wait longer, often half a day.
const LEAST_MS: f64 = 900_000.0;

/// Whether a person is told of due runs while no tab is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telling {
    /// This cannot be had here, and why.
    Absent(&'static str),
    /// It can be had, and is not wanted.
    Off,
    /// They are told.
    On,
}

/// How it stands.
pub async fn telling() -> Telling {
    const NO_SYNC: &str =
        "While no tab is open nobody is told of a due run: this browser has no periodic background sync.";
    const NO_WORKER: &str = "While no tab is open nobody is told of a due run: this site keeps nothing for work without a network here.";
    if !has_sync() || notices::permission() == Permission::Absent {
        return Telling::Absent(NO_SYNC);
    }
    // Without a service worker's script `ready` would never come.
    if device::place_of("data-sw").is_none() {
        return Telling::Absent(NO_WORKER);
    }
    let tags = call("getTags", &[]).await.ok().and_then(|tags| tags.dyn_into::<Array>().ok());
    let is_on = tags.is_some_and(|tags| tags.iter().any(|tag| tag.as_string().as_deref() == Some(TAG)));
    if is_on { Telling::On } else { Telling::Off }
}

/// Has the person told, after asking whether that is allowed.
///
/// # Errors
/// Why it cannot be, in one sentence.
pub async fn begin() -> Result<(), String> {
    if notices::ask().await != Permission::Granted {
        return Err(
            "Notices are not allowed here: allow them in the browser's settings of this site.".to_owned()
        );
    }
    let options = Object::new();
    let set = Reflect::set(&options, &"minInterval".into(), &LEAST_MS.into());
    let begun = match set {
        Ok(_) => call("register", &[&TAG.into(), &options]).await,
        Err(error) => Err(error),
    };
    begun.map(|_| ()).map_err(|error| {
        format!(
            "The browser refuses ({}): most allow it only once this site is installed as an app.",
            files::words(&error)
        )
    })
}

/// Has nobody told any more.
///
/// # Errors
/// The browser's words.
pub async fn end() -> Result<(), String> {
    call("unregister", &[&TAG.into()]).await.map(|_| ()).map_err(|error| files::words(&error))
}

fn has_sync() -> bool {
    let registration = Reflect::get(&js_sys::global(), &"ServiceWorkerRegistration".into());
    let prototype = registration.and_then(|class| Reflect::get(&class, &"prototype".into()));
    prototype.and_then(|prototype| Reflect::has(&prototype, &"periodicSync".into())).unwrap_or(false)
}

/// Calls a method of the registration's `periodicSync`.
async fn call(method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into());
    let container = get(&get(&js_sys::global(), "navigator")?, "serviceWorker")?;
    let ready: Promise = get(&container, "ready")?.dyn_into()?;
    let sync = get(&JsFuture::from(ready).await?, "periodicSync")?;
    let method: Function = get(&sync, method)?.dyn_into()?;
    let arguments: Array = arguments.iter().copied().collect();
    let promise: Promise = method.apply(&sync, &arguments)?.dyn_into()?;
    JsFuture::from(promise).await
}
