//! The report of a run, a study or some runs, made of what this device remembers and offered as one HTML file.

use engine::pipeline::{FittedPipeline, HeldOut};
use export::{ComparedRun, ModelCard, Reported, report};
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::dataset::DatasetRef;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{PIPELINE_ARTIFACT, Run, RunKind, TEST_SCORES_ARTIFACT};

use super::model_card::card_of;
use super::runs::Runs;
use crate::reactive::State;
use crate::services::store::StoreService;
use crate::services::{clock, files};

/// What the downloaded file is called.
const FILE: &str = "report.html";
/// Most runs and datasets that are looked through.
const MAX_RECORDS: usize = 1_000_000;

impl Runs {
    /// Offers the report of one run, or of several side by side; what is wrong, in one sentence, goes to `problem`.
    pub fn download_report(self, ids: Vec<RunId>, problem: State<Option<String>>) {
        let services = self.services();
        spawn_local(async move {
            let sentence = match written(&services.store, &ids).await {
                Ok(html) => {
                    files::download(FILE, "text/html", html.as_bytes());
                    None
                }
                Err(sentence) => Some(sentence),
            };
            // The page may be gone by now.
            problem.try_update(|problem| *problem = sentence);
        });
    }
}

async fn written(store: &StoreService, ids: &[RunId]) -> Result<String, String> {
    let mut runs = Vec::new();
    for id in ids {
        if let Some(Record::Run(run)) = store.get(Collection::Runs, id.as_str()).await.map_err(said)? {
            runs.push(run);
        }
    }
    let Some(first) = runs.first() else { return Err("The run is no longer on this device.".to_owned()) };
    let name = dataset(store, &first.dataset).await?;
    let html = |about: &Reported<'_>| report(about, name.as_deref(), clock::now().0);
    match runs.as_slice() {
        [study] if study.kind == RunKind::Study => {
            let children = children(store, study).await?;
            let best = study.tags.get(drivers::BEST_FIT_TAG);
            let best = best.and_then(|id| children.iter().find(|run| run.id.as_str() == id));
            let card = match best {
                Some(best) => card(store, best).await?,
                None => None,
            };
            Ok(html(&Reported::Study { study, children: &children, card: card.as_ref() }))
        }
        [run] => {
            let card = card(store, run).await?;
            Ok(html(&Reported::Run { run, card: card.as_ref() }))
        }
        several => {
            let mut tested = Vec::new();
            for run in several {
                tested.push(answers(store, run).await?);
            }
            let compared: Vec<ComparedRun<'_>> = several
                .iter()
                .zip(&tested)
                .map(|(run, tested)| {
                    let tested = tested.as_ref().map(|(model, rows)| (model, rows));
                    ComparedRun { run, tested }
                })
                .collect();
            Ok(html(&Reported::Comparison(&compared)))
        }
    }
}

fn said(error: storage::StoreError) -> String {
    error.to_string()
}

async fn children(store: &StoreService, study: &Run) -> Result<Vec<Run>, String> {
    let query = Query::RunsOfParent(study.id.clone());
    let records = store.list(&query, Order::Ascending, MAX_RECORDS).await.map_err(said)?;
    Ok(records
        .into_iter()
        .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
        .collect())
}

async fn card(store: &StoreService, run: &Run) -> Result<Option<ModelCard>, String> {
    match pipeline(store, run).await? {
        Some(pipeline) => card_of(store, &pipeline, run.id.as_str()).await.map(Some).map_err(said),
        None => Ok(None),
    }
}

async fn answers(store: &StoreService, run: &Run) -> Result<Option<(FittedPipeline, HeldOut)>, String> {
    let (pipeline, scores) = (pipeline(store, run).await?, blob(store, run, TEST_SCORES_ARTIFACT).await?);
    Ok(pipeline.zip(scores.and_then(|bytes| HeldOut::from_bytes(&bytes).ok())))
}

/// A fit's model; nothing where it is no longer here, or this page cannot read it.
async fn pipeline(store: &StoreService, run: &Run) -> Result<Option<FittedPipeline>, String> {
    let bytes = blob(store, run, PIPELINE_ARTIFACT).await?;
    Ok(bytes.and_then(|bytes| FittedPipeline::from_bytes(&bytes).ok()))
}

async fn blob(store: &StoreService, run: &Run, name: &str) -> Result<Option<Vec<u8>>, String> {
    match run.artifacts.iter().find(|artifact| artifact.name == name) {
        Some(artifact) => store.blob_bytes(artifact.sha256).await.map_err(said),
        None => Ok(None),
    }
}

/// What the data of a run is called.
async fn dataset(store: &StoreService, data: &DatasetRef) -> Result<Option<String>, String> {
    let all = Query::All(Collection::Datasets);
    let found = store.list(&all, Order::Descending, MAX_RECORDS).await.map_err(said)?;
    Ok(found.into_iter().find_map(|record| match record {
        Record::Dataset(dataset) if dataset.data == *data => Some(dataset.name),
        _ => None,
    }))
}
