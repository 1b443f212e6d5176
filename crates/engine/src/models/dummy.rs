//! Classes in, the baseline that looks at no text out: what every model has to beat.

use super::training::TrainingSet;
use super::{DummyStrategy, FittedModel};

/// scikit-learn's `DummyClassifier`: of equally frequent classes the first is the most frequent.
pub(super) fn fit(set: &TrainingSet<'_>, strategy: DummyStrategy) -> FittedModel {
    let totals = set.truth.class_totals();
    let all: f64 = totals.iter().sum();
    let most_frequent = totals
        .iter()
        .enumerate()
        .fold(0, |best, (class, &total)| if total > totals[best] { class } else { best });
    let probability = |(class, &total): (usize, &f64)| match strategy {
        DummyStrategy::MostFrequent => f64::from(u8::from(class == most_frequent)),
        DummyStrategy::Prior => total / all,
    };
    FittedModel::Constant { probabilities: totals.iter().enumerate().map(probability).collect() }
}
