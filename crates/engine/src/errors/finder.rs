//! The file that a model learned from, chunk by chunk, and which of its reviews were predicted wrong in; the slices in
//! which it is worse, and the row number of each review, out. Never: a text kept.

use thiserror::Error;

use super::{SliceKind, SliceTally, SlicesFound};
use crate::dataset::{DatasetReader, DatasetRecipe, KeptRow, LabelId};
use crate::pipeline::{FittedPipeline, HeldOut};
use crate::table::FileError;

/// Why a file says nothing about a model's answers.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FinderError {
    /// It cannot be read.
    #[error("{0}")]
    File(FileError),
    /// It gives other reviews than the model was judged on.
    #[error(
        "the stored file gives other reviews than this model was judged on: {n_other} of its {n_rows} rows are missing \
         or belong to another class; train again"
    )]
    OtherReviews {
        /// Rows that are missing or of another class.
        n_other: u64,
        /// Rows that were judged.
        n_rows: u64,
    },
}

/// Finds slices, from chunks of any size.
#[derive(Debug)]
pub struct SliceFinder {
    reader: DatasetReader,
    watched: Watched,
}

/// What is known of the reviews, and counted.
#[derive(Debug, Default)]
struct Watched {
    /// Class and whether it is predicted wrong, by review; none of those that were not judged.
    judged: Vec<Option<(LabelId, bool)>>,
    n_judged: u64,
    n_same: u64,
    tally: SliceTally,
    records: Vec<u64>,
    /// The kind whose reviews are listed, and these so far.
    listed: Option<(SliceKind, Vec<u32>)>,
    /// Words of one review, each once.
    distinct: Vec<u32>,
}

impl SliceFinder {
    /// For the answers of a pipeline for rows it did not see.
    ///
    /// # Errors
    /// As `DatasetReader::new`.
    pub fn new(
        recipe: &DatasetRecipe,
        pipeline: &FittedPipeline,
        held_out: &HeldOut,
    ) -> Result<Self, FileError> {
        let answers = pipeline.held_out_answers(held_out);
        let n_docs = held_out.docs.iter().max().map_or(0, |doc| *doc as usize + 1);
        let mut watched = Watched { judged: vec![None; n_docs], ..Watched::default() };
        for ((&doc, &truth), &predicted) in held_out.docs.iter().zip(&held_out.truth).zip(&answers.predicted)
        {
            watched.judged[doc as usize] = Some((truth, truth.0 != predicted));
        }
        watched.n_judged = watched.judged.iter().flatten().count() as u64;
        Ok(Self { reader: DatasetReader::new(recipe)?, watched })
    }

    /// The same, which gives the judged reviews of a kind, too.
    #[must_use]
    pub fn listing(mut self, kind: Option<SliceKind>) -> Self {
        self.watched.listed = kind.map(|kind| (kind, Vec::new()));
        self
    }

    /// Reviews read so far.
    pub fn n_docs(&self) -> usize {
        self.reader.n_docs()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As `DatasetReader::push`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let watched = &mut self.watched;
        self.reader.push_watched(chunk, &mut |row| watched.take(row))
    }

    /// The slices; the row number of each review of the file; the reviews of the kind that is listed, ascending.
    ///
    /// # Errors
    /// As `DatasetReader::finish`, and where the file gives other reviews.
    pub fn finish(self) -> Result<(SlicesFound, Vec<u64>, Vec<u32>), FinderError> {
        let mut watched = self.watched;
        let read = self.reader.finish_watched(&mut |row| watched.take(row)).map_err(FinderError::File)?;
        let n_other = watched.n_judged - watched.n_same;
        if n_other > 0 {
            return Err(FinderError::OtherReviews { n_other, n_rows: watched.n_judged });
        }
        let listed = watched.listed.map(|(_, docs)| docs).unwrap_or_default();
        Ok((watched.tally.found(&read.docs.words), watched.records, listed))
    }
}

impl Watched {
    fn take(&mut self, row: KeptRow<'_>) {
        self.records.push(row.record);
        let Some((truth, is_wrong)) = self.judged.get(row.doc_idx as usize).copied().flatten() else {
            return;
        };
        if truth != row.label {
            return;
        }
        self.n_same += 1;
        self.distinct.clear();
        self.distinct.extend_from_slice(row.word_ids);
        self.distinct.sort_unstable();
        self.distinct.dedup();
        self.tally.add(row.text, (row.rating, row.group), &self.distinct, is_wrong);
        let has_word = |word: &str| self.distinct.iter().any(|&id| row.words[id as usize] == word);
        if let Some((kind, docs)) = &mut self.listed
            && kind.holds(row.text, (row.rating, row.group), has_word)
        {
            docs.push(row.doc_idx);
        }
    }
}
