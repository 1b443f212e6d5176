//! Patterns that a person wrote, bounded: no text and no pattern takes more than linear time.
//!
//! They need the engine's feature `custom-regex` (the crate `regex`). A build without it names the pattern it
//! cannot run. `\w`, `\d`, `\s` and `\b` are Unicode's, as in Python; look-around and back references are not
//! known.

use std::ops::Range;

use thiserror::Error;

use crate::quote::Quoted;

/// Longest pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 1_000;
/// Most memory a compiled pattern may take, in bytes.
pub const MAX_COMPILED_BYTES: usize = 1 << 20;
/// Deepest nesting of a pattern's groups.
pub const MAX_PATTERN_NESTING: u32 = 50;

/// Why a pattern cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// The engine was built without patterns.
    #[error(
        "the pattern `{pattern}` cannot be run here: leave it out, or use the terminal program `reviewlab`",
        pattern = Quoted(.pattern)
    )]
    NotInThisBuild {
        /// The pattern.
        pattern: String,
    },
    /// Over `MAX_PATTERN_BYTES`.
    #[error("a pattern of {found} bytes is longer than {MAX_PATTERN_BYTES}: shorten it")]
    TooLong {
        /// Its length.
        found: usize,
    },
    /// Over `MAX_COMPILED_BYTES`.
    #[error(
        "the pattern `{pattern}` repeats too much to be run: lower its counts",
        pattern = Quoted(.pattern)
    )]
    TooLarge {
        /// The pattern.
        pattern: String,
    },
    /// It is not a pattern.
    #[error(
        "the pattern `{pattern}` cannot be read ({reason}): correct it",
        pattern = Quoted(.pattern)
    )]
    Syntax {
        /// The pattern.
        pattern: String,
        /// What is wrong, in the words of `regex`.
        reason: String,
    },
    /// A token pattern may have one group at most.
    #[error(
        "the token pattern `{pattern}` has {n_groups} groups, at most one may capture: write the others as (?:…)",
        pattern = Quoted(.pattern)
    )]
    TooManyGroups {
        /// The pattern.
        pattern: String,
        /// Its capturing groups.
        n_groups: usize,
    },
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    #[cfg(feature = "custom-regex")]
    regex: regex::Regex,
    #[cfg(not(feature = "custom-regex"))]
    never: std::convert::Infallible,
}

#[cfg(feature = "custom-regex")]
impl Pattern {
    /// Compiles a pattern within the bounds.
    pub(crate) fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong { found: pattern.len() });
        }
        let compiled = regex::RegexBuilder::new(pattern)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_COMPILED_BYTES)
            .nest_limit(MAX_PATTERN_NESTING)
            .build();
        let pattern = pattern.to_owned();
        match compiled {
            Ok(regex) => Ok(Self { regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err(PatternError::TooLarge { pattern }),
            Err(error) => {
                let shown = error.to_string();
                let last = shown.lines().last().unwrap_or_default().trim();
                let reason = last.strip_prefix("error: ").unwrap_or(last).to_owned();
                Err(PatternError::Syntax { pattern, reason })
            }
        }
    }

    /// A pattern for tokens: what its group captures is the token, or the whole match where it has none.
    pub(crate) fn of_tokens(pattern: &str) -> Result<Self, PatternError> {
        let compiled = Self::new(pattern)?;
        let n_groups = compiled.regex.captures_len() - 1;
        if n_groups > 1 {
            return Err(PatternError::TooManyGroups { pattern: pattern.to_owned(), n_groups });
        }
        Ok(compiled)
    }

    /// Bytes of each match from left to right, without empty ones.
    pub(crate) fn for_each_match(&self, text: &str, on_match: &mut dyn FnMut(Range<usize>)) {
        self.regex
            .find_iter(text)
            .map(|found| found.range())
            .filter(|range| !range.is_empty())
            .for_each(on_match);
    }

    /// Bytes of each token from left to right, without empty ones.
    pub(crate) fn for_each_token(&self, text: &str, on_token: &mut dyn FnMut(Range<usize>)) {
        if self.regex.captures_len() == 1 {
            return self.for_each_match(text, on_token);
        }
        let groups = self.regex.captures_iter(text).filter_map(|found| found.get(1));
        groups.map(|group| group.range()).filter(|range| !range.is_empty()).for_each(on_token);
    }
}

#[cfg(not(feature = "custom-regex"))]
impl Pattern {
    /// Names the pattern that cannot be run.
    pub(crate) fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong { found: pattern.len() });
        }
        Err(PatternError::NotInThisBuild { pattern: pattern.to_owned() })
    }

    /// As `new`.
    pub(crate) fn of_tokens(pattern: &str) -> Result<Self, PatternError> {
        Self::new(pattern)
    }

    /// There is no such pattern.
    #[cfg(feature = "further-steps")]
    pub(crate) fn for_each_match(&self, _: &str, _: &mut dyn FnMut(Range<usize>)) {
        match self.never {}
    }

    /// There is no such pattern.
    pub(crate) fn for_each_token(&self, _: &str, _: &mut dyn FnMut(Range<usize>)) {
        match self.never {}
    }
}

#[cfg(all(test, feature = "custom-regex"))]
mod tests {
    use super::*;

    fn tokens(pattern: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let pattern = Pattern::of_tokens(pattern).expect("a pattern");
        pattern.for_each_token(text, &mut |range| found.push(text[range].to_owned()));
        found
    }

    #[test]
    fn tokens_are_pythons() {
        // Python 3.11: re.findall(pattern, text)
        assert_eq!(tokens(r"(?u)\b\w\w+\b", "a bc d'ef gh_i"), ["bc", "ef", "gh_i"]);
        assert_eq!(tokens(r"\b(\w)\w*", "ab cd"), ["a", "c"]);
        assert_eq!(tokens(r"[a-z]+ [a-z]+", "ab cd ef"), ["ab cd"]);
    }

    #[test]
    fn bounds_are_kept() {
        let error = |pattern: &str| Pattern::of_tokens(pattern).expect_err("out of bounds");
        assert_eq!(error(&"a".repeat(1_001)), PatternError::TooLong { found: 1_001 });
        let pattern = "((a{100}){100}){100}".to_owned();
        assert_eq!(error(&pattern), PatternError::TooLarge { pattern });
        let pattern = "(a)(b)".to_owned();
        assert_eq!(error(&pattern), PatternError::TooManyGroups { pattern, n_groups: 2 });
        let (pattern, reason) = ("(a".to_owned(), "unclosed group".to_owned());
        assert_eq!(error(&pattern), PatternError::Syntax { pattern, reason });
        assert!(matches!(error(&"(".repeat(500)), PatternError::Syntax { .. }));
    }

    #[test]
    fn a_pattern_that_hangs_elsewhere_does_not_hang_here() {
        let text = "a".repeat(20_000) + "!";
        assert_eq!(tokens(r"(a|a)*(?:a|aa)+$", &text), Vec::<String>::new());
    }
}
