//! `reviewlab export prefect`: a deployment of a project in, a project of Prefect's out.
//! In: a project, a deployment's name. Out: files in a folder of their own. Never: a record changed.

use export::{DeploymentFacts, prefect_project};
use std::path::Path;
use storage::{Order, Query, Store as _};
use track::dataset::Dataset;
use track::experiment::Lifecycle;
use track::flow::{Deployment, FlowDefinition, TaskKind};
use track::record::{Collection, Record};

use crate::export_runs::write;
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

/// Most records of a kind that are looked through.
const MAX_RECORDS: usize = 100_000;

/// Writes the folder.
///
/// # Errors
/// Where there is no such deployment, or it has no twin in Python.
pub fn run(project: &Project, name: &str, out: &Path) -> Result<(), Failure> {
    let deployment = deployment(project, name)?;
    let flow = flow_of(project, &deployment)?;
    let order = flow::order(&flow).map_err(|error| Failure::wrong(format!("{error}.")))?;
    let data = dataset(project, &flow)?;
    let key = data.data.recipe.to_string();
    let recipe = pollster::block_on(project.store().get(Collection::Recipes, &key))?;
    let Some(Record::Recipe(recipe)) = recipe else {
        return Err(Failure::wrong(format!("The project does not say how {} was read.", data.name)));
    };
    let facts = DeploymentFacts {
        deployment: &deployment,
        flow: &flow.name,
        tasks: order.iter().map(|place| &flow.tasks[*place]).collect(),
        recipe: &recipe.recipe,
        file: &data.name,
    };
    let files = prefect_project(&facts)
        .map_err(|error| Failure::wrong(format!("{name} cannot be written for Prefect: {error}.")))?;
    write(out, &files)?;
    let shown = out.display();
    print(&format!(
        "{name} is in {shown} ({} files): put {} into it, and run `python flow.py` or `prefect deploy --all` there\n",
        files.len(),
        data.name
    ))
}

fn listed<T>(
    project: &Project,
    collection: Collection,
    of: impl Fn(Record) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let all = Query::All(collection);
    let found = pollster::block_on(project.store().list(&all, Order::Descending, MAX_RECORDS))?;
    Ok(found.into_iter().filter_map(of).collect())
}

fn deployment(project: &Project, name: &str) -> Result<Deployment, Failure> {
    let found = listed(project, Collection::Deployments, |record| match record {
        Record::Deployment(found) if found.lifecycle == Lifecycle::Active && found.name == name => {
            Some(found)
        }
        _ => None,
    })?;
    found.into_iter().next().ok_or_else(|| {
        Failure::wrong(format!("There is no deployment {name}: `reviewlab flow list` lists what there is."))
    })
}

/// Its flow in the version it runs: the newest where none is said.
fn flow_of(project: &Project, deployment: &Deployment) -> Result<FlowDefinition, Failure> {
    let found = listed(project, Collection::Flows, |record| match record {
        Record::Flow(flow)
            if flow.id == deployment.flow
                && deployment.version.is_none_or(|version| version == flow.version) =>
        {
            Some(flow)
        }
        _ => None,
    })?;
    let newest = found.into_iter().max_by_key(|flow| flow.version);
    newest.ok_or_else(|| Failure::wrong(format!("The flow of {} is not in the project.", deployment.name)))
}

/// The newest dataset that the flow loads.
fn dataset(project: &Project, flow: &FlowDefinition) -> Result<Dataset, Failure> {
    let wanted = flow.tasks.iter().find_map(|task| match &task.kind {
        TaskKind::LoadData { dataset } => Some(dataset.as_str()),
        _ => None,
    });
    let wanted = wanted.unwrap_or_default();
    let found = listed(project, Collection::Datasets, |record| match record {
        Record::Dataset(data) if data.is_active() && (wanted.is_empty() || data.name == wanted) => Some(data),
        _ => None,
    })?;
    found.into_iter().next().ok_or_else(|| Failure::wrong("The project has no dataset that the flow loads."))
}
