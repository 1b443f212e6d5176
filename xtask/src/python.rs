//! Python environments of our own, below the target folder.
//! In: what has to be installed. Out: an interpreter that has it. Never: a package outside the environment.

use anyhow::Result;
use std::path::{Path, PathBuf};

use crate::process;

/// What was asked for when the environment was made.
const STAMP: &str = "reviewlab-requirements.txt";

/// The interpreter of the environment in `folder`, made where it is not there or not of these requirements.
///
/// # Errors
/// Where there is no Python with `venv`, or pip fails.
pub fn environment(folder: &Path, requirements: &[u8]) -> Result<PathBuf> {
    let python = if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") };
    let stamp = folder.join(STAMP);
    if python.is_file() && std::fs::read(&stamp).is_ok_and(|made| made == requirements) {
        return Ok(python);
    }
    println!("setting up {}", folder.display());
    let system = if cfg!(windows) { "python" } else { "python3" };
    process::run(process::in_root(system).args(["-m", "venv"]).arg(folder))?;
    let wanted = folder.join("requirements.txt");
    std::fs::write(&wanted, requirements)?;
    let mut pip = process::in_root(&python);
    process::run(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted))?;
    std::fs::write(&stamp, requirements)?;
    Ok(python)
}
