//! The fast way: the usual order of steps in a few passes over bytes, raw words looked up in a memory.

use super::emoji::{may_hold_emoji, without_emoji};
use super::lower::lowercase;
use super::space::is_space;
use super::steps::{PreparedStep, prepare};
use super::strip::{UrlMarks, strip_tags, strip_urls};
use super::words::{PackedWord, WordMemory};
use super::{CleanError, CleanStep};

/// The place of a step that the fast way does not know.
const UNUSUAL: u8 = u8::MAX;

/// What a byte of a text means where only a–z and white space stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByteKind {
    Other,
    Letter,
    Space,
    /// May begin one of Unicode's white space characters.
    PerhapsSpace,
}

const BYTE_KINDS: [ByteKind; 256] = {
    let mut kinds = [ByteKind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' => ByteKind::Letter,
            0x09..=0x0d | 0x1c..=0x20 => ByteKind::Space,
            0xc2 | 0xe1..=0xe3 => ByteKind::PerhapsSpace,
            _ => ByteKind::Other,
        };
        byte += 1;
    }
    kinds
};

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
            CleanStep::RemoveStopWords { .. } | CleanStep::Stem { .. } => 5,
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
        if let Some(marks) = &self.url_marks
            && strip_urls(marks, &self.text, &mut self.spare)
        {
            std::mem::swap(&mut self.text, &mut self.spare);
        }
        if self.remove_tags && strip_tags(&self.text, &mut self.spare) {
            std::mem::swap(&mut self.text, &mut self.spare);
        }
        if self.keep_letters {
            self.scan_letters(ids);
        } else {
            let raw_words = self.text.split(is_space).filter(|word| !word.is_empty());
            ids.extend(raw_words.filter_map(|word| self.memory.id_of(word)));
        }
    }

    /// Fills `self.text` with the text in lower case and without emoji, as asked for.
    fn load(&mut self, text: &str) {
        self.text.clear();
        if text.is_ascii() {
            self.text.push_str(text);
            if self.lowercase {
                self.text.make_ascii_lowercase();
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

    fn scan_letters(&mut self, ids: &mut Vec<u32>) {
        let text = self.text.as_str();
        let mut word = PackedWord::default();
        let mut word_start = 0;
        for (place, &byte) in text.as_bytes().iter().enumerate() {
            let is_break = match BYTE_KINDS[usize::from(byte)] {
                ByteKind::Letter => {
                    word.push(byte);
                    false
                }
                ByteKind::Other => false,
                ByteKind::Space => true,
                ByteKind::PerhapsSpace => text[place..].starts_with(is_space),
            };
            if is_break {
                if !word.is_empty() {
                    ids.extend(self.memory.id_of_packed(word, || letters_of(&text[word_start..place])));
                    word = PackedWord::default();
                }
                word_start = place;
            }
        }
        if !word.is_empty() {
            ids.extend(self.memory.id_of_packed(word, || letters_of(&text[word_start..])));
        }
    }
}

/// The letters a–z of a stretch of text.
fn letters_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_lowercase).collect()
}
