//! A plan with fewer rows to train with: the same test part, the same folds, a share of each class in each.

use super::{FoldTraining, NEVER_HELD_OUT, SplitPlan};
use crate::dataset::LabelId;

impl SplitPlan {
    /// Of the rows of each class in each fold, the first `share` in the training part's order, rounded up: of two
    /// shares the smaller's rows are among the larger's. `labels`: of all rows; `share`: above 0, at most 1.
    #[must_use]
    pub fn thinned(&self, labels: &[LabelId], share: f64) -> Self {
        let class = |row: u32| usize::from(labels[row as usize].0);
        let n_classes = self.train.iter().map(|row| class(*row) + 1).max().unwrap_or(0);
        let cell = |row: u32, fold: u8| usize::from(fold) * n_classes + class(row);
        let mut left = vec![0usize; (usize::from(u8::MAX) + 1) * n_classes];
        for (&row, &fold) in self.train.iter().zip(&self.fold_of) {
            left[cell(row, fold)] += 1;
        }
        left.iter_mut().for_each(|n| *n = (libm::ceil(share * *n as f64) as usize).min(*n));
        let mut thin = Self { train: Vec::new(), fold_of: Vec::new(), ..self.clone() };
        for (&row, &fold) in self.train.iter().zip(&self.fold_of) {
            let left = &mut left[cell(row, fold)];
            if *left > 0 {
                *left -= 1;
                thin.train.push(row);
                thin.fold_of.push(fold);
            }
        }
        thin
    }

    /// One fold alone: its number becomes 0, and what it learns from, thinned to the first `share` of each class,
    /// belongs to no fold. All rows that it holds out stay.
    #[must_use]
    pub fn one_fold(&self, labels: &[LabelId], fold: u8, share: f64) -> Self {
        let learns = |of: u8| match self.learns_from {
            FoldTraining::Others => of != fold,
            FoldTraining::Earlier => of < fold || of == NEVER_HELD_OUT,
        };
        let rows = || self.train.iter().copied().zip(self.fold_of.iter().copied());
        let all = Self {
            train: rows().filter(|(_, of)| learns(*of)).map(|(row, _)| row).collect(),
            ..self.clone()
        };
        let learners = Self { fold_of: vec![NEVER_HELD_OUT; all.train.len()], ..all }.thinned(labels, share);
        let held_out = rows().filter(|(_, of)| *of == fold).map(|(row, _)| row);
        let mut alone = Self { n_folds: 2, learns_from: FoldTraining::Others, ..learners };
        alone.train.extend(held_out);
        alone.fold_of.resize(alone.train.len(), 0);
        alone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitSpec;

    #[test]
    fn one_fold_keeps_what_it_holds_out_and_a_share_of_what_it_learns_from() {
        let labels: Vec<LabelId> = (0..200).map(|row| LabelId(u8::from(row % 4 == 0))).collect();
        let plan = SplitPlan::new(&labels, 2, &SplitSpec::reference()).unwrap();
        let alone = plan.one_fold(&labels, 3, 0.5);
        let held_out = |plan: &SplitPlan, fold: u8| -> Vec<u32> {
            plan.train.iter().zip(&plan.fold_of).filter(|(_, of)| **of == fold).map(|(row, _)| *row).collect()
        };
        assert_eq!(held_out(&alone, 0), held_out(&plan, 3));
        assert_eq!(held_out(&alone, NEVER_HELD_OUT).len(), 56, "half of 112");
        assert!(held_out(&alone, NEVER_HELD_OUT).iter().all(|row| !held_out(&plan, 3).contains(row)));
        let earlier = SplitPlan { learns_from: FoldTraining::Earlier, ..plan.clone() };
        let alone = earlier.one_fold(&labels, 1, 1.0);
        assert_eq!(held_out(&alone, NEVER_HELD_OUT), held_out(&plan, 0));
    }

    #[test]
    fn a_share_of_each_class_in_each_fold_is_left_and_shares_are_nested() {
        let labels: Vec<LabelId> = (0..200).map(|row| LabelId(u8::from(row % 4 == 0))).collect();
        let plan = SplitPlan::new(&labels, 2, &SplitSpec::reference()).unwrap();
        let half = plan.thinned(&labels, 0.5);
        let tenth = plan.thinned(&labels, 0.1);
        assert_eq!(plan.thinned(&labels, 1.0), plan);
        assert_eq!((half.test.clone(), half.n_folds), (plan.test.clone(), plan.n_folds));
        assert!(tenth.train.iter().all(|row| half.train.contains(row)));
        for fold in 0..5 {
            for class in 0..2 {
                let n = |plan: &SplitPlan| {
                    let rows = plan.train.iter().zip(&plan.fold_of);
                    rows.filter(|(row, of)| **of == fold && labels[**row as usize].0 == class).count()
                };
                assert_eq!(n(&half), n(&plan).div_ceil(2));
                assert!(n(&tenth) >= 1);
            }
        }
    }
}
