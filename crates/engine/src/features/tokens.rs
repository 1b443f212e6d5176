//! A cleaned text in, its tokens or characters out, each with its bytes in the cleaned text.
//!
//! The one place that knows what a token is: counting, predicting and explaining all cut texts here.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::english::english_stop_words;
use super::{Analyzer, DEFAULT_TOKEN_PATTERN, FeatureError, MIN_TOKEN_CHARS, TermStopWords, TokenRule};
use crate::text::{Pattern, is_word_char};

/// Cuts cleaned texts by one rule.
#[derive(Clone, Debug)]
pub(crate) struct Tokenizer {
    analyzer: Analyzer,
    pattern: Option<Pattern>,
    /// In byte order.
    stop_words: FxHashSet<&'static str>,
}

/// A word or character. `start` and `end` are its bytes in `Units::joined`, `from` and `to` those in the
/// cleaned text, empty for the space around a word that `char_wb` adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub start: u32,
    pub end: u32,
    pub from: u32,
    pub to: u32,
}

impl Unit {
    /// Whether it is a place that no n-gram crosses rather than a unit.
    pub(crate) fn is_break(self) -> bool {
        self.start == self.end
    }
}

/// A cleaned text cut into units; an n-gram is a stretch of `joined`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Units {
    joined: String,
    units: Vec<Unit>,
    /// The cleaned text, where a pattern needs the whole of it.
    text: String,
    /// Length of the cleaned text, whose words are joined by one space.
    n_bytes: usize,
}

impl Tokenizer {
    /// Prepares a rule.
    pub(crate) fn new(rule: &TokenRule) -> Result<Self, FeatureError> {
        let TokenRule { analyzer, token_pattern, stop_words } = rule;
        let is_word = *analyzer == Analyzer::Word;
        let pattern = match token_pattern {
            Some(pattern) if is_word && pattern != DEFAULT_TOKEN_PATTERN => {
                Some(Pattern::of_tokens(pattern)?)
            }
            _ => None,
        };
        let stop_words = match stop_words {
            TermStopWords::English if is_word => english_stop_words().collect(),
            _ => FxHashSet::default(),
        };
        Ok(Self { analyzer: *analyzer, pattern, stop_words })
    }

    pub(crate) fn analyzer(&self) -> Analyzer {
        self.analyzer
    }

    /// Whether each word's tokens are its own, whatever stands beside it.
    pub(crate) fn cuts_word_by_word(&self) -> bool {
        self.pattern.is_none()
    }

    fn is_stop_word(&self, token: &str) -> bool {
        !self.stop_words.is_empty() && self.stop_words.contains(token)
    }

    /// Takes the next word of the text that `units` holds so far.
    pub(crate) fn push(&self, units: &mut Units, word: &str) {
        let from = if units.n_bytes == 0 { 0 } else { units.n_bytes + 1 };
        units.n_bytes = from + word.len();
        match (self.analyzer, &self.pattern) {
            (Analyzer::Word, None) => for_each_token(word, &mut |token| {
                if !self.is_stop_word(&word[token.clone()]) {
                    units.push_token(&word[token.clone()], from + token.start);
                }
            }),
            (Analyzer::Word, Some(_)) => {
                if from > 0 {
                    units.text.push(' ');
                }
                units.text.push_str(word);
            }
            (Analyzer::Char, _) => {
                if from > 0 {
                    units.push_chars(" ", from - 1);
                }
                units.push_chars(word, from);
            }
            (Analyzer::CharWb, _) => {
                units.push_padding(from);
                units.push_chars(word, from);
                units.push_padding(from + word.len());
                units.push_break();
            }
        }
    }

    /// Ends the text.
    pub(crate) fn finish(&self, units: &mut Units) {
        let Some(pattern) = &self.pattern else { return };
        let text = std::mem::take(&mut units.text);
        pattern.for_each_token(&text, &mut |token| {
            if !self.is_stop_word(&text[token.clone()]) {
                units.push_token(&text[token.clone()], token.start);
            }
        });
        units.text = text;
    }
}

impl Units {
    /// Forgets the text.
    pub(crate) fn clear(&mut self) {
        self.joined.clear();
        self.units.clear();
        self.text.clear();
        self.n_bytes = 0;
    }

    pub(crate) fn units(&self) -> &[Unit] {
        &self.units
    }

    /// What a unit says; nothing for a break.
    pub(crate) fn text_of(&self, unit: Unit) -> &str {
        &self.joined[unit.start as usize..unit.end as usize]
    }

    fn push_token(&mut self, token: &str, from: usize) {
        if !self.joined.is_empty() {
            self.joined.push(' ');
        }
        self.push_unit(token, from..from + token.len());
    }

    fn push_chars(&mut self, text: &str, from: usize) {
        for (place, c) in text.char_indices() {
            let n_bytes = c.len_utf8();
            self.push_unit(&text[place..place + n_bytes], from + place..from + place + n_bytes);
        }
    }

    fn push_padding(&mut self, place: usize) {
        self.push_unit(" ", place..place);
    }

    fn push_break(&mut self) {
        self.push_unit("", self.n_bytes..self.n_bytes);
    }

    /// Texts are far shorter than the 4 GB that 32 bits number.
    fn push_unit(&mut self, unit: &str, bytes: Range<usize>) {
        let start = self.joined.len() as u32;
        self.joined.push_str(unit);
        let end = self.joined.len() as u32;
        self.units.push(Unit { start, end, from: bytes.start as u32, to: bytes.end as u32 });
    }

    /// Calls `on_ngram(text, first unit, number of units)` for each n-gram of `range` units.
    ///
    /// A word that `char_wb` pads to fewer characters than the shortest n-gram is one by itself, as in
    /// scikit-learn.
    pub(crate) fn for_each_ngram(&self, range: (u8, u8), mut on_ngram: impl FnMut(&str, usize, usize)) {
        let (shortest, longest) = (usize::from(range.0), usize::from(range.1));
        for (first, unit) in self.units.iter().enumerate().filter(|(_, unit)| !unit.is_break()) {
            let start = unit.start as usize;
            for length in 1..=longest {
                let Some(last) = self.units.get(first + length - 1) else { break };
                if last.is_break() {
                    let is_whole = first == 0 || self.units[first - 1].is_break();
                    if is_whole && length <= shortest {
                        on_ngram(&self.joined[start..last.start as usize], first, length - 1);
                    }
                    break;
                }
                if length >= shortest {
                    on_ngram(&self.joined[start..last.end as usize], first, length);
                }
            }
        }
    }
}

/// Whether scikit-learn's default pattern takes the whole of a cleaned word as one token.
fn is_plain_token(word: &str) -> bool {
    word.len() >= MIN_TOKEN_CHARS && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Matches of `(?u)\b\w\w+\b` in a word without white space: its longest stretches of word characters, if
/// they have two or more.
fn for_each_token(word: &str, on_token: &mut dyn FnMut(Range<usize>)) {
    if is_plain_token(word) {
        return on_token(0..word.len());
    }
    let mut start = None;
    let mut n_chars = 0;
    for (place, c) in word.char_indices() {
        if is_word_char(c) {
            start = start.or(Some(place));
            n_chars += 1;
        } else {
            if let Some(start) = start.take().filter(|_| n_chars >= MIN_TOKEN_CHARS) {
                on_token(start..place);
            }
            n_chars = 0;
        }
    }
    if let Some(start) = start.filter(|_| n_chars >= MIN_TOKEN_CHARS) {
        on_token(start..word.len());
    }
}
