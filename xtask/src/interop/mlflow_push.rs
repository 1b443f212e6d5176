//! A project pushed to a tracking server of MLflow's, three times: every run once, its models, versions and aliases too.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use track::run::Run;

use super::environment::{ask, tools};
use super::mlflow_runs::{Told, check};
use super::reviews::Reviews;
use super::terminal::{program, runs};
use crate::process;

const CHECK: &str = include_str!("check_push.py");
/// Texts that each version answers.
const TEXTS: [&str; 2] = ["Great sound, and it arrived early.", ""];

#[derive(Deserialize)]
struct Found {
    version: String,
    said: Vec<String>,
    runs: Vec<Told>,
    versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
struct Version {
    name: String,
    version: u32,
    aliases: Vec<String>,
    n_answers: usize,
}

/// # Errors
/// Where MLflow cannot be installed or does not begin, or has something else than was pushed.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let program = program()?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let project = scratch.path().join("p.reviewlab");
    let mut train = process::in_root(&program);
    train.arg("train").arg(&Reviews::find().file).args(["--models", "lr,nb", "--trials", "3", "--json"]);
    process::capture(train.arg("--out").arg(&project))?;
    let flow = |words: &[&str]| {
        let mut command = process::in_root(&program);
        process::capture(command.arg("flow").args(words).arg("--project").arg(&project))
    };
    flow(&["deploy", "nightly", "--flow", "retrain"])?;
    flow(&["run", "nightly"])?;
    let ours: Vec<Run> = runs(&program, &project, "")?;
    let work = json!({ "program": program, "project": project, "scratch": scratch.path(), "texts": TEXTS });
    let found: Found = ask(&python, CHECK, &[], &work)?;
    ensure!(found.runs.len() == ours.len(), "{} of {} runs were found", found.runs.len(), ours.len());
    for run in &ours {
        let told = found.runs.iter().find(|told| told.id == run.id.as_str());
        let parent = run.parent.as_ref().map(|parent| {
            let above = found.runs.iter().find(|told| told.id == parent.as_str());
            above.map(|above| above.own.clone()).unwrap_or_default()
        });
        check(run, told.with_context(|| format!("{} is not there", run.name))?, parent)?;
    }
    let n_runs = ours.len();
    for (said, n_new, n_changed) in
        [(&found.said[0], n_runs, 0), (&found.said[1], 1, 1), (&found.said[2], 0, 0)]
    {
        let n_same = n_runs - n_new - n_changed;
        let expected = format!("{n_new} runs are new, {n_changed} had changed words, {n_same} were there; ");
        ensure!(said.contains(&expected) && !said.contains("Left out"), "{said:?} lacks {expected:?}");
    }
    let [version] = &found.versions[..] else { anyhow::bail!("the versions are {:?}", found.versions) };
    ensure!(version.name == "reviews" && version.version == 1, "{version:?}");
    ensure!(version.aliases == ["champion"] && version.n_answers == TEXTS.len(), "{version:?}");
    println!(
        "mlflow {}: {n_runs} runs pushed once by three pushes, a version that loads and its alias",
        found.version
    );
    Ok(())
}
