//! The other tools themselves, asked what they make of the same thing.
//! In: the name of a tool. Out: a line a comparison, and failure where one does not hold.
//! Never: a package outside an environment below `target/interop`.

mod environment;
mod reviews;
mod terminal;
mod compared;
mod fitted;
mod onnx;
mod cleaning;
mod sklearn;
mod optuna;
mod mlflow_model;
mod mlflow_runs;
mod mlflow_push;
mod mlflow;
mod prefect;
mod spark;

use anyhow::{Context as _, Result, bail};
use std::time::Instant;

/// A comparison with another tool.
type Comparison = fn() -> Result<()>;

/// Each with its name; those of the same beginning belong to one tool.
const ALL: [(&str, Comparison); 8] = [
    ("mlflow", mlflow::run),
    ("mlflow-model", mlflow_model::run),
    ("mlflow-runs", mlflow_runs::run),
    ("mlflow-push", mlflow_push::run),
    ("onnx", onnx::run),
    ("sklearn-cleaning", cleaning::run),
    ("sklearn", sklearn::run),
    ("optuna", optuna::run),
];

/// Those that take long to set up, each by its name alone.
const BY_NAME: [(&str, Comparison); 2] = [("prefect", prefect::run), ("spark", spark::run)];

/// `cargo xtask interop [NAME]`.
///
/// # Errors
/// Where the name is none of ours, a tool cannot be installed, or something does not hold.
pub fn run(words: &[String]) -> Result<()> {
    let is_meant = |name: &str| match words {
        [] => !BY_NAME.iter().any(|(by_name, _)| *by_name == name),
        [word] => name == word || name.split('-').next() == Some(word.as_str()),
        _ => false,
    };
    let meant: Vec<Comparison> =
        every().filter(|(name, _)| is_meant(name)).map(|(_, comparison)| comparison).collect();
    if meant.is_empty() {
        bail!(
            "`{}` is none of: {}",
            words.join(" "),
            every().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
        );
    }
    meant.into_iter().try_for_each(|comparison| comparison())
}

fn every() -> impl Iterator<Item = (&'static str, Comparison)> {
    ALL.into_iter().chain(BY_NAME)
}

/// Seconds in which Spark scores so many rows with an exported model.
///
/// # Errors
/// As `cargo xtask interop spark`.
pub fn spark_seconds(n_rows: u64) -> Result<f64> {
    spark::scored(n_rows)
}

/// Whether `cargo xtask test` asks the other tools: where they are here already, or everything is to be tested.
pub fn is_wanted() -> bool {
    environment::is_set_up() || std::env::var_os("CI").is_some()
}

/// All of them, each with its seconds.
///
/// # Errors
/// As `run`, at the first that fails.
pub fn all() -> Result<()> {
    for (name, comparison) in ALL {
        let began = Instant::now();
        comparison().with_context(|| format!("cargo xtask interop {name}"))?;
        println!("{name}: {:.0} s", began.elapsed().as_secs_f64());
    }
    Ok(())
}
