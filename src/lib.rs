//! Reviewlab in a browser tab.
//!
//! `services` touch the browser, `state` knows what pages show, `charts`, `components` and `pages` show it.
//! The same module runs in the page, in its workers and in the service worker; `start` looks which of these it is.

// `view!` names what it draws by the whole path, here and in tests.
extern crate self as reviewlab;

#[cfg(target_arch = "wasm32")]
mod heap;
pub mod glossary;
pub mod reactive;
pub mod services;
pub mod worker;
pub mod markup;
pub mod router;
pub mod state;
pub mod charts;
pub mod components;
pub mod pages;
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod service_worker;

use leptos::prelude::Owner;
use wasm_bindgen::JsCast as _;
use web_sys::{DedicatedWorkerGlobalScope, HtmlElement, Window};

/// Element of index.html in whose place the app is drawn.
const MOUNT_ID: &str = "app";

/// Begins as what the global scope says: the page's app, a worker's message handler, or else what the service worker
/// asks.
pub fn start() {
    let scope = js_sys::global();
    if let Ok(window) = scope.clone().dyn_into::<Window>() {
        mount(&window);
    } else if let Ok(scope) = scope.dyn_into::<DedicatedWorkerGlobalScope>() {
        worker::listen(scope);
    } else {
        #[cfg(target_arch = "wasm32")]
        service_worker::listen();
    }
}

fn mount(window: &Window) {
    let document = window.document().expect("a window has a document");
    let place: HtmlElement = document
        .get_element_by_id(MOUNT_ID)
        .and_then(|element| element.dyn_into().ok())
        .expect("index.html has an element with the id 'app'");
    // The shell that painted first gives way to the app, which draws the same.
    place.set_inner_html("");
    // Fails where it was done before, which is as good.
    any_spawner::Executor::init_wasm_bindgen().ok();
    let owner = Owner::new();
    owner.with(|| std::mem::forget(markup::mount(&place, app::App())));
    // The app lives as long as the page.
    std::mem::forget(owner);
    services::device::mark_booted();
}
