//! Steps of a recipe, checked and prepared: patterns compiled, tables at hand.

use super::accents;
use super::addresses;
use super::char_kinds::{is_digit, is_punctuation};
use super::edits::{Edit, apply, removals, stretches, within_bounds};
use super::emoji::{may_hold_emoji, without_emoji};
use super::emoji_names::EmojiNames;
use super::entities::Entities;
use super::negation;
use super::pattern::Pattern;
use super::space::is_space;
use super::strip::{UrlMarks, strip_tags, strip_urls};
use super::word_char::is_word_char;
use super::words::WordStep;
use super::{CleanError, CleanStep, MAX_STEP_TEXT_BYTES, MAX_STEPS};

/// A step in the form it is applied in.
pub(super) enum PreparedStep {
    /// One that looks at characters.
    Text(TextStep),
    /// One that looks at words.
    Word(WordStep),
}

/// A step on characters.
pub(super) enum TextStep {
    Lowercase,
    RemoveEmoji,
    RemoveUrls(Box<UrlMarks>),
    RemoveHtmlTags,
    KeepLetters,
    /// One that is written as edits.
    Edits(EditStep),
}

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

/// Prepares a recipe.
pub(super) fn prepare(steps: &[CleanStep]) -> Result<Vec<PreparedStep>, CleanError> {
    if steps.len() > MAX_STEPS {
        return Err(CleanError::TooManySteps { found: steps.len() });
    }
    steps.iter().map(PreparedStep::of).collect()
}

impl PreparedStep {
    fn of(step: &CleanStep) -> Result<Self, CleanError> {
        if let Some(step) = WordStep::of(step)? {
            return Ok(Self::Word(step));
        }
        let edits = match step {
            CleanStep::Lowercase => return Ok(Self::Text(TextStep::Lowercase)),
            CleanStep::RemoveEmoji => return Ok(Self::Text(TextStep::RemoveEmoji)),
            CleanStep::RemoveUrls => return Ok(Self::Text(TextStep::RemoveUrls(Box::default()))),
            CleanStep::RemoveHtmlTags => return Ok(Self::Text(TextStep::RemoveHtmlTags)),
            CleanStep::KeepLetters | CleanStep::RemoveStopWords { .. } | CleanStep::Stem { .. } => {
                return Ok(Self::Text(TextStep::KeepLetters));
            }
            CleanStep::StripAccents => {
                accents::check()?;
                EditStep::StripAccents
            }
            CleanStep::EmojiToWords => EditStep::EmojiToWords(EmojiNames::new()?),
            CleanStep::RemoveEmails => EditStep::RemoveEmails,
            CleanStep::RemoveHandles => EditStep::RemoveHandles,
            CleanStep::UnescapeHtml => EditStep::UnescapeHtml(Entities::new()),
            CleanStep::ReplaceDigits { with } => EditStep::ReplaceDigits(bounded(with)?),
            CleanStep::ReplacePunctuation { with } => EditStep::ReplacePunctuation(bounded(with)?),
            CleanStep::ReplacePattern { pattern, with } => {
                EditStep::ReplacePattern(Box::new(Pattern::new(pattern)?), bounded(with)?)
            }
            CleanStep::RemovePrefix { text } => EditStep::RemovePrefix(bounded(text)?),
            CleanStep::RemoveSuffix { text } => EditStep::RemoveSuffix(bounded(text)?),
            CleanStep::ShortenElongations => EditStep::ShortenElongations,
            CleanStep::MarkNegation { n_words } => EditStep::MarkNegation(*n_words),
        };
        Ok(Self::Text(TextStep::Edits(edits)))
    }
}

fn bounded(text: &str) -> Result<String, CleanError> {
    if text.len() > MAX_STEP_TEXT_BYTES {
        return Err(CleanError::TextTooLong { found: text.len() });
    }
    Ok(text.to_owned())
}

impl TextStep {
    /// Applies the step to `text`; `spare` is room to write in.
    pub(super) fn apply(&self, text: &mut String, spare: &mut String) {
        match self {
            Self::Lowercase => *text = text.to_lowercase(),
            Self::RemoveEmoji => {
                if may_hold_emoji(text) {
                    *text = without_emoji(text);
                }
            }
            Self::RemoveUrls(marks) => {
                if strip_urls(marks, text, spare) {
                    std::mem::swap(text, spare);
                }
            }
            Self::RemoveHtmlTags => {
                if strip_tags(text, spare) {
                    std::mem::swap(text, spare);
                }
            }
            Self::KeepLetters => text.retain(|c| c.is_ascii_lowercase() || is_space(c)),
            Self::Edits(step) => {
                let edits = step.edits(text);
                if !edits.is_empty() {
                    apply(text, &edits, spare);
                    std::mem::swap(text, spare);
                }
            }
        }
    }
}

impl EditStep {
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
