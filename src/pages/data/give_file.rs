//! The ways in which reviews come: files that are dropped or chosen, a table that is pasted, reviews that are typed.

use leptos::prelude::*;
use markup::view;

use super::type_reviews::TypeReviews;
use crate::components::button::{Button, Emphasis};
use crate::components::drop_zone::DropZone;
use crate::components::reason::why_not;
use crate::markup::View;
use crate::reactive::{Callback, Derived, State};
use crate::services::files::File;
use crate::state::lab::{Import, Lab};
use crate::state::tab::use_tab;

/// A place for files, lower where there is one already; and one for text.
#[component]
pub fn GiveFile(
    /// Takes them.
    lab: Lab,
) -> View {
    let tab = use_tab();
    let has_file = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().is_some())
            || lab.import.with(|import| import.file().is_some())
    });
    let disabled = Derived::new(move || tab.is_reader() || lab.import.with(Import::is_busy));
    let drop = View::live(move || {
        let slim = has_file.get();
        let title = if slim { "Drop other files of reviews here" } else { "Drop files of reviews here" };
        let open = Callback::new(move |files: Vec<File>| lab.open_files(files));
        view! { <DropZone on_files=open title slim disabled /> }
    });
    view! {
        {drop}
        <Paste lab disabled />
        <TypeReviews lab disabled />
    }
}

/// A table as text: copied from a spreadsheet, or typed.
#[component]
fn Paste(lab: Lab, disabled: Derived<bool>) -> View {
    let text = State::new(String::new());
    let cannot = Derived::new(move || disabled.get() || text.with(|text| text.trim().is_empty()));
    view! {
        <details class="card">
            <summary>"Paste reviews instead"</summary>
            <div class="stack stack--tight">
                <label class="note" for="pasted">
                    "Rows of a spreadsheet or a file, names of columns first"
                </label>
                <textarea
                    id="pasted"
                    class="review__text review__text--low"
                    spellcheck="false"
                    prop:value=move || text.get()
                    title=why_not(disabled)
                    prop:disabled=move || disabled.get()
                    on:input:target=move |event| text.set(event.target().value())
                ></textarea>
                <div>
                    <Button
                        label="Use pasted rows"
                        on_press=move |()| text.with_untracked(|text| lab.open_text(text))
                        emphasis=Emphasis::Plain
                        disabled=cannot
                    />
                </div>
            </div>
        </details>
    }
}
