//! SQL's LIKE.

/// Whether `pattern` is the whole of `text`: `%` stands for any characters, `_` for one, no mark quotes them.
pub(super) fn like(text: &str, pattern: &str, ignores_case: bool) -> bool {
    let chars = |of: &str| -> Vec<char> {
        if ignores_case { of.to_lowercase().chars().collect() } else { of.chars().collect() }
    };
    matches(&chars(text), &chars(pattern))
}

/// Goes back to the last `%` only: a later one makes all before it settled, so the work is bounded by the product
/// of the lengths.
fn matches(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut last_any: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(of) {
            Some('%') => {
                last_any = Some((at, of));
                of += 1;
            }
            Some(c) if *c == '_' || *c == text[at] => {
                at += 1;
                of += 1;
            }
            _ => match last_any {
                Some((begun, any)) => {
                    last_any = Some((begun + 1, any));
                    at = begun + 1;
                    of = any + 1;
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|c| *c == '%')
}

#[cfg(test)]
mod tests {
    use super::like;

    #[track_caller]
    fn check(text: &str, pattern: &str, expected: bool) {
        assert_eq!(like(text, pattern, false), expected, "{text:?} LIKE {pattern:?}");
    }

    #[test]
    fn percent_is_any_characters_and_underscore_one() {
        check("", "", true);
        check("", "%", true);
        check("a", "", false);
        check("abc", "abc", true);
        check("abc", "ab", false);
        check("abc", "a%", true);
        check("abc", "%c", true);
        check("abc", "%b%", true);
        check("abc", "_b_", true);
        check("abc", "__", false);
        check("aXbXc", "a%X%c", true);
        check("mississippi", "m%iss%ip%i", true);
        check("mississippi", "m%iss%iss%iss%", false);
        check("a\nb", "a%b", true);
        check("äöü", "_ö_", true);
        check("50%", "50%", true);
        check("ABC", "abc", false);
    }

    #[test]
    fn ilike_looks_at_no_case() {
        assert!(like("TfidfVectorizer", "%VECTOR%", true));
        assert!(like("ÄÖ", "äö", true));
        assert!(!like("TfidfVectorizer", "%count%", true));
    }

    #[test]
    fn a_long_pattern_of_percents_takes_no_time() {
        assert!(!like(&"a".repeat(2_000), &format!("{}b", "%a".repeat(500)), false));
    }
}
