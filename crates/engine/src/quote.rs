//! Words from a file and numbers inside a sentence of ours.
//! In: any text, a number. Out: what is shown of it: one line, no longer than a sentence bears; `5,241`.
//! Never: the whole of a long text.

use std::fmt::{self, Write as _};

/// Most characters shown.
pub const MAX_QUOTED_CHARS: usize = 80;

/// Shows a text in a sentence: line breaks and other control characters as spaces, and its beginning where it is
/// longer than `MAX_QUOTED_CHARS`.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(MAX_QUOTED_CHARS) {
            let is_break = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            f.write_char(if is_break { ' ' } else { c })?;
        }
        if chars.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// Shows a whole number with commas between thousands: `5,241`.
#[derive(Clone, Copy, Debug)]
pub struct Grouped(pub u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_char(',')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Grouped, MAX_QUOTED_CHARS, Quoted};

    #[test]
    fn thousands_are_parted() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (5_241, "5,241"), (12_345_678, "12,345,678")]
        {
            assert_eq!(Grouped(number).to_string(), expected);
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Quoted(text).to_string(), expected);
    }

    #[test]
    fn a_short_text_stands_as_it_is() {
        check("", "");
        check("Review text", "Review text");
        check("ö".repeat(MAX_QUOTED_CHARS).as_str(), &"ö".repeat(MAX_QUOTED_CHARS));
    }

    #[test]
    fn what_would_break_the_line_is_a_space() {
        check("a\r\nb\tc\u{0}d\u{2028}e\u{85}f", "a  b c d e f");
    }

    #[test]
    fn a_long_text_is_cut() {
        check(&"ö".repeat(MAX_QUOTED_CHARS + 1), &format!("{}…", "ö".repeat(MAX_QUOTED_CHARS)));
    }
}
