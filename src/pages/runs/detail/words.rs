//! What a person says of a run: its name, a note, tags.

use leptos::prelude::*;
use markup::view;
use track::id::RunId;
use track::run::Run;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::markdown::Markdown;
use crate::markup::{Show, View};
use crate::pages::runs::last_change::LastChange;
use crate::reactive::{Derived, State};
use crate::state::run_edits::{Change, Edited, RunEdits, use_run_edits};
use crate::state::tab::use_tab;

/// Name, note and tags, each with its way to change it.
#[component]
pub(super) fn Words(run: std::rc::Rc<Run>) -> View {
    let edits = use_run_edits();
    let tab = use_tab();
    let has_ended = run.has_ended();
    let cannot = Derived::new(move || {
        tab.is_reader() || !has_ended || edits.edited.with(|edited| *edited == Edited::Busy)
    });
    view! {
        <Card title="In your words">
            <div class="stack stack--tight">
                <LastChange edits />
                <Note edits run=run.clone() cannot />
                <Tags edits run=run.clone() cannot />
                <Name edits run cannot />
            </div>
        </Card>
    }
}

#[component]
fn Note(edits: RunEdits, run: std::rc::Rc<Run>, cannot: Derived<bool>) -> View {
    let is_open = State::new(false);
    let typed = State::new(run.note.clone());
    let id = run.id.clone();
    let keep = move |()| {
        edits.change(vec![id.clone()], Change::Note(typed.get_untracked()));
        is_open.set(false);
    };
    let note = run.note.clone();
    let shown = match note.is_empty() {
        true => view! { <p class="note">"No note yet."</p> },
        false => view! { <Markdown note /> },
    };
    let label = if run.note.is_empty() { "Write a note" } else { "Change the note" };
    view! {
        {shown}
        <Show when=move || is_open.get() fallback=View::nothing>
            <label class="field__label" for="run-note">"Note (Markdown)"</label>
            <textarea
                id="run-note"
                class="review__text review__text--low"
                prop:value=move || typed.get()
                on:input:target=move |event| typed.set(event.target().value())
            ></textarea>
        </Show>
        <div class="row">
            <Button
                label=label
                on_press=move |()| is_open.update(|open| *open = !*open)
                emphasis=Emphasis::Quiet
                disabled=cannot
            />
            {move || is_open.get().then(|| view! { <Button label="Save note" on_press=keep.clone() disabled=cannot /> })}
        </div>
    }
}

#[component]
fn Tags(edits: RunEdits, run: std::rc::Rc<Run>, cannot: Derived<bool>) -> View {
    let (name, value) = (State::new(String::new()), State::new(String::new()));
    let id = run.id.clone();
    let give = move |()| {
        edits.change(vec![id.clone()], Change::Tag(name.get_untracked(), value.get_untracked()));
    };
    let is_empty = Derived::new(move || cannot.get() || name.with(|name| name.trim().is_empty()));
    let line = |(name, value): (&String, &String)| tag(edits, run.id.clone(), name, value, cannot);
    let lines: Vec<View> = run.tags.iter().map(line).collect();
    let table = (!lines.is_empty()).then(|| {
        view! {
            <div class="table-scroll">
                <table class="table" aria-label="Tags"><tbody>{lines}</tbody></table>
            </div>
        }
    });
    view! {
        {table}
        <div class="chosen__tag">
            <TextField id="run-tag" label="New tag" value=name on_type=move |typed: String| name.set(typed) word=None disabled=cannot />
            <TextField id="run-tag-value" label="Its value" value=value on_type=move |typed: String| value.set(typed) word=None disabled=cannot />
            <Button label="Add tag" on_press=give disabled=is_empty />
        </div>
    }
}

fn tag(edits: RunEdits, id: RunId, name: &str, value: &str, cannot: Derived<bool>) -> View {
    let untag = {
        let name = name.to_owned();
        move |()| edits.change(vec![id.clone()], Change::Untag(name.clone()))
    };
    view! {
        <tr>
            <th scope="row">{name.to_owned()}</th>
            <td>{value.to_owned()}</td>
            <td class="number">
                <Button label=format!("Remove {name}") on_press=untag emphasis=Emphasis::Quiet disabled=cannot />
            </td>
        </tr>
    }
}

#[component]
fn Name(edits: RunEdits, run: std::rc::Rc<Run>, cannot: Derived<bool>) -> View {
    let typed = State::new(run.name.clone());
    let id = run.id.clone();
    let rename = move |()| edits.change(vec![id.clone()], Change::Name(typed.get_untracked()));
    let name = run.name.clone();
    let is_same = Derived::new(move || {
        cannot.get() || typed.with(|typed| typed.trim().is_empty() || typed.trim() == name)
    });
    view! {
        <div class="register">
            <div class="register__name">
                <TextField
                    id="run-name"
                    label="Name of the run"
                    value=typed
                    on_type=move |name: String| typed.set(name)
                    word=None
                    disabled=cannot
                />
            </div>
            <Button label="Rename" on_press=rename disabled=is_same />
        </div>
    }
}
