//! Raw words in, numbers of cleaned words out, each distinct raw word worked on once.

use kernels::{NO_WORD, WordNumbers, scan_letters};
use rust_stemmers::{Algorithm, Stemmer as Snowball};

use super::porter::nltk_porter;
use super::stop_words::stop_words;
use super::{CleanError, CleanStep, MAX_STEP_TEXT_BYTES, Stemmer};

/// Most raw words whose outcome is remembered; later ones are worked on each time they come.
const MAX_REMEMBERED_WORDS: usize = 1 << 18;
/// Longest raw word that is remembered, in bytes.
const MAX_REMEMBERED_BYTES: usize = 64;

/// A step that looks at one word at a time.
pub(super) enum WordStep {
    /// Removes these words, whatever their numbers.
    Drop(WordNumbers),
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
                let mut words = WordNumbers::default();
                stop_words(*list)?.iter().filter(|word| !stays(word)).for_each(|word| words.insert(word, 0));
                Ok(Some(Self::Drop(words)))
            }
            CleanStep::RemoveWords { words } => {
                let found = words.iter().map(String::len).sum();
                if found > MAX_STEP_TEXT_BYTES {
                    return Err(CleanError::TextTooLong { found });
                }
                let mut dropped = WordNumbers::default();
                words.iter().for_each(|word| dropped.insert(word, 0));
                Ok(Some(Self::Drop(dropped)))
            }
            CleanStep::Stem { stemmer: Stemmer::NltkPorter } => Ok(Some(Self::NltkPorter)),
            CleanStep::Stem { stemmer } => Ok(Some(Self::Snowball(snowball(*stemmer)?))),
            _ => Ok(None),
        }
    }

    /// What is left of `word`, if anything.
    pub(super) fn apply(&self, word: String) -> Option<String> {
        match self {
            Self::Drop(words) => words.get(&word).is_none().then_some(word),
            Self::NltkPorter => Some(nltk_porter(word)),
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

/// Distinct words by number, in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct WordIds {
    table: WordNumbers,
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
    outcomes: WordNumbers,
    pub(super) ids: WordIds,
    steps: Vec<WordStep>,
}

impl WordMemory {
    pub(super) fn new(steps: Vec<WordStep>) -> Self {
        Self { outcomes: WordNumbers::default(), ids: WordIds::default(), steps }
    }

    /// Forgets all words and numbers.
    pub(super) fn clear(&mut self) {
        self.outcomes = WordNumbers::default();
        self.ids = WordIds::default();
    }

    /// The number of what is left of a raw word, if anything is.
    pub(super) fn id_of(&mut self, raw: &str) -> Option<u32> {
        let outcome = match self.outcomes.get(raw) {
            Some(outcome) => outcome,
            None => work_out(&self.steps, &mut self.ids, &mut self.outcomes, raw),
        };
        (outcome != NO_WORD).then_some(outcome)
    }

    /// Appends the numbers of what is left of the words of `text`, of which only a–z and white space count.
    pub(super) fn scan_letters(&mut self, text: &str, found: &mut Vec<u32>) {
        let Self { outcomes, ids, steps } = self;
        scan_letters(text, outcomes, &mut |outcomes, raw| work_out(steps, ids, outcomes, raw), found);
    }
}

/// The number of what is left of a raw word, which is remembered.
fn work_out(steps: &[WordStep], ids: &mut WordIds, outcomes: &mut WordNumbers, raw: &str) -> u32 {
    let left = steps.iter().try_fold(raw.to_owned(), |word, step| step.apply(word));
    let outcome = left.map_or(NO_WORD, |word| ids.id_of(word));
    if raw.len() <= MAX_REMEMBERED_BYTES && outcomes.len() < MAX_REMEMBERED_WORDS {
        outcomes.insert(raw, outcome);
    }
    outcome
}
