//! A deployment as a project of Prefect's: deployed on a temporary server and run there, it fits the same model, whose scores
//! are ours.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::environment::{ask, prefect};
use super::terminal::{program, runs};
use crate::{process, workspace};

const CHECK: &str = include_str!("check_prefect.py");
/// Scores are the same up to this.
const TOLERANCE: f64 = 1e-9;
/// When the deployment is due.
const CRON: &str = "0 3 * * *";
const ZONE: &str = "Europe/Berlin";

#[derive(Deserialize)]
struct Found {
    version: String,
    deployment: String,
    entrypoint: String,
    schedules: Vec<Value>,
    runs: Vec<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Fit {
    params: BTreeMap<String, Value>,
    metrics: BTreeMap<String, f64>,
}

/// # Errors
/// Where Prefect cannot be installed, takes the project otherwise, or the flow comes to something else.
pub(super) fn run() -> Result<()> {
    let python = prefect()?;
    let program = program()?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let (project, folder) = (scratch.path().join("p.reviewlab"), scratch.path().join("project"));
    let reviews = workspace::root().join("data").join("sample_reviews.csv");
    let ours = |words: &[&str]| {
        process::capture(process::in_root(&program).args(words).arg("--project").arg(&project))
    };
    let mut train = process::in_root(&program);
    train.arg("train").arg(&reviews).args(["--models", "nb", "--trials", "1", "--out"]).arg(&project);
    process::capture(&mut train)?;
    ours(&["flow", "deploy", "nightly", "--flow", "retrain", "--cron", CRON, "--zone", ZONE])?;
    ours(&["flow", "run", "retrain"])?;
    let mut export = process::in_root(&program);
    export.args(["export", "prefect", "nightly", "--project"]).arg(&project).arg("--out").arg(&folder);
    process::capture(&mut export)?;
    std::fs::copy(&reviews, folder.join("sample_reviews.csv"))?;
    let found: Found = ask(&python, CHECK, &[], &json!({ "folder": folder }))?;
    ensure!(
        found.deployment == "nightly" && found.entrypoint == "flow.py:reviews",
        "{} was deployed",
        found.deployment
    );
    let schedule = found.schedules.first().context("the deployment has no schedule")?;
    ensure!(
        schedule["schedule"]["cron"] == CRON
            && schedule["schedule"]["timezone"] == ZONE
            && schedule["active"] == true,
        "its schedule is {schedule}"
    );
    let fits: Vec<Fit> = runs(&program, &project, "kind = 'fit' AND params.model = 'LogisticRegression'")?;
    let fit = fits.last().context("the flow fitted nothing here")?;
    for (number, told) in found.runs.iter().enumerate() {
        let scores = told.get("fit").context("the flow fitted nothing there")?;
        for name in ["train_f1", "test_f1", "accuracy"] {
            let (here, there) = (fit.metrics.get(name).copied(), scores[name].as_f64());
            let (here, there) = (here.context("a score")?, there.context("a score")?);
            ensure!((here - there).abs() <= TOLERANCE, "{name} is {there} there, {here} here");
        }
        let n_terms = told.get("vectorise").map(|said| said["n_terms"].clone());
        ensure!(
            n_terms.as_ref().and_then(Value::as_f64) == fit.metrics.get("n_terms").copied(),
            "{n_terms:?} terms"
        );
        let alias = told.get("promote").map(|said| said["alias"].clone());
        // The same model once more is no better.
        let expected = if number == 0 { "champion" } else { "challenger" };
        ensure!(alias == Some(json!(expected)), "run {number} came to {alias:?}");
    }
    ensure!(found.runs.len() == 2 && !fit.params.is_empty(), "the flow ran {} times", found.runs.len());
    println!(
        "prefect {}: the deployment is taken with its cron; {} runs of its 9 tasks: macro F1 {:.6}, as here",
        found.version,
        found.runs.len(),
        fit.metrics["test_f1"]
    );
    Ok(())
}
