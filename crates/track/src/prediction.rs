//! What models answered, kept because a person said so, and what people say of it: the log that monitoring and A/B
//! tests read.
//!
//! A single answer is a record of its own; those of a file are one record, with their rows in a blob of columns that
//! `watch` writes and reads. A record of the log never changes; what a person wants forgotten is removed.

use engine::num::ContentHash;
use engine::pipeline::Prediction;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::SCHEMA;
use crate::id::{FeedbackId, Millis, PredictionId};

/// Longest text that is kept word by word, in bytes; of a longer one its hash is.
pub const MAX_KEPT_TEXT_BYTES: usize = 64 * 1024;

/// The model that answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AnsweringModel {
    /// `models:/reviews/2`, or `runs:/…` of a fit that is not registered.
    pub address: String,
    /// The blob that holds its pipeline.
    pub pipeline: ContentHash,
    /// Its class names, in label order: they are needed when the pipeline is long gone.
    pub labels: Vec<String>,
}

/// Where a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum PredictionSource {
    /// A person typed it on the Predict page.
    Typed,
    /// A program asked.
    Api,
}

/// What is kept of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum KeptText {
    /// All of it.
    Text {
        /// As it came.
        text: String,
    },
    /// What tells whether two texts are the same, and nothing of what they say.
    Hash {
        /// Of its UTF-8.
        sha256: ContentHash,
    },
}

impl KeptText {
    /// The text where `with_text` says so and it is no longer than `MAX_KEPT_TEXT_BYTES`, else its hash.
    pub fn of(text: &str, with_text: bool) -> Self {
        if with_text && text.len() <= MAX_KEPT_TEXT_BYTES {
            return Self::Text { text: text.to_owned() };
        }
        Self::Hash { sha256: ContentHash::of(text.as_bytes()) }
    }

    /// The hash of the text, kept or not.
    pub fn sha256(&self) -> ContentHash {
        match self {
            Self::Text { text } => ContentHash::of(text.as_bytes()),
            Self::Hash { sha256 } => *sha256,
        }
    }
}

/// The answer to one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct KeptPrediction {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: PredictionId,
    /// When it was given.
    pub at: Millis,
    /// Where the text came from.
    pub source: PredictionSource,
    /// Who answered.
    pub model: AnsweringModel,
    /// The text, or its hash.
    pub text: KeptText,
    /// Class, probabilities, scores, and whether it was too close to call.
    pub answer: Prediction,
}

impl KeptPrediction {
    /// Given at `at`.
    pub fn new(
        (id, at): (PredictionId, Millis),
        source: PredictionSource,
        model: AnsweringModel,
        text: KeptText,
        answer: Prediction,
    ) -> Self {
        Self { schema: SCHEMA, id, at, source, model, text, answer }
    }

    /// The name of the class that was answered.
    pub fn class(&self) -> &str {
        self.model.labels.get(usize::from(self.answer.label)).map_or("", String::as_str)
    }
}

/// The blob of a file's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct KeptRows {
    /// Its hash.
    pub sha256: ContentHash,
    /// Its size.
    pub bytes: u64,
}

/// How many rows of a file got a class, and how many of these were too close to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AnsweredClass {
    /// The class.
    pub class: String,
    /// Rows that got it.
    pub n_rows: u64,
    /// Rows among them that were too close to call.
    pub n_unsure: u64,
}

/// The answers to the reviews of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PredictionBatch {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: PredictionId,
    /// When the last row was answered.
    pub at: Millis,
    /// Name of the file.
    pub file: String,
    /// Header of the column that held the texts.
    pub text_column: String,
    /// Who answered.
    pub model: AnsweringModel,
    /// Rows that were answered.
    pub n_rows: u64,
    /// Rows that were not, for want of a text.
    pub n_without_text: u64,
    /// In label order.
    pub classes: Vec<AnsweredClass>,
    /// Macro F1, accuracy and the like by name, where the file had labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<(String, f64)>,
    /// The texts are in the rows, too, not only their hashes.
    pub keeps_texts: bool,
    /// Where the rows lie.
    pub rows: KeptRows,
}

/// What a person says of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Verdict {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong {
        /// The class it should have been, where they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        right_class: Option<String>,
    },
    /// What they said before is taken back.
    Withdrawn,
}

/// What a person said of an answer. Of several on one answer the last holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Feedback {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: FeedbackId,
    /// When.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// The answer, or the file it is in.
    pub prediction: PredictionId,
    /// Which row of the file, as pandas counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// What they said.
    pub verdict: Verdict,
}

impl Feedback {
    /// Said at `at` of a single answer.
    pub fn new(
        (id, at): (FeedbackId, Millis),
        who: &str,
        prediction: PredictionId,
        verdict: Verdict,
    ) -> Self {
        Self { schema: SCHEMA, id, at, who: who.to_owned(), prediction, record: None, verdict }
    }
}

/// A record of the log with a number that JSON has no form for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Answer {id} holds {what} that is no finite number: it cannot be kept.")]
pub struct NotFiniteAnswer {
    /// The record.
    pub id: PredictionId,
    /// What of it.
    pub what: &'static str,
}

impl KeptPrediction {
    /// Checks that JSON can hold its numbers.
    ///
    /// # Errors
    /// Where one is NaN or infinite.
    pub fn check_finite(&self) -> Result<(), NotFiniteAnswer> {
        let Prediction { probabilities, scores, .. } = &self.answer;
        for (values, what) in [(probabilities, "a probability"), (scores, "a score")] {
            if !values.iter().all(|value| value.is_finite()) {
                return Err(NotFiniteAnswer { id: self.id.clone(), what });
            }
        }
        Ok(())
    }
}

impl PredictionBatch {
    /// Checks that JSON can hold its numbers.
    ///
    /// # Errors
    /// Where one is NaN or infinite.
    pub fn check_finite(&self) -> Result<(), NotFiniteAnswer> {
        match self.metrics.iter().all(|(_, value)| value.is_finite()) {
            true => Ok(()),
            false => Err(NotFiniteAnswer { id: self.id.clone(), what: "a metric" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_as_asked_and_a_long_one_by_its_hash() {
        let hash = |text: &str| KeptText::Hash { sha256: ContentHash::of(text.as_bytes()) };
        assert_eq!(KeptText::of("good", true), KeptText::Text { text: "good".to_owned() });
        assert_eq!(KeptText::of("good", false), hash("good"));
        let long = "x".repeat(MAX_KEPT_TEXT_BYTES + 1);
        assert_eq!(KeptText::of(&long, true), hash(&long));
        assert_eq!(KeptText::of("good", true).sha256(), KeptText::of("good", false).sha256());
    }
}
