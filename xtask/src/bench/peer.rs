//! The Python peers in a virtual environment of its own, below the target folder.
//! In: the shared folder. Out: what a peer's script prints. Never: a package outside that environment.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

use crate::{process, python, workspace};

/// Timed by its side of `cleaning`; prints JSON.
const CLEANING: &str = include_str!("peer_cleaning.py");
/// Timed by its side of `forest`; prints JSON.
const FOREST: &str = include_str!("peer_forest.py");

/// The peers, ready to run.
pub struct Peer {
    python: PathBuf,
    shared: PathBuf,
}

#[derive(Deserialize)]
struct Seconds {
    total: f64,
}

impl Peer {
    /// Makes the environment where it is not there or not of these requirements.
    ///
    /// # Errors
    /// Where there is no Python with `venv`, or pip fails.
    pub fn set_up(shared: &Path) -> Result<Self> {
        let requirements = shared.join("reference").join("requirements.txt");
        let wanted = std::fs::read(&requirements)
            .with_context(|| format!("cannot read {}", requirements.display()))?;
        let python = python::environment(&workspace::target_dir().join("bench-venv"), &wanted)?;
        Ok(Self { python, shared: shared.to_path_buf() })
    }

    /// The real file.
    pub fn reviews(&self) -> PathBuf {
        self.shared.join("data").join("flipkart_reviews.csv")
    }

    /// A file of `n_rows` reviews mixed anew from the real ones, made where it is not there; the same numbers give
    /// the same file.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn synthetic_reviews(&self, n_rows: u32) -> Result<PathBuf> {
        let folder = workspace::target_dir().join("bench-data");
        std::fs::create_dir_all(&folder)?;
        let (path, part) =
            (folder.join(format!("reviews-{n_rows}.csv")), folder.join(format!("reviews-{n_rows}.part")));
        if !path.is_file() {
            println!("making {n_rows} reviews");
            let mut command = self.script("make_reviews.py");
            process::run(command.arg(self.reviews()).arg(n_rows.to_string()).arg(&part))?;
            std::fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    /// Runs the reference job on a file, and gives the seconds that it says it took: imports, reading, tuning, fits.
    ///
    /// # Errors
    /// Where it fails or says no time.
    pub fn seed_job(&self, reviews: &Path) -> Result<f64> {
        // One job is the fastest on two cores.
        let said = process::capture(self.script("peer_seed_job.py").arg(reviews).arg("1"))?;
        let last = said.lines().last().and_then(|line| line.strip_prefix("seconds "));
        let seconds: Seconds = serde_json::from_str(last.context("the peer says no seconds")?)?;
        Ok(seconds.total)
    }

    /// Reads, cleans, vectorises and fits three models: seconds by stage and in `total`, without imports.
    ///
    /// # Errors
    /// Where it fails or prints no JSON.
    pub fn scale(&self, reviews: &Path) -> Result<Value> {
        json(&process::capture(self.script("peer_scale.py").arg(reviews))?)
    }

    /// Cleans each text of a file once.
    ///
    /// # Errors
    /// As `scale`.
    pub fn cleaning(&self, reviews: &Path) -> Result<Value> {
        self.own_script(CLEANING, reviews)
    }

    /// Grows a forest on the reference's training part.
    ///
    /// # Errors
    /// As `scale`.
    pub fn forest(&self, reviews: &Path) -> Result<Value> {
        self.own_script(FOREST, reviews)
    }

    fn script(&self, name: &str) -> std::process::Command {
        let mut command = process::in_root(&self.python);
        command.arg(self.shared.join("bench").join(name));
        command
    }

    /// A script of ours, which finds the reference's cleaning in the folder that it is given first.
    fn own_script(&self, text: &str, reviews: &Path) -> Result<Value> {
        let mut command = process::in_root(&self.python);
        json(&process::capture(command.args(["-c", text]).arg(self.shared.join("reference")).arg(reviews))?)
    }
}

fn json(said: &str) -> Result<Value> {
    serde_json::from_str(said).with_context(|| format!("'{}' is no JSON", said.trim()))
}
