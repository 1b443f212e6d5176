//! Texts in, cleaned words out by one list of steps: the fast way where the steps are the usual ones, else one
//! step after another.

use std::fmt;

use super::fast::FastWay;
use super::plain::PlainWay;
use super::staged::{Stage, stages};
use super::steps::{PreparedStep, prepare};
use super::traced::{Traced, trace};
use super::words::WordIds;
use super::{CleanError, CleanStep};

/// Most distinct cleaned words of one cleaner's memory. `clean` forgets and begins anew above it; who
/// collects numbers by `clean_to_ids` stops there.
pub const MAX_WORDS: usize = 1_000_000;

/// Cleans texts by one list of steps.
pub struct Cleaner {
    steps: Vec<PreparedStep>,
    way: Way,
    found: Vec<u32>,
}

enum Way {
    Fast(Box<FastWay>),
    Plain(Box<PlainWay>),
}

impl fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleaner").field("n_steps", &self.steps.len()).finish_non_exhaustive()
    }
}

impl Cleaner {
    /// A cleaner that applies `steps` in order.
    ///
    /// # Errors
    /// Where a step is out of bounds or not part of this build.
    pub fn new(steps: &[CleanStep]) -> Result<Self, CleanError> {
        let way = match FastWay::new(steps)? {
            Some(fast) => Way::Fast(Box::new(fast)),
            None => Way::Plain(Box::new(PlainWay::new(steps)?)),
        };
        Ok(Self { steps: prepare(steps)?, way, found: Vec::new() })
    }

    /// Calls `on_word` with each cleaned word in order.
    pub fn clean(&mut self, text: &str, on_word: &mut dyn FnMut(&str)) {
        let found = self.clean_anew(text);
        let words = self.words();
        for &id in &found {
            on_word(&words[id as usize]);
        }
        self.found = found;
    }

    /// Appends the cleaned words, a space between each two.
    pub fn clean_to(&mut self, text: &str, cleaned: &mut String) {
        let found = self.clean_anew(text);
        let words = self.words();
        for (place, &id) in found.iter().enumerate() {
            if place > 0 {
                cleaned.push(' ');
            }
            cleaned.push_str(&words[id as usize]);
        }
        self.found = found;
    }

    /// The numbers of the cleaned words, all words forgotten before where they are too many.
    fn clean_anew(&mut self, text: &str) -> Vec<u32> {
        if self.words().len() >= MAX_WORDS {
            match &mut self.way {
                Way::Fast(fast) => fast.memory.clear(),
                Way::Plain(plain) => plain.memory.clear(),
            }
        }
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.clean_to_ids(text, &mut found);
        found
    }

    /// Appends the numbers of the cleaned words. Words are numbered in order of first appearance; numbers
    /// hold until `clean` is called.
    pub fn clean_to_ids(&mut self, text: &str, ids: &mut Vec<u32>) {
        match &mut self.way {
            Way::Fast(fast) => fast.clean_to_ids(text, ids),
            Way::Plain(plain) => plain.clean_to_ids(text, ids),
        }
    }

    fn ids(&self) -> &WordIds {
        match &self.way {
            Way::Fast(fast) => &fast.memory.ids,
            Way::Plain(plain) => &plain.memory.ids,
        }
    }

    /// The words numbered so far, by number.
    pub fn words(&self) -> &[String] {
        self.ids().words()
    }

    /// The words numbered so far, by number.
    pub fn into_words(self) -> Vec<String> {
        match self.way {
            Way::Fast(fast) => fast.memory.ids.into_words(),
            Way::Plain(plain) => plain.memory.ids.into_words(),
        }
    }

    /// The text before and after each step.
    pub fn stages(&self, text: &str) -> Vec<Stage> {
        stages(&self.steps, text)
    }

    /// The cleaned words with the bytes they came from, and what was dropped.
    pub fn trace(&mut self, text: &str) -> Traced {
        trace(&self.steps, text)
    }
}
