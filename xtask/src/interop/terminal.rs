//! The terminal program, built and asked.

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{process, workspace};

/// The program, built as tests build it.
///
/// # Errors
/// Where it cannot be built.
pub(super) fn program() -> Result<PathBuf> {
    process::run(process::cargo().args(["build", "--quiet", "--package", "reviewlab-cli"]))?;
    Ok(workspace::target_dir().join("debug").join(format!("reviewlab{}", std::env::consts::EXE_SUFFIX)))
}

/// What the program prints, as JSON.
///
/// # Errors
/// Where it fails or prints something else.
pub(super) fn json<T: DeserializeOwned>(command: &mut Command) -> Result<T> {
    let said = process::capture(command)?;
    serde_json::from_str(&said)
        .with_context(|| format!("`{}` printed no such JSON", process::line_of(command)))
}

/// A project's runs that a filter means, oldest first.
///
/// # Errors
/// Where the project cannot be read.
pub(super) fn runs<T: DeserializeOwned>(program: &Path, project: &Path, filter: &str) -> Result<Vec<T>> {
    let mut runs = process::in_root(program);
    runs.arg("runs").arg(project).args(["--json", "--order-by", "run_id", "--filter", filter]);
    json(&mut runs)
}
