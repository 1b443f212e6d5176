//! Measures the built site in a real browser, by clocks inside the page.
//! In: `--site FOLDER --what seed-job|pages`, and `--file REVIEWS.csv` for the first. Out: one JSON line of named
//! numbers. Never: the driver's own delays in a number.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use e2e::patience::until;
use e2e::{Lab, LabConfig, Page};

const JOB_PATIENCE: Duration = Duration::from_secs(120);
/// Enough trials that the study is still running when everything is measured.
const N_TRIALS: &str = "20000";
/// How long frames and tasks are watched while a study runs.
const WATCHED_MS: u64 = 4000;
const TYPED: &str = "not bad at all, but the delivery was late and the box was broken";

/// What a person needs at the least to find a file in the browser's dialog.
const CHOOSING: Duration = Duration::from_secs(1);

/// Clicks each control as soon as it can be clicked, from the moment the file is chosen until the study is finished.
const JOB: &str = "
    globalThis.job = { ms: null, clicked: [] };
    const named = (selector, name) => [...document.querySelectorAll(selector)]
        .find((found) => found.textContent.trim() === name && !found.disabled && found.ariaDisabled !== 'true');
    const status = () => document.querySelector('[role=status][aria-label=\"Study status\"]')?.textContent.trim() ?? '';
    const steps = [
        () => named('button', 'Use this data'),
        () => named('a', 'Train on this data'),
        () => named('button', 'Start tuning'),
    ];
    document.addEventListener('change', (event) => {
        if (event.target.type !== 'file') return;
        const begun = performance.now();
        const look = () => {
            const control = steps.length > 0 ? steps[0]() : null;
            if (control) { steps.shift(); job.clicked.push(performance.now() - begun); control.click(); }
            if (steps.length === 0 && status().startsWith('Finished')) {
                job.ms = performance.now() - begun;
                return;
            }
            setTimeout(look, 2);
        };
        look();
    }, { capture: true });
";

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
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [site, what, file] = xtask::arguments::options(&words, ["--site", "--what", "--file"])?;
    let site = PathBuf::from(site.context("--site FOLDER is missing")?);
    let lab = Lab::open(LabConfig { site, base: "/".to_owned(), is_visible: false }).await?;
    let page = lab.page().await?;
    let numbers = match what.as_deref() {
        Some("seed-job") => {
            seed_job(&page, Path::new(&file.context("--file REVIEWS.csv is missing")?)).await?
        }
        Some("pages") => pages(&page).await?,
        _ => bail!("--what is seed-job or pages"),
    };
    lab.close().await?;
    Ok(numbers)
}

async fn seed_job(page: &Page, file: &Path) -> Result<Value> {
    page.open("").await?;
    page.click("link", "Data").await?;
    page.find("heading", "Data").await?;
    page.evaluate(&format!("(() => {{ {JOB} }})()")).await?;
    tokio::time::sleep(CHOOSING).await;
    page.upload("Reviews file", file).await?;
    let ms =
        until(JOB_PATIENCE, "the end of the job", || async { Ok(page.evaluate("job.ms").await?.as_f64()) })
            .await?;
    let clicked = numbers(&page.evaluate("job.clicked").await?)?;
    let [used, trained, started] = clicked.try_into().map_err(|_| anyhow!("three controls are clicked"))?;
    Ok(json!({
        "seconds": ms / 1000.0,
        "looked_through_ms": used,
        "read_ms": trained - used,
        "opened_ms": started - trained,
        "studied_ms": ms - started,
    }))
}

async fn pages(page: &Page) -> Result<Value> {
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
    let stop_ms = page.evaluate(STOP).await?.as_f64().context("the milliseconds of Stop")?;
    let keys = key_times(page).await?;
    Ok(json!({
        "longest_task_ms": longest(&tasks),
        "n_long_tasks": tasks.len(),
        "stop_ms": stop_ms,
        "longest_frame_gap_ms": longest(&gaps),
        "median_frame_gap_ms": median(gaps),
        "slowest_key_ms": longest(&keys),
        "median_key_ms": median(keys),
    }))
}

async fn key_times(page: &Page) -> Result<Vec<f64>> {
    page.click("link", "Predict").await?;
    page.find("textbox", "Review text").await?;
    page.evaluate(&format!("(() => {{ {KEYS} }})()")).await?;
    page.type_keys("textbox", "Review text", TYPED).await?;
    until(JOB_PATIENCE, "a frame after every key", || async {
        let keys = numbers(&page.evaluate("keys").await?)?;
        Ok((keys.len() >= TYPED.len()).then_some(keys))
    })
    .await
}

fn numbers(value: &Value) -> Result<Vec<f64>> {
    serde_json::from_value(value.clone()).context("a list of numbers")
}

fn longest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
