//! `reviewlab report`: a run, a study or some runs of a project in; one HTML file that needs nothing else out.
//! In: a project, addresses. Out: the file. Never: a file that was there before, changed.

use engine::pipeline::{FittedPipeline, HeldOut};
use export::{ComparedRun, Reported, report};
use storage::{Order, Query, Store as _};
use track::dataset::DatasetRef;
use track::record::{Collection, Record};
use track::registry::ModelUri;
use track::run::{PIPELINE_ARTIFACT, Run, RunKind, TEST_SCORES_ARTIFACT};

use crate::arguments::ReportArguments;
use crate::clock;
use crate::failure::Failure;
use crate::model_card;
use crate::project::Project;
use crate::pump::print;

/// Most runs and datasets that are looked through.
const MAX_RECORDS: usize = 1_000_000;

/// Writes the report.
///
/// # Errors
/// Where the project cannot be read, an address means no run, or the file is there already.
pub fn run(arguments: &ReportArguments) -> Result<(), Failure> {
    let out = &arguments.out;
    if out.exists() {
        let shown = out.display();
        return Err(Failure::wrong(format!("{shown} is there already: give another place by --out.")));
    }
    let project = Project::open(&arguments.project)?;
    let runs: Vec<Run> =
        arguments.addresses.iter().map(|address| meant(&project, address)).collect::<Result<_, _>>()?;
    let html = match runs.as_slice() {
        [study] if study.kind == RunKind::Study => of_study(&project, study)?,
        [one] => of_run(&project, one)?,
        several => of_runs(&project, several)?,
    };
    std::fs::write(out, html).map_err(|error| Failure::file(out, &error))?;
    let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    print(&format!("The report of {} is in {}: open it in a browser.\n", names.join(", "), out.display()))
}

/// The run that an address means: a run's id or name, or a model's address.
fn meant(project: &Project, address: &str) -> Result<Run, Failure> {
    if address.starts_with("models:") || address.starts_with("runs:") {
        let uri = address.parse::<ModelUri>().map_err(|error| Failure::wrong(format!("{error}.")))?;
        let model = project.model(Some(&uri))?;
        return model.fit.ok_or_else(|| {
            Failure::wrong(format!(
                "The run of {} is not in this project: use the one that trained it.",
                model.name
            ))
        });
    }
    if let Some(run) = pollster::block_on(project.run(address))? {
        return Ok(run);
    }
    for kind in [RunKind::Study, RunKind::Fit, RunKind::Trial] {
        // Of equal names the newest is meant.
        for record in pollster::block_on(project.store().list(
            &Query::RunsOfKind(kind),
            Order::Descending,
            MAX_RECORDS,
        ))? {
            if let Record::Run(run) = record
                && run.name == address
            {
                return Ok(run);
            }
        }
    }
    Err(Failure::wrong(format!(
        "There is no run {address} in the project: `reviewlab runs` lists what there is."
    )))
}

fn of_study(project: &Project, study: &Run) -> Result<String, Failure> {
    let query = Query::RunsOfParent(study.id.clone());
    let children = pollster::block_on(project.store().list(&query, Order::Ascending, MAX_RECORDS))?;
    let children: Vec<Run> = children
        .into_iter()
        .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
        .collect();
    let best = study.tags.get(drivers::BEST_FIT_TAG);
    let best = best.and_then(|id| children.iter().find(|run| run.id.as_str() == id));
    let card = best.map(|best| card(project, best)).transpose()?.flatten();
    let about = Reported::Study { study, children: &children, card: card.as_ref() };
    Ok(report(&about, dataset(project, &study.dataset)?.as_deref(), clock::now().0))
}

fn of_run(project: &Project, run: &Run) -> Result<String, Failure> {
    let card = card(project, run)?;
    let about = Reported::Run { run, card: card.as_ref() };
    Ok(report(&about, dataset(project, &run.dataset)?.as_deref(), clock::now().0))
}

fn of_runs(project: &Project, runs: &[Run]) -> Result<String, Failure> {
    let tested: Vec<Option<(FittedPipeline, HeldOut)>> =
        runs.iter().map(|run| tested(project, run)).collect::<Result<_, _>>()?;
    let compared: Vec<ComparedRun<'_>> = runs
        .iter()
        .zip(&tested)
        .map(|(run, tested)| ComparedRun { run, tested: tested.as_ref().map(|(model, rows)| (model, rows)) })
        .collect();
    let name = runs.first().map(|run| dataset(project, &run.dataset)).transpose()?.flatten();
    Ok(report(&Reported::Comparison(&compared), name.as_deref(), clock::now().0))
}

/// The card of a run's model; nothing of a run without one.
fn card(project: &Project, run: &Run) -> Result<Option<export::ModelCard>, Failure> {
    let Some(pipeline) = pipeline(project, run)? else { return Ok(None) };
    model_card::of(project, &pipeline, Some(run)).map(Some)
}

fn pipeline(project: &Project, run: &Run) -> Result<Option<FittedPipeline>, Failure> {
    let Some(bytes) = artifact(project, run, PIPELINE_ARTIFACT)? else { return Ok(None) };
    let pipeline = FittedPipeline::from_bytes(&bytes);
    pipeline.map(Some).map_err(|error| Failure::wrong(format!("{}: {error}.", run.name)))
}

fn tested(project: &Project, run: &Run) -> Result<Option<(FittedPipeline, HeldOut)>, Failure> {
    let (pipeline, scores) = (pipeline(project, run)?, artifact(project, run, TEST_SCORES_ARTIFACT)?);
    Ok(pipeline.zip(scores.and_then(|bytes| HeldOut::from_bytes(&bytes).ok())))
}

fn artifact(project: &Project, run: &Run, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    match run.artifacts.iter().find(|artifact| artifact.name == name) {
        Some(artifact) => pollster::block_on(project.blob(artifact.sha256)),
        None => Ok(None),
    }
}

/// What the data of a run is called.
fn dataset(project: &Project, data: &DatasetRef) -> Result<Option<String>, Failure> {
    let all = Query::All(Collection::Datasets);
    let found = pollster::block_on(project.store().list(&all, Order::Descending, MAX_RECORDS))?;
    Ok(found.into_iter().find_map(|record| match record {
        Record::Dataset(dataset) if dataset.data == *data => Some(dataset.name),
        _ => None,
    }))
}
