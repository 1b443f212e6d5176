//! Texts in, one by one; what each step of a recipe changes over all of them out.
//!
//! For looking at, as `staged`: a test holds both to the same texts. It keeps no texts, and of words a number each.

use json::{FromJson, ToJson};
use kernels::fingerprint;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::space::words;
use super::steps::{PreparedStep, TextStep, prepare};
use super::words::WordMemory;
use super::{CleanError, CleanStep, MAX_WORDS};

/// What one step does to all texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct StepEffect {
    /// Texts of which it changes more than white space.
    pub n_texts: u64,
    /// Different words before it that are no words after it; none where they are more than `MAX_WORDS`.
    pub n_words_gone: Option<u64>,
    /// Different words after it; none where they are more than `MAX_WORDS`.
    pub n_words: Option<u64>,
}

/// Words of a text before the first step and after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordsLeft {
    /// Before.
    pub n_before: usize,
    /// After.
    pub n_after: usize,
}

/// Watches what steps change.
pub struct EffectTally {
    first: WordSet,
    steps: Vec<TalliedStep>,
    before: String,
    text: String,
    spare: String,
}

struct TalliedStep {
    step: Applied,
    n_texts: u64,
    after: WordSet,
}

enum Applied {
    Text(TextStep),
    /// Each different word is worked on once.
    Words(Box<WordMemory>),
}

impl EffectTally {
    /// Of these steps, in order.
    ///
    /// # Errors
    /// As `Cleaner::new`.
    pub fn new(steps: &[CleanStep]) -> Result<Self, CleanError> {
        let tallied = |step| {
            let step = match step {
                PreparedStep::Text(step) => Applied::Text(step),
                PreparedStep::Word(step) => Applied::Words(Box::new(WordMemory::new(vec![step]))),
            };
            TalliedStep { step, n_texts: 0, after: WordSet::default() }
        };
        Ok(Self {
            first: WordSet::default(),
            steps: prepare(steps)?.into_iter().map(tallied).collect(),
            before: String::new(),
            text: String::new(),
            spare: String::new(),
        })
    }

    /// Takes the next text.
    pub fn see(&mut self, text: &str) -> WordsLeft {
        let Self { first, steps, before, text: current, spare } = self;
        current.clear();
        current.push_str(text);
        let n_before = first.see(current);
        let mut n_after = n_before;
        for TalliedStep { step, n_texts, after } in steps {
            before.clone_from(current);
            step.apply(current, spare);
            let is_changed = before != current && !words(before).map(second).eq(words(current).map(second));
            *n_texts += u64::from(is_changed);
            n_after = after.see(current);
        }
        WordsLeft { n_before, n_after }
    }

    /// Different words of the texts as they came; none where they are more than `MAX_WORDS`.
    pub fn n_first_words(&self) -> Option<u64> {
        self.first.n_words()
    }

    /// What each step does to the texts seen so far.
    pub fn effects(&self) -> Vec<StepEffect> {
        let befores = std::iter::once(&self.first).chain(self.steps.iter().map(|step| &step.after));
        let effect = |(before, step): (&WordSet, &TalliedStep)| StepEffect {
            n_texts: step.n_texts,
            n_words_gone: before.n_not_in(&step.after),
            n_words: step.after.n_words(),
        };
        befores.zip(&self.steps).map(effect).collect()
    }
}

fn second((_, word): (usize, &str)) -> &str {
    word
}

impl Applied {
    fn apply(&mut self, text: &mut String, spare: &mut String) {
        match self {
            Self::Text(step) => step.apply(text, spare),
            Self::Words(memory) => {
                if memory.ids.words().len() >= MAX_WORDS {
                    memory.clear();
                }
                spare.clear();
                for (_, word) in words(text) {
                    let Some(id) = memory.id_of(word) else { continue };
                    if !spare.is_empty() {
                        spare.push(' ');
                    }
                    spare.push_str(&memory.ids.words()[id as usize]);
                }
                std::mem::swap(text, spare);
            }
        }
    }
}

/// Different words, as 64 bits of each (SipHash-1-3, a fixed key): two of a million share them by chance once in
/// 10^7 files.
#[derive(Default)]
struct WordSet {
    seen: FxHashSet<u64>,
    has_more: bool,
}

impl WordSet {
    /// Takes the words of a text; how many there are, repeats included.
    fn see(&mut self, text: &str) -> usize {
        let mut n_words = 0;
        for (_, word) in words(text) {
            n_words += 1;
            if !self.has_more {
                self.seen.insert(fingerprint(word, &[]) as u64);
            }
        }
        if self.seen.len() > MAX_WORDS {
            self.has_more = true;
            self.seen = FxHashSet::default();
        }
        n_words
    }

    fn n_words(&self) -> Option<u64> {
        (!self.has_more).then_some(self.seen.len() as u64)
    }

    fn n_not_in(&self, other: &Self) -> Option<u64> {
        let is_known = !self.has_more && !other.has_more;
        is_known.then(|| self.seen.iter().filter(|word| !other.seen.contains(word)).count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Cleaner, StopWordList, reference_cleaning};

    #[track_caller]
    fn check(step: CleanStep, texts: &[&str], expected: (u64, u64, u64)) {
        let mut tally = EffectTally::new(&[step]).expect("a step of every build");
        texts.iter().for_each(|text| {
            tally.see(text);
        });
        let [effect] = tally.effects()[..] else { panic!("one step, one effect") };
        let StepEffect { n_texts, n_words_gone, n_words } = effect;
        assert_eq!((n_texts, n_words_gone, n_words), (expected.0, Some(expected.1), Some(expected.2)));
    }

    #[test]
    fn texts_and_words_that_a_step_changes_are_counted() {
        check(CleanStep::Lowercase, &["The box", "the  box", "THE BOX"], (2, 3, 2));
        check(CleanStep::KeepLetters, &["it was 5", "fine"], (1, 1, 3));
        check(CleanStep::KeepLetters, &[], (0, 0, 0));
        let list = StopWordList::NltkEnglish;
        check(CleanStep::RemoveStopWords { list, keep: vec![] }, &["the box", "a box", "box"], (2, 2, 1));
    }

    #[test]
    fn white_space_that_moves_is_no_change() {
        let list = StopWordList::NltkEnglish;
        check(CleanStep::RemoveStopWords { list, keep: vec![] }, &["nice \t box "], (0, 0, 2));
    }

    #[test]
    fn words_left_are_those_of_the_cleaned_text() {
        let mut tally = EffectTally::new(&reference_cleaning()).expect("the reference's steps");
        assert_eq!(tally.see("The boxes 👍 broke"), WordsLeft { n_before: 4, n_after: 2 });
        assert_eq!(tally.see("5 !!!"), WordsLeft { n_before: 2, n_after: 0 });
        assert_eq!(tally.n_first_words(), Some(6));
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_stages(texts in proptest::collection::vec("[a-dT @<>.5é👍']{0,24}", 0..12)) {
            let steps = reference_cleaning();
            let mut tally = EffectTally::new(&steps).expect("the reference's steps");
            let cleaner = Cleaner::new(&steps).expect("the reference's steps");
            let mut n_texts = vec![0_u64; steps.len()];
            for text in &texts {
                let left = tally.see(text);
                let mut before: Vec<String> = words(text).map(|(_, word)| word.to_owned()).collect();
                prop_assert_eq!(left.n_before, before.len());
                for (count, stage) in n_texts.iter_mut().zip(cleaner.stages(text)) {
                    let after: Vec<String> = words(&stage.after).map(|(_, word)| word.to_owned()).collect();
                    *count += u64::from(before != after);
                    before = after;
                }
                prop_assert_eq!(left.n_after, before.len());
            }
            let found: Vec<u64> = tally.effects().iter().map(|effect| effect.n_texts).collect();
            prop_assert_eq!(found, n_texts);
        }
    }
}
