//! Experiments above the table of runs: which are shown, and what can be done with each.

use leptos::prelude::*;
use markup::view;
use track::experiment::Lifecycle;
use track::id::ExperimentId;

use crate::components::button::{Button, Emphasis};
use crate::components::field::{Chip, TextField};
use crate::components::name_form::NameForm;
use crate::components::reason::why_not;
use crate::markup::{For, Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::state::experiments::{ExperimentView, Experiments, Wish, use_experiments};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::run_search::RunSearch;
use crate::state::tab::use_tab;

/// What is open below the list.
#[derive(Clone, Debug, Default, PartialEq)]
enum Open {
    #[default]
    Nothing,
    /// A new one is named.
    New,
    /// This one is looked after.
    One(ExperimentId),
}

/// Experiments, chosen by their boxes; none chosen is all of them.
#[component]
pub fn ExperimentList(
    /// Whose runs are restricted.
    search: RunSearch,
) -> View {
    let experiments = use_experiments();
    experiments.want();
    let open = State::new(Open::Nothing);
    let is_trash = Derived::new(move || search.asked.with(|asked| asked.is_trash));
    let shown = move || {
        let wanted = if is_trash.get() { Lifecycle::Deleted } else { Lifecycle::Active };
        let all = experiments.all.with(|all| all.loaded().cloned().unwrap_or_default());
        all.into_iter().filter(|view| view.record.lifecycle == wanted).collect::<Vec<_>>()
    };
    let trash = move |is_trash: bool| {
        open.set(Open::Nothing);
        search.ask(|asked| {
            asked.is_trash = is_trash;
            asked.experiments.clear();
        });
    };
    let body = View::live(move || match open.get() {
        Open::Nothing => View::nothing(),
        Open::New => view! { <NewExperiment experiments open /> },
        Open::One(id) => view! { <OneExperiment experiments open id /> },
    });
    let about = move || {
        let [one] =
            search.asked.with(|asked| <[ExperimentId; 1]>::try_from(asked.experiments.clone())).ok()?;
        let all = experiments.all.with(|all| all.loaded().cloned().unwrap_or_default());
        let note = all.into_iter().find(|view| view.record.id == one)?.record.note;
        (!note.is_empty()).then(|| view! { <p class="note">{note}</p> })
    };
    view! {
        <section class="stack stack--tight" aria-label="Experiments">
            <div class="row">
                <ul class="choices" aria-label="Experiments shown">
                    <For
                        each=shown
                        key=|view: &ExperimentView| format!("{} {} {}", view.record.id, view.record.name, view.n_runs)
                        children=move |view: ExperimentView| view! { <Item search view open /> }
                    />
                </ul>
                <NewButton open is_trash />
                <Chip label="Trash" one_of=None on=is_trash on_change=trash />
            </div>
            {about}
            {body}
            <Said experiments />
        </section>
    }
}

#[component]
fn NewButton(open: State<Open>, is_trash: Derived<bool>) -> View {
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    view! {
        <Show when=move || !is_trash.get()>
            <Button
                label="New experiment"
                on_press=move |()| open.update(|open| *open = if *open == Open::New { Open::Nothing } else { Open::New })
                emphasis=Emphasis::Quiet
                disabled
            />
        </Show>
    }
}

/// One experiment: a box that shows its runs, and a button that opens what can be done with it.
#[component]
fn Item(search: RunSearch, view: ExperimentView, open: State<Open>) -> View {
    let ExperimentView { record, n_runs, .. } = view;
    let id = record.id.clone();
    let is_on = Derived::new(move || search.asked.with(|asked| asked.experiments.contains(&id)));
    let id = record.id.clone();
    let toggle = move |_: bool| search.ask(|asked| asked.toggle_experiment(&id));
    let one = Open::One(record.id.clone());
    let is_open = {
        let one = one.clone();
        Derived::new(move || open.with(|open| *open == one))
    };
    let label = format!("{} · {}", record.name, format::whole(n_runs));
    view! {
        <li class="columns__one">
            <Chip label one_of=None on=is_on on_change=toggle />
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=format!("Edit {}", record.name)
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| open.update(|open| *open = if *open == one { Open::Nothing } else { one.clone() })
            >
                "Edit"
            </button>
        </li>
    }
}

#[component]
fn NewExperiment(experiments: Experiments, open: State<Open>) -> View {
    let name = State::new(String::new());
    let make = Callback::new(move |()| {
        experiments.wish(Wish::Make(name.get_untracked()), move || open.set(Open::Nothing));
    });
    let tab = use_tab();
    let cannot = Derived::new(move || tab.is_reader());
    let is_empty = Derived::new(move || cannot.get() || name.with(|name| name.trim().is_empty()));
    view! {
        <NameForm
            id="experiment-new"
            label="Name of the new experiment"
            value=name
            on_type=move |typed: String| name.set(typed)
            word=None
            fixed=cannot
            action="Make experiment"
            on_press=make
            disabled=is_empty
        />
    }
}

#[component]
fn OneExperiment(experiments: Experiments, open: State<Open>, id: ExperimentId) -> View {
    let found = experiments.all.with_untracked(|all| {
        all.loaded().and_then(|all| all.iter().find(|view| view.record.id == id).cloned())
    });
    let Some(ExperimentView { record, is_in_use, .. }) = found else { return View::nothing() };
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let (name, note) = (State::new(record.name.clone()), State::new(record.note.clone()));
    // Open until it is done, so that nothing typed is lost where it cannot be.
    let wish = move |wish: Wish| experiments.wish(wish, move || open.set(Open::Nothing));
    if record.lifecycle == Lifecycle::Deleted {
        let restore = move |()| wish(Wish::Lifecycle(id.clone(), Lifecycle::Active));
        let words =
            if record.note.is_empty() { "Its runs come back with it.".to_owned() } else { record.note };
        return view! {
            <div class="stack stack--tight">
                <p class="note">{words}</p>
                <div><Button label=format!("Restore {}", record.name) on_press=restore disabled /></div>
            </div>
        };
    }
    let keep = {
        let id = id.clone();
        move |()| wish(Wish::Describe(id.clone(), name.get_untracked(), note.get_untracked()))
    };
    let delete = {
        let id = id.clone();
        move |()| wish(Wish::Lifecycle(id.clone(), Lifecycle::Deleted))
    };
    let cannot_use = Derived::new(move || disabled.get() || is_in_use);
    let use_words = if is_in_use { "New runs go here" } else { "Send new runs here" };
    view! {
        <div class="stack stack--tight">
            <TextField id="experiment-name" label="Name of the experiment" value=name on_type=move |typed: String| name.set(typed) word=None disabled />
            <label class="field__label" for="experiment-note">"Description"</label>
            <textarea
                id="experiment-note"
                class="review__text review__text--low"
                title=why_not(disabled)
                prop:value=move || note.get()
                prop:disabled=move || disabled.get()
                on:input:target=move |event| note.set(event.target().value())
            ></textarea>
            <div class="row">
                <Button label="Save experiment" on_press=keep disabled />
                <Button label=use_words on_press=move |()| wish(Wish::Use(id.clone())) disabled=cannot_use />
                <Button label="Move to trash" on_press=delete disabled />
            </div>
        </div>
    }
}

/// How the last wish went, and what could not be read.
#[component]
fn Said(experiments: Experiments) -> View {
    let tab = use_tab();
    let failed = move || {
        experiments
            .all
            .with(|all| if let Loadable::Failed(reason) = all { Some(reason.clone()) } else { None })
    };
    let problem = move || {
        let text = experiments.problem.get().or_else(failed)?;
        Some(view! { <p class="field__error" role="alert">{text}</p> })
    };
    let can_undo = Derived::new(move || experiments.undo.with(Option::is_some) && !tab.is_reader());
    let undo = move |()| {
        if let Some(wish) = experiments.undo.get_untracked() {
            experiments.wish(wish, || ());
        }
    };
    on_cleanup(move || {
        experiments.said.set_if_new(String::new());
        experiments.problem.set_if_new(None);
        experiments.undo.set_if_new(None);
    });
    view! {
        <div class="row">
            <p class="note" role="status" aria-label="Experiment">{move || experiments.said.get()}</p>
            <Show when=move || can_undo.get()>
                <Button label="Undo" on_press=undo />
            </Show>
        </div>
        {problem}
    }
}
