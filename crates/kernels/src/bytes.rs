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

/// Bytes looked at together: few enough that a byte counts them, as vector instructions do best.
const PIECE: usize = 64;

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
pub fn lower_ascii(text: &mut str) {
    text.make_ascii_lowercase();
}

/// What a text in lower case may hold: `false` is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// `http` or `www`.
    pub url: bool,
    /// `<`.
    pub tag: bool,
}

/// Looks for the letters that addresses and tags begin with, all at once: most texts hold neither, and are
/// short, so that preparing one search after another would be most of the work.
#[inline(never)]
pub fn marks(text: &str) -> Marks {
    let mut found = [0; 2];
    let bytes = text.as_bytes();
    // Pieces of a fixed length are looked through by vector instructions.
    for start in (0..bytes.len()).step_by(PIECE) {
        match bytes.get(start..start + PIECE + REACH) {
            Some(piece) => look_through(piece.try_into().expect("a piece and its reach"), &mut found),
            None => {
                let rest = &bytes[start..];
                let mut padded = [b' '; PIECE + REACH];
                padded[..rest.len()].copy_from_slice(rest);
                look_through(&padded, &mut found);
            }
        }
    }
    Marks { url: found[0] > 0, tag: found[1] > 0 }
}

/// Bytes looked at together with a byte: two letters of a mark, which few words have side by side.
const REACH: usize = 1;

#[inline(always)]
fn look_through(piece: &[u8; PIECE + REACH], [url, tag]: &mut [u8; 2]) {
    for place in 0..PIECE {
        let [first, second] = [piece[place], piece[place + 1]];
        let in_www = u8::from(first == b'w') & u8::from(second == b'w');
        let in_http = u8::from(first == b't') & u8::from(second == b'p');
        *url |= in_www | in_http;
        *tag |= u8::from(first == b'<');
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
            let mut lower = text.to_owned();
            lower_ascii(&mut lower);
            assert_eq!(lower, text.to_ascii_lowercase());
        }
    }

    #[track_caller]
    fn check_marks(text: &str, url: bool, tag: bool) {
        for n_before in 0..2 * PIECE {
            let padding = "-".repeat(n_before);
            assert_eq!(marks(&format!("{padding}{text}")), Marks { url, tag }, "{text:?} after {n_before}");
            assert_eq!(marks(&format!("{text}{padding}")), Marks { url, tag }, "{text:?} before {n_before}");
        }
    }

    #[test]
    fn marks_of_addresses_and_tags_are_seen_wherever_they_stand() {
        check_marks("", false, false);
        check_marks("w w t pht", false, false);
        check_marks("http", true, false);
        check_marks("www", true, false);
        check_marks("a < b", false, true);
        check_marks("<a href=https://www>", true, true);
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
