//! Settings evaluated over several draws of the folds.

use super::{CrossValidator, CvScores, EvaluateError, FoldJudge, JudgedFolds, Judging, ModelKind, ModelSpec};
use crate::features::{Counts, VectorizerSpec};
use crate::split::SplitPlan;

/// One validator a draw, made once a study.
pub struct RepeatedValidator {
    draws: Vec<CrossValidator>,
}

impl RepeatedValidator {
    /// A validator of `plans`, as `split_repeats` gives them.
    ///
    /// # Errors
    /// As `CrossValidator::new`, and where there is no plan.
    pub fn new(counts: &Counts, plans: &[SplitPlan]) -> Result<Self, EvaluateError> {
        if plans.is_empty() {
            return Err(EvaluateError::BadSplit { what: "number of draws" });
        }
        let draws = plans.iter().map(|plan| CrossValidator::new(counts, plan)).collect::<Result<_, _>>()?;
        Ok(Self { draws })
    }

    /// A search of this model begins: no trial of it starts where another search's ended.
    pub fn begin_search(&mut self, model: ModelKind) {
        let studies = self.draws.iter_mut().flat_map(|draw| &mut draw.groups);
        studies.for_each(|study| study.starts.begin_search(model));
    }

    /// Macro F1 of each fold of the first draw, then of the second, …: scikit-learn's order.
    ///
    /// # Errors
    /// As `CrossValidator::evaluate`.
    pub fn evaluate(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
    ) -> Result<CvScores, EvaluateError> {
        let mut all = CvScores { fold_f1_macro: Vec::new(), warnings: Vec::new() };
        for draw in &mut self.draws {
            let scores = draw.evaluate(features, model)?;
            all.fold_f1_macro.extend(scores.fold_f1_macro);
            all.warnings.extend(scores.warnings);
        }
        Ok(all)
    }

    /// Macro F1 of one fold, counted through all draws in scikit-learn's order, fitted alone.
    ///
    /// # Errors
    /// As `CrossValidator::evaluate`.
    pub fn evaluate_fold(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        fold: usize,
    ) -> Result<f64, EvaluateError> {
        let of_draw = self.n_folds() / self.draws.len();
        let draw = self.draws.get_mut(fold / of_draw);
        let draw = draw.ok_or(EvaluateError::BadSplit { what: "number of the fold" })?;
        draw.evaluate_fold(features, model, (fold % of_draw) as u8)
    }

    /// Macro F1 of the folds of all draws, or of one counted through all of them, and what `judge` says of each.
    ///
    /// # Errors
    /// As `CrossValidator::evaluate_judged`.
    pub fn evaluate_judged(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        (fold, by_scores, judge): (Option<usize>, bool, FoldJudge<'_>),
    ) -> Result<JudgedFolds, EvaluateError> {
        let of_draw = self.n_folds() / self.draws.len();
        let mut all = JudgedFolds::default();
        for (place, draw) in self.draws.iter_mut().enumerate() {
            if fold.is_some_and(|fold| fold / of_draw != place) {
                continue;
            }
            let how = Judging { fold: fold.map(|fold| (fold % of_draw) as u8), by_scores };
            let found = draw.evaluate_judged(features, model, (how, &mut *judge))?;
            all.f1_macro.extend(found.f1_macro);
            all.judged.extend(found.judged);
        }
        Ok(all)
    }

    /// Folds of all draws.
    pub fn n_folds(&self) -> usize {
        self.draws.iter().map(CrossValidator::n_folds).sum()
    }

    /// The validator of the first draw: what final fits and held-out scores come from.
    pub fn first(&mut self) -> &mut CrossValidator {
        &mut self.draws[0]
    }
}
