//! The description of the interface: `openapi.json` beside this file, with the bounds of `bounds.rs` filled in.
//! Out: an OpenAPI 3.1 document. Never: a number of its own; tests hold its shapes to what is read and written.

use crate::bounds::BOUNDS;

/// The version of OpenAPI that the description keeps to.
pub const OPENAPI_VERSION: &str = "3.1.0";

const TEMPLATE: &str = include_str!("openapi.json");

/// The description. `"{NAME}"` is a bound as a number, `{NAME}` within a longer text the same in words.
pub fn openapi() -> String {
    let mut text = TEMPLATE.replace("{OPENAPI_VERSION}", OPENAPI_VERSION);
    text = text.replace("{VERSION}", env!("CARGO_PKG_VERSION"));
    for (name, bound) in BOUNDS {
        let bound = bound.to_string();
        text = text.replace(&format!("\"{{{name}}}\""), &bound).replace(&format!("{{{name}}}"), &bound);
    }
    text
}
