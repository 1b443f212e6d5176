//! With the feature `embed-site`: the folder that `REVIEWLAB_SITE` names in, a list of its files for the program out.
//! Never: anything without the feature.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=REVIEWLAB_SITE");
    if std::env::var_os("CARGO_FEATURE_EMBED_SITE").is_none() {
        return;
    }
    let Some(site) = std::env::var_os("REVIEWLAB_SITE").map(PathBuf::from) else {
        println!("cargo::error=embed-site needs REVIEWLAB_SITE: the folder that `cargo xtask dist` wrote");
        return;
    };
    if let Err(error) = list(&site) {
        println!("cargo::error=the site in {} cannot be embedded: {error}", site.display());
    }
}

fn list(site: &Path) -> std::io::Result<()> {
    let site = site.canonicalize()?;
    println!("cargo::rerun-if-changed={}", site.display());
    let mut text = String::from("&[\n");
    let mut folders = vec![site.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for path in files {
        let name = path.strip_prefix(&site).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    ({name:?}, include_bytes!({:?})),", path.to_string_lossy());
    }
    text.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("site.rs"), text)
}
