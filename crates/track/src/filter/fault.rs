//! What is wrong with a filter, in one sentence, and where.

use std::fmt;
use std::ops::Range;

use engine::quote::Quoted;
use thiserror::Error;

use super::{MAX_FILTER_BYTES, MAX_FILTER_DEPTH};

/// A filter that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Bytes of the text that the fault is about.
    pub span: Range<usize>,
    /// What is wrong there.
    pub fault: FilterFault,
}

impl FilterError {
    pub(super) fn new(span: Range<usize>, fault: FilterFault) -> Self {
        Self { span, fault }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for FilterError {}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FilterFault {
    /// More text than is read.
    #[error("The filter is longer than {MAX_FILTER_BYTES} characters: shorten it.")]
    TooLong,
    /// Too many parentheses inside one another.
    #[error("More than {MAX_FILTER_DEPTH} parentheses stand inside one another: take some away.")]
    TooDeep,
    /// A text begins and does not end.
    #[error("The text that begins with {mark} has no closing {mark}: add it.")]
    Unclosed {
        /// The mark it began with.
        mark: char,
    },
    /// Marks that compare nothing.
    #[error("{found} compares nothing: use =, !=, <, <=, > or >=.")]
    UnknownOperator {
        /// The marks.
        found: String,
    },
    /// Something else was due.
    #[error("Here stands {}, but {expected} has to come.", Quoted(found))]
    Unexpected {
        /// What stands there.
        found: String,
        /// What was due.
        expected: &'static str,
    },
    /// The text ends too early.
    #[error("The filter ends where {expected} has to come.")]
    Ends {
        /// What was due.
        expected: &'static str,
    },
    /// A run has no such attribute, or a dataset none such.
    #[error("{} is none of {known}: choose one of them.", Quoted(key))]
    UnknownKey {
        /// As it was written.
        key: String,
        /// The keys there are.
        known: &'static str,
    },
    /// A number compared with a text.
    #[error("{} is a number: write one without quotes behind {operator}.", Quoted(key))]
    NumberExpected {
        /// The key.
        key: String,
        /// The comparison.
        operator: &'static str,
    },
    /// An instant compared with something else.
    #[error(
        "{} is a time: write a date such as 2026-11-01, `now - 2d`, or milliseconds since 1970.",
        Quoted(key)
    )]
    TimeExpected {
        /// The key.
        key: String,
    },
    /// More or less asked of texts.
    #[error("{operator} compares numbers: write the number without quotes, or use =, != or LIKE.")]
    OrderOfTexts {
        /// The comparison.
        operator: &'static str,
    },
    /// LIKE asked of a number.
    #[error("{} is a number, and LIKE compares texts: use =, !=, <, <=, > or >=.", Quoted(key))]
    LikeOfNumber {
        /// The key.
        key: String,
    },
}
