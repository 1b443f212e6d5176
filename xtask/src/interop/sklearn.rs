//! Models as scikit-learn's own pipelines: with what we learned they answer the same, and fitted anew they learn the same.

use anyhow::{Context as _, Result, ensure};
use engine::split::SplitSpec;
use export::{ExportKind, TrainingFacts, sklearn_folder};
use serde::Deserialize;
use serde_json::json;

use super::compared::{self, Answer};
use super::environment::{ask, tools};
use super::fitted::subjects;
use super::onnx::write;
use super::reviews::Reviews;

const CHECK: &str = include_str!("check_sklearn.py");
/// Probabilities without fitting anew are the same up to this.
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Found {
    version: String,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    answers: Vec<Answer>,
    n_golden: usize,
    worst_golden: f64,
    trained: Vec<String>,
    problem: String,
    seconds: f64,
}

/// # Errors
/// Where scikit-learn cannot be installed, an answer differs, or a fit anew learns otherwise.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let reviews = Reviews::find();
    let texts = reviews.texts(&python)?;
    let subjects = subjects(&reviews)?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let split = SplitSpec::reference();
    let mut folders = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        let folder = scratch.path().join(format!("model-{place}"));
        let training = TrainingFacts { recipe: &subject.recipe, split: &split };
        let files = sklearn_folder(&subject.pipeline, &subject.spec, Some(training), &subject.card());
        let files = files.with_context(|| subject.name.to_owned())?;
        compared::read_back(&subject.pipeline, ExportKind::Sklearn, &files)
            .with_context(|| subject.name.to_owned())?;
        write(&folder, &files)?;
        folders.push(folder);
    }
    let work = json!({ "folders": folders, "texts": texts, "file": reviews.file });
    let found: Found = ask(&python, CHECK, &[], &work)?;
    ensure!(found.models.len() == subjects.len(), "{} models were made", found.models.len());
    let mut n_different = 0;
    for (subject, model) in subjects.iter().zip(found.models) {
        let ours = compared::ours(&subject.pipeline, &texts)?;
        let worst = compared::worst(&ours, &model.answers).with_context(|| subject.name.to_owned())?;
        println!(
            "scikit-learn {}: {}: {} reviews, labels equal, probabilities within {worst:.1e}; fitted anew in {:.1} s: {} {}",
            found.version,
            subject.name,
            ours.len(),
            model.seconds,
            model.trained.join("; "),
            model.problem,
        );
        ensure!(
            worst <= TOLERANCE && model.worst_golden <= TOLERANCE && model.n_golden > 0,
            "{} answers otherwise",
            subject.name
        );
        n_different += usize::from(!model.problem.is_empty());
    }
    ensure!(n_different == 0, "{n_different} models were fitted otherwise");
    Ok(())
}
