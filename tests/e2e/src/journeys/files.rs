//! Files for the journeys: small ones written here, the project's own, and the shared ones where they are.
//! In: names, rows. Out: files in a folder that goes with its owner; paths. Never: a file left behind.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xtask::workspace;

/// The sample reviews as they lie in the workspace.
pub fn sample_reviews() -> PathBuf {
    workspace::root().join("data").join("sample_reviews.csv")
}

/// A file of the shared folder, in `REVIEWLAB_SHARED` or beside the workspace; `None` where it is absent.
pub fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("REVIEWLAB_SHARED")
        .map_or_else(|| workspace::root().join("..").join("shared"), PathBuf::from);
    Some(folder.join(name)).filter(|path| path.is_file())
}

/// A folder of files that are gone when it is dropped.
pub struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> Result<Folder> {
        Ok(Folder(tempfile::tempdir().context("a folder for a journey's files")?))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file of these bytes.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, bytes).with_context(|| format!("writing {name}"))?;
        Ok(path)
    }

    /// A file of so many bytes, all zero, which takes no room on the disk.
    pub fn sparse(&self, name: &str, n_bytes: u64) -> Result<PathBuf> {
        let path = self.path().join(name);
        File::create(&path)?.set_len(n_bytes)?;
        Ok(path)
    }
}

/// Reviews and ratings that leave no doubt, enough of each class to learn from.
pub fn rated_rows(n_of_each: usize) -> Vec<(String, &'static str)> {
    rows(
        n_of_each,
        &[
            ("5", &["excellent quality and quick delivery", "works perfectly, very happy"]),
            ("1", &["broke at once, waste of money", "fake product, very bad"]),
        ],
    )
}

/// The same with three classes that have names.
pub fn named_rows(n_of_each: usize) -> Vec<(String, &'static str)> {
    rows(
        n_of_each,
        &[
            ("positive", &["excellent quality and quick delivery", "works perfectly, very happy"]),
            ("neutral", &["average product for the price", "neither nice nor awful, ordinary"]),
            ("negative", &["broke at once, waste of money", "fake product, very bad"]),
        ],
    )
}

/// Every class in turn, its phrases in turn; a word of its own keeps each row from repeating another.
fn rows(n_of_each: usize, classes: &[(&'static str, &[&str])]) -> Vec<(String, &'static str)> {
    const THINGS: [&str; 7] = ["racket", "lamp", "kettle", "phone case", "shoes", "bottle", "chair"];
    let one = |number: usize| {
        move |(label, phrases): &(&'static str, &[&str])| {
            let thing = THINGS[number % THINGS.len()];
            (format!("{}. This {thing} I bought time {number}", phrases[number % phrases.len()]), *label)
        }
    };
    (0..n_of_each).flat_map(|number| classes.iter().map(one(number)).collect::<Vec<_>>()).collect()
}

/// Rows as a table with a header, cells in quotes.
pub fn table(separator: char, rows: &[(String, &str)]) -> String {
    let line = |(text, label): &(String, &str)| format!("\"{text}\"{separator}{label}\n");
    let head = format!("Review text{separator}Rating\n");
    std::iter::once(head).chain(rows.iter().map(line)).collect()
}
