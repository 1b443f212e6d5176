//! Where a file of reviews is dropped or chosen. index.html draws the same before the app arrives.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use crate::markup::View;
use crate::reactive::{Callback, Derived, State};
use crate::services::files::{self, File};

/// What the file dialog offers first.
const ACCEPTED: &str = ".csv,.tsv,.tab,.txt,.jsonl,.ndjson,.json,.gz,.zip,text/csv,text/plain";

/// What a file to learn from must hold.
const HINT: &str = "CSV, TSV or JSON lines with a text and a rating on each row, packed as zip or gzip or not, up to \
                    512 MB. It stays on this device.";

/// A drop zone with a file input named `Reviews file`.
#[component]
pub fn DropZone(
    /// Takes the files, one at least.
    #[prop(into)]
    on_files: Callback<Vec<File>>,
    /// What is asked for.
    #[prop(into)]
    title: String,
    /// What the rows must hold, where that is not a text and a rating.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Lower, where there is more on the page than this.
    #[prop(optional)]
    slim: bool,
    /// What its input is called, where that is not `Reviews file`.
    #[prop(optional)]
    input_name: Option<&'static str>,
    /// This tab only reads.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    let over = State::new(false);
    let take = move |files: Vec<File>| {
        if !files.is_empty() && !disabled.get_untracked() {
            on_files.run(files);
        }
    };
    let dropped = move |event: ev::DragEvent| {
        over.set(false);
        take(files::dropped(&event));
    };
    view! {
        <div
            class="drop"
            class:drop--slim=slim
            class:drop--over=move || over.get()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <svg class="drop__icon" viewBox="0 0 28 28" aria-hidden="true">
                <path d="M14 18V5m-5 5 5-5 5 5M4 18v4.5h20V18" />
            </svg>
            <p class="drop__title">{title}</p>
            <p class="drop__or">{hint.unwrap_or(HINT)}</p>
            <label class="drop__choose">
                <span class="btn" aria-hidden="true">
                    "Choose a file"
                </span>
                <input
                    class="drop__input"
                    type="file"
                    accept=ACCEPTED
                    multiple="true"
                    aria-label=input_name.unwrap_or("Reviews file")
                    prop:disabled=move || disabled.get()
                    on:change=move |event| take(files::all_chosen(&event))
                />
            </label>
        </div>
    }
}
