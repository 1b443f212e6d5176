//! Answers whose right class is known in; how often answers of such a probability are right, out: counts only, which a
//! profile can keep and share.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::scale::Scale;

/// Cells of a probability: one a hundredth.
pub const PROBABILITY_CELLS: u32 = 100;
const PROBABILITIES: Scale = Scale::Share { n_cells: PROBABILITY_CELLS };

/// A probability that is none.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("the probability of answer {row} is {found}: probabilities are numbers from 0 to 1")]
pub struct ProbabilityError {
    /// Which answer, counted from 0.
    pub row: u64,
    /// What it is.
    pub found: f64,
}

/// Answers of one predicted class, one cell of probability and one right class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
pub struct AnswerCell {
    /// The predicted class.
    pub predicted: u32,
    /// The cell of its probability, in hundredths.
    pub cell: u32,
    /// The right class; the number of classes where it is not known.
    pub truth: u32,
    /// Answers.
    pub n_rows: u64,
}

/// Answers counted by class and probability, and by right class where that is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AnswerCounts {
    /// Number of classes.
    pub n_classes: u32,
    /// Counts that are not 0, ascending.
    pub cells: Vec<AnswerCell>,
}

impl AnswerCounts {
    /// No answers yet.
    pub fn new(n_classes: u32) -> Self {
        Self { n_classes, cells: Vec::new() }
    }

    /// Adds answers: predicted class, its probability, and the right class where it is known.
    ///
    /// # Errors
    /// Of the first probability that is not from 0 to 1; nothing is added then.
    pub fn extend(
        &mut self,
        answers: impl IntoIterator<Item = (u8, f64, Option<u8>)>,
    ) -> Result<(), ProbabilityError> {
        let mut added = Vec::new();
        for (row, (predicted, probability, truth)) in answers.into_iter().enumerate() {
            if !(0.0..=1.0).contains(&probability) {
                return Err(ProbabilityError { row: row as u64, found: probability });
            }
            let cell = PROBABILITIES.cell(probability).unwrap_or(0) as u32;
            let truth = truth.map_or(self.n_classes, u32::from);
            added.push(AnswerCell { predicted: u32::from(predicted), cell, truth, n_rows: 1 });
        }
        self.cells.append(&mut added);
        self.cells.sort_unstable();
        let key = |cell: &AnswerCell| (cell.predicted, cell.cell, cell.truth);
        let mut merged: Vec<AnswerCell> = Vec::new();
        for &cell in &self.cells {
            match merged.last_mut() {
                Some(last) if key(last) == key(&cell) => last.n_rows += cell.n_rows,
                _ => merged.push(cell),
            }
        }
        self.cells = merged;
        Ok(())
    }

    /// Answers counted.
    pub fn n_rows(&self) -> u64 {
        self.cells.iter().map(|cell| cell.n_rows).sum()
    }

    /// Answers whose right class is known.
    pub fn n_labelled(&self) -> u64 {
        self.cells.iter().filter(|cell| cell.truth < self.n_classes).map(|cell| cell.n_rows).sum()
    }

    /// Whether every class and cell is in bounds.
    pub fn is_valid(&self) -> bool {
        let in_bounds = |cell: &AnswerCell| {
            cell.predicted < self.n_classes && cell.cell < PROBABILITY_CELLS && cell.truth <= self.n_classes
        };
        self.cells.iter().all(in_bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class_probability_and_truth() {
        let mut counts = AnswerCounts::new(2);
        counts
            .extend([(1, 0.914, Some(1)), (0, 0.7, None), (1, 0.919, Some(1)), (1, 0.91, Some(0))])
            .unwrap();
        let cell = |predicted, cell, truth, n_rows| AnswerCell { predicted, cell, truth, n_rows };
        assert_eq!(counts.cells, [cell(0, 70, 2, 1), cell(1, 91, 0, 1), cell(1, 91, 1, 2)]);
        assert_eq!((counts.n_rows(), counts.n_labelled()), (4, 3));
        assert!(counts.is_valid());
    }

    #[test]
    fn what_is_no_probability_is_refused_and_nothing_added() {
        let mut counts = AnswerCounts::new(2);
        let error = counts.extend([(1, 0.5, None), (0, f64::NAN, None)]).unwrap_err();
        assert_eq!(error.row, 1);
        assert!(counts.cells.is_empty());
        assert!(counts.extend([(1, 1.5, None)]).is_err());
    }
}
