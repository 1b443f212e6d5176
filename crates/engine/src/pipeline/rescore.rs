//! A file's held-out reviews, answered by another model than the one they were held out from: both models' scores of the
//! same rows, none of which either has learned from. Never: a text kept.

use thiserror::Error;

use super::{FittedPipeline, HeldOut, Predictor, PredictorError};
use crate::dataset::{DatasetReader, DatasetRecipe, KeptRow, LabelId};
use crate::num::ContentHash;
use crate::table::FileError;

/// Why a model cannot answer rows that were held out from another.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RescoreError {
    /// The file cannot be read.
    #[error("{0}")]
    File(FileError),
    /// The model cannot be used here.
    #[error("{0}")]
    Predictor(#[from] PredictorError),
    /// It tells other classes apart.
    #[error("it tells {own} apart, and these reviews are {of_rows}")]
    OtherClasses {
        /// The model's classes.
        own: String,
        /// The reviews' classes.
        of_rows: String,
    },
    /// The file gives other reviews than were held out.
    #[error(
        "the stored file gives other reviews than were held out: {n_other} of {n_rows} are missing or of another class"
    )]
    OtherReviews {
        /// Rows that are missing or of another class.
        n_other: u64,
        /// Rows that were held out.
        n_rows: u64,
    },
}

/// Fingerprints of texts that a model has learned from, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearnedTexts(Vec<u64>);

impl LearnedTexts {
    /// Those of a whole file, but for the reviews of it that only tested the model.
    ///
    /// # Errors
    /// Where the file cannot be read so.
    pub fn of_file(
        bytes: &[u8],
        recipe: &DatasetRecipe,
        tested: Option<&HeldOut>,
    ) -> Result<Self, FileError> {
        let mut is_tested = Vec::new();
        for doc in tested.iter().flat_map(|tested| &tested.docs) {
            let doc = *doc as usize;
            is_tested.resize(is_tested.len().max(doc + 1), false);
            is_tested[doc] = true;
        }
        let mut texts = Vec::new();
        let mut take = |row: KeptRow<'_>| {
            if !is_tested.get(row.doc_idx as usize).copied().unwrap_or(false) {
                texts.push(fingerprint(row.text));
            }
        };
        let mut reader = DatasetReader::new(recipe)?;
        reader.push_watched(bytes, &mut take)?;
        reader.finish_watched(&mut take)?;
        texts.sort_unstable();
        texts.dedup();
        Ok(Self(texts))
    }

    /// Whether a text is among them.
    pub fn has(&self, text: &str) -> bool {
        self.0.binary_search(&fingerprint(text)).is_ok()
    }
}

fn fingerprint(text: &str) -> u64 {
    let ContentHash(hash) = ContentHash::of(text.as_bytes());
    hash[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What two models say of rows that neither has learned from.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescored {
    /// The model's that they were held out from.
    pub own: HeldOut,
    /// The other model's, of the same rows.
    pub other: HeldOut,
    /// Rows that are left out because the other has learned from them.
    pub n_learned: u64,
}

/// Answers held-out reviews anew, from chunks of any size.
pub struct Rescorer {
    reader: DatasetReader,
    rows: Rows,
}

struct Rows {
    predictor: Predictor,
    held_out: HeldOut,
    learned: LearnedTexts,
    /// Where a review stands among those held out, one up; 0 where it does not.
    place_of: Vec<u32>,
    own: HeldOut,
    other: HeldOut,
    n_same: u64,
    n_learned: u64,
}

impl std::fmt::Debug for Rescorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rescorer").field("n_docs", &self.reader.n_docs()).finish_non_exhaustive()
    }
}

impl Rescorer {
    /// Of the rows in `held_out` of a file read by `recipe`, by `pipeline`, which has learned from `learned`.
    ///
    /// # Errors
    /// Where the pipeline cannot be used here or tells other classes apart.
    pub fn new(
        recipe: &DatasetRecipe,
        held_out: HeldOut,
        pipeline: FittedPipeline,
        learned: LearnedTexts,
    ) -> Result<Self, RescoreError> {
        let n_scores = if pipeline.labels.len() == 2 { 1 } else { pipeline.labels.len() };
        if pipeline.labels != recipe.mapping.classes || n_scores != held_out.n_scores {
            let (own, of_rows) = (pipeline.labels.join(", "), recipe.mapping.classes.join(", "));
            return Err(RescoreError::OtherClasses { own, of_rows });
        }
        let n_docs = held_out.docs.iter().max().map_or(0, |doc| *doc as usize + 1);
        let mut place_of = vec![0; n_docs];
        for (place, doc) in held_out.docs.iter().enumerate() {
            place_of[*doc as usize] = place as u32 + 1;
        }
        let none = || HeldOut { docs: Vec::new(), scores: Vec::new(), n_scores, truth: Vec::new() };
        let rows = Rows {
            predictor: Predictor::new(pipeline)?,
            held_out,
            learned,
            place_of,
            own: none(),
            other: none(),
            n_same: 0,
            n_learned: 0,
        };
        Ok(Self { reader: DatasetReader::new(recipe).map_err(RescoreError::File)?, rows })
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
        let rows = &mut self.rows;
        self.reader.push_watched(chunk, &mut |row| rows.take(row))
    }

    /// What both say.
    ///
    /// # Errors
    /// As `DatasetReader::finish`, and where the file gives other reviews.
    pub fn finish(self) -> Result<Rescored, RescoreError> {
        let Self { reader, mut rows } = self;
        reader.finish_watched(&mut |row| rows.take(row)).map_err(RescoreError::File)?;
        let n_rows = rows.held_out.docs.len() as u64;
        if rows.n_same < n_rows {
            return Err(RescoreError::OtherReviews { n_other: n_rows - rows.n_same, n_rows });
        }
        Ok(Rescored { own: rows.own, other: rows.other, n_learned: rows.n_learned })
    }
}

impl Rows {
    fn take(&mut self, row: KeptRow<'_>) {
        let place = self.place_of.get(row.doc_idx as usize).copied().unwrap_or(0);
        let Some(place) = (place as usize).checked_sub(1) else { return };
        let truth: LabelId = self.held_out.truth[place];
        if truth != row.label {
            return;
        }
        self.n_same += 1;
        if self.learned.has(row.text) {
            self.n_learned += 1;
            return;
        }
        let n_scores = self.held_out.n_scores;
        let own = &self.held_out.scores[place * n_scores..][..n_scores];
        let answer = self.predictor.predict(row.text);
        for (rows, scores) in [(&mut self.own, own), (&mut self.other, answer.scores.as_slice())] {
            rows.docs.push(row.doc_idx);
            rows.truth.push(truth);
            rows.scores.extend_from_slice(scores);
        }
    }
}
