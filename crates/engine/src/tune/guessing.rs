//! What guessing scores on the folds of a study: labels and split in, the baseline that every model has to beat out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::dataset::LabelId;
use crate::features::SparseRow;
use crate::metrics::Metric;
use crate::models::{DummyStrategy, EvaluateError, FittedModel, ModelSpec, Scorer};
use crate::split::{FoldTraining, NEVER_HELD_OUT, SplitPlan};
use crate::tune::Measure;

/// What guessing scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Guesses {
    /// Macro F1 of each fold.
    pub fold_f1_macro: Vec<f64>,
    /// Of a study after another metric, that of each fold on which it can be measured, more being better.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fold_scores: Vec<f64>,
    /// That metric, or macro F1, on the test part, where it can be measured there.
    pub test: Option<f64>,
}

/// What each fold scores where the answer is the class most frequent in what it learns from, of equally frequent ones
/// the first, with the classes' shares as probabilities (scikit-learn's `DummyClassifier(strategy="prior")`).
/// `labels`: of all reviews.
///
/// # Errors
/// Where macro F1 cannot be measured on some fold.
pub fn guess_folds(
    labels: &[LabelId],
    n_classes: usize,
    plan: &SplitPlan,
    metric: Metric,
) -> Result<Guesses, EvaluateError> {
    let guess = Guess {
        labels,
        n_classes,
        f1: Measure::new(Metric::F1Macro, &PRIOR, n_classes),
        own: Measure::new(metric, &PRIOR, n_classes),
    };
    let rows = || plan.train.iter().copied().zip(plan.fold_of.iter().copied());
    let mut found = Guesses::default();
    for fold in 0..plan.n_folds as u8 {
        let learns_from = |of: u8| match plan.learns_from {
            FoldTraining::Others => of != fold,
            FoldTraining::Earlier => of < fold || of == NEVER_HELD_OUT,
        };
        let train: Vec<u32> = rows().filter(|(_, of)| learns_from(*of)).map(|(doc, _)| doc).collect();
        let held_out: Vec<u32> = rows().filter(|(_, of)| *of == fold).map(|(doc, _)| doc).collect();
        found.fold_f1_macro.push(guess.score(&guess.f1, &train, &held_out)?);
        if !metric.is_usual() {
            found.fold_scores.extend(guess.score(&guess.own, &train, &held_out).ok());
        }
    }
    found.test = guess.score(&guess.own, &plan.train, &plan.test).ok();
    Ok(found)
}

const PRIOR: ModelSpec = ModelSpec::Dummy { strategy: DummyStrategy::Prior };

struct Guess<'a> {
    labels: &'a [LabelId],
    n_classes: usize,
    f1: Measure,
    own: Measure,
}

impl Guess<'_> {
    /// What knowing the classes of `train` alone scores on `held_out`.
    fn score(&self, measure: &Measure, train: &[u32], held_out: &[u32]) -> Result<f64, EvaluateError> {
        let mut totals = vec![0_u64; self.n_classes];
        train.iter().for_each(|doc| totals[usize::from(self.labels[*doc as usize].0)] += 1);
        let all = train.len().max(1) as f64;
        let shares: Vec<f64> = totals.iter().map(|total| *total as f64 / all).collect();
        let model = FittedModel::Constant { probabilities: shares };
        let mut scores = Vec::new();
        let scorer = Scorer::new(&model);
        let nothing = SparseRow { term_ids: Vec::new(), values: Vec::new() };
        held_out.iter().for_each(|_| scorer.score(&nothing, &mut scores));
        let truth: Vec<LabelId> = held_out.iter().map(|doc| self.labels[*doc as usize]).collect();
        measure.score(&truth, &scores, scorer.n_scores())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitSpec;

    // scikit-learn 1.9.1: cross_val_score(DummyClassifier(strategy="most_frequent"), X, y, scoring="f1_macro", cv=5)
    // with 70 of 100 rows positive: precision 0.7, recall 1, F1 14/17 of one class and 0 of the other.
    #[test]
    fn guessing_scores_as_scikit_learns_dummy() {
        let labels: Vec<LabelId> = (0..125).map(|row| LabelId(u8::from(row % 10 > 2))).collect();
        let plan = SplitPlan::new(&labels, 2, &SplitSpec::reference()).expect("many rows of each class");
        let found = guess_folds(&labels, 2, &plan, Metric::LogLoss).expect("both classes are in each fold");
        let folds = found.fold_f1_macro;
        assert_eq!((folds.len(), found.fold_scores.len()), (5, 5));
        // -(0.7 ln 0.7 + 0.3 ln 0.3), negated.
        let entropy = found.fold_scores.iter().sum::<f64>() / 5.0;
        assert!((entropy + 0.6108643).abs() < 0.02, "{entropy}");
        let mean = folds.iter().sum::<f64>() / 5.0;
        assert!((mean - 7.0 / 17.0).abs() < 0.01, "{folds:?}");
    }

    #[test]
    fn a_metric_that_one_fold_cannot_have_is_that_of_the_others() {
        // The first fold holds out one class alone: it has no ROC AUC.
        let labels: Vec<LabelId> = [0, 1, 0, 1, 0, 0, 1, 0].map(LabelId).to_vec();
        let plan = SplitPlan {
            train: (0..8).collect(),
            test: vec![0, 2],
            fold_of: vec![1, 1, 1, 1, 0, 0, 2, 2],
            n_folds: 3,
            learns_from: FoldTraining::Others,
        };
        let found = guess_folds(&labels, 2, &plan, Metric::RocAuc).expect("F1 is always measured");
        assert_eq!((found.fold_f1_macro.len(), found.fold_scores), (3, vec![0.5, 0.5]));
        assert_eq!(found.test, None);
    }

    #[test]
    fn a_fold_that_learns_from_earlier_rows_guesses_from_those() {
        // The first two folds' rows are of class 0, later ones' of class 1.
        let labels: Vec<LabelId> = [0, 0, 0, 0, 1, 1, 1, 1].map(LabelId).to_vec();
        let plan = SplitPlan {
            train: (0..8).collect(),
            test: Vec::new(),
            fold_of: vec![NEVER_HELD_OUT, NEVER_HELD_OUT, 0, 0, 1, 1, 2, 2],
            n_folds: 3,
            learns_from: FoldTraining::Earlier,
        };
        let plan = SplitPlan { test: vec![4, 5], ..plan };
        let found = guess_folds(&labels, 2, &plan, Metric::F1Macro).expect("F1 is always measured");
        assert_eq!((found.fold_f1_macro, found.test), (vec![1.0, 0.0, 0.0], Some(0.0)));
    }
}
