//! Any list of steps, each applied to characters that know the bytes they came from.
//!
//! This is the plain reading of the steps, one after another; the other ways are held to it by a test.

use super::edits::Edit;
use super::emoji::kept_without_emoji;
use super::lower::{lower_chars, lowercase as lower_text};
use super::space::is_space;
use super::steps::{PreparedStep, TextStep};
use super::words::WordStep;

/// A character and the bytes of the original it came from.
#[derive(Clone, Copy)]
pub(super) struct TracedChar {
    pub c: char,
    pub start: u32,
    pub end: u32,
}

/// A cleaned word and the bytes of the original it came from, from its first letter to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedWord {
    /// The word, as the model sees it.
    pub text: String,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// First byte and one past the last of what each character of `text` came from; a word that a step on
    /// words changed came as a whole.
    pub chars: Vec<(u32, u32)>,
}

/// What cleaning kept of a text and what it dropped, as bytes of the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// Cleaned words in order. Their stretches overlap only where a step made parts of two words of one stretch
    /// of the original.
    pub words: Vec<TracedWord>,
    /// Stretches outside of every word that are not white space: from first byte to one past the last.
    pub dropped: Vec<(u32, u32)>,
}

/// Applies `steps` in order. A step on words splits at white space and joins by one space.
pub(super) fn trace(steps: &[PreparedStep], text: &str) -> Traced {
    let mut chars = traced_chars(text);
    for step in steps {
        chars = apply_step(step, &chars);
    }
    let words: Vec<TracedWord> = split(&chars)
        .map(|word| {
            let (start, end) = span(word);
            let chars = word.iter().map(|traced| (traced.start, traced.end)).collect();
            TracedWord { text: word.iter().map(|traced| traced.c).collect(), start, end, chars }
        })
        .collect();
    let dropped = gaps(text, &words);
    Traced { words, dropped }
}

/// The characters of a text, each come from itself.
pub(super) fn traced_chars(text: &str) -> Vec<TracedChar> {
    let itself =
        |(start, c): (usize, char)| TracedChar { c, start: start as u32, end: (start + c.len_utf8()) as u32 };
    text.char_indices().map(itself).collect()
}

/// The characters after one step.
pub(super) fn apply_step(step: &PreparedStep, chars: &[TracedChar]) -> Vec<TracedChar> {
    match step {
        PreparedStep::Text(step) => apply_text_step(step, chars),
        PreparedStep::Word(step) => join(split(chars).filter_map(|word| apply_word_step(step, word))),
    }
}

fn apply_text_step(step: &TextStep, chars: &[TracedChar]) -> Vec<TracedChar> {
    match step {
        TextStep::Lowercase => lowercase(chars),
        TextStep::RemoveEmoji => {
            let plain: Vec<char> = chars.iter().map(|traced| traced.c).collect();
            let kept = kept_without_emoji(&plain);
            chars.iter().zip(kept).filter_map(|(traced, stays)| stays.then_some(*traced)).collect()
        }
        TextStep::RemoveUrls(_) => without(chars, url_end),
        TextStep::RemoveHtmlTags => without(chars, tag_end),
        TextStep::KeepLetters => {
            let stays = |c: char| c.is_ascii_lowercase() || is_space(c);
            chars.iter().filter(|traced| stays(traced.c)).copied().collect()
        }
        TextStep::Edits(step) => {
            let text: String = chars.iter().map(|traced| traced.c).collect();
            edited(chars, &step.edits(&text))
        }
    }
}

/// The characters after these edits. What takes the place of a stretch stands for the whole of it; something
/// new stands for the character it is put before.
fn edited(chars: &[TracedChar], edits: &[Edit]) -> Vec<TracedChar> {
    let mut result = Vec::with_capacity(chars.len());
    let (mut place, mut byte) = (0, 0);
    for (range, with) in edits {
        while byte < range.start {
            byte += chars[place].c.len_utf8();
            result.push(chars[place]);
            place += 1;
        }
        let first = place;
        while byte < range.end {
            byte += chars[place].c.len_utf8();
            place += 1;
        }
        let stretch =
            if place > first { &chars[first..place] } else { &chars[first..chars.len().min(first + 1)] };
        let (start, end) = span(stretch);
        result.extend(with.chars().map(|c| TracedChar { c, start, end }));
    }
    result.extend_from_slice(&chars[place..]);
    result
}

/// Lower case of the whole text at once, because a final sigma depends on its neighbours.
fn lowercase(chars: &[TracedChar]) -> Vec<TracedChar> {
    let text: String = chars.iter().map(|traced| traced.c).collect();
    let lower = lower_text(&text);
    let mut lower = lower.chars();
    let mut result = Vec::with_capacity(chars.len());
    for traced in chars {
        let n_lower = lower_chars(traced.c).count();
        result.extend(lower.by_ref().take(n_lower).map(|c| TracedChar { c, ..*traced }));
    }
    result
}

/// The characters outside of the stretches that `end_of` finds, from left to right.
fn without(chars: &[TracedChar], end_of: impl Fn(&[TracedChar], usize) -> Option<usize>) -> Vec<TracedChar> {
    let mut left = Vec::with_capacity(chars.len());
    let mut place = 0;
    while place < chars.len() {
        match end_of(chars, place) {
            Some(end) => place = end,
            None => {
                left.push(chars[place]);
                place += 1;
            }
        }
    }
    left
}

fn starts_with(chars: &[TracedChar], pattern: &str) -> bool {
    chars.len() >= pattern.len() && pattern.chars().zip(chars).all(|(c, traced)| traced.c == c)
}

/// `http\S+|www\S+` at `start`.
fn url_end(chars: &[TracedChar], start: usize) -> Option<usize> {
    let n_mark = ["http", "www"].into_iter().find(|mark| starts_with(&chars[start..], mark))?.len();
    let after = start + n_mark;
    let n_rest = chars[after..].iter().take_while(|traced| !is_space(traced.c)).count();
    (n_rest > 0).then_some(after + n_rest)
}

/// `<.*?>` at `start`.
fn tag_end(chars: &[TracedChar], start: usize) -> Option<usize> {
    if chars[start].c != '<' {
        return None;
    }
    let n_inside = chars[start..].iter().position(|traced| matches!(traced.c, '>' | '\n'))?;
    (chars[start + n_inside].c == '>').then_some(start + n_inside + 1)
}

fn split(chars: &[TracedChar]) -> impl Iterator<Item = &[TracedChar]> {
    chars.split(|traced| is_space(traced.c)).filter(|word| !word.is_empty())
}

fn span(word: &[TracedChar]) -> (u32, u32) {
    (word.first().map_or(0, |first| first.start), word.last().map_or(0, |last| last.end))
}

/// The word after the step. A changed word's characters all stand for the whole of it.
fn apply_word_step(step: &WordStep, word: &[TracedChar]) -> Option<Vec<TracedChar>> {
    let text: String = word.iter().map(|traced| traced.c).collect();
    let left = step.apply(text)?;
    let (start, end) = span(word);
    Some(left.chars().map(|c| TracedChar { c, start, end }).collect())
}

fn join(words: impl Iterator<Item = Vec<TracedChar>>) -> Vec<TracedChar> {
    let mut chars: Vec<TracedChar> = Vec::new();
    for word in words {
        if let Some(last) = chars.last().copied() {
            chars.push(TracedChar { c: ' ', ..last });
        }
        chars.extend(word);
    }
    chars
}

/// Stretches of `text` outside of `words`, without white space.
fn gaps(text: &str, words: &[TracedWord]) -> Vec<(u32, u32)> {
    let mut gaps: Vec<(u32, u32)> = Vec::new();
    let mut words = words.iter().peekable();
    for (start, c) in text.char_indices() {
        let (start, end) = (start as u32, (start + c.len_utf8()) as u32);
        while words.next_if(|word| word.end <= start).is_some() {}
        if is_space(c) || words.peek().is_some_and(|word| word.start <= start) {
            continue;
        }
        match gaps.last_mut() {
            Some(last) if last.1 == start => last.1 = end,
            _ => gaps.push((start, end)),
        }
    }
    gaps
}
