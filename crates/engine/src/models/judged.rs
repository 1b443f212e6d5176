//! Folds judged by any measure: each fold's held-out rows with their scores in, a number out, beside their macro F1.

use super::extent::Extent;
use super::scorer::class_of;
use super::{CrossValidator, CvScores, EvaluateError, FitWarning, ModelSpec, OutOfFold, f1_macro};
use crate::dataset::{LabelId, MAX_CLASSES};
use crate::features::VectorizerSpec;

/// The rows that a fold holds out. Shapes: `truth`: n_rows; `scores`: n_rows x n_scores, as in `OutOfFold`.
#[derive(Clone, Copy, Debug)]
pub struct FoldRows<'a> {
    /// Their classes.
    pub truth: &'a [LabelId],
    /// Their scores.
    pub scores: &'a [f64],
    /// Scores a row.
    pub n_scores: usize,
}

/// Says what a fold's scores are worth.
pub type FoldJudge<'a> = &'a mut dyn FnMut(FoldRows<'_>) -> Result<f64, EvaluateError>;

/// What folds came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JudgedFolds {
    /// Macro F1 of each.
    pub f1_macro: Vec<f64>,
    /// What the judge said of each.
    pub judged: Vec<f64>,
}

/// What is fitted for a judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judging {
    /// One fold, or all.
    pub fold: Option<u8>,
    /// The scores themselves are judged; else only which class they speak for.
    pub by_scores: bool,
}

impl CrossValidator {
    /// Macro F1 of the wanted folds and what `judge` says of them.
    ///
    /// # Errors
    /// As `evaluate`, and what the judge says.
    pub fn evaluate_judged(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        (how, judge): (Judging, FoldJudge<'_>),
    ) -> Result<JudgedFolds, EvaluateError> {
        let extent = match (how.fold, how.by_scores) {
            (None, false) => Extent::Folds,
            (None, true) => Extent::FoldsWithScores,
            (Some(fold), false) => Extent::Fold(fold),
            (Some(fold), true) => Extent::FoldWithScores(fold),
        };
        let (folds, _, warnings) = self.run(features, model, extent)?;
        let f1_of_folds = self.fold_scores(&folds, warnings).fold_f1_macro;
        let mut found = JudgedFolds::default();
        for (fold, f1_macro) in (0..).zip(f1_of_folds) {
            if how.fold.is_some_and(|wanted| wanted != fold) {
                continue;
            }
            let (mut truth, mut scores) = (Vec::new(), Vec::new());
            for (doc, row) in folds.scores.chunks_exact(folds.n_scores).enumerate() {
                if self.docs.fold_of[doc] == fold {
                    truth.push(LabelId(self.docs.class_of[doc]));
                    scores.extend_from_slice(row);
                }
            }
            found.f1_macro.push(f1_macro);
            found.judged.push(judge(FoldRows { truth: &truth, scores: &scores, n_scores: folds.n_scores })?);
        }
        Ok(found)
    }

    /// Macro F1 of each fold.
    pub(super) fn fold_scores(&self, folds: &OutOfFold, mut warnings: Vec<FitWarning>) -> CvScores {
        let n_classes = self.docs.n_classes;
        let mut confusions = vec![[0_u64; MAX_CLASSES * MAX_CLASSES]; self.docs.n_folds as usize];
        for (doc, scores) in folds.scores.chunks_exact(folds.n_scores).enumerate() {
            let Some(confusion) = confusions.get_mut(usize::from(self.docs.fold_of[doc])) else { continue };
            let predicted = usize::from(class_of(scores, 0.0));
            let truth = usize::from(self.docs.class_of[doc]);
            confusion[truth * n_classes + predicted] += 1;
        }
        let of_fold = |confusion: &[u64; MAX_CLASSES * MAX_CLASSES]| {
            f1_macro(&confusion[..n_classes * n_classes], n_classes)
        };
        for (fold, confusion) in (0..).zip(&confusions) {
            for (class, of_class) in (0..).zip(confusion[..n_classes * n_classes].chunks_exact(n_classes)) {
                if of_class.iter().all(|&rows| rows == 0) {
                    warnings.push(FitWarning::ClassMissing { class: LabelId(class), fold });
                }
            }
        }
        CvScores { fold_f1_macro: confusions.iter().map(of_fold).collect(), warnings }
    }
}
