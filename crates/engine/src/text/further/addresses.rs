//! E-mail addresses and handles in a text.

use std::ops::Range;

use crate::text::word_char::is_word_char;

fn is_local(c: char) -> bool {
    is_word_char(c) || matches!(c, '.' | '+' | '-')
}

fn is_label(c: char) -> bool {
    is_word_char(c) || c == '-'
}

/// Length of the characters at the beginning that `is_taken`.
fn length_of(text: &str, is_taken: fn(char) -> bool) -> usize {
    text.find(|c| !is_taken(c)).unwrap_or(text.len())
}

/// Matches of `[\w.+-]+@[\w-]+(?:\.[\w-]+)+`.
pub(super) fn emails(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices('@') {
        let before = &text[from..at];
        let n_local: usize = before.chars().rev().take_while(|&c| is_local(c)).map(char::len_utf8).sum();
        if n_local == 0 {
            from = at + 1;
            continue;
        }
        let n_label = length_of(&text[at + 1..], is_label);
        let mut end = at + 1 + n_label;
        let mut n_labels = usize::from(n_label > 0);
        while n_labels > 0
            && let Some(rest) = text[end..].strip_prefix('.')
            && length_of(rest, is_label) > 0
        {
            end += 1 + length_of(rest, is_label);
            n_labels += 1;
        }
        from = if n_labels > 1 {
            found.push(at - n_local..end);
            end
        } else {
            at + 1
        };
    }
    found
}

/// Matches of `(?<!\w)@\w+`.
pub(super) fn handles(text: &str) -> Vec<Range<usize>> {
    let follows_word = |at: usize| text[..at].chars().next_back().is_some_and(is_word_char);
    let places = text.match_indices('@').map(|(at, _)| at).filter(|&at| !follows_word(at));
    places
        .map(|at| at..at + 1 + length_of(&text[at + 1..], is_word_char))
        .filter(|range| range.len() > 1)
        .collect()
}
