//! The native program that times the engine, one measurement a process.
//! In: what to measure. Out: the numbers it prints. Never: a build but the one that is measured: `--profile native`.

use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

use crate::{process, workspace};

/// The program, built.
pub struct Program(PathBuf);

impl Program {
    /// As it runs on this machine: with the vectors that the processor turns out to have.
    ///
    /// # Errors
    /// Where the build fails.
    pub fn build() -> Result<Self> {
        build(&[], &workspace::target_dir())
    }

    /// With the vectors every x86-64 has and no others, whatever the processor has.
    ///
    /// # Errors
    /// Where the build fails.
    pub fn build_baseline() -> Result<Self> {
        // A folder of its own: features of one build would undo what the other has linked.
        build(&["--features", "baseline"], &workspace::target_dir().join("baseline"))
    }

    /// Runs one measurement.
    ///
    /// # Errors
    /// Where it fails or prints no numbers.
    pub fn measure<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Result<Value> {
        let said = process::capture(process::in_root(&self.0).args(words))?;
        serde_json::from_str(&said).with_context(|| format!("'{}' is no measurement", said.trim()))
    }
}

fn build(options: &[&str], target_dir: &Path) -> Result<Program> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--profile", "native", "--package", "measure"]).args(options);
    process::run(cargo.arg("--target-dir").arg(target_dir))?;
    Ok(Program(target_dir.join("native").join(format!("measure{}", std::env::consts::EXE_SUFFIX))))
}

/// A number of a measurement.
///
/// # Errors
/// Where it is not there.
pub fn number(measured: &Value, name: &str) -> Result<f64> {
    measured[name].as_f64().with_context(|| format!("'{name}' was not measured"))
}

/// A path as a program takes it.
///
/// # Errors
/// Where it holds letters that are no Unicode.
pub fn word(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no Unicode", path.display()))
}
