//! The other tools themselves, asked what they make of the same thing.
//! In: the name of a tool. Out: a line a comparison, and failure where one does not hold.
//! Never: a package outside an environment below `target/interop`.

mod environment;
mod reviews;
mod compared;
mod fitted;
mod onnx;
mod sklearn;
mod mlflow_model;
mod mlflow;

use anyhow::{Result, bail};

/// A comparison with another tool.
type Comparison = fn() -> Result<()>;

/// Each with its name; those of the same beginning belong to one tool.
const ALL: [(&str, Comparison); 4] = [
    ("mlflow", mlflow::run),
    ("mlflow-model", mlflow_model::run),
    ("onnx", onnx::run),
    ("sklearn", sklearn::run),
];

/// `cargo xtask interop [NAME]`.
///
/// # Errors
/// Where the name is none of ours, a tool cannot be installed, or something does not hold.
pub fn run(words: &[String]) -> Result<()> {
    let is_meant = |name: &str| match words {
        [] => true,
        [word] => name == word || name.split('-').next() == Some(word.as_str()),
        _ => false,
    };
    let meant: Vec<Comparison> =
        ALL.into_iter().filter(|(name, _)| is_meant(name)).map(|(_, comparison)| comparison).collect();
    if meant.is_empty() {
        bail!("`{}` is none of: {}", words.join(" "), ALL.map(|(name, _)| name).join(", "));
    }
    meant.into_iter().try_for_each(|comparison| comparison())
}

/// Whether the other tools are here already, so that asking them needs no network.
pub fn is_set_up() -> bool {
    environment::is_set_up()
}
