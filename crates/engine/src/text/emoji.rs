//! Which characters of a text Python's `emoji.replace_emoji(text, replace="")` (2.16.0) takes away, and which
//! of them are one emoji.
//!
//! It is a greedy walk through the automaton of all emoji, with two turns that follow the package:
//! a zero-width joiner after an emoji goes too, and makes the emoji before it be matched anew without
//! it; the variation selectors U+FE0E and U+FE0F always go. A walk that ends inside a longer sequence
//! removes nothing at that place.

use super::emoji_table::{LENGTHS, N_ACCEPTING, ROOT, STARTS, TRANSITIONS};

const JOINER: char = '\u{200d}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
/// Between ® and ‼ no emoji begins: most letters of the world's scripts are dismissed at once.
const NO_EMOJI: std::ops::RangeInclusive<char> = '\u{af}'..='\u{203b}';

/// The state after `c`, if an emoji can go on with it.
fn step(state: u8, c: char) -> Option<u8> {
    let code = u32::from(c);
    let first = usize::from(STARTS[usize::from(state)]);
    let end = usize::from(STARTS[usize::from(state) + 1]);
    let after = TRANSITIONS[first..end].partition_point(|transition| transition >> 8 <= code);
    let idx = first + after.checked_sub(1)?;
    let transition = TRANSITIONS[idx];
    (code - (transition >> 8) <= u32::from(LENGTHS[idx])).then_some(transition as u8)
}

fn begins_emoji(c: char) -> Option<u8> {
    if NO_EMOJI.contains(&c) || c.is_ascii_alphabetic() { None } else { step(ROOT, c) }
}

fn is_whole_emoji(c: char) -> bool {
    begins_emoji(c).is_some_and(|state| state < N_ACCEPTING)
}

/// Skin tones and hair, which Unicode calls components.
fn is_component(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{1f9b0}'..='\u{1f9b3}')
}

/// A matched emoji or a single character, not yet settled.
#[derive(Clone, Copy)]
struct Token {
    start: usize,
    n_chars: usize,
    is_emoji: bool,
}

/// For each character whether it stays, and the emoji, in order: from first character to one past the last.
pub(super) struct EmojiScan {
    pub kept: Vec<bool>,
    #[cfg_attr(
        not(feature = "emoji-names"),
        allow(dead_code, reason = "only their names ask where they are")
    )]
    pub emoji: Vec<std::ops::Range<usize>>,
}

struct Walk<'a> {
    chars: &'a [char],
    kept: Vec<bool>,
    emoji: Vec<std::ops::Range<usize>>,
    ignored: Vec<bool>,
    open: Vec<Token>,
}

impl Walk<'_> {
    /// Where the longest walk from `start` ends, if it ends at the end of an emoji.
    fn longest_from(&self, start: usize, state: u8) -> Option<usize> {
        let mut state = state;
        let mut end = start + 1;
        while end < self.chars.len() && !self.ignored[end] {
            let Some(next) = step(state, self.chars[end]) else { break };
            state = next;
            end += 1;
        }
        (state < N_ACCEPTING).then_some(end)
    }

    fn joins_emoji(&self, place: usize) -> Option<Token> {
        let last = *self.open.last()?;
        let after_emoji = last.is_emoji || is_whole_emoji(self.chars[last.start]);
        (after_emoji && place > 0 && begins_emoji(self.chars[place - 1]).is_some()).then_some(last)
    }

    /// Takes back what came before the joiner at `place` and says where to go on.
    fn rewind(&mut self, place: usize, last: Token) -> usize {
        self.ignored[place] = true;
        self.open.pop();
        if last.n_chars > 1 || !is_component(self.chars[last.start]) {
            return place - last.n_chars;
        }
        let n_before = self.open.last().map_or(0, |token| token.n_chars);
        let start = place - last.n_chars - n_before;
        if self.chars[start] == JOINER {
            return start + 1;
        }
        self.open.pop();
        start
    }

    fn settle(&mut self) {
        for token in self.open.drain(..) {
            if token.is_emoji {
                self.emoji.push(token.start..token.start + token.n_chars);
            } else {
                self.kept[token.start] = true;
            }
        }
    }
}

/// Whether anything could be removed: all but ASCII digits, `#` and `*`, which need a keycap after them.
pub(super) fn may_hold_emoji(text: &str) -> bool {
    const KEYCAP: char = '\u{20e3}';
    let matters = |c: char| matches!(c, TEXT_STYLE | EMOJI_STYLE | KEYCAP) || begins_emoji(c).is_some();
    text.chars().any(|c| !c.is_ascii() && matters(c))
}

/// For each character, whether it stays.
pub(super) fn kept_without_emoji(chars: &[char]) -> Vec<bool> {
    scan(chars).kept
}

/// Finds all emoji.
pub(super) fn scan(chars: &[char]) -> EmojiScan {
    let n = chars.len();
    let (kept, ignored) = (vec![false; n], vec![false; n]);
    let mut walk = Walk { chars, kept, emoji: Vec::new(), ignored, open: Vec::new() };
    let mut place = 0;
    while place < n {
        if walk.ignored[place] {
            place += 1;
            continue;
        }
        let c = chars[place];
        if let Some(state) = begins_emoji(c) {
            if let Some(end) = walk.longest_from(place, state) {
                walk.open.push(Token { start: place, n_chars: end - place, is_emoji: true });
                place = end;
                continue;
            }
        } else if c == JOINER
            && let Some(last) = walk.joins_emoji(place)
        {
            place = walk.rewind(place, last);
            continue;
        } else {
            walk.settle();
            walk.kept[place] = c != TEXT_STYLE && c != EMOJI_STYLE;
            place += 1;
            continue;
        }
        // An emoji could begin here, but none does: a joiner that follows still looks at it.
        walk.open.push(Token { start: place, n_chars: 1, is_emoji: false });
        place += 1;
    }
    walk.settle();
    EmojiScan { kept: walk.kept, emoji: walk.emoji }
}

/// The text without its emoji.
pub(super) fn without_emoji(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let kept = kept_without_emoji(&chars);
    chars.iter().zip(kept).filter_map(|(&c, stays)| stays.then_some(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let chars: Vec<char> = text.chars().collect();
        let kept = kept_without_emoji(&chars);
        let left: String = chars.iter().zip(kept).filter_map(|(c, stays)| stays.then_some(c)).collect();
        assert_eq!(left, expected, "{text:?}");
    }

    #[test]
    fn removes_what_python_emoji_removes() {
        // emoji 2.16.0: replace_emoji(text, replace="")
        check("good 👍 ok", "good  ok");
        check("1 # * 2", "1 # * 2");
        check("1\u{fe0f}\u{20e3}2\u{20e3}3\u{fe0f}", "3");
        check("a\u{fe0f}b\u{fe0e}c", "abc");
        check("a\u{200d}b", "a\u{200d}b");
        check("👨\u{200d}👩\u{200d}👧 x", " x");
        check("👨\u{200d}x", "x");
        check("👨\u{200d}\u{200d}x", "\u{200d}x");
        check("👍🏽\u{200d}👍🏽x", "x");
        check("a🏻\u{200d}b", "ab");
        check("🏳\u{fe0f}\u{200d}🌈!", "!");
        check("🏳\u{fe0f}\u{200d}x", "🏳\u{200d}x");
        check("🇮🇳 🇮 x", " 🇮 x");
        check("©®™ ☺ ❤\u{fe0f}", "  ");
        check("नमस्ते 🙏", "नमस्ते ");
    }

    #[test]
    fn table_is_whole() {
        // emoji 2.16.0: len(EMOJI_DATA) == 5244, and every path from the root to an accepting state is one.
        fn n_from(state: u8) -> u64 {
            let (first, end) = (STARTS[usize::from(state)], STARTS[usize::from(state) + 1]);
            let own = u64::from(state < N_ACCEPTING);
            (first..end)
                .map(usize::from)
                .map(|i| (u64::from(LENGTHS[i]) + 1) * n_from(TRANSITIONS[i] as u8))
                .sum::<u64>()
                + own
        }
        assert_eq!(n_from(ROOT), 5244);
    }
}
