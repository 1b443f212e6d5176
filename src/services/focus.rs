//! What has the focus on the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// Gives the focus to the element of this id, if it is there, and brings it into sight.
pub fn give(id: &str) {
    let found = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok());
    if let Some(element) = found {
        // An element that takes no focus leaves it where it was.
        element.focus().ok();
    }
}
