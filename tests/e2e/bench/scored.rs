//! Files scored in the page, a small one and one ten times as long: how long it takes, what all instances of the
//! program hold, how long the page is ever busy, how soon Stop ends it.
//! In: a page. Out: milliseconds, bytes. Never: the time in which columns are chosen.

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

use super::{JOB_PATIENCE, longest, numbers, watch};

const N_SMALL: usize = 10_000;
const N_LARGE: usize = 100_000;
const WORDS: [&str; 12] = [
    "good", "quality", "broke", "waste", "of", "money", "loved", "delivery", "late", "worst", "nice",
    "product",
];
const TASKS: &str = "
    globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: 'longtask' });
";
/// Presses a button and waits for another one.
const PRESS: &str = "(name, then) => new Promise((done) => {
    const button = (name) => [...document.querySelectorAll('button')].find((found) => found.textContent.trim() === name);
    const begun = performance.now();
    const look = () => { if (button(then)) done(performance.now() - begun); else setTimeout(look, 1); };
    button(name).click();
    look();
})";

/// Scores both, and stops a third time in the middle.
pub async fn run(page: &Page) -> Result<Value> {
    let folder = tempfile::tempdir().context("a folder for the files")?;
    let (small, large) = (folder.path().join("small.csv"), folder.path().join("large.csv"));
    std::fs::write(&small, table(N_SMALL))?;
    std::fs::write(&large, table(N_LARGE))?;
    watch::open(page).await?;
    page.click("button", "Try the sample reviews").await?;
    page.wait_path("train").await?;
    until(JOB_PATIENCE, "the sample's study", || async {
        let status = page.read("status", "Study status").await?;
        Ok(status.starts_with("Finished").then_some(()))
    })
    .await?;
    page.click("link", "Predict").await?;
    page.find("heading", "Predict").await?;
    page.evaluate(TASKS).await?;
    let small_ms = score(page, &small, N_SMALL).await?;
    let small_bytes = held(page).await?;
    page.click("button", "Score another file").await?;
    let large_ms = score(page, &large, N_LARGE).await?;
    let large_bytes = held(page).await?;
    let tasks = numbers(&page.evaluate("tasks").await?)?;
    page.click("button", "Score another file").await?;
    give(page, &large).await?;
    page.click("button", "Score this file").await?;
    page.find("progressbar", "Scoring progress").await?;
    let stop_ms = page.evaluate(&format!("({PRESS})('Stop', 'Score this file')")).await?;
    Ok(json!({
        "small_ms": small_ms,
        "large_ms": large_ms,
        "small_peak_bytes": small_bytes,
        "large_peak_bytes": large_bytes,
        "longest_task_ms": longest(&tasks),
        "stop_ms": stop_ms.as_f64().context("the milliseconds of Stop")?,
    }))
}

/// Reviews of about twenty words.
fn table(n_rows: usize) -> String {
    let mut text = "review,shop\n".to_owned();
    for row in 0..n_rows {
        let words: Vec<&str> =
            (0..20).map(|place| WORDS[(row * 7 + place * place + row / 13) % WORDS.len()]).collect();
        let _ = writeln!(text, "\"{} {row}\",shop {}", words.join(" "), row % 3);
    }
    text
}

async fn give(page: &Page, file: &Path) -> Result<()> {
    page.upload("Reviews file", file).await?;
    page.find_within("button", "Score this file", JOB_PATIENCE).await?;
    page.choose("Keep the answers", "No").await
}

/// Milliseconds from the press to the summary.
async fn score(page: &Page, file: &Path, n_rows: usize) -> Result<f64> {
    give(page, file).await?;
    let ms = page.evaluate(&format!("({PRESS})('Score this file', 'Download')")).await?;
    let said = page.read("status", "Scored").await?;
    let n_said: String = said.split(" rows are answered").next().unwrap_or_default().replace(',', "");
    ensure!(n_said.ends_with(&n_rows.to_string()), "of {n_rows} rows it says: {said}");
    ms.as_f64().context("the milliseconds of scoring")
}

/// The most bytes held at a time since this was asked last.
async fn held(page: &Page) -> Result<f64> {
    let held =
        page.evaluate("(() => { const { peak } = watched; watched.peak = 0; return peak; })()").await?;
    held.as_f64().context("the bytes that were held")
}
