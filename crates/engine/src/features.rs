//! Cleaned reviews in, counts of n-grams out; counts in, TF-IDF vocabularies and weights out.
//!
//! Counting happens once. A fold derives document frequencies, a trial derives its vocabulary and
//! weights; weights come from counts, idf and row norms and are not stored per trial.

mod bytes;
mod count;
mod select;
mod tfidf;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::LabelId;

pub use bytes::{decode_terms, encode_terms};
pub use count::count;
pub(crate) use select::{CountedShape, check_answerable};
pub use select::{DfBounds, smooth_idf};
pub(crate) use tfidf::is_token;
pub use tfidf::{SparseRow, TermIndex, fit_tfidf, term_frequency_weight};

/// Most different n-grams one corpus may hold; beyond it counting ends with `FeatureError::TooManyTerms`.
pub const MAX_TERMS: u32 = 4_000_000;
/// Longest n-gram, in words.
pub const MAX_NGRAM: u8 = 5;
/// Shortest token, in characters (scikit-learn's default `token_pattern`).
pub const MIN_TOKEN_CHARS: usize = 2;
/// Most reviews one corpus may hold.
pub const MAX_DOCS: u32 = 16_000_000;

/// A bound on document frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum DocumentFrequency {
    /// A number of documents.
    Count(u32),
    /// A share of the documents, compared unrounded.
    Share(f64),
}

/// scikit-learn's `TfidfVectorizer` parameters (norm l2, smooth_idf, tokens of two or more characters).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TfIdfSpec {
    /// Shortest and longest n-gram, in words.
    pub ngram_range: (u8, u8),
    /// `1 + ln(tf)` instead of `tf`.
    pub sublinear_tf: bool,
    /// Terms in fewer documents are left out.
    pub min_df: DocumentFrequency,
    /// Terms in more documents are left out.
    pub max_df: DocumentFrequency,
    /// Keep the most frequent terms only; equally frequent ones in alphabetical order.
    pub max_features: Option<u32>,
}

/// N-gram counts of each review, terms by number in alphabetical order. This is all a worker needs to
/// tune; it holds no text.
///
/// Shapes: `labels`: n_docs; `doc_starts`: n_docs + 1 into `term_ids` and `counts`; term ids ascend
/// within a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Number of classes.
    pub n_classes: u8,
    /// Number of terms.
    pub n_terms: u32,
    /// Terms in fewer reviews than this were left out of the counts, so no smaller `min_df` can be tried.
    pub df_floor: u32,
    /// The n-gram lengths counted.
    pub ngram_range: (u8, u8),
    /// Class of each review.
    pub labels: Vec<LabelId>,
    /// Where each review's entries begin, and where the last end.
    pub doc_starts: Vec<u32>,
    /// Terms of each review.
    pub term_ids: Vec<u32>,
    /// How often each stands there.
    pub counts: Vec<u16>,
}

/// Counts and the terms they count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corpus {
    /// Ids and counts.
    pub counts: Counts,
    /// Terms by id, in alphabetical (byte) order; words of an n-gram are joined by one space.
    pub terms: Vec<String>,
}

/// A vocabulary and its idf, learned from the training part only.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedTfIdf {
    /// How it was learned.
    pub spec: TfIdfSpec,
    /// The vocabulary, in alphabetical order.
    pub terms: Vec<String>,
    /// `ln((1 + n) / (1 + df)) + 1` of each term (scikit-learn, smooth_idf).
    pub idf: Vec<f64>,
}

/// Why features cannot be counted or learned.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FeatureError {
    /// More n-grams than `MAX_TERMS`.
    #[error("the reviews hold more than {most} different words and phrases: keep a part of the rows")]
    TooManyTerms {
        /// The bound.
        most: u32,
    },
    /// More reviews than `MAX_DOCS`, or more words than 32 bits number.
    #[error("{found} reviews or words are more than the {most} that can be counted: keep a part of the rows")]
    TooManyDocs {
        /// How many there are.
        found: u64,
        /// The bound.
        most: u64,
    },
    /// N-gram lengths that are zero, in the wrong order or longer than `MAX_NGRAM`.
    #[error(
        "phrases of {shortest} to {longest} words cannot be counted: choose lengths from 1 to {MAX_NGRAM}"
    )]
    BadNgramRange {
        /// Words of the shortest.
        shortest: u8,
        /// Words of the longest.
        longest: u8,
    },
    /// Other n-gram lengths than those counted.
    #[error(
        "phrases of {wanted:?} words are asked for, but {counted:?} were counted: count the reviews again"
    )]
    OtherNgramRange {
        /// What the settings ask for.
        wanted: (u8, u8),
        /// What the counts hold.
        counted: (u8, u8),
    },
    /// A share that is no number from 0 to 1.
    #[error("a share of {share} of the documents is not between 0 and 1")]
    BadShare {
        /// What was given.
        share: f64,
    },
    /// `max_df` lies below `min_df`.
    #[error(
        "max_df keeps terms in at most {most} documents, min_df those in at least {fewest}: nothing is left"
    )]
    MaxBelowMin {
        /// Documents `max_df` stands for.
        most: f64,
        /// Documents `min_df` stands for.
        fewest: f64,
    },
    /// `min_df` lies below what was counted.
    #[error("min_df asks for terms in {wanted} documents, but only those in {floor} or more were counted")]
    BelowFloor {
        /// Fewest documents asked for.
        wanted: u32,
        /// Fewest documents counted.
        floor: u32,
    },
    /// No term is left.
    #[error("no word or phrase is left: lower min_df or raise max_df")]
    NoTerms,
    /// There are no reviews to learn from.
    #[error("there are no reviews to learn a vocabulary from")]
    NoDocs,
    /// Counts or terms whose parts contradict each other, as after a broken transfer.
    #[error("the counted reviews are damaged ({what}): import the file again")]
    Damaged {
        /// What contradicts.
        what: &'static str,
    },
}
