//! The study on the reference job's reviews, over many seeds: how good the best of its trials is, and how fast it is.
//! In: the reference's file. Out: best values by model and sampler, trials a second. Never: a trial made another way
//! than a worker makes it.

use anyhow::{Context as _, Result, bail, ensure};
use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::tune::{PrunerSpec, SamplerSpec, StudySpec, best_trial};
use jobs::{AdvanceStudy, Answer};
use serde_json::{Map, Value, json};
use std::path::Path;

use crate::reference_job::Asked;
use crate::reviews;

const N_TRIALS: u32 = 20;
/// Seeds of each way to prune.
const N_PRUNED_SEEDS: u64 = 15;

/// Runs every model's search with each of the study's samplers from seed 0 on.
///
/// # Errors
/// Where a job has no answer.
pub fn run(file: &Path, n_seeds: u64) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let mut asked = Asked::new();
    let counting = StudySpec::reference(&ModelKind::ALL, N_TRIALS, 0).counting();
    let counts = asked.read(&bytes, &reviews::reference_recipe(&bytes)?, &counting)?.counts.hash;
    let mut models = Map::new();
    for (search, model) in ModelKind::ALL.into_iter().enumerate() {
        let mut of_samplers = Map::new();
        for (name, sampler, may_repeat, pruner) in ways() {
            let study = |seed| StudySpec {
                sampler: sampler.clone(),
                may_repeat,
                pruner: pruner.clone(),
                ..StudySpec::reference(&ModelKind::ALL, N_TRIALS, seed)
            };
            let n_seeds = if pruner.is_none() { n_seeds } else { n_seeds.min(N_PRUNED_SEEDS) };
            let begun_s = asked.seconds;
            let best: Result<Vec<f64>> =
                (0..n_seeds).map(|seed| best_of(&mut asked, counts, &study(seed), search)).collect();
            let seconds = asked.seconds - begun_s;
            of_samplers.insert(name.to_owned(), json!({ "best": best?, "seconds": seconds }));
        }
        models.insert(model.as_str().to_owned(), Value::Object(of_samplers));
    }
    Ok(json!({ "n_trials": N_TRIALS, "models": models }))
}

/// By their names: whether a setting may be tried twice, and what prunes, stand last.
fn ways() -> [(&'static str, SamplerSpec, bool, PrunerSpec); 7] {
    [
        ("tpe", SamplerSpec::optuna(), true, PrunerSpec::None),
        ("tpe, no repeats", SamplerSpec::optuna(), false, PrunerSpec::None),
        ("grouped", SamplerSpec::grouped(), false, PrunerSpec::None),
        ("random", SamplerSpec::Random, true, PrunerSpec::None),
        ("median", SamplerSpec::optuna(), true, PrunerSpec::median()),
        ("wilcoxon", SamplerSpec::optuna(), true, PrunerSpec::wilcoxon()),
        ("halving", SamplerSpec::optuna(), true, PrunerSpec::halving()),
    ]
}

fn best_of(asked: &mut Asked, counts: ContentHash, study: &StudySpec, search: usize) -> Result<f64> {
    let (history, finished, slice_ms) = (Vec::new(), Vec::new(), f64::MAX);
    let job =
        AdvanceStudy { counts: vec![counts], study: study.clone(), search, history, finished, slice_ms };
    let Answer::Study(advance) = asked.ask(job)? else { bail!("no trials") };
    ensure!(advance.trials.len() == N_TRIALS as usize, "{} trials", advance.trials.len());
    best_trial(&advance.trials).and_then(|trial| trial.mean()).context("no trial is complete")
}
