//! A plan with fewer rows to train with: the same test part, the same folds, a share of each class in each.

use super::SplitPlan;
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitSpec;

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
