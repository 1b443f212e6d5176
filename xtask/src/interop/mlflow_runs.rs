//! A project's runs as MLflow has them after it migrated them into a database: every one, with all that is said of it.

use anyhow::{Context as _, Result, ensure};
use engine::num::SortedMap;
use export::mlflow_run_id;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

use track::run::{Run, RunKind};

use super::environment::{ask, tools};
use super::reviews::Reviews;
use super::terminal::{program, runs};
use crate::process;

const CHECK: &str = include_str!("check_runs.py");
/// Texts that each migrated model answers.
const TEXTS: [&str; 2] = ["Great sound, and it arrived early.", ""];

#[derive(Deserialize)]
struct Found {
    version: String,
    experiments: Vec<String>,
    runs: Vec<Told>,
    n_answers: Vec<usize>,
}

/// What MLflow says of a run.
#[derive(Deserialize)]
pub(super) struct Told {
    pub id: String,
    pub own: String,
    name: String,
    status: String,
    parent: Option<String>,
    params: BTreeMap<String, String>,
    metrics: BTreeMap<String, f64>,
    n_history: usize,
    files: Vec<String>,
}

/// # Errors
/// Where MLflow cannot be installed or does not take the runs, or says something else of one.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let program = program()?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let project = scratch.path().join("p.reviewlab");
    let mut train = process::in_root(&program);
    train.arg("train").arg(&Reviews::find().file).args(["--models", "lr,nb", "--trials", "6", "--json"]);
    process::capture(train.args(["--pruner", "median"]).arg("--out").arg(&project))?;
    let folder = scratch.path().join("runs");
    let mut export = process::in_root(&program);
    export.args(["export", "--format", "mlruns", "--project"]).arg(&project).arg("--out").arg(&folder);
    process::capture(&mut export)?;
    let ours: Vec<Run> = runs(&program, &project, "")?;
    let found: Found = ask(&python, CHECK, &[], &json!({ "folder": folder, "texts": TEXTS }))?;
    ensure!(found.experiments.len() == 1, "{} experiments were found", found.experiments.len());
    ensure!(found.runs.len() == ours.len(), "{} of {} runs were found", found.runs.len(), ours.len());
    for run in &ours {
        let told = found.runs.iter().find(|told| told.id == run.id.as_str());
        let told = told.with_context(|| format!("{} is not there", run.name))?;
        ensure!(told.own == mlflow_run_id(run.id.as_str()), "{} has the id {}", run.name, told.own);
        let parent = run.parent.as_ref().map(|parent| mlflow_run_id(parent.as_str()));
        check(run, told, parent)?;
    }
    let n_fits = ours.iter().filter(|run| run.kind == RunKind::Fit).count();
    ensure!(
        found.n_answers == vec![TEXTS.len(); n_fits] && n_fits > 0,
        "the models answer {:?}",
        found.n_answers
    );
    println!(
        "mlflow {}: {} runs migrated, nested, with their parameters, metrics, history and files; {n_fits} models load",
        found.version,
        ours.len()
    );
    Ok(())
}

/// Whether MLflow says of a run what we say; `parent` is the id there of the run above.
pub(super) fn check(run: &Run, told: &Told, parent: Option<String>) -> Result<()> {
    let name = &run.name;
    ensure!(told.name == *name, "{name} is called {}", told.name);
    ensure!(told.status == "FINISHED", "{name} is {}", told.status);
    ensure!(told.parent == parent, "{name} has the parent {:?}", told.parent);
    let params: SortedMap<String, String> =
        run.params.iter().map(|(name, value)| (name.clone(), value.as_logged())).collect();
    for (key, value) in &params {
        ensure!(
            told.params.get(key) == Some(value),
            "{key} of {name} is {:?}, not {value}",
            told.params.get(key)
        );
    }
    for (key, value) in &run.metrics {
        ensure!(
            told.metrics.get(key) == Some(value),
            "{key} of {name} is {:?}, not {value}",
            told.metrics.get(key)
        );
    }
    ensure!(told.n_history >= run.folds.len(), "{name} has {} of {} folds", told.n_history, run.folds.len());
    for artifact in &run.artifacts {
        ensure!(told.files.contains(&artifact.name), "{name} lacks {}", artifact.name);
    }
    Ok(())
}
