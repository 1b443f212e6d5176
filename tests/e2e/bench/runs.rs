//! Whether the table of runs is quick with 10,000 of them: first paint, filter, order, frames while scrolling.
//! In: a page. Out: milliseconds. Never: the driver's own delays, or the time records take to be read.

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};

use super::{JOB_PATIENCE, longest, median, numbers};

const WATCH: &str = include_str!("runs.js");
const N_RUNS: u32 = 10_000;
/// Frames that are watched while scrolling, and how far each scrolls, in pixels.
const SCROLLED: (u32, u32) = (240, 160);
/// Filters that are typed one after the other, each of which leaves other rows.
const FILTERS: [&str; 4] = [
    "metrics.cv_f1_macro > 0.7",
    "params.model = 'LinearSVC' OR params.model = 'MultinomialNB'",
    "kind = 'trial' AND NOT params.model = 'LinearSVC'",
    "name LIKE '%a%' AND metrics.cv_f1_macro >= 0.5",
];
/// Heads that are pressed one after the other.
const HEADS: [&str; 3] = ["Cross-validated", "Model", "Run"];

/// Fills the store, opens the table, and watches it.
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
    let n_runs = page.evaluate(&format!("runs.fill({N_RUNS})")).await?;
    page.open("runs").await?;
    let tree_paint = painted(page).await?;
    page.open("runs?filter=kind%20%3D%20%27trial%27").await?;
    let search_paint = painted(page).await?;
    let mut filters = Vec::new();
    for filter in FILTERS {
        filters.push(timed(page, &format!("() => runs.type(\"{filter}\")")).await?);
        let n_rows = page.evaluate("runs.rows()").await?.as_u64().unwrap_or(0);
        ensure!(n_rows > 1_000, "only {n_rows} rows are left by {filter}");
    }
    let mut orders = Vec::new();
    for head in HEADS {
        orders.push(timed(page, &format!("() => runs.head('{head}').click()")).await?);
    }
    let (n_frames, step) = SCROLLED;
    let scrolled = page.evaluate(&format!("runs.scroll({n_frames}, {step})")).await?;
    ensure!(scrolled["top"].as_f64() > Some(f64::from(n_frames * step) / 2.0), "the table does not scroll");
    let mut gaps = numbers(&scrolled["gaps"])?;
    gaps.sort_by(f64::total_cmp);
    let last_hundredth = gaps.get(gaps.len() * 99 / 100).copied().context("frames")?;
    Ok(json!({
        "n_runs": n_runs,
        "studies_paint_ms": tree_paint,
        "search_paint_ms": search_paint,
        "slowest_filter_ms": longest(&filters),
        "slowest_order_ms": longest(&orders),
        "median_scroll_gap_ms": median(gaps),
        "p99_scroll_gap_ms": last_hundredth,
    }))
}

/// From the records as the browser gives them to the first rows on the screen.
async fn painted(page: &Page) -> Result<f64> {
    until(JOB_PATIENCE, "the first rows", || async { Ok(page.evaluate("runs.paint").await?.as_f64()) }).await
}

/// From an act to the end of the frame that shows what came of it.
async fn timed(page: &Page, act: &str) -> Result<f64> {
    let elapsed = page.evaluate(&format!("runs.act({act})")).await?;
    elapsed.as_f64().context("milliseconds")
}
