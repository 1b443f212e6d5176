//! What this device offers and holds: cores, storage used, and forgetting everything.
//!
//! Also what the start script left for the app: where the glue lies, and what was asked for before it ran.

use js_sys::{Array, Reflect};
use storage::StoreError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, StorageEstimate, Window};

/// Most workers ever started, whatever a device says about its cores.
const MAX_WORKERS: usize = 16;

/// Storage used and allowed, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StorageUse {
    /// Used by this site.
    pub used_bytes: u64,
    /// Allowed to this site.
    pub quota_bytes: u64,
    /// The browser promised not to clear it by itself.
    pub is_persistent: bool,
}

/// What a person asked for before the app was there.
#[derive(Clone, Debug)]
pub enum Early {
    /// The sample reviews.
    Sample,
    /// A file.
    File(File),
}

fn window() -> Window {
    web_sys::window().expect("the app runs in a window")
}

/// Logical cores, at least one, at most `MAX_WORKERS`.
pub fn n_cores() -> usize {
    web_sys::window()
        .map_or(1.0, |window| window.navigator().hardware_concurrency())
        .clamp(1.0, MAX_WORKERS as f64) as usize
}

/// Whether nobody sees this tab now.
pub fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// Puts a text on the clipboard; false where the browser does not let it.
pub async fn copy(text: &str) -> bool {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into());
    let Ok(clipboard) = clipboard else { return false };
    let write = Reflect::get(&clipboard, &"writeText".into()).ok().and_then(|write| write.dyn_into().ok());
    let Some(write): Option<js_sys::Function> = write else { return false };
    match write
        .call1(&clipboard, &text.into())
        .ok()
        .and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok())
    {
        Some(promise) => JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}

/// Where a file of this very build lies, as the start script's element says: the glue (`data-js`), a worker's start
/// (`data-worker`), the second part (`data-later`), the sample (`data-sample`).
pub fn place_of(name: &str) -> Option<String> {
    let script = window().document()?.query_selector("script[data-js]").ok().flatten()?;
    script.get_attribute(name)
}

/// Tells the boot script that the app is there: from now on clicks are the app's.
pub fn mark_booted() {
    if let Some(boot) = boot() {
        Reflect::set(&boot, &"mounted".into(), &JsValue::TRUE).ok();
    }
    if let Some(root) = window().document().and_then(|document| document.document_element()) {
        root.remove_attribute("data-boot").ok();
    }
}

fn boot() -> Option<JsValue> {
    Reflect::get(&window(), &"reviewlab".into()).ok().filter(JsValue::is_object)
}

/// What was clicked, chosen or dropped before the app was there; given once.
pub fn take_early() -> Option<Early> {
    let boot = boot()?;
    let pending = Reflect::get(&boot, &"pending".into()).ok()?;
    Reflect::set(&boot, &"pending".into(), &JsValue::NULL).ok()?;
    if pending.as_string().as_deref() == Some("sample") {
        return Some(Early::Sample);
    }
    pending.dyn_into().ok().map(Early::File)
}

/// What this site stores here.
///
/// # Errors
/// Where the browser does not say, with its words.
pub async fn storage_use() -> Result<StorageUse, StoreError> {
    let platform = |error: JsValue| StoreError::Platform { reason: super::files::words(&error) };
    let manager = window().navigator().storage();
    let estimate = JsFuture::from(manager.estimate().map_err(platform)?).await.map_err(platform)?;
    let estimate: StorageEstimate = estimate.unchecked_into();
    let persisted = JsFuture::from(manager.persisted().map_err(platform)?).await.map_err(platform)?;
    Ok(StorageUse {
        used_bytes: estimate.get_usage().unwrap_or(0.0) as u64,
        quota_bytes: estimate.get_quota().unwrap_or(0.0) as u64,
        is_persistent: persisted.is_truthy(),
    })
}

/// Asks the browser not to clear this site's storage by itself; whether it promised.
pub async fn ask_to_persist() -> bool {
    let Ok(asked) = window().navigator().storage().persist() else { return false };
    JsFuture::from(asked).await.is_ok_and(|answer| answer.is_truthy())
}

/// Forgets the caches of this site. Databases are the store's, local storage the settings'.
///
/// # Errors
/// Where the browser refuses, with its words.
pub async fn erase_caches() -> Result<(), StoreError> {
    let platform = |error: JsValue| StoreError::Platform { reason: super::files::words(&error) };
    let Ok(caches) = window().caches() else { return Ok(()) };
    let names = JsFuture::from(caches.keys()).await.map_err(platform)?;
    for name in Array::from(&names).iter().filter_map(|name| name.as_string()) {
        JsFuture::from(caches.delete(&name)).await.map_err(platform)?;
    }
    Ok(())
}

/// Told to the window when the browser begins or ends to offer that the site be installed (`assets/boot.js`).
pub const INSTALL_EVENT: &str = "reviewlab-install";

/// The browser's offer to install the site as an app, which the boot script keeps.
pub fn install_offer() -> Option<JsValue> {
    Reflect::get(&boot()?, &"install".into()).ok().filter(JsValue::is_object)
}

/// An offer is good for one question.
pub fn forget_install_offer() {
    if let Some(boot) = boot() {
        Reflect::set(&boot, &"install".into(), &JsValue::NULL).ok();
    }
    let event = web_sys::Event::new(INSTALL_EVENT).expect("an event can be made");
    window().dispatch_event(&event).expect("it has just been made");
}

/// Loads the page anew.
pub fn reload() {
    window().location().reload().expect("a page can be loaded anew");
}

/// Begins the page anew at its base.
pub fn reload_at_base() {
    window().location().set_href(&super::files::base_url()).expect("the base is a valid address");
}
