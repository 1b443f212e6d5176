//! A fitted pipeline and the small wasm program of `crates/predictor` in; one page that needs nothing else out, or a package
//! for npm with a web component.
//!
//! Never: an address that a page could reach: its policy names the hash of its one script and allows no network.

use engine::features::{Analyzer, DEFAULT_TOKEN_PATTERN};
use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use engine::text::{CleanStep, Stemmer, StopWordList};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::base64::{base64, from_base64};
use crate::card::ModelCard;
use crate::escaped::escaped_html;
use crate::file::ExportFile;
use crate::golden::golden_rows;
use crate::python_model::ExportError;

/// Rows that a page checks itself by when it opens.
const N_GOLDEN: usize = 20;
/// The most thorough search for what repeats.
const DEFLATE_LEVEL: u8 = 10;
/// Largest model that is read back out of a page.
const MAX_MODEL_BYTES: usize = 512 << 20;
const PREDICTOR: &str = include_str!("carried/predictor.js");
const PAGE_SCRIPT: &str = include_str!("carried/page.js");
const PAGE_STYLE: &str = include_str!("carried/page.css");
const PAGE: &str = include_str!("carried/page.html");
/// Where the model stands in a page.
const MODEL_BEGINS: &str = "<script id=\"model\" type=\"application/octet-stream;base64\">";
const MODEL_ENDS: &str = "</script>";

/// Whether a model needs the larger program: one of its cleaning steps, or its token pattern, is in no build without them.
pub fn needs_all_steps(pipeline: &FittedPipeline) -> bool {
    let is_small = |step: &CleanStep| match step {
        CleanStep::Lowercase
        | CleanStep::RemoveEmoji
        | CleanStep::RemoveUrls
        | CleanStep::RemoveHtmlTags
        | CleanStep::KeepLetters
        | CleanStep::RemoveWords { .. } => true,
        CleanStep::RemoveStopWords { list, .. } => *list == StopWordList::NltkEnglish,
        CleanStep::Stem { stemmer } => *stemmer == Stemmer::NltkPorter,
        _ => false,
    };
    let tokens = &pipeline.features.spec.tokens;
    let has_pattern = tokens.analyzer == Analyzer::Word
        && tokens.token_pattern.as_deref().is_some_and(|pattern| pattern != DEFAULT_TOKEN_PATTERN);
    has_pattern || !pipeline.cleaning.iter().all(is_small)
}

/// The page: it opens from a disk, and answers there.
///
/// # Errors
/// Where this build cannot predict with the pipeline, so that nothing could be checked.
pub fn one_file(pipeline: &FittedPipeline, program: &[u8], card: &ModelCard) -> Result<Vec<u8>, ExportError> {
    let mut golden = golden_rows(pipeline)?;
    golden.truncate(N_GOLDEN);
    let golden: Vec<String> = golden.iter().map(json::to_string).collect();
    // `<` would be able to end the element.
    let given = format!("{{\"golden\": [{}]}}", golden.join(",")).replace('<', "\\u003c");
    let script = format!("\"use strict\";\n{PREDICTOR}\n{PAGE_SCRIPT}");
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}' 'wasm-unsafe-eval'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&ContentHash::of(script.as_bytes()).0),
        base64(&ContentHash::of(PAGE_STYLE.as_bytes()).0),
    );
    let title = escaped_html(&format!("Sentiment: {}", card.name()));
    let packed = |bytes: &[u8]| base64(&compress_to_vec(bytes, DEFLATE_LEVEL));
    let parts = [
        ("policy", policy),
        ("title", title),
        ("style", PAGE_STYLE.to_owned()),
        ("card", card.html(2)),
        ("given", given),
        ("program", packed(program)),
        ("model", packed(&pipeline.to_bytes())),
        ("script", script),
    ];
    Ok(filled(PAGE, &parts).into_bytes())
}

/// The template with each `{name}` filled, once: what is filled in is not looked at again.
fn filled(template: &str, parts: &[(&str, String)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found =
            parts.iter().find_map(|(name, text)| Some((text, after.strip_prefix(name)?.strip_prefix('}')?)));
        rest = match found {
            Some((text, after)) => {
                out.push_str(text);
                after
            }
            None => {
                out.push('{');
                after
            }
        };
    }
    out + rest
}

/// The model that a page holds.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn model_of_page(page: &[u8]) -> Result<FittedPipeline, String> {
    let text = std::str::from_utf8(page).map_err(|_| "the page is no text".to_owned())?;
    let model = text.split_once(MODEL_BEGINS).and_then(|(_, rest)| Some(rest.split_once(MODEL_ENDS)?.0));
    let packed = model.and_then(from_base64).ok_or("the page holds no model")?;
    let bytes = decompress_to_vec_with_limit(&packed, MAX_MODEL_BYTES)
        .map_err(|_| "the page's model cannot be unpacked".to_owned())?;
    FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())
}

const NPM_INDEX: &str = include_str!("carried/npm_index.js");
const NPM_ELEMENT: &str = include_str!("carried/npm_element.js");
const NPM_TYPES: &str = include_str!("carried/npm_index.d.ts");
const NPM_README: &str = include_str!("carried/npm_readme.md");
const NPM_MANIFEST: &str = include_str!("carried/npm_package.json");
const NPM_CHECK: &str = include_str!("carried/npm_check.mjs");

/// The package: what a program imports, the web component, the model, and a check that it answers as here.
///
/// # Errors
/// As [`one_file`].
pub fn npm_package(
    pipeline: &FittedPipeline,
    program: &[u8],
    card: &ModelCard,
) -> Result<Vec<ExportFile>, ExportError> {
    let golden: Vec<String> = golden_rows(pipeline)?.iter().map(json::to_string).collect();
    let javascript = "text/javascript";
    Ok(vec![
        ExportFile::new("package.json", "application/json", NPM_MANIFEST.to_owned()),
        ExportFile::new("README.md", "text/markdown", NPM_README.to_owned()),
        card.file(),
        ExportFile::new(
            "predictor.js",
            javascript,
            format!("{PREDICTOR}\nexport {{ ReviewPredictor, marked, shares }};\n"),
        ),
        ExportFile::new("index.js", javascript, NPM_INDEX.to_owned()),
        ExportFile::new("index.d.ts", "text/plain", NPM_TYPES.to_owned()),
        ExportFile::new("element.js", javascript, NPM_ELEMENT.to_owned()),
        ExportFile::new("check.mjs", javascript, NPM_CHECK.to_owned()),
        ExportFile::new("golden.json", "application/json", format!("[\n{}\n]\n", golden.join(",\n"))),
        ExportFile {
            path: "predictor.wasm".to_owned(),
            media_type: "application/wasm",
            bytes: program.to_vec(),
        },
        ExportFile::binary("model.rlm", pipeline.to_bytes()),
    ])
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_template_is_filled_once() {
        let parts = [("a", "{b}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(filled("x { {a} {b} {c}", &parts), "x { {b} 2 {c}");
    }
}
