//! A box of text being typed into: what stands in it, and where the cursor is.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement};

/// The text of a box, and the byte of it that the cursor stands before.
pub fn typed(input: &HtmlInputElement) -> (String, usize) {
    let text = input.value();
    let cursor = input.selection_start().ok().flatten().map_or(text.len(), |units| byte_of(&text, units));
    (text, cursor)
}

/// Puts the cursor before byte `cursor` of the text in a box.
pub fn put_cursor(element: &HtmlElement, text: &str, cursor: usize) {
    let units = text.get(..cursor).unwrap_or(text).encode_utf16().count() as u32;
    let input: &HtmlInputElement = element.unchecked_ref();
    // A box that is gone needs no cursor.
    input.set_selection_range(units, units).ok();
}

/// The byte at which the `units`th UTF-16 unit begins: a box counts in these.
fn byte_of(text: &str, units: u32) -> usize {
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += c.len_utf16() as u32;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_among_wide_letters_is_found() {
        for (units, expected) in [(0, 0), (1, 2), (3, 6), (4, 7), (9, 7)] {
            assert_eq!(byte_of("ä🙂b", units), expected, "{units}");
        }
    }
}
