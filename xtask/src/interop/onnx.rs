//! Models as onnxruntime runs them, and as we do: the same labels, the same probabilities, on real reviews.

use anyhow::{Context as _, Result, ensure};
use export::{ExportFile, ExportKind, onnx_folder};
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

use super::compared::{self, Answer};
use super::environment::{ask, tools};
use super::fitted::subjects;
use super::reviews::Reviews;

const CHECK: &str = include_str!("check_onnx.py");
/// Probabilities, which come out as 32-bit floats, are the same up to this.
const TOLERANCE: f64 = 1e-6;
/// Texts that the folder's own check goes over.
const N_GOLDEN: usize = 50;

#[derive(Deserialize)]
struct Found {
    version: String,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    answers: Vec<Answer>,
    operators: Vec<String>,
    foreign: Vec<String>,
    n_golden: usize,
    worst_golden: f64,
}

/// # Errors
/// Where onnxruntime cannot be installed or a model not loaded, or an answer differs.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let reviews = Reviews::find();
    let texts = reviews.texts(&python)?;
    let subjects = subjects(&reviews)?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let mut folders = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        let folder = scratch.path().join(format!("model-{place}"));
        let files =
            onnx_folder(&subject.pipeline, &subject.card()).with_context(|| subject.name.to_owned())?;
        compared::read_back(&subject.pipeline, ExportKind::Onnx, &files)
            .with_context(|| subject.name.to_owned())?;
        write(&folder, &files)?;
        folders.push(folder);
    }
    let found: Found = ask(&python, CHECK, &[], &json!({ "folders": folders, "texts": texts }))?;
    ensure!(found.models.len() == subjects.len(), "{} models were loaded", found.models.len());
    let mut operators: Vec<String> = Vec::new();
    for (subject, model) in subjects.iter().zip(found.models) {
        let ours = compared::ours(&subject.pipeline, &texts)?;
        let worst = compared::worst(&ours, &model.answers).with_context(|| subject.name.to_owned())?;
        println!(
            "onnxruntime {}: {}: {} reviews, labels equal, probabilities within {worst:.1e}",
            found.version,
            subject.name,
            ours.len()
        );
        ensure!(worst <= TOLERANCE, "probabilities of {} differ by {worst}", subject.name);
        ensure!(
            model.n_golden == N_GOLDEN && model.worst_golden <= TOLERANCE,
            "{} was checked on {} texts",
            subject.name,
            model.n_golden
        );
        ensure!(model.foreign.is_empty(), "{} needs operators of {}", subject.name, model.foreign.join(", "));
        operators.extend(model.operators);
    }
    operators.sort();
    operators.dedup();
    println!("onnxruntime {}: standard operators only: {}", found.version, operators.join(", "));
    Ok(())
}

/// Writes files below a folder.
///
/// # Errors
/// Where one cannot be written.
pub(super) fn write(folder: &Path, files: &[ExportFile]) -> Result<()> {
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, &file.bytes)?;
    }
    Ok(())
}
