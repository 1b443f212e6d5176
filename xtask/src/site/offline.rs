//! What lets the site work without a network: its service worker with the list of its files.
//! In: the finished site. Out: `sw.js`, which names each file and its SHA-256 and can load the program, and the first
//! page, which names `sw.js` and the version.
//! Never: a file that is neither kept nor left out by name; a call from the service worker to another origin.

use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use engine::num::ContentHash;
use serde_json::json;

use super::start_scripts::{SAMPLE, version_of};
use super::{calls, lighten, page, script, service_worker_glue};
use crate::workspace;

/// The service worker's script, in the site and, without its list, in `assets`.
pub const SCRIPT: &str = "sw.js";
/// The first page, which is kept under the site's own address.
const INDEX: &str = "index.html";
/// Kinds of files that the app asks for.
const KEPT_ENDINGS: &[&str] = &[".css", ".csv", ".js", ".png", ".svg", ".wasm", ".webmanifest"];
/// How the script is put together; with another number every site is another version.
const FORM: u32 = 1;
/// What only hosts ask for, and the service worker, which the browser keeps by itself.
const NOT_KEPT: &[&str] = &[".nojekyll", "404.html", "_headers", SCRIPT];
/// What the start script's element says first.
const START: &str = " data-js=\"";
/// What it says of this: `data-sw` where the service worker lies, `data-version` which version of the site this is.
const TOLD: &str = " data-sw=\"";
/// How a route of the app begins in its table.
const ROUTE: &str = "Route { pattern: \"/";

/// Writes the service worker, and tells the first page of it; what an earlier call wrote is written anew.
///
/// # Errors
/// When a file of the site is of no known kind, or the script would call elsewhere.
pub fn write(base: &str, out: &Path) -> Result<()> {
    let index = out.join(INDEX);
    let html = without_telling(&lighten::read_text(&index)?);
    let source = lighten::read_text(&workspace::root().join("assets").join(SCRIPT))?;
    let pages = pages(&lighten::read_text(&workspace::root().join("src").join("app.rs"))?);
    ensure!(pages.len() > 1, "no routes are found in src/app.rs");
    let mut files = files(out, html.as_bytes())?;
    let version = lighten::hash(json!([files, pages, source, FORM]).to_string().as_bytes());
    let html = html.replacen(START, &format!("{TOLD}{base}{SCRIPT}\" data-version=\"{version}\"{START}"), 1);
    ensure!(html.contains(TOLD), "no script of the first page starts the app");
    files.insert(String::new(), ContentHash::of(html.as_bytes()).to_string());
    let told = told(&html);
    let below = |name: &str| told.as_ref().and_then(|tag| tag.attribute(name)?.strip_prefix(base));
    let glue = below("data-js").context("the first page does not say where the glue lies")?;
    let load = service_worker_glue::of(&lighten::read_text(&out.join(glue))?)?;
    let site = json!({
        "version": version, "files": files, "pages": pages,
        "wasm": below("data-wasm"), "later": below("data-later"),
    });
    let text = format!("const site={site};\nconst load={load};\n{}", script::shortened(&source));
    calls::check(&text).with_context(|| format!("{SCRIPT} may call another origin"))?;
    lighten::write(&index, html.as_bytes())?;
    lighten::write(&out.join(SCRIPT), text.as_bytes())
}

/// The element that starts the app.
fn told(html: &str) -> Option<page::Tag> {
    page::tags(html).into_iter().find(|tag| tag.attribute("data-js").is_some())
}

/// The first page before it was told of a service worker.
fn without_telling(html: &str) -> String {
    match html.split_once(TOLD).and_then(|(before, told)| Some((before, told.split_once(START)?.1))) {
        Some((before, after)) => format!("{before}{START}{after}"),
        None => html.to_owned(),
    }
}

/// What is kept, by its address below the site's: the first page has none.
fn files(out: &Path, html: &[u8]) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::from([(String::new(), ContentHash::of(html).to_string())]);
    for path in below(out, "")? {
        if path == INDEX || NOT_KEPT.contains(&path.as_str()) {
            continue;
        }
        ensure!(
            KEPT_ENDINGS.iter().any(|ending| path.ends_with(ending)),
            "{path} is neither kept for work without a network nor left out: name it in xtask's offline.rs"
        );
        let content = lighten::read(&out.join(&path))?;
        let asked = if path == SAMPLE { version_of(&content) } else { String::new() };
        files.insert(path + &asked, ContentHash::of(&content).to_string());
    }
    Ok(files)
}

/// The paths of all files below a folder, with `/` between their parts.
fn below(folder: &Path, path: &str) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            paths.extend(below(&entry.path(), &format!("{path}{name}/"))?);
        } else {
            paths.push(format!("{path}{name}"));
        }
    }
    Ok(paths)
}

/// How the addresses of the app's pages begin: `runs` of `/runs/:id`.
fn pages(app: &str) -> BTreeSet<String> {
    let routes = app.split(ROUTE).skip(1);
    routes.filter_map(|route| Some(route.split(['"', '/']).next()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "function $e(){const import0={__proto__:null,a:function(arg0){return arg0;},};\
        return{__proto__:null,\"w\":import0,};}\nasync function $g(module_or_path){\
        module_or_path=new URL('a.wasm',import.meta.url);module_or_path=fetch(module_or_path);}\nexport{$g as default};";
    const PAGE: &str =
        "<script type=\"module\" src=\"/start.js\" data-worker=\"/lab/w.js\" data-js=\"/lab/a.js\"></script>";

    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("samples")).expect("a folder");
        for (name, text) in
            [(INDEX, PAGE), ("a.js", GLUE), ("_headers", "/*"), (SAMPLE, "text,rating"), (".nojekyll", "")]
        {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        folder
    }

    fn text(folder: &tempfile::TempDir, name: &str) -> String {
        fs::read_to_string(folder.path().join(name)).expect("a file")
    }

    fn listed(folder: &tempfile::TempDir) -> serde_json::Value {
        let script = text(folder, SCRIPT);
        let list = script.lines().next().and_then(|line| line.strip_prefix("const site="));
        let list = list.and_then(|list| list.strip_suffix(';')).expect("the list stands first");
        serde_json::from_str(list).expect("it is JSON")
    }

    #[test]
    fn every_file_is_listed_with_its_hash() {
        let folder = site();
        write("/lab/", folder.path()).expect("a whole site");
        let list = listed(&folder);
        let sample = format!("{SAMPLE}{}", version_of(b"text,rating"));
        let names: Vec<&str> = list["files"].as_object().expect("files").keys().map(String::as_str).collect();
        assert_eq!(names, ["", "a.js", &sample]);
        let page = text(&folder, INDEX);
        assert_eq!(list["files"][""], ContentHash::of(page.as_bytes()).to_string());
        assert_eq!(list["files"]["a.js"], ContentHash::of(GLUE.as_bytes()).to_string());
        let version = list["version"].as_str().expect("a version");
        assert!(
            page.contains(&format!(
                " data-sw=\"/lab/sw.js\" data-version=\"{version}\" data-js=\"/lab/a.js\""
            )),
            "{page}"
        );
        let pages: Vec<&str> =
            list["pages"].as_array().expect("pages").iter().filter_map(|page| page.as_str()).collect();
        assert!(["", "train", "settings"].iter().all(|page| pages.contains(page)), "{pages:?}");
    }

    #[test]
    fn a_changed_byte_is_another_version_and_the_same_site_is_the_same() {
        let folder = site();
        write("/lab/", folder.path()).expect("a whole site");
        let first = text(&folder, SCRIPT);
        write("/lab/", folder.path()).expect("a whole site");
        assert_eq!(text(&folder, SCRIPT), first);
        fs::write(folder.path().join("a.js"), GLUE.replace("return arg0", "return 1")).expect("a file");
        write("/lab/", folder.path()).expect("a whole site");
        assert_ne!(listed(&folder)["version"].to_string(), "null");
        assert_ne!(text(&folder, SCRIPT), first);
        assert_eq!(text(&folder, INDEX).matches(TOLD).count(), 1);
    }

    #[test]
    fn a_file_that_nobody_thought_of_fails_the_build() {
        let folder = site();
        fs::write(folder.path().join("font.ttf"), "x").expect("a file");
        let error = write("/lab/", folder.path()).expect_err("a file of no known kind");
        assert!(error.to_string().starts_with("font.ttf is neither kept"), "{error}");
    }

    #[test]
    fn pages_are_read_from_the_table_of_routes() {
        let app = "Route { pattern: \"/\", page: A },\nRoute { pattern: \"/runs/:id\", page: B }";
        assert_eq!(pages(app), BTreeSet::from([String::new(), "runs".to_owned()]));
    }
}
