//! `/flows/runs/:id`: one flow run, live: its tasks as a picture and over time, what they gave, what was said.

use leptos::prelude::*;
use markup::view;
use track::flow::{FlowDefinition, FlowRun, State as FlowState, StateType, TaskOutput, TaskRun};
use track::id::FlowRunId;

use super::graph::graph;
use super::log::Log;
use super::outcome::{asked, outcomes};
use super::under_way::{actions, at_work};
use super::{Answer, NONE, date, ink, of_book, run_chip, run_path, state_chip, took};
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::services::clock;
use crate::state::flows::book::took_ms;
use crate::state::flows::one_run::{RunDetail, task_took, tries};
use crate::state::flows::{Flows, use_flows};
use crate::state::loadable::Loadable;

/// What is shown, kept true.
type Shown = State<Loadable<RunDetail>>;

/// The page; another id is another page.
#[component]
pub fn FlowRunPage() -> View {
    let flows = use_flows();
    flows.want();
    let router = use_router();
    let id = Derived::new(move || router.last_part());
    View::live(move || view! { <OneRun flows id=FlowRunId(id.get()) /> })
}

#[component]
fn OneRun(flows: Flows, id: FlowRunId) -> View {
    let detail = flows.detail(id.clone());
    let state = Derived::new(move || detail.with(Loadable::without_value));
    View::live(move || match state.get() {
        Loadable::Nothing => {
            view! {
                <PageHead title="Flow run">
                    <ButtonLink href="/flows" label="See all flow runs" emphasis=Emphasis::Primary />
                </PageHead>
                <Nothing
                    title="There is no such flow run here"
                    text="It was made in another browser. A project file from there brings it here."
                />
            }
        }
        Loadable::Loading => {
            view! {
                <PageHead title="Flow run" />
                <Loading what="the flow run" />
            }
        }
        Loadable::Failed(reason) => {
            view! {
                <PageHead title="Flow run" />
                <Problem text=reason />
            }
        }
        Loadable::Loaded(()) => view! { <Whole flows id=id.clone() detail /> },
    })
}

/// One thing of the run as a view, drawn anew when that changes and not when anything else does.
fn drawn<T: Clone + PartialEq + 'static>(
    detail: Shown,
    read: impl Fn(&RunDetail) -> T + 'static,
    draw: impl Fn(T) -> View + 'static,
) -> View {
    let part = Derived::new(move || detail.with(|detail| detail.loaded().map(&read)));
    View::live(move || part.get().map(&draw))
}

#[component]
fn Whole(flows: Flows, id: FlowRunId, detail: Shown) -> View {
    let buttons = actions(flows, id.clone());
    let name = Derived::new(move || {
        detail.with(|detail| detail.loaded().map(|detail| detail.run.name.clone()).unwrap_or_default())
    });
    let standing = drawn(
        detail,
        |detail| {
            (detail.run.clone(), detail.line.clone(), detail.flow.as_ref().map(|flow| flow.name.clone()))
        },
        move |(run, line, flow)| view! { <Standing flows run line flow /> },
    );
    let picture = drawn(
        detail,
        |detail| {
            let states = detail.tasks.iter().map(|task| (task.task.clone(), task.state.clone()));
            (detail.flow.clone(), states.collect::<Vec<_>>())
        },
        |(flow, states)| picture(flow.as_ref(), &states),
    );
    let tasks = drawn(
        detail,
        |detail| (detail.run.clone(), detail.tasks.clone()),
        |(run, tasks)| view! { <Tasks run tasks /> },
    );
    let results = drawn(
        detail,
        |detail| detail.outputs.clone(),
        |outputs: Vec<(String, TaskOutput)>| outcomes(&outputs),
    );
    let asked = drawn(
        detail,
        |detail| detail.flow.clone(),
        |flow: Option<FlowDefinition>| View::from(flow.as_ref().map(asked)),
    );
    view! {
        <PageHead title=name sub="flow run">
            {buttons}
            <ButtonLink href="/flows" label="See all flow runs" />
        </PageHead>
        <div class="stack">
            <Answer flows />
            <div class="row">{at_work(flows, id)}</div>
            {standing}
            {tasks}
            <div class="split split--panel">
                <Card title="Task graph">{picture}</Card>
                <Card title="Results">{results}</Card>
            </div>
            <Log detail />
            {asked}
        </div>
    }
}

fn picture(flow: Option<&FlowDefinition>, states: &[(String, FlowState)]) -> View {
    let Some(flow) = flow else {
        return view! { <p class="note">"The flow of this run is gone."</p> };
    };
    graph(flow, |key| {
        let (_, state) = states.iter().find(|(task, _)| task == key)?;
        Some((state.of_type(), state.name.as_str().to_owned()))
    })
}

/// How it stands, and what belongs to it.
#[component]
fn Standing(flows: Flows, run: FlowRun, line: Vec<FlowRun>, flow: Option<String>) -> View {
    let (cause, deployment) = (run.cause.clone(), run.deployment.clone());
    let cause = of_book(flows, move |book| book.cause_words(&cause));
    let deployment = of_book(flows, move |book| {
        deployment.as_ref().map_or_else(|| NONE.to_owned(), |id| book.deployment_name(id))
    });
    let message = (!run.state.message.is_empty()).then(|| run.state.message.clone());
    let long = took(took_ms((run.begun, run.ended), clock::now()).filter(|_| run.ended.is_some()));
    let when = |at: Option<track::id::Millis>| at.map_or_else(|| NONE.to_owned(), date);
    let own = run.id.clone();
    let one = move |other: &FlowRun| {
        let is_this = other.id == own;
        let name = other.name.clone();
        let shown = if is_this {
            View::from(name)
        } else {
            view! { <PageLink to=run_path(&other.id)>{name}</PageLink> }
        };
        view! {
            <li>
                <span class="row">
                    {run_chip(other)}
                    {shown}
                </span>
            </li>
        }
    };
    let of_line = (line.len() > 1).then(|| {
        let runs: View = line.iter().map(one).collect();
        view! {
            <dt>"Goes on"</dt>
            <dd>
                <ol class="flow-times" aria-label="Runs of one line">
                    {runs}
                </ol>
            </dd>
        }
    });
    let flow = format!("{}, version {}", flow.unwrap_or_else(|| NONE.to_owned()), run.version);
    view! {
        <Card title="How it stands">
            <div class="stack stack--tight">
                <p class="row">{run_chip(&run)} <span>{message}</span></p>
                <dl class="facts">
                    <dt>"Flow"</dt>
                    <dd>{flow}</dd>
                    <dt>"Deployment"</dt>
                    <dd>{deployment}</dd>
                    <dt>"Made because"</dt>
                    <dd>{cause}</dd>
                    <dt>"Due"</dt>
                    <dd>{date(run.due)}</dd>
                    <dt>"Begun"</dt>
                    <dd>{when(run.begun)}</dd>
                    <dt>"Ended"</dt>
                    <dd>{when(run.ended)}</dd>
                    <dt>"Took"</dt>
                    <dd>{long}</dd>
                    {of_line}
                </dl>
            </div>
        </Card>
    }
}

/// Tasks over time.
#[component]
fn Tasks(run: FlowRun, tasks: Vec<TaskRun>) -> View {
    let now = clock::now();
    let begun = run.begun.unwrap_or(run.created);
    let span = (begun, run.ended.unwrap_or(now).max(track::id::Millis(begun.0 + 1)));
    let row = |task: &TaskRun| {
        let bars: View = tries(task, span, now)
            .into_iter()
            .map(|(from, long)| {
                let state = if task.has_ended() { task.state.of_type() } else { StateType::Running };
                let (x, width) = ((from * 100.0).to_string(), (long * 100.0).max(0.6).to_string());
                view! { <rect class=ink(state) x=x y="2" width=width height="8" /> }
            })
            .collect();
        let message = (!task.state.message.is_empty()).then(|| task.state.message.clone());
        view! {
            <tr>
                <th scope="row">{task.task.clone()}</th>
                <td>{state_chip(task.state.name, task.state.name.as_str().to_owned())}</td>
                <td class="number">{task.n_begun.to_string()}</td>
                <td class="number">{took(task_took(task, now).filter(|_| task.has_ended()))}</td>
                <td>
                    <svg class="flow-bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
                        {bars}
                    </svg>
                </td>
                <td class="wide">{message}</td>
            </tr>
        }
    };
    let rows: View = tasks.iter().map(row).collect();
    view! {
        <Card title="Tasks over time">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Tasks, all columns">
                <table class="table" aria-label="Tasks">
                    <thead>
                        <tr>
                            <th scope="col">"Task"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" class="number">"Tries"</th>
                            <th scope="col" class="number">"Took"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"What came of it"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}
