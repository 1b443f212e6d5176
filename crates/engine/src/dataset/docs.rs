//! Checks and views of cleaned reviews.

use thiserror::Error;

use super::CleanedDocs;

/// What is wrong with cleaned reviews that come from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DocsError {
    /// A list is not as long as the number of reviews asks for.
    #[error("{what} has {found} entries where {expected} belong")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// What it should be.
        expected: usize,
    },
    /// `doc_starts` does not ascend from 0 to the number of words.
    #[error("the beginning of review {doc_idx} is out of order")]
    Order {
        /// The review.
        doc_idx: usize,
    },
    /// A word number without a word.
    #[error("word number {word_id} is none of the {n_words} words")]
    UnknownWord {
        /// The number.
        word_id: u32,
        /// How many words there are.
        n_words: usize,
    },
}

impl CleanedDocs {
    /// Number of reviews.
    pub fn n_docs(&self) -> usize {
        self.labels.len()
    }

    /// The word numbers of review `doc_idx`, which is below `n_docs`.
    pub fn word_ids_of(&self, doc_idx: usize) -> &[u32] {
        &self.word_ids[self.doc_starts[doc_idx] as usize..self.doc_starts[doc_idx + 1] as usize]
    }

    /// The cleaned text of review `doc_idx`, which is below `n_docs`.
    pub fn cleaned_text(&self, doc_idx: usize) -> String {
        let words: Vec<&str> =
            self.word_ids_of(doc_idx).iter().map(|&id| self.words[id as usize].as_str()).collect();
        words.join(" ")
    }

    /// Checks that all lists fit together.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn validate(&self) -> Result<(), DocsError> {
        let n_docs = self.labels.len();
        let lengths = [
            ("records", self.records.len(), n_docs),
            ("doc_starts", self.doc_starts.len(), n_docs + 1),
            ("word_ids", self.word_ids.len(), self.doc_starts.last().map_or(0, |&end| end as usize)),
        ];
        let keys = [("times", self.keys.times.len()), ("groups", self.keys.groups.len())];
        let keys =
            keys.into_iter().filter(|(_, found)| *found > 0).map(|(what, found)| (what, found, n_docs));
        for (what, found, expected) in lengths.into_iter().chain(keys) {
            if found != expected {
                return Err(DocsError::Length { what, found, expected });
            }
        }
        let is_wrong = |pair: &[u32]| pair[0] > pair[1];
        if let Some(doc_idx) = self.doc_starts.windows(2).position(is_wrong) {
            return Err(DocsError::Order { doc_idx });
        }
        if self.doc_starts[0] != 0 {
            return Err(DocsError::Order { doc_idx: 0 });
        }
        let n_words = self.words.len();
        match self.word_ids.iter().find(|&&id| id as usize >= n_words) {
            Some(&word_id) => Err(DocsError::UnknownWord { word_id, n_words }),
            None => Ok(()),
        }
    }
}
