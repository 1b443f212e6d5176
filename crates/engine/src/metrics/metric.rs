//! What a study is after: one number of held-out rows, by scikit-learn's names and conventions.

use json::{FromJson, ToJson};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{ClassCounts, Metrics, ratio};
use crate::models::{f1_macro, f1_of_classes};

/// A metric that settings are compared by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Mean of the classes' F1 (`f1_macro`).
    #[default]
    F1Macro,
    /// Share predicted right (`accuracy`).
    Accuracy,
    /// Mean of the classes' recall (`balanced_accuracy`).
    BalancedAccuracy,
    /// Mean of the classes' F1, weighted by their rows (`f1_weighted`).
    F1Weighted,
    /// Matthews' correlation coefficient (`matthews_corrcoef`).
    Mcc,
    /// Area under the ROC curve (`roc_auc`; beyond two classes `roc_auc_ovr`).
    RocAuc,
    /// Average precision (`average_precision`).
    AveragePrecision,
    /// Mean negative log probability of the true class (`neg_log_loss`).
    LogLoss,
    /// Mean squared error of the probabilities (`neg_brier_score`).
    Brier,
}

impl Metric {
    /// All of them, in the order they are shown.
    pub const ALL: [Metric; 9] = [
        Self::F1Macro,
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::F1Weighted,
        Self::Mcc,
        Self::RocAuc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::Brier,
    ];

    /// Its name in records, instructions and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::F1Macro => "f1_macro",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::F1Weighted => "f1_weighted",
            Self::Mcc => "mcc",
            Self::RocAuc => "roc_auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::F1Macro => "macro F1",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced accuracy",
            Self::F1Weighted => "weighted F1",
            Self::Mcc => "MCC",
            Self::RocAuc => "ROC AUC",
            Self::AveragePrecision => "average precision",
            Self::LogLoss => "log loss",
            Self::Brier => "Brier score",
        }
    }

    /// Whether it is the one that studies have which do not say.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether less of it is better. Trials hold it negated, so that more is better of all (scikit-learn's `neg_`).
    pub fn is_loss(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier)
    }

    /// From a trial's number to the metric itself, or back.
    pub fn signed(self, score: f64) -> f64 {
        if self.is_loss() { -score } else { score }
    }

    /// Whether the predicted classes say all that it asks.
    pub fn is_of_classes(self) -> bool {
        match self {
            Self::F1Macro | Self::Accuracy | Self::BalancedAccuracy | Self::F1Weighted | Self::Mcc => true,
            Self::RocAuc | Self::AveragePrecision | Self::LogLoss | Self::Brier => false,
        }
    }

    /// Whether it asks for probabilities of so many classes, where a score of each row is not enough.
    pub fn needs_probabilities(self, n_classes: usize) -> bool {
        self.is_loss() || (self == Self::RocAuc && n_classes > 2)
    }

    /// Of counts of true (row) against predicted class (column); `None` where it asks for more than classes.
    /// Shape of `confusion`: n_classes x n_classes row-major.
    pub fn of_confusion(self, confusion: &[u64], n_classes: usize) -> Option<f64> {
        let rows = || confusion.chunks_exact(n_classes).map(|row| row.iter().sum::<u64>());
        let hit = |class: usize| confusion[class * n_classes + class];
        let n_rows: u64 = confusion.iter().sum();
        Some(match self {
            Self::F1Macro => f1_macro(confusion, n_classes),
            Self::Accuracy => ratio((0..n_classes).map(hit).sum(), n_rows),
            Self::BalancedAccuracy => {
                let recalls =
                    rows().enumerate().filter(|(_, n)| *n > 0).map(|(class, n)| ratio(hit(class), n));
                let recalls: Vec<f64> = recalls.collect();
                recalls.iter().sum::<f64>() / recalls.len().max(1) as f64
            }
            Self::F1Weighted => {
                let f1 = f1_of_classes(confusion, n_classes);
                let sum: f64 = f1.iter().zip(rows()).map(|(f1, n)| f1 * n as f64).sum();
                if n_rows == 0 { 0.0 } else { sum / n_rows as f64 }
            }
            Self::Mcc => {
                let table = Array2::from_shape_vec((n_classes, n_classes), confusion.to_vec()).ok()?;
                ClassCounts::new(&table).mcc()
            }
            Self::RocAuc | Self::AveragePrecision | Self::LogLoss | Self::Brier => return None,
        })
    }

    /// Of measured predictions, the metric itself; `None` where there are no scores or probabilities to tell from.
    pub fn of(self, metrics: &Metrics) -> Option<f64> {
        match self {
            Self::F1Macro => Some(metrics.f1_macro),
            Self::Accuracy => Some(metrics.accuracy),
            Self::F1Weighted => Some(metrics.f1_weighted),
            Self::Mcc => Some(metrics.mcc),
            Self::BalancedAccuracy => {
                let confusion: Vec<u64> = metrics.confusion.iter().flatten().copied().collect();
                self.of_confusion(&confusion, metrics.confusion.len())
            }
            Self::RocAuc => metrics.roc_auc,
            Self::AveragePrecision => metrics.average_precision,
            Self::LogLoss => metrics.log_loss,
            Self::Brier => metrics.brier,
        }
    }
}
