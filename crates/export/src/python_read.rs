//! The JSON that Python predicts by in, answers out: what was written is read back and computed anew, number by number, as
//! `review_model.py` and `review_pipeline.py` do it.
//!
//! Cleaning and cutting texts is the engine's here; that Python does them alike is proven by Python itself (`xtask interop`).

use engine::features::{
    Analyzer, FittedVectorizer, Norm, TermFinder, TermStopWords, VectorizerKind, VectorizerSpec,
    english_stop_words,
};
use engine::text::{CleanStep, Cleaner, Stemmer};
use json::FromJson;

use crate::answer::ReadAnswer;
use crate::python_decision::{Decision, ReadDecision};

/// A file that does not say what Python needs.
pub(crate) type Unread = &'static str;

#[derive(FromJson)]
pub(crate) struct ReadStep {
    step: String,
    words: Vec<String>,
    with: String,
    n_words: Option<u8>,
}

/// How texts are cut into terms.
#[derive(FromJson)]
pub(crate) struct ReadTokens {
    analyzer: String,
    ngram_range: (u8, u8),
    stop_words: Vec<String>,
}

/// How counts become weights.
#[derive(FromJson)]
pub(crate) struct ReadWeights {
    #[serde(default)]
    kind: Option<String>,
    binary: bool,
    sublinear_tf: bool,
    norm: String,
}

#[derive(FromJson)]
struct ReadTerms {
    terms: Vec<String>,
    idf: Vec<f64>,
}

#[derive(FromJson)]
struct ReadTree {
    columns: Vec<i64>,
    thresholds: Vec<f64>,
    rights: Vec<u32>,
    shares: Vec<f64>,
}

#[derive(FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ReadScorer {
    Linear { coef: Vec<Vec<f64>>, intercept: Vec<f64> },
    Forest { n_scores: u32, trees: Vec<ReadTree> },
    Constant { scores: Vec<f64> },
}

/// `model.json` of the MLflow folder.
#[derive(FromJson)]
struct ReadModel {
    cleaning: Vec<ReadStep>,
    scorer: ReadScorer,
}

/// What `settings.json` of the scikit-learn folder says of texts.
#[derive(FromJson)]
struct ReadSettings {
    cleaning: Vec<ReadStep>,
}

/// One part of a JSON file.
#[derive(FromJson)]
struct Part<T> {
    vectorizer: T,
}

/// What a scikit-learn estimator learned.
#[derive(FromJson)]
struct ReadLearned {
    #[serde(default)]
    coef: Option<Vec<Vec<f64>>>,
    #[serde(default)]
    intercept: Option<Vec<f64>>,
    #[serde(default)]
    feature_log_prob: Option<Vec<Vec<f64>>>,
    #[serde(default)]
    class_log_prior: Option<Vec<f64>>,
    #[serde(default)]
    trees: Option<Vec<ReadTree>>,
    #[serde(default)]
    class_prior: Option<Vec<f64>>,
}

#[derive(FromJson)]
struct OfModel<T> {
    model: T,
}

/// How a row is scored.
enum Scores {
    Linear { coef: Vec<Vec<f64>>, intercept: Vec<f64> },
    Forest { n_scores: usize, trees: Vec<ReadTree> },
    Constant(Vec<f64>),
}

/// Answers by what stands in the files.
pub(crate) struct PythonModel {
    cleaner: Cleaner,
    features: FittedVectorizer,
    finder: TermFinder,
    scores: Scores,
    decision: Decision,
}

const NOT_READ: Unread = "its JSON does not say what Python needs";

fn read<T: FromJson>(text: &str) -> Result<T, Unread> {
    json::from_str(text).or(Err(NOT_READ))
}

impl PythonModel {
    /// By `model.json` of the MLflow folder.
    pub(crate) fn of_mlflow(text: &str) -> Result<Self, Unread> {
        let ReadModel { cleaning, scorer } = read(text)?;
        let tokens: Part<ReadTokens> = read(text)?;
        let weights: Part<ReadWeights> = read(text)?;
        let terms: Part<ReadTerms> = read(text)?;
        let scores = match scorer {
            ReadScorer::Linear { coef, intercept } => Scores::Linear { coef, intercept },
            ReadScorer::Forest { n_scores, trees } => Scores::Forest { n_scores: n_scores as usize, trees },
            ReadScorer::Constant { scores } => Scores::Constant(scores),
        };
        let features = features(tokens.vectorizer, &weights.vectorizer, terms.vectorizer)?;
        Self::new(&cleaning, features, scores, read::<ReadDecision>(text)?)
    }

    /// By `settings.json` and `learned.json` of the scikit-learn folder.
    pub(crate) fn of_sklearn(settings: &str, learned: &str) -> Result<Self, Unread> {
        let ReadSettings { cleaning } = read(settings)?;
        let tokens: Part<ReadTokens> = read(settings)?;
        let weights: Part<ReadWeights> = read(settings)?;
        let features = features(tokens.vectorizer, &weights.vectorizer, read(learned)?)?;
        let decision: ReadDecision = read(learned)?;
        let of: OfModel<ReadLearned> = read(learned)?;
        let scores = learned_scores(of.model, decision.n_classes())?;
        Self::new(&cleaning, features, scores, decision)
    }

    fn new(
        cleaning: &[ReadStep],
        features: FittedVectorizer,
        scores: Scores,
        decision: ReadDecision,
    ) -> Result<Self, Unread> {
        let cleaning: Vec<CleanStep> = cleaning.iter().map(step).collect::<Result<_, _>>()?;
        let cannot = "its cleaning cannot be run here";
        let n_terms = features.terms.len();
        let n_scores = match &scores {
            Scores::Linear { coef, intercept } => {
                let fits = coef.len() == intercept.len() && coef.iter().all(|row| row.len() == n_terms);
                if !fits {
                    return Err(NOT_READ);
                }
                intercept.len()
            }
            Scores::Forest { n_scores, trees } => {
                let is_whole = |tree: &ReadTree| {
                    let n = tree.columns.len();
                    n > 0
                        && [tree.thresholds.len(), tree.rights.len()] == [n, n]
                        && tree.shares.len() == n * n_scores
                };
                if !trees.iter().all(is_whole) || trees.is_empty() {
                    return Err(NOT_READ);
                }
                *n_scores
            }
            Scores::Constant(scores) => scores.len(),
        };
        Ok(Self {
            cleaner: Cleaner::new(&cleaning).or(Err(cannot))?,
            finder: features.finder().or(Err(cannot))?,
            features,
            scores,
            decision: Decision::new(decision, n_scores).ok_or(NOT_READ)?,
        })
    }

    /// Class, probabilities and doubt.
    pub(crate) fn answer(&mut self, text: &str) -> Result<ReadAnswer, Unread> {
        let Self { cleaner, finder, features, .. } = self;
        finder.cut_with(|take| cleaner.clean(text, take));
        let mut found = Vec::new();
        finder.for_each_term(|term, _, _| found.push(term));
        let row = features.weigh(&mut found);
        let cells = || row.term_ids.iter().map(|term| *term as usize).zip(row.values.iter().copied());
        let scores = match &self.scores {
            Scores::Constant(scores) => scores.clone(),
            Scores::Linear { coef, intercept } => {
                let score = |(coef, intercept): (&Vec<f64>, &f64)| {
                    cells().map(|(column, value)| value * coef[column]).sum::<f64>() + intercept
                };
                coef.iter().zip(intercept).map(score).collect()
            }
            Scores::Forest { n_scores, trees } => {
                let row: Vec<(i64, f64)> =
                    cells().map(|(column, value)| (column as i64, f64::from(value as f32))).collect();
                forest_scores(trees, *n_scores, &row)?
            }
        };
        Ok(self.decision.answer(&scores))
    }
}

/// The mean of the leaves that a row falls into.
fn forest_scores(trees: &[ReadTree], n_scores: usize, row: &[(i64, f64)]) -> Result<Vec<f64>, Unread> {
    let outside = "a tree leads outside of itself";
    let mut sums = vec![0.0; n_scores];
    for tree in trees {
        let mut node = 0;
        // A walk that is longer than there are nodes goes in circles.
        for _ in 0..tree.columns.len() {
            let column = *tree.columns.get(node).ok_or(outside)?;
            if column < 0 {
                break;
            }
            let value = row.binary_search_by_key(&column, |cell| cell.0).map_or(0.0, |place| row[place].1);
            node = if value <= tree.thresholds[node] { node + 1 } else { tree.rights[node] as usize };
        }
        let shares = tree.shares.get(node * n_scores..(node + 1) * n_scores).ok_or(outside)?;
        sums.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
    }
    let shift = if n_scores == 1 { 0.5 } else { 0.0 };
    Ok(sums.into_iter().map(|sum| sum / trees.len() as f64 - shift).collect())
}

/// scikit-learn's estimators as scores: one of two classes, which speaks for the second.
fn learned_scores(learned: ReadLearned, n_classes: usize) -> Result<Scores, Unread> {
    let ReadLearned { coef, intercept, feature_log_prob, class_log_prior, trees, class_prior } = learned;
    if let (Some(coef), Some(intercept)) = (coef, intercept) {
        return Ok(Scores::Linear { coef, intercept });
    }
    if let (Some(rows), Some(priors)) = (feature_log_prob, class_log_prior) {
        return joint_scores(&rows, &priors);
    }
    if let Some(trees) = trees {
        return Ok(Scores::Forest { n_scores: if n_classes == 2 { 1 } else { n_classes }, trees });
    }
    match class_prior.as_deref() {
        Some([_, second]) => Ok(Scores::Constant(vec![second - 0.5])),
        Some(shares) => Ok(Scores::Constant(shares.to_vec())),
        None => Err(NOT_READ),
    }
}

/// Naive Bayes: the joint log likelihoods' difference of two classes, else each one's distance from their mean.
fn joint_scores(rows: &[Vec<f64>], priors: &[f64]) -> Result<Scores, Unread> {
    if let ([first, second], [one, other]) = (rows, priors) {
        let coef = first.iter().zip(second).map(|(first, second)| second - first).collect();
        return Ok(Scores::Linear { coef: vec![coef], intercept: vec![other - one] });
    }
    let n_terms = rows.first().map_or(0, Vec::len);
    if rows.len() != priors.len() || rows.iter().any(|row| row.len() != n_terms) {
        return Err(NOT_READ);
    }
    let n = rows.len() as f64;
    let mean: Vec<f64> = (0..n_terms).map(|term| rows.iter().map(|row| row[term]).sum::<f64>() / n).collect();
    let middle = priors.iter().sum::<f64>() / n;
    let centred = |row: &Vec<f64>| row.iter().zip(&mean).map(|(value, mean)| value - mean).collect();
    Ok(Scores::Linear {
        coef: rows.iter().map(centred).collect(),
        intercept: priors.iter().map(|prior| prior - middle).collect(),
    })
}

fn features(tokens: ReadTokens, weights: &ReadWeights, terms: ReadTerms) -> Result<FittedVectorizer, Unread> {
    let analyzer = match tokens.analyzer.as_str() {
        "word" => Analyzer::Word,
        "char" => Analyzer::Char,
        "char_wb" => Analyzer::CharWb,
        _ => return Err(NOT_READ),
    };
    let has_stop_words = !tokens.stop_words.is_empty();
    if has_stop_words && !english_stop_words().eq(tokens.stop_words.iter().map(String::as_str)) {
        return Err("its words that are no terms are others than here");
    }
    let norm = match weights.norm.as_str() {
        "l1" => Norm::L1,
        "l2" => Norm::L2,
        "none" => Norm::None,
        _ => return Err(NOT_READ),
    };
    if terms.idf.len() != terms.terms.len() {
        return Err(NOT_READ);
    }
    let mut spec = VectorizerSpec {
        binary: weights.binary,
        sublinear_tf: weights.sublinear_tf,
        norm,
        ..VectorizerSpec::tf_idf(tokens.ngram_range)
    };
    if weights.kind.as_deref() == Some("bow") {
        spec.kind = VectorizerKind::BagOfWords;
    }
    spec.tokens.analyzer = analyzer;
    spec.tokens.stop_words = if has_stop_words { TermStopWords::English } else { TermStopWords::None };
    Ok(FittedVectorizer { spec, terms: terms.terms, idf: terms.idf })
}

/// The step of this name.
fn step(step: &ReadStep) -> Result<CleanStep, Unread> {
    let ReadStep { step, words, with, n_words } = step;
    let with = with.clone();
    Ok(match step.as_str() {
        "lowercase" => CleanStep::Lowercase,
        "remove_emoji" => CleanStep::RemoveEmoji,
        "remove_urls" => CleanStep::RemoveUrls,
        "remove_html_tags" => CleanStep::RemoveHtmlTags,
        "keep_letters" => CleanStep::KeepLetters,
        "strip_accents" => CleanStep::StripAccents,
        "remove_emails" => CleanStep::RemoveEmails,
        "remove_handles" => CleanStep::RemoveHandles,
        "shorten_elongations" => CleanStep::ShortenElongations,
        "replace_digits" => CleanStep::ReplaceDigits { with },
        "replace_punctuation" => CleanStep::ReplacePunctuation { with },
        "remove_prefix" => CleanStep::RemovePrefix { text: with },
        "remove_suffix" => CleanStep::RemoveSuffix { text: with },
        "mark_negation" => CleanStep::MarkNegation { n_words: *n_words },
        "remove_words" => CleanStep::RemoveWords { words: words.clone() },
        "stem" => CleanStep::Stem { stemmer: Stemmer::NltkPorter },
        _ => return Err("it has a cleaning step that is not known here"),
    })
}
