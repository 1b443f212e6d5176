//! An expression and a run in, true, false or unknown out.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Subject;
use super::expression::{Attribute, Expression, Key, Literal, Test};
use super::found::{Found, Lookup, status};
use super::like::like;
use super::token::Operator;
use crate::id::Millis;
use crate::run::RunState;

/// What is known of a condition (Kleene's three values). The order is that of AND: it is its least part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

/// An expression that is asked of many runs, each of its keys with where the last run had it.
pub(super) enum Asked<'e> {
    And(Vec<Asked<'e>>),
    Or(Vec<Asked<'e>>),
    Not(Box<Asked<'e>>),
    Clause { lookup: Lookup<'e>, is_status: bool, test: &'e Test },
}

impl<'e> Asked<'e> {
    /// Of an expression that was asked of no run yet.
    pub(super) fn of(expression: &'e Expression) -> Self {
        let each = |parts: &'e [Expression]| parts.iter().map(Self::of).collect();
        match expression {
            Expression::And(parts) => Self::And(each(parts)),
            Expression::Or(parts) => Self::Or(each(parts)),
            Expression::Not(inner) => Self::Not(Box::new(Self::of(inner))),
            Expression::Clause { key, test } => {
                let is_status = matches!(key, Key::Attribute(Attribute::Status));
                Self::Clause { lookup: Lookup::of(key), is_status, test }
            }
        }
    }

    /// What is known of it for a run.
    pub(super) fn truth(&self, subject: &Subject<'_>, now: Millis) -> Truth {
        let each = |part: &Self| part.truth(subject, now);
        match self {
            Self::And(parts) => {
                least(parts.iter().map(each), Truth::False, Truth::min).unwrap_or(Truth::True)
            }
            Self::Or(parts) => least(parts.iter().map(each), Truth::True, Truth::max).unwrap_or(Truth::False),
            Self::Not(inner) => each(inner).not(),
            Self::Clause { lookup, is_status, test } => {
                clause(lookup.found(subject), (test, *is_status), subject, now)
            }
        }
    }
}

/// The parts taken together; none is asked after one that decides.
fn least(
    parts: impl Iterator<Item = Truth>,
    decides: Truth,
    together: fn(Truth, Truth) -> Truth,
) -> Option<Truth> {
    let mut all = None;
    for part in parts {
        all = Some(all.map_or(part, |all| together(all, part)));
        if part == decides {
            break;
        }
    }
    all
}

/// The truth of one clause for the value that a run has for its key.
fn clause(
    value: Option<Found<'_>>,
    (test, is_status): (&Test, bool),
    subject: &Subject<'_>,
    now: Millis,
) -> Truth {
    if let Test::Null { is_negated } = test {
        return Truth::of(value.is_some() == *is_negated);
    }
    let Some(value) = value else { return Truth::Unknown };
    if is_status && subject.run.state == RunState::Pruned {
        // MLflow holds it for finished: what is asked of either word holds, what is denied is denied of both.
        let finished = Found::Text(Cow::Borrowed(status(&RunState::Finished)));
        let (own, as_mlflow) = (tested(&value, test, now), tested(&finished, test, now));
        return if test.is_negated() { own.min(as_mlflow) } else { own.max(as_mlflow) };
    }
    tested(&value, test, now)
}

fn tested(value: &Found<'_>, test: &Test, now: Millis) -> Truth {
    match test {
        Test::Null { .. } => Truth::Unknown,
        Test::Compare(operator, literal) => compared(value, *operator, literal, now),
        Test::Like { pattern, ignores_case, is_negated } => {
            Truth::of(like(&value.text(), pattern, *ignores_case) != *is_negated)
        }
        Test::In { values, is_negated } => {
            let is_one = |literal| compared(value, Operator::Equal, literal, now) == Truth::True;
            Truth::of(values.iter().any(is_one) != *is_negated)
        }
    }
}

fn compared(value: &Found<'_>, operator: Operator, literal: &Literal, now: Millis) -> Truth {
    let is_equal = match literal {
        Literal::Text(text) => value.text() == text.as_str(),
        Literal::Word(word) => value.text().to_lowercase() == word.to_lowercase(),
        Literal::Number(number) => return against(value, operator, *number),
        Literal::At(at) => return against(value, operator, at.0 as f64),
        Literal::FromNow(milliseconds) => {
            return against(value, operator, now.0 as f64 + *milliseconds as f64);
        }
    };
    match operator {
        Operator::Equal => Truth::of(is_equal),
        Operator::NotEqual => Truth::of(!is_equal),
        // The parser refuses more and less of texts.
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            Truth::Unknown
        }
    }
}

/// A text that writes no number is no number, and neither more nor less than one.
fn against(value: &Found<'_>, operator: Operator, number: f64) -> Truth {
    let ordering = match value.number() {
        Some(value) => value.partial_cmp(&number),
        None => None,
    };
    match (operator, ordering) {
        (Operator::Equal, _) => Truth::of(ordering == Some(Ordering::Equal)),
        (Operator::NotEqual, _) => Truth::of(ordering != Some(Ordering::Equal)),
        (_, None) => Truth::Unknown,
        (Operator::Less, Some(ordering)) => Truth::of(ordering.is_lt()),
        (Operator::LessOrEqual, Some(ordering)) => Truth::of(ordering.is_le()),
        (Operator::Greater, Some(ordering)) => Truth::of(ordering.is_gt()),
        (Operator::GreaterOrEqual, Some(ordering)) => Truth::of(ordering.is_ge()),
    }
}
