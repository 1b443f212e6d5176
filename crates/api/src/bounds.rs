//! How much one request may ask for. Out: named numbers, which `openapi.json` repeats. Never: a bound without a
//! refusal that names it.

/// Largest body of a request, in bytes.
pub const MAX_BODY_BYTES: usize = 4 << 20;
/// Most texts in one request.
pub const MAX_TEXTS: usize = 1_000;
/// Longest text, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// Most top words that are told of a text.
pub const MAX_TOP_WORDS: usize = 50;

/// Every bound under the name that `openapi.json` has for it.
pub(crate) const BOUNDS: [(&str, usize); 5] = [
    ("MAX_BODY_BYTES", MAX_BODY_BYTES),
    ("MAX_TEXTS", MAX_TEXTS),
    ("MAX_TEXT_BYTES", MAX_TEXT_BYTES),
    ("MAX_TOP_WORDS", MAX_TOP_WORDS),
    ("MAX_VERSION", u32::MAX as usize),
];
