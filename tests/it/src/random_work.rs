//! Studies over reviews that nobody wrote, for one hash that must be the same on every machine.
//! In: a seed. Out: SHA-256 of every number that such a study brings.
//! Never: a step that is not the engine's own.

use std::fmt::Write as _;

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{Corpus, count};
use engine::models::{CrossValidator, ModelKind};
use engine::num::{ContentHash, RandomStream};
use engine::pipeline::{Predictor, fit_final};
use engine::split::{SplitPlan, SplitSpec};
use engine::text::{Cleaner, reference_cleaning};
use engine::tune::{SearchSpec, StudySpec, Trial, TrialOutcome, ask, best_trial};

/// Seeds, and what the native program says of each. Written by running the test that prints what differs.
pub const DIGESTS: &[(u64, &str)] = &[
    (1, "5df93560fb505de04cbff3679906575b2913f9926fba7112413e4df014c39fcb"),
    (2, "1605f1e1503dc081947582f8751114239d9aa99c8f2e00c05db080a4aa17f403"),
    (3, "b7dc6bc5a120340a657e5c570ba94f84cef3d4e31395382d3b24da28833f80cb"),
    (4, "e7c5320dc9cc76ae1e10932be73f11b429394a885a010c3a09e7903141e3d948"),
];

const MODELS: [ModelKind; 3] =
    [ModelKind::LogisticRegression, ModelKind::MultinomialNb, ModelKind::LinearSvc];
/// Ten at random, then the sampler's own.
const N_TRIALS: u32 = 14;
const PIECES: &[&str] = &[
    "good",
    "bad",
    "not",
    "price",
    "quality",
    "Delivered",
    "late!!",
    "👍🏽",
    "http://a.b/c",
    "<br>",
    "&amp;",
    "don't",
    "très",
    "READ MORE",
    "broke",
    "refund",
    "worth",
    "waste",
    "love",
    "hate",
    "ok",
    "1,299",
    "size",
    "colour",
];

/// Says which seed gives what, or differs from what is written.
pub fn differences() -> Vec<String> {
    let check = |&(seed, expected): &(u64, &str)| {
        let found = digest(seed);
        (found != expected).then(|| format!("seed {seed} gives {found}, the native program gave {expected}"))
    };
    DIGESTS.iter().filter_map(check).collect()
}

/// The hash of one study.
fn digest(seed: u64) -> String {
    let mut stream = RandomStream::new("random work", &[seed]);
    let n_classes = 2 + stream.below(3) as usize;
    let texts = texts(&mut stream, n_classes);
    let docs = cleaned(&texts);
    let labels = docs.labels.clone();
    let study = StudySpec {
        split: SplitSpec { seed: seed as u32, ..SplitSpec::reference() },
        ..StudySpec::reference(&MODELS, N_TRIALS, seed)
    };
    let corpus = count(docs, n_classes as u8, &study.counting()).expect("few reviews");
    let plan = SplitPlan::new(&labels, n_classes, &study.split).expect("many reviews of each class");
    let mut written = String::new();
    for (search, spec) in study.searches.iter().enumerate() {
        let trials = tried(&study, search, &corpus, &plan);
        written.push_str(&json::to_string(&trials));
        let best = best_trial(&trials).expect("most settings can be evaluated");
        used(&mut written, spec, best, &corpus, &plan, &texts);
    }
    ContentHash::of(written.as_bytes()).to_string()
}

fn texts(stream: &mut RandomStream, n_classes: usize) -> Vec<(usize, String)> {
    let n_docs = 150 + stream.below(250) as usize;
    let mut text = |class: usize| {
        let n_pieces = stream.below(14);
        let piece = |stream: &mut RandomStream| match stream.below(4) {
            0 => PIECES[(class * 5 + stream.below(6) as usize) % PIECES.len()].to_owned(),
            1 => char::from_u32(stream.below(0x3000) as u32).unwrap_or('x').to_string(),
            _ => PIECES[stream.below(PIECES.len() as u64) as usize].to_owned(),
        };
        let pieces: Vec<String> = (0..n_pieces).map(|_| piece(stream)).collect();
        pieces.join(" ")
    };
    (0..n_docs).map(|doc| (doc % n_classes, text(doc % n_classes))).collect()
}

fn cleaned(texts: &[(usize, String)]) -> CleanedDocs {
    let mut cleaner = Cleaner::new(&reference_cleaning()).expect("steps of every build");
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    for (record, (class, text)) in (0..).zip(texts) {
        cleaner.clean_to_ids(text, &mut docs.word_ids);
        docs.doc_starts.push(docs.word_ids.len() as u32);
        docs.labels.push(LabelId(*class as u8));
        docs.records.push(record);
    }
    CleanedDocs { words: cleaner.into_words(), ..docs }
}

fn tried(study: &StudySpec, search: usize, corpus: &Corpus, plan: &SplitPlan) -> Vec<Trial> {
    let mut validator = CrossValidator::new(&corpus.counts, plan).expect("the plan is of these reviews");
    let mut trials = Vec::new();
    for number in 0..N_TRIALS {
        let setting = ask(study, search, &trials).expect("no end of settings");
        let spec = study.searches[search].pipeline(&setting);
        let outcome = match validator.evaluate(&spec.vectorizer, &spec.model) {
            Ok(scores) => TrialOutcome::complete(scores.fold_f1_macro),
            Err(error) => TrialOutcome::Failed { reason: error.to_string() },
        };
        trials.push(Trial { number, setting, outcome, rungs: Vec::new(), elapsed_ms: 0.0 });
    }
    trials
}

/// The best setting fitted, saved, and asked about the first reviews.
fn used(
    written: &mut String,
    search: &SearchSpec,
    best: &Trial,
    corpus: &Corpus,
    plan: &SplitPlan,
    texts: &[(usize, String)],
) {
    let names: Vec<String> = (0..corpus.counts.n_classes).map(|class| format!("class {class}")).collect();
    let spec = search.pipeline(&best.setting);
    let fit = fit_final(&corpus.counts, &corpus.terms, plan, &spec, &names).expect("it was evaluated");
    written.push_str(&json::to_string(&fit.test));
    written.push_str(&ContentHash::of(&fit.pipeline.to_bytes()).to_string());
    let mut predictor = Predictor::new(fit.pipeline).expect("what was fitted predicts");
    for (_, text) in &texts[..20] {
        written.push_str(&json::to_string(&predictor.predict(text)));
        let explanation = predictor.explain(text);
        for found in &explanation.contributions {
            write!(written, "{} {:x} ", found.term, found.value.to_bits())
                .expect("a String takes what is written");
        }
    }
}
