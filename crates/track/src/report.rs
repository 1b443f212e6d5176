//! A report of drift that was kept: what of it is listed and compared over time. The whole of it is a blob that `watch`
//! writes and reads.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::SCHEMA;
use crate::id::{Millis, PredictionId, ReportId};
use crate::prediction::{AnsweringModel, KeptRows};

/// What was said of a batch as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum ReportVerdict {
    /// It is of another kind, by much.
    Drift,
    /// It differs for sure, by little.
    SmallShift,
    /// A change that matters would have been seen, and was not.
    Stable,
    /// Too few rows to see one.
    NotEnoughData,
}

/// The macro F1 that is to be expected, and between which values it lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ExpectedF1 {
    /// Expected.
    pub f1_macro: f64,
    /// Not below this.
    pub low: f64,
    /// Not above this.
    pub high: f64,
}

/// A kept report: never changed, only removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct KeptReport {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: ReportId,
    /// When it was made.
    pub created: Millis,
    /// Until when the reviews it is about had come: its place in time.
    pub at: Millis,
    /// Whose answers it is about.
    pub model: AnsweringModel,
    /// What the batch was held against.
    pub reference: String,
    /// The batch: a file's name, or a period.
    pub batch: String,
    /// The answers it is about, where these are one record: what is said of its rows is feedback on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predictions: Option<PredictionId>,
    /// Reviews of the batch.
    pub n_rows: u64,
    /// Reviews of the reference.
    pub n_reference: u64,
    /// What was found.
    pub verdict: ReportVerdict,
    /// The same in one sentence.
    pub sentence: String,
    /// How good the answers are, as far as their probabilities tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<ExpectedF1>,
    /// How good they are by the batch's labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realised_f1_macro: Option<f64>,
    /// The whole report: `watch::report::DriftReport` as JSON.
    pub content: KeptRows,
}

/// A report with a number that JSON has no form for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Report {id} holds a macro F1 that is no finite number: it cannot be kept.")]
pub struct NotFiniteReport {
    /// The report.
    pub id: ReportId,
}

impl KeptReport {
    /// Of a batch, without what its answers are worth. `content`: where the whole of it lies.
    pub fn new(
        (id, created): (ReportId, Millis),
        model: AnsweringModel,
        (reference, batch): (&str, &str),
        (verdict, sentence): (ReportVerdict, String),
        content: KeptRows,
    ) -> Self {
        Self {
            schema: SCHEMA,
            id,
            created,
            at: created,
            model,
            reference: reference.to_owned(),
            batch: batch.to_owned(),
            predictions: None,
            n_rows: 0,
            n_reference: 0,
            verdict,
            sentence,
            expected: None,
            realised_f1_macro: None,
            content,
        }
    }

    /// Checks that JSON can hold its numbers.
    ///
    /// # Errors
    /// Where one is NaN or infinite.
    pub fn check_finite(&self) -> Result<(), NotFiniteReport> {
        let expected = self.expected.iter().flat_map(|found| [found.f1_macro, found.low, found.high]);
        match expected.chain(self.realised_f1_macro).all(f64::is_finite) {
            true => Ok(()),
            false => Err(NotFiniteReport { id: self.id.clone() }),
        }
    }
}
