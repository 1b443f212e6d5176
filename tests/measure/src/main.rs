//! Times the engine natively, one measurement a process, so that none warms the next.
//! In: what to measure, a file. Out: one JSON line of named numbers. Never: work the peer has not to do left out, nor
//! the reading of what is given timed where only the work on it is asked for.

mod reviews;
mod memory;
mod cleaning;
mod forest;
mod scale;
mod floor;
mod solvers;
mod reference_job;
mod script;
mod statistics;
mod tuner;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// As in the terminal program.
#[global_allocator]
static MEMORY: pages::LargePages = pages::LargePages;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
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

fn run(words: &[&str]) -> Result<Value> {
    match words {
        ["cleaning", file] => cleaning::run(Path::new(file)),
        ["solvers", file, "--gap", gap, "--matrix", matrix] => {
            solvers::run(Path::new(file), gap.parse().context("a gap")?, Some(Path::new(matrix)))
        }
        ["solvers", file, "--gap", gap] => solvers::run(Path::new(file), gap.parse().context("a gap")?, None),
        ["gap", file, model, fitted] => solvers::objective_of(Path::new(file), model, Path::new(fitted)),
        ["forest", file] => forest::run(Path::new(file)),
        ["scale", file, "--threads", n] => {
            scale::run(Path::new(file), n.parse().context("a number of threads")?)
        }
        ["floor", file] => floor::run(Path::new(file)),
        ["growth", file] => scale::grow(Path::new(file)),
        ["job", file, "--rounds", n] => {
            reference_job::run(Path::new(file), n.parse().context("a number of rounds")?)
        }
        ["tuner", file, "--seeds", n] => tuner::run(Path::new(file), n.parse().context("a number of seeds")?),
        ["alarms", file, n_reference, n_batch, n_repeats] => statistics::alarms(
            Path::new(file),
            (n_reference.parse().context("a size")?, n_batch.parse().context("a size")?),
            n_repeats.parse().context("a number of repeats")?,
        ),
        ["power", file, n_reference, n_batch] => statistics::power(
            Path::new(file),
            (n_reference.parse().context("a size")?, n_batch.parse().context("a size")?),
        ),
        ["winners", share, n_tests, n_labels] => statistics::winners(
            share.parse().context("a share")?,
            n_tests.parse().context("a number of tests")?,
            n_labels.parse().context("a number of labels")?,
        ),
        ["job-script", file, out] => script::reference_job(Path::new(file), Path::new(out)),
        ["scale-script", file, out] => script::scale(Path::new(file), Path::new(out)),
        _ => bail!("this program is started by `cargo xtask bench`"),
    }
}
