//! Buttons, and links that look like them.

use leptos::prelude::*;
use markup::view;

use super::reason::why_not;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::services::address;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// What to do next: one a page.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// Beside something more important.
    Quiet,
    /// Cannot be undone.
    Danger,
}

impl Emphasis {
    /// Its classes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "btn btn--primary",
            Self::Plain => "btn btn--plain",
            Self::Quiet => "btn btn--quiet",
            Self::Danger => "btn btn--danger",
        }
    }
}

/// A button.
#[component]
pub fn Button(
    /// What it does, in two or three words.
    #[prop(into)]
    label: Derived<String>,
    /// Does it.
    #[prop(into)]
    on_press: Callback<()>,
    /// How much it asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
    /// What it does it to, where several stand in a list: said after the label to those who do not see the row.
    #[prop(optional, into)]
    of: String,
    /// It cannot be pressed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    let name = move || (!of.is_empty()).then(|| format!("{} {of}", label.get()));
    view! {
        <button
            type="button"
            class=emphasis.as_str()
            aria-label=name
            title=why_not(disabled)
            prop:disabled=move || disabled.get()
            on:click=move |_| on_press.run(())
        >
            {move || label.get()}
        </button>
    }
}

/// A link to another page that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where to, from the site's base.
    #[prop(into)]
    href: String,
    /// What is there.
    #[prop(into)]
    label: String,
    /// How much it asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
) -> View {
    view! {
        <a class=emphasis.as_str() href=address::of_path(&href)>
            {label}
        </a>
    }
}
