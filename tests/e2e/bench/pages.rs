//! Whether the page stays smooth: its longest task while a study runs, Stop, frames, keys, a million rows.
//! In: a page. Out: milliseconds. Never: the time the page took to start.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};

use super::{JOB_PATIENCE, longest, median, numbers};
use super::{preview, trials};

/// Enough trials that the study is still running when everything is measured.
const N_TRIALS: &str = "20000";
/// How long frames and tasks are watched while a study runs.
const WATCHED_MS: u64 = 4000;
const TYPED: &str = "not bad at all, but the delivery was late and the box was broken";

/// As quick typists leave: ten keys a second.
const BETWEEN_KEYS: Duration = Duration::from_millis(100);

/// A review of 300 words is typed on.
const N_WORDS: usize = 300;
const SENTENCE: &str = "The box was nice but the delivery was late and the shuttles broke on the first day ";

/// Watches tasks and frames from now on.
const WATCH: &str = "
    globalThis.watched = { tasks: [], gaps: [], running: true };
    new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: 'longtask' });
    let last = null;
    const frame = (now) => {
        if (last !== null) watched.gaps.push(now - last);
        last = now;
        if (watched.running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
";

/// Clicks Stop and waits for the status to say so.
const STOP: &str = "
    new Promise((done) => {
        const status = () => document.querySelector('[role=status][aria-label=\"Study status\"]')?.textContent.trim() ?? '';
        const begun = performance.now();
        const look = () => {
            if (status().startsWith('Stopped')) done(performance.now() - begun); else setTimeout(look, 1);
        };
        [...document.querySelectorAll('button')].find((found) => found.textContent.trim() === 'Stop').click();
        look();
    })
";

/// Times every key from its event to the end of the next frame.
const KEYS: &str = "
    globalThis.keys = [];
    document.addEventListener('input', (event) => {
        const begun = event.timeStamp;
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => keys.push(performance.now() - begun);
            after.port2.postMessage(0);
        });
    }, { capture: true });
";

/// Watches the sample's page.
pub async fn run(page: &Page) -> Result<Value> {
    // The sample's study makes data and a model, and warms up the workers.
    page.open("").await?;
    page.click("button", "Try the sample reviews").await?;
    page.wait_path("train").await?;
    until(JOB_PATIENCE, "the sample's study", || async {
        let status = page.find("status", "Study status").await?.text().await?;
        Ok(status.starts_with("Finished").then_some(()))
    })
    .await?;
    page.fill("textbox", "Trials per model", N_TRIALS).await?;
    page.click("button", "Start tuning").await?;
    page.find("button", "Stop").await?;
    page.evaluate(&format!("(() => {{ {WATCH} }})()")).await?;
    let wait = format!(
        "new Promise((done) => setTimeout(() => {{ watched.running = false; done(watched) }}, {WATCHED_MS}))"
    );
    let watched = page.evaluate(&wait).await?;
    let (tasks, gaps) = (numbers(&watched["tasks"])?, numbers(&watched["gaps"])?);
    ensure!(!gaps.is_empty(), "no frame was drawn while the study ran");
    ensure!(page.has("button", "Stop").await?, "the study ended before it was measured");
    let of_trials = trials::run(page).await?;
    let stop_ms = page.evaluate(STOP).await?.as_f64().context("the milliseconds of Stop")?;
    let keys = key_times(page, TYPED).await?;
    let long_keys = long_key_times(page).await?;
    let mut measured = preview::run(page).await?;
    let of_study = json!({
        "longest_task_ms": longest(&tasks),
        "n_long_tasks": tasks.len(),
        "stop_ms": stop_ms,
        "longest_frame_gap_ms": longest(&gaps),
        "median_frame_gap_ms": median(gaps),
        "slowest_key_ms": longest(&keys),
        "median_key_ms": median(keys),
        "slowest_long_key_ms": longest(&long_keys),
        "median_long_key_ms": median(long_keys),
    });
    for more in [of_study, of_trials] {
        if let (Value::Object(measured), Value::Object(more)) = (&mut measured, more) {
            measured.extend(more);
        }
    }
    Ok(measured)
}

/// Keys typed at the end of a review of 300 words, answered by champion and challenger.
async fn long_key_times(page: &Page) -> Result<Vec<f64>> {
    page.click("link", "Models").await?;
    for version in 1..=2 {
        let choices = page.find("combobox", "From").await?.options().await?;
        page.choose("From", &choices[version - 1]).await?;
        page.click("button", "Register model").await?;
        page.wait_text(&format!("models:/sample_reviews/{version}"), JOB_PATIENCE).await?;
    }
    page.click("link", "sample_reviews").await?;
    for (version, alias) in [("Version 1", "champion"), ("Version 2", "challenger")] {
        page.choose("Version", version).await?;
        page.fill("textbox", "Alias", alias).await?;
        page.click("button", "Set alias").await?;
        page.wait_text(&format!("the alias {alias}"), JOB_PATIENCE).await?;
    }
    page.click("link", "Predict").await?;
    page.find("table", "Champion and challenger").await?;
    let text: Vec<&str> = SENTENCE.split_whitespace().cycle().take(N_WORDS).collect();
    page.fill("textbox", "Review text", &text.join(" ")).await?;
    page.evaluate("new Promise((done) => setTimeout(done, 3000))").await?;
    page.evaluate("keys.length = 0").await?;
    type_by_hand(page, TYPED).await?;
    until(JOB_PATIENCE, "a frame after every key", || async {
        let keys = numbers(&page.evaluate("keys").await?)?;
        Ok((keys.len() >= TYPED.len()).then_some(keys))
    })
    .await
}

/// Keys as a quick typist gives them: without a pause each would wait for all before it.
async fn type_by_hand(page: &Page, typed: &str) -> Result<()> {
    let review = page.find("textbox", "Review text").await?;
    for key in typed.chars() {
        review.type_keys(key.encode_utf8(&mut [0; 4])).await?;
        tokio::time::sleep(BETWEEN_KEYS).await;
    }
    Ok(())
}

async fn key_times(page: &Page, typed: &str) -> Result<Vec<f64>> {
    page.click("link", "Predict").await?;
    page.find("textbox", "Review text").await?;
    page.evaluate(&format!("(() => {{ {KEYS} }})()")).await?;
    type_by_hand(page, typed).await?;
    until(JOB_PATIENCE, "a frame after every key", || async {
        let keys = numbers(&page.evaluate("keys").await?)?;
        Ok((keys.len() >= typed.len()).then_some(keys))
    })
    .await
}
