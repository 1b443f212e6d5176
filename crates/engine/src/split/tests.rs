use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::dataset::LabelId;

fn labels(classes: &[u8]) -> Vec<LabelId> {
    classes.iter().map(|&class| LabelId(class)).collect()
}

fn spec(kind: SplitKind, n_folds: u32, seed: u32) -> SplitSpec {
    SplitSpec { n_folds, seed, kind, ..SplitSpec::reference() }
}

#[test]
fn plain_parts_and_folds_are_scikit_learns() {
    // sklearn 1.9.1: train_test_split(range(13), test_size=.3, random_state=9)
    let nine = spec(SplitKind::Plain, 4, 9);
    let parts = (vec![3, 4, 1, 11, 10, 8, 6, 5, 12], vec![7, 9, 2, 0]);
    assert_eq!(plain_split(13, &nine), Ok(parts));
    // sklearn 1.9.1: KFold(4, shuffle=True, random_state=9) of 13 rows
    assert_eq!(k_fold(13, &nine), Ok(vec![0, 1, 0, 1, 1, 3, 3, 0, 2, 0, 2, 2, 3]));
}

#[test]
fn repeated_folds_go_on_where_the_last_ended() {
    let classes = [2, 0, 1, 0, 0, 1, 2, 0, 1, 1, 0, 2, 0, 1, 0, 2];
    let rng = &mut crate::num::Mt19937::new(3);
    let drawn = spec(SplitKind::Stratified, 3, 3);
    // sklearn 1.9.1: RepeatedStratifiedKFold(n_splits=3, n_repeats=3, random_state=3)
    for expected in [
        [2, 2, 0, 1, 0, 2, 0, 1, 0, 1, 2, 0, 0, 2, 1, 1],
        [0, 1, 2, 1, 0, 2, 2, 2, 0, 1, 1, 0, 0, 0, 2, 1],
        [0, 2, 2, 0, 2, 0, 0, 1, 1, 2, 1, 2, 0, 0, 1, 1],
    ] {
        assert_eq!(stratified::draw_folds(&labels(&classes), 3, &drawn, rng).unwrap(), expected);
    }
    // sklearn 1.9.1: RepeatedKFold(n_splits=3, n_repeats=2, random_state=3)
    let rng = &mut crate::num::Mt19937::new(3);
    for expected in
        [[1, 0, 0, 2, 0, 1, 0, 0, 2, 2, 2, 1, 1, 0, 2, 1], [2, 1, 1, 0, 2, 2, 2, 2, 1, 0, 0, 0, 0, 1, 1, 0]]
    {
        assert_eq!(plain::draw_folds(16, 3, rng).unwrap(), expected);
    }
}

/// Rows, the groups and classes of which scikit-learn parted, and what it gave.
struct Grouped<'a> {
    classes: &'a [u8],
    groups: &'a [u32],
    n_classes: usize,
    n_folds: u32,
    seed: u32,
    test: &'a [u32],
    folds: &'a [u8],
}

impl Grouped<'_> {
    #[track_caller]
    fn check(&self) {
        let spec = spec(SplitKind::Grouped, self.n_folds, self.seed);
        let (train, test) = group_split(self.groups, &spec).unwrap();
        assert_eq!(test, self.test);
        assert!(train.is_sorted() && train.len() + test.len() == self.classes.len());
        let rows = SplitRows {
            labels: &labels(self.classes),
            n_classes: self.n_classes,
            groups: self.groups,
            times: &[],
        };
        assert_eq!(stratified_group_k_fold(rows, &spec).unwrap(), self.folds);
    }
}

// sklearn 1.9.1, numpy 2.4.6: GroupShuffleSplit(1, test_size=.3, random_state=seed), and of all rows
// StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).
#[test]
fn two_classes_in_groups_are_parted_as_scikit_learn_does() {
    Grouped {
        classes: &[0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1],
        groups: &[
            30, 18, 9, 15, 24, 24, 21, 15, 0, 33, 0, 6, 24, 27, 18, 12, 27, 21, 9, 9, 24, 9, 0, 3, 0, 0, 18,
            21, 21, 30,
        ],
        n_classes: 2,
        n_folds: 3,
        seed: 7,
        test: &[0, 3, 6, 7, 11, 17, 27, 28, 29],
        folds: &[2, 1, 0, 1, 2, 2, 0, 1, 2, 1, 2, 1, 2, 1, 1, 0, 1, 0, 0, 0, 2, 0, 2, 1, 2, 2, 1, 0, 0, 2],
    }
    .check();
}

#[test]
fn nine_classes_in_groups_are_parted_as_scikit_learn_does() {
    Grouped {
        classes: &[
            0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 6, 2, 8, 7, 2, 1, 5, 4, 4, 5, 7, 3, 6, 4, 3, 7, 6, 1, 3, 5, 8,
            4, 6, 3, 2, 0, 4, 2, 4, 1, 7, 8, 2, 8, 7, 1, 6, 8, 5, 3, 0, 0, 2, 8, 8, 2, 6, 5, 6,
        ],
        groups: &[
            66, 18, 57, 54, 3, 12, 24, 51, 18, 15, 3, 54, 60, 69, 66, 33, 60, 15, 30, 24, 9, 0, 48, 63, 69,
            63, 33, 48, 24, 18, 30, 15, 51, 45, 39, 21, 33, 45, 60, 57, 66, 51, 12, 0, 24, 63, 12, 33, 42,
            54, 27, 21, 51, 54, 3, 45, 42, 0, 21, 51,
        ],
        n_classes: 9,
        n_folds: 3,
        seed: 2,
        test: &[0, 5, 14, 21, 22, 23, 25, 27, 35, 40, 42, 43, 45, 46, 48, 51, 56, 57, 58],
        folds: &[
            1, 2, 1, 0, 2, 0, 1, 0, 2, 1, 2, 0, 1, 0, 1, 2, 1, 1, 2, 1, 1, 1, 1, 2, 0, 2, 2, 1, 1, 2, 2, 1,
            0, 0, 0, 2, 2, 0, 1, 1, 1, 0, 0, 1, 1, 2, 0, 2, 0, 0, 1, 2, 0, 0, 2, 0, 0, 1, 2, 0,
        ],
    }
    .check();
}

#[test]
fn folds_in_time_are_scikit_learns() {
    // sklearn 1.9.1: TimeSeriesSplit(3) of 11 rows
    const NEVER: u8 = NEVER_HELD_OUT;
    let folds = [NEVER, NEVER, NEVER, NEVER, NEVER, 0, 0, 1, 1, 2, 2];
    assert_eq!(time_series_folds(11, 3), Ok(folds.to_vec()));
    assert_eq!(time_series_folds(3, 3), Err(SplitError::TooFewRows { n_rows: 3, n_folds: 3 }));
}

#[test]
fn what_came_last_tests() {
    let spec = SplitSpec { test_share: 0.4, ..spec(SplitKind::ByTime, 2, 0) };
    let times = [5, 1, 5, 3, 2];
    assert_eq!(split_by_time(&times, &spec), Ok((vec![1, 4, 3], vec![0, 2])));
}

#[test]
fn todays_settings_are_written_as_before() {
    let json = r#"{"test_share":0.3,"n_folds":5,"seed":42}"#;
    assert_eq!(serde_json::to_string(&SplitSpec::reference()).unwrap(), json);
    assert_eq!(serde_json::from_str::<SplitSpec>(json).unwrap(), SplitSpec::reference());
    let grouped = SplitSpec { n_repeats: 3, ..spec(SplitKind::Grouped, 5, 42) };
    let json = r#"{"test_share":0.3,"n_folds":5,"seed":42,"kind":{"type":"grouped"},"n_repeats":3}"#;
    assert_eq!(serde_json::to_string(&grouped).unwrap(), json);
    assert_eq!(serde_json::from_str::<SplitSpec>(json).unwrap(), grouped);
}

#[track_caller]
fn check_error(rows: SplitRows<'_>, spec: &SplitSpec, expected: &str) {
    assert_eq!(split_repeats(rows, spec).unwrap_err().to_string(), expected);
}

#[test]
fn what_cannot_be_parted_gets_one_sentence() {
    let labels = labels(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let rows = SplitRows { labels: &labels, n_classes: 2, groups: &[], times: &[] };
    check_error(
        rows,
        &spec(SplitKind::Grouped, 3, 0),
        "0 groups were given for 12 rows: choose the column that holds them, or part the rows by chance",
    );
    check_error(
        SplitRows { times: &[1, 2], ..rows },
        &spec(SplitKind::ByTime, 3, 0),
        "2 dates were given for 12 rows: choose the column that holds them, or part the rows by chance",
    );
    check_error(
        SplitRows { groups: &[7; 12], ..rows },
        &spec(SplitKind::Grouped, 3, 0),
        "the rows fall into 1 groups, too few for 2 parts: use fewer folds, another test share, or add rows",
    );
    check_error(
        SplitRows { times: &[0; 12], ..rows },
        &SplitSpec { n_repeats: 2, ..spec(SplitKind::ByTime, 3, 0) },
        "folds by time come out the same each time, so 2 draws of them tell no more than one: choose 1",
    );
    check_error(
        rows,
        &SplitSpec { n_repeats: 21, ..spec(SplitKind::Plain, 3, 0) },
        "folds drawn 21 times were asked for: choose 1 to 20",
    );
    check_error(
        rows,
        &spec(SplitKind::Plain, 9, 0),
        "8 rows cannot be dealt to 9 folds: use fewer folds or add rows",
    );
    let times: Vec<i64> = labels.iter().map(|label| i64::from(label.0)).collect();
    check_error(
        SplitRows { times: &times, ..rows },
        &spec(SplitKind::ByTime, 3, 0),
        "class 0 has 6 rows to train with and 0 to test with when rows are parted so: choose another test share or seed, part each class alike, or add rows of that class",
    );
}

proptest! {
    #[test]
    fn every_kind_of_split_holds_each_row_once(
        rows in proptest::collection::vec((0u8..3, 0u32..40, 0i64..50), 12..200),
        seed in any::<u32>(),
        n_folds in 2u32..8,
        n_repeats in 1u32..4,
    ) {
        let classes: Vec<LabelId> = rows.iter().map(|row| LabelId(row.0)).collect();
        let groups: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let times: Vec<i64> = rows.iter().map(|row| row.2).collect();
        for kind in [SplitKind::Stratified, SplitKind::Plain, SplitKind::Grouped, SplitKind::ByGroup, SplitKind::ByTime] {
            let n_repeats = if kind == SplitKind::ByTime { 1 } else { n_repeats };
            let is_grouped = matches!(kind, SplitKind::Grouped | SplitKind::ByGroup);
            let spec = SplitSpec { n_repeats, ..spec(kind, n_folds, seed) };
            let rows = SplitRows { labels: &classes, n_classes: 3, groups: &groups, times: &times };
            let Ok(plans) = split_repeats(rows, &spec) else { continue };
            prop_assert_eq!(plans.len(), n_repeats as usize);
            prop_assert_eq!(&plans[0], &SplitPlan::of_rows(rows, &spec).unwrap());
            for plan in &plans {
                let mut all: Vec<u32> = plan.train.iter().chain(&plan.test).copied().collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..classes.len() as u32).collect::<Vec<_>>());
                prop_assert_eq!(plan.fold_of.len(), plan.train.len());
                prop_assert!((0..n_folds as u8).all(|fold| is_grouped || plan.fold_of.contains(&fold)));
                let is_never = |fold: &&u8| **fold == NEVER_HELD_OUT;
                prop_assert!(kind == SplitKind::ByTime || plan.fold_of.iter().filter(is_never).count() == 0);
                match kind {
                    SplitKind::Grouped | SplitKind::ByGroup => {
                        let group = |row: u32| groups[row as usize];
                        let trains = |group_of: u32| plan.train.iter().any(|&row| group(row) == group_of);
                        prop_assert!(!plan.test.iter().any(|&row| trains(group(row))));
                        let mut fold_of_group = std::collections::BTreeMap::new();
                        for (&row, &fold) in plan.train.iter().zip(&plan.fold_of) {
                            prop_assert_eq!(*fold_of_group.entry(group(row)).or_insert(fold), fold);
                        }
                    }
                    SplitKind::ByTime => {
                        let order: Vec<i64> = plan.train.iter().chain(&plan.test).map(|&row| times[row as usize]).collect();
                        prop_assert!(order.is_sorted());
                        let fold_order: Vec<u8> = plan.fold_of.iter().map(|fold| fold.wrapping_add(1)).collect();
                        prop_assert!(fold_order.is_sorted());
                    }
                    SplitKind::Stratified | SplitKind::Plain => {}
                }
            }
        }
    }
}

#[test]
fn rows_without_a_date_train() {
    let undated = crate::dataset::UNDATED;
    let times = [5, undated, 3, 9, undated, 1, 7, 2, 8, 4];
    let by_time = spec(SplitKind::ByTime, 2, 0);
    assert_eq!(split_by_time(&times, &by_time), Ok((vec![1, 4, 5, 7, 2, 9, 0], vec![6, 8, 3])));
    let mostly = [undated, undated, undated, undated, 4];
    let error = SplitError::Undated { n_undated: 4, n_rows: 5 };
    assert_eq!(split_by_time(&mostly, &by_time), Err(error));
}
