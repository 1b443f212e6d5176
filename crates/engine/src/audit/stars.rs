//! Whether a text says how many stars it gives: `4 stars`, `five star`, `3.5/5`, `4 out of 5`, `8/10`.

const NUMBER_WORDS: [&str; 6] = ["zero", "one", "two", "three", "four", "five"];
/// What a rating is out of, where that is said.
const SCALES: [&str; 2] = ["5", "10"];

/// Whether `text` spells a rating out.
pub(super) fn spells_stars(text: &str) -> bool {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) && !contains_ignoring_case(text, "star") {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let tokens: Vec<&str> = tokens(&lower).collect();
    (0..tokens.len()).any(|at| begins_rating(&tokens[at..]))
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Runs of letters, numbers with or without a decimal point, and slashes; all else parts them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        while next < bytes.len() && !(bytes[next].is_ascii_alphanumeric() || bytes[next] == b'/') {
            next += 1;
        }
        let begin = next;
        let first = *bytes.get(begin)?;
        next += 1;
        if first.is_ascii_digit() {
            let is_number = |at: usize| {
                let is_point = bytes[at] == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                bytes[at].is_ascii_digit() || is_point
            };
            while next < bytes.len() && is_number(next) {
                next += 1;
            }
        } else if first.is_ascii_alphabetic() {
            while next < bytes.len() && bytes[next].is_ascii_alphabetic() {
                next += 1;
            }
        }
        Some(&text[begin..next])
    })
}

fn begins_rating(tokens: &[&str]) -> bool {
    let [number, rest @ ..] = tokens else { return false };
    let is_word = NUMBER_WORDS.contains(number);
    let is_digit = number.parse::<f64>().is_ok_and(|value| (0.0..=10.0).contains(&value));
    match rest {
        ["star" | "stars", ..] => {
            is_word || number.parse::<f64>().is_ok_and(|value| (0.0..=5.0).contains(&value))
        }
        ["/", scale, ..] | ["out", "of", scale, ..] => is_digit && SCALES.contains(scale),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(spells_stars(text), expected, "{text}");
    }

    #[test]
    fn ratings_in_words_and_digits_are_seen() {
        check("I am giving 4 star only for its price", true);
        check("FIVE STARS for delivery", true);
        check("would rate them 4/5.READ MORE", true);
        check("3.5 out of 5", true);
        check("8/10 would buy again", true);
        check("4-star product", true);
    }

    #[test]
    fn other_numbers_and_stars_are_not() {
        check("worst quality after 2 or 3 shots the ball started", false);
        check("a single star", false);
        check("mavis 350 star product", false);
        check("20/50 working", false);
        check("24/7 support", false);
        check("", false);
        check("star", false);
    }
}
