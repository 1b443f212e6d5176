//! Our numbers beside those of the Python stack, for any file and any folder of reference values.
//! In: a CSV file, its column names, a folder of cleaned.tsv, porter.tsv, splits.json, vectorizers.json,
//! models.json, cv.json and three_classes.json. Out: a table, and failure where something does not hold.
//! Never: a tolerance wider than the one asked for, or a case passed over in silence.

mod report;
pub(crate) mod data;
mod text;
mod splits;
mod settings;
mod vectorizers;
mod models;
mod cross_validation;

use anyhow::{Context as _, Result, bail};
use data::{Columns, Data, Grouping};
use report::Report;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

use crate::arguments;

/// The files a reference folder may hold, in the order they are compared.
const FILES: [&str; 7] = [
    "cleaned.tsv",
    "porter.tsv",
    "splits.json",
    "vectorizers.json",
    "models.json",
    "cv.json",
    "three_classes.json",
];

/// `cargo xtask parity --csv FILE --text COL --rating COL [--sep S] --reference DIR`.
///
/// # Errors
/// Where the command line or a file is wrong, or something does not hold.
pub fn run(words: &[String]) -> Result<()> {
    let names = ["--csv", "--text", "--rating", "--sep", "--reference"];
    let [csv, text, rating, sep, reference] = arguments::options(words, names)?;
    let csv = PathBuf::from(csv.context("--csv FILE is missing: the reviews")?);
    let text = text.context("--text COL is missing: the header of the review's column")?;
    let rating = rating.context("--rating COL is missing: the header of the rating's column")?;
    let folder =
        PathBuf::from(reference.context("--reference DIR is missing: the folder of reference values")?);
    let columns = Columns { text, rating, delimiter: delimiter(sep.as_deref().unwrap_or(","))? };
    let bytes = std::fs::read(&csv).with_context(|| format!("cannot read {}", csv.display()))?;
    let report = compare(&bytes, &columns, &Reference { folder })?;
    print!("{report}");
    if report.n_failing() > 0 {
        bail!("{} of {} comparisons do not hold", report.n_failing(), report.n_lines());
    }
    Ok(())
}

/// Compares what the engine makes of `bytes` with every file the reference holds.
///
/// # Errors
/// Where the file cannot be read as reviews, or a reference file is damaged or there is none.
pub fn compare(bytes: &[u8], columns: &Columns, reference: &Reference) -> Result<Report> {
    if !FILES.iter().any(|file| reference.has(file)) {
        bail!("{} holds none of {}", reference.folder.display(), FILES.join(", "));
    }
    let data = Data::read(bytes, columns, Grouping::UnhappyUpToTwo)?;
    let mut report = Report::default();
    text::compare(&mut report, reference, &data)?;
    splits::compare(&mut report, reference, &data)?;
    vectorizers::compare(&mut report, reference, &data)?;
    models::compare(&mut report, reference, &data)?;
    cross_validation::compare(&mut report, reference, &data)?;
    if reference.has("three_classes.json") {
        let data = Data::read(bytes, columns, Grouping::ThreeIsItsOwn)?;
        models::compare_three_classes(&mut report, reference, &data)?;
    } else {
        report.absent("three_classes.json");
    }
    Ok(report)
}

/// A folder of reference values.
pub struct Reference {
    /// Where it is.
    pub folder: PathBuf,
}

impl Reference {
    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn has(&self, file: &str) -> bool {
        self.path(file).is_file()
    }

    fn text(&self, file: &str) -> Result<String> {
        let path = self.path(file);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    fn json<T: DeserializeOwned>(&self, file: &str) -> Result<T> {
        serde_json::from_str(&self.text(file)?).with_context(|| damaged(&self.path(file)))
    }
}

fn damaged(path: &Path) -> String {
    format!("{} does not hold what make_reference.py writes", path.display())
}

fn delimiter(word: &str) -> Result<char> {
    let mut chars = word.chars();
    match (word, chars.next(), chars.next()) {
        ("\\t" | "tab", ..) => Ok('\t'),
        (_, Some(c), None) => Ok(c),
        _ => bail!("--sep `{word}` is not one character (write `tab` for a tab)"),
    }
}

#[cfg(test)]
mod tests;
