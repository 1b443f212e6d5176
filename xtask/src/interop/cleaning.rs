//! The cleaning of an exported model in Python and ours, on texts made to be difficult: the same words.

use anyhow::{Context as _, Result, ensure};
use engine::features::{FittedVectorizer, VectorizerSpec};
use engine::models::FittedModel;
use engine::pipeline::{Calibration, FittedPipeline};
use engine::text::{CleanStep, Cleaner, reference_cleaning};
use export::{CardFacts, ModelCard, onnx_folder};
use serde_json::json;

use super::environment::{ask, tools};
use super::fitted::every_step;
use super::onnx::write;

const CHECK: &str = include_str!("check_cleaning.py");
/// Texts that both clean.
const N_TEXTS: usize = 1_000;
/// Most pieces of one.
const MAX_PIECES: u64 = 12;
/// A generator of whole numbers (Lehmer, Park and Miller 1988).
const MULTIPLIER: u64 = 48_271;
const MODULUS: u64 = 0x7fff_ffff;
/// What a text is made of: white space of every kind, emoji with all that joins them, letters whose case is not one letter,
/// digits and punctuation of many scripts, and beginnings of what steps look for.
const PIECES: [&str; 104] = [
    "",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u{b}",
    "\u{c}",
    "\u{1c}",
    "\u{1f}",
    "\u{85}",
    "\u{a0}",
    "\u{1680}",
    "\u{2003}",
    "\u{2028}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "\u{200d}",
    "\u{0}",
    "\u{7}",
    "\u{ad}",
    "<",
    ">",
    "<b>",
    "</b>",
    "< br\n>",
    "<>",
    "<<a>>",
    "http",
    "http://",
    "https://x.y/z?a=1&b=2",
    "HTTP://A",
    "www",
    "www.",
    "www.a.b",
    "xhttp:y",
    "a@b.co",
    "@me",
    "x@y",
    "@",
    "me@a-b.c_d.e",
    "n't",
    "don't",
    "don\u{2019}t",
    "CAN'T",
    "not",
    "never.",
    "no!",
    "nor:",
    "(without)",
    "😀",
    "👍🏽",
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "🇩",
    "☺",
    "☺\u{fe0f}",
    "©",
    "™",
    "1️⃣",
    "#️⃣",
    "❤️‍🔥",
    "٣٤",
    "१२",
    "①",
    "½",
    "Ⅷ",
    "²",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "ſ",
    "ΑΣ",
    "ΟΔΟΣ.",
    "Σ",
    "ﬁ",
    "Å",
    "é",
    "e\u{301}",
    "ñ",
    "ǅ",
    "한국어",
    "日本語",
    "ไทย",
    "العربية",
    "שלום",
    "!!!",
    "...",
    "—",
    "“",
    "’",
    "¿",
    "、",
    "_",
    "__",
    "$€",
    "soooo",
    "aaaa1111____",
    "good",
    "RUNNING",
    "the",
    "I",
];

/// # Errors
/// Where Python cannot be set up, or a text is cleaned otherwise.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let texts = texts();
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let cleanings = cleanings();
    let mut folders = Vec::new();
    for (place, cleaning) in cleanings.iter().enumerate() {
        let folder = scratch.path().join(format!("cleaning-{place}"));
        let pipeline = pipeline(cleaning);
        let card = ModelCard::new(&CardFacts::of(&pipeline));
        write(&folder, &onnx_folder(&pipeline, &card)?)?;
        folders.push(folder);
    }
    let work = json!({ "folders": folders, "texts": texts });
    let found: Vec<Vec<Vec<String>>> = ask(&python, CHECK, &[], &work)?;
    ensure!(found.len() == cleanings.len(), "{} cleanings were run", found.len());
    let mut n_different = 0;
    for (cleaning, theirs) in cleanings.iter().zip(&found) {
        let mut cleaner = Cleaner::new(cleaning)?;
        ensure!(theirs.len() == texts.len(), "{} texts were cleaned", theirs.len());
        for (text, theirs) in texts.iter().zip(theirs) {
            let mut ours = Vec::new();
            cleaner.clean(text, &mut |word: &str| ours.push(word.to_owned()));
            if ours != *theirs {
                n_different += 1;
                println!("  differs: {text:?}\n    {ours:?} here, {theirs:?} in Python");
            }
        }
    }
    let n_all = texts.len() * cleanings.len();
    println!("cleaning in Python: {} of {n_all} difficult texts have the same words", n_all - n_different);
    ensure!(n_different == 0, "{n_different} of {n_all} texts are cleaned otherwise");
    Ok(())
}

fn texts() -> Vec<String> {
    let mut state = 7;
    let mut below = |bound: usize| {
        state = state * MULTIPLIER % MODULUS;
        (state % bound as u64) as usize
    };
    let mut text = || {
        let n_pieces = 1 + below(MAX_PIECES as usize);
        let mut text = String::new();
        for _ in 0..n_pieces {
            text.push_str(PIECES[below(PIECES.len())]);
            if below(2) == 0 {
                text.push(' ');
            }
        }
        text
    };
    (0..N_TEXTS).map(|_| text()).collect()
}

/// The usual one, all steps, and those that the others would hide each by itself.
fn cleanings() -> Vec<Vec<CleanStep>> {
    let text = str::to_owned;
    vec![
        reference_cleaning(),
        every_step(),
        vec![CleanStep::Lowercase],
        vec![CleanStep::RemoveEmoji],
        vec![CleanStep::RemoveUrls, CleanStep::RemoveHtmlTags],
        vec![CleanStep::RemoveEmails, CleanStep::RemoveHandles],
        vec![CleanStep::StripAccents, CleanStep::ShortenElongations],
        vec![CleanStep::MarkNegation { n_words: None }],
        vec![CleanStep::ReplaceDigits { with: text("0") }],
        vec![CleanStep::ReplacePunctuation { with: String::new() }],
        vec![CleanStep::RemovePrefix { text: text("no") }, CleanStep::RemoveSuffix { text: text("!") }],
    ]
}

/// A model that cleans so; what it says does not matter here.
fn pipeline(cleaning: &[CleanStep]) -> FittedPipeline {
    FittedPipeline {
        engine_version: engine::ENGINE_VERSION.to_owned(),
        cleaning: cleaning.to_vec(),
        features: FittedVectorizer {
            spec: VectorizerSpec::tf_idf((1, 1)),
            terms: vec!["good".to_owned()],
            idf: vec![1.0],
        },
        model: FittedModel::Constant { probabilities: vec![0.5, 0.5] },
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: ["bad", "good"].map(str::to_owned).to_vec(),
    }
}
