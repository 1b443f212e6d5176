//! Models as MLflow loads them, and as we do: the same labels, the same probabilities, on real reviews.

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::{process, python, workspace};

/// MLflow, and what the loader of a model with the usual cleaning needs.
pub(super) const REQUIREMENTS: &str = "mlflow==3.17.2\nemoji==2.16.0\nnltk==3.10.4\n";
const CHECK: &str = include_str!("check_models.py");
/// The texts of the column with the longest ones.
const READ: &str = "\
import json, sys
import pandas as pd
frame = pd.read_csv(sys.argv[1]).dropna(axis=1, how='all')
column = max(frame.columns, key=lambda name: frame[name].astype(str).str.len().mean())
texts = (' '.join(text.split()) for text in frame[column].dropna().astype(str))
json.dump([text for text in texts if text][:int(sys.argv[2])], sys.stdout)
";
/// Reviews that are predicted by both.
const N_TEXTS: usize = 1_000;
/// Probabilities are the same up to this.
const TOLERANCE: f64 = 1e-6;
/// Each is trained, exported and compared.
const TRAININGS: [&[&str]; 3] = [
    &["--models", "lr,nb,svm,cnb,rf", "--trials", "2"],
    &["--models", "svm", "--trials", "1", "--calibrate", "platt", "--abstain", "0.1"],
    &["--models", "lr", "--trials", "1", "--calibrate", "isotonic", "--threshold", "macro-f1"],
];

#[derive(Deserialize)]
struct Answer {
    version: String,
    models: Vec<Answers>,
}

/// What MLflow's side says of each text.
#[derive(Deserialize)]
struct Answers {
    labels: Vec<String>,
    probabilities: Vec<BTreeMap<String, f64>>,
    example: usize,
    signature: bool,
}

/// What our side says of a text.
#[derive(Deserialize)]
struct Ours {
    label: String,
    probabilities: BTreeMap<String, f64>,
}

/// # Errors
/// Where MLflow cannot be installed or a model not loaded, or an answer differs.
pub(super) fn run() -> Result<()> {
    let folder = workspace::target_dir().join("interop").join("mlflow");
    let python = python::environment(&folder, REQUIREMENTS.as_bytes())?;
    process::run(process::cargo().args(["build", "--quiet", "--package", "reviewlab-cli"]))?;
    let program =
        workspace::target_dir().join("debug").join(format!("reviewlab{}", std::env::consts::EXE_SUFFIX));
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let file = reviews();
    let texts = texts(&python, &file)?;
    let lines = scratch.path().join("texts.txt");
    std::fs::write(&lines, texts.join("\n"))?;
    let (mut folders, mut ours) = (Vec::new(), Vec::new());
    for (training, words) in TRAININGS.iter().enumerate() {
        let project = scratch.path().join(format!("{training}.reviewlab"));
        let mut train = process::in_root(&program);
        train.arg("train").arg(&file).args(*words).arg("--out").arg(&project).args(["--json"]);
        process::capture(&mut train)?;
        for (place, run) in fits(&program, &project)?.into_iter().enumerate() {
            let address = format!("runs:/{run}/model");
            let out = scratch.path().join(format!("model-{training}-{place}"));
            let mut export = process::in_root(&program);
            export.args(["export", "--format", "mlflow", "--model", &address, "--project"]).arg(&project);
            process::capture(export.arg("--out").arg(&out))?;
            let mut predict = process::in_root(&program);
            predict.args(["predict", "--json", "--model", &address, "--project"]).arg(&project);
            let said = process::capture(predict.arg("--file").arg(&lines))?;
            ours.push(serde_json::from_str::<Vec<Ours>>(&said).context("our side printed no JSON")?);
            folders.push(out);
        }
    }
    let answer = ask(&python, &json!({ "folders": folders, "texts": texts }))?;
    ensure!(
        answer.models.len() == ours.len(),
        "MLflow loaded {} of {} models",
        answer.models.len(),
        ours.len()
    );
    for (place, (ours, theirs)) in ours.iter().zip(&answer.models).enumerate() {
        let worst = worst(ours, theirs).with_context(|| format!("model {place}"))?;
        println!(
            "mlflow {}: model {place}: {} reviews, labels equal, probabilities within {worst:.1e}",
            answer.version,
            ours.len()
        );
        ensure!(worst <= TOLERANCE, "probabilities of model {place} differ by {worst}");
        ensure!(
            theirs.signature && theirs.example == 2,
            "model {place} has no signature or no input example"
        );
    }
    Ok(())
}

/// The largest difference of a probability.
fn worst(ours: &[Ours], theirs: &Answers) -> Result<f64> {
    ensure!(
        ours.len() == theirs.labels.len() && ours.len() == theirs.probabilities.len(),
        "answers are missing"
    );
    let mut worst: f64 = 0.0;
    for (row, (own, (label, probabilities))) in
        ours.iter().zip(theirs.labels.iter().zip(&theirs.probabilities)).enumerate()
    {
        ensure!(own.label == *label, "review {row} is {} here and {label} there", own.label);
        for (class, p) in &own.probabilities {
            let other = probabilities.get(class).with_context(|| format!("review {row} has no {class}"))?;
            worst = worst.max((p - other).abs());
        }
    }
    Ok(worst)
}

/// The real file where it is, else the sample.
fn reviews() -> PathBuf {
    let sample = workspace::root().join("data").join("sample_reviews.csv");
    let shared = std::env::var_os("REVIEWLAB_SHARED")
        .map_or_else(|| workspace::root().join("../shared"), PathBuf::from);
    let real = shared.join("data").join("flipkart_reviews.csv");
    if real.is_file() {
        return real;
    }
    println!("the real reviews are not here: the sample reviews are taken");
    sample
}

/// The first reviews, each in one line.
fn texts(python: &Path, file: &Path) -> Result<Vec<String>> {
    let mut read = process::in_root(python);
    let said = process::capture(read.args(["-c", READ]).arg(file).arg(N_TEXTS.to_string()))?;
    let texts: Vec<String> = serde_json::from_str(&said).context("the reviews are no JSON")?;
    ensure!(texts.len() == N_TEXTS, "{} has {} reviews, {N_TEXTS} are needed", file.display(), texts.len());
    Ok(texts)
}

/// The finished fits of a project.
fn fits(program: &Path, project: &Path) -> Result<Vec<String>> {
    let mut runs = process::in_root(program);
    let said = process::capture(runs.arg("runs").arg(project).args(["--json", "--filter", "kind = 'fit'"]))?;
    let runs: Vec<Value> = serde_json::from_str(&said).context("the runs are no JSON")?;
    let found: Vec<String> =
        runs.iter().filter_map(|run| Some(run.get("id")?.as_str()?.to_owned())).collect();
    ensure!(!found.is_empty(), "{} holds no fit", project.display());
    Ok(found)
}

fn ask(python: &Path, work: &Value) -> Result<Answer> {
    let mut command = process::in_root(python);
    command.args(["-c", CHECK]).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.env("GIT_PYTHON_REFRESH", "quiet").env("MLFLOW_DISABLE_TELEMETRY", "true");
    let mut child = command.spawn().context("Python cannot be started")?;
    let mut input = child.stdin.take().context("Python has no standard input")?;
    input.write_all(work.to_string().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("MLflow's side ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("MLflow's side printed no JSON")
}
