//! The best of twenty trials, ours and Optuna's, over the seeds that the reference holds.
//! In: the reference's best values. Out: what ours lack or have more. Never: seeds left out.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::figure::Figure;
use super::program::{Program, word};
use super::{Settings, shared};

/// How far the mean of the best may lie below Optuna's: about one standard error of the difference.
const TOLERANCE: f64 = 0.0003;
/// How far logistic regression's mean must lie above that of random draws.
const ABOVE_RANDOM: f64 = 0.0008;
/// Seeds of the comparison with random draws.
const N_SEEDS: usize = 100;
/// How far the best value with pruning may be from that without.
const PRUNED_APART: f64 = 0.002;
const TRIALS_PER_SECOND: f64 = 1_000.0;

/// Runs ours on every seed; the peer's numbers are written down.
///
/// # Errors
/// Where ours fail, or the reference holds no numbers.
pub fn run(_: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let reviews = shared.join("data").join("flipkart_reviews.csv");
    let written = shared.join("reference").join("flipkart").join("optuna_best_of_20_trials.json");
    let theirs: Value = serde_json::from_slice(&std::fs::read(&written)?)?;
    let n_seeds = N_SEEDS.to_string();
    let ours = Program::build()?.measure(["tuner", word(&reviews)?, "--seeds", &n_seeds])?;
    let mut figures = Vec::new();
    let (mut n_trials, mut seconds) = (0.0, 0.0);
    for (model, by_sampler) in theirs.as_object().context("best values by model")? {
        let of_ours = |sampler: &str| best_values(&ours["models"][model][sampler]["best"]);
        let theirs = best_values(&by_sampler["tpe"])?;
        let repeating = of_ours("tpe")?;
        let same_seeds = &repeating[..theirs.len().min(repeating.len())];
        let above = mean(same_seeds) - mean(&theirs);
        println!("{model:<20} ours {:.6}, Optuna's {:.6}", mean(same_seeds), mean(&theirs));
        figures.push(Figure::at_least(&format!("tuner, {model}"), above, -TOLERANCE, "above Optuna"));
        for sampler in ["tpe, no repeats", "grouped"] {
            let gain = mean(&of_ours(sampler)?) - mean(&repeating);
            let bench = format!("tuner, {model}, {sampler}");
            figures.push(Figure::at_least(&bench, gain, 0.0, "above with repeats"));
        }
        for pruner in ["median", "wilcoxon", "halving"] {
            let pruned = of_ours(pruner)?;
            let same_seeds = &repeating[..pruned.len()];
            let apart = (mean(&pruned) - mean(same_seeds)).abs();
            figures.push(Figure::at_most(&format!("tuner, {model}, {pruner}"), apart, PRUNED_APART, "apart"));
            let seconds = |way: &str| {
                let of_way = &ours["models"][model][way];
                let n = best_values(&of_way["best"])?.len() as f64;
                Ok::<f64, anyhow::Error>(of_way["seconds"].as_f64().context("no seconds")? / n)
            };
            println!("{model:<20} {pruner} takes {:.2} times as long", seconds(pruner)? / seconds("tpe")?);
        }
        if model == "LogisticRegression" {
            let gain = mean(&repeating) - mean(&of_ours("random")?);
            figures.push(Figure::at_least("tuner, above random", gain, ABOVE_RANDOM, "macro F1"));
        }
        n_trials += 20.0 * repeating.len() as f64;
        // The same trials three times over: the fastest is the least disturbed.
        let of_way = |way: &str| ours["models"][model][way]["seconds"].as_f64().context("no seconds");
        seconds += of_way("tpe")?.min(of_way("tpe, no repeats")?).min(of_way("grouped")?);
    }
    let rate = n_trials / seconds;
    figures.push(Figure::at_least("tuner, trials a second", rate, TRIALS_PER_SECOND, "a second"));
    Ok(figures)
}

fn best_values(values: &Value) -> Result<Vec<f64>> {
    let list = values.as_array().context("a list of best values")?;
    list.iter().map(|value| value.as_f64().context("a number")).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
