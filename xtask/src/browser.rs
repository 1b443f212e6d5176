//! A browser of Chromium's family and its driver, for tests and benches.
//! In: `CHROME` and `CHROMEDRIVER`, PATH, the usual places of the system. Out: where both lie, of one major version,
//! and the capabilities to start them with.
//! Never: a download; only Debian's packages, where we are root.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tools::{self, Found};
use crate::{process, workspace};

/// A browser and its driver.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The browser's program.
    pub chrome: PathBuf,
    /// The driver's program.
    pub driver: PathBuf,
    /// The major version of both.
    pub major: u32,
}

/// Names on PATH, the likeliest first.
const CHROME_NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
];
const DRIVER_NAMES: &[&str] = &["chromedriver", "chromium.chromedriver", "msedgedriver"];
/// Where browsers lie that are not on PATH.
const CHROME_PLACES: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];
const DRIVER_PLACES: &[&str] = &["/usr/lib/chromium-browser/chromedriver", "/usr/lib/chromium/chromedriver"];

/// What to do where there is none, one sentence for each system.
const ADVICE: &str = "\
The browser tests need a browser of Chromium's family and its driver, of the same major version:
  Debian, Ubuntu: `sudo apt-get install chromium chromium-driver` (Ubuntu: `sudo snap install chromium`, which brings both).
  Fedora: `sudo dnf install chromium chromedriver`.
  Arch: `sudo pacman -S chromium`, which brings both.
  macOS: `brew install --cask google-chrome chromedriver`.
  Windows: install Chrome from https://www.google.com/chrome and the driver of its version from https://googlechromelabs.github.io/chrome-for-testing, and put the driver's folder on PATH.
Elsewhere, or for another copy: set CHROME and CHROMEDRIVER to the two programs.";

/// The browser that is there; on Debian, where we are root, it is installed if it is not.
///
/// # Errors
/// When there is none, saying what to install; or when browser and driver are of different versions.
pub fn ensure() -> Result<Browser> {
    let is_given = std::env::var_os("CHROME").is_some() || std::env::var_os("CHROMEDRIVER").is_some();
    let is_absent = place_of_chrome().is_none() || place_of_driver().is_none();
    if is_absent && !is_given && tools::is_debian() && tools::is_root() {
        tools::step("chromium, chromium-driver", || {
            tools::apt_install(&["chromium", "chromium-driver"])?;
            Ok((Found::Installed, ()))
        })?;
    }
    find()
}

/// The browser that is there.
///
/// # Errors
/// As [`ensure`].
pub fn find() -> Result<Browser> {
    let (Some(chrome), Some(driver)) = (place_of_chrome(), place_of_driver()) else { bail!("{ADVICE}") };
    let major = major_of(&chrome)?;
    let driver_major = major_of(&driver)?;
    ensure!(
        major == driver_major,
        "{} is of version {major} and {} of version {driver_major}; they must be the same.\n{ADVICE}",
        chrome.display(),
        driver.display()
    );
    Ok(Browser { chrome, driver, major })
}

impl Browser {
    /// The capabilities of webdriver.json, for this browser.
    ///
    /// # Errors
    /// When webdriver.json cannot be read.
    pub fn capabilities(&self) -> Result<Value> {
        let path = workspace::root().join("webdriver.json");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut capabilities: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        capabilities["goog:chromeOptions"]["binary"] = Value::from(self.chrome.to_string_lossy());
        Ok(capabilities)
    }

    /// What wasm-bindgen-test-runner must find in its environment to use this browser.
    ///
    /// # Errors
    /// When the capabilities cannot be written below the target folder.
    pub fn environment(&self) -> Result<Vec<(&'static str, OsString)>> {
        let path = workspace::target_dir().join("webdriver.json");
        let text = serde_json::to_string_pretty(&self.capabilities()?)?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(vec![
            ("CHROMEDRIVER", self.driver.clone().into_os_string()),
            ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path.into_os_string()),
        ])
    }
}

fn place_of_chrome() -> Option<PathBuf> {
    place("CHROME", CHROME_NAMES, CHROME_PLACES)
}

fn place_of_driver() -> Option<PathBuf> {
    place("CHROMEDRIVER", DRIVER_NAMES, DRIVER_PLACES)
}

fn place(variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(variable) {
        return Some(PathBuf::from(given)).filter(|path| path.is_file());
    }
    let on_path = names.iter().find_map(|name| process::find(name));
    on_path.or_else(|| places.iter().map(PathBuf::from).find(|path| path.is_file()))
}

fn major_of(program: &Path) -> Result<u32> {
    // On Windows `chrome.exe --version` opens a window instead; its version is the name of a folder beside it.
    let is_windows_chrome = cfg!(windows) && !program.to_string_lossy().contains("driver");
    let text = if is_windows_chrome {
        names_beside(program)?.join(" ")
    } else {
        process::capture(Command::new(program).arg("--version"))?
    };
    major_in(&text)
        .with_context(|| format!("{} does not say its version: {}", program.display(), text.trim()))
}

fn names_beside(program: &Path) -> Result<Vec<String>> {
    let folder = program.parent().context("a program lies in a folder")?;
    let mut names: Vec<String> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, _>>()?;
    // The newest version last is the one an update will start; the running one is the older.
    names.sort();
    Ok(names)
}

/// 156 in `Chromium 156.0.8078.79 built on Debian`: the first word that is numbers and dots.
fn major_in(text: &str) -> Option<u32> {
    let is_version = |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.split_whitespace().find(is_version)?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u32>) {
        assert_eq!(major_in(text), expected);
    }

    #[test]
    fn the_major_version_is_read() {
        check("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", Some(156));
        check("ChromeDriver 156.0.8078.79 (a21ce95c24ce)", Some(156));
        check("156.0.8078.79 chrome.exe Dictionaries", Some(156));
        check("Google Chrome", None);
    }

    #[test]
    fn capabilities_name_the_browser_and_keep_it_quiet() {
        let browser = Browser { chrome: "some/chrome".into(), driver: "some/driver".into(), major: 1 };
        let capabilities = browser.capabilities().expect("webdriver.json is there");
        let options = &capabilities["goog:chromeOptions"];
        assert_eq!(options["binary"], "some/chrome");
        assert!(options["args"].as_array().is_some_and(|flags| flags.contains(&Value::from("--headless"))));
    }
}
