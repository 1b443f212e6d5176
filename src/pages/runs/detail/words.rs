//! What a person says of a run: its name, a note, tags.

use leptos::prelude::*;
use markup::view;
use track::id::RunId;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::markdown::Markdown;
use crate::components::name_form::NameForm;
use crate::components::reason::why_not;
use crate::markup::{For, Show, View};
use crate::pages::runs::last_change::LastChange;
use crate::reactive::{Derived, State};
use crate::state::loadable::Loadable;
use crate::state::run_edits::{Change, Edited, RunEdits, use_run_edits};
use crate::state::tab::use_tab;
use crate::state::views::RunDetail;

/// The run that is spoken of, and what can be done about it. `Copy` but for the id.
#[derive(Clone)]
struct Spoken {
    id: RunId,
    detail: State<Loadable<RunDetail>>,
    edits: RunEdits,
    cannot: Derived<bool>,
}

impl Spoken {
    /// What the stored record says, followed.
    fn stored(&self, read: fn(&RunDetail) -> String) -> Derived<String> {
        let detail = self.detail;
        Derived::new(move || detail.with(|detail| detail.loaded().map(read)).unwrap_or_default())
    }

    fn change(&self, change: Change, then: impl FnOnce() + 'static) {
        self.edits.change_then(vec![self.id.clone()], change, then);
    }
}

/// Name, note and tags, each with its way to change it. What is being typed stays when the record changes.
#[component]
pub(super) fn Words(id: RunId, detail: State<Loadable<RunDetail>>) -> View {
    let edits = use_run_edits();
    let tab = use_tab();
    let has_ended = Derived::new(move || {
        detail.with(|detail| detail.loaded().is_some_and(|detail| detail.run.has_ended()))
    });
    let cannot = Derived::new(move || {
        tab.is_reader() || !has_ended.get() || edits.edited.with(|edited| *edited == Edited::Busy)
    });
    let spoken = Spoken { id, detail, edits, cannot };
    view! {
        <Card title="In your words">
            <div class="stack stack--tight">
                <LastChange edits />
                <Note spoken=spoken.clone() />
                <Tags spoken=spoken.clone() />
                <Name spoken />
            </div>
        </Card>
    }
}

#[component]
fn Note(spoken: Spoken) -> View {
    let cannot = spoken.cannot;
    let stored = spoken.stored(|detail| detail.note.clone());
    // What the person types; the stored note until then.
    let typed = State::new(None::<String>);
    let text = Derived::new(move || typed.get().unwrap_or_else(|| stored.get()));
    let is_open = State::new(false);
    let keep = move |()| {
        spoken.change(Change::Note(text.get_untracked()), move || {
            is_open.set(false);
            typed.set(None);
        });
    };
    let shown = View::live(move || match stored.with(String::is_empty) {
        true => view! { <p class="note">"No note yet."</p> },
        false => view! { <Markdown note=stored.get() /> },
    });
    let label = Derived::new(move || {
        if stored.with(String::is_empty) { "Write a note" } else { "Change the note" }.to_owned()
    });
    view! {
        {shown}
        <Show when=move || is_open.get() fallback=View::nothing>
            <label class="field__label" for="run-note">"Note (Markdown)"</label>
            <textarea
                id="run-note"
                class="review__text review__text--low"
                title=why_not(cannot)
                prop:value=move || text.get()
                on:input:target=move |event| typed.set(Some(event.target().value()))
            ></textarea>
        </Show>
        <div class="row">
            <Button
                label
                on_press=move |()| is_open.update(|open| *open = !*open)
                emphasis=Emphasis::Quiet
                disabled=cannot
            />
            {move || is_open.get().then(|| view! { <Button label="Save note" on_press=keep.clone() disabled=cannot /> })}
        </div>
    }
}

#[component]
fn Tags(spoken: Spoken) -> View {
    let (detail, cannot) = (spoken.detail, spoken.cannot);
    let tags = Derived::new(move || {
        detail.with(|detail| detail.loaded().map(|detail| detail.tags.clone()).unwrap_or_default())
    });
    let (name, value) = (State::new(String::new()), State::new(String::new()));
    let give = {
        let spoken = spoken.clone();
        move |()| {
            spoken.change(Change::Tag(name.get_untracked(), value.get_untracked()), move || {
                name.set(String::new());
                value.set(String::new());
            });
        }
    };
    let is_empty = Derived::new(move || cannot.get() || name.with(|name| name.trim().is_empty()));
    let has_any = Derived::new(move || tags.with(|tags| !tags.is_empty()));
    let row = move |(name, value): (String, String)| tag(&spoken, name, value);
    view! {
        <Show when=move || has_any.get()>
            <div class="table-scroll">
                <table class="table table--pairs" aria-label="Tags">
                    <tbody>
                        <For
                            each=move || tags.get()
                            key=|(name, value): &(String, String)| format!("{name}\n{value}")
                            children=row.clone()
                        />
                    </tbody>
                </table>
            </div>
        </Show>
        <div class="chosen__tag">
            <TextField id="run-tag" label="New tag" value=name on_type=move |typed: String| name.set(typed) word=None disabled=cannot />
            <TextField id="run-tag-value" label="Its value" value=value on_type=move |typed: String| value.set(typed) word=None disabled=cannot />
            <Button label="Add tag" on_press=give disabled=is_empty />
        </div>
    }
}

fn tag(spoken: &Spoken, name: String, value: String) -> View {
    let cannot = spoken.cannot;
    let untag = {
        let (spoken, name) = (spoken.clone(), name.clone());
        move |()| spoken.change(Change::Untag(name.clone()), || ())
    };
    let label = format!("Remove {name}");
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{value}</td>
            <td class="number">
                <Button label on_press=untag emphasis=Emphasis::Quiet disabled=cannot />
            </td>
        </tr>
    }
}

#[component]
fn Name(spoken: Spoken) -> View {
    let cannot = spoken.cannot;
    let stored = spoken.stored(|detail| detail.row.name.clone());
    let typed = State::new(None::<String>);
    let name = Derived::new(move || typed.get().unwrap_or_else(|| stored.get()));
    let rename = move |()| spoken.change(Change::Name(name.get_untracked()), move || typed.set(None));
    let is_same = Derived::new(move || {
        let name = name.get();
        cannot.get() || name.trim().is_empty() || stored.with(|stored| stored == name.trim())
    });
    view! {
        <NameForm
            id="run-name"
            label="Name of the run"
            value=name
            on_type=move |name: String| typed.set(Some(name))
            word=None
            fixed=cannot
            action="Rename"
            on_press=rename
            disabled=is_same
        />
    }
}
