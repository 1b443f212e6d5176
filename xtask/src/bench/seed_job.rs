//! The whole reference job, Python's and ours: read, clean, three models by twenty trials by five folds, final fits.
//! In: the real file. Out: seconds of the peer; of the terminal program with one and two workers, from start to exit;
//! of the page in a browser, from click to summary and in its workers alone; in turn. Never: a part of the job left out
//! on our side.

use anyhow::{Result, ensure};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

use super::browser_runs::BrowserRuns;
use super::figure::{Figure, Sides, median};
use super::peer::Peer;
use super::program::{number, word};
use super::{Settings, shared};
use crate::{process, workspace};

/// Workers of the terminal program, and how many times faster than Python it must be.
const NATIVE: [(&str, f64); 2] = [("1", 200.0), ("2", 300.0)];
/// What is measured of the page, in words, and how many times faster than Python it must be.
const PAGE: [(&str, &str, f64); 3] = [
    ("worked_s", "workers, first run after load", 70.0),
    ("warm_worked_s", "workers, warm", 120.0),
    ("seconds", "click to summary", 40.0),
];
/// Parts of the page's first run: their names in what was measured, and in words.
const STAGES: [(&str, &str); 4] = [
    ("looked_through_ms", "looking through the file"),
    ("read_ms", "reading it"),
    ("opened_ms", "opening the Train page"),
    ("studied_ms", "the study"),
];

/// Runs all in turn.
///
/// # Errors
/// Where one of the programs fails.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let peer = Peer::set_up(&shared)?;
    let reviews = peer.reviews().canonicalize()?;
    let mut build = process::cargo();
    process::run(build.args(["build", "--quiet", "--profile", "native", "--package", "reviewlab-cli"]))?;
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let mut native: [Sides; NATIVE.len()] = Default::default();
    let mut page: [Sides; PAGE.len()] = Default::default();
    let mut runs = Vec::new();
    for _ in 0..settings.rounds {
        let peer_s = peer.seed_job(&reviews)?;
        for (sides, (n_workers, _)) in native.iter_mut().zip(NATIVE) {
            sides.push(native_seconds(&reviews, n_workers)?, peer_s);
        }
        let measured = browser.measure("seed-job", &[("--file", word(&reviews)?)])?;
        for (sides, (name, ..)) in page.iter_mut().zip(PAGE) {
            sides.push(number(&measured, name)?, peer_s);
        }
        runs.push(measured);
    }
    let of_native = native.iter().zip(NATIVE).map(|(sides, (n_workers, at_least))| {
        sides.figure(&format!("seed-job native, workers {n_workers}"), "Python", at_least)
    });
    let of_page = page.iter().zip(PAGE).map(|(sides, (_, words, at_least))| {
        sides.figure(&format!("seed-job browser, {words}"), "Python", at_least)
    });
    let figures = of_native.chain(of_page).collect();
    let of_stages = STAGES.map(|(name, words)| format!("{words} {:.0} ms", median_of(&runs, name)));
    println!("  of which {}", of_stages.join(", "));
    println!("  all workers together {:.3} s", median_of(&runs, "together_s"));
    println!("  warm, from click to summary {:.3} s", median_of(&runs, "warm_seconds"));
    Ok(figures)
}

fn median_of(runs: &[Value], name: &str) -> f64 {
    median(&runs.iter().filter_map(|run| run[name].as_f64()).collect::<Vec<_>>())
}

/// From the process's start to its end, the project file written.
fn native_seconds(reviews: &Path, n_workers: &str) -> Result<f64> {
    let program =
        workspace::target_dir().join("native").join(format!("reviewlab{}", std::env::consts::EXE_SUFFIX));
    let project = workspace::target_dir().join("bench.reviewlab");
    if project.exists() {
        std::fs::remove_file(&project)?;
    }
    let mut command = process::in_root(program);
    command.arg("train").arg(reviews).args(["--json", "--workers", n_workers, "--out"]).arg(&project);
    let begun = Instant::now();
    let said = process::capture(&mut command)?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(said.contains("\"state\":\"finished\""), "the training did not finish");
    Ok(seconds)
}
