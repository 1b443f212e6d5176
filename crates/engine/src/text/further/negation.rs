//! Words after a negation, marked: `not good` becomes `not not_good`, so that a bag of words can tell.
//!
//! The negations are those of NLTK's `mark_negation`, which writes `good_NEG`, and `cannot`, `nor`, `wasnt`,
//! `werent`, `without`.

use std::borrow::Cow;

use crate::text::edits::Edit;
use crate::text::space::words;

/// What a marked word begins with.
pub(super) const MARK: &str = "not_";

/// Words that negate, in byte order.
const NEGATIONS: [&str; 26] = [
    "aint", "arent", "cannot", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent",
    "isnt", "never", "no", "none", "noone", "nor", "not", "nothing", "nowhere", "shouldnt", "wasnt",
    "werent", "wont", "wouldnt", "without",
];

/// Whether a word negates those after it: one of the list without regard to ASCII case and to what stands
/// around its letters, or one with `n't` in it.
fn is_negation(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    if lower.contains("n't") || lower.contains("n’t") {
        return true;
    }
    NEGATIONS.contains(&lower.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether a clause ends with this word.
fn ends_clause(word: &str) -> bool {
    word.ends_with(['.', ':', ';', '!', '?'])
}

/// A mark before each word after a negation, up to the end of the clause or for `n_words` words. A negation is
/// not marked and begins anew; nor is a word without a letter or digit marked.
pub(super) fn edits(text: &str, n_words: Option<u8>) -> Vec<Edit> {
    let reach = n_words.map_or(usize::MAX, usize::from);
    let mut edits = Vec::new();
    let mut left = 0;
    for (start, word) in words(text) {
        if is_negation(word) {
            left = reach;
        } else if left > 0 && word.chars().any(char::is_alphanumeric) {
            edits.push((start..start, Cow::Borrowed(MARK)));
            left -= 1;
        }
        if ends_clause(word) {
            left = 0;
        }
    }
    edits
}
