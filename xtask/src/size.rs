//! What the page weighs on the wire.
//! In: a built site, and the same program with the names of its functions. Out: gzipped wasm, glue and CSS of a first
//! visit, what comes later, the weight by crate, the share of the regex crates, and an error when the budget is exceeded.
//! Never: the sizes of a debug build.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::tools::{self, Tools, WasmOpt};
use crate::{arguments, site, workspace};

/// What wasm, glue and CSS may weigh together, gzipped, without [`REGEX_CRATES`].
const MAX_PAGE_BYTES: usize = 900 * 1024;
/// The crates a custom pattern brings along; their share is printed apart.
const REGEX_CRATES: &[&str] = &["aho_corasick", "regex", "regex_automata", "regex_syntax"];
/// Crates below this share of the code are summed up in one line.
const MIN_SHOWN_BYTES: usize = 1024;

/// `cargo xtask size`.
///
/// # Errors
/// When the build fails or the page is over its budget.
pub fn run(words: &[String]) -> Result<()> {
    arguments::none(words)?;
    weigh_site(&tools::setup()?)
}

/// Builds the site as `dist` does and weighs it.
///
/// # Errors
/// As [`run`].
pub fn weigh_site(tools: &Tools) -> Result<()> {
    let folder = workspace::target_dir().join("site");
    let (shipped, named) = (folder.join("size"), folder.join("size-named"));
    let wasm_opt = WasmOpt::ensure()?.context(
        "the page's weight is judged with wasm-opt, and there is none here and no npm to install it with: \
         install npm, or binaryen 108 or newer, and try again",
    )?;
    site::build(tools, Some(&wasm_opt), "/", &shipped)?;
    site::build(tools, None, "/", &named)?;
    let weights = weigh(&shipped)?;
    let program = fs::read(site::file_ending_in(&named, "_bg.wasm")?)?;
    let crates = crates_of(&program)?;
    print!("{}", report(&weights, &crates));
    let without_regex = weights.total() - regex_share(&weights, &crates);
    ensure!(
        without_regex <= MAX_PAGE_BYTES,
        "the page weighs {} without the regex crates, more than its budget of {}",
        kilobytes(without_regex),
        kilobytes(MAX_PAGE_BYTES)
    );
    Ok(())
}

/// Gzipped bytes of what a first visit loads.
#[derive(Debug, Default)]
struct Weights {
    wasm: usize,
    glue: usize,
    css: usize,
    /// The program's second part and the service worker, which the first screen and the first training do without.
    later: usize,
    /// The small programs that exports carry, fetched when one is made.
    predictors: usize,
}

impl Weights {
    /// What a first visit loads.
    fn total(&self) -> usize {
        self.wasm + self.glue + self.css
    }
}

fn weigh(site: &Path) -> Result<Weights> {
    let mut weights = Weights::default();
    for path in files_below(site)? {
        let place = match path.extension().and_then(|ending| ending.to_str()) {
            Some("wasm") if path.to_string_lossy().ends_with(site::LATER_ENDING) => &mut weights.later,
            Some("wasm") if is_predictor(&path) => &mut weights.predictors,
            Some("wasm") => &mut weights.wasm,
            Some("js") if path.ends_with(site::offline::SCRIPT) => &mut weights.later,
            Some("js") => &mut weights.glue,
            Some("css") => &mut weights.css,
            _ => continue,
        };
        *place += gzipped(&fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok(weights)
}

fn is_predictor(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("predictor"))
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The bytes that `gzip -9` makes.
pub fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a Vec takes every byte");
    encoder.finish().expect("a Vec takes every byte").len()
}

/// Code and gzipped code of one crate.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct CrateWeight {
    code: usize,
    gzipped: usize,
}

/// The weight of each crate's functions in a wasm file that has its names. Tables and texts (the data section)
/// belong to no function and stand under `data`.
fn crates_of(wasm: &[u8]) -> Result<BTreeMap<String, CrateWeight>> {
    let mut bodies: Vec<&[u8]> = Vec::new();
    let mut n_imports = 0;
    let mut data = Vec::new();
    let mut names = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("this is no wasm file")? {
            Payload::ImportSection(imports) => n_imports += n_function_imports(imports)?,
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            Payload::DataSection(section) => data.extend_from_slice(&wasm[section.range()]),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    names = function_names(section)?;
                }
            }
            _ => {}
        }
    }
    ensure!(
        !names.is_empty(),
        "the program has no names of functions: is `strip` set in the release profile?"
    );
    let mut code: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (number, body) in bodies.iter().enumerate() {
        let name = names.get(&(n_imports + number)).map_or("?", String::as_str);
        code.entry(crate_of(name)).or_default().extend_from_slice(body);
    }
    code.insert("data".to_owned(), data);
    let weight = |bytes: Vec<u8>| CrateWeight { code: bytes.len(), gzipped: gzipped(&bytes) };
    Ok(code.into_iter().map(|(name, bytes)| (name, weight(bytes))).collect())
}

fn n_function_imports(imports: wasmparser::ImportSectionReader) -> Result<usize> {
    let mut count = 0;
    for import in imports.into_imports() {
        if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
            count += 1;
        }
    }
    Ok(count)
}

fn function_names(section: wasmparser::NameSectionReader) -> Result<BTreeMap<usize, String>> {
    let mut names = BTreeMap::new();
    for part in section {
        if let Name::Function(map) = part? {
            for naming in map {
                let naming = naming?;
                names.insert(naming.index as usize, format!("{:#}", rustc_demangle::demangle(naming.name)));
            }
        }
    }
    Ok(names)
}

/// The crate a function was written in: `serde` of `<serde::de::X as core::fmt::Debug>::fmt`, and `core` of
/// `<u8 as core::fmt::Debug>::fmt`. What has no path (the glue's exports, C) is `other`.
fn crate_of(name: &str) -> String {
    let is_path = |c: char| c.is_ascii_alphanumeric() || c == '_';
    const BUILT_IN: &[&str] = &["mut", "dyn", "const", "as", "impl", "for", "unsafe", "extern", "fn"];
    let mut rest = name;
    while let Some(start) = rest.find(is_path) {
        rest = &rest[start..];
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        rest = without_crate_hash(&rest[end..]);
        if rest.starts_with("::") && !BUILT_IN.contains(&word) {
            return word.to_owned();
        }
    }
    "other".to_owned()
}

/// What follows the hash that tells crates of one name apart: `::fmt` of `[3d2cdcdb0bde8b29]::fmt`.
fn without_crate_hash(rest: &str) -> &str {
    let hashed = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
    match hashed {
        Some((hash, after)) if hash.chars().all(|c| c.is_ascii_hexdigit()) => after,
        _ => rest,
    }
}

/// The gzipped bytes that the regex crates account for in the shipped file: their share of the gzipped code.
fn regex_share(weights: &Weights, crates: &BTreeMap<String, CrateWeight>) -> usize {
    let all: usize = crates.values().map(|weight| weight.gzipped).sum();
    let regex: usize =
        REGEX_CRATES.iter().filter_map(|name| crates.get(*name)).map(|weight| weight.gzipped).sum();
    (weights.wasm * regex).checked_div(all).unwrap_or(0)
}

fn report(weights: &Weights, crates: &BTreeMap<String, CrateWeight>) -> String {
    let mut lines = vec!["gzipped bytes of a first visit".to_owned()];
    let regex = regex_share(weights, crates);
    for (name, bytes) in [
        ("wasm", weights.wasm),
        ("glue and start scripts", weights.glue),
        ("CSS", weights.css),
        ("together", weights.total()),
        ("of which the regex crates", regex),
        ("together without them", weights.total() - regex),
        ("budget", MAX_PAGE_BYTES),
        ("what comes later", weights.later),
        ("what exports carry", weights.predictors),
    ] {
        lines.push(format!("  {name:<28} {:>10}", kilobytes(bytes)));
    }
    lines.push("code by crate, before wasm-opt: bytes, and gzipped by itself".to_owned());
    let mut sorted: Vec<_> = crates.iter().collect();
    sorted.sort_by(|one, other| other.1.code.cmp(&one.1.code).then(one.0.cmp(other.0)));
    let mut small = CrateWeight::default();
    for (name, weight) in sorted {
        if weight.code < MIN_SHOWN_BYTES {
            small.code += weight.code;
            small.gzipped += weight.gzipped;
            continue;
        }
        lines.push(format!("  {name:<28} {:>10} {:>10}", kilobytes(weight.code), kilobytes(weight.gzipped)));
    }
    lines.push(format!(
        "  {:<28} {:>10} {:>10}",
        "all others",
        kilobytes(small.code),
        kilobytes(small.gzipped)
    ));
    lines.join("\n") + "\n"
}

fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(crate_of(name), expected);
    }

    #[test]
    fn a_function_belongs_to_the_crate_of_its_path() {
        check("engine::text::clean", "engine");
        check("<serde::de::X as core::fmt::Debug>::fmt", "serde");
        check("<&mut dyn core::fmt::Write as core::fmt::Write>::write_str", "core");
        check("<u8 as core::fmt::Debug>::fmt", "core");
        check("<[T] as alloc::slice::Join>::join", "alloc");
        check("<(A, B) as tachys::view::Render>::build", "tachys");
        check("core::ptr::drop_in_place<leptos::Owner>", "core");
        check("<core[3d2cdcdb0bde8b29]::fmt::Formatter>::pad", "core");
        check("__wbindgen_malloc", "other");
        check("memcpy", "other");
    }

    #[test]
    fn the_share_of_regex_is_scaled_to_the_shipped_file() {
        let weight = |gzipped| CrateWeight { code: gzipped, gzipped };
        let crates = [("regex", 10), ("aho_corasick", 10), ("engine", 180)]
            .map(|(name, bytes)| (name.to_owned(), weight(bytes)));
        let weights = Weights { wasm: 100, glue: 5, css: 5, later: 0, predictors: 0 };
        assert_eq!(regex_share(&weights, &crates.into()), 10);
    }

    #[test]
    fn kilobytes_round_up() {
        assert_eq!(kilobytes(0), "0.0 KB");
        assert_eq!(kilobytes(1), "0.1 KB");
        assert_eq!(kilobytes(1024), "1.0 KB");
        assert_eq!(kilobytes(MAX_PAGE_BYTES), "900.0 KB");
    }

    #[test]
    fn a_file_without_names_is_refused() {
        let empty = *b"\0asm\x01\0\0\0";
        let error = crates_of(&empty).expect_err("it has no names");
        assert!(error.to_string().starts_with("the program has no names"), "{error}");
    }
}
