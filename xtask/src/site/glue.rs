//! The script that wasm-bindgen writes between the program and the browser.
//! In: that script. Out: the same without what nothing leads to, and under short names: its functions, and those of
//! the program it calls, carry names of up to 300 letters with hashes in them, here and in the program alike.
//! Never: a function that does something else; a script of another form than the one known is an error.

use anyhow::{Context, Result, ensure};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::script::{self, Gap, Token};

/// What the program's imports come from, once shortened.
pub const MODULE: &str = "w";
/// The function that holds the table of what the program imports.
const HOLDER: &str = "__wbg_get_imports";
/// What comes before the table's first row.
const TABLE_START: &str = "{__proto__:null,";
/// What the page's own scripts take from the glue.
const EXPORTED: &str = "export{__wbg_init as default};";
/// How the script calls the program.
const PROGRAM: &str = "wasm";
/// What begins a name of the top level, once shortened: wasm-bindgen writes it nowhere.
const TOP_LEVEL: &str = "$";

/// The glue of one program.
#[derive(Debug)]
pub struct Glue<'a> {
    /// What stands at the top level, in order, but for the table of imports.
    items: Vec<Item<'a>>,
    /// The rows of that table: the tokens between `before_rows` and `after_rows`.
    imports: Vec<Import<'a>>,
    before_rows: Vec<Token<'a>>,
    after_rows: Vec<Token<'a>>,
}

/// A declaration or a statement.
#[derive(Debug)]
struct Item<'a> {
    /// What it declares; a statement declares nothing.
    names: Vec<String>,
    tokens: Vec<Token<'a>>,
}

/// A function that the program imports.
#[derive(Debug)]
pub struct Import<'a> {
    /// Its name in the table.
    pub name: String,
    /// What it does.
    pub body: Vec<Token<'a>>,
}

/// Short names for what lies on the border, by the names that wasm-bindgen gave.
#[derive(Debug, Default)]
pub struct ShortNames {
    /// What the program imports; equal functions have one name.
    pub imports: BTreeMap<String, String>,
    /// What is called of the program's exports; nobody asks for the others.
    pub exports: BTreeMap<String, String>,
}

impl<'a> Glue<'a> {
    /// Reads the script, and leaves out what the page's own scripts never reach.
    ///
    /// # Errors
    /// When it is not what wasm-bindgen's target `web` writes.
    pub fn read(text: &'a str) -> Result<Self> {
        let mut items: Vec<Item> = top_level(script::tokens(text)).into_iter().filter_map(Item::of).collect();
        let holder = items.iter().position(|item| item.names == [HOLDER]);
        let holder = items.remove(holder.with_context(|| format!("the glue holds no {HOLDER}"))?).tokens;
        let (before_rows, imports, after_rows) =
            split_table(holder).context("the glue's table of imports has another form")?;
        items.push(Item { names: Vec::new(), tokens: script::tokens(EXPORTED) });
        let mut glue = Self { items, imports, before_rows, after_rows };
        glue.drop_unused();
        Ok(glue)
    }

    /// A short name for each import, and for each export that is called.
    pub fn short_names(&mut self) -> ShortNames {
        let mut names = ShortNames::default();
        let mut by_body: BTreeMap<String, String> = BTreeMap::new();
        for import in &self.imports {
            let next = letters(by_body.len());
            let short = by_body.entry(script::text(&import.body)).or_insert(next);
            names.imports.insert(import.name.clone(), short.clone());
        }
        for export in self.parts_mut().flat_map(exports_called) {
            let next = letters(names.exports.len());
            names.exports.entry(export.text.to_string()).or_insert(next);
        }
        names
    }

    /// Adds a row of ours to the table of what the program imports; `body` speaks of the program as the script does.
    pub fn import_also(&mut self, name: &str, body: &'a str) {
        self.imports.push(Import { name: name.to_owned(), body: script::tokens(body) });
    }

    /// The script under those names, with the rows that the program still imports.
    ///
    /// # Errors
    /// When the program imports what the script does not hold.
    pub fn shortened(mut self, names: &ShortNames, imported: &BTreeSet<String>) -> Result<String> {
        let mut missing = imported.clone();
        for import in &mut self.imports {
            if let Some(short) = names.imports.get(&import.name) {
                import.name.clone_from(short);
            }
        }
        self.imports.retain(|import| missing.remove(&import.name));
        ensure!(missing.is_empty(), "the program imports {missing:?}, which its glue does not hold");
        self.drop_unused();
        for export in self.parts_mut().flat_map(exports_called) {
            if let Some(short) = names.exports.get(export.text.as_ref()) {
                export.text = Cow::Owned(short.clone());
            }
        }
        self.rename_top_level();
        Ok(script::text(&without_results(self.into_tokens())))
    }

    /// Every run of tokens, the table's first.
    fn parts_mut(&mut self) -> impl Iterator<Item = &mut Vec<Token<'a>>> {
        let rows = self.imports.iter_mut().map(|import| &mut import.body);
        let table = [&mut self.before_rows, &mut self.after_rows].into_iter().chain(rows);
        table.chain(self.items.iter_mut().map(|item| &mut item.tokens))
    }

    /// Leaves out declarations that no statement, and nothing a statement leads to, makes use of.
    fn drop_unused(&mut self) {
        let mut used: BTreeSet<String> = BTreeSet::new();
        let rows = self.imports.iter().map(|import| &import.body);
        for tokens in [&self.before_rows, &self.after_rows].into_iter().chain(rows) {
            used.extend(tokens.iter().map(|token| token.text.to_string()));
        }
        let mut left: Vec<&Item> = self.items.iter().collect();
        loop {
            let is_used =
                |item: &Item| item.names.is_empty() || item.names.iter().any(|name| used.contains(name));
            let (reached, rest): (Vec<&Item>, Vec<&Item>) = left.into_iter().partition(|item| is_used(item));
            if reached.is_empty() {
                let unused: BTreeSet<String> = rest.into_iter().flat_map(|item| item.names.clone()).collect();
                return self.items.retain(|item| !item.names.iter().any(|name| unused.contains(name)));
            }
            used.extend(reached.iter().flat_map(|item| &item.tokens).map(|token| token.text.to_string()));
            left = rest;
        }
    }

    /// Shortens the names of the top level, but for those that a property has, too.
    fn rename_top_level(&mut self) {
        let mut declared: BTreeSet<String> = self.items.iter().flat_map(|item| item.names.clone()).collect();
        declared.insert(HOLDER.to_owned());
        for tokens in self.parts_mut() {
            for pair in tokens.windows(2) {
                let property = if pair[0].text == "." { &pair[1] } else { &pair[0] };
                if pair[0].text == "." || pair[1].text == ":" {
                    declared.remove(property.text.as_ref());
                }
            }
        }
        let short = |(number, name)| (name, format!("{TOP_LEVEL}{}", letters(number)));
        let short: BTreeMap<String, String> = declared.into_iter().enumerate().map(short).collect();
        for token in self.parts_mut().flatten() {
            if let Some(short) = short.get(token.text.as_ref()) {
                token.text = Cow::Owned(short.clone());
            }
        }
    }

    fn into_tokens(self) -> Vec<Token<'a>> {
        let mut tokens = self.before_rows;
        for import in self.imports {
            tokens.extend([Token::new(import.name), Token::new(":")]);
            tokens.extend(import.body);
            tokens.push(Token::new(","));
        }
        tokens.extend(self.after_rows);
        for item in self.items {
            tokens.push(Token { gap: Gap::Line, ..item.tokens[0].clone() });
            tokens.extend_from_slice(&item.tokens[1..]);
        }
        tokens
    }
}

impl<'a> Item<'a> {
    /// Nothing where it only serves those who would import more than [`EXPORTED`].
    fn of(mut tokens: Vec<Token<'a>>) -> Option<Self> {
        let begins = |words: &[&str]| {
            tokens.iter().map(|token| token.text.as_ref()).take(words.len()).eq(words.iter().copied())
        };
        if begins(&["export", "{"]) || begins(&["if", "(", "Symbol", ".", "dispose", ")"]) {
            return None;
        }
        if begins(&["export"]) {
            tokens.remove(0);
        }
        let names = declared(&tokens);
        Some(Self { names, tokens })
    }
}

/// Cuts a script into what stands at its top level.
fn top_level(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut items = Vec::new();
    let mut item: Vec<Token> = Vec::new();
    let mut depth = 0;
    for token in tokens {
        depth += depth_change(&token);
        item.push(token);
        let first = &item[0].text;
        let ends_with_semicolon = matches!(first.as_ref(), "const" | "let" | "var")
            || first == "export" && item[1..].first().is_some_and(|token| token.text == "{");
        let last = item[item.len() - 1].text.as_ref();
        if depth == 0 && (last == ";" || last == "}" && !ends_with_semicolon) {
            items.push(std::mem::take(&mut item));
        }
    }
    if !item.is_empty() {
        items.push(item);
    }
    items
}

fn depth_change(token: &Token) -> i32 {
    match token.text.as_ref() {
        "{" | "(" | "[" => 1,
        "}" | ")" | "]" => -1,
        _ => 0,
    }
}

/// The names that a declaration gives.
fn declared(tokens: &[Token]) -> Vec<String> {
    let keyword = tokens.iter().position(|token| token.text != "async").unwrap_or_default();
    let after = |at: usize| tokens.get(at + 1).map(|token| token.text.to_string());
    match tokens[keyword].text.as_ref() {
        "function" | "class" => after(keyword).into_iter().collect(),
        "const" | "let" | "var" => {
            let mut depth = 0;
            let mut names = Vec::from_iter(after(keyword));
            for (at, token) in tokens.iter().enumerate() {
                depth += depth_change(token);
                if depth == 0 && token.text == "," {
                    names.extend(after(at));
                }
            }
            names
        }
        _ => Vec::new(),
    }
}

/// The function that holds the table: what comes before its rows, its rows, and what comes after them.
pub fn split_table(tokens: Vec<Token>) -> Option<(Vec<Token>, Vec<Import>, Vec<Token>)> {
    let n_start = script::tokens(TABLE_START).len();
    let is_start = |at: usize| script::text(&tokens[at..at + n_start]) == TABLE_START;
    let start = (0..tokens.len().checked_sub(n_start)?).find(|&at| is_start(at))? + n_start;
    let mut imports = Vec::new();
    let mut at = start;
    while tokens.get(at)?.text != "}" {
        let name = tokens[at].text.to_string();
        let colon = tokens.get(at + 1)?;
        let end = at + 2 + end_of_value(&tokens[at + 2..])?;
        if colon.text != ":" {
            return None;
        }
        imports.push(Import { name, body: tokens[at + 2..end].to_vec() });
        at = end + usize::from(tokens.get(end)?.text == ",");
    }
    let mut after = tokens[at..].to_vec();
    let module = after.iter_mut().find(|token| token.text.starts_with(['"', '\'']))?;
    module.text = Cow::Owned(format!("\"{MODULE}\""));
    Some((tokens[..start].to_vec(), imports, after))
}

/// Where the comma or the brace is that ends a value of an object.
fn end_of_value(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        if depth == 0 && matches!(token.text.as_ref(), "," | "}") {
            return Some(at);
        }
        depth += depth_change(token);
    }
    None
}

/// The names of the program's exports in `wasm.name`.
fn exports_called<'t, 'a>(tokens: &'t mut Vec<Token<'a>>) -> Vec<&'t mut Token<'a>> {
    let is_called: Vec<bool> = (0..tokens.len())
        .map(|at| at >= 2 && tokens[at - 2].text == PROGRAM && tokens[at - 1].text == ".")
        .collect();
    tokens.iter_mut().zip(is_called).filter_map(|(token, is_called)| is_called.then_some(token)).collect()
}

/// `const ret = a; return ret;` as `return a;`.
fn without_results(tokens: Vec<Token>) -> Vec<Token> {
    const BEFORE: &[&str] = &["const", "ret", "="];
    const AFTER: &[&str] = &[";", "return", "ret", ";"];
    let is_at = |at: usize, words: &[&str]| {
        tokens[at.min(tokens.len())..]
            .iter()
            .map(|token| token.text.as_ref())
            .take(words.len())
            .eq(words.iter().copied())
    };
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let semicolon =
            tokens[at..].iter().position(|token| token.text == ";").map_or(tokens.len(), |n| at + n);
        if is_at(at, BEFORE) && is_at(semicolon, AFTER) {
            kept.push(Token { text: Cow::Borrowed("return"), ..tokens[at].clone() });
            kept.push(Token { gap: Gap::Space, ..tokens[at + BEFORE.len()].clone() });
            kept.extend_from_slice(&tokens[at + BEFORE.len() + 1..=semicolon]);
            at = semicolon + AFTER.len();
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The names a, b, …, z, A, …, Z, aa, ab, …: of 52 letters, and longer where those are used up.
fn letters(number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let last = char::from(LETTERS[number % LETTERS.len()]);
    let mut name =
        number.checked_sub(LETTERS.len()).map_or(String::new(), |rest| letters(rest / LETTERS.len()));
    name.push(last);
    name
}

#[cfg(test)]
mod tests;
