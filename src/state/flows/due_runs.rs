//! Which flow runs are to be made and begun now: deployments, runs and the time in, records out.
//!
//! The rules are the crate `flow`'s; the terminal keeps the same ones. Never: a clock, a due time dealt with twice.

use flow::{
    Admitted, Proposal, Timing, Verdict, Zone, acts_at, admit, due, enter_flow, flow_transition, is_late,
    new_run,
};
use track::SCHEMA;
use track::flow::{Cause, Deployment, FlowEvent, FlowRun, Happening, Schedule, State, StateName, StateType};
use track::id::{FlowEventId, FlowRunId, Millis};
use track::record::Record;

use super::book::FlowBook;

/// Gives the zone of a name; none where it is unknown.
pub type Zones<'a> = &'a dyn Fn(&str) -> Option<Box<dyn Zone>>;
/// Gives the random bytes of an id.
pub type Entropy<'a> = &'a mut dyn FnMut() -> [u8; 10];

/// What schedules ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DueRuns {
    /// New runs, and deployments whose schedules are dealt with: one transaction.
    pub records: Vec<Record>,
    /// Missed times that are not made up for.
    pub n_skipped: usize,
}

/// The runs that schedules ask for at `now`.
pub fn make_due_runs(book: &FlowBook, zones: Zones<'_>, now: Millis, entropy: Entropy<'_>) -> DueRuns {
    let mut made = DueRuns::default();
    for deployment in &book.deployments {
        let mut changed = deployment.clone();
        let mut runs = Vec::new();
        for schedule in &mut changed.schedules {
            let Ok(timing) = Timing::new(&schedule.cadence) else { continue };
            let Some(zone) = zones(&schedule.zone) else { continue };
            let due = due(schedule, &timing, &*zone, now);
            if due.runs.is_empty() && due.n_skipped == 0 {
                continue;
            }
            schedule.handled = due.handled;
            made.n_skipped += due.n_skipped;
            runs.extend(due.runs.into_iter().map(|at| (at, schedule.number)));
        }
        for (at, schedule) in runs {
            let cause = Cause::Schedule { schedule };
            made.records.extend(made_run(book, deployment, (now, at), cause, entropy));
        }
        if changed != *deployment {
            made.records.push(Record::Deployment(changed));
        }
    }
    made
}

/// Which deployments have runs to be made at `now`, in a sentence for whoever has no tab open; none where none has.
pub fn due_words(deployments: &[Deployment], zones: Zones<'_>, now: Millis) -> Option<String> {
    let is_due = |schedule: &Schedule| {
        let timing = Timing::new(&schedule.cadence).ok();
        let zone = zones(&schedule.zone);
        timing.zip(zone).is_some_and(|(timing, zone)| !due(schedule, &timing, &*zone, now).runs.is_empty())
    };
    let due = deployments.iter().filter(|deployment| deployment.schedules.iter().any(is_due));
    let names: Vec<String> = due.map(|deployment| format!("'{}'", deployment.name)).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("{name} is due: open Reviewlab to run it.")),
        [first, others @ ..] => Some(format!(
            "{first} and {} are due: open Reviewlab to run them.",
            crate::state::format::counted(others.len() as u64, "other flow", "other flows")
        )),
    }
}

/// A run of a deployment, as it is admitted: where too many run at its time it waits for its turn or is cancelled. None
/// where its flow is gone.
pub fn made_run(
    book: &FlowBook,
    deployment: &Deployment,
    (now, at): (Millis, Millis),
    cause: Cause,
    entropy: Entropy<'_>,
) -> Vec<Record> {
    let Some(flow) = book.deployed(deployment) else { return Vec::new() };
    let ran = |run: &&FlowRun| {
        let is_of = run.deployment.as_ref() == Some(&deployment.id);
        let has_begun = run.begun.is_some_and(|begun| begun <= at);
        is_of && has_begun && run.ended.is_none_or(|ended| ended > at)
    };
    let n_running = book.runs.iter().filter(ran).count() as u32;
    let id = FlowRunId::new(at, entropy());
    let mut run = FlowRun { deployment: Some(deployment.id.clone()), ..new_run(flow, id, (now, at), cause) };
    let mut records = Vec::new();
    match admit(n_running, deployment.n_at_a_time, deployment.overflow) {
        Admitted::Now => {}
        Admitted::Queued => {
            let waiting = State::new(StateName::AwaitingConcurrencySlot, now);
            enter_flow(&mut run, waiting.because("Others ran at its time."));
        }
        Admitted::Cancelled => {
            let cancelled = State::new(StateName::Cancelled, now);
            enter_flow(&mut run, cancelled.because("Others ran at its time, and no more are allowed."));
            records.push(Record::FlowEvent(came_to(&run, entropy())));
        }
    }
    records.push(Record::FlowRun(run));
    records
}

/// What the feed says of a flow run that came to its state.
pub fn came_to(run: &FlowRun, entropy: [u8; 10]) -> FlowEvent {
    let State { name, at, message, .. } = &run.state;
    let happening = Happening::FlowRunState {
        flow_run: run.id.clone(),
        name: run.name.clone(),
        deployment: run.deployment.clone(),
        state: *name,
        message: message.clone(),
    };
    FlowEvent { schema: SCHEMA, id: FlowEventId::new(*at, entropy), at: *at, happening }
}

/// Runs that have waited too long and do not say so yet, as late ones.
pub fn late_runs(book: &FlowBook, now: Millis) -> Vec<FlowRun> {
    let mut late: Vec<FlowRun> = book.runs.iter().filter(|run| is_late(run, now)).cloned().collect();
    late.iter_mut().for_each(|run| enter_flow(run, State::new(StateName::Late, now)));
    late
}

/// The run that has waited longest and may begin. Those of a deployment that has as many under way as it may wait on.
pub fn next_run(book: &FlowBook, now: Millis) -> Option<&FlowRun> {
    let is_ready = |run: &&FlowRun| {
        let is_waiting = run.state.of_type() == StateType::Scheduled && run.state.name != StateName::Resuming;
        is_waiting && run.state.due.unwrap_or(run.due) <= now && has_a_place(book, run)
    };
    book.runs.iter().filter(is_ready).min_by_key(|run| (run.due, run.id.clone()))
}

/// Whether a run's deployment may have one more under way.
fn has_a_place(book: &FlowBook, run: &FlowRun) -> bool {
    let Some(deployment) = run.deployment.as_ref().and_then(|id| book.deployment(id)) else { return true };
    let is_under_way = |other: &&FlowRun| {
        let state = other.state.of_type();
        other.deployment == run.deployment && !state.is_terminal() && !matches!(state, StateType::Scheduled)
    };
    (book.runs.iter().filter(is_under_way).count() as u32) < deployment.n_at_a_time.max(1)
}

/// When there is next something to do: a schedule's time, a proactive automation's, or a waiting run's.
pub fn wakes_at(book: &FlowBook, zones: Zones<'_>, now: Millis) -> Option<Millis> {
    let schedules = book.deployments.iter().flat_map(|deployment| &deployment.schedules);
    let of_schedules = schedules.filter(|schedule| schedule.is_active).filter_map(|schedule| {
        let timing = Timing::new(&schedule.cadence).ok()?;
        timing.next(&*zones(&schedule.zone)?, schedule.handled)
    });
    let of_automations = book.automations.iter().filter_map(acts_at);
    let waiting = book.runs.iter().filter(|run| run.state.name == StateName::Scheduled);
    // One whose time has come waits for its turn, and is late in time.
    let of_runs = waiting.map(|run| {
        let due = run.state.due.unwrap_or(run.due);
        if due > now { due } else { Millis(due.0.saturating_add(flow::LATE_AFTER_MS)) }
    });
    of_schedules.chain(of_automations).chain(of_runs).min()
}

/// A flow run that nothing runs yet, or nothing any more, cancelled; why not where that cannot be.
///
/// # Errors
/// One sentence.
pub fn cancelled(run: &FlowRun, now: Millis) -> Result<FlowRun, String> {
    let mut run = run.clone();
    let state = State::new(StateName::Cancelling, now).because("Somebody cancelled it.");
    for state in [state, State::new(StateName::Cancelled, now)] {
        if run.has_ended() {
            break;
        }
        match flow_transition(Some(&run), Proposal { state, n_seen: run.n_states }) {
            Verdict::Moves(state) | Verdict::Instead(state) => enter_flow(&mut run, state),
            Verdict::Wait { .. } => {}
            Verdict::Refused(refusal) => return Err(crate::state::format::sentence(&refusal.to_string())),
        }
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use flow::{ReadyMade, Utc};
    use track::experiment::Lifecycle;
    use track::flow::{Cadence, CatchUp, Overflow};
    use track::id::{DeploymentId, FlowId};

    use super::*;

    const MINUTE_MS: u64 = 60_000;

    fn book(catch_up: CatchUp, overflow: Overflow) -> FlowBook {
        let flow = ReadyMade::Retrain.definition(("", "m"), FlowId::new(Millis(1), [1; 10]), Millis(1));
        let schedule = Schedule {
            number: 0,
            cadence: Cadence::Interval { seconds: 60, anchor: Millis(0) },
            zone: "UTC".into(),
            is_active: true,
            catch_up,
            handled: Millis(MINUTE_MS),
        };
        let deployment = Deployment {
            schema: SCHEMA,
            id: DeploymentId::new(Millis(1), [2; 10]),
            created: Millis(1),
            lifecycle: Lifecycle::Active,
            name: "every minute".into(),
            flow: flow.id.clone(),
            version: None,
            schedules: vec![schedule],
            n_at_a_time: 1,
            overflow,
        };
        FlowBook { flows: vec![flow], deployments: vec![deployment], ..FlowBook::default() }
    }

    fn utc(_: &str) -> Option<Box<dyn Zone>> {
        Some(Box::new(Utc))
    }

    fn due_at(book: &FlowBook, now: u64) -> (Vec<FlowRun>, usize, Option<Deployment>) {
        let mut n_ids = 0;
        let mut entropy = || {
            n_ids += 1;
            [n_ids; 10]
        };
        let DueRuns { records, n_skipped } = make_due_runs(book, &utc, Millis(now), &mut entropy);
        let runs = records.iter().filter_map(|record| match record {
            Record::FlowRun(run) => Some(run.clone()),
            _ => None,
        });
        let deployment = records.iter().find_map(|record| match record {
            Record::Deployment(deployment) => Some(deployment.clone()),
            _ => None,
        });
        (runs.collect(), n_skipped, deployment)
    }

    #[test]
    fn missed_times_are_made_up_for_as_the_schedule_says() {
        let now = 10 * MINUTE_MS + 30_000;
        for (catch_up, n_runs, n_skipped) in
            [(CatchUp::Latest, 1, 8), (CatchUp::Skip, 0, 9), (CatchUp::All, 9, 0)]
        {
            let (runs, skipped, deployment) = due_at(&book(catch_up, Overflow::Queue), now);
            assert_eq!((runs.len(), skipped), (n_runs, n_skipped));
            let handled = deployment.map(|deployment| deployment.schedules[0].handled);
            assert_eq!(handled, Some(Millis(now)), "it is dealt with once");
        }
    }

    #[test]
    fn who_has_no_tab_open_is_told_what_is_due() {
        let told = |catch_up, now| {
            let book = book(catch_up, Overflow::Queue);
            let one = due_words(&book.deployments, &utc, Millis(now));
            let two = due_words(&[&book.deployments[..], &book.deployments].concat(), &utc, Millis(now));
            (one.unwrap_or_default(), two.unwrap_or_default())
        };
        let one = "'every minute' is due: open Reviewlab to run it.".to_owned();
        let two = "'every minute' and 1 other flow are due: open Reviewlab to run them.".to_owned();
        assert_eq!(told(CatchUp::Latest, 3 * MINUTE_MS), (one, two));
        assert_eq!(told(CatchUp::Latest, MINUTE_MS + 10), Default::default());
        assert_eq!(told(CatchUp::Skip, 3 * MINUTE_MS + 30_000), Default::default(), "nothing will be run");
    }

    #[test]
    fn nothing_is_written_while_nothing_is_due() {
        let (runs, _, deployment) = due_at(&book(CatchUp::Latest, Overflow::Queue), MINUTE_MS + 10);
        assert_eq!((runs.len(), deployment), (0, None));
    }

    #[test]
    fn one_more_than_allowed_waits_or_is_cancelled() {
        for (overflow, expected) in [
            (Overflow::Queue, StateName::AwaitingConcurrencySlot),
            (Overflow::CancelNew, StateName::Cancelled),
        ] {
            let mut book = book(CatchUp::Latest, overflow);
            let (mut runs, ..) = due_at(&book, 2 * MINUTE_MS);
            for name in [StateName::Pending, StateName::Running] {
                enter_flow(&mut runs[0], State::new(name, Millis(2 * MINUTE_MS)));
            }
            book.runs = runs;
            let (later, ..) = due_at(&book, 3 * MINUTE_MS);
            assert_eq!(later[0].state.name, expected);
            book.runs.extend(later);
            assert_eq!(next_run(&book, Millis(3 * MINUTE_MS)), None, "one at a time");
        }
    }

    #[test]
    fn it_wakes_at_the_next_time_and_when_a_run_is_late() {
        let mut book = book(CatchUp::Latest, Overflow::Queue);
        assert_eq!(wakes_at(&book, &utc, Millis(MINUTE_MS)), Some(Millis(2 * MINUTE_MS)));
        let (runs, _, deployment) = due_at(&book, 2 * MINUTE_MS);
        book.runs = runs;
        book.deployments.extend(deployment);
        book.deployments.remove(0);
        let late = 2 * MINUTE_MS + flow::LATE_AFTER_MS;
        assert_eq!(wakes_at(&book, &utc, Millis(2 * MINUTE_MS)), Some(Millis(late)));
        let runs = late_runs(&book, Millis(late));
        assert_eq!(runs.iter().map(|run| run.state.name).collect::<Vec<_>>(), [StateName::Late]);
        book.runs = runs;
        assert!(next_run(&book, Millis(late)).is_some(), "a late run begins all the same");
        assert_eq!(wakes_at(&book, &utc, Millis(late)), Some(Millis(3 * MINUTE_MS)));
    }

    #[test]
    fn what_waits_is_cancelled_at_once_and_what_ended_stays() {
        let (runs, ..) = due_at(&book(CatchUp::Latest, Overflow::Queue), 2 * MINUTE_MS);
        let ended = cancelled(&runs[0], Millis(9)).unwrap();
        assert_eq!(ended.state.name, StateName::Cancelled);
        assert_eq!(cancelled(&ended, Millis(10)), Ok(ended.clone()));
    }
}
