//! Values in, JSON text out, and back: what serde and serde_json would write and read, in little code.
//!
//! The derives `ToJson` and `FromJson` follow serde's own attributes, and tests hold both to the same
//! text; serde stays the shapes' definition. A page has to fetch its code, and serde makes a parser of
//! every type: here text becomes one flat tree, and a type only picks its fields from it.

mod parse_real;
mod push_real;
mod parse;
mod write;
mod document;
mod fields;
mod read;

pub use document::{Document, FromJson, Items, JsonError, Members, Node};
#[doc(hidden)]
pub use fields::{ReadField, WriteField, read_struct, write_struct};
pub use fields::{read_members, write_members};
pub use json_derive::{FromJson, ToJson};
pub use parse::MAX_DEPTH;
pub use parse_real::parse_real;
pub use write::{ToJson, Writer, pretty};

/// `value` as compact JSON. Numbers keep every bit; NaN and infinities become `null`, as in serde_json.
pub fn to_string<T: ToJson + ?Sized>(value: &T) -> String {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.finish()
}

/// The value that `text` holds.
///
/// # Errors
/// Where it is not JSON or does not fit the type, with the first place that does not.
pub fn from_str<T: FromJson>(text: &str) -> Result<T, JsonError> {
    Document::parse(text)?.read()
}
