//! Words that must not stand in the project, and those that may stand in some places only.
//! In: a source, or any text file. Out: each forbidden word with its line.
//! Never: a word of the tests, where a rule is about what the program does.

use super::source::Source;
use super::{Problem, TextFile};

/// Crates that give the same answer to the same question, for ever and everywhere.
const PURE_CRATES: &[&str] = &[
    "crates/engine",
    "crates/track",
    "crates/flow",
    "crates/watch",
    "crates/export",
    "crates/api",
    "crates/jobs",
    "crates/drivers",
];
/// What a pure crate must not touch: the world, the time, chance, other threads.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime",
    "thread_rng",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "leptos",
];
/// The browser's own interfaces; the app has them in its services, and where views are drawn.
const BROWSER: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "indexed_db", "IdbDatabase", "IndexedDb"];
const BROWSER_PLACES: &[&str] =
    &["services/", "services.rs", "markup/", "worker.rs", "service_worker.rs", "main.rs", "lib.rs"];
/// What the page's program writes nothing for: it is compiled without what `Debug` says (`lean.rs`).
const DEBUG_ENDINGS: [&str; 2] = [":?}", ":#?}"];
/// Crates beside the pure ones that are linked into the page.
const OTHERS_OF_THE_PAGE: [&str; 4] = [".", "crates/json", "crates/kernels", "crates/storage"];
/// The suite that stores are tested with.
const SUITE: &str = "suite";
/// Unfinished work. In two parts, so that this file keeps its own rule.
const UNFINISHED_MACROS: &[&str] =
    &[concat!("to", "do!"), concat!("unimplemen", "ted!"), concat!("db", "g!")];
const UNFINISHED_WORDS: &[&str] =
    &[concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X"), concat!("expect(\"unrea", "chable\")")];
/// Registries and machines: a build must not depend on one.
const HOSTS: &[&str] = &[
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npm", "js.org"),
    concat!("files.python", "hosted.org"),
    concat!("pypi.org/", "simple"),
    concat!("deb.deb", "ian.org"),
    concat!("proxy.golang", ".org"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];

/// The forbidden words of a Rust file.
pub fn check(source: &Source) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (crate_folder, inside) = source.place().unwrap_or_default();
    let is_pure = PURE_CRATES.contains(&crate_folder) && !source.is_test();
    let is_app = crate_folder == "."
        && !source.is_test()
        && !BROWSER_PLACES.iter().any(|place| inside.starts_with(place));
    let is_of_page = (is_pure || OTHERS_OF_THE_PAGE.contains(&crate_folder) && !source.is_test())
        && !inside.starts_with(SUITE)
        && !inside.ends_with("_tests.rs");
    for ((number, line), whole) in source.lines().zip(source.text.lines()) {
        let mut broken = |what: String| problems.push(Problem::new(&source.path, number, what));
        for word in UNFINISHED_MACROS.iter().filter(|word| line.contains(**word)) {
            broken(format!("`{word}`: finish it"));
        }
        for word in IMPURE.iter().filter(|word| is_pure && has_word(line, word)) {
            broken(format!("`{word}` in a pure crate: let the caller pass what it needs"));
        }
        for word in BROWSER.iter().filter(|word| is_app && has_word(line, word)) {
            broken(format!("`{word}` outside src/services, src/markup, src/worker.rs and the entry"));
        }
        if is_of_page && DEBUG_ENDINGS.iter().any(|ending| whole.contains(ending)) {
            broken("what `Debug` writes, which is nothing on the page: write it by `Display`".to_owned());
        }
        if crate_folder == "." && line.contains(" style=") {
            broken(
                "a `style` attribute, which the page's policy refuses: use a class, or `style:name=`"
                    .to_owned(),
            );
        }
        if let Some(glob) = glob_import(line).filter(|_| !source.is_test()) {
            broken(format!("`{glob}`: name what is imported"));
        }
    }
    problems
}

/// The forbidden words of any text file.
pub fn check_text(file: &TextFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for word in HOSTS.iter().chain(UNFINISHED_WORDS).filter(|word| has_word(line, word)) {
            problems.push(Problem::new(
                &file.path,
                at + 1,
                format!("`{word}` must not stand in this project"),
            ));
        }
    }
    problems
}

/// Whether the word stands in the line and is not the end or the beginning of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let goes_on_before = word.starts_with(is_letter) && line[..at].ends_with(is_letter);
        let goes_on_after = word.ends_with(is_letter) && line[at + word.len()..].starts_with(is_letter);
        !goes_on_before && !goes_on_after
    })
}

/// The path of a `use …::*` other than the one that Leptos asks for and `super::*`.
fn glob_import(line: &str) -> Option<&str> {
    let path = line.trim().strip_prefix("pub ").unwrap_or(line.trim()).strip_prefix("use ")?;
    let path = path.strip_suffix(';').unwrap_or(path);
    let is_allowed = matches!(path, "leptos::prelude::*" | "super::*" | "wasm_bindgen_test::*");
    (path.ends_with("::*") && !is_allowed).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(path: &str, line: &str, expected: &[&str]) {
        let found: Vec<String> =
            check(&Source::new(path, line)).into_iter().map(|problem| problem.what).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn unfinished_work_is_found() {
        let word = UNFINISHED_MACROS[0];
        check_line("xtask/src/a.rs", &format!("    {word}()"), &[format!("`{word}`: finish it").as_str()]);
        check_line("xtask/src/a.rs", &format!("    // {word}"), &[]);
    }

    #[test]
    fn pure_crates_do_not_touch_the_world() {
        let expected = "`std::fs` in a pure crate: let the caller pass what it needs";
        check_line("crates/engine/src/a.rs", "use std::fs::File;", &[expected]);
        check_line("crates/cli/src/a.rs", "use std::fs::File;", &[]);
        check_line("crates/engine/src/a.rs", "#[cfg(test)]\nmod tests {\nuse std::fs::File;\n}", &[]);
    }

    #[test]
    fn the_app_touches_the_browser_in_its_services_only() {
        let expected = "`web_sys` outside src/services, src/markup, src/worker.rs and the entry";
        check_line("src/pages/home.rs", "let w: web_sys::Window = x;", &[expected]);
        check_line("src/services/files.rs", "let w: web_sys::Window = x;", &[]);
        check_line("src/worker.rs", "let w: web_sys::Window = x;", &[]);
        check_line("crates/storage/src/indexed_db.rs", "let w: web_sys::Window = x;", &[]);
    }

    #[test]
    fn style_attributes_and_globs_are_found() {
        let expected = "a `style` attribute, which the page's policy refuses: use a class, or `style:name=`";
        check_line("src/pages/home.rs", "view! { <p style=\"color: red\"> }", &[expected]);
        check_line("src/pages/home.rs", "view! { <p style:width=move || w> }", &[]);
        check_line(
            "src/pages/home.rs",
            "use crate::state::*;",
            &["`crate::state::*`: name what is imported"],
        );
        check_line("src/pages/home.rs", "use leptos::prelude::*;", &[]);
    }

    #[test]
    fn nothing_of_the_page_is_written_by_debug() {
        let expected = "what `Debug` writes, which is nothing on the page: write it by `Display`";
        let line = "fn f(a: f64) -> String { format!(\"{a:?}\") }";
        check_line("crates/track/src/run.rs", line, &[expected]);
        check_line("src/state/format.rs", line, &[expected]);
        check_line("crates/cli/src/a.rs", line, &[]);
        check_line("crates/storage/src/suite/a.rs", line, &[]);
        check_line("src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{line}\n}}"), &[]);
    }

    #[test]
    fn hosts_and_marks_are_found_in_any_text() {
        let text =
            format!("one\nsee https://{}/x\na{}b {}S\n", HOSTS[0], UNFINISHED_WORDS[1], UNFINISHED_WORDS[1]);
        let problems = check_text(&TextFile { path: "a.md".into(), text });
        assert_eq!(
            problems,
            [Problem::new("a.md", 2, format!("`{}` must not stand in this project", HOSTS[0]))]
        );
    }
}
