//! The small program that an export carries: `crates/predictor`, compiled twice, for models that need every cleaning step and
//! for those that do not.
//! In: the finished scripts of a site. Out: the programs beside them, named by their content, and the first page, which says
//! where they lie: they are fetched when an export is made.
//! Never: a part of a first visit.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

use super::lighten;
use crate::tools::WasmOpt;
use crate::{lean, process, workspace};

/// How the first page's element begins to say where the program's glue lies: what is said of these stands before it.
const START: &str = " data-js=\"";
/// The first page.
const INDEX: &str = "index.html";
/// The name of the start of each file, how the first page calls it, and the features it is compiled with.
const PROGRAMS: [(&str, &str, Option<&str>); 2] =
    [("predictor", "data-predictor", None), ("predictor_all", "data-predictor-all", Some("all-steps"))];
/// What the linker writes, below the folder that cargo builds in.
const LINKED: &str = "wasm32-unknown-unknown/packed/predictor.wasm";
/// Most bytes of the small program, unpacked: with the reference model a page stays below 500 KB.
const MAX_SMALL_BYTES: usize = 270 * 1024;

/// Puts the programs into the site; of a quick one the small one alone, as it was compiled.
///
/// # Errors
/// When one cannot be compiled, or is too large.
pub fn add(
    (base, out): (&str, &Path),
    wasm_opt: Option<&WasmOpt>,
    is_quick: bool,
    has_std_source: bool,
) -> Result<()> {
    let index = out.join(INDEX);
    let mut page = lighten::read_text(&index)?;
    for (name, told, features) in PROGRAMS {
        if is_quick && features.is_some() {
            continue;
        }
        let program = compiled(features, has_std_source)?;
        let small = out.join(format!("{name}.wasm"));
        match wasm_opt {
            Some(wasm_opt) => lighten::smallest(wasm_opt, &program, &small)?,
            None => lighten::write(&small, &lighten::read(&program)?)?,
        }
        let bytes = lighten::read(&small)?;
        let is_small = features.is_some() || wasm_opt.is_none() || bytes.len() <= MAX_SMALL_BYTES;
        ensure!(
            is_small,
            "the predictor's program has {} bytes, more than the {MAX_SMALL_BYTES} that keep a page below 500 KB",
            bytes.len()
        );
        fs::remove_file(&small).with_context(|| format!("cannot remove {}", small.display()))?;
        let lasting = format!("{name}-{}.wasm", lighten::hash(&bytes));
        lighten::write(&out.join(&lasting), &bytes)?;
        let place = format!(" {told}=\"{base}{lasting}\"{START}");
        ensure!(page.contains(START), "no script of the first page starts the app");
        page = page.replacen(START, &place, 1);
    }
    lighten::write(&index, page.as_bytes())
}

fn compiled(features: Option<&str>, has_std_source: bool) -> Result<PathBuf> {
    let folder = workspace::target_dir().join("predictor");
    let mut cargo = process::in_root(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--profile",
        "packed",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "predictor",
    ]);
    if let Some(features) = features {
        cargo.args(["--features", features]);
    }
    if has_std_source {
        // The linker's note of constants is for the page's two parts alone.
        cargo.envs(
            lean::ENVIRONMENT
                .iter()
                .map(|(name, value)| (*name, value.replace(" -Clink-arg=--emit-relocs", ""))),
        );
    }
    process::run(cargo.env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join(LINKED))
}
