//! The metrics of records, by the names the field gives them.
//! In: scores of trials, fits and guesses. Out: finite numbers under their names. Never: a number JSON cannot hold.

use engine::dataset::LabelId;
use engine::metrics::{Metric, Metrics};
use engine::num::SortedMap;
use engine::pipeline::{AbstainRule, DecisionSpec};
use engine::stats;
use engine::tune::Trial;
use jobs::FinalFitOutput;

use super::{GUESS_CV, GUESS_STD, GUESS_TEST};
use crate::summary::{CvMetric, Guess};

/// Mean and standard deviation (divisor n, as numpy's `std`) of the folds; of a study after another metric than macro
/// F1 that, too.
pub(crate) fn cv_metrics(metric: Metric, trial: &Trial) -> SortedMap<String, f64> {
    let mut metrics = SortedMap::new();
    if trial.mean().is_some() {
        let folds = trial.fold_f1_macro();
        let numbers = [("cv_f1_macro", stats::mean(folds)), ("cv_f1_std", stats::population_sd(folds))];
        metrics.extend(finite(numbers.into_iter()));
        metrics.extend(own_cv("cv", &CvMetric::of(metric, trial.fold_scores())));
    }
    metrics
}

/// `cv_log_loss` and `cv_log_loss_std`.
fn own_cv(begins: &str, own: &Option<CvMetric>) -> SortedMap<String, f64> {
    let Some(CvMetric { name, mean, std, .. }) = own else { return SortedMap::new() };
    let name = format!("{begins}_{}", name.as_str());
    let known = [(name.clone(), *mean), (format!("{name}_std"), *std)];
    known.into_iter().filter(|(_, value)| value.is_finite()).collect()
}

/// What guessing scores, among a study's metrics.
pub(crate) fn guess_metrics(guess: &Guess) -> SortedMap<String, f64> {
    let numbers = [(GUESS_CV, Some(guess.cv_f1_macro)), (GUESS_STD, Some(guess.cv_f1_std))];
    let mut metrics = finite(numbers.into_iter());
    metrics.extend(own_cv("dummy_cv", &guess.cv_metric));
    let metric = guess.cv_metric.as_ref().map_or(Metric::default(), |own| own.name);
    if let Some(test) = guess.test.filter(|test| test.is_finite()) {
        metrics.insert(format!("{GUESS_TEST}{}", metric.as_str()), test);
    }
    metrics
}

pub(super) fn test_metrics(classes: &[(String, u64)], test: &Metrics) -> SortedMap<String, f64> {
    let mut metrics = SortedMap::new();
    for (name, values) in [("precision", &test.precision), ("recall", &test.recall), ("f1", &test.f1)] {
        for ((class, _), value) in classes.iter().zip(values) {
            metrics.insert(format!("test_{name}_{class}"), *value);
        }
    }
    let numbers = [
        ("accuracy", Some(test.accuracy)),
        ("f1_weighted", Some(test.f1_weighted)),
        ("mcc", Some(test.mcc)),
        ("roc_auc", test.roc_auc),
        ("average_precision", test.average_precision),
        ("log_loss", test.log_loss),
        ("brier", test.brier),
        ("ece", test.calibration_error),
        ("f1_binary", (classes.len() == 2).then(|| test.of_class(LabelId(1)).f1)),
    ];
    metrics.extend(finite(numbers.into_iter()));
    metrics
}

/// What a study's best fit scores on all that it learned from and on the test part, among the study's metrics.
pub(crate) fn best_metrics(output: &FinalFitOutput) -> SortedMap<String, f64> {
    let numbers = [
        ("train_f1", Some(output.train.f1_macro)),
        ("test_f1", Some(output.test.f1_macro)),
        ("accuracy", Some(output.test.accuracy)),
    ];
    finite(numbers.into_iter())
}

/// The interval of the test score, scores of the held-out rows, and how many test rows are answered.
pub(super) fn luck_and_coverage(decision: &DecisionSpec, output: &FinalFitOutput) -> SortedMap<String, f64> {
    let interval = output.test_interval;
    let abstains = decision.abstain != AbstainRule::Never;
    let numbers = [
        ("test_f1_low", interval.map(|interval| interval.low)),
        ("test_f1_high", interval.map(|interval| interval.high)),
        ("held_out_f1", output.held_out.as_ref().map(|held_out| held_out.f1_macro)),
        ("held_out_ece", output.held_out.as_ref().and_then(|held_out| held_out.calibration_error)),
        ("coverage", abstains.then(|| output.test_coverage.share())),
        ("answered_accuracy", output.test_coverage.accuracy().filter(|_| abstains)),
    ];
    finite(numbers.into_iter())
}

/// A record holds finite numbers only: JSON has no others.
pub(super) fn finite(numbers: impl Iterator<Item = (&'static str, Option<f64>)>) -> SortedMap<String, f64> {
    let known = numbers.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.filter(|(_, value)| value.is_finite()).collect()
}
