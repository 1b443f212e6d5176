//! A review's text in, cleaned words out, by steps that are data.
//!
//! The fast way keeps words only; the traced way keeps for every word the bytes it came from. A
//! property test holds both to the same words.

mod space;
mod word_char;
mod pattern;
mod emoji_table;
mod emoji;
mod stop_words;
mod porter;
mod words;
mod traced;
mod cleaner;
#[cfg(test)]
mod tests;

pub use cleaner::{Cleaner, MAX_WORDS};
pub(crate) use pattern::Pattern;
pub use pattern::{MAX_COMPILED_BYTES, MAX_PATTERN_BYTES, MAX_PATTERN_NESTING, PatternError};
pub use porter::nltk_porter;
pub use stop_words::stop_words;
pub use traced::{Traced, TracedWord};
pub(crate) use word_char::is_word_char;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

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
    /// Words of the list removed, but those kept.
    RemoveStopWords {
        /// Whose list.
        list: StopWordList,
        /// Words of the list that stay, such as `not`.
        keep: Vec<String>,
    },
    /// Words cut down to their stems.
    Stem {
        /// By which rules.
        stemmer: Stemmer,
    },
}

/// A list of stop words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum StopWordList {
    /// NLTK's 198 English words.
    NltkEnglish,
}

/// Rules that cut words down to stems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Stemmer {
    /// NLTK's `PorterStemmer()` in its default mode.
    NltkPorter,
    /// Snowball's English stemmer (Porter 2), by `rust-stemmers`.
    SnowballEnglish,
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
