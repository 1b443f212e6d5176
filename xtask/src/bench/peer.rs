//! The Python peer in a virtual environment of its own, below the target folder.
//! In: the shared folder. Out: the seconds its whole job takes. Never: a package outside that environment.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};

use crate::{process, workspace};

/// The peer, ready to run.
pub struct Peer {
    python: PathBuf,
    script: PathBuf,
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
        let folder = workspace::target_dir().join("bench-venv");
        let python =
            if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") };
        let requirements = shared.join("reference").join("requirements.txt");
        let wanted = std::fs::read(&requirements)
            .with_context(|| format!("cannot read {}", requirements.display()))?;
        let stamp = folder.join("reviewlab-requirements.txt");
        if !python.is_file() || std::fs::read(&stamp).ok().as_ref() != Some(&wanted) {
            println!("setting up {}", folder.display());
            let system = if cfg!(windows) { "python" } else { "python3" };
            process::run(process::in_root(system).args(["-m", "venv"]).arg(&folder))?;
            let mut pip = process::in_root(&python);
            process::run(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))?;
            std::fs::write(&stamp, &wanted)?;
        }
        Ok(Self { python, script: shared.join("bench").join("peer_seed_job.py") })
    }

    /// Runs the job on a file, and gives the seconds that it says it took: imports, reading, tuning, fits.
    ///
    /// # Errors
    /// Where it fails or says no time.
    pub fn seconds(&self, reviews: &Path) -> Result<f64> {
        // One job is the fastest on two cores.
        let said = process::capture(process::in_root(&self.python).arg(&self.script).arg(reviews).arg("1"))?;
        let last = said.lines().last().and_then(|line| line.strip_prefix("seconds "));
        let seconds: Seconds = serde_json::from_str(last.context("the peer says no seconds")?)?;
        Ok(seconds.total)
    }
}
