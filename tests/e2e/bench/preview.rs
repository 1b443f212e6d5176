//! Whether the preview of a million rows is scrolled through without lag.
//! In: a page; the rows are made here. Out: milliseconds between frames while it is scrolled, by small steps and by leaps.
//! Never: a frame drawn before the file was looked through.

use anyhow::{Context as _, Result, ensure};
use e2e::Page;
use e2e::patience::until;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use super::{JOB_PATIENCE, longest, median, numbers, percentile};

const N_ROWS: u64 = 1_000_000;
/// Frames that are watched.
const N_FRAMES: u32 = 600;
/// Pixels scrolled in a frame, as a quick hand does.
const STEP: u32 = 137;
/// Every so many frames the list is dragged somewhere else.
const LEAP_EVERY: u32 = 30;
const MOMENT: Duration = Duration::from_secs(10);

/// Gives the file, scrolls, and goes to the last row.
pub async fn run(page: &Page) -> Result<Value> {
    let folder = tempfile::tempdir().context("a folder for a million rows")?;
    let file = folder.path().join("million.csv");
    write(&file).context("writing a million rows")?;
    page.open("data").await?;
    page.upload("Reviews file", &file).await?;
    page.find_within("table", "Preview", JOB_PATIENCE).await?;
    let scroll = format!(
        "new Promise((done) => {{
            const list = document.querySelector('[role=region][aria-label=\"Preview rows\"]');
            const tasks = [];
            new PerformanceObserver((found) => tasks.push(...found.getEntries().map((entry) => entry.duration)))
                .observe({{ type: 'longtask' }});
            const gaps = [];
            let last = null;
            let n_frames = 0;
            const frame = (now) => {{
                if (last !== null) gaps.push(now - last);
                last = now;
                n_frames += 1;
                if (gaps.length >= {N_FRAMES}) return done({{ gaps, tasks }});
                const room = list.scrollHeight - list.clientHeight;
                list.scrollTop = n_frames % {LEAP_EVERY} ? list.scrollTop + {STEP} : (n_frames * 1000003) % room;
                requestAnimationFrame(frame);
            }};
            requestAnimationFrame(frame);
        }})"
    );
    let watched = page.evaluate(&scroll).await?;
    let (gaps, tasks) = (numbers(&watched["gaps"])?, numbers(&watched["tasks"])?);
    page.fill("textbox", "Go to row", &(N_ROWS - 1).to_string()).await?;
    page.click("button", "Show this row").await?;
    page.wait_text(&text_of(N_ROWS - 1), MOMENT).await?;
    until(MOMENT, "the last rows", || async {
        let rows = page.table("Preview").await?;
        Ok(rows.last().is_some_and(|row| row[1] == text_of(N_ROWS - 1)).then_some(()))
    })
    .await?;
    ensure!(gaps.len() >= N_FRAMES as usize, "{} frames were drawn", gaps.len());
    page.click("button", "Cancel").await?;
    Ok(json!({
        "preview_longest_task_ms": longest(&tasks),
        "preview_p99_frame_gap_ms": percentile(gaps.clone(), 99),
        "preview_longest_frame_gap_ms": longest(&gaps),
        "preview_median_frame_gap_ms": median(gaps),
    }))
}

fn text_of(row: u64) -> String {
    let words = ["quick delivery", "broke at once", "works as it should", "too loud, and too heavy to carry"];
    let word = |nth: u64| words[(row / 4_u64.pow(nth as u32) % 4) as usize];
    format!("number {row}: {}, {}; {}", word(0), word(1), word(2))
}

fn write(path: &Path) -> Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "Review text,Rating")?;
    for row in 0..N_ROWS {
        writeln!(file, "\"{}\",{}", text_of(row), 1 + row % 5)?;
    }
    Ok(file.flush()?)
}
