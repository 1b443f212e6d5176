//! The fast way: the usual order of steps in a few passes over bytes, raw words looked up in a memory.

use std::fmt;

use memchr::{memchr, memchr2, memmem};

use super::CleanStep;
use super::emoji::{kept_without_emoji, may_hold_emoji};
use super::space::is_space;
use super::traced::{Traced, TracedStep, trace};
use super::words::{PackedWord, WordIds, WordMemory, WordStep};

/// Most distinct cleaned words of one cleaner's memory. `clean` forgets and begins anew above it; who
/// collects numbers by `clean_to_ids` stops there.
pub const MAX_WORDS: usize = 1_000_000;

/// Cleans texts by one list of steps.
pub struct Cleaner {
    steps: Vec<TracedStep>,
    way: Way,
    found: Vec<u32>,
}

enum Way {
    Fast(Box<FastWay>),
    StepByStep(WordIds),
}

impl fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleaner").field("n_steps", &self.steps.len()).finish_non_exhaustive()
    }
}

impl Cleaner {
    /// A cleaner that applies `steps` in order.
    pub fn new(steps: &[CleanStep]) -> Self {
        let way = match FastWay::new(steps) {
            Some(fast) => Way::Fast(Box::new(fast)),
            None => Way::StepByStep(WordIds::default()),
        };
        Self { steps: steps.iter().map(TracedStep::of).collect(), way, found: Vec::new() }
    }

    /// Calls `on_word` with each cleaned word in order.
    pub fn clean(&mut self, text: &str, on_word: &mut dyn FnMut(&str)) {
        if self.words().len() >= MAX_WORDS {
            match &mut self.way {
                Way::Fast(fast) => fast.memory.clear(),
                Way::StepByStep(ids) => *ids = WordIds::default(),
            }
        }
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.clean_to_ids(text, &mut found);
        let words = self.words();
        for &id in &found {
            on_word(&words[id as usize]);
        }
        self.found = found;
    }

    /// Appends the numbers of the cleaned words. Words are numbered in order of first appearance; numbers
    /// hold until `clean` is called.
    pub fn clean_to_ids(&mut self, text: &str, ids: &mut Vec<u32>) {
        match &mut self.way {
            Way::Fast(fast) => fast.clean_to_ids(text, ids),
            Way::StepByStep(word_ids) => {
                ids.extend(trace(&self.steps, text).words.into_iter().map(|word| word_ids.id_of(word.text)));
            }
        }
    }

    /// The words numbered so far, by number.
    pub fn words(&self) -> &[String] {
        match &self.way {
            Way::Fast(fast) => fast.memory.ids.words(),
            Way::StepByStep(ids) => ids.words(),
        }
    }

    /// The words numbered so far, by number.
    pub fn into_words(self) -> Vec<String> {
        match self.way {
            Way::Fast(fast) => fast.memory.ids.into_words(),
            Way::StepByStep(ids) => ids.into_words(),
        }
    }

    /// The cleaned words with the bytes they came from, and what was dropped.
    pub fn trace(&mut self, text: &str) -> Traced {
        trace(&self.steps, text)
    }
}

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

struct FastWay {
    lowercase: bool,
    remove_emoji: bool,
    remove_tags: bool,
    keep_letters: bool,
    /// Finders of `http` and `www`, if URLs are removed.
    url_marks: Option<[memmem::Finder<'static>; 2]>,
    memory: WordMemory,
    text: String,
    spare: String,
}

impl FastWay {
    /// The fast way, if `steps` are any of lower case, emoji, URLs, tags, letters, in that order and each at
    /// most once, and steps on words after them.
    fn new(steps: &[CleanStep]) -> Option<Self> {
        let place = |step: &CleanStep| match step {
            CleanStep::Lowercase => 0,
            CleanStep::RemoveEmoji => 1,
            CleanStep::RemoveUrls => 2,
            CleanStep::RemoveHtmlTags => 3,
            CleanStep::KeepLetters => 4,
            CleanStep::RemoveStopWords { .. } | CleanStep::Stem { .. } => 5,
        };
        let places: Vec<u8> = steps.iter().map(place).collect();
        if !places.windows(2).all(|pair| pair[0] < pair[1] || pair == [5, 5]) {
            return None;
        }
        let url_marks = ["http", "www"].map(memmem::Finder::new);
        Some(Self {
            lowercase: places.contains(&0),
            remove_emoji: places.contains(&1),
            url_marks: places.contains(&2).then_some(url_marks),
            remove_tags: places.contains(&3),
            keep_letters: places.contains(&4),
            memory: WordMemory::new(steps.iter().filter_map(WordStep::of).collect()),
            text: String::new(),
            spare: String::new(),
        })
    }

    fn clean_to_ids(&mut self, text: &str, ids: &mut Vec<u32>) {
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
            self.text.push_str(&text.to_lowercase());
        } else {
            self.text.push_str(text);
        }
        if self.remove_emoji && may_hold_emoji(&self.text) {
            let chars: Vec<char> = self.text.chars().collect();
            let kept = kept_without_emoji(&chars);
            self.text.clear();
            self.text.extend(chars.iter().zip(kept).filter_map(|(&c, stays)| stays.then_some(c)));
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

/// Writes `text` without `http\S+|www\S+` to `left`, if there is any.
fn strip_urls(marks: &[memmem::Finder<'static>; 2], text: &str, left: &mut String) -> bool {
    let bytes = text.as_bytes();
    let next_from = |mark: &memmem::Finder<'_>, from: usize| {
        mark.find(&bytes[from..]).map(|place| (from + place, mark.needle().len()))
    };
    let mut nexts = [next_from(&marks[0], 0), next_from(&marks[1], 0)];
    left.clear();
    let mut kept_to = 0;
    while let Some((start, n_mark)) = nexts.into_iter().flatten().min() {
        let after = start + n_mark;
        let n_rest = text[after..].find(is_space).unwrap_or(text.len() - after);
        let from = if n_rest > 0 {
            left.push_str(&text[kept_to..start]);
            kept_to = after + n_rest;
            kept_to
        } else {
            start + 1
        };
        for (mark, next) in marks.iter().zip(&mut nexts) {
            if next.is_some_and(|(place, _)| place < from) {
                *next = next_from(mark, from);
            }
        }
    }
    if kept_to > 0 {
        left.push_str(&text[kept_to..]);
    }
    kept_to > 0
}

/// Writes `text` without `<.*?>` to `left`, if there is any; the dot stops at a line feed.
fn strip_tags(text: &str, left: &mut String) -> bool {
    let bytes = text.as_bytes();
    left.clear();
    let mut kept_to = 0;
    let mut from = 0;
    while let Some(n_before) = memchr(b'<', &bytes[from..]) {
        let start = from + n_before;
        let Some(n_inside) = memchr2(b'>', b'\n', &bytes[start..]) else { break };
        from = start + n_inside + 1;
        if bytes[from - 1] == b'>' {
            left.push_str(&text[kept_to..start]);
            kept_to = from;
        }
    }
    if kept_to > 0 {
        left.push_str(&text[kept_to..]);
    }
    kept_to > 0
}
