//! Links inside the site, which may lie below any path of its host.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::services::files;

/// The address of `route` (such as `/runs`) on this site. The router's links do not add its base themselves.
pub fn site_path(route: &str) -> String {
    format!("{}{route}", files::base_path())
}

/// A link to another page.
#[component]
pub fn PageLink(
    /// Where to, such as `/runs`.
    #[prop(into)]
    to: String,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! { <A href=site_path(&to)>{children()}</A> }
}
