//! The moment before a page may be gone: hidden, closed, left for another site. Telephones give no later one.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::device;

/// Calls `act` each time the page is hidden or left, for as long as the page lives.
pub fn on_leaving(act: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let act = std::rc::Rc::new(act);
    let left = act.clone();
    let left = Closure::<dyn Fn()>::new(move || left());
    let hidden = Closure::<dyn Fn()>::new(move || {
        if device::is_hidden() {
            act();
        }
    });
    // A browser that knows neither has what was kept while it was typed.
    window.add_event_listener_with_callback("pagehide", left.as_ref().unchecked_ref()).ok();
    document.add_event_listener_with_callback("visibilitychange", hidden.as_ref().unchecked_ref()).ok();
    left.forget();
    hidden.forget();
}
