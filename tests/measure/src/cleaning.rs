//! Cleaning alone: texts in memory to cleaned texts in memory, a line each.
//! In: a file of reviews. Out: seconds, and a hash of what came out, to compare with the peer's. Never: the reading of
//! the file in the seconds.

use anyhow::Result;
use engine::dataset::{DatasetReader, DatasetRecipe};
use engine::num::ContentHash;
use engine::text::{Cleaner, reference_cleaning};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

use crate::reviews;

/// Times the texts are cleaned, each time by a cleaner that knows no word yet; as often as the peer cleans them.
const N_PASSES: usize = 5;

/// Cleans each text of the file, and the same anew; seconds are the median pass's.
///
/// # Errors
/// Where the file cannot be read.
pub fn run(file: &Path) -> Result<Value> {
    let texts = texts(&std::fs::read(file)?)?;
    let mut cleaned = String::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
    let mut seconds = Vec::new();
    for _ in 0..N_PASSES {
        cleaned.clear();
        let begun = Instant::now();
        let mut cleaner = Cleaner::new(&reference_cleaning())?;
        for text in &texts {
            cleaner.clean_to(text, &mut cleaned);
            cleaned.push('\n');
        }
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let hash = ContentHash::of(cleaned.strip_suffix('\n').unwrap_or(&cleaned).as_bytes()).to_string();
    Ok(json!({ "seconds": seconds[N_PASSES / 2], "n_texts": texts.len(), "sha256": hash }))
}

/// The text of each row that has one and a rating.
fn texts(bytes: &[u8]) -> Result<Vec<String>> {
    let recipe = DatasetRecipe { cleaning: Vec::new(), ..reviews::recipe(bytes)? };
    let mut texts = Vec::new();
    let mut reader = DatasetReader::new(&recipe)?;
    reader.push_watched(bytes, &mut |row| texts.push(row.text.to_owned()))?;
    reader.finish_watched(&mut |row| texts.push(row.text.to_owned()))?;
    Ok(texts)
}
