//! Answers for held-out rows in, the rows that were asked for out, the surest answers first.

use std::cmp::Ordering;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::dataset::LabelId;
use crate::num::stable_sort;
use crate::pipeline::{FittedPipeline, HeldOut};

/// A row, its class, and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct JudgedRow {
    /// The review, by index.
    pub doc: u32,
    /// Its class.
    pub truth: LabelId,
    /// What is predicted.
    pub predicted: LabelId,
    /// Probability of what is predicted.
    pub probability: f64,
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Pick {
    /// Those of a class that are predicted as a class.
    Cell {
        /// Their class.
        truth: LabelId,
        /// What is predicted.
        predicted: LabelId,
    },
    /// Those that are predicted wrong.
    Mistakes,
    /// Those of two classes whose answer is another one at the threshold `to`.
    Moved {
        /// The other threshold.
        to: f64,
    },
}

/// The rows found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Picked {
    /// How many there are.
    pub n_all: u64,
    /// The first of them, the surest answers first; of equally sure ones those that stand first in the file.
    pub rows: Vec<JudgedRow>,
}

/// At most `n_most` of the rows that `pick` asks for, by the pipeline's own answers; of moved rows the answer at the
/// other threshold is given. `held_out` has as many scores a row as the pipeline.
pub fn pick_rows(pipeline: &FittedPipeline, held_out: &HeldOut, pick: Pick, n_most: usize) -> Picked {
    let answers = pipeline.held_out_answers(held_out);
    let n_classes = pipeline.labels.len().max(1);
    let of_row = |at: usize| {
        let (truth, answer) = (held_out.truth[at], LabelId(answers.predicted[at]));
        let predicted = match pick {
            Pick::Cell { truth: of, predicted } => (truth == of && answer == predicted).then_some(answer),
            Pick::Mistakes => (truth != answer).then_some(answer),
            Pick::Moved { to } if held_out.n_scores == 1 => {
                let other = LabelId(u8::from(held_out.scores[at] > to));
                (other != answer).then_some(other)
            }
            Pick::Moved { .. } => None,
        }?;
        let probability = *answers.probabilities.get(at * n_classes + usize::from(predicted.0))?;
        Some(JudgedRow { doc: held_out.docs[at], truth, predicted, probability })
    };
    let mut rows: Vec<JudgedRow> = (0..held_out.docs.len()).filter_map(of_row).collect();
    stable_sort(&mut rows, surest_first);
    first_of(rows, n_most)
}

/// At most `n_most` of these reviews, ascending by index, with the pipeline's own answers: those that are predicted
/// wrong first.
pub fn pick_among(pipeline: &FittedPipeline, held_out: &HeldOut, docs: &[u32], n_most: usize) -> Picked {
    let answers = pipeline.held_out_answers(held_out);
    let n_classes = pipeline.labels.len().max(1);
    let of_row = |at: usize| {
        let doc = held_out.docs[at];
        docs.binary_search(&doc).ok()?;
        let (truth, predicted) = (held_out.truth[at], LabelId(answers.predicted[at]));
        let probability = *answers.probabilities.get(at * n_classes + usize::from(predicted.0))?;
        Some(JudgedRow { doc, truth, predicted, probability })
    };
    let mut rows: Vec<JudgedRow> = (0..held_out.docs.len()).filter_map(of_row).collect();
    let is_right = |row: &JudgedRow| row.truth == row.predicted;
    stable_sort(&mut rows, |a, b| is_right(a).cmp(&is_right(b)).then_with(|| surest_first(a, b)));
    first_of(rows, n_most)
}

fn surest_first(a: &JudgedRow, b: &JudgedRow) -> Ordering {
    b.probability.total_cmp(&a.probability).then(a.doc.cmp(&b.doc))
}

fn first_of(mut rows: Vec<JudgedRow>, n_most: usize) -> Picked {
    let n_all = rows.len() as u64;
    rows.truncate(n_most);
    Picked { n_all, rows }
}
