//! A chosen setting in, a fitted pipeline and its scores on both parts out.

use super::{Calibration, FittedPipeline, PipelineSpec, fit_platt, probabilities};
use crate::ENGINE_VERSION;
use crate::dataset::LabelId;
use crate::features::{Counts, FittedTfIdf, SparseRow};
use crate::metrics::{self, Metrics};
use crate::models::{
    ClassWeight, CrossValidator, CvScores, EvaluateError, FittedModel, LinearScorer, ModelKind, ModelSpec,
    OutOfFold, class_of,
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
    /// Value of the minimised objective, summed over one-vs-rest problems; none for naive Bayes.
    pub train_objective: Option<f64>,
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
) -> Result<FinalFit, EvaluateError> {
    let mut validator = CrossValidator::new(counts, plan)?;
    fit_final_with(&mut validator, FinalTask { counts, terms, plan, spec, labels })
}

/// `fit_final` with a validator that was made from the same counts and split.
///
/// # Errors
/// As `CrossValidator::evaluate`, and where terms or labels do not belong to the counts.
pub fn fit_final_with(
    validator: &mut CrossValidator,
    task: FinalTask<'_>,
) -> Result<FinalFit, EvaluateError> {
    let FinalTask { counts, terms, plan, spec, labels } = task;
    if terms.len() != counts.n_terms as usize || labels.len() != usize::from(counts.n_classes) {
        return Err(EvaluateError::BadSplit { what: "number of terms or classes" });
    }
    let (cv, folds, fitted) = validator.fit(&spec.vectorizer, &spec.model)?;
    let mut columns = vec![None; terms.len()];
    (0..).zip(&fitted.term_ids).for_each(|(column, &term)| columns[term as usize] = Some(column));
    let features = FittedTfIdf {
        spec: spec.vectorizer.clone(),
        terms: fitted.term_ids.iter().map(|&term| terms[term as usize].clone()).collect(),
        idf: fitted.idf,
    };
    let calibration = match spec.model.kind() {
        ModelKind::LinearSvc => Calibration::Platt { sigmoids: fit_sigmoids(counts, plan, &folds) },
        ModelKind::LogisticRegression | ModelKind::MultinomialNb => Calibration::Own,
    };
    let pipeline = FittedPipeline {
        engine_version: ENGINE_VERSION.to_owned(),
        cleaning: spec.cleaning.clone(),
        features,
        model: fitted.model,
        calibration,
        threshold: 0.0,
        labels: labels.to_vec(),
    };
    let measure =
        Measure { counts, columns, scorer: LinearScorer::new(&pipeline.model), pipeline: &pipeline };
    let train = measure.part(&plan.train);
    let test = measure.part(&plan.test);
    let train_objective = measure.objective(&spec.model, &plan.train, &train.scores);
    let (train, test_metrics) = (measure.metrics(&plan.train, &train), measure.metrics(&plan.test, &test));
    Ok(FinalFit {
        train,
        test: test_metrics,
        cv,
        test_scores: test.scores,
        test_probabilities: test.probabilities,
        train_objective,
        pipeline,
    })
}

/// One sigmoid a score, from scores by fits that did not see the row.
fn fit_sigmoids(counts: &Counts, plan: &SplitPlan, folds: &OutOfFold) -> Vec<(f64, f64)> {
    let of_score = |score: usize| {
        let class = if folds.n_scores == 1 { 1 } else { score as u8 };
        let positive: Vec<bool> =
            plan.train.iter().map(|&doc| counts.labels[doc as usize] == LabelId(class)).collect();
        let scores: Vec<f64> = folds.scores.iter().skip(score).step_by(folds.n_scores).copied().collect();
        fit_platt(&scores, &positive)
    };
    (0..folds.n_scores).map(of_score).collect()
}

/// Applies a fitted pipeline to counted documents.
struct Measure<'a> {
    counts: &'a Counts,
    /// Each counted term's place in the vocabulary.
    columns: Vec<Option<u32>>,
    scorer: LinearScorer,
    pipeline: &'a FittedPipeline,
}

/// Predictions of one part.
struct Part {
    scores: Vec<f64>,
    probabilities: Vec<f64>,
    predicted: Vec<u8>,
}

impl Measure<'_> {
    fn part(&self, rows: &[u32]) -> Part {
        let n_scores = self.scorer.n_scores();
        let mut part = Part {
            scores: Vec::with_capacity(rows.len() * n_scores),
            probabilities: Vec::with_capacity(rows.len() * self.pipeline.labels.len()),
            predicted: Vec::with_capacity(rows.len()),
        };
        for &row in rows {
            let begin = part.scores.len();
            self.scorer.score(&self.weigh(row), &mut part.scores);
            let scores = &part.scores[begin..];
            part.predicted.push(class_of(scores, self.pipeline.threshold));
            probabilities(&self.pipeline.model, &self.pipeline.calibration, scores, &mut part.probabilities);
        }
        part
    }

    fn weigh(&self, row: u32) -> SparseRow {
        self.pipeline.features.weigh_counts(self.counts, &self.columns, row)
    }

    fn metrics(&self, rows: &[u32], part: &Part) -> Metrics {
        let truth: Vec<LabelId> = rows.iter().map(|&row| self.counts.labels[row as usize]).collect();
        let n_classes = self.pipeline.labels.len();
        let score = (n_classes == 2).then_some(part.scores.as_slice());
        metrics::evaluate(&truth, &part.predicted, n_classes, score, Some(&part.probabilities))
    }

    /// `(|w|^2 + b^2) / 2 + C sum_i weight_i loss(score_i)`, summed over the one-vs-rest problems.
    fn objective(&self, spec: &ModelSpec, train: &[u32], scores: &[f64]) -> Option<f64> {
        let FittedModel::Linear { kind, coef, intercept } = &self.pipeline.model else { return None };
        let (ModelSpec::LogisticRegression { c, class_weight } | ModelSpec::LinearSvc { c, class_weight }) =
            *spec
        else {
            return None;
        };
        let squares: f64 = coef.iter().chain(intercept).map(|weight| weight * weight).sum();
        let n_scores = self.scorer.n_scores();
        let of_score = |score: usize| {
            let class = LabelId(if n_scores == 1 { 1 } else { score as u8 });
            let sides = train.iter().map(|&row| self.counts.labels[row as usize] == class);
            let n_positive = sides.clone().filter(|&positive| positive).count() as f64;
            let weights = side_weights(
                (*kind, class_weight),
                n_positive,
                train.len() as f64,
                self.pipeline.labels.len(),
            );
            let of_row = |(positive, row): (bool, &[f64])| {
                let (weight, margin) =
                    if positive { (weights.0, row[score]) } else { (weights.1, -row[score]) };
                weight * loss(*kind, margin)
            };
            sides.zip(scores.chunks_exact(n_scores)).map(of_row).sum::<f64>()
        };
        Some(0.5 * squares + c * (0..n_scores).map(of_score).sum::<f64>())
    }
}

/// What a positive and a negative row weigh.
fn side_weights(
    (kind, class_weight): (ModelKind, ClassWeight),
    n_positive: f64,
    n_rows: f64,
    n_classes: usize,
) -> (f64, f64) {
    match (class_weight, kind) {
        (ClassWeight::None, _) => (1.0, 1.0),
        (ClassWeight::Balanced, ModelKind::LinearSvc) if n_classes > 2 => {
            (n_rows / (n_classes as f64 * n_positive), 1.0)
        }
        (ClassWeight::Balanced, _) => (n_rows / (2.0 * n_positive), n_rows / (2.0 * (n_rows - n_positive))),
    }
}

fn loss(kind: ModelKind, margin: f64) -> f64 {
    if kind == ModelKind::LinearSvc {
        let short = (1.0 - margin).max(0.0);
        return short * short;
    }
    (-margin).max(0.0) + libm::log1p(libm::exp(-margin.abs()))
}
