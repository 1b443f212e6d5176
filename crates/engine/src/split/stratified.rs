//! scikit-learn 1.9's `train_test_split(stratify=…)` and `StratifiedKFold(shuffle=True)`, draw for draw.

use super::{MAX_FOLDS, SplitError, SplitSpec};
use crate::dataset::LabelId;
use crate::num::Mt19937;

/// Rows a class should have for a meaningful result: one in each fold and one in the test part.
pub fn rows_needed(spec: &SplitSpec) -> u64 {
    let train_share = 1.0 - spec.test_share;
    let has_enough = |n: u64| {
        let n_train = (n as f64 * train_share).floor() as u64;
        n_train >= u64::from(spec.n_folds) && n - n_train >= 1
    };
    // A share close to 1 would be searched for long; the split itself refuses it.
    (1..100_000).find(|&n| has_enough(n)).unwrap_or(100_000)
}

pub(super) fn too_small(class: u8, n_rows: u64, spec: &SplitSpec) -> SplitError {
    SplitError::ClassTooSmall { class, n_rows, needed: rows_needed(spec), n_folds: spec.n_folds }
}

fn count_classes(labels: &[LabelId], n_classes: usize) -> Vec<u64> {
    let mut counts = vec![0; n_classes];
    for label in labels {
        counts[usize::from(label.0)] += 1;
    }
    counts
}

/// `train_test_split(range(n), test_size=test_share, stratify=labels, random_state=seed)`: the indexes of the
/// training part and of the test part, in scikit-learn's order.
///
/// # Errors
/// `BadShare`, `ClassTooSmall` where a class has fewer than two rows.
pub fn stratified_split(
    labels: &[LabelId],
    n_classes: usize,
    spec: &SplitSpec,
) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let n = labels.len();
    let n_test = (spec.test_share * n as f64).ceil();
    let is_share = spec.test_share > 0.0 && spec.test_share < 1.0;
    if !is_share || n_test < n_classes as f64 || n as f64 - n_test < n_classes as f64 {
        return Err(SplitError::BadShare { test_share: spec.test_share });
    }
    let n_test = n_test as u64;
    let n_train = n as u64 - n_test;
    let counts = count_classes(labels, n_classes);
    if let Some(class) = counts.iter().position(|&count| count < 2) {
        return Err(too_small(class as u8, counts[class], spec));
    }
    let mut rng = Mt19937::new(spec.seed);
    let n_train_by_class = approximate_mode(&counts, n_train, &mut rng);
    let left: Vec<u64> = counts.iter().zip(&n_train_by_class).map(|(count, taken)| count - taken).collect();
    let n_test_by_class = approximate_mode(&left, n_test, &mut rng);

    let mut members: Vec<Vec<u32>> = vec![Vec::new(); n_classes];
    for (doc_idx, label) in (0u32..).zip(labels) {
        members[usize::from(label.0)].push(doc_idx);
    }
    let (mut train, mut test) = (Vec::with_capacity(n_train as usize), Vec::with_capacity(n_test as usize));
    for (class, members) in members.iter().enumerate() {
        let drawn: Vec<u32> = rng.permutation(members.len()).iter().map(|&i| members[i as usize]).collect();
        let (for_train, rest) = drawn.split_at(n_train_by_class[class] as usize);
        train.extend_from_slice(for_train);
        test.extend_from_slice(&rest[..n_test_by_class[class] as usize]);
    }
    rng.shuffle(&mut train);
    rng.shuffle(&mut test);
    Ok((train, test))
}

/// scikit-learn's `_approximate_mode`: how many of each class to draw. `count / sum * n_draws` in f64 in that
/// order, floored; then one more for the largest remainders, equal ones in drawn order.
fn approximate_mode(counts: &[u64], n_draws: u64, rng: &mut Mt19937) -> Vec<u64> {
    let total: u64 = counts.iter().sum();
    let exact: Vec<f64> = counts.iter().map(|&count| count as f64 / total as f64 * n_draws as f64).collect();
    let mut drawn: Vec<f64> = exact.iter().map(|share| share.floor()).collect();
    let remainders: Vec<f64> = exact.iter().zip(&drawn).map(|(share, floor)| share - floor).collect();
    let mut n_missing = (n_draws as f64 - drawn.iter().sum::<f64>()) as usize;
    let mut values = remainders.clone();
    values.sort_by(|a, b| b.total_cmp(a));
    values.dedup();
    for value in values {
        if n_missing == 0 {
            break;
        }
        let tied: Vec<usize> = (0..counts.len()).filter(|&class| remainders[class] == value).collect();
        let n_more = tied.len().min(n_missing);
        for &place in &rng.permutation(tied.len())[..n_more] {
            drawn[tied[place as usize]] += 1.0;
        }
        n_missing -= n_more;
    }
    drawn.into_iter().map(|n| n as u64).collect()
}

/// `StratifiedKFold(n_folds, shuffle=True, random_state=seed)`: for each row the fold that holds it out.
///
/// # Errors
/// `BadFolds`; `ClassTooSmall` where every class has fewer rows than there are folds.
pub fn stratified_k_fold(
    labels: &[LabelId],
    n_classes: usize,
    spec: &SplitSpec,
) -> Result<Vec<u8>, SplitError> {
    draw_folds(labels, n_classes, spec, &mut Mt19937::new(spec.seed))
}

/// `stratified_k_fold` from the stream at hand, as `RepeatedStratifiedKFold` draws one after another.
pub(super) fn draw_folds(
    labels: &[LabelId],
    n_classes: usize,
    spec: &SplitSpec,
    rng: &mut Mt19937,
) -> Result<Vec<u8>, SplitError> {
    if !(2..=MAX_FOLDS).contains(&spec.n_folds) {
        return Err(SplitError::BadFolds { n_folds: spec.n_folds });
    }
    let n_folds = spec.n_folds as usize;
    let counts = count_classes(labels, n_classes);
    let largest = (0..n_classes).max_by_key(|&class| counts[class]).unwrap_or(0);
    if counts.get(largest).is_none_or(|&count| count < n_folds as u64) {
        return Err(too_small(largest as u8, counts.get(largest).copied().unwrap_or(0), spec));
    }
    let by_appearance = classes_by_appearance(labels, n_classes);
    let mut fold_of = vec![0u8; labels.len()];
    let mut n_before = 0;
    for class in by_appearance {
        let count = counts[usize::from(class.0)] as usize;
        let mut folds: Vec<u8> = Vec::with_capacity(count);
        for fold in 0..n_folds {
            // Rows n_before to n_before + count of the sorted labels; the fold takes every n_folds-th.
            let dealt = |end: usize| (end + n_folds - 1 - fold) / n_folds;
            folds.extend(std::iter::repeat_n(fold as u8, dealt(n_before + count) - dealt(n_before)));
        }
        rng.shuffle(&mut folds);
        let rows = labels.iter().enumerate().filter(|(_, label)| **label == class);
        for ((row, _), fold) in rows.zip(folds) {
            fold_of[row] = fold;
        }
        n_before += count;
    }
    Ok(fold_of)
}

/// The classes that occur, in order of first appearance.
fn classes_by_appearance(labels: &[LabelId], n_classes: usize) -> Vec<LabelId> {
    let mut classes: Vec<LabelId> = Vec::with_capacity(n_classes);
    for label in labels {
        if classes.len() == n_classes {
            break;
        }
        if !classes.contains(label) {
            classes.push(*label);
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::split::SplitPlan;

    fn labels(classes: &[u8]) -> Vec<LabelId> {
        classes.iter().map(|&class| LabelId(class)).collect()
    }

    fn spec(test_share: f64, n_folds: u32, seed: u32) -> SplitSpec {
        SplitSpec { test_share, n_folds, seed, ..SplitSpec::reference() }
    }

    #[test]
    fn ties_are_drawn_as_scikit_learn_draws_them() {
        // sklearn 1.9.1: _approximate_mode([2, 2, 2, 1], 2, rng=0) and rng=42
        assert_eq!(approximate_mode(&[2, 2, 2, 1], 2, &mut Mt19937::new(0)), [0, 1, 1, 0]);
        assert_eq!(approximate_mode(&[2, 2, 2, 1], 2, &mut Mt19937::new(42)), [1, 1, 0, 0]);
    }

    #[test]
    fn small_parts_are_scikit_learns() {
        // sklearn 1.9.1, numpy 2.4.6, seed 3: train_test_split(range(16), test_size=.3, stratify=y), then
        // StratifiedKFold(3, shuffle=True) on the training part.
        let labels = labels(&[2, 0, 1, 0, 0, 1, 2, 0, 1, 1, 0, 2, 0, 1, 0, 2]);
        let plan = SplitPlan::new(&labels, 3, &spec(0.3, 3, 3)).expect("classes are large enough");
        assert_eq!(plan.train, [7, 0, 12, 14, 15, 3, 10, 8, 9, 13, 6]);
        assert_eq!(plan.test, [2, 1, 11, 4, 5]);
        assert_eq!(plan.fold_of, [1, 1, 2, 0, 2, 0, 1, 2, 1, 0, 0]);
    }

    #[test]
    fn what_cannot_be_parted_says_why() {
        let two = labels(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
        let bad = |spec: SplitSpec| SplitPlan::new(&two, 2, &spec).err();
        assert_eq!(bad(spec(0.3, 1, 0)), Some(SplitError::BadFolds { n_folds: 1 }));
        assert_eq!(bad(spec(0.3, 21, 0)), Some(SplitError::BadFolds { n_folds: 21 }));
        assert_eq!(bad(spec(1.0, 5, 0)), Some(SplitError::BadShare { test_share: 1.0 }));
        assert_eq!(bad(spec(0.01, 5, 0)), Some(SplitError::BadShare { test_share: 0.01 }));
        let few = labels(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        let too_small = SplitError::ClassTooSmall { class: 1, n_rows: 1, needed: 8, n_folds: 5 };
        assert_eq!(SplitPlan::new(&few, 2, &spec(0.3, 5, 0)).err(), Some(too_small));
    }

    proptest! {
        #[test]
        fn parts_and_folds_hold_each_row_once(
            classes in proptest::collection::vec(0u8..3, 12..200),
            seed in any::<u32>(),
            n_folds in 2u32..8,
        ) {
            let labels = labels(&classes);
            if let Ok(plan) = SplitPlan::new(&labels, 3, &spec(0.3, n_folds, seed)) {
                let mut all: Vec<u32> = plan.train.iter().chain(&plan.test).copied().collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..labels.len() as u32).collect::<Vec<_>>());
                prop_assert_eq!(plan.test.len(), (0.3 * labels.len() as f64).ceil() as usize);
                prop_assert_eq!(plan.fold_of.len(), plan.train.len());
                for class in 0..3 {
                    let in_fold = |fold: u32| {
                        let rows = plan.train.iter().zip(&plan.fold_of);
                        rows.filter(|(row, held_by)| classes[**row as usize] == class && u32::from(**held_by) == fold).count()
                    };
                    let sizes: Vec<usize> = (0..n_folds).map(in_fold).collect();
                    let spread = sizes.iter().max().zip(sizes.iter().min()).map(|(most, least)| most - least);
                    prop_assert!(spread <= Some(1), "folds of class {}: {:?}", class, sizes);
                }
            }
        }
    }
}
