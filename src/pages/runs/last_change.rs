//! How the last change of runs went, with its way back.

use leptos::prelude::*;
use markup::view;

use crate::components::button::Button;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::run_edits::{Edited, RunEdits};
use crate::state::tab::use_tab;

/// What was changed, and `Undo` where there is something to take back; forgotten with the page.
#[component]
pub fn LastChange(
    /// Of which changes.
    edits: RunEdits,
) -> View {
    on_cleanup(move || edits.reset());
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let said = move || match edits.edited.get() {
        Edited::Nothing | Edited::Busy => View::nothing(),
        Edited::Done(sentence, before) => view! {
            <p class="success">
                {sentence}
                {(!before.is_empty())
                    .then(|| view! { <Button label="Undo" on_press=move |()| edits.undo() disabled /> })}
            </p>
        },
        Edited::Failed(text) => view! { <Problem text /> },
    };
    view! { <div role="status" aria-label="Last change">{said}</div> }
}
