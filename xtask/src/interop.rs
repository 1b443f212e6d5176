//! The other tools themselves, asked what they make of the same thing.
//! In: the name of a tool. Out: a line a comparison, and failure where one does not hold.
//! Never: a package outside an environment below `target/interop`.

mod mlflow_model;
mod mlflow;

use anyhow::{Result, bail};

/// `cargo xtask interop [NAME]`.
///
/// # Errors
/// Where the name is none of ours, a tool cannot be installed, or something does not hold.
pub fn run(words: &[String]) -> Result<()> {
    match words {
        [] => mlflow::run().and_then(|()| mlflow_model::run()),
        [name] if name == "mlflow" => mlflow::run().and_then(|()| mlflow_model::run()),
        [name] if name == "mlflow-model" => mlflow_model::run(),
        _ => bail!("`{}` is none of: mlflow, mlflow-model", words.join(" ")),
    }
}
