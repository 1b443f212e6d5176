//! Other programs, started directly.
//! In: a `Command`. Out: its success, or one sentence on how it failed; its output streamed through or captured.
//! Never: a shell.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace;

/// The cargo that runs us, in the workspace's root folder.
pub fn cargo() -> Command {
    in_root(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program, started in the workspace's root folder.
pub fn in_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// Runs a command to its end, its output going where ours goes.
///
/// # Errors
/// When it cannot be started, or ends with another code than 0.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", line_of(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line_of(command));
    }
    Ok(())
}

/// Runs a command to its end and returns what it printed on stdout.
///
/// # Errors
/// When it cannot be started, ends with another code than 0 (what it said on stderr stands in the error),
/// or prints something that is not UTF-8.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", line_of(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}\n{}", line_of(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", line_of(command)))
}

/// The full path of a program on PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    find_in(&std::env::var_os("PATH")?, name)
}

/// The full path of a program in the folders of `search_path`, with the endings Windows starts programs by.
pub fn find_in(search_path: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(search_path).find_map(|folder| in_folder(&folder, name))
}

/// The full path of a program in one folder.
pub fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    const ENDINGS: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    ENDINGS.iter().map(|ending| folder.join(format!("{name}{ending}"))).find(|path| path.is_file())
}

/// The command as a person would type it.
pub fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let mut line = program.to_string_lossy().into_owned();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error_that_names_the_command() {
        let error = run(cargo().arg("no-such-subcommand").stderr(Stdio::null())).expect_err("it fails");
        assert!(error.to_string().starts_with("`cargo no-such-subcommand` failed"), "{error}");
    }

    #[test]
    fn a_missing_program_is_an_error_and_is_not_found() {
        assert_eq!(find("no-such-program-anywhere"), None);
        let error = run(&mut Command::new("no-such-program-anywhere")).expect_err("it is missing");
        assert_eq!(error.to_string(), "cannot start `no-such-program-anywhere`");
    }

    #[test]
    fn what_a_program_prints_is_captured() {
        assert!(capture(cargo().arg("--version")).expect("cargo runs").starts_with("cargo 1."));
    }
}
