//! What the style sheets define and nothing uses.
//! In: the text files. Out: the classes that no page has, and the tokens that no rule reads.
//! Never: a full CSS parser; a class that code puts together, `ink-class-{index}`, counts by what is written of it.

use std::collections::BTreeMap;

use super::{Problem, TextFile};

/// Every class and token of `style/` that is of no use.
pub fn check(files: &[TextFile]) -> Vec<Problem> {
    let (sheets, others): (Vec<&TextFile>, Vec<&TextFile>) =
        files.iter().filter(|file| is_of_the_page(&file.path)).partition(|file| file.path.ends_with(".css"));
    let mut problems = Vec::new();
    for sheet in &sheets {
        for (class, line) in defined(&sheet.text, ".") {
            if !others.iter().any(|file| names_class(&file.text, class)) {
                problems.push(Problem::new(&sheet.path, line, format!("no page has the class `{class}`")));
            }
        }
        for (token, line) in defined(&sheet.text, "--") {
            let reads = |file: &&&TextFile| holds_word(&file.text, &format!("var(--{token}"));
            if is_declaration(&sheet.text, line) && !sheets.iter().chain(&others).any(|file| reads(&file)) {
                problems.push(Problem::new(&sheet.path, line, format!("nothing reads `--{token}`")));
            }
        }
    }
    problems
}

fn is_of_the_page(path: &str) -> bool {
    path == "index.html" || ["src/", "style/", "assets/"].iter().any(|folder| path.starts_with(folder))
}

/// The names after `sign`, each with the line it stands in first.
fn defined<'a>(sheet: &'a str, sign: &str) -> BTreeMap<&'a str, usize> {
    let mut names = BTreeMap::new();
    for (at, line) in sheet.lines().enumerate() {
        for part in
            line.split(sign).skip(1).filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            names.entry(&part[..part.find(|c| !is_name(c)).unwrap_or(part.len())]).or_insert(at + 1);
        }
    }
    names
}

fn is_declaration(sheet: &str, line: usize) -> bool {
    sheet.lines().nth(line - 1).is_some_and(|line| line.trim_start().starts_with("--"))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Whether a text names a class, whole, or its beginning with the rest to be filled in.
fn names_class(text: &str, class: &str) -> bool {
    let stem = class.rfind('-').map_or(class, |dash| &class[..=dash]);
    holds_word(text, class) || text.contains(&format!("{stem}{{"))
}

fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_name) && !text[at + word.len()..].starts_with(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_one(sheet: &str, source: &str, expected: &[&str]) {
        let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let files =
            [file("src/a.rs", source), file("style/a.css", sheet), file("docs/a.md", "class=\"gone\"")];
        let found: Vec<String> = check(&files).into_iter().map(|problem| problem.what).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_class_that_no_page_has_is_named() {
        check_one(
            ".card {\n}\n.card__body, .gone:hover {\n}",
            "class=\"card card__body\"",
            &["no page has the class `gone`"],
        );
        check_one(".card {\n}", "class=\"card__body cards my-card\"", &["no page has the class `card`"]);
    }

    #[test]
    fn a_class_that_code_puts_together_is_in_use() {
        check_one(".mark--pos-1 {\n}", "format!(\"mark--pos-{strength}\")", &[]);
        check_one(
            ".mark--pos-1 {\n}",
            "format!(\"mark--neg-{strength}\")",
            &["no page has the class `mark--pos-1`"],
        );
    }

    #[test]
    fn a_token_that_nothing_reads_is_named() {
        check_one(
            ":root {\n  --ink: red;\n  --ink-2: blue;\n}",
            "style:color=\"var(--ink)\"",
            &["nothing reads `--ink-2`"],
        );
        check_one(":root {\n  --wide: 1px;\n  width: var(--wide);\n  margin: -0.5px;\n}", "", &[]);
    }
}
