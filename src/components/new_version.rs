//! A newer version of the site is ready: it is offered, and waits for work under way.

use leptos::prelude::*;
use markup::view;

use super::button::Button;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::site_version::{Hindrance, use_site_version};

/// The offer.
#[component]
pub fn NewVersion() -> View {
    let version = use_site_version();
    let words = move || match version.hindrance.get() {
        Hindrance::None => "A new version is ready. Everything stored here stays.",
        Hindrance::Here => "A new version is ready. It waits until the work under way is done.",
        Hindrance::Elsewhere => {
            "A new version is ready. Work is under way in another tab: try again when it is done there."
        }
    };
    let label = Derived::new(move || match version.hindrance.get() {
        Hindrance::Here => "Waits for the work under way".to_owned(),
        Hindrance::None | Hindrance::Elsewhere => "Update now".to_owned(),
    });
    let disabled = Derived::new(move || version.hindrance.get() == Hindrance::Here);
    view! {
        <div class="banner banner--news" role="status" aria-label="New version">
            <p class="banner__text">{words}</p>
            <Button label=label on_press=move |()| version.update() disabled=disabled />
        </div>
    }
}
