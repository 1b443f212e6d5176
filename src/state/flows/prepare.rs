//! What a flow run needs of the store before it begins: its data, what was done before, the registry, and on the shelf
//! the bytes that its tasks work on.
//!
//! In: a run's record. Out: a plan and the file. Never: a result whose bytes are gone.

use drivers::{FlowPlan, blobs_of};
use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use storage::{Order, Query};
use track::dataset::Dataset;
use track::experiment::Experiment;
use track::flow::{FlowDefinition, FlowRun, TaskKind, TaskOutput, TaskResult};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, Registry, RegistryEvent};
use track::run::{OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT, PROFILE_ARTIFACT, Run, TEST_SCORES_ARTIFACT};

use crate::services::Services;
use crate::services::files::Blob;
use crate::services::settings;
use crate::services::shelf::{Kept, browser_blob};
use crate::state::dataset_records::{dataset_of, find_experiment, stored_data};
use crate::state::format;

/// Datasets looked at for the one that a flow loads.
const MAX_DATASETS: usize = 1_000;
/// Children of one study that are read.
const MAX_CHILDREN: usize = 200_000;

fn words(error: storage::StoreError) -> String {
    error.to_string()
}

/// What a flow run begins with.
pub(super) struct Prepared {
    /// All it needs to know.
    pub plan: FlowPlan,
    /// The file it works on.
    pub file: Blob,
    /// How the data were read that champions have learned from.
    pub recipes: Vec<DatasetRecipe>,
}

/// The plan of a flow run, and the file it works on. What its tasks need lies on the shelf.
pub(super) async fn prepare(
    services: &Services,
    flow: FlowDefinition,
    run: FlowRun,
) -> Result<Prepared, String> {
    let store = &services.store;
    let dataset = dataset(services, &flow).await?;
    let (file, recipe) = stored_data(store, &dataset.data, &dataset.name).await?;
    let keys = FlowPlan::keys(&flow, &dataset, &run.root);
    let keys = keys.map_err(|error| format::sentence(&error.to_string()))?;
    let mut results: Vec<TaskResult> = Vec::new();
    for key in keys {
        let found = store.get(Collection::TaskResults, &key.to_string()).await.map_err(words)?;
        let Some(Record::TaskResult(result)) = found else { continue };
        if is_whole(services, &result).await? {
            results.push(result);
        }
    }
    put_on_shelf(services, &flow, &results).await?;
    let registry = registry(services).await?;
    let needed = FlowPlan::runs_needed(&flow, &run.root, &results, &registry);
    let mut runs: Vec<Run> = Vec::new();
    for id in needed.runs.iter().chain(&needed.studies) {
        runs.extend(stored_run(services, id).await?);
    }
    for study in needed.studies {
        let children = Query::RunsOfParent(study);
        let children = store.list(&children, Order::Ascending, MAX_CHILDREN).await.map_err(words)?;
        runs.extend(children.into_iter().filter_map(run_of));
    }
    lend_champions(services, &flow, &registry, &runs).await?;
    let (experiment, new) = find_experiment(store, &dataset.name).await.map_err(words)?;
    if let Some(new) = new {
        let batch = storage::Batch { records: vec![new], blobs: Vec::new() };
        store.write(batch).await.map_err(words)?;
    }
    let who = settings::your_name();
    let plan = FlowPlan { run, flow, dataset, recipe, experiment, results, runs, registry, who };
    let mut recipes = Vec::new();
    for hash in plan.recipes_needed() {
        let found = store.get(Collection::Recipes, &hash.to_string()).await.map_err(words)?;
        recipes.extend(match found {
            Some(Record::Recipe(record)) => Some(record.recipe),
            _ => None,
        });
    }
    Ok(Prepared { plan, file, recipes })
}

fn run_of(record: Record) -> Option<Run> {
    if let Record::Run(run) = record { Some(run) } else { None }
}

async fn stored_run(services: &Services, id: &RunId) -> Result<Option<Run>, String> {
    let found = services.store.get(Collection::Runs, id.as_str()).await.map_err(words)?;
    Ok(found.and_then(run_of))
}

/// Whether the bytes that a result names are still kept.
async fn is_whole(services: &Services, result: &TaskResult) -> Result<bool, String> {
    for blob in blobs_of(&result.output) {
        if services.store.blob(blob).await.map_err(words)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The registry as it is stored.
pub(super) async fn registry(services: &Services) -> Result<Registry, String> {
    let all = Query::All(Collection::Registry);
    let events = services.store.list(&all, Order::Ascending, MAX_EVENTS).await.map_err(words)?;
    let event = |record| if let Record::Registry(event) = record { Some(event) } else { None };
    let events: Vec<RegistryEvent> = events.into_iter().filter_map(event).collect();
    Ok(Registry::from_events(&events))
}

/// The runs of the champions that a flow measures itself against; their bytes lie on the shelf.
pub(super) async fn champions(
    services: &Services,
    flow: &FlowDefinition,
    registry: &Registry,
) -> Result<Vec<Run>, String> {
    let mut runs = Vec::new();
    for model in measured(flow) {
        let champion = registry.model(model).and_then(|model| model.answering());
        if let Some(version) = champion {
            runs.extend(stored_run(services, &version.run).await?);
        }
    }
    lend_champions(services, flow, registry, &runs).await?;
    Ok(runs)
}

/// Models that a flow's fits are compared with.
fn measured(flow: &FlowDefinition) -> impl Iterator<Item = &str> {
    flow.tasks.iter().filter_map(|task| match &task.kind {
        TaskKind::Evaluate { model } | TaskKind::CheckDrift { model } => Some(model.as_str()),
        _ => None,
    })
}

async fn lend_champions(
    services: &Services,
    flow: &FlowDefinition,
    registry: &Registry,
    runs: &[Run],
) -> Result<(), String> {
    for task in &flow.tasks {
        if let TaskKind::ScoreFolder { model, .. } = &task.kind
            && let Some(version) = registry.model(model).and_then(|model| model.answering())
        {
            lend(services, version.pipeline).await?;
        }
    }
    for model in measured(flow) {
        let champion = registry.model(model).and_then(|model| model.answering());
        let run = champion.and_then(|version| runs.iter().find(|run| run.id == version.run));
        let Some(run) = run else { continue };
        let artifacts = run.artifacts.iter();
        let wanted = artifacts.filter(|artifact| {
            [PIPELINE_ARTIFACT, OUT_OF_FOLD_ARTIFACT, PROFILE_ARTIFACT, TEST_SCORES_ARTIFACT]
                .contains(&artifact.name.as_str())
        });
        for artifact in wanted {
            // A champion without its bytes cannot be compared with, and the evaluation says so.
            lend(services, artifact.sha256).await?;
        }
        lend_file(services, run.dataset.file).await?;
    }
    Ok(())
}

/// The file that a champion has learned from, which the browser keeps until a job asks for its bytes. Where it is gone the
/// job says that it does not know what the champion has learned from.
async fn lend_file(services: &Services, hash: ContentHash) -> Result<(), String> {
    if services.shelf.get(hash).is_none()
        && let Some(stored) = services.store.blob(hash).await.map_err(words)?
        && let Some(file) = browser_blob(&stored)
    {
        services.shelf.put(hash, Kept::File(file));
    }
    Ok(())
}

/// Bytes of what was done before, as far as tasks after it need them: counts where something is learned anew, fits
/// wherever something is evaluated.
async fn put_on_shelf(
    services: &Services,
    flow: &FlowDefinition,
    results: &[TaskResult],
) -> Result<(), String> {
    let is_learner = |kind: &TaskKind| matches!(kind, TaskKind::Tune { .. } | TaskKind::Fit { .. });
    let n_learners = flow.tasks.iter().filter(|task| is_learner(&task.kind)).count();
    let is_fit = |result: &&TaskResult| matches!(result.output, TaskOutput::Fit { .. });
    let learns = results.iter().filter(is_fit).count() < n_learners;
    for result in results {
        let is_needed = match result.output {
            TaskOutput::Counts { .. } => learns,
            _ => true,
        };
        if is_needed {
            for blob in blobs_of(&result.output) {
                lend(services, blob).await?;
            }
        }
    }
    Ok(())
}

/// Puts stored bytes on the shelf, where they are not there yet.
async fn lend(services: &Services, hash: ContentHash) -> Result<(), String> {
    if services.shelf.bytes(hash).is_none()
        && let Some(bytes) = services.store.blob_bytes(hash).await.map_err(words)?
    {
        services.shelf.put(hash, Kept::of(&bytes));
    }
    Ok(())
}

/// The newest dataset that the flow loads.
async fn dataset(services: &Services, flow: &FlowDefinition) -> Result<Dataset, String> {
    let wanted = flow.tasks.iter().find_map(|task| match &task.kind {
        TaskKind::LoadData { dataset } => Some(dataset.as_str()),
        _ => None,
    });
    let wanted = wanted.unwrap_or_default();
    let all = Query::All(Collection::Datasets);
    let all = services.store.list(&all, Order::Descending, MAX_DATASETS).await.map_err(words)?;
    let is_wanted = |dataset: &Dataset| {
        wanted.is_empty() || dataset.name == wanted || Experiment::name_about(&dataset.name) == wanted
    };
    all.into_iter().filter_map(dataset_of).find(is_wanted).ok_or_else(|| match wanted {
        "" => "There are no reviews here yet: choose a file on the Data page.".to_owned(),
        name => format!("There are no reviews called '{name}' here: choose their file on the Data page."),
    })
}
