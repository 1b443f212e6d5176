//! The whole reference job, Python's and ours: read, clean, three models by twenty trials by five folds, final fits.
//! In: the real file. Out: seconds of the peer, of the terminal program with one and two workers, and of the page in
//! a browser, each from start to summary, in turn. Never: a part of the job left out on our side.

use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Instant;

use super::browser_runs::BrowserRuns;
use super::figure::{Figure, median, spread};
use super::peer::Peer;
use super::{Settings, shared};
use crate::{process, workspace};

const NATIVE_AT_LEAST: f64 = 100.0;
const BROWSER_AT_LEAST: f64 = 20.0;
const N_WORKERS: [&str; 2] = ["1", "2"];

/// The page's stages, each from one click to the next: their names in what was measured, and in words.
const STAGES: &[(&str, &str)] = &[
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
    let reviews = shared.join("data").join("flipkart_reviews.csv").canonicalize()?;
    let peer = Peer::set_up(&shared)?;
    process::run(process::cargo().args([
        "build",
        "--quiet",
        "--profile",
        "native",
        "--package",
        "reviewlab-cli",
    ]))?;
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let (mut theirs, mut native, mut page) = (Vec::new(), [Vec::new(), Vec::new()], Vec::new());
    let mut stages: [Vec<f64>; STAGES.len()] = Default::default();
    for _ in 0..settings.rounds {
        theirs.push(peer.seconds(&reviews)?);
        for (seconds, n_workers) in native.iter_mut().zip(N_WORKERS) {
            seconds.push(native_seconds(&reviews, n_workers)?);
        }
        let measured = browser.measure("seed-job", Some(&reviews))?;
        page.push(measured.get("seconds").copied().unwrap_or(f64::NAN));
        for (of_stage, (stage, _)) in stages.iter_mut().zip(STAGES) {
            of_stage.push(measured.get(*stage).copied().unwrap_or(f64::NAN));
        }
    }
    println!("{:<28} {}", "Python", spread(&theirs));
    let peer_s = median(&theirs);
    let mut figures = Vec::new();
    for (seconds, n_workers) in native.iter().zip(N_WORKERS) {
        let name = format!("seed-job native, workers {n_workers}");
        figures.push(figure(&name, seconds, peer_s, NATIVE_AT_LEAST));
    }
    figures.push(figure("seed-job browser", &page, peer_s, BROWSER_AT_LEAST));
    let of_stages = stages.iter().zip(STAGES).map(|(ms, (_, words))| format!("{words} {:.0} ms", median(ms)));
    println!("  of which {}", of_stages.collect::<Vec<_>>().join(", "));
    Ok(figures)
}

fn figure(name: &str, seconds: &[f64], peer_s: f64, at_least: f64) -> Figure {
    let ours_s = median(seconds);
    println!("{name:<28} {}, {:.0} times faster", spread(seconds), peer_s / ours_s);
    Figure::ratio(name, ours_s, peer_s, at_least)
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
