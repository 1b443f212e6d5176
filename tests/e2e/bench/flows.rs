//! Whether the dashboard of flows is quick with 1,000 runs of 10 tasks: its first paint.
//! In: a page. Out: milliseconds. Never: the driver's own delays, or the time records take to be read.

use anyhow::{Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};

use super::{JOB_PATIENCE, median};

const WATCH: &str = include_str!("flows.js");
const N_RUNS: u32 = 1_000;
const N_TASKS: u32 = 10;
/// How often the dashboard is opened.
const N_TIMES: usize = 5;

/// Fills the store, opens the dashboard, and watches it.
pub async fn run(page: &Page) -> Result<Value> {
    page.command("Page.enable", json!({})).await?;
    page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
    page.open("").await?;
    page.click("button", "Try the sample reviews").await?;
    page.wait_path("train").await?;
    until(JOB_PATIENCE, "the sample's study", || async {
        let status = page.find("status", "Study status").await?.text().await?;
        Ok(status.starts_with("Finished").then_some(()))
    })
    .await?;
    page.open("flows").await?;
    page.find_within("button", "Retrain every hour", JOB_PATIENCE).await?;
    page.click("button", "Retrain every hour").await?;
    page.find("table", "Deployments").await?;
    page.click("switch", "Active").await?;
    page.click("button", "Run now").await?;
    until(JOB_PATIENCE, "a flow run that is done", || async {
        let rows = page.table("Flow runs").await?;
        Ok(rows.get(1).filter(|row| row[1].starts_with("Completed")).map(|_| ()))
    })
    .await?;
    let n_runs = page.evaluate(&format!("flows.fill({N_RUNS}, {N_TASKS})")).await?;
    ensure!(n_runs.as_u64() == Some(u64::from(N_RUNS)), "the store holds {n_runs} flow runs");
    let mut paints = Vec::new();
    for _ in 0..N_TIMES {
        page.open("flows").await?;
        paints.push(painted(page).await?);
    }
    Ok(json!({ "n_runs": n_runs, "flows_paint_ms": median(paints) }))
}

/// From the records as the browser gives them to the first rows on the screen.
async fn painted(page: &Page) -> Result<f64> {
    until(JOB_PATIENCE, "the first rows", || async { Ok(page.evaluate("flows.paint").await?.as_f64()) }).await
}
