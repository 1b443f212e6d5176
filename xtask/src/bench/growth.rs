//! From a thousand reviews to a million: time a row and memory, natively and in the page.
//! In: synthetic reviews. Out: a table in Markdown, and whether a row of the largest file costs about what one of
//! 10,000 does. Never: time in which nobody worked.

use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::Path;

use super::browser_runs::BrowserRuns;
use super::figure::{Figure, median};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};

const N_ROWS: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// What the largest is compared with.
const SMALL: usize = 1;
const LARGE: usize = 3;
const TIME_AT_MOST: f64 = 1.5;
const MEMORY_AT_MOST: f64 = 5.0;
const TASK_MS_AT_MOST: f64 = 50.0;
const MIB: f64 = 1024.0 * 1024.0;

/// Medians of one size.
struct Row {
    n_rows: f64,
    file_bytes: f64,
    native: Medians,
    page: Medians,
    longest_task_ms: f64,
}

struct Medians {
    seconds: f64,
    peak_bytes: f64,
}

/// Runs all sizes in turn.
///
/// # Errors
/// Where the program or the page fails.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let mut measured: [Vec<[Value; 2]>; N_ROWS.len()] = Default::default();
    for _ in 0..settings.rounds {
        for (n_rows, measured) in N_ROWS.iter().zip(&mut measured) {
            let reviews = peer.synthetic_reviews(*n_rows)?;
            let native = program.measure(["growth", word(&reviews)?])?;
            measured.push([native, browser.measure("growth", &[("--file", word(&reviews)?)])?]);
        }
    }
    let mut rows = Vec::new();
    for (n_rows, measured) in N_ROWS.iter().zip(&measured) {
        rows.push(Row::of(*n_rows, &peer.synthetic_reviews(*n_rows)?, measured)?);
    }
    print(&rows);
    let (small, large) = (&rows[SMALL], &rows[LARGE]);
    let native = (large.native.seconds / large.n_rows) / (small.native.seconds / small.n_rows);
    let of_row = |row: &Row| row.page.seconds / row.n_rows;
    let memory = (large.page.peak_bytes - small.page.peak_bytes) / large.file_bytes;
    Ok(vec![
        Figure::times_as_long("growth browser, time a row", of_row(large), of_row(small), TIME_AT_MOST),
        Figure::at_most("growth browser, peak memory", memory, MEMORY_AT_MOST, "files"),
        Figure::at_most("growth browser, longest task", large.longest_task_ms, TASK_MS_AT_MOST, "ms"),
        Figure::shown("growth native, time a row", native, "times as long"),
    ])
}

impl Row {
    fn of(n_rows: u32, file: &Path, measured: &[[Value; 2]]) -> Result<Self> {
        let of = |side: usize, name: &str| -> Result<f64> {
            let values: Result<Vec<f64>> = measured.iter().map(|sides| number(&sides[side], name)).collect();
            Ok(median(&values?))
        };
        Ok(Self {
            n_rows: f64::from(n_rows),
            file_bytes: std::fs::metadata(file).context("the file is gone")?.len() as f64,
            native: Medians {
                seconds: of(0, "seconds")?,
                peak_bytes: of(0, "peak_bytes").unwrap_or(f64::NAN),
            },
            page: Medians { seconds: of(1, "worked_s")?, peak_bytes: of(1, "peak_bytes")? },
            longest_task_ms: of(1, "longest_task_ms")?,
        })
    }
}

fn print(rows: &[Row]) {
    println!(
        "| rows | file, MiB | native, µs a row | native, peak MiB | Chromium, µs a row | Chromium, peak MiB | longest task, ms |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for row in rows {
        println!(
            "| {} | {:.2} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |",
            row.n_rows,
            row.file_bytes / MIB,
            row.native.seconds / row.n_rows * 1e6,
            row.native.peak_bytes / MIB,
            row.page.seconds / row.n_rows * 1e6,
            row.page.peak_bytes / MIB,
            row.longest_task_ms,
        );
    }
}
