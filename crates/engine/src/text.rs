//! A review's text in, cleaned words out, by steps that are data.
//!
//! The fast way (for the usual steps in their usual order) and the plain way (for any) keep words only; the
//! traced way keeps for every word the bytes it came from. A property test holds them to the same words.

mod space;
mod word_char;
mod lower_table;
mod lower;
mod emoji_table;
mod emoji;
mod pattern;
mod edits;
mod languages;
mod stop_words;
mod porter;
mod words;
mod strip;
#[cfg(feature = "further-steps")]
mod further;
#[cfg(not(feature = "further-steps"))]
#[path = "text/no_further.rs"]
mod further;
mod steps;
mod traced;
mod staged;
mod fast;
mod plain;
mod cleaner;
mod effects;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;

pub use cleaner::{Cleaner, MAX_WORDS};
pub use effects::{EffectTally, StepEffect, WordsLeft};
pub use languages::{Stemmer, StopWordList};
pub use lower::{lower_chars, lowercase};
pub(crate) use pattern::Pattern;
pub use pattern::{MAX_COMPILED_BYTES, MAX_PATTERN_BYTES, MAX_PATTERN_NESTING, PatternError};
pub use porter::nltk_porter;
pub use staged::{Piece, Stage};
pub use stop_words::stop_words;
pub use traced::{Traced, TracedWord};
pub(crate) use word_char::is_word_char;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most steps of one recipe.
pub const MAX_STEPS: usize = 64;
/// Longest text that a step may be given, in bytes.
pub const MAX_STEP_TEXT_BYTES: usize = 1_000;

/// One cleaning step. A recipe is a list of them, applied in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CleanStep {
    /// Full Unicode lower case, as Python's `str.lower`.
    Lowercase,
    /// Emoji removed, as Python's `emoji.replace_emoji(text, replace="")`.
    RemoveEmoji,
    /// `http\S+|www\S+` removed.
    RemoveUrls,
    /// `<.*?>` removed; the dot stops at a line feed.
    RemoveHtmlTags,
    /// Everything but a–z and white space removed.
    KeepLetters,
    /// Letters without accents: decomposed (NFKD) and without combining characters, as scikit-learn's
    /// `strip_accents="unicode"`. Needs the feature `accents`.
    StripAccents,
    /// Each emoji becomes its English name between two spaces, as Python's `emoji.demojize(text,
    /// delimiters=(" ", " "))` but without skin tones: `👍🏽` becomes ` thumbs_up `. Needs the feature
    /// `emoji-names`.
    EmojiToWords,
    /// `[\w.+-]+@[\w-]+(?:\.[\w-]+)+` removed.
    RemoveEmails,
    /// `(?<!\w)@\w+` removed.
    RemoveHandles,
    /// HTML's character references replaced by what they stand for, as Python's `html.unescape` for the names
    /// of HTML 4, `apos` and all numbers.
    UnescapeHtml,
    /// `\d+` replaced: decimal digits of every script.
    ReplaceDigits {
        /// By what; nothing removes them.
        with: String,
    },
    /// Stretches of punctuation replaced: Python's `string.punctuation` and Unicode's categories P*.
    ReplacePunctuation {
        /// By what; nothing removes them.
        with: String,
    },
    /// Matches of a pattern of the crate `regex` replaced, those of no character left out. Needs the feature
    /// `custom-regex`.
    ReplacePattern {
        /// The pattern, at most `MAX_PATTERN_BYTES`.
        pattern: String,
        /// By what, as it stands.
        with: String,
    },
    /// This text removed once from the beginning of a review that begins with it, white space aside.
    RemovePrefix {
        /// The text, in the case it has at this step.
        text: String,
    },
    /// This text removed once from the end of a review that ends with it, white space aside.
    RemoveSuffix {
        /// The text, in the case it has at this step.
        text: String,
    },
    /// Letters that stand three times or more in a row cut to two: `soooo` becomes `soo`.
    ShortenElongations,
    /// Words after a negation get `not_` before them, as NLTK's `mark_negation` marks them: up to a word that
    /// ends with one of `.:;!?`, or for a number of words.
    MarkNegation {
        /// Most words marked after a negation; all of the clause where there is none.
        n_words: Option<u8>,
    },
    /// Words of the list removed, but those kept.
    RemoveStopWords {
        /// Whose list.
        list: StopWordList,
        /// Words of the list that stay, such as `not`.
        keep: Vec<String>,
    },
    /// Words removed, as they are at this step.
    RemoveWords {
        /// They, together at most `MAX_STEP_TEXT_BYTES` long.
        words: Vec<String>,
    },
    /// Words cut down to their stems.
    Stem {
        /// By which rules.
        stemmer: Stemmer,
    },
}

/// Why a recipe cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CleanError {
    /// A step whose tables this build lacks.
    #[error(
        "the cleaning step `{step}` is not part of this build: leave it out, or use the terminal program `reviewlab`"
    )]
    NotInThisBuild {
        /// Its name in records.
        step: &'static str,
    },
    /// A pattern that cannot be run.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A given text over `MAX_STEP_TEXT_BYTES`.
    #[error(
        "a cleaning step holds a text of {found} bytes, at most {MAX_STEP_TEXT_BYTES} are taken: shorten it"
    )]
    TextTooLong {
        /// Its length.
        found: usize,
    },
    /// More steps than `MAX_STEPS`.
    #[error("the cleaning has {found} steps, at most {MAX_STEPS} are run: leave some out")]
    TooManySteps {
        /// How many there are.
        found: usize,
    },
}

/// The cleaning of the reference: lower case, emoji, URLs, tags, letters, stop words without
/// `not`, `no`, `nor`, NLTK's Porter stems.
pub fn reference_cleaning() -> Vec<CleanStep> {
    let keep = ["not", "no", "nor"].map(str::to_owned).to_vec();
    vec![
        CleanStep::Lowercase,
        CleanStep::RemoveEmoji,
        CleanStep::RemoveUrls,
        CleanStep::RemoveHtmlTags,
        CleanStep::KeepLetters,
        CleanStep::RemoveStopWords { list: StopWordList::NltkEnglish, keep },
        CleanStep::Stem { stemmer: Stemmer::NltkPorter },
    ]
}
