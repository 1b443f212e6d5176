//! Rows and settings in, plans out: one for each draw of the folds.

use super::grouped::group_equal_counts;
use super::stratified::too_small;
use super::{
    FoldTraining, MAX_FOLDS, MAX_REPEATS, SplitError, SplitKind, SplitPlan, SplitSpec, by_time, grouped,
    plain, stratified,
};
use crate::dataset::LabelId;
use crate::features::Counts;
use crate::num::Mt19937;

/// Rows a class must have on the training side, so that no fold's training part lacks it.
const MIN_TRAIN_ROWS: u64 = 2;

/// What is known of the reviews that are parted. Shapes: all n_rows.
#[derive(Clone, Copy, Debug)]
pub struct SplitRows<'a> {
    /// Class of each, below `n_classes`.
    pub labels: &'a [LabelId],
    /// Number of classes.
    pub n_classes: usize,
    /// Group of each, any numbers; needed for `SplitKind::Grouped` and `ByGroup` only.
    pub groups: &'a [u32],
    /// Time of each, in any unit that grows, or `UNDATED`; needed for `SplitKind::ByTime` only.
    pub times: &'a [i64],
}

impl SplitPlan {
    /// Parts reviews into training and test part by class and chance, and the training part into folds.
    /// `labels` holds the class of each review, all below `n_classes`.
    ///
    /// # Errors
    /// `BadFolds`, `BadShare`, `ClassTooSmall` where a class has fewer than 2 rows to train with or none to
    /// test with, or where no class has a row for every fold; `NotOneARow` where `spec` needs groups or times.
    pub fn new(labels: &[LabelId], n_classes: usize, spec: &SplitSpec) -> Result<Self, SplitError> {
        Self::of_rows(SplitRows { labels, n_classes, groups: &[], times: &[] }, spec)
    }

    /// Parts reviews as `spec` says; of repeated folds the first draw.
    ///
    /// # Errors
    /// As `split_repeats`.
    pub fn of_rows(rows: SplitRows<'_>, spec: &SplitSpec) -> Result<Self, SplitError> {
        let first = split_repeats(rows, &SplitSpec { n_repeats: 1, ..spec.clone() })?.pop();
        Ok(first.expect("one draw of the folds was asked for"))
    }
}

/// The plans of all draws of the folds; training and test part are the same in all of them.
///
/// | kind | parts | folds |
/// |---|---|---|
/// | `Stratified` | `train_test_split(stratify=)` | `RepeatedStratifiedKFold` |
/// | `Plain` | `train_test_split` | `RepeatedKFold` |
/// | `Grouped`, `ByGroup` | `GroupShuffleSplit` | `StratifiedGroupKFold(shuffle=True)`, repeated likewise |
/// | `ByTime` | `train_test_split(shuffle=False)` of the rows sorted by time | `TimeSeriesSplit` |
///
/// The parts are drawn with the spec's seed, and the folds of the training part with the same one.
///
/// # Errors
/// The first thing that does not hold: see `SplitError`.
pub fn split_repeats(rows: SplitRows<'_>, spec: &SplitSpec) -> Result<Vec<SplitPlan>, SplitError> {
    spec.check()?;
    check_lengths(&rows, spec.kind)?;
    let (train, test) = match spec.kind {
        SplitKind::Stratified => stratified::stratified_split(rows.labels, rows.n_classes, spec)?,
        SplitKind::Plain => plain::plain_split(rows.labels.len(), spec)?,
        SplitKind::Grouped | SplitKind::ByGroup => grouped::group_split(rows.groups, spec)?,
        SplitKind::ByTime => by_time::split_by_time(rows.times, spec)?,
    };
    check_parts(&rows, spec, &train, &test)?;
    let labels: Vec<LabelId> = train.iter().map(|&row| rows.labels[row as usize]).collect();
    let groups: Vec<u32> = match spec.kind {
        SplitKind::Grouped | SplitKind::ByGroup => {
            train.iter().map(|&row| rows.groups[row as usize]).collect()
        }
        SplitKind::Stratified | SplitKind::Plain | SplitKind::ByTime => Vec::new(),
    };
    let mut rng = Mt19937::new(spec.seed);
    let draw = |_| {
        let fold_of = match spec.kind {
            SplitKind::Stratified => stratified::draw_folds(&labels, rows.n_classes, spec, &mut rng)?,
            SplitKind::Plain => plain::draw_folds(labels.len(), spec.n_folds, &mut rng)?,
            SplitKind::Grouped | SplitKind::ByGroup => {
                let rows = SplitRows { labels: &labels, groups: &groups, ..rows };
                grouped::draw_folds(rows, spec.n_folds, &mut rng)?
            }
            SplitKind::ByTime => by_time::time_series_folds(labels.len(), spec.n_folds)?,
        };
        let learns_from = match spec.kind {
            SplitKind::ByTime => FoldTraining::Earlier,
            SplitKind::Stratified | SplitKind::Plain | SplitKind::Grouped | SplitKind::ByGroup => {
                FoldTraining::Others
            }
        };
        Ok(SplitPlan {
            train: train.clone(),
            test: test.clone(),
            fold_of,
            n_folds: spec.n_folds,
            learns_from,
        })
    };
    (0..spec.n_repeats).map(draw).collect()
}

/// The plans of all draws of the folds of counted reviews. For `Grouped`, reviews whose counts are equal are of
/// one group: those of one cleaned text, and those that no model can tell apart.
///
/// # Errors
/// As `split_repeats`; `NotOneARow` where the reviews have no groups or dates and `spec` needs them.
pub fn split_counts(counts: &Counts, spec: &SplitSpec) -> Result<Vec<SplitPlan>, SplitError> {
    let equal = match spec.kind {
        SplitKind::Grouped => group_equal_counts(counts),
        _ => Vec::new(),
    };
    let groups = if spec.kind == SplitKind::ByGroup { &counts.keys.groups } else { &equal };
    let rows = SplitRows {
        labels: &counts.labels,
        n_classes: usize::from(counts.n_classes),
        groups,
        times: &counts.keys.times,
    };
    split_repeats(rows, spec)
}

impl SplitSpec {
    /// Checks what can be checked without rows.
    ///
    /// # Errors
    /// `BadFolds`, `BadRepeats`, `RepeatedTime`.
    pub fn check(&self) -> Result<(), SplitError> {
        let Self { n_folds, n_repeats, .. } = *self;
        if !(2..=MAX_FOLDS).contains(&n_folds) {
            return Err(SplitError::BadFolds { n_folds });
        }
        if !(1..=MAX_REPEATS).contains(&n_repeats) {
            return Err(SplitError::BadRepeats { n_repeats });
        }
        if self.kind == SplitKind::ByTime && n_repeats > 1 {
            return Err(SplitError::RepeatedTime { n_repeats });
        }
        Ok(())
    }
}

fn check_lengths(rows: &SplitRows<'_>, kind: SplitKind) -> Result<(), SplitError> {
    let n_rows = rows.labels.len();
    let (what, n_found) = match kind {
        SplitKind::Stratified | SplitKind::Plain => return Ok(()),
        SplitKind::Grouped | SplitKind::ByGroup => ("groups", rows.groups.len()),
        SplitKind::ByTime => ("dates", rows.times.len()),
    };
    if n_found == n_rows {
        return Ok(());
    }
    Err(SplitError::NotOneARow { what, n_found: n_found as u64, n_rows: n_rows as u64 })
}

fn check_parts(
    rows: &SplitRows<'_>,
    spec: &SplitSpec,
    train: &[u32],
    test: &[u32],
) -> Result<(), SplitError> {
    let count = |part: &[u32], class: u8| {
        part.iter().filter(|&&row| rows.labels[row as usize].0 == class).count() as u64
    };
    for class in 0..rows.n_classes as u8 {
        let (n_train, n_test) = (count(train, class), count(test, class));
        if n_train >= MIN_TRAIN_ROWS && n_test > 0 {
            continue;
        }
        return Err(match spec.kind {
            SplitKind::Stratified => too_small(class, n_train + n_test, spec),
            SplitKind::Plain | SplitKind::Grouped | SplitKind::ByGroup | SplitKind::ByTime => {
                SplitError::ClassOnOneSide { class, n_train, n_test }
            }
        });
    }
    Ok(())
}
