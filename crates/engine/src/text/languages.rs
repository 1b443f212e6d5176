//! The languages that stop words and stemmers know.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// A list of stop words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum StopWordList {
    /// NLTK's 198 English words.
    NltkEnglish,
    /// NLTK's Albanian words.
    NltkAlbanian,
    /// NLTK's Arabic words.
    NltkArabic,
    /// NLTK's Azerbaijani words.
    NltkAzerbaijani,
    /// NLTK's Basque words.
    NltkBasque,
    /// NLTK's Belarusian words.
    NltkBelarusian,
    /// NLTK's Bengali words.
    NltkBengali,
    /// NLTK's Catalan words.
    NltkCatalan,
    /// NLTK's Chinese words.
    NltkChinese,
    /// NLTK's Danish words.
    NltkDanish,
    /// NLTK's Dutch words.
    NltkDutch,
    /// NLTK's Finnish words.
    NltkFinnish,
    /// NLTK's French words.
    NltkFrench,
    /// NLTK's German words.
    NltkGerman,
    /// NLTK's Greek words.
    NltkGreek,
    /// NLTK's Hebrew words.
    NltkHebrew,
    /// NLTK's Hinglish words.
    NltkHinglish,
    /// NLTK's Hungarian words.
    NltkHungarian,
    /// NLTK's Indonesian words.
    NltkIndonesian,
    /// NLTK's Italian words.
    NltkItalian,
    /// NLTK's Kazakh words.
    NltkKazakh,
    /// NLTK's Nepali words.
    NltkNepali,
    /// NLTK's Norwegian words.
    NltkNorwegian,
    /// NLTK's Portuguese words.
    NltkPortuguese,
    /// NLTK's Romanian words.
    NltkRomanian,
    /// NLTK's Russian words.
    NltkRussian,
    /// NLTK's Slovenian words.
    NltkSlovenian,
    /// NLTK's Spanish words.
    NltkSpanish,
    /// NLTK's Swedish words.
    NltkSwedish,
    /// NLTK's Tajik words.
    NltkTajik,
    /// NLTK's Tamil words.
    NltkTamil,
    /// NLTK's Turkish words.
    NltkTurkish,
    /// NLTK's Uzbek words.
    NltkUzbek,
}

impl StopWordList {
    /// All of them, those of languages other than English last.
    pub const ALL: [StopWordList; 33] = [
        Self::NltkEnglish,
        Self::NltkAlbanian,
        Self::NltkArabic,
        Self::NltkAzerbaijani,
        Self::NltkBasque,
        Self::NltkBelarusian,
        Self::NltkBengali,
        Self::NltkCatalan,
        Self::NltkChinese,
        Self::NltkDanish,
        Self::NltkDutch,
        Self::NltkFinnish,
        Self::NltkFrench,
        Self::NltkGerman,
        Self::NltkGreek,
        Self::NltkHebrew,
        Self::NltkHinglish,
        Self::NltkHungarian,
        Self::NltkIndonesian,
        Self::NltkItalian,
        Self::NltkKazakh,
        Self::NltkNepali,
        Self::NltkNorwegian,
        Self::NltkPortuguese,
        Self::NltkRomanian,
        Self::NltkRussian,
        Self::NltkSlovenian,
        Self::NltkSpanish,
        Self::NltkSwedish,
        Self::NltkTajik,
        Self::NltkTamil,
        Self::NltkTurkish,
        Self::NltkUzbek,
    ];
}

/// The words of a list, from the crate `stop-words`. A function of its own, so that the page can fetch it with its lists
/// when it is called.
#[cfg(feature = "languages")]
#[inline(never)]
pub(super) fn words_of(list: StopWordList) -> Option<&'static [&'static str]> {
    stop_words::lookup(list.code())
}

#[cfg(feature = "languages")]
impl StopWordList {
    /// The code by which the crate `stop-words` knows it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NltkEnglish => "en",
            Self::NltkAlbanian => "sq",
            Self::NltkArabic => "ar",
            Self::NltkAzerbaijani => "az",
            Self::NltkBasque => "eu",
            Self::NltkBelarusian => "be",
            Self::NltkBengali => "bn",
            Self::NltkCatalan => "ca",
            Self::NltkChinese => "zh",
            Self::NltkDanish => "da",
            Self::NltkDutch => "nl",
            Self::NltkFinnish => "fi",
            Self::NltkFrench => "fr",
            Self::NltkGerman => "de",
            Self::NltkGreek => "el",
            Self::NltkHebrew => "he",
            Self::NltkHinglish => "hinglish",
            Self::NltkHungarian => "hu",
            Self::NltkIndonesian => "id",
            Self::NltkItalian => "it",
            Self::NltkKazakh => "kk",
            Self::NltkNepali => "ne",
            Self::NltkNorwegian => "no",
            Self::NltkPortuguese => "pt",
            Self::NltkRomanian => "ro",
            Self::NltkRussian => "ru",
            Self::NltkSlovenian => "sl",
            Self::NltkSpanish => "es",
            Self::NltkSwedish => "sv",
            Self::NltkTajik => "tg",
            Self::NltkTamil => "ta",
            Self::NltkTurkish => "tr",
            Self::NltkUzbek => "uz",
        }
    }
}

/// Rules that cut words down to stems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Stemmer {
    /// NLTK's `PorterStemmer()` in its default mode.
    NltkPorter,
    /// Snowball's English stemmer (Porter 2), by `rust-stemmers`.
    SnowballEnglish,
    /// Snowball's Arabic stemmer.
    SnowballArabic,
    /// Snowball's Danish stemmer.
    SnowballDanish,
    /// Snowball's Dutch stemmer.
    SnowballDutch,
    /// Snowball's Finnish stemmer.
    SnowballFinnish,
    /// Snowball's French stemmer.
    SnowballFrench,
    /// Snowball's German stemmer.
    SnowballGerman,
    /// Snowball's Greek stemmer.
    SnowballGreek,
    /// Snowball's Hungarian stemmer.
    SnowballHungarian,
    /// Snowball's Italian stemmer.
    SnowballItalian,
    /// Snowball's Norwegian stemmer.
    SnowballNorwegian,
    /// Snowball's Portuguese stemmer.
    SnowballPortuguese,
    /// Snowball's Romanian stemmer.
    SnowballRomanian,
    /// Snowball's Russian stemmer.
    SnowballRussian,
    /// Snowball's Spanish stemmer.
    SnowballSpanish,
    /// Snowball's Swedish stemmer.
    SnowballSwedish,
    /// Snowball's Tamil stemmer.
    SnowballTamil,
    /// Snowball's Turkish stemmer.
    SnowballTurkish,
}

impl Stemmer {
    /// All of them, those of languages other than English last.
    pub const ALL: [Stemmer; 19] = [
        Self::NltkPorter,
        Self::SnowballEnglish,
        Self::SnowballArabic,
        Self::SnowballDanish,
        Self::SnowballDutch,
        Self::SnowballFinnish,
        Self::SnowballFrench,
        Self::SnowballGerman,
        Self::SnowballGreek,
        Self::SnowballHungarian,
        Self::SnowballItalian,
        Self::SnowballNorwegian,
        Self::SnowballPortuguese,
        Self::SnowballRomanian,
        Self::SnowballRussian,
        Self::SnowballSpanish,
        Self::SnowballSwedish,
        Self::SnowballTamil,
        Self::SnowballTurkish,
    ];
}
