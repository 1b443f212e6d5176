//! Steps of a recipe, checked and prepared: patterns compiled, tables at hand.

use super::edits::apply;
use super::emoji::{may_hold_emoji, without_emoji};
use super::further::EditStep;
use super::lower::lowercase;
use super::space::is_space;
use super::strip::{UrlMarks, strip_tags, strip_urls};
use super::words::WordStep;
use super::{CleanError, CleanStep, MAX_STEPS};

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
        Ok(Self::Text(match step {
            CleanStep::Lowercase => TextStep::Lowercase,
            CleanStep::RemoveEmoji => TextStep::RemoveEmoji,
            CleanStep::RemoveUrls => TextStep::RemoveUrls(Box::default()),
            CleanStep::RemoveHtmlTags => TextStep::RemoveHtmlTags,
            CleanStep::KeepLetters
            | CleanStep::RemoveStopWords { .. }
            | CleanStep::RemoveWords { .. }
            | CleanStep::Stem { .. } => TextStep::KeepLetters,
            further => TextStep::Edits(EditStep::of(further)?),
        }))
    }
}

impl TextStep {
    /// Applies the step to `text`; `spare` is room to write in.
    pub(super) fn apply(&self, text: &mut String, spare: &mut String) {
        match self {
            Self::Lowercase => *text = lowercase(text),
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
