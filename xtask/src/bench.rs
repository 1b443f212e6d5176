//! Measurements against the Python stack and against the product's own promises.
//! In: the workspace, the Python peer where it lies beside it. Out: medians and spreads, one JSON line a figure,
//! and failure where a figure does not hold. Never: a number measured in anything but the real programs.

mod figure;
mod peer;
mod program;
mod liblinear;
mod browser_runs;
mod seed_job;
mod scale;
mod cleaning;
mod solvers;
mod forest;
mod tuner;
mod wasm;
mod growth;
mod floor;
mod store;
mod statistics;
mod pages;
mod serving;
mod spark;

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;

use crate::{arguments, workspace};
use figure::Figure;

type Bench = fn(&Settings) -> Result<Vec<Figure>>;

const ALL: [(&str, Bench); 14] = [
    ("seed-job", seed_job::run),
    ("scale", scale::run),
    ("cleaning", cleaning::run),
    ("solvers", solvers::run),
    ("forest", forest::run),
    ("tuner", tuner::run),
    ("wasm", wasm::run),
    ("growth", growth::run),
    ("floor", floor::run),
    ("store", store::run),
    ("statistics", statistics::run),
    ("pages", pages::run),
    ("serve", serving::run),
    ("spark", spark::run),
];
/// How often each program runs, in turn.
const DEFAULT_ROUNDS: usize = 5;

/// What all benches may need.
struct Settings {
    rounds: usize,
    /// A built site for the base path `/`, where it need not be built.
    site: Option<PathBuf>,
}

/// `cargo xtask bench [NAME] [--rounds N] [--site FOLDER]`; all of them without a name.
///
/// # Errors
/// Where a bench cannot run, or one of its figures does not hold.
pub fn run(words: &[String]) -> Result<()> {
    let (name, options) = match words.split_first() {
        Some((name, rest)) if !name.starts_with("--") => (Some(name.as_str()), rest),
        _ => (None, words),
    };
    let [rounds, site] = arguments::options(options, ["--rounds", "--site"])?;
    let rounds = match rounds {
        Some(word) => word
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .with_context(|| format!("--rounds {word} is no number above 0"))?,
        None => DEFAULT_ROUNDS,
    };
    let settings = Settings { rounds, site: site.map(PathBuf::from) };
    let chosen: Vec<_> = ALL.iter().filter(|(known, _)| name.is_none_or(|name| name == *known)).collect();
    if chosen.is_empty() {
        bail!(
            "there is no bench '{}'; known: {}",
            name.unwrap_or_default(),
            ALL.map(|(name, _)| name).join(", ")
        );
    }
    let mut figures = Vec::new();
    for (name, bench) in chosen {
        println!("=== {name}");
        figures.extend(bench(&settings).with_context(|| format!("bench {name}"))?);
    }
    println!();
    figures.iter().for_each(|figure| println!("{}", figure.to_json()));
    let failing: Vec<&str> =
        figures.iter().filter(|figure| !figure.holds()).map(|figure| figure.bench.as_str()).collect();
    if !failing.is_empty() {
        bail!("{} of {} figures do not hold: {}", failing.len(), figures.len(), failing.join(", "));
    }
    Ok(())
}

/// The folder of the Python peer and its reviews: `$REVIEWLAB_SHARED`, or `../shared`; `None`, said in one line,
/// where there is none.
fn shared() -> Option<PathBuf> {
    let folder = match std::env::var_os("REVIEWLAB_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => workspace::root().join("../shared"),
    };
    let found = folder.join("bench").join("peer_seed_job.py").is_file();
    if !found {
        println!("skipped: the Python peer is not in {}", folder.display());
    }
    found.then_some(folder)
}
