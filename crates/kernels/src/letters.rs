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

/// Letters read at once: a word of memory.
const PIECE: usize = 8;

/// A word of a–z being read as a number, five bits a letter: different words of up to `MAX_PACKED_LETTERS`
/// letters have different numbers, so such a word is looked up without comparing texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PackedWord {
    key: u64,
    n_letters: usize,
}

impl PackedWord {
    /// Takes as many letters as `piece` begins with, its first byte being the lowest; returns how many.
    #[inline(always)]
    fn push(&mut self, piece: u64) -> usize {
        let n_bits = not_letters(piece).trailing_zeros();
        let n_letters = (n_bits / 8) as usize;
        // The mark of a byte is its highest bit, so that no letters are no bits.
        let letters = if n_letters == PIECE { piece } else { piece & ((1 << (8 * n_letters)) - 1) };
        if self.n_letters < MAX_PACKED_LETTERS {
            self.key |= packed(letters) << (5 * self.n_letters);
        }
        self.n_letters += n_letters;
        n_letters
    }

    /// The number, if the word is short enough for one.
    #[inline(always)]
    fn key(self) -> Option<u64> {
        (self.n_letters <= MAX_PACKED_LETTERS).then_some(self.key)
    }

    /// The number of a whole word, if it has one.
    fn key_of(word: &str) -> Option<u64> {
        if word.is_empty() || word.len() > MAX_PACKED_LETTERS {
            return None;
        }
        let push = |key: u64, (place, letter): (usize, u8)| {
            letter.is_ascii_lowercase().then(|| key | u64::from(letter & 0x1f) << (5 * place))
        };
        word.bytes().enumerate().try_fold(0, push)
    }
}

/// `byte` in each byte.
const fn everywhere(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; PIECE])
}

/// The highest bit of each byte that is not a–z.
#[inline(always)]
fn not_letters(piece: u64) -> u64 {
    let low = piece & everywhere(0x7f);
    let from_a = low + everywhere(0x80 - b'a');
    let beyond_z = low + everywhere(0x7f - b'z');
    (!from_a | beyond_z | piece) & everywhere(0x80)
}

/// The lower five bits of each byte, side by side.
#[inline(always)]
fn packed(letters: u64) -> u64 {
    let singles = letters & everywhere(0x1f);
    let pairs = singles & 0x001f_001f_001f_001f | singles >> 3 & 0x03e0_03e0_03e0_03e0;
    let fours = pairs & 0x0000_03ff_0000_03ff | pairs >> 6 & 0x000f_fc00_000f_fc00;
    fours & 0x000f_ffff | fours >> 12 & 0x00ff_fff0_0000
}

/// The bytes from `place` on, the first one lowest; spaces beyond the end.
#[inline(always)]
fn piece_at(bytes: &[u8], place: usize) -> u64 {
    match bytes.get(place..place + PIECE) {
        Some(piece) => u64::from_le_bytes(piece.try_into().expect("as long as a piece")),
        None => last_piece(&bytes[place..]),
    }
}

#[inline(never)]
fn last_piece(rest: &[u8]) -> u64 {
    let mut piece = [b' '; PIECE];
    piece[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(piece)
}

/// Numbers by packed word. A look-up is most of what a word costs, so that its few instructions count: no word
/// is 0, which marks a free place; a word stands at its hash or in the next free place.
#[derive(Clone, Debug)]
struct PackedNumbers {
    /// As many as a power of two, at least half of them free.
    places: Vec<(u64, u32)>,
    n_words: usize,
}

/// Places of a table that holds nothing yet, as a power of two.
const FIRST_PLACES: usize = 1 << 10;

impl Default for PackedNumbers {
    fn default() -> Self {
        Self { places: vec![(0, 0); FIRST_PLACES], n_words: 0 }
    }
}

impl PackedNumbers {
    /// Where `key` stands or belongs.
    #[inline(always)]
    fn place_of(&self, key: u64) -> usize {
        let mask = self.places.len() - 1;
        // Fibonacci hashing (Knuth 6.4): the upper bits depend on all letters.
        let mut place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.places[place].0 != key && self.places[place].0 != 0 {
            place = (place + 1) & mask;
        }
        place
    }

    #[inline(always)]
    fn get(&self, key: u64) -> Option<u32> {
        let (found, number) = self.places[self.place_of(key)];
        (found == key).then_some(number)
    }

    fn insert(&mut self, key: u64, number: u32) {
        if 2 * self.n_words >= self.places.len() {
            let grown = vec![(0, 0); 2 * self.places.len()];
            let before = std::mem::replace(&mut self.places, grown);
            for word in before.into_iter().filter(|word| word.0 != 0) {
                let place = self.place_of(word.0);
                self.places[place] = word;
            }
        }
        let place = self.place_of(key);
        self.n_words += usize::from(self.places[place].0 == 0);
        self.places[place] = (key, number);
    }
}

/// Numbers by word.
#[derive(Clone, Debug, Default)]
pub struct WordNumbers {
    packed: PackedNumbers,
    others: FxHashMap<Box<str>, u32>,
}

impl WordNumbers {
    /// The number of a word that has one.
    #[inline(never)]
    pub fn get(&self, word: &str) -> Option<u32> {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.get(key),
            None => self.others.get(word).copied(),
        }
    }

    /// Gives a word a number.
    #[inline(never)]
    pub fn insert(&mut self, word: &str, number: u32) {
        match PackedWord::key_of(word) {
            Some(key) => self.packed.insert(key, number),
            None => {
                self.others.insert(word.into(), number);
            }
        }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.packed.n_words + self.others.len()
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
    let bytes = text.as_bytes();
    let mut place = 0;
    while place < bytes.len() {
        let start = place;
        let (word, end) = read_word(text, start);
        place = end;
        if word.n_letters == 0 {
            continue;
        }
        let known = word.key().and_then(|key| numbers.packed.get(key));
        let number = known.unwrap_or_else(|| number_of((word, &text[start..end]), numbers, work_out));
        if number != NO_WORD {
            ids.push(number);
        }
    }
}

/// The letters from `start` up to white space, and the place after that.
#[inline(always)]
fn read_word(text: &str, start: usize) -> (PackedWord, usize) {
    let bytes = text.as_bytes();
    let mut word = PackedWord::default();
    let mut place = start;
    while place < bytes.len() {
        let piece = piece_at(bytes, place);
        let n_letters = word.push(piece);
        place += n_letters;
        if n_letters == PIECE {
            continue;
        }
        let next = (piece >> (8 * n_letters)) as u8;
        let n_breaking = match BYTE_KINDS[usize::from(next)] {
            ByteKind::Letter | ByteKind::Other => 0,
            ByteKind::Space => 1,
            ByteKind::PerhapsSpace => {
                let space = text[place..].chars().next().filter(|c| c.is_whitespace());
                space.map_or(0, char::len_utf8)
            }
        };
        place += n_breaking.max(1);
        if n_breaking > 0 {
            break;
        }
    }
    (word, place.min(bytes.len()))
}

/// The number of a word that stands in a stretch of text and is long, or was not met before.
#[cold]
#[inline(never)]
fn number_of(
    (word, stretch): (PackedWord, &str),
    numbers: &mut WordNumbers,
    work_out: &mut dyn FnMut(&mut WordNumbers, &str) -> u32,
) -> u32 {
    let mut letters = String::with_capacity(word.n_letters);
    letters.extend(stretch.bytes().filter(u8::is_ascii_lowercase).map(char::from));
    let known = if word.key().is_none() { numbers.get(&letters) } else { None };
    known.unwrap_or_else(|| work_out(numbers, &letters))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn words_are_the_letters_between_spaces(text in "[a-z é\u{a0}\u{2003}.'A\t]{0,40}") {
            let between = text.split(|c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f'));
            let letters = |stretch: &str| stretch.chars().filter(char::is_ascii_lowercase).collect::<String>();
            let expected: Vec<String> = between.map(letters).filter(|word| !word.is_empty() && word != "drop").collect();
            check(&text, &expected.iter().map(String::as_str).collect::<Vec<_>>());
        }
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
