//! `/flows`: what runs by itself, when it ran and how it went; one run; what happened; automations; flows edited.

mod strip;
mod folders;
mod tabless;
mod overview;
mod under_way;
mod runs_table;
mod deployments;
mod deploy;
mod graph;
mod log;
mod outcome;
mod run;
mod events;
mod automations;
mod automation;
mod editor;
mod task;

use leptos::prelude::*;
use markup::view;
use track::flow::{FlowRun, StateName, StateType};
use track::id::Millis;

pub use self::run::FlowRunPage;
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Problem};
use crate::components::tabs::{Tab, Tabs};
use crate::markup::View;
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::flows::book::{FlowBook, state_words};
use crate::state::flows::{Flows, Said, use_flows};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::tab::use_tab;

/// Shown where there is none.
const NONE: &str = "–";

/// Parts of the page.
const TABS: &[Tab] = &[
    Tab { key: "overview", name: "Overview", body: overview::overview },
    Tab { key: "events", name: "Events", body: events::events },
    Tab { key: "automations", name: "Automations", body: automations::automations },
    Tab { key: "edit", name: "Edit flows", body: editor::editor },
];

/// The page.
#[component]
pub fn FlowsPage() -> View {
    let flows = use_flows();
    flows.want();
    let sub = of_book(flows, |book| match book.n_runs {
        0 => String::new(),
        n_runs => format::counted(n_runs, "run", "runs"),
    });
    let state = Derived::new(move || flows.book.with(Loadable::without_value));
    let body = View::live(move || match state.get() {
        Loadable::Nothing | Loadable::Loading => view! { <Loading what="the flows" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry=move |()| flows.retry() /> },
        Loadable::Loaded(()) => view! { <Tabs name="Parts of the flows" parameter="show" tabs=TABS /> },
    });
    view! {
        <PageHead title="Flows" sub />
        <div class="stack">
            <p class="lead">
                "Schedules run while a tab of Reviewlab is open, seen or not. A run that was due while none was is made up for as its schedule says, once a tab is open again."
            </p>
            <Answer flows />
            {body}
        </div>
    }
}

/// How the last wish went, and what automations told.
#[component]
fn Answer(flows: Flows) -> View {
    let said = move || match flows.said.get() {
        Said::Nothing => View::nothing(),
        Said::Done(sentence) => view! { <p class="success">{sentence}</p> },
        Said::Failed(text) => view! { <Problem text /> },
    };
    let notices = move || {
        let line = |text: String| view! { <p class="success">{text}</p> };
        flows.notices.get().into_iter().map(line).collect::<View>()
    };
    view! {
        <div class="said" role="status" aria-label="Last change">
            {said}
            {notices}
        </div>
    }
}

/// What the book says, followed; nothing of the kind where it is not read yet.
fn of_book<T: Default + Clone + PartialEq + 'static>(
    flows: Flows,
    read: impl Fn(&FlowBook) -> T + 'static,
) -> Derived<T> {
    Derived::new(move || flows.book.with(|book| book.loaded().map(|book| read(book)).unwrap_or_default()))
}

/// Whether this tab only reads, so that nothing can be changed here.
fn is_fixed() -> Derived<bool> {
    let tab = use_tab();
    Derived::new(move || tab.is_reader())
}

/// A state as a chip.
fn state_chip(state: StateName, words: String) -> View {
    let class = match state.of_type() {
        StateType::Completed => "chip chip--good",
        StateType::Failed | StateType::Crashed => "chip chip--bad",
        StateType::Running => "chip chip--accent",
        StateType::Scheduled | StateType::Pending | StateType::Paused | StateType::Cancelling => {
            "chip chip--wait"
        }
        StateType::Cancelled => "chip",
    };
    view! { <span class=class>{words}</span> }
}

/// How a flow run stands, as a chip; warnings of a run that is done are seen.
fn run_chip(run: &FlowRun) -> View {
    let words = state_words(run);
    match (run.state.name, run.n_warnings) {
        (StateName::Completed, 1..) => view! { <span class="chip chip--wait">{words}</span> },
        (state, _) => state_chip(state, words),
    }
}

/// The page of a flow run.
fn run_path(id: &track::id::FlowRunId) -> String {
    format!("/flows/runs/{id}")
}

/// A time on this device's clock.
fn date(at: Millis) -> String {
    format::date_time(at, clock::offset_minutes())
}

/// How long by a clock of whole milliseconds, or a dash.
fn took(ms: Option<f64>) -> String {
    match ms {
        None => NONE.to_owned(),
        Some(ms) if ms < 1.0 => "< 1 ms".to_owned(),
        Some(ms) => format::duration(ms),
    }
}

/// Letters of a state's class: `completed`.
fn slug(state: StateType) -> &'static str {
    match state {
        StateType::Scheduled => "scheduled",
        StateType::Pending => "pending",
        StateType::Running => "running",
        StateType::Paused => "paused",
        StateType::Cancelling => "cancelling",
        StateType::Cancelled => "cancelled",
        StateType::Completed => "completed",
        StateType::Failed => "failed",
        StateType::Crashed => "crashed",
    }
}

/// The classes of what is drawn in a state's colour.
fn ink(state: StateType) -> String {
    format!("state-ink--{}", slug(state))
}
