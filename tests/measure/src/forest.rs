//! A forest of a hundred trees on the reference's matrix.
//! In: a file of reviews. Out: seconds of the fit, and the matrix's size, to compare with the peer's. Never: more than
//! one thread.

use anyhow::Result;
use engine::models::{ForestSpec, ModelSpec, TrainingSet, Truth, fit_model};
use engine::split::{SplitPlan, SplitSpec};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

use crate::reviews;

const N_TREES: u32 = 100;
const SEED: u64 = 42;

/// Grows the forest on the reference's training part.
///
/// # Errors
/// Where the file cannot be read or split.
pub fn run(file: &Path) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let docs = reviews::read(&bytes, &reviews::reference_recipe(&bytes)?)?;
    let plan = SplitPlan::new(&docs.labels, 2, &SplitSpec::reference())?;
    let corpus = reviews::counted(docs)?;
    let x = reviews::matrix(&corpus, &plan.train, &reviews::vectorizer(None))?;
    let labels: Vec<_> = plan.train.iter().map(|&row| corpus.counts.labels[row as usize]).collect();
    let truth = Truth { labels: &labels, n_classes: 2, sample_weights: None };
    let spec = ModelSpec::RandomForest(ForestSpec::new(N_TREES, SEED));
    let begun = Instant::now();
    let fitted = fit_model(&TrainingSet { x: &x, truth }, &spec)?;
    let seconds = begun.elapsed().as_secs_f64();
    drop(fitted);
    Ok(json!({ "seconds": seconds, "n_rows": x.n_rows, "n_terms": x.n_columns, "n_entries": x.n_entries() }))
}
