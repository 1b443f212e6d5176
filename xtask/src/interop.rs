//! The other tools themselves, asked what they make of the same thing.
//! In: the name of a tool. Out: a line a comparison, and failure where one does not hold.
//! Never: a package outside an environment below `target/interop`.

mod mlflow;

use anyhow::{Result, bail};

/// `cargo xtask interop [NAME]`.
///
/// # Errors
/// Where the name is none of ours, a tool cannot be installed, or something does not hold.
pub fn run(words: &[String]) -> Result<()> {
    match words {
        [] => mlflow::run(),
        [name] if name == "mlflow" => mlflow::run(),
        _ => bail!("`{}` is none of: mlflow", words.join(" ")),
    }
}
