//! Models as MLflow loads them, and as we do: the same labels, the same probabilities, on real reviews.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

use super::compared::{self, Answer};
use super::environment::{ask, tools};
use super::reviews::Reviews;
use super::terminal::{program, runs};
use crate::process;

const CHECK: &str = include_str!("check_models.py");
/// Probabilities are the same up to this.
const TOLERANCE: f64 = 1e-6;
/// Each is trained, exported and compared.
const TRAININGS: [&[&str]; 3] = [
    &["--models", "lr,nb,svm,cnb,rf", "--trials", "2"],
    &["--models", "svm", "--trials", "1", "--calibrate", "platt", "--abstain", "0.1"],
    &["--models", "lr", "--trials", "1", "--calibrate", "isotonic", "--threshold", "macro-f1"],
];

#[derive(Deserialize)]
struct Found {
    version: String,
    models: Vec<Model>,
}

/// What MLflow's side says of a model.
#[derive(Deserialize)]
struct Model {
    answers: Vec<Answer>,
    example: usize,
    signature: bool,
    /// What the ONNX flavour takes.
    onnx_inputs: Vec<String>,
}

/// # Errors
/// Where MLflow cannot be installed or a model not loaded, or an answer differs.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let program = program()?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let reviews = Reviews::find();
    let texts = reviews.texts(&python)?;
    let lines = scratch.path().join("texts.txt");
    std::fs::write(&lines, texts.join("\n"))?;
    let (mut folders, mut ours) = (Vec::new(), Vec::new());
    for (training, words) in TRAININGS.iter().enumerate() {
        let project = scratch.path().join(format!("{training}.reviewlab"));
        let mut train = process::in_root(&program);
        train.arg("train").arg(&reviews.file).args(*words).arg("--out").arg(&project).args(["--json"]);
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
            ours.push(serde_json::from_str::<Vec<Answer>>(&said).context("our side printed no JSON")?);
            folders.push(out);
        }
    }
    let answer: Found = ask(&python, CHECK, &[], &json!({ "folders": folders, "texts": texts }))?;
    ensure!(
        answer.models.len() == ours.len(),
        "MLflow loaded {} of {} models",
        answer.models.len(),
        ours.len()
    );
    for (place, (ours, theirs)) in ours.iter().zip(&answer.models).enumerate() {
        let worst = compared::worst(ours, &theirs.answers).with_context(|| format!("model {place}"))?;
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
        ensure!(
            theirs.onnx_inputs == ["text"],
            "the ONNX flavour of model {place} takes {:?}",
            theirs.onnx_inputs
        );
    }
    Ok(())
}

/// The finished fits of a project.
fn fits(program: &Path, project: &Path) -> Result<Vec<String>> {
    let runs: Vec<Value> = runs(program, project, "kind = 'fit'")?;
    let found: Vec<String> =
        runs.iter().filter_map(|run| Some(run.get("id")?.as_str()?.to_owned())).collect();
    ensure!(!found.is_empty(), "{} holds no fit", project.display());
    Ok(found)
}
