//! Texts that nobody should write and everybody may send: each is answered rightly or refused in one sentence.

use api::MAX_TEXT_BYTES;
use serde_json::json;

use crate::case::Case;
use crate::project::{BAD, GOOD, NOTHING};

/// `ممتاز`, which weighs 4: `1 / (1 + exp(-4.5))`.
const EXCELLENT: f64 = 0.989_013_057_369_406_8;

/// The cases.
pub(crate) fn cases() -> Vec<Case> {
    let one = |name, text: &str| Case::predict(name, json!({ "text": text }));
    let raw = |name, text: &str| Case::predict(name, format!("{{\"text\": \"{text}\"}}"));
    let refused = |name, text: &str, column: usize| {
        let detail = format!(
            "The body is not JSON: expected an escape that JSON knows, surrogates in pairs, at line 1 column {column}."
        );
        raw(name, text).refused(400, "not_json", &detail)
    };
    let longest = format!("{}good", " ".repeat(MAX_TEXT_BYTES - 4));
    let families = "👨‍👩‍👧‍👦👍🏽🏳️‍🌈".repeat(100);
    vec![
        one("a megabyte of words", &"good bad ".repeat(111_111)).says(0, "positive", NOTHING),
        one("the longest text", &longest).says(0, "positive", GOOD),
        one("one word of a megabyte", &"x".repeat(1_000_000)).says(0, "positive", NOTHING),
        one("a megabyte of combining marks", &format!("bad {}", "\u{301}".repeat(400_000)))
            .says(0, "negative", BAD),
        Case::predict("a megabyte explained", json!({ "text": "bad ".repeat(250_000), "words": 1 }))
            .says(0, "negative", 0.0),
        one("an empty text", "").says(0, "positive", NOTHING),
        one("white space of many kinds", " \t\r\n\u{a0}\u{2028}\u{3000}").says(0, "positive", NOTHING),
        one("only emoji", &families).says(0, "positive", NOTHING),
        one("emoji around a word", "👍🏽good👍🏽").says(0, "positive", GOOD),
        one("right to left", "هذا المنتج ممتاز").says(0, "positive", EXCELLENT),
        one("both ways, with marks of direction", "\u{202e}bad\u{202c} \u{200f}\u{2067}\u{2069}")
            .says(0, "negative", BAD),
        one("null bytes", "\u{0}good\u{0}\u{0}").says(0, "positive", GOOD),
        one("control characters", "\u{1}\u{1b}[31mgood\u{7f}\u{85}").says(0, "positive", NOTHING),
        one("markup", "<script>alert(1)</script> good & \"bad\" \\ bad").says(0, "negative", BAD),
        one("a byte order mark", "\u{feff}good").says(0, "positive", GOOD),
        one("what is no character", "good \u{fffe}\u{10ffff}").says(0, "positive", GOOD),
        raw("a pair of surrogates", "good \\ud83d\\udc4d").says(0, "positive", GOOD),
        refused("half of a pair", "good \\ud800", 22),
        refused("the other half of a pair", "\\udc00 good", 22),
        refused("a pair the wrong way round", "\\udc4d\\ud83d", 23),
        refused("half of a pair before a text", "\\ud83d good", 22),
        refused("an escape that is none", "\\x41", 15),
        Case::bytes("a null byte that is not escaped", b"{\"text\": \"a\0\"}".to_vec()).refused(
            400,
            "not_json",
            "The body is not JSON: expected the end of a text at line 1 column 12.",
        ),
        Case::bytes("half of a pair as bytes", b"{\"text\": \"\xed\xa0\x80\"}".to_vec()).refused(
            400,
            "not_utf8",
            "The body is not UTF-8 from byte 10 on: encode it as UTF-8.",
        ),
    ]
}
