//! Texts as bytes: what is counted or changed in each of them.

use std::hash::Hasher as _;

use memchr::memchr2_iter;
use siphasher::sip128::{Hasher128 as _, SipHasher13};

/// Line ends of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEnds {
    /// Carriage returns.
    pub n_cr: usize,
    /// Line feeds.
    pub n_lf: usize,
    /// Carriage returns with a line feed after them.
    pub n_pairs: usize,
}

/// Counts line ends.
#[inline(never)]
pub fn line_ends(text: &str) -> LineEnds {
    let bytes = text.as_bytes();
    let mut ends = LineEnds { n_cr: 0, n_lf: 0, n_pairs: 0 };
    for place in memchr2_iter(b'\r', b'\n', bytes) {
        let is_cr = bytes[place] == b'\r';
        ends.n_cr += usize::from(is_cr);
        ends.n_lf += usize::from(!is_cr);
        ends.n_pairs += usize::from(is_cr && bytes.get(place + 1) == Some(&b'\n'));
    }
    ends
}

/// Bytes whose counted ones are counted in a byte, as vector instructions do best.
const PIECE: usize = 128;

/// Number of characters.
#[inline(never)]
pub fn n_chars(text: &str) -> usize {
    // A byte of the form 10xxxxxx goes on with a character.
    let begun = |piece: &[u8]| piece.iter().fold(0_u8, |n, &byte| n + u8::from(byte & 0xc0 != 0x80));
    text.as_bytes().chunks(PIECE).map(|piece| usize::from(begun(piece))).sum()
}

/// Whether every byte is ASCII.
#[inline(never)]
pub fn is_ascii(text: &str) -> bool {
    text.as_bytes().iter().fold(0, |all, byte| all | byte) < 0x80
}

/// Turns A–Z into a–z.
#[inline(never)]
pub fn lower_ascii(text: &mut [u8]) {
    for byte in text {
        *byte |= u8::from(byte.is_ascii_uppercase()) << 5;
    }
}

/// 128 bits of two texts in this order: SipHash-1-3 with a fixed key over both and a byte between that no text
/// holds, so they cannot flow into each other.
#[inline(never)]
pub fn fingerprint(first: &str, second: &[u8]) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(first.as_bytes());
    hasher.write_u8(0xff);
    hasher.write(second);
    hasher.finish128().as_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_ends(text: &str, n_cr: usize, n_lf: usize, n_pairs: usize) {
        assert_eq!(line_ends(text), LineEnds { n_cr, n_lf, n_pairs }, "{text:?}");
    }

    #[test]
    fn line_ends_are_counted_alone_and_in_pairs() {
        check_ends("", 0, 0, 0);
        check_ends("a\nb\r\nc\rd", 2, 2, 1);
        check_ends("\r\r\n\n", 2, 2, 1);
        check_ends(&"é\r\n".repeat(40), 40, 40, 40);
    }

    #[test]
    fn bytes_are_what_the_standard_library_says() {
        for text in ["", "plain", "MiXeD @[`{ 09", "naïve ÀÉ", "日本語 🙂", &"Zz~".repeat(30)] {
            assert_eq!(n_chars(text), text.chars().count());
            assert_eq!(is_ascii(text), text.is_ascii());
            let mut lower = text.to_owned().into_bytes();
            lower_ascii(&mut lower);
            assert_eq!(lower, text.to_ascii_lowercase().into_bytes());
        }
    }

    #[test]
    fn texts_do_not_flow_into_each_other() {
        assert_ne!(fingerprint("ab", b"c"), fingerprint("a", b"bc"));
        // siphasher 1.0: the same bytes written at once.
        let mut whole = SipHasher13::new();
        whole.write(b"ab\xffc");
        assert_eq!(fingerprint("ab", b"c"), whole.finish128().as_u128());
    }
}
