//! A finished study in numbers, in plain words, and as the JSON that page and terminal share.

use engine::ENGINE_VERSION;
use engine::metrics::{F1Interval, IntervalSpec, Metric, Metrics};
use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::pipeline::Coverage;
use engine::stats;
use engine::tune::{Setting, StudySpec, Trial};
use json::ToJson;
use track::dataset::DatasetRef;
use track::id::RunId;

/// The schema number of `StudySummary`'s JSON.
pub const SUMMARY_SCHEMA: u32 = 1;

/// What one final fit came to.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct FitSummary {
    /// The fit's run.
    #[serde(skip)]
    pub run: RunId,
    /// The model family.
    pub model: ModelKind,
    /// The best setting's trial number.
    pub trial: u32,
    /// The best setting.
    pub setting: Setting,
    /// Macro F1 of each fold.
    pub fold_f1_macro: Vec<f64>,
    /// Their mean.
    pub cv_f1_macro: f64,
    /// Their standard deviation (divisor n).
    pub cv_f1_std: f64,
    /// What the study was after, where that is not macro F1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cv_metric: Option<CvMetric>,
    /// On the training part.
    pub train: Metrics,
    /// On the test part.
    pub test: Metrics,
    /// On the training rows, each scored by the fit that did not see it, where a decision was learned from these
    /// rows: what it tuned, it tuned on them.
    pub held_out: Option<Metrics>,
    /// Macro F1 on the test part: where it might lie if other rows had been drawn.
    pub test_interval: Option<F1Interval>,
    /// How that interval was drawn.
    pub interval: IntervalSpec,
    /// How many test rows are answered, and how well.
    pub test_coverage: Coverage,
    /// For two classes: the second is predicted where its score is above this.
    pub threshold: f64,
    /// Macro F1 on the test part of always guessing the most frequent class.
    pub dummy_f1: f64,
    /// Class names, in the order of the metrics' classes.
    pub labels: Vec<String>,
    /// Terms in the vocabulary.
    pub n_terms: u32,
    /// SHA-256 of the saved pipeline: the same model has the same.
    pub pipeline_sha256: ContentHash,
    /// Length of the saved pipeline.
    pub model_size_bytes: u64,
    /// Seconds of the final fit.
    pub fit_time: f64,
    /// Seconds in which it answers to 1,000 reviews whose words are counted.
    pub predict_time: f64,
    /// Seconds of the search's trials.
    pub study_time: f64,
}

/// What the most frequent class scores as the answer to everything.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct Guess {
    /// Mean macro F1 over the folds.
    pub cv_f1_macro: f64,
    /// Standard deviation over the folds (divisor n).
    pub cv_f1_std: f64,
    /// Macro F1 of each fold.
    pub fold_f1_macro: Vec<f64>,
    /// The study's metric over the folds, where that is not macro F1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cv_metric: Option<CvMetric>,
    /// The study's metric on the test part; none where it can be measured nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<f64>,
}

impl Guess {
    /// Whether the study's metric could be measured on any fold.
    pub fn is_measured(&self, metric: Metric) -> bool {
        metric.is_usual() || self.cv_metric.is_some()
    }

    /// The study's metric over the folds, more being better.
    pub fn score(&self) -> f64 {
        self.cv_metric.as_ref().map_or(self.cv_f1_macro, CvMetric::score)
    }
}

/// What a study is after, over the folds: a loss as it is, less being better.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct CvMetric {
    /// Which metric.
    pub name: Metric,
    /// Mean of the folds.
    pub mean: f64,
    /// Their standard deviation (divisor n).
    pub std: f64,
    /// Of each fold.
    pub folds: Vec<f64>,
}

impl CvMetric {
    /// Of fold scores as trials hold them; none of macro F1.
    pub(crate) fn of(name: Metric, scores: &[f64]) -> Option<Self> {
        if name.is_usual() {
            return None;
        }
        let folds: Vec<f64> = scores.iter().map(|score| name.signed(*score)).collect();
        Some(Self { name, mean: stats::mean(&folds)?, std: stats::population_sd(&folds)?, folds })
    }

    /// Its mean, more being better.
    pub fn score(&self) -> f64 {
        self.name.signed(self.mean)
    }
}

impl FitSummary {
    /// The study's metric over the folds, more being better.
    pub fn score(&self) -> f64 {
        self.cv_metric.as_ref().map_or(self.cv_f1_macro, CvMetric::score)
    }
}

/// What a model does, in words a shop owner understands.
pub fn plain_words(fit: &FitSummary) -> String {
    words(&fit.labels, &fit.test)
}

/// `Gets 84 of 100 right; finds 79 of 100 unhappy reviews.` from test scores and class names in order.
///
/// The class that is spoken of is the first: for sentiment the unhappiest. Where none of the names means
/// a sentiment, it is called by its own.
pub fn words(labels: &[String], test: &Metrics) -> String {
    let of_hundred = |share: f64| (share * 100.0).round();
    let right = format!("Gets {} of 100 right", of_hundred(test.accuracy));
    match (labels.first(), test.recall.first()) {
        (Some(class), Some(recall)) => {
            let reviews = match class.trim().to_ascii_lowercase().as_str() {
                "negative" | "bad" | "unhappy" => "unhappy reviews".to_owned(),
                _ => format!("'{class}' reviews"),
            };
            format!("{right}; finds {} of 100 {reviews}.", of_hundred(*recall))
        }
        _ => format!("{right}."),
    }
}

/// A study, whole: what was asked for and what came out.
///
/// Everything but keys ending in `_ms` or `_time` depends on spec, data and seed alone.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct StudySummary {
    /// Schema number of this JSON.
    pub schema: u32,
    /// The engine that did it.
    pub engine_version: String,
    /// The seed everything random derives from.
    pub seed: u64,
    /// What was asked for.
    pub study: StudySpec,
    /// What was learned from.
    pub data: DataSummary,
    /// How it ended: `finished`, `stopped` or `failed`; `running` before.
    pub state: &'static str,
    /// The model with the best cross-validated score among those fitted.
    pub best_model: Option<ModelKind>,
    /// What guessing scores; none where that was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guess: Option<Guess>,
    /// Each search, in the study's order.
    pub models: Vec<ModelSummary>,
}

/// The data a study learned from.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct DataSummary {
    /// The file's and the recipe's hashes.
    #[serde(flatten)]
    pub hashes: DatasetRef,
    /// Usable rows.
    pub n_rows: u64,
    /// Rows of each class, in label order.
    pub classes: Vec<(String, u64)>,
}

/// One search and what came of it.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ModelSummary {
    /// The model family.
    pub model: ModelKind,
    /// The final fit; none of a search that was stopped or failed.
    pub fit: Option<FitSummary>,
    /// The fit in plain words.
    pub words: Option<String>,
    /// Why there is no fit.
    pub error: Option<String>,
    /// Why it made fewer trials than asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Every trial, in order.
    pub trials: Vec<Trial>,
}

impl StudySummary {
    /// As it comes from the searches of `study`.
    pub(crate) fn new(
        study: &StudySpec,
        data: DataSummary,
        state: &'static str,
        (guess, models): (Option<Guess>, Vec<ModelSummary>),
    ) -> Self {
        Self {
            schema: SUMMARY_SCHEMA,
            engine_version: ENGINE_VERSION.to_owned(),
            seed: study.seed,
            study: study.clone(),
            data,
            state,
            best_model: best_fit(models.iter().filter_map(|model| model.fit.as_ref())).map(|fit| fit.model),
            guess,
            models,
        }
    }

    /// The JSON that `reviewlab train --json` prints and the page gives out: one line, keys in this order.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }
}

/// The fit with the best cross-validated score; of equal ones the first.
pub fn best_fit<'a>(fits: impl IntoIterator<Item = &'a FitSummary>) -> Option<&'a FitSummary> {
    let mut best: Option<&FitSummary> = None;
    for fit in fits {
        if best.is_none_or(|most| fit.score() > most.score()) {
            best = Some(fit);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(accuracy: f64, recall: &[f64]) -> Metrics {
        Metrics {
            accuracy,
            f1_macro: 0.0,
            f1_weighted: 0.0,
            mcc: 0.0,
            precision: vec![0.0; recall.len()],
            recall: recall.to_vec(),
            f1: vec![0.0; recall.len()],
            confusion: Vec::new(),
            roc_auc: None,
            average_precision: None,
            log_loss: None,
            brier: None,
            calibration_error: None,
        }
    }

    #[track_caller]
    fn check(labels: &[&str], test: &Metrics, expected: &str) {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(words(&labels, test), expected);
    }

    #[test]
    fn sentiment_is_said_in_a_shop_owners_words() {
        check(
            &["negative", "positive"],
            &metrics(0.8374, &[0.789, 0.9]),
            "Gets 84 of 100 right; finds 79 of 100 unhappy reviews.",
        );
        check(
            &["Bad", "Good"],
            &metrics(1.0, &[0.5, 1.0]),
            "Gets 100 of 100 right; finds 50 of 100 unhappy reviews.",
        );
    }

    #[test]
    fn other_classes_are_called_by_their_names() {
        check(
            &["delivery", "price", "quality"],
            &metrics(0.5, &[0.25, 0.5, 0.75]),
            "Gets 50 of 100 right; finds 25 of 100 'delivery' reviews.",
        );
    }
}
