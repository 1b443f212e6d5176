//! Derives `json::ToJson` and `json::FromJson` of structs and enums from the attributes that serde's own
//! derives read: `tag`, `content`, `rename_all`, `rename`, `default`, `skip`, `skip_serializing_if`,
//! `flatten`, `transparent`. An attribute it does not know is an error: the two must agree.

mod attributes;
mod shape;
mod to_json;
mod from_json;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Writes what serde's `Serialize` of the same attributes would.
#[proc_macro_derive(ToJson, attributes(serde))]
pub fn to_json(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::Shape::of(&input)
        .and_then(|shape| to_json::expand(&input, &shape))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Reads what serde's `Deserialize` of the same attributes would. Unknown fields are passed over.
#[proc_macro_derive(FromJson, attributes(serde))]
pub fn from_json(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::Shape::of(&input)
        .and_then(|shape| from_json::expand(&input, &shape))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
