//! Which crate may use which: the table of ARCHITECTURE.md.
//! In: `cargo metadata`, the text files. Out: every dependency that the table does not allow, and every one of the
//! page that ARCHITECTURE.md gives no reason for.
//! Never: a rule for tests' own dependencies, or for tools.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Problem, TextFile};

/// What each crate may use of the others, in the order of the data path. `xtask` and the packages below `tests` may
/// use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("json_derive", &[]),
    ("json", &["json_derive"]),
    ("markup", &[]),
    ("kernels", &[]),
    ("engine", &["json", "kernels"]),
    ("predictor", &["json", "engine"]),
    ("track", &["json", "engine"]),
    ("flow", &["json", "engine", "track"]),
    ("watch", &["json", "engine", "track"]),
    ("export", &["json", "kernels", "engine", "track"]),
    ("api", &["json", "engine", "track"]),
    ("jobs", &["json", "engine", "track", "flow", "watch", "export"]),
    ("drivers", &["json", "engine", "track", "flow", "watch", "export", "jobs"]),
    ("storage", &["json", "engine", "track", "flow", "watch"]),
    ("pages", &[]),
    (
        "cli",
        &["json", "engine", "track", "flow", "watch", "export", "api", "jobs", "drivers", "storage", "pages"],
    ),
    (
        "reviewlab",
        &[
            "json", "markup", "engine", "track", "flow", "watch", "export", "api", "jobs", "drivers",
            "storage",
        ],
    ),
];
const TOOLS: &[&str] = &["xtask", "it", "conformance", "e2e", "hostile", "measure"];
/// Crates that reach the browser, the system, chance or the clock, and who may use them.
const RESERVED: &[(&str, &[&str])] = &[
    ("web-sys", &["storage", "reviewlab"]),
    ("js-sys", &["storage", "reviewlab"]),
    ("wasm-bindgen", &["storage", "reviewlab"]),
    ("wasm-bindgen-futures", &["storage", "reviewlab"]),
    ("indexed_db_futures", &["storage"]),
    ("leptos", &["reviewlab"]),
    ("rand", &[]),
    ("getrandom", &["storage", "cli", "reviewlab"]),
    ("tokio", &["cli"]),
];

/// Every dependency that breaks a rule.
pub fn check(metadata: &Value, files: &[TextFile]) -> Vec<Problem> {
    let reasons =
        files.iter().find(|file| file.path == "ARCHITECTURE.md").map_or("", |file| file.text.as_str());
    let mut problems = Vec::new();
    if !files.iter().any(|file| file.path == "Cargo.toml") || reasons.is_empty() {
        problems.push(Problem::new("ARCHITECTURE.md", 1, "it is missing; it says what each crate is for"));
    }
    let mut unexplained = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        problems.extend(check_package(package));
        unexplained.extend(others_used(package).filter(|used| !names(reasons, used)));
    }
    let why =
        |used: &str| Problem::new("ARCHITECTURE.md", 1, format!("it does not say why the page uses {used}"));
    problems.extend(unexplained.into_iter().map(why));
    problems
}

/// The crates of others that a package of the page uses.
fn others_used(package: &Value) -> impl Iterator<Item = &str> {
    let name = short_name(package);
    let is_page = name != "cli" && !TOOLS.contains(&name.as_str());
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let of_page = dependencies.filter(move |one| is_page && one["path"].is_null() && one["kind"] != "dev");
    of_page.filter_map(|one| one["name"].as_str())
}

fn check_package(package: &Value) -> Vec<Problem> {
    let name = short_name(package);
    let path = manifest(package);
    let mut broken = Vec::new();
    if package["license"].is_null() {
        broken.push(format!("{name} names no licence"));
    }
    if TOOLS.contains(&name.as_str()) {
        return broken.into_iter().map(|what| Problem::new(&path, 1, what)).collect();
    }
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![Problem::new(&path, 1, format!("the table of crates in xtask knows no `{name}`"))];
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let used = dependency["name"].as_str().unwrap_or_default();
        if dependency["kind"] == "dev" {
            continue;
        }
        let is_ours = !dependency["path"].is_null();
        if is_ours && !allowed.contains(&used) {
            broken.push(format!("{name} may not use {used}: see the table in ARCHITECTURE.md"));
        }
        if RESERVED.iter().any(|(reserved, users)| *reserved == used && !users.contains(&name.as_str())) {
            broken.push(format!("{name} may not use {used}"));
        }
    }
    broken.into_iter().map(|what| Problem::new(&path, 1, what)).collect()
}

/// The terminal program's package may have another name than its folder.
fn short_name(package: &Value) -> String {
    if manifest(package).starts_with("crates/cli/") {
        return "cli".to_owned();
    }
    package["name"].as_str().unwrap_or_default().to_owned()
}

/// `crates/engine/Cargo.toml` of a full path.
fn manifest(package: &Value) -> String {
    let path = package["manifest_path"].as_str().unwrap_or_default().replace('\\', "/");
    let parts: Vec<&str> = path.split('/').collect();
    let from = parts.iter().position(|part| matches!(*part, "crates" | "xtask")).unwrap_or(parts.len() - 1);
    parts[from..].join("/")
}

/// Whether a text names a crate as a word of its own; `regex-lite` does not name `regex`.
fn names(text: &str, package: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(package)
        .any(|(at, _)| !text[..at].ends_with(is_letter) && !text[at + package.len()..].starts_with(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependency: &Value) -> Value {
        serde_json::json!({
            "name": name,
            "license": "MIT",
            "manifest_path": format!("/a/crates/{name}/Cargo.toml"),
            "dependencies": [dependency],
        })
    }

    #[track_caller]
    fn check_one(name: &str, dependency: Value, expected: &[&str]) {
        let problems = check_package(&package(name, &dependency));
        let found: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn crates_use_those_before_them() {
        let ours = |name: &str| serde_json::json!({ "name": name, "path": "/a", "kind": null });
        check_one("track", ours("engine"), &[]);
        check_one("engine", ours("track"), &["engine may not use track: see the table in ARCHITECTURE.md"]);
        check_one("reviewlab", ours("cli"), &["reviewlab may not use cli: see the table in ARCHITECTURE.md"]);
    }

    #[test]
    fn some_crates_have_a_place() {
        let others = |name: &str| serde_json::json!({ "name": name, "path": null, "kind": null });
        check_one("engine", others("libm"), &[]);
        check_one("engine", others("web-sys"), &["engine may not use web-sys"]);
    }

    #[test]
    fn the_crates_of_the_page_need_a_reason() {
        let others = |name: &str| serde_json::json!({ "name": name, "path": null, "kind": null });
        let packages = [
            package("engine", &others("libm")),
            package("jobs", &others("lib")),
            package("cli", &others("clap")),
        ];
        let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let files = [file("Cargo.toml", ""), file("ARCHITECTURE.md", "`libm`: the same bits everywhere")];
        let problems = check(&serde_json::json!({ "packages": packages }), &files);
        assert_eq!(problems, [Problem::new("ARCHITECTURE.md", 1, "it does not say why the page uses lib")]);
    }

    #[test]
    fn tests_and_tools_may_use_what_they_like() {
        check_one("engine", serde_json::json!({ "name": "proptest", "path": null, "kind": "dev" }), &[]);
        check_one("xtask", serde_json::json!({ "name": "tokio", "path": null, "kind": null }), &[]);
    }

    #[test]
    fn an_unknown_crate_must_be_put_into_the_table() {
        check_one("new", serde_json::json!({}), &["the table of crates in xtask knows no `new`"]);
    }
}
