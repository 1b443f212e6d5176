//! The reference job's work in one thread: by a worker of the page, warm, and natively with the vectors every x86-64 has.
//! In: the real file. Out: seconds of both. Never: another list of jobs, or other bits, on one side.

use anyhow::{Context as _, Result};

use super::browser_runs::{BrowserRuns, last_seconds};
use super::figure::{Figure, Sides, median};
use super::peer::Peer;
use super::program::{Program, word};
use super::{Settings, shared};
use crate::workspace;

const AT_MOST: f64 = 1.3;
/// Rounds in one process, each by a new worker; in the last ones the page's code is warm.
const N_ROUNDS: &str = "8";

/// Runs both in turn.
///
/// # Errors
/// Where one of them fails.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build_baseline()?);
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let reviews = peer.reviews();
    let script = workspace::target_dir().join("bench-data").join("reference-jobs.json");
    std::fs::create_dir_all(workspace::target_dir().join("bench-data"))?;
    program.measure(["job-script", word(&reviews)?, word(&script)?])?;
    let mut sides = Sides::default();
    for _ in 0..settings.rounds {
        let native = program.measure(["job", word(&reviews)?, "--rounds", N_ROUNDS])?;
        let rounds = native["seconds"].as_array().context("no rounds")?;
        let rounds: Vec<f64> = rounds.iter().filter_map(serde_json::Value::as_f64).collect();
        let options = [
            ("--file", word(&reviews)?),
            ("--script", word(&script)?),
            ("--workers", "1"),
            ("--rounds", N_ROUNDS),
        ];
        let page = browser.measure("work", &options)?;
        sides.push(last_seconds(&page, "worked_s")?, median(&rounds));
    }
    Ok(vec![sides.figure_of_slower("wasm, one thread, warm", "native baseline x86-64", AT_MOST)])
}
