//! Bytes of Windows-1252 to characters, as browsers do: the five undefined bytes are control characters.

/// What the bytes 0x80 to 0x9f mean; all others mean the code point of their value.
const HIGH_CONTROLS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The byte of a character, where it has one.
pub(super) fn byte_of(character: char) -> Option<u8> {
    match HIGH_CONTROLS.iter().position(|known| *known == character) {
        Some(place) => Some(0x80 + place as u8),
        None => u8::try_from(u32::from(character)).ok().filter(|byte| char_of(*byte) == character),
    }
}

/// The character of a byte.
pub(super) fn char_of(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH_CONTROLS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
