//! 100,000 reviews read, cleaned, vectorised and learned by three models: natively on all cores, in the page's workers
//! when warm, and by Python.
//! In: synthetic reviews. Out: seconds of each, in turn. Never: fewer rows or terms than the peer has.

use anyhow::{Result, ensure};

use super::browser_runs::{BrowserRuns, last_seconds};
use super::figure::{Figure, Sides};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};
use crate::workspace;

const N_ROWS: u32 = 100_000;
const NATIVE_AT_LEAST: f64 = 60.0;
const BROWSER_AT_LEAST: f64 = 30.0;
/// Rounds by the same workers; the last one is warm.
const N_ROUNDS_OF_PAGE: usize = 4;

/// Runs all in turn.
///
/// # Errors
/// Where one of them fails, or the matrices differ.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let reviews = peer.synthetic_reviews(N_ROWS)?;
    let script = workspace::target_dir().join("bench-data").join("scale-jobs.json");
    program.measure(["scale-script", word(&reviews)?, word(&script)?])?;
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (n_threads, n_rounds) = (n_cores.to_string(), N_ROUNDS_OF_PAGE.to_string());
    let (mut native, mut page) = (Sides::default(), Sides::default());
    for _ in 0..settings.rounds {
        let theirs = peer.scale(&reviews)?;
        let ours = program.measure(["scale", word(&reviews)?, "--threads", &n_threads])?;
        for (of_ours, of_theirs) in [("n_rows", "rows"), ("n_terms", "terms"), ("n_entries", "nnz")] {
            ensure!(ours[of_ours] == theirs[of_theirs], "the matrices differ: {ours} and {theirs}");
        }
        println!("{ours}");
        let peer_s = number(&theirs, "total")?;
        native.push(number(&ours, "seconds")?, peer_s);
        let options = [
            ("--file", word(&reviews)?),
            ("--script", word(&script)?),
            ("--workers", &n_threads),
            ("--rounds", &n_rounds),
        ];
        page.push(last_seconds(&browser.measure("work", &options)?, "clock_s")?, peer_s);
    }
    Ok(vec![
        native.figure("scale native, all cores", "Python", NATIVE_AT_LEAST),
        page.figure("scale browser, warm", "Python", BROWSER_AT_LEAST),
    ])
}
