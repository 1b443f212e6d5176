//! Whether the page stays smooth with a thousand trials and more in the study at work, each picture of it open in turn.
//! In: a page whose study runs. Out: milliseconds between frames. Never: a frame of a study with fewer trials.

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};

use super::{JOB_PATIENCE, longest, median, numbers, percentile};

/// Trials that are stored before anything is watched.
const N_TRIALS: u64 = 1_000;
/// Pictures of a study, by their tabs.
const TABS: [&str; 10] = [
    "History",
    "Intermediate values",
    "Importance",
    "Slice",
    "Contour",
    "Parallel",
    "Rank",
    "Distribution",
    "Timeline",
    "Folds",
];
/// Watches frames of one picture.
const WATCH: &str = "
    new Promise((done) => {
        const gaps = [];
        const until = performance.now() + 1500;
        let last = null;
        const frame = (now) => {
            if (last !== null) gaps.push(now - last);
            last = now;
            if (now < until) requestAnimationFrame(frame); else done(gaps);
        };
        requestAnimationFrame(frame);
    })
";

/// Waits for the trials, then opens picture after picture.
pub async fn run(page: &Page) -> Result<Value> {
    until(JOB_PATIENCE, "a thousand trials", || async {
        Ok((n_done(page).await? >= N_TRIALS).then_some(()))
    })
    .await?;
    let mut all: Vec<f64> = Vec::new();
    let mut slowest = ("", 0.0);
    for tab in TABS {
        page.click("tab", tab).await?;
        let gaps = numbers(&page.evaluate(WATCH).await?)?;
        ensure!(!gaps.is_empty(), "no frame was drawn while {tab} was open");
        let longest = longest(&gaps);
        if longest > slowest.1 {
            slowest = (tab, longest);
        }
        all.extend(gaps);
    }
    ensure!(page.has("button", "Stop").await?, "the study ended before all its pictures were watched");
    Ok(json!({
        "trials_drawn": n_done(page).await?,
        "trials_slowest_picture": slowest.0,
        "trials_longest_frame_gap_ms": slowest.1,
        "trials_p99_frame_gap_ms": percentile(all.clone(), 99),
        "trials_median_frame_gap_ms": median(all),
    }))
}

/// 1,234 in `1,234 / 60,000`.
async fn n_done(page: &Page) -> Result<u64> {
    let text = page.text().await?;
    let digits = |word: &str| word.trim().replace(',', "").parse::<u64>().ok();
    let line = text.lines().find_map(|line| {
        let (done, all) = line.split_once(" / ")?;
        digits(all).and(digits(done))
    });
    line.context("the page does not say how many trials are done")
}
