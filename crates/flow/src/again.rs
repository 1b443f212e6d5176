//! What becomes of a flow run whose runner has gone, and the run that goes on from it.
//!
//! The new run has the same root, so that what the old one has finished is known to it, and no effect is repeated.

use track::SCHEMA;
use track::flow::{Cause, FlowDefinition, FlowRun, State, StateName, StateType, TaskRun};
use track::id::{FlowRunId, Millis};
use track::name::memorable;

use crate::transition::{enter_flow, enter_task};

/// Brings a flow run and its tasks to what a runner that has gone leaves: what ran has crashed, what waited to be tried
/// again is cancelled. What has ended stays.
pub fn crash(run: &mut FlowRun, tasks: &mut [TaskRun], now: Millis, reason: &str) {
    if !run.has_ended() {
        enter_flow(run, State::new(StateName::Crashed, now).because(reason));
    }
    for task in tasks.iter_mut().filter(|task| !task.has_ended()) {
        let name = match task.state.of_type() {
            StateType::Scheduled => StateName::Cancelled,
            _ => StateName::Crashed,
        };
        enter_task(task, State::new(name, now).because(reason));
    }
}

/// A run of a flow, made at `now` and to begin at `due`.
pub fn new_run(flow: &FlowDefinition, id: FlowRunId, (now, due): (Millis, Millis), cause: Cause) -> FlowRun {
    FlowRun {
        schema: SCHEMA,
        root: id.clone(),
        name: memorable(id.as_str()),
        id,
        flow: flow.id.clone(),
        version: flow.version,
        deployment: None,
        created: now,
        due,
        begun: None,
        ended: None,
        cause,
        state: State::scheduled(now, due),
        earlier: Vec::new(),
        n_states: 1,
        heartbeat: None,
        n_warnings: 0,
    }
}

/// The run that goes on from `earlier`, to begin at once.
pub fn going_on(earlier: &FlowRun, id: FlowRunId, now: Millis) -> FlowRun {
    FlowRun {
        name: memorable(id.as_str()),
        id,
        created: now,
        due: now,
        begun: None,
        ended: None,
        cause: Cause::GoesOn { earlier: earlier.id.clone() },
        state: State::scheduled(now, now),
        earlier: Vec::new(),
        n_states: 1,
        heartbeat: None,
        n_warnings: 0,
        ..earlier.clone()
    }
}
