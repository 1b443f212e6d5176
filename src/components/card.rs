//! A card: a titled region of a page.

use leptos::prelude::*;
use markup::view;

use crate::markup::{Children, View};
use crate::reactive::Derived;

/// A card.
#[component]
pub fn Card(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// A few words beside the heading.
    #[prop(optional, into)]
    sub: Option<Derived<String>>,
    /// What it holds.
    children: Children,
) -> View {
    let label = title.clone();
    view! {
        <section class="card" aria-label=label>
            <div class="card__head">
                <h2>{title}</h2>
                {sub.map(|sub| view! { <p class="card__sub">{move || sub.get()}</p> })}
            </div>
            {children()}
        </section>
    }
}
