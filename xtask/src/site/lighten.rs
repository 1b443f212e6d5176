//! What trunk wrote, made lighter to fetch.
//! In: the built site. Out: the same site, its program optimised, on short names with its glue and in two parts, one
//! style sheet, scripts without comments; files that browsers keep for ever are named by what is in them now.
//! Never: a change in what the page does or shows.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

use engine::num::ContentHash;
use wasmparser::{DataKind, Operator, Parser, Payload};

use super::glue::Glue;
use super::parts::{Linked, Parts};
use super::{
    N_HASH_DIGITS, border, file_ending_in, file_names, has_hash, order, parts, script, style_sheets,
};
use crate::tools::WasmOpt;
use crate::{process, workspace};

/// `-Oz` would undo the loops the engine was written for. Nothing lies below address 1024, where the stack ends, so
/// a constant added to an address can be part of the load. What LLVM did not inline stays a function: it finds others
/// like it beside it in the file.
/// Its names tell which part a function belongs to.
const WASM_OPT_LEVEL: &[&str] =
    &["-Os", "--debuginfo", "--low-memory-unused", "--one-caller-inline-max-function-size=0"];
/// Where `--low-memory-unused` takes for granted that nothing lies below.
const LOW_MEMORY_BYTES: i32 = 1024;
/// What rustc 1.95 assumes of a browser, and the SIMD that .cargo/config.toml adds.
const WASM_FEATURES: &[&str] = &[
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// What the first part's import does: the page's script lays the second beside it (assets/later.js).
const FETCH_LATER: &str = "()=>reviewlab.later.add(wasm)";
/// How the start script's element names the program.
const DATA_WASM: &str = "data-wasm=\"";
/// The first page.
const INDEX: &str = "index.html";

/// How the name of the program's second part ends.
pub const LATER_ENDING: &str = "_later.wasm";

/// Puts the program and its glue on short names, and where there is a `wasm-opt`, optimises the program and parts it;
/// its constants, too, where `linked` is what the linker wrote, with a note of who refers to which.
///
/// # Errors
/// When the program and its glue do not fit together, or wasm-opt fails.
pub fn program(wasm_opt: Option<&WasmOpt>, linked: Option<&Path>, out: &Path) -> Result<()> {
    let wasm = file_ending_in(out, "_bg.wasm")?;
    let stem = wasm.to_string_lossy().trim_end_matches("_bg.wasm").to_owned();
    let glue_path = Path::new(&stem).with_extension("js");
    let text = read_text(&glue_path)?;
    let mut glue = Glue::read(&text)?;
    let names = glue.short_names();
    let named = border::rename(&read(&wasm)?, &names)?;
    write(&wasm, &named)?;
    let mut content = Vec::new();
    if let Some(wasm_opt) = wasm_opt {
        let parts = optimised(wasm_opt, linked, &wasm)?;
        write(&wasm, &parts.first)?;
        write(Path::new(&format!("{stem}{LATER_ENDING}")), &parts.later)?;
        glue.import_also(parts::FETCH, FETCH_LATER);
        content.extend_from_slice(&parts.later);
        name_later(out, &stem)?;
    }
    let program = read(&wasm)?;
    let text = glue.shortened(&names, &border::imported(&program)?)?;
    write(&glue_path, text.as_bytes())?;
    content.extend([&program, text.as_bytes()].concat());
    stamp(out, &stem, &content)
}

/// Tells the start script, beside the program's name, that of its second part.
fn name_later(out: &Path, stem: &str) -> Result<()> {
    let index = out.join(INDEX);
    let html = read_text(&index)?;
    let name =
        Path::new(stem).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (start, rest) =
        html.split_once(DATA_WASM).context("no script of the first page names the program")?;
    let (address, rest) = rest.split_once('"').context("the program's name has no end")?;
    let base = address.strip_suffix(&format!("{name}_bg.wasm")).context("the program has another name")?;
    let named = format!("{start}{DATA_WASM}{address}\" data-later=\"{base}{name}{LATER_ENDING}\"{rest}");
    write(&index, named.as_bytes())
}

/// A program that stands alone, as small as wasm-opt makes it.
///
/// # Errors
/// When wasm-opt fails.
pub fn smallest(wasm_opt: &WasmOpt, program: &Path, out: &Path) -> Result<()> {
    let mut command = wasm_opt.command();
    command.args(["-Oz", "--low-memory-unused"]).args(WASM_FEATURES).arg(program).arg("-o").arg(out);
    process::run(&mut command)
}

/// Joins the style sheets that the first page links.
///
/// # Errors
/// When one of them is not in the site.
pub fn style_sheets(base: &str, out: &Path) -> Result<()> {
    let html = read_text(&out.join(INDEX))?;
    let mut sheet = String::new();
    for address in style_sheets::linked(&html) {
        let name = address.strip_prefix(base).with_context(|| format!("{address} is not below {base}"))?;
        sheet.push_str(&style_sheets::shortened(&read_text(&out.join(name))?));
        fs::remove_file(out.join(name)).with_context(|| format!("cannot remove {name}"))?;
    }
    let name = format!("style-{}.css", hash(sheet.as_bytes()));
    write(&out.join(&name), sheet.as_bytes())?;
    write(&out.join(INDEX), style_sheets::with_one(&html, &format!("{base}{name}")).as_bytes())
}

/// Shortens the page's own scripts; the glue is short.
///
/// # Errors
/// When one cannot be read or written.
pub fn scripts(out: &Path) -> Result<()> {
    for name in file_names(out)?.iter().filter(|name| name.ends_with(".js") && !has_hash(name)) {
        let text = read_text(&out.join(name))?;
        write(&out.join(name), script::shortened(&text).as_bytes())?;
    }
    Ok(())
}

/// Runs wasm-opt on a file, parts what comes of it and puts the functions of each part in order. What came of the last
/// file is kept: the same program for another base path, or the same program again, is not optimised twice.
fn optimised(wasm_opt: &WasmOpt, linked: Option<&Path>, wasm: &Path) -> Result<Parts> {
    let kept = workspace::target_dir().join("wasm-opt");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    let [before, first, later, settings] =
        ["before.wasm", "first.wasm", "later.wasm", "settings.txt"].map(|name| kept.join(name));
    let input = read(wasm)?;
    let wanted = format!(
        "{} {WASM_OPT_LEVEL:?} {WASM_FEATURES:?} {} {} {} {:?}",
        wasm_opt.version(),
        linked.is_some(),
        parts::data::METHOD,
        order::METHOD,
        parts::later::MODULES
    );
    let is_kept = fs::read_to_string(&settings).is_ok_and(|text| text == wanted)
        && fs::read(&before).is_ok_and(|bytes| bytes == input);
    if !is_kept {
        let lowest = lowest_data(&input)?.unwrap_or(LOW_MEMORY_BYTES);
        ensure!(
            lowest >= LOW_MEMORY_BYTES,
            "the program keeps data at address {lowest}, where wasm-opt expects none"
        );
        fs::remove_file(&settings).ok();
        let mut command = wasm_opt.command();
        command.args(WASM_OPT_LEVEL).args(WASM_FEATURES).arg(wasm).arg("-o").arg(&first);
        process::run(&mut command)?;
        let whole = read(&first)?;
        let linked = match linked {
            Some(linked) => Linked::read(&read(linked)?).context("what the linker wrote")?,
            None => Linked::default(),
        };
        let parts = parts::split(&whole, &parts::later::functions(&whole)?, &linked)?;
        write(&first, &order::by_likeness(&parts.first)?)?;
        write(&later, &order::by_likeness(&parts.later)?)?;
        write(&before, &input)?;
        write(&settings, wanted.as_bytes())?;
    }
    Ok(Parts { first: read(&first)?, later: read(&later)? })
}

/// The lowest address at which a program keeps data; none where it keeps none.
fn lowest_data(wasm: &[u8]) -> Result<Option<i32>> {
    let mut lowest = None;
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::DataSection(section) = payload? else { continue };
        for data in section {
            let DataKind::Active { offset_expr, .. } = data?.kind else { continue };
            if let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? {
                lowest = Some(lowest.map_or(value, |lowest: i32| lowest.min(value)));
            }
        }
    }
    Ok(lowest)
}

/// Names the files that begin with `stem` by a hash of `content`: trunk named them by what they were before, and
/// a browser would keep what it has under that name.
fn stamp(out: &Path, stem: &str, content: &[u8]) -> Result<()> {
    let old = Path::new(stem).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (plain, trunk_hash) = old.rsplit_once('-').unwrap_or((&old, ""));
    ensure!(has_hash(&format!("{old}.js")), "trunk put no hash into the name {plain}-{trunk_hash}");
    let new = format!("{plain}-{}", hash(content));
    for name in file_names(out)?.iter().filter(|name| name.starts_with(&old)) {
        fs::rename(out.join(name), out.join(name.replacen(&old, &new, 1)))
            .with_context(|| format!("cannot rename {name}"))?;
    }
    let index = out.join(INDEX);
    write(&index, read_text(&index)?.replace(&old, &new).as_bytes())
}

pub(super) fn hash(content: &[u8]) -> String {
    ContentHash::of(content).to_string()[..N_HASH_DIGITS].to_owned()
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{ConstExpr, DataSection, MemorySection, MemoryType, Module};

    fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        files
            .iter()
            .for_each(|(name, text)| write(&folder.path().join(name), text.as_bytes()).expect("a file"));
        folder
    }

    fn text(folder: &tempfile::TempDir, name: &str) -> String {
        read_text(&folder.path().join(name)).expect("the file is there")
    }

    #[test]
    fn the_lowest_place_of_data_is_found() {
        let program = |places: &[i32]| {
            let mut memories = MemorySection::new();
            memories.memory(MemoryType {
                minimum: 1,
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
            let mut data = DataSection::new();
            places.iter().for_each(|&place| {
                data.active(0, &ConstExpr::i32_const(place), *b"data");
            });
            let mut module = Module::new();
            module.section(&memories).section(&data);
            module.finish()
        };
        assert_eq!(lowest_data(&program(&[4096, 1_048_576])).expect("a program"), Some(4096));
        assert_eq!(lowest_data(&program(&[])).expect("a program"), None);
    }

    #[test]
    fn a_page_links_one_sheet_that_holds_all_in_order() {
        let html = "<link rel=\"stylesheet\" href=\"/lab/b-1.css\"/>\n<link rel=\"stylesheet\" href=\"/lab/a-2.css\"/>\n";
        let folder = site(&[(INDEX, html), ("b-1.css", "b { c: d; }\n"), ("a-2.css", "a { c: e; }\n")]);
        style_sheets("/lab/", folder.path()).expect("the sheets are there");
        let names = file_names(folder.path()).expect("a folder");
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(text(&folder, &names[1]), "b{c:d}a{c:e}");
        assert!(has_hash(&names[1]), "{names:?}");
        assert_eq!(
            text(&folder, INDEX),
            format!("    <link rel=\"stylesheet\" href=\"/lab/{}\"/>\n", names[1])
        );
    }

    #[test]
    fn a_sheet_that_is_missing_is_an_error() {
        let folder = site(&[(INDEX, "<link rel=\"stylesheet\" href=\"/a.css\"/>")]);
        assert!(style_sheets("/", folder.path()).is_err());
        assert!(style_sheets("/lab/", folder.path()).is_err());
    }

    #[test]
    fn a_program_is_named_by_what_it_is_now() {
        let old = "app-8bd6c2b0a9f3e1d7";
        let wasm = format!("{old}_bg.wasm");
        let folder = site(&[(INDEX, &format!("/{old}.js /{wasm}")), (&format!("{old}.js"), ""), (&wasm, "")]);
        stamp(folder.path(), &folder.path().join(old).to_string_lossy(), b"now").expect("a name with a hash");
        let new = format!("app-{}", hash(b"now"));
        assert_eq!(
            file_names(folder.path()).expect("a folder"),
            [format!("{new}.js"), format!("{new}_bg.wasm"), INDEX.to_owned()]
        );
        assert_eq!(text(&folder, INDEX), format!("/{new}.js /{new}_bg.wasm"));
        assert!(stamp(folder.path(), "app", b"now").is_err());
    }

    #[test]
    fn scripts_without_a_hash_are_shortened() {
        let folder = site(&[("start.js", "// why\nload( 1 );\n"), ("app-8bd6c2b0a9f3e1d7.js", "// glue\n")]);
        scripts(folder.path()).expect("scripts");
        assert_eq!(text(&folder, "start.js"), "load(1);");
        assert_eq!(text(&folder, "app-8bd6c2b0a9f3e1d7.js"), "// glue\n");
    }
}
