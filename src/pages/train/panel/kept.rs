//! Settings kept under a name, and the link that shares the form as it stands.

use leptos::prelude::*;
use markup::view;
use track::id::SavedId;

use super::part::Group;
use crate::components::button::{Button, Emphasis};
use crate::components::field::TextField;
use crate::components::name_form::NameForm;
use crate::components::states::Problem;
use crate::markup::{For, Show, View};
use crate::reactive::{Derived, State};
use crate::state::kept_studies::{KeptStudies, KeptStudy, use_kept_studies};
use crate::state::loadable::Loadable;
use crate::state::tab::use_tab;

/// The group.
#[component]
pub fn Kept(
    /// The form cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let kept = use_kept_studies();
    kept.want();
    let tab = use_tab();
    let cannot = Derived::new(move || tab.is_reader());
    let name = State::new(String::new());
    let failure = Derived::new(move || {
        kept.kept.with(|kept| if let Loadable::Failed(reason) = kept { Some(reason.clone()) } else { None })
    });
    let link = Derived::new(move || kept.link());
    view! {
        <Group title="Save and share" is_wrong=Derived::new(|| false)>
            <NameForm
                id="settings-name"
                label="Name of these settings"
                value=name
                on_type=move |typed: String| name.set(typed)
                word=None
                fixed=cannot
                action="Save settings"
                on_press=move |()| kept.keep(&name.get_untracked())
                disabled=cannot
            />
            <List kept disabled cannot />
            {move || failure.get().map(|text| view! { <Problem text on_retry=move |()| kept.retry() /> })}
            <TextField id="settings-link" label="Link to these settings" value=link on_type=|_: String| () word=None />
            <div>
                <Button label="Copy link" on_press=move |()| kept.copy_link() />
            </div>
            <p class="note note--small">"The link holds the settings and nothing of the data."</p>
        </Group>
        <Said kept cannot />
    }
}

/// What is kept, each with what can be done about it.
#[component]
fn List(kept: KeptStudies, disabled: Derived<bool>, cannot: Derived<bool>) -> View {
    let all = move || kept.kept.with(|kept| kept.loaded().cloned().unwrap_or_default());
    let renamed: State<Option<SavedId>> = State::new(None);
    let row = move |one: KeptStudy| {
        let KeptStudy { id, name, .. } = one;
        let is_renamed = {
            let id = id.clone();
            Derived::new(move || renamed.with(|renamed| renamed.as_ref() == Some(&id)))
        };
        let (asked, known) = (id.clone(), name.clone());
        let call = move |act: fn(KeptStudies, &SavedId), id: SavedId| move |()| act(kept, &id);
        view! {
            <li class="row">
                <Button
                    label=format!("Open {name}")
                    on_press=call(KeptStudies::open, id.clone())
                    emphasis=Emphasis::Quiet
                    disabled
                />
                <Button
                    label=format!("Copy {name}")
                    on_press=call(KeptStudies::copy, id.clone())
                    emphasis=Emphasis::Quiet
                    disabled=cannot
                />
                <Button
                    label=format!("Rename {name}")
                    on_press=move |()| renamed.set(Some(asked.clone()))
                    emphasis=Emphasis::Quiet
                    disabled=cannot
                />
                <Button
                    label=format!("Delete {name}")
                    on_press=call(KeptStudies::delete, id.clone())
                    emphasis=Emphasis::Quiet
                    disabled=cannot
                />
                <Show when=move || is_renamed.get()>
                    <Renaming kept id=id.clone() name=known.clone() renamed />
                </Show>
            </li>
        }
    };
    view! {
        <ul class="stack stack--tight" aria-label="Saved settings">
            <For each=all key=|one: &KeptStudy| format!("{} {}", one.id, one.name) children=row />
        </ul>
    }
}

/// The field for another name.
#[component]
fn Renaming(kept: KeptStudies, id: SavedId, name: String, renamed: State<Option<SavedId>>) -> View {
    let label = format!("New name of {name}");
    let typed = State::new(name);
    let tab = use_tab();
    let cannot = Derived::new(move || tab.is_reader());
    let keep = move |()| kept.rename(&id, &typed.get_untracked(), move || renamed.set(None));
    view! {
        <div class="row">
            <NameForm
                id="settings-rename"
                label
                value=typed
                on_type=move |name: String| typed.set(name)
                word=None
                fixed=cannot
                action="Keep this name"
                on_press=keep
                disabled=cannot
            />
            <Button label="Leave it" on_press=move |()| renamed.set(None) emphasis=Emphasis::Quiet />
        </div>
    }
}

/// How the last wish went; also of a link that was opened, while the group is closed.
#[component]
fn Said(kept: KeptStudies, cannot: Derived<bool>) -> View {
    let can_undo = Derived::new(move || kept.deleted.with(Option::is_some) && !cannot.get());
    view! {
        <div class="row">
            <p class="note note--small" role="status" aria-label="Settings">{move || kept.said.get()}</p>
            <Show when=move || can_undo.get()>
                <Button label="Undo" on_press=move |()| kept.take_back() />
            </Show>
        </div>
        {move || kept.problem.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
    }
}
