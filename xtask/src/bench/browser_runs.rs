//! The built site in headless Chromium: the program that drives it, and what it measured.
//! In: a site, what to measure. Out: named numbers. Never: a browser that is not the one the tests use.

use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::PathBuf;

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
    pub fn measure(&self, what: &str, options: &[(&str, &str)]) -> Result<Value> {
        let mut command = process::cargo();
        command.args(["run", "--quiet", "--package", "e2e", "--bin", "bench", "--", "--what", what]);
        command.arg("--site").arg(&self.site);
        options.iter().for_each(|(name, value)| {
            command.args([name, value]);
        });
        let said = process::capture(
            command.env("CHROME", &self.browser.chrome).env("CHROMEDRIVER", &self.browser.driver),
        )?;
        let last = said.lines().last().context("the browser's program said nothing")?;
        serde_json::from_str(last).with_context(|| format!("'{last}' is no measurement"))
    }
}

/// What the last of several rounds in the same workers took: by then they are warm.
///
/// # Errors
/// Where it was not measured.
pub fn last_seconds(measured: &Value, name: &str) -> Result<f64> {
    let rounds = measured[name].as_array();
    rounds.and_then(|rounds| rounds.last()?.as_f64()).with_context(|| format!("'{name}' was not measured"))
}
