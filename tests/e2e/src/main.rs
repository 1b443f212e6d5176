//! Runs the journeys on a built site.
//! In: `--site FOLDER --base PATH`, and `--only NAME` for one, `--visible yes` for a person to watch.
//! Out: each journey's name, outcome and seconds; exit code 1 if one failed.
//! Never: a journey that sees what another left behind.

use anyhow::{Context, Result, anyhow, bail};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use e2e::lab::described;
use e2e::{Lab, LabConfig};

mod journeys;

use journeys::Journey;

/// A journey that takes longer has come to a standstill.
const MAX_JOURNEY: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [site, base, only, visible] =
        xtask::arguments::options(&words, ["--site", "--base", "--only", "--visible"])?;
    let site = site.map(PathBuf::from).context("--site FOLDER is missing; `cargo xtask dist` builds one")?;
    let config = LabConfig {
        site,
        base: base.unwrap_or_else(|| "/".to_owned()),
        is_visible: visible.is_some(),
        is_gzipped: false,
    };
    let wanted = |journey: &&Journey| {
        only.as_deref().map_or(journey.bases.hold(&config.base), |name| name == journey.name)
    };
    let (mut n_run, mut failed) = (0, Vec::new());
    for journey in journeys::ALL.iter().filter(wanted) {
        let started = Instant::now();
        let outcome = travel(journey, config.clone()).await;
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("journey {:<32} {word:<6} {:>6.1} s", journey.name, started.elapsed().as_secs_f64());
        if let Err(error) = outcome {
            println!("  {error:#}");
            failed.push(journey.name);
        }
        n_run += 1;
    }
    match (n_run, failed.as_slice()) {
        (0, _) => bail!("there is no journey of that name"),
        (_, []) => {
            println!("{n_run} journeys passed at {}", config.base);
            Ok(())
        }
        (_, failed) => {
            bail!("{} of {n_run} journeys failed at {}: {}", failed.len(), config.base, failed.join(", "))
        }
    }
}

/// One journey in a browser of its own. A failure leaves a screenshot, and the console's last words.
async fn travel(journey: &Journey, config: LabConfig) -> Result<()> {
    let lab = Lab::open(config).await?;
    let outcome = tokio::time::timeout(MAX_JOURNEY, (journey.run)(&lab)).await;
    if let Err(error) = outcome.unwrap_or_else(|_| Err(anyhow!("it came to a standstill"))) {
        let mut report = format!("{error:#}");
        if let Ok(page) = lab.page().await
            && let Ok(path) = page.screenshot(&format!("failed-{}", journey.name)).await
        {
            report.push_str(&format!("\n  screenshot: {}", path.display()));
        }
        for line in lab.errors().await {
            report.push_str(&format!("\n  {}", described(&line)));
        }
        lab.close().await.ok();
        bail!(report);
    }
    for line in lab.warnings() {
        println!("  {}", described(&line));
    }
    lab.close().await
}
