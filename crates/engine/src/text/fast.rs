//! The fast way: the usual order of steps in a few passes over bytes, raw words looked up in a memory.

use kernels::{is_ascii, lower_ascii, marks};

use super::emoji::{may_hold_emoji, without_emoji};
use super::lower::lowercase;
use super::space::is_space;
use super::steps::{PreparedStep, prepare};
use super::strip::{UrlMarks, strip_tags, strip_urls};
use super::words::WordMemory;
use super::{CleanError, CleanStep};

/// The place of a step that the fast way does not know.
const UNUSUAL: u8 = u8::MAX;

pub(super) struct FastWay {
    lowercase: bool,
    remove_emoji: bool,
    remove_tags: bool,
    keep_letters: bool,
    /// Finders of `http` and `www`, if URLs are removed.
    url_marks: Option<Box<UrlMarks>>,
    pub(super) memory: WordMemory,
    text: String,
    spare: String,
}

impl FastWay {
    /// The fast way, if `steps` are any of lower case, emoji, URLs, tags, letters, in that order and each at
    /// most once, and steps on words after them.
    pub(super) fn new(steps: &[CleanStep]) -> Result<Option<Self>, CleanError> {
        let place = |step: &CleanStep| match step {
            CleanStep::Lowercase => 0,
            CleanStep::RemoveEmoji => 1,
            CleanStep::RemoveUrls => 2,
            CleanStep::RemoveHtmlTags => 3,
            CleanStep::KeepLetters => 4,
            CleanStep::RemoveStopWords { .. } | CleanStep::RemoveWords { .. } | CleanStep::Stem { .. } => 5,
            _ => UNUSUAL,
        };
        let places: Vec<u8> = steps.iter().map(place).collect();
        if places.contains(&UNUSUAL) {
            return Ok(None);
        }
        if !places.windows(2).all(|pair| pair[0] < pair[1] || pair == [5, 5]) {
            return Ok(None);
        }
        let word_steps = prepare(steps)?.into_iter().filter_map(|step| match step {
            PreparedStep::Word(step) => Some(step),
            PreparedStep::Text(_) => None,
        });
        Ok(Some(Self {
            lowercase: places.contains(&0),
            remove_emoji: places.contains(&1),
            url_marks: places.contains(&2).then(Box::default),
            remove_tags: places.contains(&3),
            keep_letters: places.contains(&4),
            memory: WordMemory::new(word_steps.collect()),
            text: String::new(),
            spare: String::new(),
        }))
    }

    pub(super) fn clean_to_ids(&mut self, text: &str, ids: &mut Vec<u32>) {
        self.load(text);
        let may_hold = marks(&self.text);
        if let Some(finders) = self.url_marks.as_ref().filter(|_| may_hold.url)
            && strip_urls(finders, &self.text, &mut self.spare)
        {
            std::mem::swap(&mut self.text, &mut self.spare);
        }
        if self.remove_tags && may_hold.tag && strip_tags(&self.text, &mut self.spare) {
            std::mem::swap(&mut self.text, &mut self.spare);
        }
        if self.keep_letters {
            self.memory.scan_letters(&self.text, ids);
        } else {
            let raw_words = self.text.split(is_space).filter(|word| !word.is_empty());
            ids.extend(raw_words.filter_map(|word| self.memory.id_of(word)));
        }
    }

    /// Fills `self.text` with the text in lower case and without emoji, as asked for.
    fn load(&mut self, text: &str) {
        self.text.clear();
        if is_ascii(text) {
            self.text.push_str(text);
            if self.lowercase {
                lower_ascii(&mut self.text);
            }
            return;
        }
        if self.lowercase {
            self.text.push_str(&lowercase(text));
        } else {
            self.text.push_str(text);
        }
        if self.remove_emoji && may_hold_emoji(&self.text) {
            self.text = without_emoji(&self.text);
        }
    }
}
