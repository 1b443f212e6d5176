//! scikit-learn's parameters in, our specs out, or nothing where the engine cannot do the case yet.
//! In: JSON objects of parameters. Out: `TfIdfSpec`, `ModelSpec`. Never: an unknown parameter ignored.

use engine::features::{DocumentFrequency, TfIdfSpec};
use engine::models::{ClassWeight, ModelSpec};
use serde_json::{Map, Value};

/// `TfidfVectorizer(**params)` as our spec; `None` where a parameter or its value is not known yet.
pub fn tfidf(params: &Map<String, Value>) -> Option<TfIdfSpec> {
    let mut spec = TfIdfSpec {
        ngram_range: (1, 1),
        sublinear_tf: false,
        min_df: DocumentFrequency::Count(1),
        max_df: DocumentFrequency::Share(1.0),
        max_features: None,
    };
    for (name, value) in params {
        match name.as_str() {
            "ngram_range" => spec.ngram_range = ngram_range(value)?,
            "sublinear_tf" => spec.sublinear_tf = value.as_bool()?,
            "min_df" => spec.min_df = document_frequency(value)?,
            "max_df" => spec.max_df = document_frequency(value)?,
            "max_features" => spec.max_features = Some(u32::try_from(value.as_u64()?).ok()?),
            _ => return None,
        }
    }
    Some(spec)
}

/// A model of the reference by its name and its one parameter; `None` where the engine has no such model yet.
pub fn model(name: &str, value: f64) -> Option<ModelSpec> {
    let class_weight = ClassWeight::Balanced;
    match name {
        "LogisticRegression" => Some(ModelSpec::LogisticRegression { c: value, class_weight }),
        "MultinomialNB" => Some(ModelSpec::MultinomialNb { alpha: value }),
        "LinearSVC" => Some(ModelSpec::LinearSvc { c: value, class_weight }),
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
