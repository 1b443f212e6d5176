//! The rules of style that rustfmt and clippy do not know.
//! In: the workspace's files. Out: each broken rule with path and line, and an error if there is one.
//! Never: a change to a file.

use anyhow::{Context, Result, bail};
use std::fmt;
use std::fs;
use std::path::Path;

use crate::{arguments, metadata, workspace};

mod source;
mod shape;
mod words;
mod modules;
mod dependencies;
mod assets;
mod sheets;

use source::Source;

/// Folders that hold nothing a person wrote for this project.
const SKIPPED_FOLDERS: &[&str] = &["target", "dist", ".git", "node_modules", "vendor"];
/// Files with one of these endings are read as text.
const TEXT_ENDINGS: &[&str] =
    &["rs", "toml", "md", "html", "css", "js", "json", "webmanifest", "py", "yml", "yaml"];

/// `cargo xtask tidy`.
///
/// # Errors
/// When a rule is broken or the workspace cannot be read.
pub fn run(words: &[String]) -> Result<()> {
    arguments::none(words)?;
    let files = read_files(&workspace::root())?;
    let sources: Vec<Source> = files.iter().filter_map(Source::of).collect();
    let mut problems = Vec::new();
    for source in &sources {
        problems.extend(shape::check(source));
        problems.extend(words::check(source));
    }
    problems.extend(files.iter().flat_map(words::check_text));
    problems.extend(modules::check(&sources));
    problems.extend(assets::check(&files));
    problems.extend(sheets::check(&files));
    problems.extend(dependencies::check(&metadata::read()?, &files));
    if problems.is_empty() {
        println!(
            "tidy: {} files of Rust and {} others keep the rules",
            sources.len(),
            files.len() - sources.len()
        );
        return Ok(());
    }
    problems.sort();
    for problem in &problems {
        println!("{problem}");
    }
    bail!("tidy: {} broken rules", problems.len());
}

/// A text file of the workspace.
#[derive(Debug, Clone)]
struct TextFile {
    /// From the root, with `/`.
    path: String,
    text: String,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    path: String,
    line: usize,
    what: String,
}

impl Problem {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Problem {
        Problem { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

fn read_files(root: &Path) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    read_folder(root, "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<TextFile>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, full) = (format!("{prefix}{name}"), entry.path());
        if full.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                read_folder(&full, &format!("{path}/"), files)?;
            }
            continue;
        }
        let ending = full.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if TEXT_ENDINGS.contains(&ending) || path == ".ci/run" {
            let text = fs::read_to_string(&full).with_context(|| format!("{path} is not UTF-8"))?;
            files.push(TextFile { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_printed_with_path_and_line() {
        assert_eq!(Problem::new("src/a.rs", 7, "no").to_string(), "src/a.rs:7: no");
    }

    #[test]
    fn text_files_are_found_and_outputs_are_not() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for folder in ["src/deep", "target"] {
            fs::create_dir_all(dir.path().join(folder)).expect("a folder");
        }
        for name in ["src/deep/a.rs", "target/b.rs", "c.md", "d.png"] {
            fs::write(dir.path().join(name), "x").expect("a file");
        }
        let files = read_files(dir.path()).expect("readable");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["c.md", "src/deep/a.rs"]);
    }
}
