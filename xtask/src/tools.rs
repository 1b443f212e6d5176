//! The tools a build needs: wasm target, trunk, wasm-bindgen, wasm-opt.
//! In: the versions pinned here and in Cargo.lock. Out: where each tool lies; a missing one is installed into
//! `target/tools` with the environment that builds it fastest. A right version on PATH is used as it is.
//! Never: changes a tool the user has.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{arguments, lean, process, workspace};

/// The target the page is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The toolchain's component that holds the sources of the standard library.
const STD_SOURCE: &str = "rust-src";
const TRUNK_VERSION: &str = "0.21.14";
const BINARYEN_VERSION: &str = "132.0.0";
/// The oldest wasm-opt known to read what rustc writes.
const MIN_WASM_OPT: u32 = 108;

/// A tool is run a few times and built once: what counts is the time to build it.
const FAST: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
    ("CARGO_PROFILE_RELEASE_PANIC", "unwind"),
];

/// `cargo xtask setup`.
///
/// # Errors
/// When a tool is missing and cannot be installed.
pub fn run(words: &[String]) -> Result<()> {
    arguments::none(words)?;
    setup().map(|_| ())
}

/// Where the tools of a build lie.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The program trunk.
    pub trunk: PathBuf,
    /// The folder of wasm-bindgen and wasm-bindgen-test-runner, of Cargo.lock's version.
    pub wasm_bindgen_dir: PathBuf,
    /// Whether the sources of Rust's standard library are there, to compile it with the page.
    pub has_std_source: bool,
}

impl Tools {
    /// PATH with the right wasm-bindgen first.
    pub fn search_path(&self) -> OsString {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.wasm_bindgen_dir.clone()).chain(std::env::split_paths(&old));
        std::env::join_paths(folders).expect("these folders came from a PATH or hold no separator")
    }
}

/// Makes sure that everything a build needs is there, and prints each step with its time.
///
/// # Errors
/// When something is missing and cannot be installed.
pub fn setup() -> Result<Tools> {
    step(WASM_TARGET, || add_target(WASM_TARGET))?;
    let trunk = step(&format!("trunk {TRUNK_VERSION}"), ensure_trunk)?;
    let version = workspace::locked_version("wasm-bindgen")?
        .context("Cargo.lock names no wasm-bindgen; the page cannot be built without")?;
    let wasm_bindgen_dir = step(&format!("wasm-bindgen {version}"), || ensure_wasm_bindgen(&version))?;
    let has_std_source = step("sources of std", ensure_std_source)?;
    step("crates of the page", || fetch_crates(has_std_source))?;
    Ok(Tools { trunk, wasm_bindgen_dir, has_std_source })
}

/// Adds a compilation target to the pinned toolchain unless it is there. Returns whether it was.
///
/// # Errors
/// When it is missing and rustup is, too, or fails.
pub fn add_target(target: &str) -> Result<(Found, ())> {
    if rustlib()?.join(target).join("lib").is_dir() {
        return Ok((Found::Ready, ()));
    }
    if process::find("rustup").is_none() {
        bail!(
            "the Rust target {target} is missing and there is no rustup to add it: install it from https://rustup.rs"
        );
    }
    process::run(process::in_root("rustup").args(["target", "add", target]))?;
    Ok((Found::Installed, ()))
}

/// The sources of the pinned toolchain's standard library. Where they cannot be had, the page is built with the
/// library as it was delivered, and is larger.
fn ensure_std_source() -> Result<(Found, bool)> {
    let manifest = rustlib()?.join("src").join("rust").join("library").join("Cargo.lock");
    if manifest.is_file() {
        return Ok((Found::Ready, true));
    }
    let added = process::run(process::in_root("rustup").args(["component", "add", STD_SOURCE]));
    if let Err(error) = added {
        println!("setup: no {STD_SOURCE} ({error}): the page is built without, and about a tenth larger");
        return Ok((Found::Missing, false));
    }
    Ok((Found::Installed, true))
}

/// Downloads what the page is compiled from, the standard library's own crates included: trunk works offline.
fn fetch_crates(has_std_source: bool) -> Result<(Found, ())> {
    let mut fetch = process::in_root("cargo");
    // Without a target: what runs on this machine while the page is built.
    process::run(fetch.args(["fetch", "--locked", "--quiet"]))?;
    let mut fetch = process::in_root("cargo");
    fetch.args(["fetch", "--locked", "--quiet", "--target", WASM_TARGET]);
    if has_std_source {
        fetch.envs(lean::ENVIRONMENT.iter().copied());
    }
    process::run(&mut fetch)?;
    Ok((Found::Ready, ()))
}

/// Where the pinned toolchain keeps its libraries.
fn rustlib() -> Result<PathBuf> {
    let sysroot = process::capture(process::in_root("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib").join("rustlib"))
}

/// Adds components (`clippy`, `rustfmt`) to the pinned toolchain unless they are there.
///
/// # Errors
/// When one is missing and rustup is, too, or fails.
pub fn add_component(component: &str, program: &str) -> Result<(Found, ())> {
    let mut probe = process::in_root("cargo");
    if answers(probe.args([program, "--version"])) {
        return Ok((Found::Ready, ()));
    }
    process::run(process::in_root("rustup").args(["component", "add", component]))
        .with_context(|| format!("the toolchain lacks {component}"))?;
    Ok((Found::Installed, ()))
}

/// How a tool came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was there before.
    Ready,
    /// It was installed just now.
    Installed,
    /// It cannot be had, and things go without.
    Missing,
}

/// Runs one step of the setup and prints its name, how it went and its seconds.
///
/// # Errors
/// Those of the step.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<(Found, T)>) -> Result<T> {
    let started = Instant::now();
    let (found, value) = work().with_context(|| format!("setting up {name}"))?;
    let word = match found {
        Found::Ready => "ready",
        Found::Installed => "installed",
        Found::Missing => "missing",
    };
    println!("setup: {name:<28} {word:<10} {:>6.1} s", started.elapsed().as_secs_f64());
    Ok(value)
}

fn ensure_trunk() -> Result<(Found, PathBuf)> {
    if let Some(folder) = folder_with("trunk", TRUNK_VERSION) {
        let trunk = process::in_folder(&folder, "trunk").expect("folder_with saw it there");
        return Ok((Found::Ready, trunk));
    }
    let version = ["--version", TRUNK_VERSION];
    install(
        "trunk",
        &[&version[..], &["--locked", "--no-default-features", "--features", "rustls"]].concat(),
    )?;
    let trunk = process::in_folder(&tools_bin(), "trunk").context("cargo install left no trunk")?;
    Ok((Found::Installed, trunk))
}

fn ensure_wasm_bindgen(version: &str) -> Result<(Found, PathBuf)> {
    let complete = |folder: &PathBuf| process::in_folder(folder, "wasm-bindgen-test-runner").is_some();
    if let Some(folder) = folder_with("wasm-bindgen", version).filter(complete) {
        return Ok((Found::Ready, folder));
    }
    // Not --locked: the lock file that comes with it is older than what registries still hold.
    install("wasm-bindgen-cli", &["--version", version])?;
    Ok((Found::Installed, tools_bin()))
}

fn tools_bin() -> PathBuf {
    workspace::tools_dir().join("bin")
}

/// The first folder, `target/tools/bin` before PATH, whose `program` is of `version`.
fn folder_with(program: &str, version: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools_bin()).chain(std::env::split_paths(&path));
    folders.into_iter().find(|folder| {
        process::in_folder(folder, program).and_then(|path| version_of(&path)).as_deref() == Some(version)
    })
}

/// The last word of the first line of `PROGRAM --version`.
fn version_of(program: &Path) -> Option<String> {
    let text = process::capture(Command::new(program).arg("--version").env_remove("NO_COLOR")).ok()?;
    text.lines().next()?.split_whitespace().last().map(str::to_owned)
}

fn install(package: &str, options: &[&str]) -> Result<()> {
    let tools = workspace::tools_dir();
    // Kept until the end, so that an interrupted installation goes on where it stopped.
    let build_dir = tools.join("build");
    println!("setup: building {package}; this takes a few minutes, once");
    let mut command = process::cargo();
    command.args(["install", "--force", package]).args(options);
    command.arg("--root").arg(&tools).arg("--target-dir").arg(&build_dir);
    command.envs(FAST.iter().copied()).env_remove("RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
    process::run(&mut command)?;
    std::fs::remove_dir_all(&build_dir).with_context(|| format!("cannot remove {}", build_dir.display()))
}

/// wasm-opt, which makes the page smaller and faster; the page works without.
#[derive(Debug, Clone)]
pub struct WasmOpt {
    /// The program and what comes before its own options: node and a script, or wasm-opt itself.
    start: Vec<PathBuf>,
}

impl WasmOpt {
    /// A command that runs it; the options are added by the caller.
    pub fn command(&self) -> Command {
        let mut command = process::in_root(&self.start[0]);
        command.args(&self.start[1..]);
        command
    }

    /// What it says of its version.
    pub fn version(&self) -> String {
        process::capture(self.command().arg("--version"))
            .map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned())
    }

    /// The wasm-opt that is there: on PATH, or installed before into `target/tools`.
    pub fn find() -> Option<WasmOpt> {
        let on_path = process::find("wasm-opt").map(|program| WasmOpt { start: vec![program] });
        let script =
            workspace::tools_dir().join("node_modules").join("binaryen").join("bin").join("wasm-opt");
        let installed = process::find("node")
            .filter(|_| script.is_file())
            .map(|node| WasmOpt { start: vec![node, script] });
        [on_path, installed].into_iter().flatten().find(WasmOpt::is_new_enough)
    }

    /// Finds it or installs it: by npm into `target/tools`, or Debian's package where we are root.
    ///
    /// # Errors
    /// When an installation that should work fails. Where there is no way to install it, the answer is `None`.
    pub fn ensure() -> Result<Option<WasmOpt>> {
        if let Some(found) = WasmOpt::find() {
            return Ok(Some(found));
        }
        step("wasm-opt", || {
            if let Some(npm) = process::find("npm") {
                install_binaryen(&npm)?;
            } else if is_debian() && is_root() {
                apt_install(&["binaryen"])?;
            }
            Ok((Found::Installed, ()))
        })?;
        Ok(WasmOpt::find())
    }

    fn is_new_enough(&self) -> bool {
        release_in(&self.version()).is_some_and(|release| release >= MIN_WASM_OPT)
    }
}

/// 108 in `wasm-opt version 108 (version_108)`.
fn release_in(version: &str) -> Option<u32> {
    version.split_whitespace().find_map(|word| word.parse().ok())
}

fn install_binaryen(npm: &Path) -> Result<()> {
    let tools = workspace::tools_dir();
    std::fs::create_dir_all(&tools).with_context(|| format!("cannot make {}", tools.display()))?;
    let package = format!("binaryen@{BINARYEN_VERSION}");
    let mut command = process::in_root(npm);
    command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix"]);
    process::run(command.arg(&tools).arg(package).stdout(Stdio::null()))
}

/// Whether /etc/os-release says that this is Debian.
pub fn is_debian() -> bool {
    let text = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    text.lines().any(|line| matches!(line.trim(), "ID=debian" | "ID=\"debian\""))
}

/// Whether we may install packages of the system.
pub fn is_root() -> bool {
    cfg!(unix) && process::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs Debian's packages.
///
/// # Errors
/// When apt-get fails.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = |words: &[&str]| {
        let mut command = process::in_root("apt-get");
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        command
    };
    process::run(&mut apt(&["update", "--quiet"]))?;
    process::run(apt(&["install", "--quiet", "--yes", "--no-install-recommends"]).args(packages))
}

/// Whether a program starts and ends well; what it prints is not shown.
fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_wasm_opt_is_read() {
        assert_eq!(release_in("wasm-opt version 108"), Some(108));
        assert_eq!(release_in("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(release_in("?"), None);
    }

    #[test]
    fn the_right_wasm_bindgen_comes_first_on_the_path() {
        let tools =
            Tools { trunk: "t/trunk".into(), wasm_bindgen_dir: "some/folder".into(), has_std_source: false };
        let first = std::env::split_paths(&tools.search_path()).next();
        assert_eq!(first, Some(PathBuf::from("some/folder")));
    }
}
