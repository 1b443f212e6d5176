//! `reviewlab flow list`: a project's deployments with their next times, and its latest flow runs.
//! Never: a record changed.

use serde::Serialize;
use std::borrow::Cow;
use storage::Query;
use track::experiment::Lifecycle;
use track::flow::{Deployment, FlowDefinition, FlowRun};
use track::id::FlowId;
use track::record::{Collection, Record};

use crate::aligned::aligned;
use crate::arguments::FlowArguments;
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

use super::deploy::described;
use super::desk::{flow_runs, flows, listed};

/// Runs that are listed.
const MAX_SHOWN: usize = 20;

#[derive(Serialize)]
struct Listed<'a> {
    flows: &'a [FlowDefinition],
    deployments: &'a [Deployment],
    runs: &'a [FlowRun],
}

/// Lists.
///
/// # Errors
/// Where the project cannot be read.
pub fn list(arguments: &FlowArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let of = |record| match record {
        Record::Deployment(deployment) if deployment.lifecycle == Lifecycle::Active => Some(deployment),
        _ => None,
    };
    let deployments = listed(&project, &Query::All(Collection::Deployments), of)?;
    let (flows, mut runs) = (flows(&project)?, flow_runs(&project)?);
    runs.reverse();
    if arguments.json {
        let text = serde_json::to_string(&Listed { flows: &flows, deployments: &deployments, runs: &runs });
        let text = text.map_err(|error| Failure::Fault(format!("flows cannot be written: {error}")))?;
        return print(&format!("{text}\n"));
    }
    let name_of =
        |id: &FlowId| flows.iter().rev().find(|flow| flow.id == *id).map_or("-", |flow| flow.name.as_str());
    let mut text = String::new();
    for deployment in &deployments {
        text.push_str(&described(deployment, name_of(&deployment.flow))?);
    }
    if deployments.is_empty() {
        text.push_str("Nothing is deployed: reviewlab flow deploy NAME --every 1h\n");
    }
    let line = |run: &FlowRun| {
        let cells = [&run.name, name_of(&run.flow), run.state.name.as_str(), &run.state.message];
        cells.map(|cell| Cow::Owned(cell.to_owned())).to_vec()
    };
    let lines: Vec<Vec<Cow<'_, str>>> = runs.iter().take(MAX_SHOWN).map(line).collect();
    text.push_str(&aligned(&lines));
    print(&text)
}
