//! Studies that Optuna opens, and studies of Optuna's that we open: the same trials, the same best.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

use super::environment::{ask, tools};
use super::reviews::Reviews;
use super::terminal::{json as said, program, runs};
use crate::process;

const CHECK: &str = include_str!("check_optuna.py");
/// A value is the same up to this.
const TOLERANCE: f64 = 1e-12;
/// Each is a study that leaves and comes back.
const STUDIES: [&[&str]; 2] = [
    &["--models", "lr,nb", "--trials", "15", "--pruner", "median"],
    &["--models", "cnb", "--trials", "12", "--metric", "log_loss", "--sampler", "random"],
];

#[derive(Deserialize)]
struct Found {
    version: String,
    journals: Vec<Vec<Told>>,
    written: Told,
}

/// What Optuna says of a study.
#[derive(Deserialize)]
struct Told {
    name: String,
    metric: Option<Vec<String>>,
    best: f64,
    best_params: BTreeMap<String, String>,
    n_trials: usize,
    n_complete: usize,
    n_pruned: usize,
    n_steps: usize,
    importance: BTreeMap<String, f64>,
    user_attrs: Vec<String>,
}

/// A run of ours, as far as it comes back. Times do not: a study's trials are told in milliseconds.
#[derive(Debug, Deserialize, PartialEq)]
struct Ours {
    id: String,
    parent: Option<String>,
    name: String,
    state: Value,
    params: BTreeMap<String, Value>,
    metrics: BTreeMap<String, f64>,
    spec: Option<Value>,
    #[serde(default)]
    dataset: Value,
}

impl Ours {
    fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.get(name).copied()
    }
}

/// # Errors
/// Where Optuna cannot be installed, or a study is another there or after it came back.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let program = program()?;
    let reviews = Reviews::find();
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let (mut projects, mut journals) = (Vec::new(), Vec::new());
    for (place, words) in STUDIES.iter().enumerate() {
        let project = scratch.path().join(format!("{place}.reviewlab"));
        let mut train = process::in_root(&program);
        train.arg("train").arg(&reviews.file).args(*words).arg("--out").arg(&project).arg("--json");
        process::capture(&mut train)?;
        let journal = scratch.path().join(format!("{place}.log"));
        let mut export = process::in_root(&program);
        export.args(["export", "--format", "optuna", "--project"]).arg(&project).arg("--out").arg(&journal);
        process::capture(&mut export)?;
        projects.push(project);
        journals.push(journal);
    }
    let out = scratch.path().join("theirs.log");
    let found: Found = ask(&python, CHECK, &[], &json!({ "journals": journals, "out": out }))?;
    for ((project, journal), told) in projects.iter().zip(&journals).zip(&found.journals) {
        for study in told {
            leaves(&program, project, study, &found.version)?;
        }
        comes_back(&program, project, journal)?;
    }
    is_taken(&program, &out, &scratch.path().join("theirs.reviewlab"), &found.written, &found.version)
}

/// A search, as Optuna has it.
fn leaves(program: &Path, project: &Path, told: &Told, version: &str) -> Result<()> {
    let model = told.name.rsplit_once(' ').map_or("", |(_, model)| model);
    let trials: Vec<Ours> = runs(program, project, &format!("kind = 'trial' AND params.model = '{model}'"))?;
    let metric = told.metric.as_ref().and_then(|names| names.first()).context("the metric has no name")?;
    let cv = format!("cv_{metric}");
    let values: Vec<f64> = trials.iter().filter_map(|trial| trial.metric(&cv)).collect();
    let is_loss = metric == "log_loss";
    let best = values.iter().copied().reduce(|a, b| if (b > a) != is_loss { b } else { a });
    let best = best.with_context(|| format!("no trial of {} has {cv}", told.name))?;
    ensure!(
        told.n_trials == trials.len(),
        "{} has {} trials there, {} here",
        told.name,
        told.n_trials,
        trials.len()
    );
    ensure!(
        (told.best - best).abs() <= TOLERANCE,
        "the best of {} is {} there, {best} here",
        told.name,
        told.best
    );
    let n_pruned = trials.iter().filter(|trial| trial.state["type"] == "pruned").count();
    ensure!(told.n_pruned == n_pruned && told.n_complete == values.len(), "{} ended otherwise", told.name);
    ensure!(
        told.n_steps >= told.n_complete && !told.best_params.is_empty(),
        "{} lacks steps or settings",
        told.name
    );
    ensure!(told.user_attrs.iter().any(|name| name == "dataset_sha256"), "{} lacks its dataset", told.name);
    println!(
        "optuna {version}: {model}: {} trials, {n_pruned} pruned, best {best:.6}, importance of {} settings",
        told.n_trials,
        told.importance.len()
    );
    Ok(())
}

/// A study of ours, taken from its journal into an empty project.
fn comes_back(program: &Path, project: &Path, journal: &Path) -> Result<()> {
    let empty = journal.with_extension("again.reviewlab");
    let took = import(program, journal, &empty)?;
    let again = import(program, journal, &empty)?;
    ensure!(took["n_trials"] != 0 && again["n_trials"] == 0, "the same study was taken twice");
    for filter in ["kind = 'trial'", "kind = 'study'"] {
        let here: Vec<Ours> = runs(program, project, filter)?;
        let there: Vec<Ours> = runs(program, &empty, filter)?;
        ensure!(here.len() == there.len(), "{} of {} runs came back", there.len(), here.len());
        for (mut left, mut back) in here.into_iter().zip(there) {
            if left.parent.is_none() {
                // A study's own metrics are those of its fit, and of guessing, which stay here.
                (left.metrics, back.metrics) = (BTreeMap::new(), BTreeMap::new());
            }
            ensure!(left == back, "{} came back as another:\n{left:?}\n{back:?}", left.name);
        }
    }
    Ok(())
}

/// A study of Optuna's own.
fn is_taken(program: &Path, journal: &Path, project: &Path, told: &Told, version: &str) -> Result<()> {
    let took = import(program, journal, project)?;
    ensure!(took["unknown_parameters"] == json!(["momentum"]), "parameters: {}", took["unknown_parameters"]);
    ensure!(took["n_not_ended"] == 1, "{} trials were left out", took["n_not_ended"]);
    let trials: Vec<Ours> = runs(program, project, "kind = 'trial'")?;
    ensure!(trials.len() + 1 == told.n_trials, "{} of {} trials were taken", trials.len(), told.n_trials);
    let best = trials.iter().filter_map(|trial| trial.metric("cv_f1_macro")).fold(f64::MIN, f64::max);
    ensure!((best - told.best).abs() <= TOLERANCE, "the best is {best} here, {} there", told.best);
    let n_pruned = trials.iter().filter(|trial| trial.state["type"] == "pruned").count();
    ensure!(n_pruned == told.n_pruned, "{n_pruned} are pruned here, {} there", told.n_pruned);
    println!("optuna {version}: its own study: {} trials, {n_pruned} pruned, best {best:.6}", trials.len());
    Ok(())
}

fn import(program: &Path, journal: &Path, project: &Path) -> Result<Value> {
    let mut import = process::in_root(program);
    said(import.arg("import").arg(journal).arg("--json").arg("--project").arg(project))
}
