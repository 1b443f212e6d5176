//! A large file from its bytes to fitted models.
//! In: a file of reviews. Out: seconds by stage, peak memory. Never: a stage that the peer has and this has not.

use anyhow::{Context as _, Result};
use engine::models::{ClassWeight, ModelSpec, TrainingSet, Truth, fit_model};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Instant;

use crate::{memory, reviews};

/// As many terms as the peer keeps.
pub const MAX_FEATURES: u32 = 50_000;

/// The peer's three models, the slowest first.
pub fn models() -> [ModelSpec; 3] {
    [
        ModelSpec::logistic_regression(0.6, ClassWeight::Balanced),
        ModelSpec::linear_svc(0.1, ClassWeight::Balanced),
        ModelSpec::MultinomialNb { alpha: 0.1 },
    ]
}

/// Reads, cleans, vectorises and fits three models with `n_threads`.
///
/// # Errors
/// Where the file cannot be read.
pub fn run(file: &Path, n_threads: usize) -> Result<Value> {
    work(file, &models(), n_threads)
}

/// Reads, cleans, vectorises and fits one model with one thread.
///
/// # Errors
/// Where the file cannot be read.
pub fn grow(file: &Path) -> Result<Value> {
    work(file, &models()[..1], 1)
}

fn work(file: &Path, models: &[ModelSpec], n_threads: usize) -> Result<Value> {
    let mut stages = Stages { seconds: Map::new(), begun: Instant::now(), last: Instant::now() };
    let bytes = std::fs::read(file)?;
    let docs = reviews::read(&bytes, &reviews::recipe(&bytes)?)?;
    drop(bytes);
    stages.end("read_and_clean");
    let corpus = reviews::counted(docs)?;
    stages.end("count");
    let rows: Vec<u32> = (0..corpus.counts.labels.len() as u32).collect();
    let x = reviews::matrix(&corpus, &rows, &reviews::vectorizer(Some(MAX_FEATURES)))?;
    stages.end("weigh");
    let truth = Truth { labels: &corpus.counts.labels, n_classes: 2, sample_weights: None };
    let set = TrainingSet { x: &x, truth };
    let fitted = in_threads(models, n_threads, |model| fit_model(&set, model))?;
    stages.end("fit");
    let total = stages.begun.elapsed().as_secs_f64();
    drop(fitted);
    Ok(json!({
        "n_rows": x.n_rows,
        "n_terms": x.n_columns,
        "n_entries": x.n_entries(),
        "stages": stages.seconds,
        "seconds": total,
        "peak_bytes": memory::peak_bytes(),
    }))
}

/// Does each piece of work once, whoever is free taking the next.
fn in_threads<I: Sync, T: Send, E: Send>(
    items: &[I],
    n_threads: usize,
    work: impl Fn(&I) -> Result<T, E> + Sync,
) -> Result<Vec<T>, anyhow::Error>
where
    anyhow::Error: From<E>,
{
    let next = std::sync::atomic::AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            done.push(work(item)?);
        }
        Ok::<_, E>(done)
    };
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..n_threads.min(items.len())).map(|_| scope.spawn(take)).collect();
        all.extend(take()?);
        for other in others {
            all.extend(other.join().ok().context("a thread ended in a fault")??);
        }
        Ok(all)
    })
}

struct Stages {
    seconds: Map<String, Value>,
    begun: Instant,
    last: Instant,
}

impl Stages {
    fn end(&mut self, stage: &str) {
        self.seconds.insert(stage.to_owned(), json!(self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }
}
