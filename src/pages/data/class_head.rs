//! The head of a class's column: its name, to be changed, and the way to take the class out.

use leptos::prelude::*;
use markup::view;

use crate::components::field::TextField;
use crate::components::reason::why_not;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::class_names::problem_of;

/// Name and `Remove`.
#[component]
pub fn ClassHead(
    /// Tells fields of one page apart.
    part: &'static str,
    /// Which class, from 0.
    place: usize,
    /// The names of all.
    names: Derived<Vec<String>>,
    /// Takes another name.
    on_rename: Callback<String>,
    /// Takes the class out.
    on_remove: Callback<()>,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
    /// No class can be taken out now.
    cannot_remove: Derived<bool>,
) -> View {
    let name = Derived::new(move || names.with(|names| names.get(place).cloned().unwrap_or_default()));
    let error = Derived::new(move || names.with(|names| problem_of(names, place)));
    view! {
        <div class="sorter__head">
            <TextField
                id=format!("{part}-class-{place}")
                label=format!("Class {}", place + 1)
                value=name
                on_type=on_rename
                word=None
                error
                disabled
            />
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=move || format!("Remove class {}", name.get())
                title=why_not(cannot_remove)
                prop:disabled=move || cannot_remove.get()
                on:click=move |_| on_remove.run(())
            >
                "Remove"
            </button>
        </div>
    }
}
