//! The small program that a page or a package carries. In: the folder of a built site. Out: the program that can run a model.
//! Never: a file that the site's first page does not name.

use engine::pipeline::FittedPipeline;
use export::needs_all_steps;
use std::path::Path;

use crate::failure::Failure;

/// The first page of a site.
const INDEX: &str = "index.html";
/// How WebAssembly begins.
const WASM: &[u8] = b"\0asm";
/// Largest program that is taken.
const MAX_BYTES: u64 = 64 << 20;

/// The program for a model.
///
/// # Errors
/// Where the folder is no built site, or its build has no program that can run the model.
pub fn of(site: &Path, pipeline: &FittedPipeline) -> Result<Vec<u8>, Failure> {
    let index = site.join(INDEX);
    let page = std::fs::read_to_string(&index).map_err(|error| Failure::file(&index, &error))?;
    let told = if needs_all_steps(pipeline) { "data-predictor-all" } else { "data-predictor" };
    let named = page.split_once(&format!(" {told}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    let name = named.and_then(|(address, _)| address.rsplit('/').next()).filter(|name| !name.is_empty());
    let Some(name) = name else {
        return Err(Failure::wrong(format!(
            "{} names no program that can run this model: build the site by `cargo xtask dist`.",
            index.display()
        )));
    };
    let path = site.join(name);
    let failed = |error: std::io::Error| Failure::file(&path, &error);
    let n_bytes = std::fs::metadata(&path).map_err(failed)?.len();
    let bytes = if n_bytes <= MAX_BYTES { std::fs::read(&path).map_err(failed)? } else { Vec::new() };
    if !bytes.starts_with(WASM) {
        return Err(Failure::wrong(format!(
            "{} is no WebAssembly: build the site anew by `cargo xtask dist`.",
            path.display()
        )));
    }
    Ok(bytes)
}
