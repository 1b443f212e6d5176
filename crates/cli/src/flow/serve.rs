//! `reviewlab flow serve`: runs what is due, one run at a time, until it is ended.
//! In: the project's deployments and automations, the clock. Out: flow runs. Never: a due time run twice, or a run that
//! was cut off forgotten.

use std::collections::BTreeMap;

use ::flow::{Admitted, Timing, acts_at, admit, due, enter_flow, going_on, is_late, new_run};
use track::flow::{Cause, Deployment, FlowDefinition, FlowRun, State, StateName, StateType};
use track::id::{FlowRunId, Millis};
use track::record::Record;

use crate::clock;
use crate::failure::Failure;
use crate::pool::Interrupted;

use super::desk::{Desk, flow_runs, flows};
use super::react::{Wanted, react};
use super::run::{drive, recover, report};
use super::zones::Named;

/// How often a run that was cut off goes on by itself: what ends the program each time is not begun for ever.
const MAX_GOING_ON: usize = 5;
/// Longest time slept at once, in milliseconds: clocks can be set.
const MAX_SLEEP_MS: u64 = 30_000;

/// Runs what is due, for so many seconds or for good.
///
/// # Errors
/// Where the project cannot be read or written.
pub fn serve(desk: &mut Desk, for_s: Option<u64>, json: bool) -> Result<(), Failure> {
    let begun = clock::now();
    desk.follow()?;
    let ends = for_s.map(|seconds| Millis(begun.0.saturating_add(1000 * seconds)));
    // Automations know what they have heard: what happened while nothing served is shown to them now.
    let mut seen = None;
    for crashed in recover(desk)? {
        go_on(desk, &crashed)?;
    }
    eprintln!("reviewlab: {} deployments; Ctrl-C ends it.", desk.deployments()?.len());
    loop {
        let now = clock::now();
        desk.follow()?;
        make_due_runs(desk, now)?;
        for wanted in react(desk, &mut seen, now)? {
            make_wanted_run(desk, &wanted, now)?;
        }
        if let Some(run) = next_run(desk, now)? {
            let name = run.name.clone();
            match drive(desk, run) {
                Ok(status) => {
                    report(&status, json)?;
                    if status.run.state.name == StateName::Cancelled {
                        return Ok(());
                    }
                }
                // A run that failed is in the project; the others go on.
                Err(Failure::Wrong(sentence)) => eprintln!("reviewlab: run {name}: {sentence}"),
                Err(fault) => return Err(fault),
            }
            continue;
        }
        if ends.is_some_and(|ends| now >= ends) {
            return Ok(());
        }
        let until = wakes_at(desk, now)?.min(ends.unwrap_or(Millis(u64::MAX)));
        let until = Millis(until.0.min(now.0 + MAX_SLEEP_MS));
        if let Err(Interrupted) = desk.pool.wait(Some(until)) {
            return Ok(());
        }
    }
}

/// A run that was cut off goes on, if it was not cut off too often.
fn go_on(desk: &Desk, crashed: &FlowRun) -> Result<(), Failure> {
    let n_before = flow_runs(&desk.project)?.iter().filter(|run| run.root == crashed.root).count();
    if n_before > MAX_GOING_ON {
        eprintln!("reviewlab: run {} was cut off {n_before} times and is left.", crashed.name);
        return Ok(());
    }
    let now = clock::now();
    let next = going_on(crashed, FlowRunId::new(now, clock::entropy()), now);
    eprintln!("reviewlab: run {} was cut off; {} goes on from there.", crashed.name, next.name);
    desk.write(vec![Record::FlowRun(next)])
}

/// Makes the runs that schedules ask for; a schedule's time is dealt with in the transaction that makes its run.
fn make_due_runs(desk: &Desk, now: Millis) -> Result<(), Failure> {
    let all = flows(&desk.project)?;
    for deployment in desk.deployments()? {
        let mut changed = deployment.clone();
        let mut records = Vec::new();
        for schedule in &mut changed.schedules {
            let Ok(timing) = Timing::new(&schedule.cadence) else { continue };
            let zone = Named::new(&schedule.zone)?;
            let due = due(schedule, &timing, &zone, now);
            if due.runs.is_empty() && due.n_skipped == 0 {
                continue;
            }
            schedule.handled = due.handled;
            if due.n_skipped > 0 {
                eprintln!("reviewlab: {}: {} missed runs are left out.", deployment.name, due.n_skipped);
            }
            for at in due.runs {
                let cause = Cause::Schedule { schedule: schedule.number };
                records.extend(made(desk, &all, &deployment, (now, at), cause)?);
            }
        }
        if !records.is_empty() || changed != deployment {
            records.push(Record::Deployment(changed));
            desk.write(records)?;
        }
    }
    Ok(())
}

fn make_wanted_run(desk: &Desk, wanted: &Wanted, now: Millis) -> Result<(), Failure> {
    let found = desk.deployments()?.into_iter().find(|known| known.id == wanted.deployment);
    let Some(deployment) = found else { return Ok(()) };
    let cause = Cause::Automation { automation: wanted.by.clone() };
    let records = made(desk, &flows(&desk.project)?, &deployment, (now, now), cause)?;
    desk.write(records)
}

/// A run of a deployment, as it is admitted: where too many ran at its time it is queued or cancelled.
fn made(
    desk: &Desk,
    all: &[FlowDefinition],
    deployment: &Deployment,
    (now, at): (Millis, Millis),
    cause: Cause,
) -> Result<Vec<Record>, Failure> {
    let Some(flow) = newest(all, deployment) else {
        eprintln!("reviewlab: the flow of {} is gone.", deployment.name);
        return Ok(Vec::new());
    };
    let ran = |run: &&FlowRun| {
        let is_of = run.deployment.as_ref() == Some(&deployment.id);
        let has_begun = run.begun.is_some_and(|begun| begun <= at);
        is_of && has_begun && run.ended.is_none_or(|ended| ended > at)
    };
    let n_running = flow_runs(&desk.project)?.iter().filter(ran).count() as u32;
    let id = FlowRunId::new(at, clock::entropy());
    let mut run = FlowRun { deployment: Some(deployment.id.clone()), ..new_run(flow, id, (now, at), cause) };
    match admit(n_running, deployment.n_at_a_time, deployment.overflow) {
        Admitted::Now => {}
        Admitted::Queued => {
            let waiting = State::new(StateName::AwaitingConcurrencySlot, now);
            enter_flow(&mut run, waiting.because("Others ran at its time."));
        }
        Admitted::Cancelled => {
            let cancelled = State::new(StateName::Cancelled, now);
            enter_flow(&mut run, cancelled.because("Others ran at its time, and no more are allowed."));
        }
    }
    Ok(vec![Record::FlowRun(run)])
}

fn newest<'a>(all: &'a [FlowDefinition], deployment: &Deployment) -> Option<&'a FlowDefinition> {
    let of = all.iter().filter(|flow| flow.id == deployment.flow);
    of.filter(|flow| deployment.version.is_none_or(|version| version == flow.version))
        .max_by_key(|flow| flow.version)
}

/// The run that has waited longest and may begin; one that waited too long is late first.
fn next_run(desk: &Desk, now: Millis) -> Result<Option<FlowRun>, Failure> {
    let waiting = |run: &FlowRun| run.state.of_type() == StateType::Scheduled;
    let runs = flow_runs(&desk.project)?;
    let ready = runs.into_iter().filter(|run| waiting(run) && run.state.due.is_none_or(|due| due <= now));
    let Some(mut run) = ready.min_by_key(|run| (run.due, run.id.clone())) else { return Ok(None) };
    if is_late(&run, now) {
        enter_flow(&mut run, State::new(StateName::Late, now));
    }
    Ok(Some(run))
}

/// When the next schedule or automation is due.
fn wakes_at(desk: &Desk, now: Millis) -> Result<Millis, Failure> {
    let mut next = Millis(u64::MAX);
    let mut zones: BTreeMap<String, Named> = BTreeMap::new();
    for deployment in desk.deployments()? {
        for schedule in deployment.schedules.iter().filter(|schedule| schedule.is_active) {
            let Ok(timing) = Timing::new(&schedule.cadence) else { continue };
            if !zones.contains_key(&schedule.zone) {
                zones.insert(schedule.zone.clone(), Named::new(&schedule.zone)?);
            }
            let at = timing.next(&zones[&schedule.zone], now.max(schedule.handled));
            next = next.min(at.unwrap_or(next));
        }
    }
    let automations = desk.automations()?;
    Ok(automations.iter().filter_map(acts_at).fold(next, |first, at| first.min(at)))
}
