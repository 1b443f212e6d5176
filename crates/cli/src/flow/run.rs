//! One flow run: from its record to its end, on disk after each task.
//! In: a record. Out: its records in the project. Never: a run left under way by a program that has ended.

use ::flow::{ReadyMade, crash, going_on, new_run};
use drivers::{Driver as _, FlowDriver, FlowStatus};
use serde::Serialize;
use std::borrow::Cow;
use storage::prune_flows;
use track::flow::{Cause, FlowDefinition, FlowRun, StateName, StateType, TaskRun};
use track::id::{FlowId, FlowRunId};
use track::record::Record;

use crate::aligned::aligned;
use crate::arguments::FlowWords;
use crate::clock;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::pump::{Pump, print};

use super::desk::{Desk, flow_runs, flows, task_runs};
use super::inbox::{new_files, with_folder, write_results};
use super::prepare::{prepare, recipes};

/// Who the terminal's flow runs belong to: the page's default.
pub const OWNER: &str = "me";
/// What a run is told whose program has ended.
const ENDED: &str = "The program was ended while it ran.";

/// Runs a flow now. Where its last run was cut off, it goes on.
///
/// # Errors
/// Where there is no such flow, or its run does not complete.
pub fn run_now(desk: &mut Desk, what: &FlowWords, json: bool) -> Result<(), Failure> {
    let (flow, deployment) = find_or_make(desk, what)?;
    let now = clock::now();
    let crashed = recover(desk)?;
    let earlier = crashed.into_iter().rev().find(|run| run.flow == flow.id && run.version == flow.version);
    let id = FlowRunId::new(now, clock::entropy());
    let run = match earlier {
        Some(earlier) => {
            eprintln!("reviewlab: run {} was cut off; its new run goes on from there.", earlier.name);
            going_on(&earlier, id, now)
        }
        None => {
            let cause = Cause::Person { who: OWNER.to_owned() };
            FlowRun { deployment, ..new_run(&flow, id, (now, now), cause) }
        }
    };
    let status = drive(desk, run)?;
    report(&status, json)?;
    match status.run.state.name {
        StateName::Completed => Ok(()),
        _ => Err(Failure::wrong(format!(
            "Run {} is {}: {}",
            status.run.name,
            status.run.state.name.as_str(),
            status.run.state.message
        ))),
    }
}

/// Runs a flow run to its end, and writes each task's result to disk before the next begins.
///
/// # Errors
/// Where data are missing or the project cannot be written.
pub fn drive(desk: &mut Desk, run: FlowRun) -> Result<FlowStatus, Failure> {
    desk.write(vec![Record::FlowRun(run.clone())])?;
    desk.pool.renew();
    let mut progress = Progress::new();
    let prepared = prepare(&desk.project, run.clone(), OWNER).and_then(|(plan, source)| {
        // What an earlier run scored and could not write comes first, so that it is not taken for new.
        write_results(&desk.project, &plan.flow, false)?;
        let (files, source) = new_files(&desk.project, &plan.flow, source)?;
        Ok((plan, files, source))
    });
    let (plan, files, mut source) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => return Err(fail(desk, run, failure)),
    };
    let flow = plan.flow.clone();
    let recipes = recipes(&desk.project, &plan)?;
    let mut driver =
        FlowDriver::new(plan, clock::now()).map_err(|error| Failure::wrong(error.to_string()))?;
    driver.know_recipes(recipes);
    driver.give_folder(files);
    let project = &desk.project;
    let mut pump = Pump { pool: &mut desk.pool, source: &mut source, project: Some(project) };
    let driven = pump.drive(&mut driver, |driver| {
        if let Some(task) = driver.active_task() {
            progress.task(task, driver.study().as_ref());
        }
    });
    progress.clear();
    // Whatever went wrong, what was done before is kept.
    let written = write_results(&desk.project, &flow, driven.is_ok());
    let pruned = pollster::block_on(prune_flows(desk.project.store()));
    let saved = desk.project.save();
    driven?;
    written?;
    pruned?;
    saved?;
    if !driver.is_finished() {
        return Err(Failure::Fault("a flow run ended before it was finished".into()));
    }
    Ok(driver.status())
}

/// A run that cannot even begin has failed, and says why.
fn fail(desk: &Desk, mut run: FlowRun, failure: Failure) -> Failure {
    use ::flow::enter_flow;
    use track::flow::State;

    let (Failure::Wrong(sentence) | Failure::Fault(sentence)) = &failure;
    let now = clock::now();
    for name in [StateName::Pending, StateName::Failed] {
        enter_flow(&mut run, State::new(name, now).because(sentence.clone()));
    }
    // The reason it failed is worth more than that it could not be written.
    let _ = desk.write(vec![Record::FlowRun(run)]);
    failure
}

/// Runs that a program left under way have crashed: nobody else holds the project's lock.
///
/// # Errors
/// Where records cannot be read or written.
pub fn recover(desk: &Desk) -> Result<Vec<FlowRun>, Failure> {
    let is_cut_off = |run: &FlowRun| {
        matches!(run.state.of_type(), StateType::Pending | StateType::Running | StateType::Cancelling)
    };
    let mut crashed = Vec::new();
    for mut run in flow_runs(&desk.project)? {
        if !is_cut_off(&run) {
            continue;
        }
        let mut tasks = task_runs(&desk.project, &run.id)?;
        let is_ended = |task: &TaskRun| task.has_ended();
        tasks.retain(|task| !is_ended(task));
        // What was being cancelled is cancelled.
        let reason = ENDED;
        if run.state.of_type() == StateType::Cancelling {
            ::flow::enter_flow(&mut run, track::flow::State::new(StateName::Cancelled, clock::now()));
        }
        crash(&mut run, &mut tasks, clock::now(), reason);
        let records = tasks.into_iter().map(Record::TaskRun).chain([Record::FlowRun(run.clone())]);
        desk.write(records.collect())?;
        if run.state.name == StateName::Crashed {
            crashed.push(run);
        }
    }
    // A run that another has gone on from is done with.
    let all = flow_runs(&desk.project)?;
    let newest_of =
        |run: &FlowRun| all.iter().filter(|other| other.root == run.root).map(|other| &other.id).max();
    let crashed: Vec<FlowRun> = all
        .iter()
        .filter(|run| run.state.name == StateName::Crashed && newest_of(run) == Some(&run.id))
        .cloned()
        .collect();
    Ok(crashed)
}

/// The flow of that name: a deployment's, one that is kept, or a ready-made one, which is kept from then on.
pub fn find_or_make(
    desk: &Desk,
    what: &FlowWords,
) -> Result<(FlowDefinition, Option<track::id::DeploymentId>), Failure> {
    let kept = flows(&desk.project)?;
    if let Some(deployment) = desk.deployments()?.into_iter().find(|known| known.name == what.name) {
        let of = kept.iter().filter(|flow| flow.id == deployment.flow);
        let wanted =
            |flow: &&FlowDefinition| deployment.version.is_none_or(|version| version == flow.version);
        let flow = of.filter(wanted).max_by_key(|flow| flow.version).cloned();
        let flow = flow.ok_or_else(|| Failure::wrong(format!("The flow of '{}' is gone.", what.name)))?;
        return Ok((flow, Some(deployment.id)));
    }
    let ready = ReadyMade::named(&what.name);
    let now = clock::now();
    let made = ready
        .map(|ready| ready.definition((&what.dataset, &what.model), FlowId::new(now, clock::entropy()), now));
    let made = match made {
        Some(mut made) => {
            with_folder(&mut made, what.folder.as_deref())?;
            Some(made)
        }
        None => None,
    };
    let is_same = |flow: &&FlowDefinition| {
        flow.name == what.name && made.as_ref().is_none_or(|made| made.tasks == flow.tasks)
    };
    if let Some(flow) = kept.iter().filter(is_same).max_by_key(|flow| (flow.created, flow.version)) {
        return Ok((flow.clone(), None));
    }
    let Some(made) = made else {
        let ready: Vec<&str> = ReadyMade::ALL.iter().map(|ready| ready.name()).collect();
        return Err(Failure::wrong(format!(
            "There is no flow or deployment '{}': the ready-made ones are {}.",
            what.name,
            ready.join(", ")
        )));
    };
    desk.write(vec![Record::Flow(made.clone())])?;
    Ok((made, None))
}

/// A run and its tasks as JSON.
#[derive(Serialize)]
struct Reported<'a> {
    run: &'a FlowRun,
    tasks: &'a [TaskRun],
}

/// Prints how a run ended.
///
/// # Errors
/// Where the standard output cannot be written to.
pub fn report(status: &FlowStatus, json: bool) -> Result<(), Failure> {
    if json {
        let text = serde_json::to_string(&Reported { run: &status.run, tasks: &status.tasks });
        let text = text.map_err(|error| Failure::Fault(format!("a run cannot be written: {error}")))?;
        return print(&format!("{text}\n"));
    }
    let line = |task: &TaskRun| {
        let took = match (task.begun, task.ended) {
            (Some(begun), Some(ended)) => format!("{:.1} s", ended.0.saturating_sub(begun.0) as f64 / 1000.0),
            _ => "-".to_owned(),
        };
        let cells =
            [task.task.clone(), task.state.name.as_str().to_owned(), took, task.state.message.clone()];
        cells.into_iter().map(Cow::Owned).collect()
    };
    let lines: Vec<Vec<Cow<'_, str>>> = status.tasks.iter().map(line).collect();
    let warned = if status.run.state.name == StateName::Completed && status.run.n_warnings > 0 {
        " with warnings"
    } else {
        ""
    };
    let state = status.run.state.name.as_str();
    print(&format!("{}Run {}: {state}{warned}.\n", aligned(&lines), status.run.name))
}
