//! What a flow run needs of the project before it begins: its data, what was done before, the registry.
//! In: a run's record. Out: a plan and the file. Never: a result whose bytes are gone.

use drivers::{FlowPlan, blobs_of};
use engine::dataset::DatasetRecipe;
use storage::{Order, Query, Store as _};
use track::dataset::Dataset;
use track::experiment::Experiment;
use track::flow::{FlowDefinition, FlowRun, TaskKind, TaskResult};
use track::id::ExperimentId;
use track::record::{Collection, Record};
use track::run::Run;

use crate::clock;
use crate::failure::Failure;
use crate::project::Project;
use crate::source::Source;

use super::desk::{flows, has_blob, listed};

/// Children of one study that are read.
const MAX_CHILDREN: usize = 1_000_000;

/// The flow that a run's record names.
///
/// # Errors
/// Where it is not there.
pub fn flow_of(project: &Project, run: &FlowRun) -> Result<FlowDefinition, Failure> {
    let found = flows(project)?.into_iter().find(|flow| flow.id == run.flow && flow.version == run.version);
    found.ok_or_else(|| Failure::wrong(format!("The flow of run {} is gone: deploy it again.", run.name)))
}

/// The plan of a flow run, and the file it works on.
///
/// # Errors
/// Where data or flow are missing.
pub fn prepare(project: &Project, run: FlowRun, who: &str) -> Result<(FlowPlan, Source), Failure> {
    let flow = flow_of(project, &run)?;
    let dataset = dataset(project, &flow)?;
    let recipe =
        pollster::block_on(project.store().get(Collection::Recipes, &dataset.data.recipe.to_string()))?;
    let Some(Record::Recipe(recipe)) = recipe else {
        return Err(Failure::wrong(format!("The project does not say how '{}' is read.", dataset.name)));
    };
    let file = pollster::block_on(project.store().blob(dataset.data.file))?;
    let file = file.ok_or_else(|| {
        Failure::wrong(format!("The file of '{}' is not in the project: give it again.", dataset.name))
    })?;
    let bytes = pollster::block_on(file.bytes())?;
    let keys =
        FlowPlan::keys(&flow, &dataset, &run.root).map_err(|error| Failure::wrong(error.to_string()))?;
    let mut results: Vec<TaskResult> = Vec::new();
    for key in keys {
        let found = pollster::block_on(project.store().get(Collection::TaskResults, &key.to_string()))?;
        let Some(Record::TaskResult(result)) = found else { continue };
        let mut is_whole = true;
        for blob in blobs_of(&result.output) {
            is_whole = is_whole && has_blob(project, blob)?;
        }
        results.extend(is_whole.then_some(result));
    }
    let registry = pollster::block_on(project.registry())?;
    let needed = FlowPlan::runs_needed(&flow, &run.root, &results, &registry);
    let mut runs: Vec<Run> = Vec::new();
    for id in needed.runs.iter().chain(&needed.studies) {
        runs.extend(pollster::block_on(project.run(id.as_str()))?);
    }
    for study in needed.studies {
        let children = Query::RunsOfParent(study);
        let children = pollster::block_on(project.store().list(&children, Order::Ascending, MAX_CHILDREN))?;
        runs.extend(children.into_iter().filter_map(|record| match record {
            Record::Run(run) => Some(run),
            _ => None,
        }));
    }
    let experiment = experiment(project, &dataset)?;
    let source = Source::of_bytes(&dataset.name, bytes);
    let recipe = recipe.recipe;
    let who = who.to_owned();
    Ok((FlowPlan { run, flow, dataset, recipe, experiment, results, runs, registry, who }, source))
}

/// How the data were read that champions have learned from.
///
/// # Errors
/// Where records cannot be read.
pub fn recipes(project: &Project, plan: &FlowPlan) -> Result<Vec<DatasetRecipe>, Failure> {
    let mut found = Vec::new();
    for hash in plan.recipes_needed() {
        let record = pollster::block_on(project.store().get(Collection::Recipes, &hash.to_string()))?;
        found.extend(match record {
            Some(Record::Recipe(recipe)) => Some(recipe.recipe),
            _ => None,
        });
    }
    Ok(found)
}

/// The newest dataset that the flow loads.
fn dataset(project: &Project, flow: &FlowDefinition) -> Result<Dataset, Failure> {
    let wanted = flow.tasks.iter().find_map(|task| match &task.kind {
        TaskKind::LoadData { dataset } => Some(dataset.as_str()),
        _ => None,
    });
    let wanted = wanted.unwrap_or_default();
    let of = |record| match record {
        Record::Dataset(dataset) if dataset.is_active() => Some(dataset),
        _ => None,
    };
    let all = listed(project, &Query::All(Collection::Datasets), of)?;
    let is_wanted = |dataset: &&Dataset| {
        wanted.is_empty() || dataset.name == wanted || Experiment::name_about(&dataset.name) == wanted
    };
    let newest = all.iter().rev().find(is_wanted).cloned();
    newest.ok_or_else(|| match wanted {
        "" => Failure::wrong("The project holds no reviews: give some with `reviewlab train FILE`."),
        name => Failure::wrong(format!("The project holds no reviews called '{name}'.")),
    })
}

/// The experiment about a dataset; made where there is none.
fn experiment(project: &Project, dataset: &Dataset) -> Result<ExperimentId, Failure> {
    let of = |record| match record {
        Record::Experiment(experiment) if experiment.is_about(&dataset.name) => Some(experiment.id),
        _ => None,
    };
    if let Some(id) = listed(project, &Query::All(Collection::Experiments), of)?.pop() {
        return Ok(id);
    }
    let now = clock::now();
    let new = Experiment::about(&dataset.name, ExperimentId::new(now, clock::entropy()), now);
    let id = new.id.clone();
    let records = vec![Record::Experiment(new)];
    pollster::block_on(project.store().write(storage::Batch { records, blobs: Vec::new() }))?;
    Ok(id)
}
