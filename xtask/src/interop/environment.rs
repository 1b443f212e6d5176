//! The Python that the other tools live in, and what it is asked: JSON in, JSON out.

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::{process, python, workspace};

/// The tools themselves, and what the cleaning of an exported model needs: one environment for all of them.
/// Each package with its version, so that none is another next time.
const REQUIREMENTS: &str = include_str!("requirements.txt");
/// Prefect has an environment of its own: it asks for other versions.
const PREFECT: &str = include_str!("requirements_prefect.txt");
/// So does Spark, which does not take the newest pandas.
const SPARK: &str = include_str!("requirements_spark.txt");

fn folder() -> PathBuf {
    named("tools")
}

fn named(name: &str) -> PathBuf {
    workspace::target_dir().join("interop").join(name)
}

/// Whether it is there already.
pub(super) fn is_set_up() -> bool {
    folder().is_dir()
}

/// Its interpreter.
///
/// # Errors
/// Where there is no Python, or the tools cannot be installed.
pub(super) fn tools() -> Result<PathBuf> {
    python::environment(&folder(), REQUIREMENTS.as_bytes())
}

/// The interpreter of Prefect's.
///
/// # Errors
/// As `tools`.
pub(super) fn prefect() -> Result<PathBuf> {
    python::environment(&named("prefect"), PREFECT.as_bytes())
}

/// The interpreter of Spark's.
///
/// # Errors
/// As `tools`.
pub(super) fn spark() -> Result<PathBuf> {
    python::environment(&named("spark"), SPARK.as_bytes())
}

/// What a script that is ours answers to `work` on its standard input.
///
/// # Errors
/// Where it cannot be started, fails, or prints something else than the JSON that is expected.
pub(super) fn ask<T: DeserializeOwned>(
    python: &Path,
    script: &str,
    words: &[&Path],
    work: &Value,
) -> Result<T> {
    let mut command = process::in_root(python);
    command
        .args(["-c", script])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Nothing is looked up or told on the way.
    command
        .env("GIT_PYTHON_REFRESH", "quiet")
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .env("DO_NOT_TRACK", "true");
    let mut child = command.spawn().context("Python cannot be started")?;
    let mut input = child.stdin.take().context("Python has no standard input")?;
    let work = work.to_string();
    let writer = std::thread::spawn(move || input.write_all(work.as_bytes()));
    let output = child.wait_with_output()?;
    let written = writer.join().unwrap_or(Ok(()));
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("the other tool's side ended with {}\n{}", output.status, said.trim());
    }
    written.context("Python did not read its standard input")?;
    serde_json::from_slice(&output.stdout).context("the other tool's side printed no JSON")
}
