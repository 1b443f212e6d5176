//! Cleaning alone: texts in memory to cleaned texts in memory.
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

/// Cleans each text of the file once.
///
/// # Errors
/// Where the file cannot be read.
pub fn run(file: &Path) -> Result<Value> {
    let texts = texts(&std::fs::read(file)?)?;
    let begun = Instant::now();
    let mut cleaner = Cleaner::new(&reference_cleaning())?;
    let mut cleaned: Vec<String> = Vec::with_capacity(texts.len());
    for text in &texts {
        let mut words = String::new();
        cleaner.clean(text, &mut |word| {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        });
        cleaned.push(words);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let hash = ContentHash::of(cleaned.join("\n").as_bytes()).to_string();
    Ok(json!({ "seconds": seconds, "n_texts": texts.len(), "sha256": hash }))
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
