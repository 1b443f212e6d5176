//! A fitted pipeline in, the JSON that `review_model.py` predicts by out: lists of numbers and words, no code.
//!
//! What the Python side would do otherwise than the engine is refused.

use engine::features::{
    Analyzer, DEFAULT_TOKEN_PATTERN, FittedVectorizer, Norm, TermStopWords, TokenRule, VectorizerKind,
    VectorizerSpec, english_stop_words,
};
use engine::models::{FittedModel, Forest, LEAF, Scorer, Tree};
use engine::pipeline::{Calibration, FittedPipeline};
use engine::text::{CleanError, CleanStep, Stemmer, stop_words};
use json::ToJson;
use thiserror::Error;

/// Why a model cannot be written for another tool.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExportError {
    /// A cleaning step without a twin in Python.
    #[error(
        "the cleaning step {step} does not do quite the same in Python: train with other cleaning, or take the model file"
    )]
    Step {
        /// Its name.
        step: &'static str,
    },
    /// A token pattern of a person's own.
    #[error(
        "a token pattern of one's own does not do quite the same in Python: train without, or take the model file"
    )]
    TokenPattern,
    /// A step whose words this build lacks.
    #[error(transparent)]
    Cleaning(#[from] CleanError),
    /// A pipeline that this build cannot predict with, so that nothing could be checked against it.
    #[error("this build cannot predict with it")]
    NotHere,
    /// A file that Python's side would read otherwise.
    #[error("its file has a title column, no header, or texts such as NA, which Python would read otherwise")]
    Reading,
    /// Rows that Python's side would part otherwise.
    #[error("its rows are parted by groups or time, which Python would do otherwise")]
    Parting,
    /// A task of a flow that the other tool has no twin of.
    #[error(
        "its task '{task}' ({what}) has no twin there: export a flow that loads, cleans, splits, counts, fits, evaluates, logs, \
         registers and promotes, each once"
    )]
    Task {
        /// The task.
        task: String,
        /// What it does.
        what: &'static str,
    },
    /// A flow that fits nothing by given settings and the model's own cut.
    #[error(
        "it fits no model by given settings and that model's own threshold: export a flow that does, such as retrain"
    )]
    NoFit,
    /// A model without a table of weights.
    #[error("it is no table of weights: trees and baselines have none")]
    NoWeights,
    /// A site without the program.
    #[error("this build of the site has no small program to put into it: use one made by `cargo xtask dist`")]
    NoProgram,
    /// A model whose settings are not known.
    #[error("how it was fitted is no longer here: use the project that trained it")]
    NoSpec,
    /// A model beyond what one file of the other tool holds.
    #[error("it is too large for one file: train with fewer trees or terms")]
    TooLarge,
}

/// What Python reads. `terms` ascend by column; `idf` is one a term.
#[derive(ToJson)]
struct PythonModel {
    schema: u32,
    engine_version: String,
    cleaning: Vec<Step>,
    vectorizer: Vectorizer,
    scorer: PythonScorer,
    probabilities: &'static str,
    sigmoids: Vec<(f64, f64)>,
    curves: Vec<Curve>,
    threshold: f64,
    abstain_margin: Option<f64>,
    labels: Vec<String>,
}

#[derive(Default, ToJson)]
struct Step {
    step: &'static str,
    words: Vec<String>,
    with: String,
    n_words: Option<u8>,
}

#[derive(ToJson)]
struct Vectorizer {
    analyzer: &'static str,
    ngram_range: (u8, u8),
    stop_words: Vec<String>,
    binary: bool,
    sublinear_tf: bool,
    norm: &'static str,
    terms: Vec<String>,
    idf: Vec<f64>,
}

#[derive(ToJson)]
#[serde(tag = "type", rename_all = "snake_case")]
enum PythonScorer {
    /// One list of weights a score.
    Linear {
        coef: Vec<Vec<f64>>,
        intercept: Vec<f64>,
    },
    Forest {
        n_scores: u32,
        trees: Vec<PythonTree>,
    },
    Constant {
        scores: Vec<f64>,
    },
}

/// Nodes as in `engine::models::Tree`; the column of a leaf is -1.
#[derive(ToJson)]
struct PythonTree {
    columns: Vec<i64>,
    thresholds: Vec<f64>,
    rights: Vec<u32>,
    shares: Vec<f64>,
}

#[derive(ToJson)]
struct Curve {
    scores: Vec<f64>,
    probabilities: Vec<f64>,
}

/// The module that cleans and cuts texts, for every export that is Python.
pub(crate) const REVIEW_TEXT: &str = include_str!("python/review_text.py");
/// The module that makes answers of scores.
pub(crate) const REVIEW_ANSWER: &str = include_str!("python/review_answer.py");
/// The number of this shape of JSON.
const SCHEMA: u32 = 1;

/// Packages of Python's that the steps of a model need, as lines of `requirements.txt`.
pub(crate) fn packages(cleaning: &[CleanStep]) -> Vec<&'static str> {
    let has = |is_it: fn(&CleanStep) -> bool| cleaning.iter().any(is_it);
    let emoji = has(|step| matches!(step, CleanStep::RemoveEmoji)).then_some("emoji==2.16.0");
    let nltk = has(|step| matches!(step, CleanStep::Stem { .. })).then_some("nltk==3.10.4");
    [emoji, nltk].into_iter().flatten().collect()
}

/// What prepares a text, without the model: `ReviewText` of `review_text.py` reads it.
#[derive(ToJson)]
struct PythonText {
    schema: u32,
    cleaning: Vec<Step>,
    vectorizer: Tokens,
}

#[derive(ToJson)]
struct Tokens {
    analyzer: &'static str,
    ngram_range: (u8, u8),
    stop_words: Vec<String>,
}

/// The JSON of cleaning and tokens.
///
/// # Errors
/// Where Python would clean or cut texts otherwise.
pub(crate) fn text_json(cleaning: &[CleanStep], spec: &VectorizerSpec) -> Result<String, ExportError> {
    check_tokens(spec)?;
    let text = PythonText {
        schema: SCHEMA,
        cleaning: cleaning.iter().map(step).collect::<Result<_, _>>()?,
        vectorizer: Tokens {
            analyzer: analyzer(spec.tokens.analyzer),
            ngram_range: spec.ngram_range,
            stop_words: stop_words_of(spec),
        },
    };
    Ok(json::to_string(&text) + "\n")
}

/// The JSON.
///
/// # Errors
/// Where Python would clean or cut texts otherwise.
pub(crate) fn model_json(pipeline: &FittedPipeline) -> Result<String, ExportError> {
    let Decision { probabilities, sigmoids, curves } = decision(pipeline);
    let model = PythonModel {
        schema: SCHEMA,
        engine_version: pipeline.engine_version.clone(),
        cleaning: pipeline.cleaning.iter().map(step).collect::<Result<_, _>>()?,
        vectorizer: vectorizer(&pipeline.features)?,
        scorer: scorer(pipeline),
        probabilities,
        sigmoids,
        curves,
        threshold: pipeline.threshold,
        abstain_margin: pipeline.abstain.map(|band| band.margin),
        labels: pipeline.labels.clone(),
    };
    Ok(json::to_string(&model) + "\n")
}

/// How scores become answers.
struct Decision {
    probabilities: &'static str,
    sigmoids: Vec<(f64, f64)>,
    curves: Vec<Curve>,
}

fn decision(pipeline: &FittedPipeline) -> Decision {
    let (sigmoids, curves) = match &pipeline.calibration {
        Calibration::Own => (Vec::new(), Vec::new()),
        Calibration::Platt { sigmoids } => (sigmoids.clone(), Vec::new()),
        Calibration::Isotonic { curves } => (Vec::new(), curves.clone()),
    };
    let curve = |curve: engine::pipeline::IsotonicCurve| Curve {
        scores: curve.scores,
        probabilities: curve.probabilities,
    };
    Decision {
        probabilities: probabilities(&pipeline.model, &pipeline.calibration),
        sigmoids,
        curves: curves.into_iter().map(curve).collect(),
    }
}

/// How scores become answers, as fields of a JSON object.
pub(crate) fn decision_json(pipeline: &FittedPipeline) -> Vec<(&'static str, String)> {
    let Decision { probabilities, sigmoids, curves } = decision(pipeline);
    vec![
        ("probabilities", json::to_string(&probabilities.to_owned())),
        ("sigmoids", json::to_string(&sigmoids)),
        ("curves", json::to_string(&curves)),
        ("threshold", json::to_string(&pipeline.threshold)),
        ("abstain_margin", json::to_string(&pipeline.abstain.map(|band| band.margin))),
        ("labels", json::to_string(&pipeline.labels)),
    ]
}

/// A forest's trees as JSON.
pub(crate) fn trees_json(forest: &Forest) -> String {
    json::to_string(&forest.trees.iter().map(python_tree).collect::<Vec<_>>())
}

/// Cleaning steps as JSON.
///
/// # Errors
/// Where Python has no such step.
pub(crate) fn cleaning_json(cleaning: &[CleanStep]) -> Result<String, ExportError> {
    let steps: Vec<Step> = cleaning.iter().map(step).collect::<Result<_, _>>()?;
    Ok(json::to_string(&steps))
}

fn step(step: &CleanStep) -> Result<Step, ExportError> {
    let plain = |step| Ok(Step { step, ..Step::default() });
    let refused = |step| Err(ExportError::Step { step });
    let with = |step, text: &String| Ok(Step { step, with: text.clone(), ..Step::default() });
    match step {
        CleanStep::Lowercase => plain("lowercase"),
        CleanStep::RemoveEmoji => plain("remove_emoji"),
        CleanStep::RemoveUrls => plain("remove_urls"),
        CleanStep::RemoveHtmlTags => plain("remove_html_tags"),
        CleanStep::KeepLetters => plain("keep_letters"),
        CleanStep::StripAccents => plain("strip_accents"),
        CleanStep::RemoveEmails => plain("remove_emails"),
        CleanStep::RemoveHandles => plain("remove_handles"),
        CleanStep::ShortenElongations => plain("shorten_elongations"),
        CleanStep::ReplaceDigits { with: text } => with("replace_digits", text),
        CleanStep::ReplacePunctuation { with: text } => with("replace_punctuation", text),
        CleanStep::RemovePrefix { text } => with("remove_prefix", text),
        CleanStep::RemoveSuffix { text } => with("remove_suffix", text),
        CleanStep::MarkNegation { n_words } => {
            Ok(Step { step: "mark_negation", n_words: *n_words, ..Step::default() })
        }
        CleanStep::RemoveStopWords { list, keep } => {
            let stays = |word: &str| keep.iter().any(|kept| kept == word);
            let words = stop_words(*list)?.iter().map(|word| (*word).to_owned());
            let words = words.filter(|word| !stays(word)).collect();
            Ok(Step { step: "remove_words", words, ..Step::default() })
        }
        CleanStep::RemoveWords { words } => {
            Ok(Step { step: "remove_words", words: words.clone(), ..Step::default() })
        }
        CleanStep::Stem { stemmer: Stemmer::NltkPorter } => plain("stem"),
        CleanStep::Stem { .. } => refused("'stem' of Snowball"),
        CleanStep::EmojiToWords => refused("'emoji to words'"),
        CleanStep::UnescapeHtml => refused("'unescape HTML'"),
        CleanStep::ReplacePattern { .. } => refused("'replace a pattern'"),
    }
}

/// Whether Python cuts texts as these settings do.
///
/// # Errors
/// Where it does not.
pub(crate) fn check_tokens(spec: &VectorizerSpec) -> Result<(), ExportError> {
    let tokens = &spec.tokens;
    let has_pattern = tokens.token_pattern.as_deref().is_some_and(|pattern| pattern != DEFAULT_TOKEN_PATTERN);
    if tokens.analyzer == Analyzer::Word && has_pattern { Err(ExportError::TokenPattern) } else { Ok(()) }
}

pub(crate) fn analyzer(analyzer: Analyzer) -> &'static str {
    match analyzer {
        Analyzer::Word => "word",
        Analyzer::Char => "char",
        Analyzer::CharWb => "char_wb",
    }
}

pub(crate) fn stop_words_of(spec: &VectorizerSpec) -> Vec<String> {
    let TokenRule { analyzer, stop_words, .. } = &spec.tokens;
    let has_them = *analyzer == Analyzer::Word && *stop_words == TermStopWords::English;
    english_stop_words().filter(|_| has_them).map(str::to_owned).collect()
}

fn vectorizer(features: &FittedVectorizer) -> Result<Vectorizer, ExportError> {
    let spec = &features.spec;
    check_tokens(spec)?;
    let is_counts = spec.kind == VectorizerKind::BagOfWords;
    Ok(Vectorizer {
        analyzer: analyzer(spec.tokens.analyzer),
        ngram_range: spec.ngram_range,
        stop_words: stop_words_of(spec),
        binary: spec.binary,
        sublinear_tf: spec.sublinear_tf && !is_counts,
        norm: match spec.norm {
            _ if is_counts => "none",
            Norm::L1 => "l1",
            Norm::L2 => "l2",
            Norm::None => "none",
        },
        terms: features.terms.clone(),
        idf: features.idf.clone(),
    })
}

fn scorer(pipeline: &FittedPipeline) -> PythonScorer {
    match Scorer::new(&pipeline.model) {
        Scorer::Linear(linear) => {
            let n_terms = pipeline.features.terms.len() as u32;
            let of_score = |score| (0..n_terms).map(|term| linear.coef(score, term)).collect();
            let scores = 0..linear.n_scores();
            PythonScorer::Linear {
                coef: scores.clone().map(of_score).collect(),
                intercept: scores.map(|score| linear.intercept(score)).collect(),
            }
        }
        Scorer::Forest(forest) => of_forest(&forest),
        Scorer::Constant(scores) => PythonScorer::Constant { scores },
    }
}

fn python_tree(tree: &Tree) -> PythonTree {
    let column = |column: &u32| if *column == LEAF { -1 } else { i64::from(*column) };
    PythonTree {
        columns: tree.columns.iter().map(column).collect(),
        thresholds: tree.thresholds.iter().map(|threshold| f64::from(*threshold)).collect(),
        rights: tree.rights.clone(),
        shares: tree.shares.iter().map(|share| f64::from(*share)).collect(),
    }
}

fn of_forest(forest: &Forest) -> PythonScorer {
    PythonScorer::Forest { n_scores: forest.n_scores, trees: forest.trees.iter().map(python_tree).collect() }
}

/// How scores become probabilities, as `engine::pipeline::probabilities` does it.
fn probabilities(model: &FittedModel, calibration: &Calibration) -> &'static str {
    match (calibration, model) {
        (Calibration::Platt { .. }, _) => "sigmoids",
        (Calibration::Isotonic { .. }, _) => "curves",
        (Calibration::Own, FittedModel::Forest(_) | FittedModel::Constant { .. }) => "shares",
        (Calibration::Own, FittedModel::Linear { .. }) => "one_vs_rest",
        (
            Calibration::Own,
            FittedModel::NaiveBayes { .. } | FittedModel::ComplementNb { .. } | FittedModel::Softmax { .. },
        ) => "softmax",
    }
}
