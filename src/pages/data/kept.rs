//! The datasets that are kept on this device, and the room they take.

use engine::num::ContentHash;
use leptos::prelude::*;
use markup::view;

use super::type_reviews::AddRows;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::name_form::NameForm;
use crate::components::reason::why_not;
use crate::components::states::Problem;
use crate::markup::{For, Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::services::clock;
use crate::state::format;
use crate::state::kept_datasets::KeptDataset;
use crate::state::lab::{Import, Keeping, Lab};
use crate::state::settings::use_settings;
use crate::state::tab::use_tab;

/// Letters of a hash that are shown.
const HASH_LETTERS: usize = 8;

/// What is open below a dataset's line.
#[derive(Clone, Copy, PartialEq)]
enum Opened {
    Name(ContentHash),
    Rows(ContentHash),
}

/// Every dataset; nothing where there is none.
#[component]
pub fn Kept(
    /// Whose datasets.
    lab: Lab,
) -> View {
    let tab = use_tab();
    let disabled = Derived::new(move || {
        tab.is_reader()
            || lab.import.with(Import::is_busy)
            || lab.keeping.with(|keeping| matches!(keeping, Keeping::Busy(_)))
    });
    let has_any =
        Derived::new(move || lab.kept.with(|kept| !kept.active.is_empty() || !kept.deleted.is_empty()));
    let opened: State<Option<Opened>> = State::new(None);
    let said = move || match lab.keeping.get() {
        Keeping::Nothing => View::nothing(),
        Keeping::Busy(words) => view! { <p class="note">{words}" …"</p> },
        Keeping::Done(sentence) => view! { <p class="success">{sentence}</p> },
        Keeping::Failed(text) => view! { <Problem text /> },
    };
    view! {
        <Show when=move || has_any.get()>
            <Card title="Datasets on this device">
                <div class="stack">
                    <div role="status" aria-label="Last change">{said}</div>
                    <ul class="findings" aria-label="Kept datasets">
                        <For
                            each=move || lab.kept.with(|kept| kept.active.clone())
                            key=|kept: &KeptDataset| format!("{} {} {}", kept.file, kept.name, kept.n_rows)
                            children=move |kept: KeptDataset| view! { <Line lab kept opened disabled /> }
                        />
                    </ul>
                    <Deleted lab disabled />
                    <Room />
                </div>
            </Card>
        </Show>
    }
}

/// The same, never parted at the end of a line.
fn unbroken(words: &str) -> String {
    words.replace(' ', "\u{a0}")
}

/// A small button that says what it does to what.
fn action(label: &'static str, name: &str, disabled: Derived<bool>, act: impl Fn() + 'static) -> View {
    let whole = format!("{label}: {name}");
    view! {
        <button
            type="button"
            class="btn btn--plain btn--small"
            aria-label=whole
            title=why_not(disabled)
            prop:disabled=move || disabled.get()
            on:click=move |_| act()
        >
            {label}
        </button>
    }
}

#[component]
fn Line(lab: Lab, kept: KeptDataset, opened: State<Option<Opened>>, disabled: Derived<bool>) -> View {
    let file = kept.file;
    let in_use = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().is_some_and(|dataset| dataset.data.file == file))
    });
    let cannot_use = Derived::new(move || disabled.get() || in_use.get());
    let name = kept.name.clone();
    let chip = move || in_use.get().then(|| view! { <span class="chip chip--good">"in use"</span> });
    let about = format!(
        "{} · {} · {} · {} · {} · hash {}",
        format::counted(kept.n_rows, "review", "reviews"),
        kept.classes.join(", "),
        kept.origin,
        unbroken(&format::date_time(kept.created, clock::offset_minutes())),
        unbroken(&format::bytes(kept.n_bytes)),
        &file.to_string()[..HASH_LETTERS],
    );
    // What was given: the files that the table was made of, or the table itself.
    let mut given: Vec<(ContentHash, String)> =
        kept.originals.iter().map(|original| (original.file, original.name.clone())).collect();
    if given.is_empty() {
        given.push((file, kept.file_name.clone()));
    }
    let download = move || given.iter().for_each(|(file, name)| lab.download_file(*file, name.clone()));
    let close = Callback::new(move |()| opened.set(None));
    let below = {
        let (name, classes) = (name.clone(), kept.classes.clone());
        View::live(move || match opened.get() {
            Some(Opened::Name(of)) if of == file => {
                view! { <Rename lab file name=name.clone() opened disabled /> }
            }
            Some(Opened::Rows(to)) if to == file => {
                view! { <AddRows lab file classes=classes.clone() on_close=close disabled /> }
            }
            _ => View::nothing(),
        })
    };
    view! {
        <li class="finding" aria-label=name.clone()>
            <h3 class="finding__title">{name.clone()} " " {chip}</h3>
            <p class="note">{about}</p>
            <div class="row">
                {action("Use", &name, cannot_use, move || lab.use_kept(file))}
                {action("Rename", &name, disabled, move || opened.set(Some(Opened::Name(file))))}
                {action("Add rows", &name, disabled, move || opened.set(Some(Opened::Rows(file))))}
                {action("Download as given", &name, Derived::default(), download)}
                {action("Download cleaned CSV", &name, disabled, move || lab.download_cleaned(file))}
                {action("Delete", &name, disabled, move || lab.delete_kept(file))}
            </div>
            {below}
        </li>
    }
}

#[component]
fn Rename(
    lab: Lab,
    file: ContentHash,
    name: String,
    opened: State<Option<Opened>>,
    disabled: Derived<bool>,
) -> View {
    let typed = State::new(name);
    let save = move |()| typed.with_untracked(|name| lab.rename_kept(file, name, move || opened.set(None)));
    view! {
        <NameForm
            id="dataset-name"
            label="Name of the dataset"
            value=typed
            on_type=move |name: String| typed.set(name)
            word=None
            fixed=disabled
            action="Save name"
            on_press=save
            disabled
        />
    }
}

/// What was deleted, with its way back.
#[component]
fn Deleted(lab: Lab, disabled: Derived<bool>) -> View {
    let deleted = Derived::new(move || lab.kept.with(|kept| kept.deleted.clone()));
    let row = move |kept: KeptDataset| {
        let file = kept.file;
        view! {
            <li class="mended">
                <span>{format!("'{}' is deleted; its file takes {}.", kept.name, format::bytes(kept.n_bytes))}</span>
                {action("Undo delete", &kept.name, disabled, move || lab.undo_delete(file))}
            </li>
        }
    };
    View::live(move || {
        deleted.with(|deleted| !deleted.is_empty()).then(|| {
            view! {
                <ul class="findings" aria-label="Deleted datasets">
                    {deleted.get().into_iter().map(row).collect::<View>()}
                </ul>
                <div>
                    <Button label="Remove deleted files for good" on_press=move |()| lab.forget_deleted() disabled />
                </div>
            }
        })
    })
}

/// Storage used, and whether the browser keeps it.
#[component]
fn Room() -> View {
    let settings = use_settings();
    settings.refresh_storage();
    let shown = move || {
        let storage = settings.storage.with(|storage| storage.loaded().cloned())?;
        let share = storage.used_bytes as f64 / storage.quota_bytes.max(1) as f64;
        let words = format!(
            "{} of {} used on this device.",
            format::bytes(storage.used_bytes),
            format::bytes(storage.quota_bytes)
        );
        let kept = if storage.is_persistent {
            view! { <p class="note">"The browser has promised not to clear it by itself."</p> }
        } else {
            view! {
                <div>
                    <Button label="Keep my storage" on_press=move |()| settings.ask_to_persist() />
                </div>
            }
        };
        Some(view! {
            <div class="stack stack--tight">
                <p class="note">{words}</p>
                <div class="progress" aria-hidden="true">
                    <div class="progress__fill" style:transform=format!("scaleX({share:.4})")></div>
                </div>
                {kept}
            </div>
        })
    };
    View::live(shown)
}
