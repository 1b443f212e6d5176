//! `reviewlab export` of runs: studies as a journal of Optuna's, all runs as MLflow's file store.
//! In: a project. Out: a file, or files in a folder of their own. Never: a run changed, or a file outside that folder.

use drivers::optuna_studies;
use engine::pipeline::FittedPipeline;
use export::{
    ExportFile, ModelCard, ModelFacts, TrackedRun, coefficients_csv, journal, mlruns, model_folder,
};
use std::path::Path;
use storage::{Order, Query, Store as _};
use track::experiment::Experiment;
use track::record::{Collection, Record};
use track::run::{PIPELINE_ARTIFACT, Run, RunKind};

use crate::failure::Failure;
use crate::model_card;
use crate::project::Project;
use crate::pump::print;

/// Most runs that are read of a project.
const MAX_RUNS: usize = 1_000_000;

/// A journal of one study, or of all that are not in the trash, oldest first.
pub fn of_studies(project: &Project, wanted: Option<&str>, out: &Path) -> Result<(), Failure> {
    let mut found = Vec::new();
    pollster::block_on(async {
        let store = project.store();
        for record in store.list(&Query::RunsOfKind(RunKind::Study), Order::Ascending, MAX_RUNS).await? {
            let Record::Run(study) = record else { continue };
            if wanted.is_some_and(|wanted| study.id.as_str() != wanted && study.name != wanted) {
                continue;
            }
            let children =
                store.list(&Query::RunsOfParent(study.id.clone()), Order::Ascending, MAX_RUNS).await?;
            let children: Vec<Run> = children
                .into_iter()
                .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
                .collect();
            found.extend(optuna_studies(&study, &children).into_iter().flatten());
        }
        Ok::<_, Failure>(())
    })?;
    if found.is_empty() {
        let which = wanted.map_or_else(|| "no study".to_owned(), |wanted| format!("no study {wanted}"));
        return Err(Failure::wrong(format!(
            "There is {which} in the project: `reviewlab runs` lists what there is."
        )));
    }
    let n_trials: usize = found.iter().map(|study| study.trials.len()).sum();
    std::fs::write(out, journal(&found)).map_err(|error| Failure::file(out, &error))?;
    let shown = out.display();
    let n_searches = found.len();
    print(&format!(
        "{n_searches} searches with {n_trials} trials are in {shown}: JournalStorage(JournalFileBackend(\"{shown}\"))\n"
    ))
}

/// Every run that is not in the trash, with the models of fits as MLflow loads them.
pub fn of_runs(project: &Project, out: &Path) -> Result<(), Failure> {
    let (runs, experiments, artifacts) = pollster::block_on(async {
        let (runs, experiments) = all_runs(project).await?;
        let mut artifacts = Vec::new();
        for run in &runs {
            artifacts.push(artifacts_of(project, run).await?);
        }
        Ok::<_, Failure>((runs, experiments, artifacts))
    })?;
    let history: Vec<_> = runs.iter().map(|run| history_of(run, &runs)).collect();
    let tracked: Vec<TrackedRun<'_>> = runs
        .iter()
        .zip(artifacts)
        .zip(history)
        .map(|((run, artifacts), history)| TrackedRun { run, history, artifacts })
        .collect();
    let used: Vec<Experiment> = experiments
        .into_iter()
        .filter(|experiment| runs.iter().any(|run| run.experiment == experiment.id))
        .collect();
    write(out, &mlruns(&used, &tracked))?;
    let shown = out.display();
    print(&format!(
        "{} runs are in {shown}: from there, mlflow migrate-filestore --source mlruns --target sqlite:///mlflow.db\n",
        runs.len()
    ))
}

/// Every run that is not in the trash, studies first, and every experiment.
///
/// # Errors
/// Where the project cannot be read.
pub async fn all_runs(project: &Project) -> Result<(Vec<Run>, Vec<Experiment>), Failure> {
    let (mut runs, mut experiments) = (Vec::new(), Vec::new());
    let store = project.store();
    for kind in [RunKind::Study, RunKind::Trial, RunKind::Fit] {
        for record in store.list(&Query::RunsOfKind(kind), Order::Ascending, MAX_RUNS).await? {
            if let Record::Run(run) = record {
                runs.push(run);
            }
        }
    }
    for record in store.list(&Query::All(Collection::Experiments), Order::Ascending, MAX_RUNS).await? {
        if let Record::Experiment(experiment) = record {
            experiments.push(experiment);
        }
    }
    Ok((runs, experiments))
}

/// A trial's folds; of a study the score of each trial, by number.
pub fn history_of(run: &Run, runs: &[Run]) -> Vec<(String, u64, u64, f64)> {
    let at = |run: &Run| run.ended.unwrap_or(run.created).0;
    match run.kind {
        RunKind::Trial => {
            let fold = |(step, fold): (u64, &track::run::FoldScore)| {
                ("fold_f1_macro".to_owned(), step, at(run), fold.f1_macro)
            };
            (0..).zip(&run.folds).map(fold).collect()
        }
        RunKind::Study => {
            let trials = runs
                .iter()
                .filter(|trial| trial.kind == RunKind::Trial && trial.parent.as_ref() == Some(&run.id));
            let score = |(step, trial): (u64, &Run)| {
                Some(("trial_cv_f1_macro".to_owned(), step, at(trial), *trial.metrics.get("cv_f1_macro")?))
            };
            (0..).zip(trials).filter_map(score).collect()
        }
        RunKind::Fit => Vec::new(),
    }
}

/// A run's files, and the model of a fit as the folder `model`, where Python has a twin of it.
pub async fn artifacts_of(project: &Project, run: &Run) -> Result<Vec<ExportFile>, Failure> {
    let mut files = Vec::new();
    for artifact in &run.artifacts {
        let Some(bytes) = project.blob(artifact.sha256).await? else { continue };
        if artifact.name == PIPELINE_ARTIFACT {
            let pipeline = FittedPipeline::from_bytes(&bytes);
            let pipeline = pipeline.map_err(|error| Failure::wrong(format!("{}: {error}.", run.name)))?;
            let facts = ModelFacts {
                pipeline: artifact.sha256,
                run: run.id.to_string(),
                made_ms: run.ended.unwrap_or(run.created).0,
                n_bytes: artifact.bytes,
            };
            let card = ModelCard::new(&model_card::facts(project, &pipeline, Some(run)).await?);
            let folder = model_folder(&pipeline, &facts, &card).unwrap_or_default();
            files.extend(
                folder.into_iter().map(|file| ExportFile { path: format!("model/{}", file.path), ..file }),
            );
            let table = |text| ExportFile::new("coefficients.csv", "text/csv", text);
            files.extend(coefficients_csv(&pipeline).map(table));
        }
        files.push(ExportFile::binary(&artifact.name, bytes));
    }
    if let Some(spec) = &run.spec {
        files.push(ExportFile::new(
            "spec.json",
            "application/json",
            json::pretty(&json::to_string(spec)) + "\n",
        ));
    }
    Ok(files)
}

/// Writes files into a folder that is made.
pub fn write(folder: &Path, files: &[ExportFile]) -> Result<(), Failure> {
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|error| Failure::file(parent, &error))?;
        std::fs::write(&path, &file.bytes).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(())
}
