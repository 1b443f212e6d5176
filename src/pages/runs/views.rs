//! Views of the table kept under a name: saved, opened, renamed, deleted and taken back.

use leptos::prelude::*;
use markup::view;
use track::id::SavedId;

use crate::components::button::{Button, Emphasis};
use crate::components::name_form::NameForm;
use crate::markup::{For, Show, View};
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::state::kept_views::{KeptView, KeptViews, use_kept_views};
use crate::state::loadable::Loadable;
use crate::state::run_search::RunSearch;
use crate::state::tab::use_tab;

/// What is kept, behind a word.
#[component]
pub fn SavedViews(
    /// Of which table.
    search: RunSearch,
) -> View {
    let views = use_kept_views();
    views.want();
    let tab = use_tab();
    let cannot = Derived::new(move || tab.is_reader());
    let name = State::new(String::new());
    let renaming: State<Option<SavedId>> = State::new(None);
    let all = move || views.kept.with(|kept| kept.loaded().cloned().unwrap_or_default());
    let failed = move || {
        views.kept.with(|kept| if let Loadable::Failed(reason) = kept { Some(reason.clone()) } else { None })
    };
    let problem = move || {
        let text = views.problem.get().or_else(failed)?;
        Some(view! { <p class="field__error" role="alert">{text}</p> })
    };
    let can_undo = Derived::new(move || views.deleted.with(Option::is_some) && !cannot.get());
    view! {
        <details class="search__columns">
            <summary class="btn btn--plain">"Saved views"</summary>
            <div class="stack stack--tight search__choices">
                <ul class="stack stack--tight" aria-label="Saved views">
                    <For
                        each=all
                        key=|one: &KeptView| format!("{} {} {}", one.id, one.name, one.query)
                        children=move |kept: KeptView| view! { <OneView views kept renaming cannot /> }
                    />
                </ul>
                <NameForm
                    id="view-name"
                    label="Name of this view"
                    value=name
                    on_type=move |typed: String| name.set(typed)
                    word=None
                    fixed=cannot
                    action="Save view"
                    on_press=move |()| views.keep(&name.get_untracked(), search.query())
                    disabled=cannot
                />
                <div class="row">
                    <p class="note note--small" role="status" aria-label="View">{move || views.said.get()}</p>
                    <Show when=move || can_undo.get()>
                        <Button label="Undo" on_press=move |()| views.take_back() />
                    </Show>
                </div>
                {problem}
            </div>
        </details>
    }
}

#[component]
fn OneView(
    views: KeptViews,
    kept: KeptView,
    renaming: State<Option<SavedId>>,
    cannot: Derived<bool>,
) -> View {
    let router = use_router();
    let KeptView { id, name, query, .. } = kept;
    let (deleted, renamed) = (id.clone(), id.clone());
    let form = {
        let name = name.clone();
        View::live(move || {
            let is_open = renaming.with(|renaming| *renaming == Some(id.clone()));
            is_open.then(|| view! { <Rename views id=id.clone() name=name.clone() renaming cannot /> })
        })
    };
    view! {
        <li class="row">
            <Button label=format!("Open {name}") on_press=move |()| router.go(&format!("/runs{query}")) />
            <Button
                label=format!("Rename {name}")
                on_press=move |()| renaming.set(Some(renamed.clone()))
                emphasis=Emphasis::Quiet
                disabled=cannot
            />
            <Button
                label=format!("Delete {name}")
                on_press=move |()| views.delete(&deleted)
                emphasis=Emphasis::Quiet
                disabled=cannot
            />
            {form}
        </li>
    }
}

#[component]
fn Rename(
    views: KeptViews,
    id: SavedId,
    name: String,
    renaming: State<Option<SavedId>>,
    cannot: Derived<bool>,
) -> View {
    let typed = State::new(name);
    let save = move |()| views.rename(&id, &typed.get_untracked(), move || renaming.set(None));
    view! {
        <NameForm
            id="view-rename"
            label="New name of the view"
            value=typed
            on_type=move |name: String| typed.set(name)
            word=None
            fixed=cannot
            action="Save name"
            on_press=save
            disabled=cannot
        />
    }
}
