//! The runs that are chosen, and what can be done with all of them: compare, tag, delete, restore, take back.

use leptos::prelude::*;
use markup::view;
use track::experiment::Lifecycle;

use super::last_change::LastChange;
use crate::components::button::{Button, Emphasis};
use crate::components::field::TextField;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::router::use_router;
use crate::state::format;
use crate::state::run_edits::{Change, Edited, use_run_edits};
use crate::state::run_search::RunSearch;
use crate::state::run_selection::{COMPARED, address_to_compare, use_run_selection};
use crate::state::tab::use_tab;

/// How many are chosen, what can be done with them, and how the last change went.
#[component]
pub fn ChosenRuns(
    /// Of which table.
    search: RunSearch,
) -> View {
    let selection = use_run_selection();
    let edits = use_run_edits();
    let n_chosen = Derived::new(move || selection.n_chosen());
    // A choice stays when a filter takes its runs away, and is told then.
    let n_unseen = Derived::new(move || match n_chosen.get() {
        0 => 0,
        n_chosen => search.grid.with(|grid| match grid.loaded() {
            Some(grid) if search.asked.with(|asked| asked.is_trash || !asked.is_tree()) => {
                let seen = grid.runs().filter(|run| selection.has(&run.id)).count();
                n_chosen.saturating_sub(seen)
            }
            _ => 0,
        }),
    });
    let words = move || {
        let unseen = match n_unseen.get() {
            0 => String::new(),
            n_unseen => format!(", {} of them not shown here", format::whole(n_unseen as u64)),
        };
        match n_chosen.get() {
            0 => String::new(),
            n_chosen => format!("{} chosen{unseen}", format::counted(n_chosen as u64, "run", "runs")),
        }
    };
    view! {
        <div class="chosen" class:chosen--some=move || n_chosen.get() != 0>
            <p class="chosen__count" role="status" aria-label="Runs chosen">{words}</p>
            <Show when=move || n_chosen.get() != 0>
                <Actions search />
            </Show>
        </div>
        <LastChange edits />
    }
}

#[component]
fn Actions(search: RunSearch) -> View {
    let selection = use_run_selection();
    let edits = use_run_edits();
    let router = use_router();
    let tab = use_tab();
    let tags_open = State::new(false);
    let cannot_change =
        Derived::new(move || tab.is_reader() || edits.edited.with(|edited| *edited == Edited::Busy));
    let cannot_compare = Derived::new(move || !COMPARED.contains(&selection.n_chosen()));
    let compare_words = move || match selection.n_chosen() {
        n_chosen if COMPARED.contains(&n_chosen) => format!("Compare {n_chosen}"),
        _ => format!("Compare {} to {}", COMPARED.start(), COMPARED.end()),
    };
    let compare = move |()| {
        if let Some(address) = address_to_compare(&selection.ids_untracked()) {
            router.go(&address);
        }
    };
    let is_trash = Derived::new(move || search.asked.with(|asked| asked.is_trash));
    let move_words = move || if is_trash.get() { "Restore".to_owned() } else { "Delete".to_owned() };
    let move_all = move |()| {
        let to = if is_trash.get_untracked() { Lifecycle::Active } else { Lifecycle::Deleted };
        edits.change(selection.ids_untracked(), Change::Lifecycle(to));
        selection.replace([]);
    };
    view! {
        <div class="chosen__actions">
            <Button label=Derived::new(compare_words) on_press=compare emphasis=Emphasis::Primary disabled=cannot_compare />
            <Button label="Tag" on_press=move |()| tags_open.update(|open| *open = !*open) disabled=cannot_change />
            <Button label=Derived::new(move_words) on_press=move_all disabled=cannot_change />
            <Button label="Choose none" on_press=move |()| selection.replace([]) emphasis=Emphasis::Quiet />
        </div>
        <Show when=move || tags_open.get()>
            <TagForm tags_open />
        </Show>
    }
}

/// A tag for all runs chosen.
#[component]
fn TagForm(tags_open: State<bool>) -> View {
    let selection = use_run_selection();
    let edits = use_run_edits();
    let name = State::new(String::new());
    let value = State::new(String::new());
    let give = Callback::new(move |()| {
        let tag = Change::Tag(name.get_untracked(), value.get_untracked());
        edits.change(selection.ids_untracked(), tag);
        tags_open.set(false);
    });
    let tab = use_tab();
    let cannot = Derived::new(move || tab.is_reader() || name.with(|name| name.trim().is_empty()));
    view! {
        <div class="chosen__tag">
            <TextField id="tag-name" label="Tag" value=name on_type=move |typed: String| name.set(typed) word=None />
            <TextField id="tag-value" label="Value" value=value on_type=move |typed: String| value.set(typed) word=None />
            <Button label="Give tag" on_press=give disabled=cannot />
        </div>
    }
}
