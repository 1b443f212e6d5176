//! What may follow what: a run and the state somebody wants for it in, the state it comes to out.
//!
//! The rules are Prefect's (`orchestration/core_policy.py`, 2026): a failed task with retries left waits for the next,
//! nothing begins before its time, what is to end can only end, what has ended stays. Who asks says how many states of
//! the run it has seen: a wish that was made of an older state, or made twice, changes nothing.

use thiserror::Error;
use track::flow::{FlowRun, RetrySpec, State, StateName, StateType, TaskRun};
use track::id::Millis;

use crate::retry::retry_delay_ms;

/// A scheduled run is late when it has not begun so long after its time (Prefect's default).
pub const LATE_AFTER_MS: u64 = 15_000;
/// What runs a flow says so more often than this; after it, it is gone.
pub const SILENT_AFTER_MS: u64 = 30_000;
/// States a run remembers; of more, those after the first are forgotten.
pub const MAX_STATES: usize = 200;

/// What somebody wants a run to come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The state.
    pub state: State,
    /// States of the run that its author knows of: `n_states` of the record it looked at, 0 of a run to be made.
    pub n_seen: u32,
}

/// What a proposal comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It comes to that state, perhaps under another name of the same type.
    Moves(State),
    /// It comes to another.
    Instead(State),
    /// It stays; ask again then.
    Wait {
        /// When.
        until: Millis,
    },
    /// It stays.
    Refused(Refusal),
}

/// Why a run stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is over.
    #[error("the run has ended as {}: make a new one", .0.as_str())]
    Ended(StateName),
    /// It can only end.
    #[error("the run is being cancelled, so it can only come to Cancelled")]
    BeingCancelled,
    /// That does not follow.
    #[error("a run that is {} cannot become {}", .from.map_or("not made yet", StateName::as_str), .to.as_str())]
    NotAllowed {
        /// How it stands.
        from: Option<StateName>,
        /// What was asked for.
        to: StateName,
    },
    /// It has changed since, or the same was asked twice.
    #[error("the run has changed since: look at it again")]
    Stale {
        /// States it has had.
        n_states: u32,
        /// States its author had seen.
        n_seen: u32,
    },
    /// Its flow does not run.
    #[error("its flow is {}, and tasks begin only while it runs", .0.as_str())]
    FlowStands(StateType),
}

/// What else decides of a task.
#[derive(Clone, Copy, Debug)]
pub struct TaskContext<'a> {
    /// How its flow run stands.
    pub flow: StateType,
    /// What happens when it has failed.
    pub retry: &'a RetrySpec,
    /// Whether what it gives is known already.
    pub is_known: bool,
    /// What its waits are drawn from.
    pub seed: u64,
}

/// What `proposal` comes to for a flow run; `None` is one that is not made yet.
pub fn flow_transition(run: Option<&FlowRun>, proposal: Proposal) -> Verdict {
    let Proposal { state, n_seen } = proposal;
    let current = run.map(|run| &run.state);
    if let Some(refusal) = never(current, run.map_or(0, |run| run.n_states), n_seen, &state) {
        return Verdict::Refused(refusal);
    }
    let is_allowed = match (current.map(State::of_type), state.of_type()) {
        (Some(StateType::Running), StateType::Paused) => true,
        (Some(StateType::Paused), StateType::Scheduled) => state.name == StateName::Resuming,
        (Some(StateType::Paused), StateType::Failed | StateType::Cancelling | StateType::Cancelled) => true,
        (Some(StateType::Scheduled), StateType::Scheduled) => state.name != StateName::Resuming,
        (Some(StateType::Pending), StateType::Scheduled) => state.name == StateName::AwaitingConcurrencySlot,
        (from, to) => is_usual(from, to),
    };
    settle(current, state, is_allowed)
}

/// What `proposal` comes to for a task run; `None` is one that is not made yet.
pub fn task_transition(run: Option<&TaskRun>, proposal: Proposal, context: TaskContext<'_>) -> Verdict {
    let Proposal { state, n_seen } = proposal;
    let current = run.map(|run| &run.state);
    if let Some(refusal) = never(current, run.map_or(0, |run| run.n_states), n_seen, &state) {
        return Verdict::Refused(refusal);
    }
    let is_allowed = is_usual(current.map(State::of_type), state.of_type());
    let begins = matches!(state.of_type(), StateType::Pending | StateType::Running);
    if is_allowed && begins && context.flow != StateType::Running {
        return Verdict::Refused(Refusal::FlowStands(context.flow));
    }
    let n_begun = run.map_or(0, |run| run.n_begun);
    match settle(current, state, is_allowed) {
        Verdict::Moves(state) if state.of_type() == StateType::Running && context.is_known => {
            let message = "Nothing it depends on has changed: what it gave before was taken.";
            Verdict::Instead(State::new(StateName::Cached, state.at).because(message))
        }
        Verdict::Moves(state) if state.of_type() == StateType::Running && n_begun > 0 => {
            Verdict::Moves(State { name: StateName::Retrying, ..state })
        }
        Verdict::Moves(state) if state.of_type() == StateType::Failed && began(current) => {
            retried(state, n_begun, context)
        }
        verdict => verdict,
    }
}

/// What can never be, whatever else holds.
fn never(current: Option<&State>, n_states: u32, n_seen: u32, wanted: &State) -> Option<Refusal> {
    let current_type = current.map(State::of_type);
    if let Some(current) = current.filter(|state| state.is_terminal()) {
        return Some(Refusal::Ended(current.name));
    }
    if n_states != n_seen {
        return Some(Refusal::Stale { n_states, n_seen });
    }
    let is_being_cancelled = current_type == Some(StateType::Cancelling);
    (is_being_cancelled && wanted.of_type() != StateType::Cancelled).then_some(Refusal::BeingCancelled)
}

/// What flows and tasks have in common.
fn is_usual(from: Option<StateType>, to: StateType) -> bool {
    use StateType as T;
    match from {
        None => matches!(to, T::Scheduled | T::Pending),
        Some(T::Scheduled) => matches!(to, T::Pending | T::Running | T::Cancelling | T::Cancelled),
        Some(T::Pending) => {
            matches!(to, T::Running | T::Cancelling | T::Cancelled | T::Failed | T::Crashed)
        }
        Some(T::Running) => matches!(to, T::Cancelling | T::Completed | T::Failed | T::Crashed),
        Some(T::Cancelling) => to == T::Cancelled,
        Some(T::Paused | T::Cancelled | T::Completed | T::Failed | T::Crashed) => false,
    }
}

fn settle(current: Option<&State>, wanted: State, is_allowed: bool) -> Verdict {
    if !is_allowed {
        let from = current.map(|state| state.name);
        return Verdict::Refused(Refusal::NotAllowed { from, to: wanted.name });
    }
    let Some(current) = current else { return Verdict::Moves(wanted) };
    match (current.of_type(), wanted.of_type()) {
        // Nothing runs that would have to be ended first.
        (StateType::Scheduled | StateType::Pending | StateType::Paused, StateType::Cancelling) => {
            Verdict::Instead(State { name: StateName::Cancelled, ..wanted })
        }
        (StateType::Scheduled, StateType::Pending | StateType::Running) => match current.due {
            Some(until) if wanted.at < until => Verdict::Wait { until },
            _ => Verdict::Moves(wanted),
        },
        _ => Verdict::Moves(wanted),
    }
}

fn began(current: Option<&State>) -> bool {
    current.is_some_and(|state| state.of_type() == StateType::Running)
}

/// A failed task waits for its next retry while it has one.
fn retried(failed: State, n_begun: u32, context: TaskContext<'_>) -> Verdict {
    let n_failed = n_begun.max(1);
    if n_failed > context.retry.n_retries {
        return Verdict::Moves(failed);
    }
    let wait_ms = retry_delay_ms(context.retry, n_failed - 1, context.seed);
    let due = Millis(failed.at.0.saturating_add(wait_ms));
    let of = context.retry.n_retries;
    let message = format!("Retry {n_failed} of {of} after: {}", failed.message);
    let waiting = State::new(StateName::AwaitingRetry, failed.at).because(message);
    Verdict::Instead(State { due: Some(due), ..waiting })
}

/// Brings a flow run to a state that `flow_transition` gave.
pub fn enter_flow(run: &mut FlowRun, state: State) {
    if state.of_type() == StateType::Running && run.begun.is_none() {
        run.begun = Some(state.at);
    }
    if state.is_terminal() {
        run.ended = Some(state.at);
    }
    run.n_states += 1;
    remember(&mut run.earlier, std::mem::replace(&mut run.state, state));
}

/// Brings a task run to a state that `task_transition` gave.
pub fn enter_task(run: &mut TaskRun, state: State) {
    if state.of_type() == StateType::Running {
        run.n_begun += 1;
        run.begun = run.begun.or(Some(state.at));
    }
    if state.is_terminal() {
        run.ended = Some(state.at);
    }
    run.n_states += 1;
    remember(&mut run.earlier, std::mem::replace(&mut run.state, state));
}

fn remember(earlier: &mut Vec<State>, state: State) {
    if earlier.len() >= MAX_STATES {
        earlier.remove(1);
    }
    earlier.push(state);
}

/// Whether a run that waits for its time has waited too long.
pub fn is_late(run: &FlowRun, now: Millis) -> bool {
    let due = run.state.due.unwrap_or(run.due);
    run.state.name == StateName::Scheduled && now.0 >= due.0.saturating_add(LATE_AFTER_MS)
}

/// Whether a run is said to be under way, but nothing that runs it has been heard of for long: its tab was closed, its
/// program ended.
pub fn has_lost_its_runner(run: &FlowRun, now: Millis) -> bool {
    let is_under_way =
        matches!(run.state.of_type(), StateType::Pending | StateType::Running | StateType::Cancelling);
    let heard = run.heartbeat.unwrap_or(run.state.at).max(run.state.at);
    is_under_way && now.0 > heard.0.saturating_add(SILENT_AFTER_MS)
}
