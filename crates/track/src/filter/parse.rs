//! Tokens in, an expression out: OR of ANDs of NOTs of clauses and parentheses.

use std::ops::Range;

use super::expression::{
    ATTRIBUTES, Attribute, DATASET_KEYS, DatasetKey, Expression, Key, Kind, Literal, Test,
};
use super::fault::{FilterError, FilterFault};
use super::literal::{date, number, span};
use super::token::{Operator, Placed, Token, tokens};
use super::{MAX_FILTER_BYTES, MAX_FILTER_DEPTH};

const KEY: &str = "a key such as metrics.test_f1, params.C or status";
const COMPARISON: &str = "a comparison such as =, !=, >, LIKE, IN or IS NULL";
const VALUE: &str = "a value";
const CONNECTIVE: &str = "AND, OR or the end";
const LIST: &str = "a list such as ('a', 'b')";

/// # Errors
/// What is wrong, and where.
pub(super) fn parse(text: &str) -> Result<Option<Expression>, FilterError> {
    if text.len() > MAX_FILTER_BYTES {
        return Err(FilterError::new(MAX_FILTER_BYTES..text.len(), FilterFault::TooLong));
    }
    let tokens = tokens(text)?;
    if tokens.len() == 1 {
        return Ok(None);
    }
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let root = parser.any_of()?;
    match parser.peek() {
        Token::End => Ok(Some(root)),
        _ => Err(parser.unexpected(CONNECTIVE)),
    }
}

/// The key that tokens write, and how many of them: as a text with an entity before its first point.
pub(super) fn key_of(tokens: &[Placed]) -> Option<(Result<Key, FilterFault>, usize)> {
    let mut pieces: Vec<(&str, bool)> = Vec::new();
    let mut end = tokens.first()?.span.start;
    for placed in tokens {
        if placed.span.start != end {
            break;
        }
        match &placed.token {
            Token::Word(word) => pieces.push((word, false)),
            Token::Quoted { text, mark } if *mark != '\'' => pieces.push((text, true)),
            _ => break,
        }
        end = placed.span.end;
    }
    let n_tokens = pieces.len();
    let key = match pieces.as_slice() {
        [] => return None,
        [(name, true)] => bare(name),
        [(first, false), rest @ ..] => match first.split_once('.') {
            Some((entity, name)) => prefixed(entity, name, rest),
            None => prefixed("", first, rest),
        },
        [(entity, true), (second, _), rest @ ..] => match second.strip_prefix('.') {
            Some(name) => prefixed(entity, name, rest),
            None => prefixed("", entity, &pieces[1..]),
        },
    };
    Some((key, n_tokens))
}

fn prefixed(entity: &str, name: &str, rest: &[(&str, bool)]) -> Result<Key, FilterFault> {
    let name: String = std::iter::once(name).chain(rest.iter().map(|(piece, _)| *piece)).collect();
    match entity {
        "metric" | "metrics" => Ok(Key::Metric(name)),
        "param" | "params" | "parameter" | "parameters" => Ok(Key::Param(name)),
        "tag" | "tags" => Ok(Key::Tag(name)),
        "attribute" | "attributes" | "attr" | "run" => match Attribute::of(&name) {
            Some(attribute) => Ok(Key::Attribute(attribute)),
            None => Err(FilterFault::UnknownKey { key: format!("{entity}.{name}"), known: ATTRIBUTES }),
        },
        "dataset" | "datasets" => match DatasetKey::of(&name) {
            Some(key) => Ok(Key::Dataset(key)),
            None => Err(FilterFault::UnknownKey { key: format!("{entity}.{name}"), known: DATASET_KEYS }),
        },
        "" => bare(&name),
        // `mlflow.runName`: a name with points in it.
        _ => bare(&format!("{entity}.{name}")),
    }
}

fn bare(name: &str) -> Result<Key, FilterFault> {
    Ok(Attribute::of(name).map_or_else(|| Key::Any(name.to_owned()), Key::Attribute))
}

/// Whether a token is this keyword, in any case.
pub(super) fn is_keyword(token: &Token, keyword: &str) -> bool {
    matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn any_of(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.all_of()?];
        while self.take_keyword("OR") {
            parts.push(self.all_of()?);
        }
        Ok(joined(parts, Expression::Or))
    }

    fn all_of(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.one()?];
        while self.take_keyword("AND") {
            parts.push(self.one()?);
        }
        Ok(joined(parts, Expression::And))
    }

    fn one(&mut self) -> Result<Expression, FilterError> {
        if self.take_keyword("NOT") {
            let inner = self.deeper(Self::one)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        if *self.peek() != Token::Open {
            return self.clause();
        }
        self.at += 1;
        let inner = self.deeper(Self::any_of)?;
        match self.peek() {
            Token::Close => self.at += 1,
            _ => return Err(self.unexpected("AND, OR or a closing parenthesis")),
        }
        Ok(inner)
    }

    fn deeper(
        &mut self,
        read: fn(&mut Self) -> Result<Expression, FilterError>,
    ) -> Result<Expression, FilterError> {
        if self.depth == MAX_FILTER_DEPTH {
            return Err(FilterError::new(self.span(), FilterFault::TooDeep));
        }
        self.depth += 1;
        let inner = read(self)?;
        self.depth -= 1;
        Ok(inner)
    }

    fn clause(&mut self) -> Result<Expression, FilterError> {
        let begin = self.span().start;
        let Some((key, n_tokens)) = key_of(&self.tokens[self.at..]) else {
            return Err(self.unexpected(KEY));
        };
        self.at += n_tokens;
        let key_span = begin..self.tokens[self.at - 1].span.end;
        let key = key.map_err(|fault| FilterError::new(key_span.clone(), fault))?;
        let test = self.test(&key, key_span)?;
        Ok(Expression::Clause { key, test })
    }

    fn test(&mut self, key: &Key, key_span: Range<usize>) -> Result<Test, FilterError> {
        if let Token::Operator(operator) = *self.peek() {
            let operator_span = self.span();
            self.at += 1;
            let literal = self.literal(key, operator.as_str())?;
            let is_order = !matches!(operator, Operator::Equal | Operator::NotEqual);
            if is_order && matches!(literal, Literal::Text(_) | Literal::Word(_)) {
                let fault = FilterFault::OrderOfTexts { operator: operator.as_str() };
                return Err(FilterError::new(operator_span, fault));
            }
            return Ok(Test::Compare(operator, literal));
        }
        if self.take_keyword("IS") {
            let is_negated = self.take_keyword("NOT");
            return match self.take_keyword("NULL") {
                true => Ok(Test::Null { is_negated }),
                false => Err(self.unexpected("NULL")),
            };
        }
        let is_negated = self.take_keyword("NOT");
        if self.take_keyword("IN") {
            return Ok(Test::In { values: self.list(key)?, is_negated });
        }
        let ignores_case = is_keyword(self.peek(), "ILIKE");
        if !ignores_case && !is_keyword(self.peek(), "LIKE") {
            return Err(self.unexpected(if is_negated { "IN, LIKE or ILIKE" } else { COMPARISON }));
        }
        self.at += 1;
        if matches!(key.kind(), Kind::Number | Kind::Time) {
            let fault = FilterFault::LikeOfNumber { key: key.to_string() };
            return Err(FilterError::new(key_span, fault));
        }
        match self.peek().clone() {
            Token::Quoted { text: pattern, mark } if mark != '`' => {
                self.at += 1;
                Ok(Test::Like { pattern, ignores_case, is_negated })
            }
            _ => Err(self.unexpected("a text in quotes")),
        }
    }

    fn list(&mut self, key: &Key) -> Result<Vec<Literal>, FilterError> {
        if *self.peek() != Token::Open {
            return Err(self.unexpected(LIST));
        }
        self.at += 1;
        let mut values = vec![self.literal(key, "IN")?];
        loop {
            match self.peek() {
                Token::Comma => self.at += 1,
                Token::Close => {
                    self.at += 1;
                    return Ok(values);
                }
                _ => return Err(self.unexpected("a comma or a closing parenthesis")),
            }
            values.push(self.literal(key, "IN")?);
        }
    }

    /// A value that `key` can be compared with.
    fn literal(&mut self, key: &Key, operator: &'static str) -> Result<Literal, FilterError> {
        let begin = self.span();
        let (literal, is_quoted) = match self.peek().clone() {
            Token::Quoted { text, mark } if mark != '`' => {
                self.at += 1;
                (Literal::Text(text), true)
            }
            Token::Word(word) => {
                self.at += 1;
                (self.word(&word), false)
            }
            _ => return Err(self.unexpected(VALUE)),
        };
        let kind = key.kind();
        let literal = match (kind, literal) {
            (Kind::Time, Literal::Text(text) | Literal::Word(text)) => date(&text).ok_or(()),
            (Kind::Time, other) => Ok(other),
            (Kind::Number, number @ Literal::Number(_)) => Ok(number),
            (Kind::Number, _) => Err(()),
            (Kind::Text | Kind::Either, Literal::At(_) | Literal::FromNow(_)) if !is_quoted => {
                Ok(Literal::Word(self.written(begin.start)))
            }
            // An attribute that is a text is compared as one: an id may be all digits.
            (Kind::Text, Literal::Number(_)) => Ok(Literal::Word(self.written(begin.start))),
            (_, other) => Ok(other),
        };
        literal.map_err(|()| {
            let span = begin.start..self.tokens[self.at - 1].span.end;
            let key = key.to_string();
            let fault = match kind {
                Kind::Time => FilterFault::TimeExpected { key },
                _ => FilterFault::NumberExpected { key, operator },
            };
            FilterError::new(span, fault)
        })
    }

    /// What the words since byte `begin` say, as they were written.
    fn written(&self, begin: usize) -> String {
        let of_literal = self.tokens[..self.at].iter().filter(|placed| placed.span.start >= begin);
        let words = of_literal.filter_map(|placed| match &placed.token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// A number, a date, `now` with what is added to it, or a word.
    fn word(&mut self, word: &str) -> Literal {
        if let Some(number) = number(word) {
            return Literal::Number(number);
        }
        if let Some(rest) = word.strip_prefix("now") {
            if let Some(from_now) = self.span_from_now(rest) {
                return from_now;
            }
        } else if let (true, Some(at)) = (word.starts_with(|c: char| c.is_ascii_digit()), date(word)) {
            return at;
        }
        Literal::Word(word.to_owned())
    }

    /// What follows `now`: nothing, `-2d`, `- 2d` or `- 2 days`.
    fn span_from_now(&mut self, rest: &str) -> Option<Literal> {
        let ahead = |n: usize| match &self.tokens.get(self.at + n)?.token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        };
        let begin =
            if rest.is_empty() { ahead(0).filter(|word| word.starts_with(['-', '+'])) } else { Some(rest) };
        let Some(begin) = begin else { return rest.is_empty().then_some(Literal::FromNow(0)) };
        let mut n_taken = usize::from(rest.is_empty());
        let (sign, first) = match begin.split_at_checked(1)? {
            ("-", first) => (-1, first),
            ("+", first) => (1, first),
            _ => return None,
        };
        let first = if first.is_empty() {
            n_taken += 1;
            ahead(n_taken - 1)?
        } else {
            first
        };
        let milliseconds = match (span(first), number(first)) {
            (Some(milliseconds), _) => milliseconds,
            (None, Some(_)) => {
                n_taken += 1;
                span(&format!("{first}{}", ahead(n_taken - 1)?))?
            }
            (None, None) => return None,
        };
        self.at += n_taken;
        Some(Literal::FromNow(sign * milliseconds))
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.at].span.clone()
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_next = is_keyword(self.peek(), keyword);
        self.at += usize::from(is_next);
        is_next
    }

    fn unexpected(&self, expected: &'static str) -> FilterError {
        self.tokens[self.at].instead_of(expected)
    }
}

fn joined(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}
