//! Words that can be pressed: which one an event is about, and the focus moved from one to another.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement};

/// The attribute that says which word an element is.
const WORD: &str = "data-word";

/// The word that was pressed.
pub fn pressed(event: &Event) -> Option<u32> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest("[data-word]").ok()??.get_attribute(WORD)?.parse().ok()
}

/// Moves the focus from the word that has it to the next, or the one before.
pub fn move_focus(event: &Event, is_forward: bool) {
    let Some(mut at) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let next =
        |at: &Element| if is_forward { at.next_element_sibling() } else { at.previous_element_sibling() };
    while let Some(beside) = next(&at) {
        if beside.has_attribute(WORD)
            && let Some(element) = beside.dyn_ref::<HtmlElement>()
        {
            event.prevent_default();
            // An element that takes no focus leaves it where it was.
            element.focus().ok();
            return;
        }
        at = beside;
    }
}
