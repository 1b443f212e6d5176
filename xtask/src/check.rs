//! The second command of the README, and all that CI calls: every check and every test, in order.
//! In: the workspace. Out: each step's name, seconds and outcome, and at the end a summary of all that ran.
//! Never: stops at a failure, or counts as passed what did not run.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::browser::{self, Browser};
use crate::tools::{Tools, WASM_TARGET, WasmOpt};
use crate::{arguments, interop, metadata, process, site, size, tidy, tools, workspace};

const WINDOWS_TARGET: &str = "x86_64-pc-windows-gnu";
/// The paths the journeys run under: a host of its own, and a project page.
const BASES: [&str; 2] = ["/", "/reviewlab/"];
/// Seconds a single wasm-bindgen test may take.
const WASM_TEST_SECONDS: &str = "180";

/// `cargo xtask test`.
///
/// # Errors
/// When any step fails.
pub fn run(words: &[String]) -> Result<()> {
    arguments::none(words)?;
    let mut steps = Steps::default();
    let tools = steps.run("setup", set_up);
    steps.run("lock file", lock_file);
    steps.run("rustfmt", || process::run(process::cargo().args(["fmt", "--all", "--check"])));
    steps.run("tidy", || tidy::run(&[]));
    steps.run("clippy (host)", clippy_host);
    steps.run("clippy (wasm32)", clippy_wasm);
    steps.run("xtask compiles for Windows", windows);
    steps.run("tests (host)", tests_host);
    steps.run("the site within the program", embedded_site);
    if interop::is_wanted() {
        steps.run("other tools", interop::all);
    } else {
        println!("\nskipped: cargo xtask interop");
    }
    let sites = steps.run("dist", || build_sites(tools.as_ref()));
    steps.run("size", || size::weigh_site(tools.as_ref().context(NO_SETUP)?));
    let browser = steps.run("browser", browser::ensure);
    steps.run("tests (wasm32 in the browser)", || tests_wasm(tools.as_ref(), browser.as_ref()));
    for (number, base) in BASES.into_iter().enumerate() {
        let site = sites.as_ref().map(|sites| &sites[number]);
        steps.run(&format!("journeys at {base}"), || journeys(site, base, browser.as_ref()));
    }
    steps.summary()
}

const NO_SETUP: &str = "the setup failed, see above";

/// What ran, how long, and how it ended.
#[derive(Default)]
struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    is_ok: bool,
}

impl Steps {
    /// Runs a step; what went wrong is printed and remembered.
    fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n=== {name}");
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        if let Err(error) = &outcome {
            println!("{error:#}");
        }
        let step = Step { name: name.to_owned(), took, is_ok: outcome.is_ok() };
        println!("=== {}", step.line());
        self.done.push(step);
        outcome.ok()
    }

    fn summary(&self) -> Result<()> {
        println!("\nWhat ran:");
        for step in &self.done {
            println!("  {}", step.line());
        }
        let total: Duration = self.done.iter().map(|step| step.took).sum();
        let failed: Vec<&str> =
            self.done.iter().filter(|step| !step.is_ok).map(|step| step.name.as_str()).collect();
        let n_done = self.done.len();
        if !failed.is_empty() {
            bail!(
                "{} of {n_done} steps failed in {:.0} s: {}",
                failed.len(),
                total.as_secs_f64(),
                failed.join(", ")
            );
        }
        println!("All {n_done} steps passed in {:.0} s.", total.as_secs_f64());
        Ok(())
    }
}

impl Step {
    fn line(&self) -> String {
        let outcome = if self.is_ok { "ok" } else { "FAILED" };
        format!("{:<32} {outcome:<6} {:>7.1} s", self.name, self.took.as_secs_f64())
    }
}

fn set_up() -> Result<Tools> {
    tools::step("rustfmt", || tools::add_component("rustfmt", "fmt"))?;
    tools::step("clippy", || tools::add_component("clippy", "clippy"))?;
    tools::setup()
}

/// A manifest that says something else than Cargo.lock would build something else on the next machine.
fn lock_file() -> Result<()> {
    process::capture(process::cargo().args(["metadata", "--locked", "--format-version", "1"]))
        .map(|_| ())
        .context("Cargo.lock is not up to date: run `cargo update --workspace` and commit it")
}

fn clippy_host() -> Result<()> {
    process::run(process::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Libraries and programs first; a filter for the tests would leave them out.
fn clippy_wasm() -> Result<()> {
    let mut packages = page_packages(&metadata::read()?);
    clippy_for_wasm(&packages, &[])?;
    packages.retain(|package| package.has_wasm_tests);
    if packages.is_empty() { Ok(()) } else { clippy_for_wasm(&packages, WASM_TESTS) }
}

fn clippy_for_wasm(packages: &[PagePackage], targets: &[&str]) -> Result<()> {
    let mut command = process::cargo();
    command.args(["clippy", "--target", WASM_TARGET]).args(of(packages)).args(targets);
    process::run(command.args(["--", "-D", "warnings"]))
}

fn windows() -> Result<()> {
    tools::step(WINDOWS_TARGET, || tools::add_target(WINDOWS_TARGET))?;
    process::run(process::cargo().args(["check", "--package", "xtask", "--target", WINDOWS_TARGET]))
}

/// The journeys are a program, started below; everything else is tested here.
fn tests_host() -> Result<()> {
    process::run(process::cargo().args(["test", "--workspace", "--exclude", "e2e", "--no-fail-fast"]))?;
    process::run(process::cargo().args(["test", "--package", "e2e", "--no-fail-fast"]))
}

/// The terminal program with a small site in it; with the features of all packages, so that little is built anew.
fn embedded_site() -> Result<()> {
    const TEST: &str = "serving::the_site_within_the_program_is_served";
    let site = workspace::target_dir().join("site").join("small");
    fs::create_dir_all(site.join("samples"))?;
    let html = fs::read_to_string(workspace::root().join("index.html"))?;
    let policy = site::content_security_policy(&html).context("index.html carries no policy")?;
    fs::write(site.join("index.html"), &html)?;
    fs::write(site.join("_headers"), format!("/*\n  Content-Security-Policy: {policy}\n"))?;
    fs::write(site.join("samples").join("a.csv"), "text,label\n")?;
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--exclude", "e2e", "--features", "reviewlab-cli/embed-site"]);
    command.args(["--test", "terminal", "--", "--exact", TEST]).env("REVIEWLAB_SITE", &site);
    let said = process::capture(&mut command)?;
    ensure!(said.contains("1 passed"), "{TEST} did not run: {said}");
    Ok(())
}

fn tests_wasm(tools: Option<&Tools>, browser: Option<&Browser>) -> Result<()> {
    let tools = tools.context(NO_SETUP)?;
    let browser = browser.context(NO_BROWSER)?;
    let mut packages = page_packages(&metadata::read()?);
    packages.retain(|package| package.has_wasm_tests);
    if packages.is_empty() {
        bail!("no package has a test target named `web` or `web_…`, so nothing was tested in the browser");
    }
    let mut command = process::cargo();
    command.args(["test", "--target", WASM_TARGET, "--no-fail-fast"]);
    command.args(of(&packages)).args(WASM_TESTS);
    command.env("PATH", tools.search_path()).env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TEST_SECONDS);
    process::run(command.envs(browser.environment()?))
}

const NO_BROWSER: &str = "there is no browser to run this in, see above";

/// What cargo is told to mean the tests that run in a browser; no other test of these packages bears such a name.
const WASM_TESTS: &[&str] = &["--test", "web*"];

/// A package that the page is made of.
struct PagePackage {
    name: String,
    has_wasm_tests: bool,
}

/// The members that are compiled for the page: the root and all crates but the terminal program.
fn page_packages(metadata: &Value) -> Vec<PagePackage> {
    let mut packages = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let folder = PathBuf::from(package["manifest_path"].as_str().unwrap_or_default());
        let folder = folder.parent().map(PathBuf::from).unwrap_or_default();
        let is_crate = folder.parent().is_some_and(|parent| parent.ends_with("crates"));
        let is_page = folder == workspace::root() || (is_crate && !folder.ends_with("cli"));
        if !is_page {
            continue;
        }
        let targets = package["targets"].as_array().into_iter().flatten();
        let has_wasm_tests = targets.clone().any(|target| {
            let name = target["name"].as_str().unwrap_or_default();
            target["kind"][0] == "test" && (name == "web" || name.starts_with("web_"))
        });
        packages.push(PagePackage {
            name: package["name"].as_str().unwrap_or_default().to_owned(),
            has_wasm_tests,
        });
    }
    packages
}

/// What cargo is told to mean these packages.
fn of(packages: &[PagePackage]) -> impl Iterator<Item = &str> {
    packages.iter().flat_map(|package| ["--package", package.name.as_str()])
}

/// Builds the site for both base paths; the program in it is compiled and optimised once.
fn build_sites(tools: Option<&Tools>) -> Result<[PathBuf; 2]> {
    let tools = tools.context(NO_SETUP)?;
    let wasm_opt = WasmOpt::ensure()?;
    if wasm_opt.is_none() {
        println!("there is no wasm-opt and no npm to install it with: the site is tested without");
    }
    let folder = workspace::target_dir().join("site");
    let sites = [folder.join("root"), folder.join("project")];
    for (base, out) in BASES.iter().zip(&sites) {
        site::build(tools, wasm_opt.as_ref(), base, out)?;
    }
    Ok(sites)
}

fn journeys(site: Option<&PathBuf>, base: &str, browser: Option<&Browser>) -> Result<()> {
    let site = site.context("there is no site to open, see above")?;
    let browser = browser.context(NO_BROWSER)?;
    let mut command = process::cargo();
    command.args(["run", "--quiet", "--package", "e2e", "--", "--base", base, "--site"]).arg(site);
    process::run(command.env("CHROME", &browser.chrome).env("CHROMEDRIVER", &browser.driver))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_and_stops_nothing() {
        let mut steps = Steps::default();
        assert_eq!(steps.run("one", || Ok(1)), Some(1));
        assert_eq!(steps.run("two", || -> Result<u8> { bail!("no") }), None);
        assert_eq!(steps.run("three", || Ok(3)), Some(3));
        let error = steps.summary().expect_err("a step failed");
        assert_eq!(error.to_string(), "1 of 3 steps failed in 0 s: two");
    }

    #[test]
    fn page_packages_are_the_root_and_the_crates_but_the_terminal() {
        let root = workspace::root();
        let package = |name: &str, folder: PathBuf, test: &str| {
            serde_json::json!({
                "name": name,
                "manifest_path": folder.join("Cargo.toml"),
                "targets": [{ "name": test, "kind": ["test"] }],
            })
        };
        let metadata = serde_json::json!({ "packages": [
            package("reviewlab", root.clone(), "web"),
            package("engine", root.join("crates").join("engine"), "golden"),
            package("cli", root.join("crates").join("cli"), "web"),
            package("xtask", root.join("xtask"), "web"),
        ]});
        let packages = page_packages(&metadata);
        let found: Vec<_> =
            packages.iter().map(|package| (package.name.as_str(), package.has_wasm_tests)).collect();
        assert_eq!(found, [("reviewlab", true), ("engine", false)]);
    }
}
