//! The address bar: which page is asked for, and going to another without loading the site again.
//!
//! Paths are those below the site's base: `/`, `/runs/abc`.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent, Url, Window};

use super::files;

fn window() -> Window {
    web_sys::window().expect("the app runs in a window")
}

/// The path asked for, without query, hash, and slash at its end.
pub fn path() -> String {
    let whole = window().location().pathname().unwrap_or_default();
    let below = below_base(&whole).unwrap_or(&whole);
    let trimmed = below.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

/// What follows the path, from its `?` on; empty where there is nothing.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// A part of a path as it was before it became one: `a b` of `a%20b`.
pub fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
}

/// A word as a part of a query or a path can hold it.
pub fn encoded(word: &str) -> String {
    js_sys::encode_uri_component(word).into()
}

/// The address of `path`, which may have a query and a hash, on this site.
pub fn of_path(path: &str) -> String {
    format!("{}{path}", files::base_path())
}

/// The same with the site's origin: what another person can open.
pub fn whole(path: &str) -> String {
    format!("{}{}", window().location().origin().unwrap_or_default(), of_path(path))
}

/// What follows `mark` behind the `#` of the address, which is then without it: a reload does not bring it again.
pub fn take_fragment(mark: &str) -> Option<String> {
    let hash = window().location().hash().unwrap_or_default();
    let taken = hash.strip_prefix('#')?.strip_prefix(mark)?.to_owned();
    let path = window().location().pathname().unwrap_or_default();
    let history = window().history().expect("a window has a history");
    // Where the browser refuses, the next reload brings it again.
    history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{}", query()))).ok();
    Some(taken)
}

/// Shows `address` in the address bar, as a step that `Back` takes back.
pub fn push(address: &str) {
    let history = window().history().expect("a window has a history");
    let here = window().location().href().unwrap_or_default();
    let is_here = Url::new_with_base(address, &here).is_ok_and(|url| url.href() == here);
    let shown = if is_here {
        history.replace_state_with_url(&JsValue::NULL, "", Some(address))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(address))
    };
    shown.expect("the address is of this site");
}

/// Shows `address` in the address bar in the place of what it shows, without a step.
pub fn replace(address: &str) {
    let history = window().history().expect("a window has a history");
    let shown = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    shown.expect("the address is of this site");
}

/// Scrolls to what the address's hash names, or else to the top.
pub fn scroll() {
    let hash = window().location().hash().unwrap_or_default();
    let named = hash.strip_prefix('#').filter(|id| !id.is_empty()).map(decoded);
    let element = named.and_then(|id| window().document().and_then(|page| page.get_element_by_id(&id)));
    match element {
        Some(element) => element.scroll_into_view(),
        None => window().scroll_to_with_x_and_y(0.0, 0.0),
    }
}

/// Calls `on_step` whenever the person goes back or forward.
pub fn on_step(on_step: impl Fn() + 'static) {
    listen("popstate", move |_| on_step());
}

/// Calls `on_link` with the address of every link to a page of this site that is clicked to be followed here;
/// the browser follows all others.
pub fn on_link(on_link: impl Fn(String) + 'static) {
    listen("click", move |event| {
        if let Some(address) = followed(event.unchecked_ref()) {
            event.prevent_default();
            on_link(address);
        }
    });
}

/// For as long as the page is open.
fn listen(name: &str, handle: impl Fn(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(handle);
    window()
        .add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())
        .expect("a window takes listeners");
    closure.forget();
}

fn followed(event: &MouseEvent) -> Option<String> {
    let has_key = event.meta_key() || event.alt_key() || event.ctrl_key() || event.shift_key();
    if event.default_prevented() || event.button() != 0 || has_key {
        return None;
    }
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href]").ok()??.dyn_into().ok()?;
    if !link.target().is_empty() || link.has_attribute("download") {
        return None;
    }
    let is_here = link.origin() == window().location().origin().ok()?;
    let path = link.pathname();
    (is_here && below_base(&path).is_some()).then(|| format!("{path}{}{}", link.search(), link.hash()))
}

/// What follows the site's base in a path; `None` where it leads out of the site.
fn below_base(path: &str) -> Option<&str> {
    let below = path.strip_prefix(&files::base_path())?;
    (below.is_empty() || below.starts_with('/')).then_some(below)
}
