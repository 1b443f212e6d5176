//! A file's bytes in, the reviews that are learned from as CSV out: row, text, class, cleaned text. A cell that a spreadsheet
//! would take for a formula begins with an apostrophe.

use super::{DatasetReader, DatasetRecipe, KeptRow};
use crate::table::{FileError, push_row, safe_cell};

/// The header of what comes out.
const HEADER: [&str; 4] = ["row", "review", "class", "cleaned"];

/// Writes a dataset, from chunks of any size.
#[derive(Debug)]
pub struct DatasetExport {
    reader: DatasetReader,
    classes: Vec<String>,
    out: Vec<u8>,
}

impl DatasetExport {
    /// By `recipe`.
    ///
    /// # Errors
    /// As `DatasetReader::new`.
    pub fn new(recipe: &DatasetRecipe) -> Result<Self, FileError> {
        let mut out = Vec::new();
        push_row(&mut out, HEADER.into_iter());
        let classes = recipe.mapping.classes.clone();
        Ok(Self { reader: DatasetReader::new(recipe)?, classes, out })
    }

    /// Reviews written so far.
    pub fn n_docs(&self) -> usize {
        self.reader.n_docs()
    }

    /// Takes the next bytes; the rows that they end.
    ///
    /// # Errors
    /// As `DatasetReader::push`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, FileError> {
        let (classes, out) = (&self.classes, &mut self.out);
        self.reader.push_watched(chunk, &mut |row| put(row, classes, out))?;
        Ok(std::mem::take(&mut self.out))
    }

    /// The last rows.
    ///
    /// # Errors
    /// As `DatasetReader::finish`.
    pub fn finish(self) -> Result<Vec<u8>, FileError> {
        let Self { reader, classes, mut out } = self;
        reader.finish_watched(&mut |row| put(row, &classes, &mut out))?;
        Ok(out)
    }
}

fn put(row: KeptRow<'_>, classes: &[String], out: &mut Vec<u8>) {
    let class = classes.get(usize::from(row.label.0)).map_or("", String::as_str);
    let words: Vec<&str> = row.word_ids.iter().map(|id| row.words[*id as usize].as_str()).collect();
    let (record, cleaned) = (row.record.to_string(), words.join(" "));
    let cells = [record.as_str(), row.text, class, &cleaned].map(safe_cell);
    push_row(out, cells.iter().map(|cell| &**cell));
}
