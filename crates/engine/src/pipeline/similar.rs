//! A text and the file a model learned from in, the reviews most like it out: by the cosine of their weighted terms.

use json::{FromJson, ToJson};

use super::{FittedPipeline, Predictor};
use crate::dataset::{DatasetReader, DatasetRecipe, KeptRow, LabelId};
use crate::features::SparseRow;
use crate::table::FileError;

/// Most reviews that are told.
pub const MAX_SIMILAR: usize = 10;
/// Longest part of a review that is told, in characters.
pub const MAX_SIMILAR_CHARS: usize = 400;

/// A review like the text.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SimilarReview {
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// Its text, or the beginning of a long one.
    pub text: String,
    /// The class of its label.
    pub label: LabelId,
    /// What the model answers to it.
    pub predicted: u8,
    /// Cosine of the angle between the two: 1 where they weigh the same terms alike, 0 where they share none.
    pub cosine: f64,
}

/// Looks for reviews like a text, from chunks of any size.
pub struct SimilarReviews {
    reader: DatasetReader,
    search: Search,
}

impl std::fmt::Debug for SimilarReviews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimilarReviews").field("n_docs", &self.reader.n_docs()).finish_non_exhaustive()
    }
}

impl SimilarReviews {
    /// Like `text`, in a file read by `recipe`.
    ///
    /// # Errors
    /// As `DatasetReader::new`; `CannotClean` where this build cannot run the pipeline.
    pub fn new(recipe: &DatasetRecipe, pipeline: FittedPipeline, text: &str) -> Result<Self, FileError> {
        let mut predictor =
            Predictor::new(pipeline).map_err(|error| FileError::CannotClean { reason: error.to_string() })?;
        let of_text = predictor.row(text);
        let size = size_of(&of_text);
        Ok(Self {
            reader: DatasetReader::new(recipe)?,
            search: Search {
                predictor,
                of_text,
                size,
                found: Vec::new(),
                left_out: Vec::new(),
                n_left_out: 0,
            },
        })
    }

    /// The same but for these reviews, by index.
    #[must_use]
    pub fn leaving_out(mut self, mut docs: Vec<u32>) -> Self {
        docs.sort_unstable();
        self.search.left_out = docs;
        self
    }

    /// Reviews looked at.
    pub fn n_docs(&self) -> usize {
        self.reader.n_docs()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As `DatasetReader::push`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let search = &mut self.search;
        self.reader.push_watched(chunk, &mut |row| search.look_at(row))
    }

    /// The most similar reviews, most similar first, of equally similar ones the first in the file; and how many were
    /// left out.
    ///
    /// # Errors
    /// As `DatasetReader::finish`.
    pub fn finish(self) -> Result<(Vec<SimilarReview>, u64), FileError> {
        let Self { reader, mut search } = self;
        reader.finish_watched(&mut |row| search.look_at(row))?;
        Ok((search.found, search.n_left_out))
    }
}

struct Search {
    predictor: Predictor,
    of_text: SparseRow,
    size: f64,
    /// Most similar first, `MAX_SIMILAR` at most.
    found: Vec<SimilarReview>,
    /// Reviews that are not looked at, ascending.
    left_out: Vec<u32>,
    n_left_out: u64,
}

impl Search {
    fn look_at(&mut self, row: KeptRow<'_>) {
        if self.left_out.binary_search(&row.doc_idx).is_ok() {
            self.n_left_out += 1;
            return;
        }
        let weights = self.predictor.row(row.text);
        let size = size_of(&weights) * self.size;
        let cosine = if size > 0.0 { dot(&self.of_text, &weights) / size } else { 0.0 };
        let is_full = self.found.len() >= MAX_SIMILAR;
        if cosine <= 0.0 || (is_full && self.found.last().is_some_and(|last| last.cosine >= cosine)) {
            return;
        }
        let place = self.found.partition_point(|other| other.cosine >= cosine);
        let text = match row.text.char_indices().nth(MAX_SIMILAR_CHARS) {
            Some((end, _)) => format!("{}…", &row.text[..end]),
            None => row.text.to_owned(),
        };
        let predicted = self.predictor.predict(row.text).label;
        self.found
            .insert(place, SimilarReview { record: row.record, text, label: row.label, predicted, cosine });
        self.found.truncate(MAX_SIMILAR);
    }
}

fn size_of(row: &SparseRow) -> f64 {
    row.values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// Columns of both ascend.
fn dot(a: &SparseRow, b: &SparseRow) -> f64 {
    let (mut at, mut sum) = (0, 0.0);
    for (term, value) in a.term_ids.iter().zip(&a.values) {
        while b.term_ids.get(at).is_some_and(|other| other < term) {
            at += 1;
        }
        if b.term_ids.get(at) == Some(term) {
            sum += value * b.values[at];
        }
    }
    sum
}
