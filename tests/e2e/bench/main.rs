//! Measures the built site in a real browser, by clocks inside the page and its workers.
//! In: `--site FOLDER --what seed-job|pages|first-visit|runs|flows|growth|scored|work`, and for those that read one `--file REVIEWS.csv`. Out: one JSON
//! line of named numbers. Never: the driver's own delays in a number.

mod watch;
mod seed_job;
mod preview;
mod trials;
mod pages;
mod runs;
mod flows;
mod growth;
mod scored;
mod first_visit;
mod work;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use e2e::{Lab, LabConfig};

/// How long a job may take.
const JOB_PATIENCE: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(numbers) => {
            println!("{numbers}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value> {
    const OPTIONS: [&str; 6] = ["--site", "--what", "--file", "--script", "--workers", "--rounds"];
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [site, what, file, script, workers, rounds] = xtask::arguments::options(&words, OPTIONS)?;
    let site = PathBuf::from(site.context("--site FOLDER is missing")?);
    let lab = Lab::open(LabConfig {
        site,
        base: "/".to_owned(),
        is_visible: false,
        is_gzipped: what.as_deref() == Some("first-visit"),
    })
    .await?;
    let page = lab.page().await?;
    let file = file.as_deref().map(Path::new).context("--file REVIEWS.csv is missing");
    let numbers = match what.as_deref() {
        Some("seed-job") => seed_job::run(&page, file?).await?,
        Some("pages") => pages::run(&page).await?,
        Some("first-visit") => first_visit::run(&lab, &page).await?,
        Some("runs") => runs::run(&page).await?,
        Some("scored") => scored::run(&page).await?,
        Some("flows") => flows::run(&page).await?,
        Some("growth") => growth::run(&page, file?).await?,
        Some("work") => {
            let script = script.context("--script JOBS.json is missing")?;
            let number = |word: Option<String>| word.map_or(Ok(1), |word| word.parse::<usize>());
            let plan = work::Plan {
                file: file?,
                script: Path::new(&script),
                n_workers: number(workers)?,
                n_rounds: number(rounds)?,
            };
            work::run(&page, &plan).await?
        }
        _ => bail!("--what is seed-job, pages, first-visit, runs, flows, growth, scored or work"),
    };
    lab.close().await?;
    Ok(numbers)
}

/// A list of numbers from the page.
fn numbers(value: &Value) -> Result<Vec<f64>> {
    serde_json::from_value(value.clone()).context("a list of numbers")
}

fn longest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// The value that so many of a hundred do not exceed.
fn percentile(mut values: Vec<f64>, of_hundred: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * of_hundred).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(0.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
