//! The rows of a file, watched as they go by.

use super::raw::RawScan;
use crate::dataset::{CleanedDocs, DatasetReader, DatasetRecipe, DatasetSummary, ReadDataset};
use crate::table::FileError;

/// Reads a file by a recipe, from chunks of any size, and watches its texts.
pub struct Auditor {
    reader: DatasetReader,
    raw: RawScan,
}

/// A file that was read and watched: all that an audit needs, and no text.
pub struct AuditedDocs {
    /// The reviews.
    pub docs: CleanedDocs,
    /// What became of the rows.
    pub summary: DatasetSummary,
    pub(super) raw: RawScan,
}

impl Auditor {
    /// An auditor of a file that is read by `recipe`.
    ///
    /// # Errors
    /// As `DatasetReader::new`.
    pub fn new(recipe: &DatasetRecipe) -> Result<Self, FileError> {
        Ok(Self { reader: DatasetReader::new(recipe)?, raw: RawScan::new() })
    }

    /// Reviews kept so far.
    pub fn n_docs(&self) -> usize {
        self.reader.n_docs()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As `DatasetReader::push`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let raw = &mut self.raw;
        self.reader.push_watched(chunk, &mut |row| raw.see(&row))
    }

    /// What was seen, after the last chunk.
    ///
    /// # Errors
    /// As `DatasetReader::finish`.
    pub fn finish(self) -> Result<AuditedDocs, FileError> {
        let Self { reader, mut raw } = self;
        let ReadDataset { docs, summary } = reader.finish_watched(&mut |row| raw.see(&row))?;
        raw.start.finish();
        raw.end.finish();
        Ok(AuditedDocs { docs, summary, raw })
    }
}
