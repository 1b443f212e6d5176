//! Which characters make words as Python means it: `\w` of its patterns, that is `str.isalnum()` or `_`.
//!
//! Rust's `char::is_alphanumeric` also takes marks and circled letters, which Python leaves out: vowel signs
//! of the scripts of India split words there.

/// Ranges that are alphabetic in Rust and neither letters nor numbers in Python 3.11 (Unicode 14): first code
/// point shifted left by 8, and how many more follow.
///
/// Made by comparing `char::is_alphanumeric` (Rust 1.95) with `str.isalnum` for every code point.
static MARKS: [u32; 161] = [
    0x3452a, 0x5b017, 0x6100a, 0x64b14, 0x67000, 0x6d60e, 0x6e706, 0x71100, 0x7300f, 0x7a60a, 0x81601,
    0x81b08, 0x82502, 0x82903, 0x8d42f, 0x93a01, 0x93e11, 0x95502, 0x96201, 0x98102, 0x9be0e, 0x9d700,
    0x9e201, 0xa0102, 0xa3e13, 0xa7001, 0xa750e, 0xabe0e, 0xae201, 0xafa09, 0xb3e19, 0xb6201, 0xb8200,
    0xbbe0e, 0xbd700, 0xc0004, 0xc3e18, 0xc6201, 0xc8102, 0xcbe18, 0xce201, 0xd0003, 0xd3e0e, 0xd5700,
    0xd6201, 0xd8102, 0xdcf10, 0xdf201, 0xe3100, 0xe3406, 0xe4d00, 0xeb100, 0xeb408, 0xecd00, 0xf7112,
    0xf8d2f, 0x102b13, 0x105603, 0x105e02, 0x106202, 0x106706, 0x107103, 0x10820b, 0x108f00, 0x109a03,
    0x171201, 0x173201, 0x175201, 0x177201, 0x17b612, 0x188501, 0x18a900, 0x192018, 0x1a1704, 0x1a551f,
    0x1abf45, 0x1b350e, 0x1b8002, 0x1ba10c, 0x1be70a, 0x1c2412, 0x1dd321, 0x24b633, 0x2de01f, 0xa67407,
    0xa69e01, 0xa80200, 0xa80b00, 0xa82304, 0xa88001, 0xa8b411, 0xa8ff00, 0xa92604, 0xa9470b, 0xa98003,
    0xa9b40b, 0xa9e500, 0xaa290d, 0xaa4300, 0xaa4c01, 0xaa7b02, 0xaab000, 0xaab202, 0xaab701, 0xaabe00,
    0xaaeb04, 0xaaf500, 0xabe307, 0xfb1e00, 0x1037604, 0x10a010e, 0x10d2403, 0x10eab01, 0x1100002, 0x110380d,
    0x1107301, 0x1108002, 0x110b012, 0x1110002, 0x111270b, 0x1114501, 0x1118002, 0x111b30c, 0x111ce01,
    0x1122c12, 0x112df09, 0x1130003, 0x1133e0e, 0x1135700, 0x1136201, 0x1143510, 0x114b011, 0x115af0f,
    0x115dc01, 0x1163010, 0x116ab0a, 0x1171d0d, 0x1182c0c, 0x119300c, 0x1194000, 0x1194200, 0x119d10e,
    0x119e400, 0x11a0109, 0x11a3504, 0x11a3b03, 0x11a510a, 0x11a8a0d, 0x11c2f0f, 0x11c9224, 0x11d3112,
    0x11d4700, 0x11d8a0c, 0x11ef303, 0x16f4f00, 0x16f5141, 0x16ff001, 0x1bc9e00, 0x1e0002a, 0x1e94700,
    0x1f13059,
];

/// Whether Python's `\w` takes `c`.
pub(crate) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric() && !is_mark(u32::from(c))
}

fn is_mark(code: u32) -> bool {
    let after = MARKS.partition_point(|range| range >> 8 <= code);
    after > 0 && code - (MARKS[after - 1] >> 8) <= (MARKS[after - 1] & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_pythons_alnum() {
        // Python 3.11.7 (Unicode 14.0): for each range how many c have chr(c).isalnum() or c == 0x5f, and their sum.
        for (start, end, expected) in [(0, 0x870, (1540, 1618130)), (0x900, 0xc50, (456, 1229972))] {
            let taken: Vec<u32> =
                (start..end).filter(|&c| char::from_u32(c).is_some_and(is_word_char)).collect();
            assert_eq!((taken.len(), taken.iter().sum::<u32>()), expected, "from {start:#x}");
        }
    }

    #[test]
    fn vowel_signs_split_words() {
        // Python 3.11: re.findall(r"\w", "नमस्ते") == ["न", "म", "स", "त"]
        let found: String = "नमस्ते".chars().filter(|&c| is_word_char(c)).collect();
        assert_eq!(found, "नमसत");
    }
}
