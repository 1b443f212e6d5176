//! The page's own files: index.html and the style sheets.
//! In: the text files. Out: what in them breaks the policy, the build without wasm-opt, or the one place of colours.
//! Never: a full CSS parser.

use super::{Problem, TextFile};
use crate::site;

/// The sheet that holds every colour.
const TOKENS: &str = "style/tokens.css";

/// What is wrong with the page's files.
pub fn check(files: &[TextFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files {
        if file.path == "index.html" {
            problems.extend(check_index(file));
        } else if file.path.starts_with("style/") && file.path.ends_with(".css") && file.path != TOKENS {
            problems.extend(check_colours(file));
        }
    }
    problems
}

fn check_index(file: &TextFile) -> Vec<Problem> {
    let mut broken = site::problems(&file.text);
    let tags = site::tags(&file.text);
    let rust = tags.iter().find(|tag| tag.name == "link" && tag.attribute("rel") == Some("rust"));
    match rust {
        Some(tag) if tag.attribute("data-wasm-opt") == Some("0") => {}
        Some(_) => broken.push(
            "the link to Rust lacks data-wasm-opt=\"0\": xtask runs wasm-opt, trunk must not".to_owned(),
        ),
        None => broken.push("there is no <link data-trunk rel=\"rust\">".to_owned()),
    }
    match site::content_security_policy(&file.text) {
        None => broken.push("there is no content security policy".to_owned()),
        Some(policy) if policy.contains("'unsafe-inline'") || policy.contains("'unsafe-eval'") => {
            broken.push("the content security policy allows inline code or eval".to_owned());
        }
        Some(policy) if policy.contains("http") || policy.contains('*') => {
            broken.push("the content security policy allows another origin".to_owned());
        }
        Some(_) => {}
    }
    broken.into_iter().map(|what| Problem::new(&file.path, 1, what)).collect()
}

fn check_colours(file: &TextFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if let Some(colour) = colour_in(line) {
            let what = format!("the colour `{colour}` stands outside {TOKENS}");
            problems.push(Problem::new(&file.path, at + 1, what));
        }
    }
    problems
}

/// A colour written out: `#a1b2c3`, `rgb(`, `hsl(`, `oklch(`; not `#id {` and not `color-mix(in …, var(…)`.
fn colour_in(line: &str) -> Option<&str> {
    const FUNCTIONS: &[&str] = &["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab("];
    if let Some(function) = FUNCTIONS.iter().find(|function| line.contains(**function)) {
        return Some(function);
    }
    let (_, value) = line.split_once(':')?;
    let at = value.find('#')?;
    let digits = value[at + 1..].chars().take_while(char::is_ascii_hexdigit).count();
    let is_word = value[at + 1 + digits..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
    (matches!(digits, 3 | 4 | 6 | 8) && !is_word).then(|| &value[at..=at + digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_one(path: &str, text: &str, expected: &[&str]) {
        let files = [TextFile { path: path.to_owned(), text: text.to_owned() }];
        let found: Vec<String> = check(&files).into_iter().map(|problem| problem.what).collect();
        assert_eq!(found, expected);
    }

    const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">";

    #[test]
    fn the_first_page_keeps_its_policy_and_leaves_wasm_opt_to_xtask() {
        check_one("index.html", &format!("{POLICY}<link data-trunk rel=rust data-wasm-opt=0>"), &[]);
        let expected = ["the link to Rust lacks data-wasm-opt=\"0\": xtask runs wasm-opt, trunk must not"];
        check_one("index.html", &format!("{POLICY}<link data-trunk rel=rust>"), &expected);
        let loose = POLICY.replace("'self'", "https://a.example");
        let expected = ["the content security policy allows another origin"];
        check_one("index.html", &format!("{loose}<link rel=rust data-wasm-opt=0>"), &expected);
    }

    #[test]
    fn colours_stand_in_one_place() {
        check_one(
            "style/a.css",
            "a { color: #a1b2c3; }",
            &["the colour `#a1b2c3` stands outside style/tokens.css"],
        );
        check_one(
            "style/a.css",
            "a { color: rgb(1 2 3) }",
            &["the colour `rgb(` stands outside style/tokens.css"],
        );
        check_one("style/a.css", "#add { color: var(--ink); }", &[]);
        check_one("style/tokens.css", "a { color: #a1b2c3; }", &[]);
    }
}
