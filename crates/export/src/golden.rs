//! A fitted pipeline in, texts with its own answers out: what an exported model is checked against, wherever it lands.
//!
//! The texts are ours and words of its vocabulary, so that no review of anybody's leaves with a model.

use engine::num::SortedMap;
use engine::pipeline::{FittedPipeline, Predictor};
use json::ToJson;

use crate::python_model::ExportError;

/// Texts that clean in unusual ways.
const FIXED: [&str; 16] = [
    "Great sound, and it arrived early.",
    "Broken after a week: I want my money back.",
    "",
    "   ",
    "!!! ??? ...",
    "I don't like it; not good at all, never again.",
    "SOOOO goooood!!! 😀👍🏽 www.example.com/x?y=1",
    "<b>Nice</b> product, mail me@example.com or @shop",
    "Ich möchte das Gerät zurückgeben, naïve café",
    "10/10 would buy again 👩‍👩‍👧‍👦",
    "line one\nline two\tand\u{a0}three",
    "ΑΣ İstanbul ﬁne",
    "a b c d",
    "good good good good bad",
    "بطارية سيئة جدا",
    "http://a.b <i>x",
];
/// Texts made of terms.
const N_OF_TERMS: usize = 34;
/// Most terms of one.
const MAX_TERMS_OF_TEXT: u64 = 9;
/// A generator of whole numbers (Lehmer, Park and Miller 1988).
const MULTIPLIER: u64 = 48_271;
const MODULUS: u64 = 0x7fff_ffff;

/// One text and what is said of it.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct GoldenRow {
    /// The text as a person writes it.
    pub text: String,
    /// The predicted class, whether sure or not.
    pub label: String,
    /// Probability of each class by name.
    pub probabilities: SortedMap<String, f64>,
    /// Too close to call.
    pub unsure: bool,
}

/// Answers to 50 texts.
///
/// # Errors
/// Where this build cannot predict with the pipeline.
pub fn golden_rows(pipeline: &FittedPipeline) -> Result<Vec<GoldenRow>, ExportError> {
    let mut predictor = Predictor::new(pipeline.clone()).map_err(|_| ExportError::NotHere)?;
    let row = |text: String| {
        let answer = predictor.predict(&text);
        GoldenRow {
            label: pipeline.labels[usize::from(answer.label)].clone(),
            probabilities: pipeline.labels.iter().cloned().zip(answer.probabilities).collect(),
            unsure: answer.abstains,
            text,
        }
    };
    Ok(golden_texts(&pipeline.features.terms).into_iter().map(row).collect())
}

/// The texts themselves.
fn golden_texts(terms: &[String]) -> Vec<String> {
    texts_of(terms, FIXED.len() + N_OF_TERMS)
}

/// So many texts, of which the first are those of every model.
pub(crate) fn texts_of(terms: &[String], n_texts: usize) -> Vec<String> {
    let mut state = 1;
    let mut below = |bound: u64| {
        state = state * MULTIPLIER % MODULUS;
        state % bound
    };
    let mut texts: Vec<String> = FIXED.map(str::to_owned).to_vec();
    for _ in FIXED.len()..n_texts {
        if terms.is_empty() {
            break;
        }
        let n_terms = 1 + below(MAX_TERMS_OF_TEXT);
        let picked: Vec<&str> =
            (0..n_terms).map(|_| terms[below(terms.len() as u64) as usize].trim()).collect();
        texts.push(picked.join(" "));
    }
    texts
}

/// The rows as a JSON file.
pub(crate) fn golden_json(rows: &[GoldenRow]) -> String {
    let rows: Vec<String> = rows.iter().map(json::to_string).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_each_time_and_of_the_vocabulary() {
        let terms = ["bad", "good", "very good"].map(str::to_owned);
        let texts = golden_texts(&terms);
        assert_eq!(texts.len(), FIXED.len() + N_OF_TERMS);
        assert_eq!(texts, golden_texts(&terms));
        assert!(texts[FIXED.len()..].iter().any(|text| text.contains("very good")));
        assert_eq!(golden_texts(&[]).len(), FIXED.len());
    }
}
