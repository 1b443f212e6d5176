//! An order of runs: `metrics.test_f1 DESC, params.C`.

use std::cmp::Ordering;

use super::Subject;
use super::expression::Key;
use super::fault::FilterError;
use super::found::{Found, found};
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

    /// Which of two runs comes first.
    pub fn compare(&self, a: &Subject<'_>, b: &Subject<'_>) -> Ordering {
        let by_key = |sort: &SortKey| match (found(&sort.key, a), found(&sort.key, b)) {
            (Some(a), Some(b)) if sort.is_descending => by_value(&b, &a),
            (Some(a), Some(b)) => by_value(&a, &b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        let decided = self.0.iter().map(by_key).find(|ordering| ordering.is_ne());
        decided.unwrap_or_else(|| b.run.created.cmp(&a.run.created).then_with(|| a.run.id.cmp(&b.run.id)))
    }
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

/// Numbers before texts, each in their own order.
fn by_value(a: &Found<'_>, b: &Found<'_>) -> Ordering {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a_number, b_number) => {
            b_number.is_some().cmp(&a_number.is_some()).then_with(|| a.text().cmp(&b.text()))
        }
    }
}
