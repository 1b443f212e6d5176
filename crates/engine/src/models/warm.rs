//! Fits that begin where an earlier one ended, for labels that change a little at a time.

use super::extent::Extent;
use super::weighting::Weighting;
use super::{CrossValidator, CvScores, EvaluateError, FinalModel, ModelSpec, OutOfFold, WarmStart};
use crate::dataset::LabelId;
use crate::features::VectorizerSpec;

/// What `CrossValidator::fit_from` gives.
pub type WarmFit = (CvScores, OutOfFold, FinalModel, WarmStart);

impl CrossValidator {
    /// What `fit` gives, within its gaps, by fits that begin at `start`; and where they ended. `start` is of the same
    /// setting and validator.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn fit_from(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        start: Option<&WarmStart>,
    ) -> Result<WarmFit, EvaluateError> {
        let mut reached = WarmStart::default();
        let run = self.run_from(features, model, Extent::FoldsAndFull, (start, Some(&mut reached)))?;
        let (folds, full, warnings) = run;
        let full = full.expect("the whole training part was asked for");
        Ok((self.fold_scores(&folds, warnings), folds, full, reached))
    }

    /// Gives the training documents other classes, in the order of `SplitPlan::train`; vocabularies stay.
    ///
    /// # Errors
    /// Where there is not one class a document, or a class has no row in some training part.
    pub fn relabel(&mut self, labels: &[LabelId]) -> Result<(), EvaluateError> {
        if labels.len() != self.docs.class_of.len() {
            return Err(EvaluateError::BadSplit { what: "number of labels" });
        }
        if labels.iter().any(|label| usize::from(label.0) >= self.docs.n_classes) {
            return Err(EvaluateError::BadSplit { what: "label out of range" });
        }
        self.docs.class_of = labels.iter().map(|label| label.0).collect();
        self.plain = None;
        for study in &mut self.groups {
            study.weightings.iter_mut().for_each(Weighting::forget_classes);
            study.group.count_classes(&self.docs)?;
        }
        Ok(())
    }
}
