//! An order of runs: `metrics.test_f1 DESC, params.C`.

use std::borrow::Cow;
use std::cmp::Ordering;

use engine::num::stable_order;

use super::Subject;
use super::expression::Key;
use super::fault::FilterError;
use super::found::{Found, Lookup, found};
use super::parse::{is_keyword, key_of};
use super::token::{Token, tokens};

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// What is compared.
    pub key: Key,
    /// The greatest first. A run that lacks the key comes last either way.
    pub is_descending: bool,
}

/// By what runs are ordered: by the first key, where that is equal by the next, then newest first, then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderBy(pub Vec<SortKey>);

impl OrderBy {
    /// Understands a list of keys, each with ASC or DESC behind it or nothing.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let tokens = tokens(text)?;
        let mut keys = Vec::new();
        let mut rest = tokens.as_slice();
        while rest.first().is_some_and(|first| !(keys.is_empty() && first.token == Token::End)) {
            let Some((key, n_tokens)) = key_of(rest) else {
                return Err(rest[0].instead_of("a key such as metrics.test_f1"));
            };
            let span = rest[0].span.start..rest[n_tokens - 1].span.end;
            let key = key.map_err(|fault| FilterError::new(span, fault))?;
            rest = &rest[n_tokens..];
            let is_descending = is_keyword(&rest[0].token, "DESC");
            if is_descending || is_keyword(&rest[0].token, "ASC") {
                rest = &rest[1..];
            }
            keys.push(SortKey { key, is_descending });
            match rest[0].token {
                Token::Comma => rest = &rest[1..],
                Token::End => break,
                _ => return Err(rest[0].instead_of("ASC, DESC, a comma or the end")),
            }
        }
        Ok(Self(keys))
    }

    /// Puts runs in order.
    pub fn sort(&self, subjects: &mut Vec<Subject<'_>>) {
        *subjects = self.places(subjects).into_iter().map(|place| subjects[place]).collect();
    }

    /// The places of runs, each that in which it stands in `subjects`, in order; each value is looked up once.
    pub fn places(&self, subjects: &[Subject<'_>]) -> Vec<usize> {
        let n_keys = self.0.len();
        let lookups: Vec<Lookup<'_>> = self.0.iter().map(|sort| Lookup::of(&sort.key)).collect();
        let mut values = Vec::with_capacity(subjects.len() * n_keys);
        for subject in subjects {
            values.extend(lookups.iter().map(|lookup| lookup.found(subject).map(SortValue::of)));
        }
        let first = |row: usize| self.0.first().map(|sort| sort.rank(values[row * n_keys].as_ref()));
        let ranks: Vec<Option<Rank>> = (0..subjects.len()).map(first).collect();
        stable_order(subjects.len(), &|a, b| {
            let compare = |(key, sort): (usize, &SortKey)| {
                sort.compare(values[a * n_keys + key].as_ref(), values[b * n_keys + key].as_ref())
            };
            let in_full = || {
                let mut decided = self.0.iter().enumerate().map(compare);
                decided
                    .find(|ordering| ordering.is_ne())
                    .unwrap_or_else(|| by_age(&subjects[a], &subjects[b]))
            };
            // Most runs are told apart by the rank of their first value, which lies close to that of the others.
            ranks[a].cmp(&ranks[b]).then_with(in_full)
        })
    }

    /// Which of two runs comes first.
    pub fn compare(&self, a: &Subject<'_>, b: &Subject<'_>) -> Ordering {
        let value = |sort: &SortKey, of| found(&sort.key, of).map(SortValue::of);
        let by_key = |sort: &SortKey| sort.compare(value(sort, a).as_ref(), value(sort, b).as_ref());
        let decided = self.0.iter().map(by_key).find(|ordering| ordering.is_ne());
        decided.unwrap_or_else(|| by_age(a, b))
    }
}

/// Where a value stands among others, as far as a number can say: of two values that differ in it, the one with the
/// lesser comes first.
type Rank = (u8, u64);

impl SortKey {
    fn rank(&self, value: Option<&SortValue<'_>>) -> Rank {
        const LACKING: Rank = (2, 0);
        let (kind, within) = match value {
            None => return LACKING,
            Some(SortValue::Number(number)) => (0, ascending_bits(*number)),
            Some(SortValue::Text(text)) => (1, first_bytes(text)),
        };
        if self.is_descending { (1 - kind, !within) } else { (kind, within) }
    }

    /// Numbers before texts, each in their own order; what is lacking comes last in either direction.
    fn compare(&self, a: Option<&SortValue<'_>>, b: Option<&SortValue<'_>>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.is_descending => b.compare(a),
            (Some(a), Some(b)) => a.compare(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }
}

/// Bits that ascend as numbers do by `f64::total_cmp`.
fn ascending_bits(number: f64) -> u64 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// The first eight bytes of a text, which ascend as texts do.
fn first_bytes(text: &str) -> u64 {
    let mut bytes = [0; 8];
    for (byte, of_text) in bytes.iter_mut().zip(text.bytes()) {
        *byte = of_text;
    }
    u64::from_be_bytes(bytes)
}

/// A value as it is ordered.
enum SortValue<'a> {
    Number(f64),
    Text(Cow<'a, str>),
}

impl<'a> SortValue<'a> {
    fn of(value: Found<'a>) -> Self {
        value.number().map_or_else(|| Self::Text(value.into_text()), Self::Number)
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// Newest first, then by id.
fn by_age(a: &Subject<'_>, b: &Subject<'_>) -> Ordering {
    b.run.created.cmp(&a.run.created).then_with(|| a.run.id.cmp(&b.run.id))
}

impl std::fmt::Display for OrderBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, sort) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let direction = if sort.is_descending { " DESC" } else { "" };
            write!(f, "{comma}{}{direction}", sort.key)?;
        }
        Ok(())
    }
}
