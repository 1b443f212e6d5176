//! A text in lower case in, numbers of its words of a–z out: every word that was met before is one look-up of a
//! whole number.

use rustc_hash::FxHashMap;

/// Longest word of a–z that fits into a number, five bits a letter.
const MAX_PACKED_LETTERS: usize = 12;

/// A number that no word has: `scan_letters` leaves the word out.
pub const NO_WORD: u32 = u32::MAX;

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

/// A word of a–z being read, letter by letter, as a number: different words of up to
/// `MAX_PACKED_LETTERS` letters have different numbers, so such a word is looked up without comparing texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PackedWord {
    key: u64,
    n_letters: usize,
}

impl PackedWord {
    #[inline(always)]
    fn push(&mut self, letter: u8) {
        self.key = self.key << 5 | u64::from(letter & 0x1f);
        self.n_letters += 1;
    }

    /// The number, if the word is short enough for one.
    #[inline(always)]
    fn key(self) -> Option<u64> {
        (self.n_letters <= MAX_PACKED_LETTERS).then_some(self.key)
    }

    /// The number of a whole word, if it has one.
    fn key_of(word: &str) -> Option<u64> {
        if word.is_empty() || word.len() > MAX_PACKED_LETTERS || !word.bytes().all(|c| c.is_ascii_lowercase())
        {
            return None;
        }
        let mut packed = Self::default();
        word.bytes().for_each(|letter| packed.push(letter));
        packed.key()
    }
}

/// Numbers by word.
#[derive(Clone, Debug, Default)]
pub struct WordNumbers {
    packed: FxHashMap<u64, u32>,
    others: FxHashMap<Box<str>, u32>,
}

impl WordNumbers {
    /// The number of a word that has one.
    #[inline(never)]
    pub fn get(&self, word: &str) -> Option<u32> {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.get(&key).copied(),
            None => self.others.get(word).copied(),
        }
    }

    /// Gives a word a number.
    #[inline(never)]
    pub fn insert(&mut self, word: &str, number: u32) {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.insert(key, number),
            None => self.others.insert(word.into(), number),
        };
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.packed.len() + self.others.len()
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Appends to `ids` the numbers of the words of `text`, what is neither a–z nor white space left out of them. A
/// word without a number is given one by `work_out`, which may also leave it without.
#[inline(never)]
pub fn scan_letters(
    text: &str,
    numbers: &mut WordNumbers,
    work_out: &mut dyn FnMut(&mut WordNumbers, &str) -> u32,
    ids: &mut Vec<u32>,
) {
    let mut word = PackedWord::default();
    let mut word_start = 0;
    for place in 0..=text.len() {
        let byte = text.as_bytes().get(place).copied().unwrap_or(b' ');
        let is_break = match BYTE_KINDS[usize::from(byte)] {
            ByteKind::Letter => {
                word.push(byte);
                false
            }
            ByteKind::Other => false,
            ByteKind::Space => true,
            ByteKind::PerhapsSpace => text[place..].starts_with(char::is_whitespace),
        };
        if !is_break {
            continue;
        }
        if word.n_letters > 0 {
            let known = word.key().and_then(|key| numbers.packed.get(&key).copied());
            let number = known.unwrap_or_else(|| {
                let letters = letters_of(&text[word_start..place]);
                let known = numbers.get(&letters);
                known.unwrap_or_else(|| work_out(numbers, &letters))
            });
            if number != NO_WORD {
                ids.push(number);
            }
            word = PackedWord::default();
        }
        word_start = place;
    }
}

/// The letters a–z of a stretch of text.
#[cold]
#[inline(never)]
fn letters_of(stretch: &str) -> String {
    stretch.chars().filter(char::is_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut numbers = WordNumbers::default();
        let mut words: Vec<String> = Vec::new();
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.clear();
            let mut work_out = |numbers: &mut WordNumbers, word: &str| {
                if word == "drop" {
                    return NO_WORD;
                }
                let number = words.len() as u32;
                words.push(word.to_owned());
                numbers.insert(word, number);
                number
            };
            scan_letters(text, &mut numbers, &mut work_out, &mut ids);
        }
        let found: Vec<&str> = ids.iter().map(|&id| words[id as usize].as_str()).collect();
        assert_eq!(found, expected, "{text:?}");
        assert_eq!(words.len(), numbers.len(), "each word is worked out once");
    }

    #[test]
    fn letters_between_spaces_are_words() {
        check("", &[]);
        check("don't  b4d\tdrop x-", &["dont", "bd", "x"]);
        check("a\u{a0}b\u{2003}c\u{e9}d\u{1c}e", &["a", "b", "cd", "e"]);
        check("ab ba a b ab", &["ab", "ba", "a", "b", "ab"]);
        let long = ["abcdefghijkl", "abcdefghijklm", "abcdefghijklmn"];
        check(&format!("{0} {1} {2} {1}", long[0], long[1], long[2]), &[long[0], long[1], long[2], long[1]]);
    }
}
