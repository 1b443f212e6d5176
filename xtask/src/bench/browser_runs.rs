//! The built site in headless Chromium: the program that drives it, and what it measured.
//! In: a site, what to measure. Out: named numbers. Never: a browser that is not the one the tests use.

use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::tools::{self, WasmOpt};
use crate::{browser, process, site, workspace};

/// A site and the browser to open it with.
pub struct BrowserRuns {
    site: PathBuf,
    browser: browser::Browser,
}

impl BrowserRuns {
    /// Takes the site given, or builds it as `cargo xtask dist` does.
    ///
    /// # Errors
    /// Where there is no browser, or the build fails.
    pub fn set_up(given: Option<&PathBuf>) -> Result<Self> {
        let browser = browser::ensure()?;
        let site = match given {
            Some(site) => site.clone(),
            None => {
                let out = workspace::target_dir().join("site").join("bench");
                site::build(&tools::setup()?, WasmOpt::ensure()?.as_ref(), "/", &out)?;
                out
            }
        };
        Ok(Self { site, browser })
    }

    /// Measures `what` once, in a browser of its own.
    ///
    /// # Errors
    /// Where the browser or the page fails.
    pub fn measure(&self, what: &str, file: Option<&Path>) -> Result<BTreeMap<String, f64>> {
        let mut command = process::cargo();
        command.args([
            "run",
            "--quiet",
            "--package",
            "e2e",
            "--bin",
            "bench",
            "--",
            "--what",
            what,
            "--site",
        ]);
        command.arg(&self.site);
        if let Some(file) = file {
            command.arg("--file").arg(file);
        }
        let said = process::capture(
            command.env("CHROME", &self.browser.chrome).env("CHROMEDRIVER", &self.browser.driver),
        )?;
        let last = said.lines().last().context("the browser's program said nothing")?;
        serde_json::from_str(last).with_context(|| format!("'{last}' is no measurement"))
    }
}
