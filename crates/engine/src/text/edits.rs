//! Changes to a text as data: where they stand and what takes their place. A cleaning step that is written as
//! edits is applied to plain texts and to traced ones by the same list.

use std::borrow::Cow;
use std::ops::Range;

/// A stretch of bytes and what takes its place. An empty stretch takes in something new.
pub(super) type Edit = (Range<usize>, Cow<'static, str>);

/// Longest text a step may make of another, in bytes; a step that would make a longer one leaves the text as it
/// is.
pub const MAX_CLEANED_BYTES: usize = 1 << 24;

/// `edits` unless they make a text longer than both `MAX_CLEANED_BYTES` and itself.
pub(super) fn within_bounds(text: &str, edits: Vec<Edit>) -> Vec<Edit> {
    let removed: usize = edits.iter().map(|(range, _)| range.len()).sum();
    let added: usize = edits.iter().map(|(_, with)| with.len()).sum();
    let n_bytes = text.len() - removed + added;
    if n_bytes > MAX_CLEANED_BYTES.max(text.len()) { Vec::new() } else { edits }
}

/// Writes the edited text over `edited`. Edits ascend and do not overlap.
pub(super) fn apply(text: &str, edits: &[Edit], edited: &mut String) {
    edited.clear();
    let mut kept_to = 0;
    for (range, with) in edits {
        edited.push_str(&text[kept_to..range.start]);
        edited.push_str(with);
        kept_to = range.end;
    }
    edited.push_str(&text[kept_to..]);
}

/// One edit for each longest stretch of characters that `is_taken`.
pub(super) fn stretches(text: &str, is_taken: fn(char) -> bool, with: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (start, c) in text.char_indices().filter(|&(_, c)| is_taken(c)) {
        match edits.last_mut() {
            Some((last, _)) if last.end == start => last.end += c.len_utf8(),
            _ => edits.push((start..start + c.len_utf8(), with.to_owned().into())),
        }
    }
    edits
}

/// Removes these stretches.
pub(super) fn removals(ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Edit> {
    ranges.into_iter().map(|range| (range, Cow::Borrowed(""))).collect()
}
