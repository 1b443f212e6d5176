//! What guessing scores on the folds of a study: labels and split in, the baseline that every model has to beat out.

use crate::dataset::LabelId;
use crate::models::f1_macro;
use crate::split::{FoldTraining, NEVER_HELD_OUT, SplitPlan};

/// Macro F1 on each fold of the answer that is most frequent in what the fold learns from; of equally frequent ones the
/// first (scikit-learn's `DummyClassifier`, strategies `prior` and `most_frequent`). `labels`: of all reviews.
///
/// # Panics
/// Where the plan is of other reviews: our own mistake.
pub fn guessed_folds(labels: &[LabelId], n_classes: usize, plan: &SplitPlan) -> Vec<f64> {
    let rows = || plan.train.iter().map(|doc| usize::from(labels[*doc as usize].0)).zip(&plan.fold_of);
    let of_fold = |fold: u8| {
        let learns_from = |of: u8| match plan.learns_from {
            FoldTraining::Others => of != fold,
            FoldTraining::Earlier => of < fold || of == NEVER_HELD_OUT,
        };
        let mut totals = vec![0_u64; n_classes];
        rows().filter(|(_, of)| learns_from(**of)).for_each(|(class, _)| totals[class] += 1);
        let most = totals.iter().max().copied().unwrap_or(0);
        let guess = totals.iter().position(|total| *total == most).unwrap_or(0);
        let mut confusion = vec![0_u64; n_classes * n_classes];
        for (class, _) in rows().filter(|(_, of)| **of == fold) {
            confusion[class * n_classes + guess] += 1;
        }
        f1_macro(&confusion, n_classes)
    };
    (0..plan.n_folds as u8).map(of_fold).collect()
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
        let folds = guessed_folds(&labels, 2, &plan);
        assert_eq!(folds.len(), 5);
        let mean = folds.iter().sum::<f64>() / 5.0;
        assert!((mean - 7.0 / 17.0).abs() < 0.01, "{folds:?}");
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
        assert_eq!(guessed_folds(&labels, 2, &plan), [1.0, 0.0, 0.0]);
    }
}
