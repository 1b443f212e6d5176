//! Cleaned reviews in, counts of n-grams out; counts in, TF-IDF vocabularies and weights out.
//!
//! Counting happens once. A fold derives document frequencies, a trial derives its vocabulary and
//! weights; weights come from counts, idf and row norms and are not stored per trial.

mod english;
mod spec;
mod tokens;
mod stream;
mod arriving;
mod bytes;
mod count;
mod select;
mod weigh;
mod selection;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::dataset::{LabelId, RowKeys};
use crate::text::PatternError;

pub use arriving::CountsReader;
pub use bytes::{decode_terms, encode_terms};
pub use count::count;
pub use english::english_stop_words;
pub(crate) use select::check_answerable;
pub use select::{DfBounds, plain_idf, smooth_idf};
pub use selection::{Selection, fit_vectorizer};
pub(crate) use spec::WeightRule;
pub use spec::{
    Analyzer, Counting, DocumentFrequency, Norm, TermStopWords, TokenRule, VectorizerKind, VectorizerSpec,
};
pub use weigh::{SparseRow, TermFinder, TermIndex, term_frequency_weight};

/// Most different n-grams one corpus may hold; beyond it counting ends with `FeatureError::TooManyTerms`.
pub const MAX_TERMS: u32 = 4_000_000;
/// Longest n-gram of words.
pub const MAX_NGRAM: u8 = 5;
/// Longest n-gram of characters.
pub const MAX_CHAR_NGRAM: u8 = 8;
/// Shortest token, in characters (scikit-learn's default `token_pattern`).
pub const MIN_TOKEN_CHARS: usize = 2;
/// scikit-learn's default `token_pattern`, which every build runs.
pub const DEFAULT_TOKEN_PATTERN: &str = r"(?u)\b\w\w+\b";
/// Most reviews one corpus may hold.
pub const MAX_DOCS: u32 = 16_000_000;

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
    /// What n-grams are made of.
    pub tokens: TokenRule,
    /// Class of each review.
    pub labels: Vec<LabelId>,
    /// Where each review's entries begin, and where the last end.
    pub doc_starts: Vec<u32>,
    /// Terms of each review.
    pub term_ids: Vec<u32>,
    /// How often each stands there.
    pub counts: Vec<u16>,
    /// Dates and groups of the reviews.
    pub keys: RowKeys,
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
pub struct FittedVectorizer {
    /// How it was learned.
    pub spec: VectorizerSpec,
    /// The vocabulary, in alphabetical order.
    pub terms: Vec<String>,
    /// idf of each term; 1 where the spec has none.
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
    /// N-gram lengths that are zero, in the wrong order or longer than `TokenRule::longest_ngram`.
    #[error("n-grams of {shortest} to {longest} cannot be counted: choose lengths from 1 to {most}")]
    BadNgramRange {
        /// Shortest length.
        shortest: u8,
        /// Longest length.
        longest: u8,
        /// Longest that is counted.
        most: u8,
    },
    /// A token pattern that cannot be run.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Other tokens than those counted.
    #[error("the settings cut reviews into other tokens than were counted: count the reviews again")]
    OtherTokens,
    /// Other n-gram lengths than those counted.
    #[error(
        "phrases of {} to {} words are asked for, but {} to {} were counted: count the reviews again",
        wanted.0, wanted.1, counted.0, counted.1
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
