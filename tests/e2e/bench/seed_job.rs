//! The reference job in the page: from a file chosen to the summary shown, first after the page was loaded, then again.
//! In: a page, the reference's file. Out: seconds and milliseconds by stage, and of the work in the workers.
//! Never: a run that begins before the page and its workers are there: nobody finds a file sooner.

use anyhow::{Context as _, Result, anyhow};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

use super::{JOB_PATIENCE, numbers, watch};

const JOB: &str = include_str!("seed_job.js");
/// What a person needs at the least to find a file in the browser's dialog.
const CHOOSING: Duration = Duration::from_secs(1);
/// Runs in the same page before the one that counts as warm.
const N_WARMING: usize = 2;

/// One run.
struct Run {
    ms: f64,
    clicked: [f64; 3],
    worked_ms: f64,
    together_ms: f64,
}

/// Runs the job until it is warm.
pub async fn run(page: &Page, file: &Path) -> Result<Value> {
    watch::open(page).await?;
    page.evaluate(JOB).await?;
    let first = once(page, file).await?;
    let mut warm = once(page, file).await?;
    for _ in 1..N_WARMING {
        warm = once(page, file).await?;
    }
    let [used, trained, started] = first.clicked;
    Ok(json!({
        "seconds": first.ms / 1000.0,
        "looked_through_ms": used,
        "read_ms": trained - used,
        "opened_ms": started - trained,
        "studied_ms": first.ms - started,
        "worked_s": first.worked_ms / 1000.0,
        "together_s": first.together_ms / 1000.0,
        "warm_seconds": warm.ms / 1000.0,
        "warm_worked_s": warm.worked_ms / 1000.0,
        "warm_together_s": warm.together_ms / 1000.0,
    }))
}

async fn once(page: &Page, file: &Path) -> Result<Run> {
    page.click("link", "Data").await?;
    page.find("heading", "Data").await?;
    page.evaluate("armJob()").await?;
    tokio::time::sleep(CHOOSING).await;
    page.upload("Reviews file", file).await?;
    let ms =
        until(JOB_PATIENCE, "the end of the job", || async { Ok(page.evaluate("job.ms").await?.as_f64()) })
            .await?;
    let clicked = numbers(&page.evaluate("job.clicked").await?)?;
    let clicked = clicked.try_into().map_err(|_| anyhow!("three controls are clicked"))?;
    let since = page.evaluate("job.since").await?.as_f64().context("when the file was chosen")?;
    let [worked_ms, together_ms] = watch::work_since(page, since).await?;
    Ok(Run { ms, clicked, worked_ms, together_ms })
}
