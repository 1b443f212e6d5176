//! How far each stage is from the least it could take: its bytes, touched once at the speed of memory.
//! In: a file of reviews. Out: this machine's bytes a second, and for each stage its seconds and its bytes, those it
//! must read and those it must write. Never: bytes of what a stage only happens to use.

use anyhow::Result;
use engine::models::{TrainingSet, Truth, fit_model};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use crate::{reviews, scale};

/// Far more than any cache holds.
const PROBE_BYTES: usize = 256 << 20;
const N_PROBES: usize = 5;
/// The fits of `scale::models`, in its order.
const MODELS: [&str; 3] = ["fit logistic regression", "fit linear SVM", "fit naive Bayes"];

/// Goes through all stages with one thread.
///
/// # Errors
/// Where the file cannot be read.
pub fn run(file: &Path) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let mut stages = Vec::new();
    let mut end = |name: &str, begun: Instant, n_bytes: usize| {
        stages.push(json!({ "stage": name, "seconds": begun.elapsed().as_secs_f64(), "bytes": n_bytes }));
    };
    let recipe = reviews::recipe(&bytes)?;
    let begun = Instant::now();
    let docs = reviews::read(&bytes, &recipe)?;
    let n_words_bytes =
        size_of_val(&docs.word_ids[..]) + size_of_val(&docs.doc_starts[..]) + docs.labels.len();
    end("read and clean", begun, bytes.len() + n_words_bytes);
    let begun = Instant::now();
    let corpus = reviews::counted(docs)?;
    let counts = &corpus.counts;
    let n_counts_bytes = size_of_val(&counts.term_ids[..]) + size_of_val(&counts.counts[..]);
    end("count", begun, n_words_bytes + n_counts_bytes);
    let begun = Instant::now();
    let rows: Vec<u32> = (0..counts.labels.len() as u32).collect();
    let x = reviews::matrix(&corpus, &rows, &reviews::vectorizer(Some(scale::MAX_FEATURES)))?;
    let n_matrix_bytes = size_of_val(&x.columns[..]) + size_of_val(&x.values[..]);
    end("weigh", begun, n_counts_bytes + n_matrix_bytes);
    let truth = Truth { labels: &counts.labels, n_classes: 2, sample_weights: None };
    let set = TrainingSet { x: &x, truth };
    for (model, name) in scale::models().iter().zip(MODELS) {
        let begun = Instant::now();
        black_box(fit_model(&set, model)?);
        end(name, begun, n_matrix_bytes);
    }
    Ok(json!({ "bytes_a_second": bytes_a_second(), "stages": stages }))
}

/// What one core reads of memory: the fastest of some sums over more than a cache holds.
fn bytes_a_second() -> f64 {
    let numbers = vec![1_u64; PROBE_BYTES / size_of::<u64>()];
    let sum = || {
        let begun = Instant::now();
        black_box(black_box(&numbers).iter().fold(0_u64, |sum, number| sum.wrapping_add(*number)));
        begun.elapsed().as_secs_f64()
    };
    let fastest = (0..N_PROBES).map(|_| sum()).fold(f64::INFINITY, f64::min);
    PROBE_BYTES as f64 / fastest
}
