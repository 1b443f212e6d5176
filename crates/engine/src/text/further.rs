//! Steps beyond the reference's cleaning, each written as edits: accents, emoji names, addresses, entities, digits,
//! punctuation, patterns, boilerplate, elongations, negation. Behind the engine's feature `further-steps`.

mod char_kinds;
mod entities;
mod addresses;
mod negation;
mod accents;
mod emoji_names;

use std::borrow::Cow;
use std::ops::Range;

use super::edits::Edit;
use super::pattern::Pattern;
use super::space::is_space;
use super::word_char::is_word_char;
use super::{CleanError, CleanStep, MAX_STEP_TEXT_BYTES};
use char_kinds::{is_digit, is_punctuation};
use emoji_names::EmojiNames;
use entities::Entities;

/// Longest text a step may make of another, in bytes; a step that would make a longer one leaves the text as it
/// is.
const MAX_CLEANED_BYTES: usize = 1 << 24;

/// A step that is written as edits.
pub(super) enum EditStep {
    StripAccents,
    EmojiToWords(EmojiNames),
    RemoveEmails,
    RemoveHandles,
    UnescapeHtml(Entities),
    ReplaceDigits(String),
    ReplacePunctuation(String),
    ReplacePattern(Box<Pattern>, String),
    RemovePrefix(String),
    RemoveSuffix(String),
    ShortenElongations,
    MarkNegation(Option<u8>),
}

impl EditStep {
    /// The step, checked and prepared. Those that are not written as edits are none of these.
    pub(super) fn of(step: &CleanStep) -> Result<Self, CleanError> {
        Ok(match step {
            CleanStep::StripAccents => {
                accents::check()?;
                Self::StripAccents
            }
            CleanStep::EmojiToWords => Self::EmojiToWords(EmojiNames::new()?),
            CleanStep::RemoveEmails => Self::RemoveEmails,
            CleanStep::RemoveHandles => Self::RemoveHandles,
            CleanStep::UnescapeHtml => Self::UnescapeHtml(Entities::new()),
            CleanStep::ReplaceDigits { with } => Self::ReplaceDigits(bounded(with)?),
            CleanStep::ReplacePunctuation { with } => Self::ReplacePunctuation(bounded(with)?),
            CleanStep::ReplacePattern { pattern, with } => {
                Self::ReplacePattern(Box::new(Pattern::new(pattern)?), bounded(with)?)
            }
            CleanStep::RemovePrefix { text } => Self::RemovePrefix(bounded(text)?),
            CleanStep::RemoveSuffix { text } => Self::RemoveSuffix(bounded(text)?),
            CleanStep::ShortenElongations => Self::ShortenElongations,
            CleanStep::MarkNegation { n_words } => Self::MarkNegation(*n_words),
            CleanStep::Lowercase
            | CleanStep::RemoveEmoji
            | CleanStep::RemoveUrls
            | CleanStep::RemoveHtmlTags
            | CleanStep::KeepLetters
            | CleanStep::RemoveStopWords { .. }
            | CleanStep::RemoveWords { .. }
            | CleanStep::Stem { .. } => unreachable!("prepared by `steps`"),
        })
    }

    /// What the step changes, from left to right.
    pub(super) fn edits(&self, text: &str) -> Vec<Edit> {
        let edits = match self {
            Self::StripAccents => accents::edits(text),
            Self::EmojiToWords(names) => names.edits(text),
            Self::RemoveEmails => removals(addresses::emails(text)),
            Self::RemoveHandles => removals(addresses::handles(text)),
            Self::UnescapeHtml(entities) => entities.edits(text),
            Self::ReplaceDigits(with) => stretches(text, is_digit, with),
            Self::ReplacePunctuation(with) => stretches(text, is_punctuation, with),
            Self::ReplacePattern(pattern, with) => {
                let mut edits: Vec<Edit> = Vec::new();
                pattern.for_each_match(text, &mut |range| edits.push((range, with.clone().into())));
                edits
            }
            Self::RemovePrefix(prefix) => {
                let trimmed = text.trim_start_matches(is_space);
                let start = text.len() - trimmed.len();
                removals(trimmed.starts_with(prefix.as_str()).then(|| start..start + prefix.len()))
            }
            Self::RemoveSuffix(suffix) => {
                let trimmed = text.trim_end_matches(is_space);
                let end = trimmed.len();
                removals(trimmed.ends_with(suffix.as_str()).then(|| end - suffix.len()..end))
            }
            Self::ShortenElongations => elongations(text),
            Self::MarkNegation(n_words) => negation::edits(text, *n_words),
        };
        within_bounds(text, edits)
    }
}

fn bounded(text: &str) -> Result<String, CleanError> {
    if text.len() > MAX_STEP_TEXT_BYTES {
        return Err(CleanError::TextTooLong { found: text.len() });
    }
    Ok(text.to_owned())
}

/// `edits` unless they make a text longer than both `MAX_CLEANED_BYTES` and itself.
pub(super) fn within_bounds(text: &str, edits: Vec<Edit>) -> Vec<Edit> {
    let removed: usize = edits.iter().map(|(range, _)| range.len()).sum();
    let added: usize = edits.iter().map(|(_, with)| with.len()).sum();
    let n_bytes = text.len() - removed + added;
    if n_bytes > MAX_CLEANED_BYTES.max(text.len()) { Vec::new() } else { edits }
}

/// One edit for each longest stretch of characters that `is_taken`.
fn stretches(text: &str, is_taken: fn(char) -> bool, with: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (start, c) in text.char_indices().filter(|&(_, c)| is_taken(c)) {
        match edits.last_mut() {
            Some((last, _)) if last.end == start => last.end += c.len_utf8(),
            _ => edits.push((start..start + c.len_utf8(), with.to_owned().into())),
        }
    }
    edits
}

/// Removes these stretches.
fn removals(ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Edit> {
    ranges.into_iter().map(|range| (range, Cow::Borrowed(""))).collect()
}
/// Letters that stand three times or more in a row: the second stands for itself and all after it.
fn elongations(text: &str) -> Vec<Edit> {
    let is_letter = |c: char| is_word_char(c) && !c.is_numeric() && c != '_';
    let mut edits: Vec<Edit> = Vec::new();
    let mut run = (None, 0, 0);
    for (start, c) in text.char_indices() {
        let (letter, n_chars, second) = run;
        if letter != Some(c) {
            run = (Some(c), 1, start);
            continue;
        }
        run = (letter, n_chars + 1, if n_chars == 1 { start } else { second });
        let end = start + c.len_utf8();
        match edits.last_mut() {
            Some((range, _)) if n_chars > 2 && range.end == start => range.end = end,
            _ if n_chars == 2 && is_letter(c) => edits.push((second..end, c.to_string().into())),
            _ => {}
        }
    }
    edits
}
