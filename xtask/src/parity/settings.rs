//! scikit-learn's parameters in, our specs out, or nothing where the engine cannot do the case yet.
//! In: JSON objects of parameters. Out: `VectorizerSpec`, `ModelSpec`. Never: an unknown parameter ignored.

use engine::features::{
    Analyzer, DEFAULT_TOKEN_PATTERN, DocumentFrequency, Norm, TermStopWords, VectorizerSpec,
};
use engine::models::{ClassWeight, ForestSpec, LogisticSolver, ModelSpec};
use serde_json::{Map, Value};

/// `TfidfVectorizer(**params)` (kind `tfidf`) or `CountVectorizer(**params)` (kind `bow`) as our spec; `None`
/// where a parameter or its value is not known.
pub fn vectorizer(kind: &str, params: &Map<String, Value>) -> Option<VectorizerSpec> {
    let mut spec = match kind {
        "tfidf" => VectorizerSpec::tf_idf((1, 1)),
        "bow" => VectorizerSpec::bag_of_words((1, 1)),
        _ => return None,
    };
    for (name, value) in params {
        match name.as_str() {
            "ngram_range" => spec.ngram_range = ngram_range(value)?,
            "analyzer" => spec.tokens.analyzer = analyzer(value)?,
            "token_pattern" => {
                let pattern = value.as_str()?;
                spec.tokens.token_pattern = (pattern != DEFAULT_TOKEN_PATTERN).then(|| pattern.to_owned());
            }
            "stop_words" => spec.tokens.stop_words = stop_words(value)?,
            "binary" => spec.binary = value.as_bool()?,
            "sublinear_tf" => spec.sublinear_tf = value.as_bool()?,
            "use_idf" => spec.use_idf = value.as_bool()?,
            "smooth_idf" => spec.smooth_idf = value.as_bool()?,
            "norm" => spec.norm = norm(value)?,
            "min_df" => spec.min_df = document_frequency(value)?,
            "max_df" => spec.max_df = document_frequency(value)?,
            "max_features" => spec.max_features = max_features(value)?,
            _ => return None,
        }
    }
    Some(spec)
}

fn analyzer(value: &Value) -> Option<Analyzer> {
    match value.as_str()? {
        "word" => Some(Analyzer::Word),
        "char" => Some(Analyzer::Char),
        "char_wb" => Some(Analyzer::CharWb),
        _ => None,
    }
}

fn stop_words(value: &Value) -> Option<TermStopWords> {
    match value {
        Value::Null => Some(TermStopWords::None),
        value if value == "english" => Some(TermStopWords::English),
        _ => None,
    }
}

fn norm(value: &Value) -> Option<Norm> {
    match value {
        Value::Null => Some(Norm::None),
        value if value == "l1" => Some(Norm::L1),
        value if value == "l2" => Some(Norm::L2),
        _ => None,
    }
}

fn max_features(value: &Value) -> Option<Option<u32>> {
    match value {
        Value::Null => Some(None),
        value => Some(Some(u32::try_from(value.as_u64()?).ok()?)),
    }
}

/// A model of the reference by its name and its one parameter; `None` where the engine has no such model yet.
pub fn model(name: &str, value: f64) -> Option<ModelSpec> {
    let class_weight = ClassWeight::Balanced;
    match name {
        "LogisticRegression" => Some(ModelSpec::logistic_regression(value, class_weight)),
        "MultinomialNB" => Some(ModelSpec::MultinomialNb { alpha: value }),
        "LogisticRegressionLbfgs" => {
            Some(ModelSpec::LogisticRegression { c: value, class_weight, solver: LogisticSolver::Lbfgs })
        }
        "LinearSVC" => Some(ModelSpec::linear_svc(value, class_weight)),
        "RandomForest" => Some(ModelSpec::RandomForest(ForestSpec::new(value as u32, 0))),
        _ => None,
    }
}

/// The parameters as a person would write them.
pub fn shown(params: &Map<String, Value>) -> String {
    let words: Vec<String> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    words.join(" ")
}

fn ngram_range(value: &Value) -> Option<(u8, u8)> {
    let [shortest, longest] = value.as_array()?.as_slice() else { return None };
    Some((u8::try_from(shortest.as_u64()?).ok()?, u8::try_from(longest.as_u64()?).ok()?))
}

/// A whole number counts documents, any other number is a share of them: as in scikit-learn, by type.
fn document_frequency(value: &Value) -> Option<DocumentFrequency> {
    match value.as_u64() {
        Some(count) => Some(DocumentFrequency::Count(u32::try_from(count).ok()?)),
        None => Some(DocumentFrequency::Share(value.as_f64()?)),
    }
}
