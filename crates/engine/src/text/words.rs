//! Raw words in, numbers of cleaned words out, each distinct raw word worked on once.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer as Snowball};
use rustc_hash::FxBuildHasher;

use super::porter::nltk_porter;
use super::stop_words::stop_words;
use super::{CleanError, CleanStep, Stemmer};

/// Most raw words whose outcome is remembered; later ones are worked on each time they come.
const MAX_REMEMBERED_WORDS: usize = 1 << 18;
/// Longest raw word that is remembered, in bytes.
const MAX_REMEMBERED_BYTES: usize = 64;
/// The outcome of a word that a step removed.
const DROPPED: u32 = u32::MAX;

/// A step that looks at one word at a time.
pub(super) enum WordStep {
    /// Removes these words, in byte order.
    Drop(Vec<String>),
    /// NLTK's Porter.
    NltkPorter,
    /// One of Snowball's.
    Snowball(Snowball),
}

impl WordStep {
    /// The step as one on words, if it is one.
    pub(super) fn of(step: &CleanStep) -> Result<Option<Self>, CleanError> {
        match step {
            CleanStep::RemoveStopWords { list, keep } => {
                let stays = |word: &str| keep.iter().any(|kept| kept == word);
                let words = stop_words(*list)?.iter().filter(|word| !stays(word));
                let mut words: Vec<String> = words.map(|&word| word.to_owned()).collect();
                words.sort_unstable();
                Ok(Some(Self::Drop(words)))
            }
            CleanStep::Stem { stemmer: Stemmer::NltkPorter } => Ok(Some(Self::NltkPorter)),
            CleanStep::Stem { stemmer } => Ok(Some(Self::Snowball(snowball(*stemmer)?))),
            _ => Ok(None),
        }
    }

    /// What is left of `word`, if anything.
    pub(super) fn apply(&self, word: String) -> Option<String> {
        match self {
            Self::Drop(words) => words.binary_search(&word).is_err().then_some(word),
            Self::NltkPorter => Some(nltk_porter(&word)),
            Self::Snowball(snowball) => {
                Some(snowball.stem(&word).into_owned()).filter(|stem| !stem.is_empty())
            }
        }
    }
}

/// The stemmer of a language; all but English need the engine's feature `languages`.
fn snowball(stemmer: Stemmer) -> Result<Snowball, CleanError> {
    let algorithm = match stemmer {
        Stemmer::SnowballEnglish => Algorithm::English,
        #[cfg(feature = "languages")]
        Stemmer::SnowballArabic => Algorithm::Arabic,
        #[cfg(feature = "languages")]
        Stemmer::SnowballDanish => Algorithm::Danish,
        #[cfg(feature = "languages")]
        Stemmer::SnowballDutch => Algorithm::Dutch,
        #[cfg(feature = "languages")]
        Stemmer::SnowballFinnish => Algorithm::Finnish,
        #[cfg(feature = "languages")]
        Stemmer::SnowballFrench => Algorithm::French,
        #[cfg(feature = "languages")]
        Stemmer::SnowballGerman => Algorithm::German,
        #[cfg(feature = "languages")]
        Stemmer::SnowballGreek => Algorithm::Greek,
        #[cfg(feature = "languages")]
        Stemmer::SnowballHungarian => Algorithm::Hungarian,
        #[cfg(feature = "languages")]
        Stemmer::SnowballItalian => Algorithm::Italian,
        #[cfg(feature = "languages")]
        Stemmer::SnowballNorwegian => Algorithm::Norwegian,
        #[cfg(feature = "languages")]
        Stemmer::SnowballPortuguese => Algorithm::Portuguese,
        #[cfg(feature = "languages")]
        Stemmer::SnowballRomanian => Algorithm::Romanian,
        #[cfg(feature = "languages")]
        Stemmer::SnowballRussian => Algorithm::Russian,
        #[cfg(feature = "languages")]
        Stemmer::SnowballSpanish => Algorithm::Spanish,
        #[cfg(feature = "languages")]
        Stemmer::SnowballSwedish => Algorithm::Swedish,
        #[cfg(feature = "languages")]
        Stemmer::SnowballTamil => Algorithm::Tamil,
        #[cfg(feature = "languages")]
        Stemmer::SnowballTurkish => Algorithm::Turkish,
        #[cfg(feature = "languages")]
        Stemmer::NltkPorter => return Err(CleanError::NotInThisBuild { step: "stem" }),
        #[cfg(not(feature = "languages"))]
        _ => return Err(CleanError::NotInThisBuild { step: "stem (a language other than English)" }),
    };
    Ok(Snowball::create(algorithm))
}

/// Longest word of a–z that fits into a number, five bits a letter.
const MAX_PACKED_LETTERS: usize = 12;

/// A word of a–z being read, letter by letter, as a number: different words of up to
/// `MAX_PACKED_LETTERS` letters have different numbers, so such a word is looked up without comparing texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PackedWord {
    key: u64,
    n_letters: usize,
}

impl PackedWord {
    pub(super) fn push(&mut self, letter: u8) {
        self.key = self.key << 5 | u64::from(letter & 0x1f);
        self.n_letters += 1;
    }

    pub(super) fn is_empty(self) -> bool {
        self.n_letters == 0
    }

    /// The number, if the word is short enough for one.
    fn key(self) -> Option<u64> {
        (self.n_letters <= MAX_PACKED_LETTERS).then_some(self.key)
    }

    /// The number of a whole word, if it has one.
    fn key_of(word: &str) -> Option<u64> {
        if word.is_empty() || word.len() > MAX_PACKED_LETTERS || !word.bytes().all(|c| c.is_ascii_lowercase())
        {
            return None;
        }
        let mut packed = Self::default();
        word.bytes().for_each(|letter| packed.push(letter));
        packed.key()
    }
}

/// Numbers by word.
#[derive(Clone, Debug, Default)]
struct WordTable {
    packed: HashMap<u64, u32, FxBuildHasher>,
    others: HashMap<Box<str>, u32, FxBuildHasher>,
}

impl WordTable {
    fn get(&self, word: &str) -> Option<u32> {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.get(&key).copied(),
            None => self.others.get(word).copied(),
        }
    }

    fn insert(&mut self, word: &str, number: u32) {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.insert(key, number),
            None => self.others.insert(word.into(), number),
        };
    }

    fn len(&self) -> usize {
        self.packed.len() + self.others.len()
    }
}

/// Distinct words by number, in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct WordIds {
    table: WordTable,
    words: Vec<String>,
}

impl WordIds {
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    pub(super) fn into_words(self) -> Vec<String> {
        self.words
    }

    pub(super) fn id_of(&mut self, word: String) -> u32 {
        if let Some(id) = self.table.get(&word) {
            return id;
        }
        let id = u32::try_from(self.words.len()).expect("callers stop far below 2^32 distinct words");
        self.table.insert(&word, id);
        self.words.push(word);
        id
    }
}

/// The word steps at the end of a recipe, with a memory of their outcomes.
pub(super) struct WordMemory {
    steps: Vec<WordStep>,
    outcomes: WordTable,
    pub(super) ids: WordIds,
}

impl WordMemory {
    pub(super) fn new(steps: Vec<WordStep>) -> Self {
        Self { steps, outcomes: WordTable::default(), ids: WordIds::default() }
    }

    /// Forgets all words and numbers.
    pub(super) fn clear(&mut self) {
        self.outcomes = WordTable::default();
        self.ids = WordIds::default();
    }

    /// The number of what is left of a raw word, if anything is.
    pub(super) fn id_of(&mut self, raw: &str) -> Option<u32> {
        let outcome = match self.outcomes.get(raw) {
            Some(outcome) => outcome,
            None => self.work_out(raw),
        };
        (outcome != DROPPED).then_some(outcome)
    }

    /// The same for a word whose letters are packed; `letters_of` gives them as text if need be.
    pub(super) fn id_of_packed(
        &mut self,
        packed: PackedWord,
        letters_of: impl FnOnce() -> String,
    ) -> Option<u32> {
        let remembered = packed.key().and_then(|key| self.outcomes.packed.get(&key).copied());
        match remembered {
            Some(outcome) => (outcome != DROPPED).then_some(outcome),
            None => self.id_of(&letters_of()),
        }
    }

    #[cold]
    fn work_out(&mut self, raw: &str) -> u32 {
        let left = self.steps.iter().try_fold(raw.to_owned(), |word, step| step.apply(word));
        let outcome = left.map_or(DROPPED, |word| self.ids.id_of(word));
        if raw.len() <= MAX_REMEMBERED_BYTES && self.outcomes.len() < MAX_REMEMBERED_WORDS {
            self.outcomes.insert(raw, outcome);
        }
        outcome
    }
}
