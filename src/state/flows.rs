//! Flows in this tab: what is kept of them, what is due, what is under way, and what a person wants of them.
//!
//! The writing tab leads: it makes the runs that are due and runs them, one at a time beside paused ones. What is shown
//! was stored first. Never: a due time dealt with twice, a run in two tabs.

pub mod book;
pub mod due_runs;
mod prepare;
mod inbox;
mod recovering;
mod reacting;
mod driving;
mod leading;
mod reading;
mod wishes;
pub mod figures;
pub mod task_counts;
pub mod task_params;
pub mod one_run;
pub mod deploy_form;
pub mod automation_form;
pub mod flow_edit;
pub mod events;

use std::rc::Rc;

use leptos::prelude::*;
use track::flow::{FlowRun, StateName};
use track::id::{FlowEventId, FlowRunId};

use self::book::FlowBook;
use self::driving::AtWork;
use super::Shared;
use super::loadable::Loadable;
use super::refresh::Refresh;
use super::tab::{Role, Tab};
use crate::reactive::{Held, State, follow};
use crate::services::Services;
use crate::services::folders::KeptFolder;
use crate::services::ticks::Ticks;

pub use self::leading::begin_to_lead;

/// A flow run under way in this tab, beside what is stored of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveRun {
    /// The run.
    pub id: FlowRunId,
    /// How it stands.
    pub state: StateName,
    /// The task at work.
    pub task: Option<String>,
    /// Trials done and all, where a study is at work.
    pub trials: Option<(u64, u64)>,
    /// Why it waits: records were not stored.
    pub error: Option<String>,
}

/// How the last wish went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Said {
    /// Nothing was asked for.
    #[default]
    Nothing,
    /// Done, in one sentence.
    Done(String),
    /// Not done, in one sentence.
    Failed(String),
}

/// What the leading tab remembers between its looks.
#[derive(Default)]
struct Desk {
    at_work: Vec<AtWork>,
    /// The clock; none while there is nothing to wait for.
    ticks: Option<Ticks>,
    /// When there is next something to do.
    wakes_at: Option<track::id::Millis>,
    /// The newest event that automations know.
    seen: Option<FlowEventId>,
    is_leading: bool,
    is_looking: bool,
    looks_again: bool,
    /// Runs ended, or may have, since what they leave was last held to its bounds.
    is_to_prune: bool,
    /// Whether an automation listens.
    listens: bool,
    /// Entries of the registry's history when runs under way were last shown it.
    n_registry: u64,
    n_ticks: u64,
    n_sessions: u64,
}

/// Flows. `Copy`; from context by `use_flows`.
#[derive(Clone, Copy)]
pub struct Flows {
    /// What is kept. Read once a page wants it.
    pub book: State<Loadable<Rc<FlowBook>>>,
    /// What is under way in this tab.
    pub live: State<Vec<LiveRun>>,
    /// How the last wish went.
    pub said: State<Said>,
    /// Folders that flows may score; read once a page wants them.
    pub folders: State<Vec<KeptFolder>>,
    /// What automations told the person lately, newest first.
    pub notices: State<Vec<String>>,
    desk: Held<Desk>,
    /// All flow runs that were read, newest first.
    known: Held<Vec<FlowRun>>,
    refresh: Refresh,
    shared: Shared,
}

impl Flows {
    /// A page shows it: read it, and keep it true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again after it could not be read.
    pub fn retry(self) {
        self.book.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Whether this tab runs a flow run; followed.
    pub fn is_here(self, run: &FlowRunId) -> bool {
        self.live.with(|live| live.iter().any(|one| one.id == *run))
    }

    fn services(self) -> Rc<Services> {
        self.shared.get()
    }
}

pub(super) fn provide_flows(shared: Shared, tab: Tab) -> Flows {
    let handle: Held<Option<Flows>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(flows) = handle.get() {
            flows.load().await;
        }
    });
    let flows = Flows {
        book: State::new(Loadable::Loading),
        live: State::new(Vec::new()),
        said: State::new(Said::Nothing),
        folders: State::new(Vec::new()),
        notices: State::new(Vec::new()),
        desk: Held::new(Desk::default()),
        known: Held::new(Vec::new()),
        refresh,
        shared,
    };
    handle.set(Some(flows));
    provide_context(flows);
    follow(move || match tab.role.get() {
        Role::Asking => {}
        Role::Reader => flows.follow_only(),
        Role::Writer => begin_to_lead(flows),
    });
    flows
}

/// Flows.
pub fn use_flows() -> Flows {
    use_context().expect("`provide_app_state` in `App` provides flows")
}
