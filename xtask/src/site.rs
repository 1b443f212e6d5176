//! The built site for one base path.
//! In: a base path, a folder, the tools. Out: the folder filled by trunk, made lighter, and completed for static hosts:
//! `404.html`, `.nojekyll`, `_headers`; and for work without one: `sw.js`.
//! Never: a site whose first page breaks its own content security policy, or names another origin.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{Tools, WasmOpt};
use crate::{arguments, lean, process, tools, workspace};

mod page;
mod order;
mod script;
mod glue;
mod border;
mod style_sheets;
mod parts;
mod lighten;
mod start_scripts;
mod predictors;
pub mod calls;
mod service_worker_glue;
pub mod offline;

pub use lighten::LATER_ENDING;
pub use page::{Tag, content_security_policy, problems, tags};

/// How many hexadecimal digits trunk puts into the names of files that never change.
const N_HASH_DIGITS: usize = 16;

/// What the linker writes, below the folder that trunk's cargo builds in.
const LINKED: &str = "wasm32-unknown-unknown/release/reviewlab-app.wasm";

/// The program as it is compiled to be looked at soon: in parts that are compiled again alone.
const QUICK: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "true"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
];

/// `cargo xtask dist [--quick] [--base /] [--out dist]`.
///
/// # Errors
/// When the base path is not of the form `/` or `/name/`, or the build fails.
pub fn run(words: &[String]) -> Result<()> {
    let (is_quick, words) = match words.split_first() {
        Some((word, words)) if word == "--quick" => (true, words),
        _ => (false, words),
    };
    let [base, out] = arguments::options(words, ["--base", "--out"])?;
    let base = base.unwrap_or_else(|| "/".to_owned());
    let out = workspace::root().join(out.unwrap_or_else(|| "dist".to_owned()));
    let tools = tools::setup()?;
    if is_quick {
        build_with(&tools, None, QUICK, (&base, &out))?;
        println!("dist: {} is ready for {base}, as large as it was compiled", out.display());
        return Ok(());
    }
    let wasm_opt = WasmOpt::ensure()?;
    if wasm_opt.is_none() {
        println!("dist: no wasm-opt and no npm to install it with: the site is larger than it need be");
    }
    build(&tools, wasm_opt.as_ref(), &base, &out)?;
    println!("dist: {} is ready for {base}", out.display());
    Ok(())
}

/// Builds the site for `base` into `out`, which is emptied first.
///
/// # Errors
/// When trunk or wasm-opt fails, or the page would break its own policy.
pub fn build(tools: &Tools, wasm_opt: Option<&WasmOpt>, base: &str, out: &Path) -> Result<()> {
    build_with(tools, wasm_opt, &[], (base, out))
}

fn build_with(
    tools: &Tools,
    wasm_opt: Option<&WasmOpt>,
    profile: &[(&str, &str)],
    (base, out): (&str, &Path),
) -> Result<()> {
    check_base(base)?;
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut trunk = process::in_root(&tools.trunk);
    trunk.args(["build", "--release", "--public-url", base, "--dist"]).arg(out);
    // Settings of one build undo what the other has compiled, unless each has a folder.
    let folder = workspace::target_dir().join(if profile.is_empty() { "page" } else { "page-quick" });
    trunk.envs(profile.iter().copied());
    if tools.has_std_source {
        trunk.envs(lean::ENVIRONMENT.iter().copied());
        trunk.env("CARGO_TARGET_DIR", &folder);
    }
    // trunk 0.21 takes no other values of NO_COLOR than true and false.
    process::run(trunk.env("PATH", tools.search_path()).env_remove("NO_COLOR"))?;
    let linked = folder.join(LINKED);
    lighten::program(wasm_opt, tools.has_std_source.then_some(linked.as_path()), out)?;
    lighten::style_sheets(base, out)?;
    lighten::scripts(out)?;
    start_scripts::stamp(out)?;
    predictors::add((base, out), wasm_opt, !profile.is_empty(), tools.has_std_source)?;
    complete(base, out)
}

/// The one file of the site whose name ends so: `_bg.wasm`, or `.js` with a hash.
///
/// # Errors
/// When there is none, or more than one.
pub fn file_ending_in(site: &Path, ending: &str) -> Result<PathBuf> {
    let names = file_names(site)?;
    let mut found = names.iter().filter(|name| name.ends_with(ending));
    match (found.next(), found.next()) {
        (Some(name), None) => Ok(site.join(name)),
        (None, _) => bail!("{} holds no *{ending}", site.display()),
        (Some(one), Some(other)) => bail!("{} holds both {one} and {other}", site.display()),
    }
}

/// The names of the files right in a folder, sorted.
///
/// # Errors
/// When it cannot be read.
pub fn file_names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn check_base(base: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    ensure!(
        base.starts_with('/') && base.ends_with('/') && base.chars().all(plain) && !base.contains("//"),
        "the base path `{base}` is not of the form `/` or `/name/`"
    );
    Ok(())
}

/// Checks the first page and adds the files that static hosts look for.
fn complete(base: &str, out: &Path) -> Result<()> {
    let index = out.join("index.html");
    let html = fs::read_to_string(&index).with_context(|| format!("trunk wrote no {}", index.display()))?;
    let problems = problems(&html);
    ensure!(problems.is_empty(), "index.html would break its own policy:\n  {}", problems.join("\n  "));
    offline::write(base, out)?;
    let html = fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
    let policy =
        content_security_policy(&html).context("index.html carries no content security policy in <meta>")?;
    fs::write(out.join("404.html"), &html).context("cannot write 404.html")?;
    // Without it GitHub Pages passes over names that begin with an underscore.
    fs::write(out.join(".nojekyll"), "").context("cannot write .nojekyll")?;
    let headers = headers(base, &policy, &file_names(out)?);
    fs::write(out.join("_headers"), headers).context("cannot write _headers")
}

/// `_headers` as Netlify and Cloudflare Pages read it. A header that two matching rules give is joined by them
/// with a comma, so none stands in two. The page's own policy covers what is loaded from a network address
/// and would not inherit it (workers, a service worker).
fn headers(base: &str, policy: &str, names: &[String]) -> String {
    let mut text = format!(
        "{base}*\n  \
         Content-Security-Policy: {policy}; frame-ancestors 'none'\n  \
         Cross-Origin-Opener-Policy: same-origin\n  \
         Permissions-Policy: camera=(), geolocation=(), microphone=()\n  \
         Referrer-Policy: no-referrer\n  \
         X-Content-Type-Options: nosniff\n"
    );
    for name in names.iter().filter(|name| has_hash(name)) {
        text.push_str(&format!("\n{base}{name}\n  Cache-Control: public, max-age=31536000, immutable\n"));
    }
    text
}

/// Whether trunk put a hash of the content into the name: `main-0123456789abcdef.css`.
fn has_hash(name: &str) -> bool {
    let stem = Path::new(name).file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let stem = stem.strip_suffix("_bg").or_else(|| stem.strip_suffix("_later")).unwrap_or(stem);
    let hash = stem.rsplit('-').next().unwrap_or_default();
    hash.len() >= N_HASH_DIGITS - 2 && stem.len() > hash.len() && hash.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_have_a_slash_at_both_ends() {
        for base in ["/", "/reviewlab/", "/a/b-c_d.e/"] {
            assert!(check_base(base).is_ok(), "{base}");
        }
        for base in ["", "reviewlab", "/reviewlab", "//", "/a b/", "https://a.b/"] {
            assert!(check_base(base).is_err(), "{base}");
        }
    }

    #[test]
    fn only_names_with_a_hash_may_be_kept_for_ever() {
        for name in [
            "main-8bd6c2b0a9f3e1d7.css",
            "app-8bd6c2b0a9f3e1d7_bg.wasm",
            "app-8bd6c2b0a9f3e1d7_later.wasm",
            "app-8bd6c2b0a9f3e1.js",
        ] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["start.js", "index.html", "reviewlab-app.js", "8bd6c2b0a9f3e1d7.js", "a-b.css"] {
            assert!(!has_hash(name), "{name}");
        }
    }

    #[test]
    fn headers_hold_the_policy_and_the_lasting_files() {
        let text =
            headers("/lab/", "default-src 'self'", &["a-8bd6c2b0a9f3e1d7.css".into(), "start.js".into()]);
        assert!(
            text.starts_with(
                "/lab/*\n  Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\n"
            )
        );
        assert!(text.ends_with(
            "\n/lab/a-8bd6c2b0a9f3e1d7.css\n  Cache-Control: public, max-age=31536000, immutable\n"
        ));
    }

    #[test]
    fn the_one_file_with_an_ending_is_found() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("a_bg.wasm"), "").expect("a file");
        assert_eq!(file_ending_in(dir.path(), "_bg.wasm").expect("one"), dir.path().join("a_bg.wasm"));
        fs::write(dir.path().join("b_bg.wasm"), "").expect("a file");
        assert!(file_ending_in(dir.path(), "_bg.wasm").is_err());
        assert!(file_ending_in(dir.path(), ".css").is_err());
    }
}
