//! Lower case as `char::to_lowercase` and `str::to_lowercase` give it, from tables a third of the size of theirs.

use super::lower_table::{CASED, DISTANCES, IGNORABLE, RUNS};

/// The one letter whose lower case is two characters, and those.
const DOTTED_I: (char, [char; 2]) = ('\u{130}', ['i', '\u{307}']);

/// The lower case of one character, without a look at its neighbours: one character, or two.
pub fn lower_chars(c: char) -> impl Iterator<Item = char> {
    let (first, second) =
        if c == DOTTED_I.0 { (DOTTED_I.1[0], Some(DOTTED_I.1[1])) } else { (lower_char(c), None) };
    std::iter::once(first).chain(second)
}

/// `text` in lower case; a capital sigma at the end of a word becomes the final one.
pub fn lowercase(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        match c {
            'Σ' => lower.push(if is_final(text, start) { 'ς' } else { 'σ' }),
            _ if c.is_ascii() => lower.push(c.to_ascii_lowercase()),
            _ => lower.extend(lower_chars(c)),
        }
    }
    lower
}

fn lower_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let code = u32::from(c);
    let run = RUNS.partition_point(|run| run >> 10 <= code);
    let Some(run) = run.checked_sub(1) else { return c };
    let beyond = code - (RUNS[run] >> 10);
    let is_in = beyond <= (RUNS[run] >> 1 & 0x1ff) && (RUNS[run] & 1 == 0 || beyond.is_multiple_of(2));
    let lower = code.wrapping_add_signed(DISTANCES[run]);
    if is_in { char::from_u32(lower).unwrap_or(c) } else { c }
}

/// Whether the sigma at `start` ends a word: a letter stands before it and none after, whatever stands between that
/// parts no word.
fn is_final(text: &str, start: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(is_cased);
    is_letter(text[..start].chars().rev().find(|&c| !is_ignorable(c)))
        && !is_letter(text[start + 'Σ'.len_utf8()..].chars().find(|&c| !is_ignorable(c)))
}

fn is_cased(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { holds(&CASED, c) }
}

fn is_ignorable(c: char) -> bool {
    if c.is_ascii() { matches!(c, '\'' | '.' | ':' | '^' | '`') } else { holds(&IGNORABLE, c) }
}

fn holds(ranges: &[u32], c: char) -> bool {
    let code = u32::from(c);
    let after = ranges.partition_point(|range| range >> 8 <= code);
    after > 0 && code - (ranges[after - 1] >> 8) <= (ranges[after - 1] & 0xff)
}

#[cfg(test)]
mod tests {
    use super::{lower_chars, lowercase};

    #[test]
    fn every_character_has_the_lower_case_of_the_standard_library() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert!(lower_chars(c).eq(c.to_lowercase()), "{c:?}");
        }
    }

    #[test]
    fn every_neighbour_of_a_sigma_decides_as_in_the_standard_library() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            for text in
                [format!("{c}Σ"), format!("a{c}Σ"), format!("aΣ{c}"), format!("aΣ{c}a"), format!(" {c}Σ")]
            {
                assert_eq!(lowercase(&text), text.to_lowercase(), "{c:?}");
            }
        }
    }

    #[test]
    fn words_are_lowered_whole() {
        for text in ["", "READ MORE", "ÀÉÎ Straße", "ΟΔΥΣΣΕΥΣ ΣΑΣ. Σ Σ'Σ", "İSTANBUL ǅ Ω K", "日本 हिन्दी"]
        {
            assert_eq!(lowercase(text), text.to_lowercase());
        }
    }
}
