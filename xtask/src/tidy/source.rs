//! A Rust file, with its comments and texts told from its code.
//! In: a file's text. Out: the same lines with comments and literals blanked, and where the tests begin.
//! Never: a full parser: it knows what strings, characters, lifetimes and comments look like, and braces.

use super::TextFile;

/// A Rust file.
#[derive(Debug)]
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The text with every character of comments and literals replaced by a space; the lines are the same.
    pub code: String,
    /// How many lines stand before the module of unit tests; all of them if there is none.
    pub n_lines: usize,
}

impl Source {
    /// `None` if the file is not Rust.
    pub fn of(file: &TextFile) -> Option<Source> {
        file.path.ends_with(".rs").then(|| Source::new(&file.path, &file.text))
    }

    /// A source from its path and text.
    pub fn new(path: &str, text: &str) -> Source {
        let code = blank(text);
        let n_lines = lines_before_tests(&code);
        Source { path: path.to_owned(), text: text.to_owned(), code, n_lines }
    }

    /// The code's lines with their numbers, without the unit tests.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().take(self.n_lines).enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Whether the whole file is tests: an integration test, or `tests.rs` beside a module.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        let in_crate = parts.len() > 3 && parts[0] == "crates" && parts[2] == "tests";
        in_crate
            || matches!(parts.as_slice(), ["tests", "it" | "web", ..])
            || self.path.ends_with("/tests.rs")
    }

    /// The crate's folder (`crates/engine`, `.`) and the path inside its `src`, if it lies in one.
    pub fn place(&self) -> Option<(&str, &str)> {
        if let Some(inside) = self.path.strip_prefix("src/") {
            return Some((".", inside));
        }
        self.path.split_once("/src/")
    }
}

/// The line of `#[cfg(test)]` before `mod … {`, which stands at the end of a file.
fn lines_before_tests(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let starts_tests =
        |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
    lines.windows(2).position(starts_tests).unwrap_or(lines.len())
}

/// Replaces comments and literals by spaces.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = at + literal_length(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
            continue;
        }
        for &c in &chars[at..end.min(chars.len())] {
            code.push(if c == '\n' { '\n' } else { ' ' });
        }
        at = end;
    }
    code
}

/// How many characters from `at` belong to a comment or literal that begins there; 0 if none does.
fn literal_length(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    match rest {
        ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => comment_length(rest),
        ['"', ..] => string_length(rest),
        ['\'', ..] => character_length(rest),
        ['r' | 'b' | 'c', ..] if !follows_word(chars, at) => prefixed_length(rest),
        _ => 0,
    }
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn comment_length(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn string_length(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character literal; a lifetime has none.
fn character_length(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, tail @ ..] => {
            3 + tail.iter().position(|&c| c == '\'').map_or(tail.len(), |end| end + 1)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'`, `c"…"`.
fn prefixed_length(rest: &[char]) -> usize {
    let n_letters = rest.iter().take_while(|c| matches!(c, 'r' | 'b' | 'c')).count();
    let is_raw = rest[..n_letters].contains(&'r');
    if n_letters > 2 {
        return 0;
    }
    let tail = &rest[n_letters..];
    let n_hashes = tail.iter().take_while(|&&c| c == '#').count();
    match tail.get(n_hashes) {
        Some('"') if is_raw => n_letters + raw_length(tail, n_hashes),
        Some('"') if n_hashes == 0 => n_letters + string_length(tail),
        Some('\'') if n_hashes == 0 && rest[0] == 'b' => n_letters + character_length(tail),
        _ => 0,
    }
}

fn raw_length(tail: &[char], n_hashes: usize) -> usize {
    let is_end = |at: usize| {
        tail[at] == '"' && tail[at + 1..].iter().take(n_hashes).filter(|&&c| c == '#').count() == n_hashes
    };
    let end = (n_hashes + 1..tail.len()).find(|&at| is_end(at));
    end.map_or(tail.len(), |at| at + 1 + n_hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(blank(text), expected);
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
        check(r#"f("a\"b", x)"#, "f(      , x)");
        check("f(r#\"a\"b\"#, br\"c\", b\"d\")", "f(        ,      ,     )");
        check("let c = '\\''; let d = 'x'; &'a str", "let c =     ; let d =    ; &'a str");
        check("number'static", "number'static");
    }

    #[test]
    fn the_tests_at_the_end_are_not_counted() {
        assert_eq!(Source::new("a.rs", "a\n#[cfg(test)]\nmod tests {\n}\n").n_lines, 1);
        assert_eq!(Source::new("a.rs", "a\n#[cfg(test)]\nmod tests;\nb\n").n_lines, 4);
        assert_eq!(Source::new("a.rs", "// #[cfg(test)]\nmod a {\n}\n").n_lines, 3);
    }

    #[test]
    fn a_place_is_a_crate_and_a_path_in_it() {
        assert_eq!(Source::new("src/pages/home.rs", "").place(), Some((".", "pages/home.rs")));
        assert_eq!(Source::new("crates/engine/src/num.rs", "").place(), Some(("crates/engine", "num.rs")));
        assert_eq!(Source::new("crates/engine/tests/a.rs", "").place(), None);
    }

    #[test]
    fn whole_files_of_tests_are_known() {
        for path in
            ["crates/engine/tests/a.rs", "tests/it/main.rs", "tests/web/main.rs", "crates/a/src/b/tests.rs"]
        {
            assert!(Source::new(path, "").is_test(), "{path}");
        }
        for path in ["crates/engine/src/a.rs", "tests/e2e/src/page.rs", "src/main.rs", "build.rs"] {
            assert!(!Source::new(path, "").is_test(), "{path}");
        }
    }
}
