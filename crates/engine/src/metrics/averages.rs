//! Precision, recall and F1 of one class, and their means over the classes.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::Metrics;
use crate::dataset::LabelId;

/// Precision, recall and F1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ClassScores {
    /// Share of the predictions that are right.
    pub precision: f64,
    /// Share of the rows that are found.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

impl Metrics {
    /// The scores of one class (scikit-learn's `average="binary"` with it as `pos_label`); `class` is one of
    /// the classes measured.
    pub fn of_class(&self, class: LabelId) -> ClassScores {
        let class = usize::from(class.0);
        ClassScores { precision: self.precision[class], recall: self.recall[class], f1: self.f1[class] }
    }

    /// Means over the classes that occur among the true or the predicted ones (`average="macro"`).
    pub fn macro_scores(&self) -> ClassScores {
        let weights: Vec<f64> = (0..self.f1.len())
            .map(|class| f64::from(u8::from(self.n_true(class) + self.n_predicted(class) > 0)))
            .collect();
        self.mean(&weights)
    }

    /// Means over the classes, each weighted by its rows (`average="weighted"`).
    pub fn weighted_scores(&self) -> ClassScores {
        let weights: Vec<f64> = (0..self.f1.len()).map(|class| self.n_true(class) as f64).collect();
        self.mean(&weights)
    }

    fn n_true(&self, class: usize) -> u64 {
        self.confusion[class].iter().sum()
    }

    fn n_predicted(&self, class: usize) -> u64 {
        self.confusion.iter().map(|row| row[class]).sum()
    }

    fn mean(&self, weights: &[f64]) -> ClassScores {
        let total: f64 = weights.iter().sum();
        let of = |scores: &[f64]| {
            let sum: f64 = scores.iter().zip(weights).map(|(score, weight)| score * weight).sum();
            if total > 0.0 { sum / total } else { 0.0 }
        };
        ClassScores { precision: of(&self.precision), recall: of(&self.recall), f1: of(&self.f1) }
    }
}
