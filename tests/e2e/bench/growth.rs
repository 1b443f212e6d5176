//! A file read in the page and one model fitted by it: how long its workers work, what all instances hold, and how
//! long the page is ever busy.
//! In: a page, a file. Out: milliseconds, bytes. Never: the pauses between clicks.

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};
use std::path::Path;

use super::{JOB_PATIENCE, longest, numbers, watch};

/// The models that are not fitted.
const LEFT_OUT: [&str; 2] = ["Naive Bayes", "Linear SVM"];
const TASKS: &str = "
    globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: 'longtask' });
";

/// Reads the file and fits one model: a study of one trial.
pub async fn run(page: &Page, file: &Path) -> Result<Value> {
    watch::open(page).await?;
    page.click("link", "Data").await?;
    page.find("heading", "Data").await?;
    page.evaluate(TASKS).await?;
    let since = page.evaluate("watched.now()").await?.as_f64().context("the page's clock")?;
    page.upload("Reviews file", file).await?;
    page.find_within("button", "Use this data", JOB_PATIENCE).await?;
    page.click("button", "Use this data").await?;
    page.find_within("link", "Train on this data", JOB_PATIENCE).await?.click().await?;
    page.wait_path("train").await?;
    for model in LEFT_OUT {
        page.click("checkbox", model).await?;
    }
    page.fill("textbox", "Trials per model", "1").await?;
    page.click("button", "Start tuning").await?;
    let status = until(JOB_PATIENCE, "the end of the study", || async {
        let status = page.read("status", "Study status").await?;
        let is_over = ["Finished", "Stopped", "Ended"].iter().any(|ending| status.starts_with(ending));
        Ok(is_over.then_some(status))
    })
    .await?;
    ensure!(status.starts_with("Finished"), "the study did not finish: {status}");
    let [worked_ms, together_ms] = watch::work_since(page, since).await?;
    let tasks = numbers(&page.evaluate("tasks").await?)?;
    Ok(json!({
        "worked_s": worked_ms / 1000.0,
        "together_s": together_ms / 1000.0,
        "peak_bytes": watch::peak_bytes(page).await?,
        "longest_task_ms": longest(&tasks),
    }))
}
