//! A chosen setting in, a fitted pipeline and its scores on both parts out.

use thiserror::Error;

use super::decide::Rule;
use super::{
    Answers, Coverage, Decision, DecisionError, DecisionSpec, FittedPipeline, HeldOut, PipelineSpec,
    fit_decision,
};
use crate::ENGINE_VERSION;
use crate::dataset::LabelId;
use crate::features::{Counts, Selection};
use crate::metrics::{self, Metrics};
use crate::models::{
    CrossValidator, CvScores, EvaluateError, FinalModel, ModelSpec, Scorer, Truth, objective,
};
use crate::split::SplitPlan;

/// A fitted pipeline and what it scores.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalFit {
    /// What was learned from the training part.
    pub pipeline: FittedPipeline,
    /// Scores on the training part it learned from.
    pub train: Metrics,
    /// Scores on the test part it never saw.
    pub test: Metrics,
    /// Scores of the folds, as the search saw them.
    pub cv: CvScores,
    /// Decision values or log odds of the test rows, in the order of `SplitPlan::test`: n_test x n_scores.
    pub test_scores: Vec<f64>,
    /// Probabilities of the test rows: n_test x n_classes.
    pub test_probabilities: Vec<f64>,
    /// How many test rows are answered, and how well.
    pub test_coverage: Coverage,
    /// Scores of the training rows by the fits that did not see them.
    pub held_out: HeldOut,
    /// Scores of the training rows by the final fit, in the order of `SplitPlan::train`: n_train x n_scores.
    pub train_scores: Vec<f64>,
    selection: Selection,
}

/// Why a setting cannot be fitted.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FitError {
    /// It cannot be evaluated on these reviews.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// Its scores cannot become answers as asked.
    #[error(transparent)]
    Decision(#[from] DecisionError),
}

/// What a final fit is made from.
#[derive(Clone, Copy)]
pub struct FinalTask<'a> {
    /// Counted reviews.
    pub counts: &'a Counts,
    /// Their terms.
    pub terms: &'a [String],
    /// Training and test part.
    pub plan: &'a SplitPlan,
    /// The setting.
    pub spec: &'a PipelineSpec,
    /// Class names.
    pub labels: &'a [String],
}

/// Fits the setting on the training part and measures it on both parts.
///
/// # Errors
/// As `CrossValidator::new` and `CrossValidator::evaluate`.
pub fn fit_final(
    counts: &Counts,
    terms: &[String],
    plan: &SplitPlan,
    spec: &PipelineSpec,
    labels: &[String],
) -> Result<FinalFit, FitError> {
    let mut validator = CrossValidator::new(counts, plan)?;
    fit_final_with(&mut validator, FinalTask { counts, terms, plan, spec, labels })
}

/// `fit_final` with a validator that was made from the same counts and split.
///
/// # Errors
/// As `CrossValidator::evaluate`, and where terms or labels do not belong to the counts.
pub fn fit_final_with(validator: &mut CrossValidator, task: FinalTask<'_>) -> Result<FinalFit, FitError> {
    fit_final_deciding(validator, task, &DecisionSpec::default())
}

/// `fit_final_with`, and calibration, threshold and band learned from the held-out scores as `decision` says.
///
/// # Errors
/// As `fit_final_with` and `fit_decision`.
pub fn fit_final_deciding(
    validator: &mut CrossValidator,
    task: FinalTask<'_>,
    decision: &DecisionSpec,
) -> Result<FinalFit, FitError> {
    let FinalTask { counts, terms, plan, spec, labels } = task;
    if terms.len() != counts.n_terms as usize || labels.len() != usize::from(counts.n_classes) {
        return Err(EvaluateError::BadSplit { what: "number of terms or classes" }.into());
    }
    let (cv, folds, fitted) = validator.fit(&spec.vectorizer, &spec.model)?;
    let FinalModel { term_ids, idf, model } = fitted;
    let selection = Selection::of_terms(counts, term_ids, idf, &spec.vectorizer);
    let held_out = HeldOut::new(&folds, &counts.labels, plan);
    let decision = fit_decision(&model, &held_out, decision)?;
    let pipeline = FittedPipeline {
        engine_version: ENGINE_VERSION.to_owned(),
        cleaning: spec.cleaning.clone(),
        features: selection.clone().into_fitted(terms),
        model,
        calibration: decision.calibration,
        threshold: decision.threshold,
        abstain: decision.abstain,
        labels: labels.to_vec(),
    };
    let measure = Measure { counts, selection, scorer: Scorer::new(&pipeline.model), pipeline: &pipeline };
    let train = measure.part(&plan.train);
    let test = measure.part(&plan.test);
    let test_coverage = test.answers.coverage(&measure.truth(&plan.test));
    Ok(FinalFit {
        train: measure.metrics(&plan.train, &train),
        test: measure.metrics(&plan.test, &test),
        cv,
        test_scores: test.scores,
        test_probabilities: test.answers.probabilities,
        test_coverage,
        held_out,
        train_scores: train.scores,
        selection: measure.selection,
        pipeline,
    })
}

impl FinalFit {
    /// Value of what was minimised over the training part, each row counting once and one-vs-rest problems
    /// summed; none for naive Bayes. `counts`, `plan` and `model` are those it was fitted from.
    pub fn train_objective(&self, counts: &Counts, plan: &SplitPlan, model: &ModelSpec) -> Option<f64> {
        let labels: Vec<LabelId> = plan.train.iter().map(|&row| counts.labels[row as usize]).collect();
        let truth = Truth { labels: &labels, n_classes: self.pipeline.labels.len(), sample_weights: None };
        objective(&truth, model, &self.pipeline.model, &self.train_scores)
    }

    /// What the pipeline answers to reviews that were counted, by index.
    pub fn answers(&self, counts: &Counts, docs: &[u32]) -> Answers {
        let (selection, scorer) = (self.selection.clone(), Scorer::new(&self.pipeline.model));
        Measure { counts, selection, scorer, pipeline: &self.pipeline }.part(docs).answers
    }

    /// Scores of the test rows, in a form that can be stored and answered to as the held-out ones are. `counts` and `plan`
    /// are those it was fitted from.
    pub fn test_rows(&self, counts: &Counts, plan: &SplitPlan) -> HeldOut {
        let n_classes = self.pipeline.labels.len();
        HeldOut {
            docs: plan.test.clone(),
            scores: self.test_scores.clone(),
            n_scores: if n_classes == 2 { 1 } else { n_classes },
            truth: plan.test.iter().map(|&row| counts.labels[row as usize]).collect(),
        }
    }

    /// What the pipeline's decision says of the held-out rows.
    pub fn held_out_answers(&self) -> Answers {
        self.pipeline.held_out_answers(&self.held_out)
    }

    /// Scores on the held-out rows. A calibration, threshold or band that was tuned was tuned on these rows.
    pub fn held_out_metrics(&self) -> Metrics {
        self.pipeline.held_out_metrics(&self.held_out, &self.held_out_answers())
    }
}

impl FittedPipeline {
    /// What its decision says of rows that were held out from fits of its setting.
    pub fn held_out_answers(&self, held_out: &HeldOut) -> Answers {
        let Self { model, calibration, threshold, abstain, .. } = self;
        let decision =
            Decision { calibration: calibration.clone(), threshold: *threshold, abstain: *abstain };
        decision.answers(model, &held_out.scores, held_out.n_scores)
    }

    /// Scores of such answers.
    pub fn held_out_metrics(&self, held_out: &HeldOut, answers: &Answers) -> Metrics {
        let n_classes = self.labels.len();
        let score = (n_classes == 2).then_some(held_out.scores.as_slice());
        let probabilities = Some(answers.probabilities.as_slice());
        metrics::evaluate(&held_out.truth, &answers.predicted, n_classes, score, probabilities)
    }
}

/// Applies a fitted pipeline to counted documents.
struct Measure<'a> {
    counts: &'a Counts,
    selection: Selection,
    scorer: Scorer,
    pipeline: &'a FittedPipeline,
}

/// Predictions of one part.
struct Part {
    scores: Vec<f64>,
    answers: Answers,
}

impl Measure<'_> {
    fn part(&self, rows: &[u32]) -> Part {
        let mut scores = Vec::with_capacity(rows.len() * self.scorer.n_scores());
        self.selection.for_each_row(self.counts, rows, |row| self.scorer.score(row, &mut scores));
        let FittedPipeline { model, calibration, threshold, abstain, .. } = self.pipeline;
        let rule = Rule::new(model, calibration, *threshold);
        let answers = rule.answers(&scores, self.scorer.n_scores(), *abstain);
        Part { scores, answers }
    }

    fn truth(&self, rows: &[u32]) -> Vec<LabelId> {
        rows.iter().map(|&row| self.counts.labels[row as usize]).collect()
    }

    fn metrics(&self, rows: &[u32], part: &Part) -> Metrics {
        let truth = self.truth(rows);
        let n_classes = self.pipeline.labels.len();
        let score = (n_classes == 2).then_some(part.scores.as_slice());
        metrics::evaluate(
            &truth,
            &part.answers.predicted,
            n_classes,
            score,
            Some(&part.answers.probabilities),
        )
    }
}
