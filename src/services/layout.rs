//! Where things are on the page and how wide they are: for charts that fill their cards and tips that
//! stay on the screen.

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, ResizeObserver, ResizeObserverEntry};

use crate::reactive::{Derived, Held, State, follow};

/// An element's box on the screen, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Where `element` is on the screen now.
pub fn place_of(element: &Element) -> Place {
    let found = element.get_bounding_client_rect();
    Place { left: found.left(), top: found.top(), width: found.width(), height: found.height() }
}

/// Width and height of the window's inside, without scroll bars.
pub fn viewport() -> (f64, f64) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    root.map_or((0.0, 0.0), |root| (f64::from(root.client_width()), f64::from(root.client_height())))
}

/// The width of `node` in whole pixels, kept true while it is on the page; 0 before it is.
pub fn width_of(node: State<Option<HtmlElement>>) -> Derived<f64> {
    let width = State::new(0.0);
    follow(move || {
        let Some(element) = node.get() else { return };
        let report = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
            if let Some(entry) = entries.get(0).dyn_ref::<ResizeObserverEntry>() {
                let found = entry.content_rect().width().floor();
                // The page may have gone between the layout and this report.
                width.set(found);
            }
        });
        let Ok(observer) = ResizeObserver::new(report.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = Held::new((observer, report));
        on_cleanup(move || {
            kept.update(|(observer, _)| observer.disconnect());
        });
    });
    width.into()
}

/// How far an element is scrolled down, and the height of what is in sight, in pixels.
pub fn scrolled(element: &HtmlElement) -> (f64, f64) {
    (f64::from(element.scroll_top()), f64::from(element.client_height()))
}

/// Scrolls an element to this many pixels below its upper edge.
pub fn scroll_to(element: &HtmlElement, top: f64) {
    element.set_scroll_top(top as i32);
}

/// What `attribute` says of the innermost element that has it at a point of the window, in pixels.
pub fn attribute_at((x, y): (f64, f64), attribute: &str) -> Option<String> {
    let found = web_sys::window()?.document()?.element_from_point(x as f32, y as f32)?;
    found.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)
}

/// Names the window after its page.
pub fn set_title(page: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(&format!("{page} · Reviewlab"));
    }
}
