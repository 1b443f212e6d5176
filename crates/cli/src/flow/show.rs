//! `reviewlab flow runs`, `events`, `logs` and `automations`: what there is, in lines or JSON.
//! Never: a record changed.

use std::borrow::Cow;

use ::flow::at_wall;
use serde::Serialize;
use storage::Query;
use track::experiment::Lifecycle;
use track::flow::{
    Automation, Deployment, FlowEvent, FlowRun, Happening, LogLevel, LogLine, LogPage, StateName,
};
use track::id::Millis;
use track::record::{Collection, Record};

use crate::aligned::aligned;
use crate::arguments::{FlowArguments, FlowAsked};
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

use super::automate::described;
use super::desk::{flow_runs, listed};
use super::zones::Named;

/// Shows what is asked for.
///
/// # Errors
/// Where the project cannot be read, or there is no such run.
pub fn show(arguments: &FlowArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let zone = Named::new(&Named::here())?;
    let at = |at: Millis| at_wall(&zone, at);
    match &arguments.asked {
        FlowAsked::Runs { state, max } => runs(&project, (*state, *max), arguments.json, at),
        FlowAsked::Events { max } => events(&project, *max, arguments.json, at),
        FlowAsked::Logs { run, level } => logs(&project, (run, *level), arguments.json, at),
        _ => automations(&project, arguments.json),
    }
}

fn runs(
    project: &Project,
    (state, max): (Option<StateName>, usize),
    json: bool,
    at: impl Fn(Millis) -> String,
) -> Result<(), Failure> {
    let mut runs = flow_runs(project)?;
    runs.retain(|run| state.is_none_or(|state| run.state.name == state));
    runs.reverse();
    runs.truncate(max);
    if json {
        return print_json(&runs);
    }
    let line = |run: &FlowRun| {
        let took = match (run.begun, run.ended) {
            (Some(begun), Some(ended)) => format!("{:.1} s", ended.0.saturating_sub(begun.0) as f64 / 1000.0),
            _ => "-".to_owned(),
        };
        let state = match run.state.name {
            StateName::Completed if run.n_warnings > 0 => "Completed with warnings".to_owned(),
            name => name.as_str().to_owned(),
        };
        [run.name.clone(), at(run.due), state, took, run.state.message.clone()].map(Cow::Owned).to_vec()
    };
    print(&aligned(&runs.iter().map(line).collect::<Vec<_>>()))
}

fn events(project: &Project, max: usize, json: bool, at: impl Fn(Millis) -> String) -> Result<(), Failure> {
    let of = |record| if let Record::FlowEvent(event) = record { Some(event) } else { None };
    let mut events: Vec<FlowEvent> = listed(project, &Query::All(Collection::FlowEvents), of)?;
    events.reverse();
    events.truncate(max);
    if json {
        return print_json(&events);
    }
    let line = |event: &FlowEvent| {
        let words = match &event.happening {
            Happening::FlowRunState { name, message, .. } => format!("{name} {message}"),
            Happening::DriftFound { model, reason } => format!("{model}: {reason}"),
            Happening::Metric { model, name, value } => format!("{model}: {name} {value:.4}"),
            Happening::NewVersion { model, version } => format!("{model} version {version}"),
            Happening::AutomationFired { name, .. } => name.clone(),
        };
        [at(event.at), event.happening.name(), words].map(Cow::Owned).to_vec()
    };
    print(&aligned(&events.iter().map(line).collect::<Vec<_>>()))
}

fn logs(
    project: &Project,
    (wanted, level): (&str, LogLevel),
    json: bool,
    at: impl Fn(Millis) -> String,
) -> Result<(), Failure> {
    let runs = flow_runs(project)?;
    let found = match wanted {
        "" => runs.last(),
        _ => runs.iter().rev().find(|run| run.name == wanted || run.id.as_str() == wanted),
    };
    let run = found.ok_or_else(|| match wanted {
        "" => Failure::wrong("The project has no flow runs yet: `reviewlab flow run retrain` makes one."),
        name => Failure::wrong(format!("There is no flow run '{name}': `reviewlab flow runs` lists them.")),
    })?;
    let of = |record| if let Record::FlowLog(page) = record { Some(page) } else { None };
    let pages: Vec<LogPage> = listed(project, &Query::OfFlowRun(Collection::FlowLogs, run.id.clone()), of)?;
    let mut lines: Vec<LogLine> = pages.into_iter().flat_map(|page| page.lines).collect();
    lines.retain(|line| line.level >= level);
    if json {
        return print_json(&lines);
    }
    let cells = |line: &LogLine| {
        [at(line.at), line.level.as_str().to_owned(), line.task.clone(), line.text.clone()]
            .map(Cow::Owned)
            .to_vec()
    };
    print(&aligned(&lines.iter().map(cells).collect::<Vec<_>>()))
}

fn automations(project: &Project, json: bool) -> Result<(), Failure> {
    let of = |record| match record {
        Record::Automation(automation) if automation.lifecycle == Lifecycle::Active => Some(automation),
        _ => None,
    };
    let automations: Vec<Automation> = listed(project, &Query::All(Collection::Automations), of)?;
    if json {
        return print_json(&automations);
    }
    let of = |record| if let Record::Deployment(deployment) = record { Some(deployment) } else { None };
    let deployments: Vec<Deployment> = listed(project, &Query::All(Collection::Deployments), of)?;
    print(&automations.iter().map(|one| described(one, &deployments)).collect::<String>())
}

fn print_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|error| Failure::Fault(format!("flows cannot be written: {error}")))?;
    print(&format!("{text}\n"))
}
