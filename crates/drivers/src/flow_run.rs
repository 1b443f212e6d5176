//! A flow run from its first task to its last stored record.
//!
//! Tasks are done one at a time, in order. A task's work is another driver, whose commands go out under numbers of this
//! one. A task's result, what it changed, and that it is done are stored in one transaction: whatever ends the program,
//! a task is either done or not, and the run that goes on repeats nothing. The rules are the crate `flow`'s.

mod plan;
mod asking;
mod judging;
mod scoring;
mod drifting;
mod work;
mod inputs;
mod journal;
mod begin;
mod contest;
mod effects;
mod reviews;
mod finish;
mod relay;
mod steps;

use engine::dataset::DatasetRecipe;
use engine::num::{ContentHash, SortedMap};
use flow::{
    Proposal, TaskContext, ToScore, Verdict, cache_keys, enter_flow, enter_task, flow_transition, order,
    task_transition, validate,
};
use jobs::Session;
use track::SCHEMA;
use track::flow::{FlowRun, LogLevel, State, StateName, StateType, TaskOutput, TaskRun};
use track::id::Millis;
use track::record::Record;
use track::registry::Registry;
use track::run::Run;

use crate::outbox::Outbox;
use crate::protocol::{Command, Driver, Event, Ticket};
use crate::status::StudyStatus;

use journal::Journal;
use work::Work;

pub use effects::FLOW_RUN_TAG;
pub use finish::{MAX_KEPT_COUNTS_BYTES, blobs_of};
pub use plan::{FlowPlan, FlowRunError, RunsNeeded, study_run_id};

/// How often a flow run that is under way says so in its record.
pub const HEARTBEAT_MS: u64 = 10_000;

/// How a flow run stands. Only what is stored is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowStatus {
    /// Its record.
    pub run: FlowRun,
    /// Records of the tasks that were begun, in the flow's order.
    pub tasks: Vec<TaskRun>,
    /// Why it waits: records were not stored.
    pub error: Option<String>,
}

/// Drives one flow run.
#[derive(Debug)]
pub struct FlowDriver {
    plan: FlowPlan,
    keys: SortedMap<String, ContentHash>,
    /// Places of the tasks, each after all it needs.
    order: Vec<usize>,
    run: FlowRun,
    /// By place.
    tasks: Vec<Option<TaskRun>>,
    /// How data were read that champions have learned from, by hash.
    recipes: SortedMap<ContentHash, DatasetRecipe>,
    /// New files of the folder, whose bytes follow those of the data among the executor's.
    folder: Option<Vec<ToScore>>,
    /// By place: what is known of it.
    outputs: Vec<Option<TaskOutput>>,
    active: Option<Active>,
    journal: Journal,
    outbox: Outbox<Shown>,
    /// Whether the flow run's record has changed since it was last put, and which tasks' have.
    is_changed: bool,
    changed_tasks: Vec<usize>,
    n_tickets: u64,
    n_sessions: u64,
    /// Whether the counts made last are small enough to be kept.
    counts_are_kept: bool,
    now: Millis,
    is_given_up: bool,
}

/// The task that is being done.
#[derive(Debug)]
struct Active {
    place: usize,
    work: Work,
    /// Numbers of its commands that are under way: ours, and the work's own.
    tickets: SortedMap<Ticket, Ticket>,
    deadline: Option<Millis>,
    /// It was stopped, and ends so.
    ends_as: Option<StateName>,
}

#[derive(Clone, Debug)]
struct Shown {
    run: FlowRun,
    tasks: Vec<TaskRun>,
}

impl FlowDriver {
    /// Checks `plan` and gets ready.
    ///
    /// # Errors
    /// Where the flow cannot be run.
    pub fn new(plan: FlowPlan, now: Millis) -> Result<Self, FlowRunError> {
        validate(&plan.flow)?;
        let keys = cache_keys(&plan.flow, &plan.dataset.data, &plan.run.root)?;
        let n_tasks = plan.flow.tasks.len();
        let run = plan.run.clone();
        Ok(Self {
            order: order(&plan.flow)?,
            outbox: Outbox::new(Shown { run: run.clone(), tasks: Vec::new() }),
            journal: Journal::new(run.id.clone()),
            keys,
            run,
            tasks: vec![None; n_tasks],
            recipes: SortedMap::new(),
            folder: None,
            outputs: vec![None; n_tasks],
            active: None,
            is_changed: true,
            changed_tasks: Vec::new(),
            n_tickets: 0,
            n_sessions: 0,
            counts_are_kept: true,
            now,
            is_given_up: false,
            plan,
        })
    }

    /// The same with sessions from `first` on, where workers have sessions of others.
    #[must_use]
    pub fn sessions_from(self, first: Session) -> Self {
        Self { n_sessions: first.0, ..self }
    }

    /// Whether all that it has to store is stored.
    pub fn is_stored(&self) -> bool {
        self.outbox.is_empty()
            && !self.is_changed
            && self.changed_tasks.is_empty()
            && !self.journal.is_changed()
    }

    /// How it stands.
    pub fn status(&self) -> FlowStatus {
        let Shown { run, tasks } = self.outbox.shown().clone();
        let of_study = || self.study().filter(|study| !study.stored).and_then(|study| study.error);
        let error = self.outbox.refused().map(str::to_owned).or_else(of_study);
        FlowStatus { run, tasks, error }
    }

    /// How the study stands that a task makes now.
    pub fn study(&self) -> Option<StudyStatus> {
        match self.active.as_ref().map(|active| &active.work) {
            Some(Work::Study(study)) => Some(study.status()),
            _ => None,
        }
    }

    /// The name of the task that is being done.
    pub fn active_task(&self) -> Option<&str> {
        self.active.as_ref().map(|active| self.plan.flow.tasks[active.place].key.as_str())
    }

    /// The registry has changed, or champions' runs have become known.
    pub fn look_around(&mut self, registry: Registry, runs: Vec<Run>) {
        self.plan.registry = registry;
        runs.into_iter().for_each(|run| self.know(run));
    }

    /// How data were read that champions have learned from (`FlowPlan::recipes_needed`). What of them is not known is
    /// not left out where a champion answers a new version's held-out reviews, and the log says so.
    pub fn know_recipes(&mut self, recipes: impl IntoIterator<Item = DatasetRecipe>) {
        self.recipes.extend(recipes.into_iter().map(|recipe| (recipe.hash(), recipe)));
    }

    /// The new files of the folder that the flow scores (`flow::to_score`). The executor's file is then the data's bytes,
    /// followed by those of these files, one after another. Without it a task that scores a folder fails and says so.
    pub fn give_folder(&mut self, files: Vec<ToScore>) {
        self.folder = Some(files);
    }

    /// No task is begun any more until `resume`; what is under way goes on to its end.
    pub fn pause(&mut self, now: Millis) {
        self.now = self.now.max(now);
        self.flow_to(StateName::Paused, "");
    }

    /// Goes on after `pause`.
    pub fn resume(&mut self, now: Millis) {
        self.now = self.now.max(now);
        if self.run.state.of_type() == StateType::Paused {
            self.flow_to(StateName::Resuming, "");
        }
    }

    /// Takes in a run's record, in the place of what was known of it.
    fn know(&mut self, run: Run) {
        match self.plan.runs.iter_mut().find(|known| known.id == run.id) {
            Some(known) => *known = run,
            None => self.plan.runs.push(run),
        }
    }

    /// Asks for a state of the flow run; whether it came to one.
    fn flow_to(&mut self, name: StateName, message: &str) -> bool {
        let state = State::new(name, self.now).because(message);
        let proposal = Proposal { state, n_seen: self.run.n_states };
        let (Verdict::Moves(state) | Verdict::Instead(state)) = flow_transition(Some(&self.run), proposal)
        else {
            return false;
        };
        enter_flow(&mut self.run, state);
        self.is_changed = true;
        let event = self.journal.flow_came_to(&self.run);
        self.outbox.put(Record::FlowEvent(event));
        true
    }

    /// Asks for a state of the task at `place`; what it came to.
    fn task_to(&mut self, place: usize, state: State) -> Option<State> {
        let key = self.plan.flow.tasks[place].key.clone();
        let context = TaskContext {
            flow: self.run.state.of_type(),
            retry: &self.plan.flow.tasks[place].retry,
            is_known: self.known(place).is_some(),
            seed: seed_of(&self.run, place),
        };
        let run = self.tasks[place].as_ref();
        let proposal = Proposal { state, n_seen: run.map_or(0, |run| run.n_states) };
        let (Verdict::Moves(state) | Verdict::Instead(state)) = task_transition(run, proposal, context)
        else {
            return None;
        };
        match &mut self.tasks[place] {
            Some(run) => enter_task(run, state.clone()),
            none => {
                *none = Some(TaskRun {
                    schema: SCHEMA,
                    id: self.run.id.task(place),
                    flow_run: self.run.id.clone(),
                    created: state.at,
                    begun: None,
                    ended: None,
                    n_begun: 0,
                    n_states: 1,
                    state: state.clone(),
                    earlier: Vec::new(),
                    cache_key: self.keys[&key],
                    task: key.clone(),
                });
            }
        }
        if !self.changed_tasks.contains(&place) {
            self.changed_tasks.push(place);
        }
        let n_begun = self.tasks[place].as_ref().map_or(0, |run| run.n_begun);
        self.journal.task_came_to((&key, n_begun), &state);
        Some(state)
    }

    /// What the task at `place` gave before.
    fn known(&self, place: usize) -> Option<&TaskOutput> {
        let key = self.keys[&self.plan.flow.tasks[place].key];
        self.plan.results.iter().find(|result| result.key == key).map(|result| &result.output)
    }

    /// Puts the records that have changed beside what waits to be stored.
    fn put_changed(&mut self) {
        let pages = self.journal.take_changed();
        let is_new = self.is_changed || !self.changed_tasks.is_empty() || !pages.is_empty();
        if !is_new {
            return;
        }
        self.run.n_warnings = self.journal.n_warnings();
        self.outbox.put(Record::FlowRun(self.run.clone()));
        self.is_changed = false;
        for place in std::mem::take(&mut self.changed_tasks) {
            if let Some(task) = &self.tasks[place] {
                self.outbox.put(Record::TaskRun(task.clone()));
            }
        }
        pages.into_iter().for_each(|page| self.outbox.put(Record::FlowLog(page)));
        let tasks = self.order.iter().filter_map(|place| self.tasks[*place].clone()).collect();
        self.outbox.show_then(Shown { run: self.run.clone(), tasks });
    }

    fn new_ticket(&mut self) -> Ticket {
        self.n_tickets += 1;
        Ticket(self.n_tickets)
    }
}

/// What the waits of a task are drawn from.
fn seed_of(run: &FlowRun, place: usize) -> u64 {
    let ContentHash(hash) = ContentHash::of(format!("{}.{place}", run.id).as_bytes());
    hash[..8].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

impl Driver for FlowDriver {
    fn next(&mut self) -> Vec<Command> {
        if self.outbox.refused().is_some() {
            return Vec::new();
        }
        let mut commands = self.work_commands();
        while self.active.as_mut().is_some_and(|active| active.work.is_finished()) {
            self.finish();
            self.advance();
            commands.extend(self.work_commands());
        }
        // A run that goes on after a pause says so while its task is still at work.
        if self.active.is_none() || self.run.state.of_type() == StateType::Scheduled {
            self.advance();
            commands.extend(self.work_commands());
        }
        if self.outbox.is_free() {
            self.put_changed();
        }
        if self.outbox.is_ready() {
            let ticket = self.new_ticket();
            commands.push(self.outbox.send(ticket));
        }
        commands
    }

    fn on(&mut self, event: Event) {
        let (Event::Ran { now, .. }
        | Event::Failed { now, .. }
        | Event::Lost { now, .. }
        | Event::Stored { now, .. }
        | Event::NotStored { now, .. }
        | Event::Stop { now }
        | Event::Tick { now }
        | Event::Retry { now }) = &event;
        self.now = self.now.max(*now);
        match &event {
            Event::Stored { ticket, .. } => self.outbox.stored(*ticket),
            Event::NotStored { ticket, reason, .. } => self.outbox.not_stored(*ticket, reason.clone()),
            Event::Stop { .. } => self.stop(),
            Event::Retry { .. } => self.outbox.retry(),
            _ => {}
        }
        self.tell_work(event);
        self.look_at_the_time();
    }

    fn wakes_at(&self) -> Option<Millis> {
        if self.run.has_ended() {
            return None;
        }
        let waits = match self.run.state.of_type() {
            StateType::Scheduled => Some(self.run.state.due.unwrap_or(self.run.due)),
            StateType::Running if self.active.is_none() => self.waits_until(),
            _ => None,
        };
        let active = self.active.as_ref();
        let of_work = active.and_then(|active| active.work.wakes_at());
        let deadline = active.and_then(|active| active.deadline);
        [waits, of_work, deadline, self.beats_at()].into_iter().flatten().min()
    }

    fn is_finished(&self) -> bool {
        self.is_given_up || (self.run.has_ended() && self.active.is_none() && self.is_stored())
    }
}

/// A warning or a note of a task.
fn note(level: LogLevel, text: impl Into<String>) -> (LogLevel, String) {
    (level, text.into())
}
