//! Links inside the site, which may lie below any path of its host; the router follows them.

use leptos::prelude::*;
use markup::view;

use crate::markup::{Children, View};
use crate::services::address;

/// A link to another page.
#[component]
pub fn PageLink(
    /// Where to, such as `/runs`.
    #[prop(into)]
    to: String,
    /// Its words.
    children: Children,
) -> View {
    view! { <a href=address::of_path(&to)>{children()}</a> }
}
