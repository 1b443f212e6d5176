//! A line of search text in, the runs it means out.
//!
//! Every filter that MLflow takes means the same here (`metrics.test_f1 > 0.8 AND params.C = '1.0'`). Beyond it:
//! OR, NOT, parentheses, numbers in parameters, IN for every key, IS NULL, dates (`created > now - 2d`), words
//! without quotes and keys without a prefix. Logic has three values, as SQL's: what compares with a key that a run
//! lacks is unknown, NOT of unknown is unknown, and only what is true is found.
//! Never: a clock (now is an argument), or a text that panics.

mod token;
mod expression;
mod fault;
mod literal;
mod parse;
mod like;
mod found;
mod evaluate;
mod sort;
mod complete;

use crate::id::Millis;
use crate::run::{Run, RunState};
pub use complete::{Completion, KnownKeys, complete};
use evaluate::{Asked, Truth};
pub use expression::{Attribute, DatasetKey, Key};
use expression::{Expression, quoted};
pub use fault::{FilterError, FilterFault};
pub use sort::{OrderBy, SortKey};

/// Longest filter, in bytes.
pub const MAX_FILTER_BYTES: usize = 10_000;
/// Most parentheses and NOTs inside one another.
pub const MAX_FILTER_DEPTH: usize = 64;

/// What is looked at to decide whether a run is meant: its record, and what the record refers to.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The run.
    pub run: &'a Run,
    /// Name of its dataset, where it is known.
    pub dataset_name: Option<&'a str>,
}

/// What a run has for a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A metric, or another number that is none of its parameters.
    Number(f64),
    /// An instant.
    At(Millis),
    /// A parameter or a text, as a filter compares it.
    Text(String),
}

impl Subject<'_> {
    /// What the run has for `key`; none where it lacks it.
    pub fn value(&self, key: &Key) -> Option<Value> {
        found::found(key, self).map(|value| match value {
            found::Found::Number(number) => Value::Number(number),
            found::Found::At(at) => Value::At(at),
            text => Value::Text(text.text().into_owned()),
        })
    }
}

impl Key {
    /// Whether all runs have the same for it, or all lack it.
    pub fn is_same_in(&self, subjects: &[Subject<'_>]) -> bool {
        let lookup = found::Lookup::of(self);
        let Some((first, others)) = subjects.split_first() else { return true };
        let of_first = lookup.found(first);
        others.iter().all(|subject| lookup.found(subject) == of_first)
    }

    /// Understands a key as a filter writes it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let order = OrderBy::parse(text)?;
        match order.0.as_slice() {
            [SortKey { key, is_descending: false }] => Ok(key.clone()),
            _ => {
                let fault = FilterFault::Unexpected { found: text.to_owned(), expected: "one key" };
                Err(FilterError::new(0..text.len(), fault))
            }
        }
    }
}

/// A filter that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    root: Option<Expression>,
}

impl Filter {
    /// Understands a line of text. Nothing but blanks means every run.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self { root: parse::parse(text)? })
    }

    /// Whether it means every run.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Whether the run is meant, at the moment `now`.
    pub fn matches(&self, subject: &Subject<'_>, now: Millis) -> bool {
        self.root.as_ref().is_none_or(|root| Asked::of(root).truth(subject, now) == Truth::True)
    }

    /// Which of `subjects` are meant, as `matches`: their places, ascending.
    pub fn found<'a>(&self, subjects: impl Iterator<Item = (usize, Subject<'a>)>, now: Millis) -> Vec<usize> {
        let asked = self.root.as_ref().map(Asked::of);
        let is_meant = |subject: &Subject<'_>| {
            asked.as_ref().is_none_or(|asked| asked.truth(subject, now) == Truth::True)
        };
        subjects.filter(|(_, subject)| is_meant(subject)).map(|(place, _)| place).collect()
    }

    /// `text` with one more condition: that `key` is `value`, as a click on a cell asks for. What was there keeps
    /// its meaning; a condition that stands there already is not written twice.
    pub fn narrowed(text: &str, key: &Key, value: &str) -> String {
        let clause = format!("{key} = {}", quoted(value));
        if *key == Key::Attribute(Attribute::Status) && value == found::status(&RunState::Finished) {
            // MLflow holds what was pruned for finished, too.
            return Self::narrowed_by(
                text,
                &format!("{clause} AND {key} != '{}'", found::status(&RunState::Pruned)),
            );
        }
        Self::narrowed_by(text, &clause)
    }

    /// `text` with one more condition, as `narrowed`.
    pub fn narrowed_by(text: &str, clause: &str) -> String {
        let text = text.trim();
        if text.is_empty() || text == clause {
            return clause.to_owned();
        }
        if let Ok(Self { root: Some(Expression::Or(_)) }) = Self::parse(text) {
            return format!("({text}) AND {clause}");
        }
        if text.ends_with(&format!(" AND {clause}")) || text.starts_with(&format!("{clause} AND ")) {
            return text.to_owned();
        }
        format!("{text} AND {clause}")
    }
}
