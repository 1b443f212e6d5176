//! The reviews that models are fitted to and compared on: the real file where it is, else the sample.

use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};

use crate::parity::data::Columns;
use crate::{process, workspace};

/// The texts of a column, white space as one space, those without any left out.
const READ: &str = "\
import json, sys
import pandas as pd
frame = pd.read_csv(sys.argv[1])
texts = (' '.join(text.split()) for text in frame[sys.argv[2]].dropna().astype(str))
json.dump([text for text in texts if text][:int(sys.argv[3])], sys.stdout)
";
/// Reviews that are predicted by both.
pub(super) const N_TEXTS: usize = 1_000;

/// A file of reviews and its columns.
pub(super) struct Reviews {
    pub(super) file: PathBuf,
    text: &'static str,
    rating: &'static str,
}

impl Reviews {
    /// The real file where it is, else the sample.
    pub(super) fn find() -> Self {
        let shared = std::env::var_os("REVIEWLAB_SHARED")
            .map_or_else(|| workspace::root().join("../shared"), PathBuf::from);
        let real = shared.join("data").join("flipkart_reviews.csv");
        if real.is_file() {
            return Self { file: real, text: "Review text", rating: "Ratings" };
        }
        println!("the real reviews are not here: the sample reviews are taken");
        let file = workspace::root().join("data").join("sample_reviews.csv");
        Self { file, text: "Review text", rating: "Rating" }
    }

    /// What the file's columns are.
    pub(super) fn columns(&self) -> Columns {
        Columns { text: self.text.to_owned(), rating: self.rating.to_owned(), delimiter: ',' }
    }

    /// The first reviews, each in one line.
    pub(super) fn texts(&self, python: &Path) -> Result<Vec<String>> {
        let mut read = process::in_root(python);
        read.args(["-c", READ]).arg(&self.file).args([self.text, &N_TEXTS.to_string()]);
        let said = process::capture(&mut read)?;
        let texts: Vec<String> = serde_json::from_str(&said).context("the reviews are no JSON")?;
        let file = self.file.display();
        ensure!(texts.len() == N_TEXTS, "{file} has {} reviews, {N_TEXTS} are needed", texts.len());
        Ok(texts)
    }
}
