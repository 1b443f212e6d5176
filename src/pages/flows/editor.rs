//! Flows edited: tasks added, dropped and parameterised; what is kept is the next version.

use flow::ReadyMade;
use leptos::prelude::*;
use markup::view;
use track::flow::FlowDefinition;
use track::id::FlowId;

use super::graph::graph;
use super::task::TaskRow;
use super::{is_fixed, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{SelectField, TextField};
use crate::components::states::Problem;
use crate::markup::{For, View};
use crate::reactive::{Derived, State};
use crate::services::clock;
use crate::state::flows::deploy_form::READY_MADE;
use crate::state::flows::flow_edit::{KINDS, fault, with_task};
use crate::state::flows::{Flows, use_flows};
use crate::state::format;

/// Begins the key of a flow that comes with the program.
const READY: &str = "ready:";

/// The flow that is edited.
pub type Edited = State<Option<FlowDefinition>>;

/// The part of the page.
pub fn editor() -> View {
    let flows = use_flows();
    let edited: Edited = State::new(None);
    let chosen = State::new(String::new());
    let options = of_book(flows, |book| {
        let kept = book.all_newest().into_iter();
        let kept = kept.map(|flow| (flow.id.0.clone(), format!("{}, version {}", flow.name, flow.version)));
        let ready = READY_MADE.into_iter();
        let ready =
            ready.map(|flow| (format!("{READY}{}", flow.name()), format!("a new one like {}", flow.name())));
        let first = (String::new(), "Choose a flow".to_owned());
        std::iter::once(first).chain(kept).chain(ready).collect::<Vec<_>>()
    });
    let choose = move |key: String| {
        let found = match key.strip_prefix(READY).and_then(ReadyMade::named) {
            Some(ready) => {
                let id = FlowId::new(clock::now(), clock::entropy());
                let new = ready.definition(("", flow::SCHEDULED_MODEL), id, clock::now());
                Some(FlowDefinition { name: format!("my {}", ready.name()), ..new })
            }
            None => flows.book.with_untracked(|book| {
                book.loaded().and_then(|book| book.newest(&FlowId(key.clone())).cloned())
            }),
        };
        chosen.set(key);
        edited.set(found);
    };
    let is_open = Derived::new(move || edited.with(Option::is_some));
    let body = View::live(move || is_open.get().then(|| view! { <Open flows edited chosen /> }));
    view! {
        <Card title="Edit a flow" sub="a version never changes: what you keep is the next one">
            <div class="register__run">
                <SelectField
                    id="edited-flow"
                    label="Flow to edit"
                    options=options
                    value=Derived::from(chosen)
                    on_choose=choose
                />
            </div>
        </Card>
        {body}
    }
}

#[component]
fn Open(flows: Flows, edited: Edited, chosen: State<String>) -> View {
    let problem = State::new(None::<String>);
    let kind = State::new(KINDS[0].0.to_owned());
    let add = move |()| {
        let kind = kind.get_untracked();
        let next = edited.with_untracked(|flow| flow.as_ref().map(|flow| with_task(flow, &kind)));
        change(edited, problem, next);
    };
    let fault = Derived::new(move || edited.with(|flow| flow.as_ref().and_then(fault)));
    // A task that is another, by whatever it differs, is another row.
    let rows = move || {
        edited.with(|flow| {
            let tasks = flow.iter().flat_map(|flow| &flow.tasks);
            tasks.map(|task| (task.key.clone(), json::to_string(task))).collect::<Vec<_>>()
        })
    };
    let name = Derived::new(move || {
        edited.with(|flow| flow.as_ref().map(|flow| flow.name.clone()).unwrap_or_default())
    });
    let type_name = move |text: String| {
        edited.update(|flow| flow.iter_mut().for_each(|flow| flow.name.clone_from(&text)));
    };
    let fixed = is_fixed();
    let disabled = Derived::new(move || fixed.get() || fault.with(Option::is_some));
    let keep = move |()| {
        let Some(flow) = edited.get_untracked() else { return };
        if flow.name.trim().is_empty() {
            return problem.set(Some("Type a name for the flow.".to_owned()));
        }
        flows.keep_flow(flow, move |kept| {
            chosen.set(kept.id.0.clone());
            edited.set(Some(kept));
        });
    };
    let run = move |()| {
        if let Some(flow) = edited.get_untracked() {
            flows.run_flow(flow.id);
        }
    };
    let is_kept = of_book(flows, move |book| {
        edited.with(|flow| flow.as_ref().is_some_and(|flow| book.newest(&flow.id) == Some(flow)))
    });
    let cannot_run = Derived::new(move || fixed.get() || !is_kept.get());
    let picture = View::live(move || edited.with(|flow| flow.as_ref().map(|flow| graph(flow, |_| None))));
    let faults = View::live(move || {
        let text = problem.get().or_else(|| fault.get())?;
        Some(view! { <Problem text /> })
    });
    let sub = Derived::new(move || {
        edited.with(|flow| {
            flow.as_ref()
                .map(|flow| format::counted(flow.tasks.len() as u64, "task", "tasks"))
                .unwrap_or_default()
        })
    });
    let kinds = KINDS.map(|(key, text)| (key.to_owned(), text.to_owned())).to_vec();
    view! {
        <div class="split split--panel">
            <Card title="Task graph">{picture}</Card>
            <Card title="Tasks" sub>
                <div class="stack">
                    <TextField id="flow-name" label="Flow name" value=name on_type=type_name />
                    <For
                        each=rows
                        key=|(_, text): &(String, String)| text.clone()
                        children=move |(key, _)| view! { <TaskRow edited problem key /> }
                    />
                    <div class="row row--fields">
                        <SelectField
                            id="new-task"
                            label="Another task"
                            options=Derived::from(kinds)
                            value=Derived::from(kind)
                            on_choose=move |key: String| kind.set(key)
                        />
                        <Button label="Add task" on_press=add />
                    </div>
                    {faults}
                    <div class="row">
                        <Button label="Keep as a version" on_press=keep emphasis=Emphasis::Primary disabled />
                        <Button label="Run this flow now" on_press=run disabled=cannot_run />
                    </div>
                </div>
            </Card>
        </div>
    }
}

/// What a change comes to: the flow is changed, or why not is said.
pub fn change(edited: Edited, problem: State<Option<String>>, next: Option<Result<FlowDefinition, String>>) {
    match next {
        Some(Ok(next)) => {
            problem.set(None);
            edited.set(Some(next));
        }
        Some(Err(sentence)) => problem.set(Some(sentence)),
        None => {}
    }
}
