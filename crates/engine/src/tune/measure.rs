//! What a study's metric says of the rows that a fold holds out, more being better: a loss is negated.

use crate::dataset::LabelId;
use crate::metrics::{self, Metric};
use crate::models::{EvaluateError, FittedModel, LogisticSolver, ModelSpec, class_of};
use crate::pipeline::{Calibration, probabilities};
use crate::tune::Weighed;

/// Measures scores of one model family.
pub struct Measure {
    metric: Metric,
    n_classes: usize,
    /// How scores become probabilities; nothing was learned.
    model: FittedModel,
}

impl Measure {
    /// By a study's metric, of what `model` scores.
    pub fn new(metric: Metric, model: &ModelSpec, n_classes: usize) -> Self {
        Self { metric, n_classes, model: bare(model, n_classes) }
    }

    /// Shapes: `truth`: n_rows; `scores`: n_rows x n_scores, as `Scorer` gives them.
    ///
    /// # Errors
    /// Where the rows do not have all classes that the metric compares.
    pub fn score(&self, truth: &[LabelId], scores: &[f64], n_scores: usize) -> Result<f64, EvaluateError> {
        let rows = || scores.chunks_exact(n_scores);
        if self.metric.is_of_classes() {
            let mut confusion = vec![0_u64; self.n_classes * self.n_classes];
            for (label, row) in truth.iter().zip(rows()) {
                confusion[usize::from(label.0) * self.n_classes + usize::from(class_of(row, 0.0))] += 1;
            }
            let score = self.metric.of_confusion(&confusion, self.n_classes);
            return score.ok_or(EvaluateError::NotMeasured { metric: self.metric.name() });
        }
        let of_classes = self.of_classes(scores, n_scores);
        let predicted: Vec<u8> = rows().map(|row| class_of(row, 0.0)).collect();
        let one_score = (n_scores == 1).then_some(scores);
        let measured = metrics::evaluate(truth, &predicted, self.n_classes, one_score, Some(&of_classes));
        let found = self.metric.of(&measured).filter(|score| score.is_finite());
        let found = found.ok_or(EvaluateError::NotMeasured { metric: self.metric.name() })?;
        Ok(self.metric.signed(found))
    }

    /// What the metric can be taken from for any draw of these rows. Shapes as for `score`.
    pub fn weigh(&self, truth: &[LabelId], scores: &[f64], n_scores: usize) -> Weighed {
        let rows = || scores.chunks_exact(n_scores);
        match self.metric {
            metric if metric.is_of_classes() => {
                Weighed::Classes(rows().map(|row| class_of(row, 0.0)).collect())
            }
            Metric::LogLoss | Metric::Brier => {
                let of_classes = self.of_classes(scores, n_scores);
                let loss = |(row, label): (&[f64], &LabelId)| metrics::loss_of_row(self.metric, *label, row);
                Weighed::Losses(of_classes.chunks_exact(self.n_classes).zip(truth).map(loss).collect())
            }
            _ if n_scores == 1 => Weighed::ranked(scores, 1),
            _ => Weighed::ranked(&self.of_classes(scores, n_scores), self.n_classes),
        }
    }

    /// Probabilities of the classes, or what they are ranked by. Shape: n_rows x n_classes.
    fn of_classes(&self, scores: &[f64], n_scores: usize) -> Vec<f64> {
        // scikit-learn ranks by decision values where a model has some, and by probabilities for an AUC of many classes.
        let is_ranked_by_score = self.metric == Metric::AveragePrecision
            && matches!(self.model, FittedModel::Linear { .. } | FittedModel::Softmax { .. });
        if n_scores > 1 && is_ranked_by_score {
            return scores.to_vec();
        }
        let rows = scores.chunks_exact(n_scores);
        let mut of_classes = Vec::with_capacity(rows.len() * self.n_classes);
        rows.for_each(|row| probabilities(&self.model, &Calibration::Own, row, &mut of_classes));
        of_classes
    }
}

/// What a model of this kind would be, had it learned nothing.
fn bare(model: &ModelSpec, n_classes: usize) -> FittedModel {
    let (coef, intercept) = (Vec::new(), Vec::new());
    match model {
        ModelSpec::LogisticRegression { solver: LogisticSolver::Lbfgs, .. } if n_classes > 2 => {
            FittedModel::Softmax { coef, intercept }
        }
        ModelSpec::LogisticRegression { .. } | ModelSpec::LinearSvc { .. } => {
            FittedModel::Linear { kind: model.kind(), coef, intercept }
        }
        ModelSpec::MultinomialNb { .. } => {
            FittedModel::NaiveBayes { feature_log_prob: coef, class_log_prior: intercept }
        }
        ModelSpec::ComplementNb { .. } => {
            FittedModel::ComplementNb { n_classes: n_classes as u32, weights: coef }
        }
        ModelSpec::RandomForest(_) | ModelSpec::Dummy { .. } => {
            FittedModel::Constant { probabilities: Vec::new() }
        }
    }
}
