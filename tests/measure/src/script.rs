//! Jobs written down, for the page's own workers to do them again.
//! In: a file of reviews. Out: a file of jobs in order, those with bytes of the file first. Never: a job whose
//! answer was not seen here first: what workers give must have the same names.

use anyhow::Result;
use engine::metrics::IntervalSpec;
use engine::num::ContentHash;
use engine::pipeline::{DecisionSpec, PipelineSpec};
use engine::split::SplitSpec;
use engine::text::reference_cleaning;
use jobs::FitFinal;
use serde_json::{Value, json};
use std::path::Path;

use crate::reference_job::{Asked, Step, ask_all};
use crate::{reviews, scale};

/// The least that can be held out, and the fewest folds: the peer holds out nothing.
const TEST_SHARE: f64 = 0.05;
const N_FOLDS: u32 = 2;

/// Writes the jobs of the reference job.
///
/// # Errors
/// Where a job has no answer, or the script cannot be written.
pub fn reference_job(file: &Path, out: &Path) -> Result<Value> {
    write(&ask_all(&std::fs::read(file)?)?.steps, out)
}

/// Writes the jobs that read and clean a large file, and fit each of the peer's three models once.
///
/// # Errors
/// Where a job has no answer, or the script cannot be written.
pub fn scale(file: &Path, out: &Path) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let recipe = reviews::recipe(&bytes)?;
    let vectorizer = reviews::vectorizer(Some(scale::MAX_FEATURES));
    let mut asked = Asked::new();
    let output = asked.read(&bytes, &recipe, &reviews::counting())?;
    for model in scale::models() {
        asked.ask(FitFinal {
            counts: output.counts.hash,
            terms: output.terms.hash,
            split: SplitSpec { test_share: TEST_SHARE, n_folds: N_FOLDS, ..SplitSpec::reference() },
            pipeline: PipelineSpec { cleaning: reference_cleaning(), vectorizer: vectorizer.clone(), model },
            labels: recipe.mapping.classes.clone(),
            decision: DecisionSpec::default(),
            interval: IntervalSpec::usual(0),
        })?;
    }
    write(&asked.steps, out)
}

fn write(steps: &[Step], out: &Path) -> Result<Value> {
    let names = |hashes: &[ContentHash]| hashes.iter().map(ContentHash::to_string).collect::<Vec<_>>();
    let jobs = steps.iter().map(|step| {
        json!({
            "request": step.request,
            "input": step.input.as_ref().map(|range| [range.start, range.end]),
            "needs": names(&step.needs),
            "gave": names(&step.gave),
        })
    });
    std::fs::write(out, Value::from(jobs.collect::<Vec<_>>()).to_string())?;
    Ok(json!({ "n_jobs": steps.len() }))
}
