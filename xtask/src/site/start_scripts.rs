//! The page's own scripts under names that say what is in them, as the program has one: a browser that kept a script
//! of an older site under its name would start a newer program with it.
//! In: the built site, its scripts shortened. Out: the same with those names, in the scripts and in the first page.
//! Never: a script that could be kept and still change.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

use super::{file_names, has_hash, lighten};

/// The scripts, each after those that it names.
const SCRIPTS: [&str; 4] = ["later.js", "worker.js", "start.js", "boot.js"];
/// The sample reviews, which keep their name and are asked for with what is in them behind it.
pub const SAMPLE: &str = "samples/sample_reviews.csv";
/// The first page.
const INDEX: &str = "index.html";

/// What a request for the sample of this version adds to its address.
pub fn version_of(content: &[u8]) -> String {
    format!("?v={}", lighten::hash(content))
}

/// Names the scripts by their content, and lets the first page ask for the sample by its content.
///
/// # Errors
/// When a script or the first page is missing, or a script is left that has no lasting name.
pub fn stamp(out: &Path) -> Result<()> {
    let index = out.join(INDEX);
    let mut page = lighten::read_text(&index)?;
    let mut renamed: Vec<(&str, String)> = Vec::new();
    for name in SCRIPTS {
        let text = renamed
            .iter()
            .fold(lighten::read_text(&out.join(name))?, |text, (old, new)| with_name(&text, old, new));
        let new = name.replace(".js", &format!("-{}.js", lighten::hash(text.as_bytes())));
        lighten::write(&out.join(&new), text.as_bytes())?;
        fs::remove_file(out.join(name)).with_context(|| format!("cannot remove {name}"))?;
        page = with_name(&page, name, &new);
        renamed.push((name, new));
    }
    let sample = lighten::read(&out.join(SAMPLE))?;
    page = with_name(&page, SAMPLE, &format!("{SAMPLE}{}", version_of(&sample)));
    lighten::write(&index, page.as_bytes())?;
    let plain: Vec<String> =
        file_names(out)?.into_iter().filter(|name| name.ends_with(".js") && !has_hash(name)).collect();
    ensure!(
        plain.is_empty(),
        "scripts without a lasting name: {plain:?}; name them in xtask's start_scripts.rs"
    );
    Ok(())
}

/// The text with `new` wherever an address in quotes ends with `old`.
fn with_name(text: &str, old: &str, new: &str) -> String {
    text.replace(&format!("/{old}\""), &format!("/{new}\""))
        .replace(&format!("\"{old}\""), &format!("\"{new}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<script src=\"boot.js\"></script>\n<script src=\"/lab/start.js\" data-worker=\"/lab/worker.js\" \
                        data-sample=\"/lab/samples/sample_reviews.csv\"></script>";

    fn site(later: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("samples")).expect("a folder");
        for (name, text) in [
            (INDEX, PAGE),
            ("boot.js", "boot()"),
            ("later.js", later),
            ("start.js", "import{later}from\"./later.js\""),
            ("worker.js", "import{later}from\"./later.js\";work()"),
            ("samples/sample_reviews.csv", "text,rating"),
        ] {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        folder
    }

    fn name_of(folder: &tempfile::TempDir, start: &str) -> String {
        let names = file_names(folder.path()).expect("a folder");
        names.into_iter().find(|name| name.starts_with(start)).expect("it is there")
    }

    #[test]
    fn scripts_are_named_by_their_content_wherever_they_are_named() {
        let folder = site("part()");
        stamp(folder.path()).expect("a whole site");
        let [later, start, worker, boot] =
            ["later-", "start-", "worker-", "boot-"].map(|start| name_of(&folder, start));
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
        assert_eq!(text(&start), format!("import{{later}}from\"./{later}\""));
        assert!(text(&worker).contains(&format!("\"./{later}\"")));
        let page = text(INDEX);
        for address in [format!("\"{boot}\""), format!("\"/lab/{start}\""), format!("\"/lab/{worker}\"")] {
            assert!(page.contains(&address), "{address} in {page}");
        }
        assert!(page.contains(&format!("sample_reviews.csv{}\"", version_of(b"text,rating"))), "{page}");
    }

    #[test]
    fn a_change_in_one_script_renames_all_that_name_it() {
        let (one, other) = (site("part()"), site("part(2)"));
        stamp(one.path()).expect("a whole site");
        stamp(other.path()).expect("a whole site");
        for start in ["later-", "start-", "worker-"] {
            assert_ne!(name_of(&one, start), name_of(&other, start));
        }
        assert_eq!(name_of(&one, "boot-"), name_of(&other, "boot-"));
    }

    #[test]
    fn a_script_that_nobody_named_is_refused() {
        let folder = site("part()");
        fs::write(folder.path().join("more.js"), "more()").expect("a file");
        let error = stamp(folder.path()).expect_err("a script without a lasting name");
        assert!(error.to_string().contains("more.js"), "{error}");
    }
}
