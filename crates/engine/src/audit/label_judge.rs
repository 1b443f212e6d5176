//! Reviews and some corrected labels in; which labels held-out predictions now contradict, and how good these
//! predictions are, out.
//!
//! The first fit is made from nothing, each later one begins at the first one's weights: what comes out depends on
//! reviews, setting and corrections alone, not on the corrections before.

use thiserror::Error;

use super::{LabelError, label_errors};
use crate::ENGINE_VERSION;
use crate::dataset::LabelId;
use crate::features::{Counts, Selection};
use crate::metrics::{self, Metrics};
use crate::models::{CrossValidator, EvaluateError, FinalModel, WarmStart};
use crate::pipeline::{DecisionError, DecisionSpec, FittedPipeline, HeldOut, PipelineSpec, fit_decision};
use crate::split::{SplitError, SplitPlan, SplitSpec, group_equal_counts, split_counts};

/// A review that has another label than its counts say.
pub type Correction = (u32, LabelId);

/// What was found with some labels corrected.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedLabels {
    /// Scores of the rows that were held out, against the corrected labels.
    pub held_out: Metrics,
    /// Labels that are probably wrong, the surest first; `place` is the review's index.
    pub suspects: Vec<LabelError>,
    /// Probability of each class of each suspect: n_suspects x n_classes row-major.
    pub probabilities: Vec<f64>,
    /// What was learned from the whole training part, for explanations.
    pub pipeline: FittedPipeline,
}

/// Why labels cannot be judged.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum JudgeError {
    /// The reviews cannot be parted so.
    #[error("{0}")]
    Split(#[from] SplitError),
    /// The setting cannot be evaluated on these reviews.
    #[error("{0}")]
    Evaluate(#[from] EvaluateError),
    /// Scores cannot become probabilities.
    #[error("{0}")]
    Decision(#[from] DecisionError),
    /// A correction of a review or to a class that is not there.
    #[error("review {doc} of {n_docs} cannot have label {label}: read the reviews again", label = label.0)]
    BadCorrection {
        /// The review.
        doc: u32,
        /// The label.
        label: LabelId,
        /// Reviews there are.
        n_docs: usize,
    },
}

/// Judges labels of one corpus by one setting, again and again.
pub struct LabelJudge {
    plan: SplitPlan,
    spec: PipelineSpec,
    validator: CrossValidator,
    start: Option<WarmStart>,
    /// Reviews that no model can tell apart: group of each, and the members of each group.
    group_of: Vec<u32>,
    members: Vec<Vec<u32>>,
}

impl LabelJudge {
    /// Of these reviews, parted by `split`; of folds drawn several times the first draw is taken.
    ///
    /// # Errors
    /// Where they cannot be parted so.
    pub fn new(counts: &Counts, split: &SplitSpec, spec: &PipelineSpec) -> Result<Self, JudgeError> {
        let plan = split_counts(counts, split)?.swap_remove(0);
        let validator = CrossValidator::new(counts, &plan)?;
        let group_of = group_equal_counts(counts);
        let n_groups = group_of.iter().max().map_or(0, |last| *last as usize + 1);
        let mut members = vec![Vec::new(); n_groups];
        (0..).zip(&group_of).for_each(|(doc, group)| members[*group as usize].push(doc));
        Ok(Self { plan, spec: spec.clone(), validator, start: None, group_of, members })
    }

    /// The labels that are probably wrong once these are corrected. `counts`, `terms` and `names` (of classes) belong
    /// to the reviews it was made of; of two corrections of one review the last holds.
    ///
    /// # Errors
    /// Where a correction is out of range, or the setting cannot be evaluated.
    pub fn judge(
        &mut self,
        (counts, terms, names): (&Counts, &[String], &[String]),
        corrections: &[Correction],
    ) -> Result<JudgedLabels, JudgeError> {
        let labels = corrected(counts, corrections)?;
        let Self { plan, spec, validator, .. } = self;
        if self.start.is_none() {
            let (_, _, _, start) = validator.fit_from(&spec.vectorizer, &spec.model, None)?;
            self.start = Some(start);
        }
        let of_train: Vec<LabelId> = plan.train.iter().map(|doc| labels[*doc as usize]).collect();
        validator.relabel(&of_train)?;
        let (_, folds, fitted, _) = validator.fit_from(&spec.vectorizer, &spec.model, self.start.as_ref())?;
        let FinalModel { term_ids, idf, model } = fitted;
        let held_out = HeldOut::new(&folds, &labels, plan);
        let decision = fit_decision(&model, &held_out, &DecisionSpec::default())?;
        let answers = decision.answers(&model, &held_out.scores, held_out.n_scores);
        let n_classes = names.len();
        let score = (n_classes == 2).then_some(held_out.scores.as_slice());
        let metrics = metrics::evaluate(
            &held_out.truth,
            &answers.predicted,
            n_classes,
            score,
            Some(&answers.probabilities),
        );
        let mut suspects = label_errors(&held_out.truth, &answers.probabilities, n_classes);
        let mut probabilities = Vec::with_capacity(suspects.len() * n_classes);
        for suspect in &mut suspects {
            let place = suspect.place as usize;
            probabilities.extend_from_slice(&answers.probabilities[place * n_classes..][..n_classes]);
            suspect.place = held_out.docs[place];
        }
        let features = Selection::of_terms(counts, term_ids, idf, &spec.vectorizer).into_fitted(terms);
        let pipeline = FittedPipeline {
            engine_version: ENGINE_VERSION.to_owned(),
            cleaning: spec.cleaning.clone(),
            features,
            model,
            calibration: decision.calibration,
            threshold: decision.threshold,
            abstain: None,
            labels: names.to_vec(),
        };
        Ok(JudgedLabels { held_out: metrics, suspects, probabilities, pipeline })
    }

    /// Other reviews that no model can tell from this one, ascending; none of a review without a word that counts.
    pub fn like(&self, counts: &Counts, doc: u32) -> Vec<u32> {
        let Some(&group) = self.group_of.get(doc as usize).filter(|_| !counts.row(doc).0.is_empty()) else {
            return Vec::new();
        };
        self.members[group as usize].iter().copied().filter(|other| *other != doc).collect()
    }
}

/// The labels of all reviews, corrected.
fn corrected(counts: &Counts, corrections: &[Correction]) -> Result<Vec<LabelId>, JudgeError> {
    let mut labels = counts.labels.clone();
    for &(doc, label) in corrections {
        let n_docs = labels.len();
        let is_known = label.0 < counts.n_classes;
        let known = labels.get_mut(doc as usize).filter(|_| is_known);
        *known.ok_or(JudgeError::BadCorrection { doc, label, n_docs })? = label;
    }
    Ok(labels)
}
