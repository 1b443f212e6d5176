//! Where things lie in the workspace, and what its lock file says.
//! In: nothing but the place this crate was compiled at. Out: paths, versions.
//! Never: writes anything.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's Cargo.toml.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("xtask lies one folder below the root").to_path_buf()
}

/// Where installed tools lie: always inside the workspace, whatever `CARGO_TARGET_DIR` says,
/// so that they are found again by every later call.
pub fn tools_dir() -> PathBuf {
    root().join("target").join("tools")
}

/// Where cargo builds: `CARGO_TARGET_DIR`, or `target`.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The version of `package` in Cargo.lock, `None` if it is not in there.
///
/// # Errors
/// When there is no readable Cargo.lock, or two versions of the package stand in it.
pub fn locked_version(package: &str) -> Result<Option<String>> {
    let path = root().join("Cargo.lock");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}; `cargo generate-lockfile` writes it", path.display()))?;
    match versions_in(&text, package).as_slice() {
        [] => Ok(None),
        [version] => Ok(Some((*version).to_owned())),
        versions => bail!("Cargo.lock holds {} versions of {package}: {versions:?}", versions.len()),
    }
}

fn versions_in<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name_line = format!("name = \"{package}\"");
    let mut versions = Vec::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line != name_line {
            continue;
        }
        let version = lines.next().and_then(|next| next.strip_prefix("version = \"")?.strip_suffix('"'));
        versions.extend(version);
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lock: &str, package: &str, expected: &[&str]) {
        assert_eq!(versions_in(lock, package), expected);
    }

    #[test]
    fn reads_versions_from_the_lock_file() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"ab\"\nversion = \"2.0.0\"\n";
        check(lock, "a", &["1.2.3"]);
        check(lock, "ab", &["2.0.0"]);
        check(lock, "b", &[]);
        check(&lock.replace("\"ab\"", "\"a\""), "a", &["1.2.3", "2.0.0"]);
    }

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        assert!(root().join("Cargo.toml").is_file());
    }
}
