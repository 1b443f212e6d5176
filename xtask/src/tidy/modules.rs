//! The order of a crate's modules: each uses only those that stand before it.
//! In: the sources of all crates. Out: every path that leads to a later module.
//! Never: a look at tests, which may use anything.

use std::collections::BTreeMap;

use super::Problem;
use super::source::Source;

/// Every use of a later module.
pub fn check(sources: &[Source]) -> Vec<Problem> {
    let orders = orders(sources);
    let mut problems = Vec::new();
    for source in sources {
        let Some((folder, inside)) = source.place() else { continue };
        let Some(order) = orders.get(folder) else { continue };
        let own = inside.split(['/', '.']).next().unwrap_or_default();
        let Some(own_place) = place(order, own) else { continue };
        for (number, name) in uses(source) {
            if place(order, &name).is_some_and(|other| other > own_place) {
                let what = format!(
                    "`{own}` uses `crate::{name}`, which stands after it in the crate's list of modules"
                );
                problems.push(Problem::new(&source.path, number, what));
            }
        }
    }
    problems
}

fn place(order: &[String], name: &str) -> Option<usize> {
    order.iter().position(|module| module == name)
}

/// For each crate's folder its modules, in the order of lib.rs, or of main.rs where there is no library.
fn orders(sources: &[Source]) -> BTreeMap<&str, Vec<String>> {
    let mut orders = BTreeMap::new();
    for root in ["main.rs", "lib.rs"] {
        for source in sources {
            if let Some((folder, inside)) = source.place()
                && inside == root
            {
                orders.insert(folder, source.lines().filter_map(|(_, line)| module_in(line)).collect());
            }
        }
    }
    orders
}

/// The name in `mod name;`, of whatever visibility.
fn module_in(line: &str) -> Option<String> {
    let (visibility, name) = line.trim().strip_suffix(';')?.split_once("mod ")?;
    let is_declaration = visibility.is_empty() || visibility.starts_with("pub");
    is_declaration.then(|| name.trim().to_owned())
}

/// The modules named after `crate::`, with their lines; `crate::{a::X, b}` names two.
fn uses(source: &Source) -> Vec<(usize, String)> {
    let code: String = source.lines().flat_map(|(_, line)| [line, "\n"]).collect();
    let mut uses = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let is_longer_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        if is_longer_word {
            continue;
        }
        let after = at + prefix.len();
        for (offset, name) in first_parts(&code[after..]) {
            uses.push((1 + code[..after + offset].matches('\n').count(), name));
        }
    }
    uses
}

/// The first part of a path, or of each path in a group, with its offset.
fn first_parts(path: &str) -> Vec<(usize, String)> {
    let word_at = |start: usize| {
        let rest = &path[start..];
        let begin = start + rest.len() - rest.trim_start().len();
        let name: String = path[begin..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (begin, name)
    };
    if !path.starts_with('{') {
        return vec![word_at(0)];
    }
    let mut depth = 0;
    let mut parts = Vec::new();
    for (at, c) in path.char_indices() {
        match c {
            '{' => {
                depth += 1;
                if depth == 1 {
                    parts.push(word_at(at + 1));
                }
            }
            '}' => depth -= 1,
            ',' if depth == 1 => parts.push(word_at(at + 1)),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    parts.retain(|(_, name)| !name.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_middle(text: &str, expected: &[&str]) {
        let sources = [
            Source::new("crates/a/src/lib.rs", "//! x\npub mod first;\nmod middle;\npub(crate) mod last;\n"),
            Source::new("crates/a/src/middle/deep.rs", text),
        ];
        let found: Vec<String> = check(&sources).iter().map(Problem::to_string).collect();
        assert_eq!(found, expected);
    }

    const LATER: &str = "`middle` uses `crate::last`, which stands after it in the crate's list of modules";

    #[test]
    fn earlier_modules_and_the_own_may_be_used() {
        check_middle("use crate::first::A;\nuse crate::{first, middle::b};\nuse other::last;\n", &[]);
        check_middle("// crate::last\nconst A: &str = \"crate::last\";\nuse $crate::last;\n", &[]);
        check_middle("#[cfg(test)]\nmod tests {\nuse crate::last;\n}\n", &[]);
    }

    #[test]
    fn later_modules_may_not() {
        check_middle("use crate::last::A;\n", &[&format!("crates/a/src/middle/deep.rs:1: {LATER}")]);
        check_middle(
            "\nuse crate::{\n    first::{a, b},\n    last,\n};\n",
            &[&format!("crates/a/src/middle/deep.rs:4: {LATER}")],
        );
        check_middle("fn f() { crate::last::g() }\n", &[&format!("crates/a/src/middle/deep.rs:1: {LATER}")]);
    }
}
