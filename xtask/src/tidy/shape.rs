//! The shape of a file: its opening words, its length, the length of its functions, its name.
//! In: a source. Out: what is too long or missing.
//! Never: a look at tests: a table of cases may be as long as it needs to be.

use super::Problem;
use super::source::Source;

const MAX_FILE_LINES: usize = 400;
const MAX_HEADER_LINES: usize = 12;
const MAX_ENGINE_FUNCTION_LINES: usize = 70;
const MAX_FUNCTION_LINES: usize = 120;
/// Names that say nothing about what is inside.
const BANNED_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "manager", "info", "misc", "common"];

/// What is wrong with the shape of a file.
pub fn check(source: &Source) -> Vec<Problem> {
    let mut problems: Vec<Problem> = name(source).into_iter().collect();
    // A module's own tests in a file beside it are what the module says they are.
    if !source.path.ends_with("/tests.rs") {
        problems.extend(header(source));
    }
    if source.is_test() {
        return problems;
    }
    if source.n_lines > MAX_FILE_LINES {
        let what = format!(
            "{} lines without its tests, more than {MAX_FILE_LINES}: split it by topic",
            source.n_lines
        );
        problems.push(Problem::new(&source.path, MAX_FILE_LINES + 1, what));
    }
    let limit = if source.path.starts_with("crates/engine/") {
        MAX_ENGINE_FUNCTION_LINES
    } else {
        MAX_FUNCTION_LINES
    };
    for function in functions(source) {
        if function.n_lines > limit {
            let what = format!("`{}` has {} lines, more than {limit}", function.name, function.n_lines);
            problems.push(Problem::new(&source.path, function.line, what));
        }
    }
    problems
}

fn header(source: &Source) -> Option<Problem> {
    let mut lines = source.text.lines().skip_while(|line| line.starts_with("#![") || line.is_empty());
    let n_lines = lines.by_ref().take_while(|line| line.starts_with("//!")).count();
    match n_lines {
        0 => Some(Problem::new(
            &source.path,
            1,
            "the module does not say, in `//!`, what comes in and what goes out",
        )),
        1..=MAX_HEADER_LINES => None,
        _ => Some(Problem::new(
            &source.path,
            1,
            format!("{n_lines} lines of `//!`, more than {MAX_HEADER_LINES}"),
        )),
    }
}

fn name(source: &Source) -> Option<Problem> {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let banned = stem.split('_').find(|part| BANNED_NAMES.contains(part))?;
    Some(Problem::new(
        &source.path,
        1,
        format!("`{banned}` in a file's name says nothing: name what is inside"),
    ))
}

struct Function {
    name: String,
    line: usize,
    n_lines: usize,
}

/// The functions outside the unit tests, nested ones too.
fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let mut functions = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let name: String = code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let line = 1 + code[..at].matches('\n').count();
        if name.is_empty() || line > source.n_lines {
            continue;
        }
        if let Some(body) = body(&code[at..]) {
            functions.push(Function { name, line, n_lines: 1 + body.matches('\n').count() });
        }
    }
    functions
}

/// From `fn` to the brace that ends the body; `None` for a declaration without one.
fn body(code: &str) -> Option<&str> {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && curly == 0 => return None,
            '{' => curly += 1,
            '}' => {
                curly -= 1;
                if curly == 0 && round == 0 {
                    return Some(&code[..=at]);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_all(path: &str, text: &str, expected: &[&str]) {
        let found: Vec<String> = check(&Source::new(path, text)).iter().map(Problem::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_module_opens_with_its_purpose() {
        check_all("src/a.rs", "//! In: a. Out: b.\n\nfn a() {}\n", &[]);
        check_all("tests/web/main.rs", "#![cfg(target_arch = \"wasm32\")]\n//! In: a. Out: b.\n", &[]);
        let missing = "src/a.rs:1: the module does not say, in `//!`, what comes in and what goes out";
        check_all("src/a.rs", "use std::fmt;\n", &[missing]);
        check_all("src/a.rs", &"//! x\n".repeat(13), &["src/a.rs:1: 13 lines of `//!`, more than 12"]);
    }

    #[test]
    fn a_name_says_what_is_inside() {
        let expected = "src/text_utils.rs:1: `utils` in a file's name says nothing: name what is inside";
        check_all("src/text_utils.rs", "//! x\n", &[expected]);
        check_all("src/information.rs", "//! x\n", &[]);
    }

    #[test]
    fn long_files_are_split_but_for_their_tests() {
        let long = format!("//! x\n{}", "const A: u8 = 1;\n".repeat(400));
        check_all(
            "src/a.rs",
            &long,
            &["src/a.rs:401: 401 lines without its tests, more than 400: split it by topic"],
        );
        check_all("tests/it/a.rs", &long, &[]);
        let tests = format!("//! x\n#[cfg(test)]\nmod tests {{\n{}}}\n", "const A: u8 = 1;\n".repeat(400));
        check_all("src/a.rs", &tests, &[]);
    }

    #[test]
    fn long_functions_are_named() {
        let long = |n_lines: usize| {
            format!("//! x\nfn f(a: [u8; 2]) -> u8 {{\n{}}}\n", "    g(\"}\");\n".repeat(n_lines))
        };
        check_all(
            "crates/engine/src/a.rs",
            &long(69),
            &["crates/engine/src/a.rs:2: `f` has 71 lines, more than 70"],
        );
        check_all("src/a.rs", &long(69), &[]);
        check_all("src/a.rs", &long(119), &["src/a.rs:2: `f` has 121 lines, more than 120"]);
    }
}
