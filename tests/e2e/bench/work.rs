//! A list of jobs done by the site's own workers, without its page.
//! In: jobs as they go to a worker, the file they read, how many workers. Out: seconds of each round.
//! Never: other bits than the same jobs gave natively.

use anyhow::{Context as _, Result};
use e2e::Page;
use serde_json::{Value, json};
use std::path::Path;

use super::watch;

const WORK: &str = include_str!("work.js");
/// A place for the file, which the page's own scripts do not listen to.
const FILE: &str = "
    const input = document.createElement('input');
    input.type = 'file';
    input.ariaLabel = 'Measured file';
    document.documentElement.append(input);
";

/// What is to be done.
pub struct Plan<'a> {
    /// The file.
    pub file: &'a Path,
    /// The jobs.
    pub script: &'a Path,
    /// By so many workers.
    pub n_workers: usize,
    /// So often, by new workers each time.
    pub n_rounds: usize,
}

/// Does all jobs in each round.
pub async fn run(page: &Page, plan: &Plan<'_>) -> Result<Value> {
    let jobs = std::fs::read_to_string(plan.script)
        .with_context(|| format!("cannot read {}", plan.script.display()))?;
    watch::open(page).await?;
    page.find("button", "Try the sample reviews").await?;
    page.evaluate(&format!("(() => {{ {FILE} }})()")).await?;
    page.upload("Measured file", plan.file).await?;
    page.evaluate(WORK).await?;
    let n_workers = plan.n_workers;
    page.evaluate(&format!(
        "startWork({jobs}, {n_workers}).then((work) => {{ globalThis.work = work; return true; }})"
    ))
    .await?;
    let mut rounds = Vec::new();
    for _ in 0..plan.n_rounds {
        rounds.push(page.evaluate("work()").await?);
    }
    let seconds = |name: &str| -> Result<Vec<f64>> {
        let of_round = |round: &Value| Some(round[name].as_f64()? / 1000.0);
        rounds.iter().map(of_round).collect::<Option<_>>().with_context(|| format!("no {name}"))
    };
    Ok(json!({
        "clock_s": seconds("clock_ms")?,
        "worked_s": seconds("worked_ms")?,
        "together_s": seconds("together_ms")?,
        "peak_bytes": watch::peak_bytes(page).await?,
    }))
}
