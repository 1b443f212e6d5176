//! The four states of what a page shows: nothing yet, loading, failed, loaded.

use leptos::prelude::*;
use markup::view;

use crate::markup::{Children, View};
use crate::reactive::{Callback, Derived};
use crate::state::loadable::Loadable;

/// Nothing yet, and what to do about it.
#[component]
pub fn Nothing(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What will stand here, and how to get there.
    #[prop(into)]
    text: String,
    /// The way there.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    let label = title.clone();
    view! {
        <section class="card state" aria-label=label>
            <h2 class="state__title">{title}</h2>
            <p class="lead">{text}</p>
            {children.map(|children| children())}
        </section>
    }
}

/// On its way.
#[component]
pub fn Loading(
    /// What is being fetched.
    #[prop(into)]
    what: String,
) -> View {
    view! {
        <div class="card state state--loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{format!("Loading {what} …")}</p>
        </div>
    }
}

/// Something went wrong, in one sentence, and what can be tried.
#[component]
pub fn Problem(
    /// What, where, what to do.
    #[prop(into)]
    text: Derived<String>,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> View {
    let retry = on_retry.map(|retry| {
        view! {
            <button type="button" class="btn btn--plain" on:click=move |_| retry.run(())>
                "Try again"
            </button>
        }
    });
    view! {
        <div class="problem" role="alert">
            <p class="problem__text">{move || text.get()}</p>
            {retry}
        </div>
    }
}

/// Shows a loadable value in its state.
#[component]
pub fn Loaded<T>(
    /// The value and how it stands.
    #[prop(into)]
    value: Derived<Loadable<T>>,
    /// What it is, for `Loading …`.
    what: &'static str,
    /// Tries again after a failure.
    #[prop(into)]
    on_retry: Callback<()>,
    /// Shown while there is nothing.
    nothing: fn() -> View,
    /// Shows the value.
    children: fn(T) -> View,
) -> View
where
    T: Clone + 'static,
{
    View::live(move || match value.get() {
        Loadable::Nothing => nothing(),
        Loadable::Loading => view! { <Loading what /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry /> },
        Loadable::Loaded(value) => children(value),
    })
}
