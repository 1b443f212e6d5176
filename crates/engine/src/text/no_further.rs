//! Stands for `further` where the engine is built without its feature `further-steps`: names the step it lacks.

use super::edits::Edit;
use super::{CleanError, CleanStep};

/// None.
pub(super) enum EditStep {}

impl EditStep {
    /// Refuses every step.
    pub(super) fn of(step: &CleanStep) -> Result<Self, CleanError> {
        Err(CleanError::NotInThisBuild { step: name(step) })
    }

    /// There is no such step.
    pub(super) fn edits(&self, _: &str) -> Vec<Edit> {
        match *self {}
    }
}

/// The step's name in records.
fn name(step: &CleanStep) -> &'static str {
    match step {
        CleanStep::StripAccents => "strip_accents",
        CleanStep::EmojiToWords => "emoji_to_words",
        CleanStep::RemoveEmails => "remove_emails",
        CleanStep::RemoveHandles => "remove_handles",
        CleanStep::UnescapeHtml => "unescape_html",
        CleanStep::ReplaceDigits { .. } => "replace_digits",
        CleanStep::ReplacePunctuation { .. } => "replace_punctuation",
        CleanStep::ReplacePattern { .. } => "replace_pattern",
        CleanStep::RemovePrefix { .. } => "remove_prefix",
        CleanStep::RemoveSuffix { .. } => "remove_suffix",
        CleanStep::ShortenElongations => "shorten_elongations",
        CleanStep::MarkNegation { .. } => "mark_negation",
        _ => "another one",
    }
}
