//! Web addresses and HTML tags taken out of a text in one pass over its bytes.

use memchr::memmem::Finder;
use memchr::{memchr, memchr2};

use super::space::is_space;

/// Finders of `http` and `www`.
pub(super) struct UrlMarks([Finder<'static>; 2]);

impl Default for UrlMarks {
    fn default() -> Self {
        Self(["http", "www"].map(Finder::new))
    }
}

/// Writes `text` without `http\S+|www\S+` to `left`, if there is any.
pub(super) fn strip_urls(UrlMarks(marks): &UrlMarks, text: &str, left: &mut String) -> bool {
    let bytes = text.as_bytes();
    let next_from = |mark: &Finder<'_>, from: usize| {
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
pub(super) fn strip_tags(text: &str, left: &mut String) -> bool {
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
