//! LIBLINEAR's own program, as Debian packs it.
//! In: a matrix in its form, a model, a tolerance. Out: seconds; the model file it wrote. Never: an installation but on
//! Debian, where we are root.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use crate::{process, tools};

const NAME: &str = "liblinear-train";
const PACKAGE: &str = "liblinear-tools";
/// A tolerance at which it stops before its first step: what is left is reading, getting ready and writing.
const NO_STEP: f64 = 1e9;

/// The program.
pub struct Liblinear(PathBuf);

/// What is to be fitted, in its own words.
pub struct Task<'a> {
    /// `-s`: 0 logistic regression, 2 linear SVM, both by the primal.
    pub solver: &'a str,
    /// `-c`.
    pub c: f64,
    /// `-w-1` and `-w1`.
    pub weights: [f64; 2],
    /// The rows.
    pub matrix: &'a Path,
    /// Where the model goes.
    pub model: &'a Path,
}

impl Liblinear {
    /// The program that is there; `None`, said in one sentence, where there is none and none can be installed.
    ///
    /// # Errors
    /// Where the installation fails.
    pub fn ensure() -> Result<Option<Self>> {
        if process::find(NAME).is_none() && tools::is_debian() && tools::is_root() {
            tools::apt_install(&[PACKAGE])?;
        }
        let found = process::find(NAME);
        if found.is_none() {
            println!("skipped: there is no {NAME} on PATH; Debian's package {PACKAGE} brings it");
        }
        Ok(found.map(Self))
    }

    /// Seconds of a run with this tolerance, less those of one that takes no step.
    ///
    /// # Errors
    /// Where it fails.
    pub fn seconds(&self, task: &Task<'_>, tolerance: f64) -> Result<f64> {
        let without = self.whole_seconds(task, NO_STEP)?;
        Ok(self.whole_seconds(task, tolerance)? - without)
    }

    fn whole_seconds(&self, task: &Task<'_>, tolerance: f64) -> Result<f64> {
        let mut command = process::in_root(&self.0);
        command.args(["-q", "-s", task.solver, "-B", "1"]);
        command.args(["-c", &task.c.to_string(), "-e", &tolerance.to_string()]);
        let [negative, positive] = task.weights.map(|weight| weight.to_string());
        command.args(["-w-1", &negative, "-w1", &positive]).arg(task.matrix).arg(task.model);
        let begun = Instant::now();
        process::run(command.stdout(Stdio::null())).context("LIBLINEAR")?;
        Ok(begun.elapsed().as_secs_f64())
    }
}
