//! Which reviews train, which test, and which fold holds which out: scikit-learn's own draws.

mod stratified;
mod plain;
mod grouped;
mod by_time;
mod plan;
mod thin;
#[cfg(test)]
mod tests;

pub use by_time::{split_by_time, time_series_folds};
pub use grouped::{group_equal_counts, group_equal_texts, group_split, stratified_group_k_fold};
pub use plain::{k_fold, plain_split};
pub use plan::{SplitRows, split_counts, split_repeats};
pub use stratified::{rows_needed, stratified_k_fold, stratified_split};

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most folds that can be asked for.
pub const MAX_FOLDS: u32 = 20;
/// Most times the folds can be drawn anew.
pub const MAX_REPEATS: u32 = 20;
/// `SplitPlan::fold_of` of a row that no fold holds out.
pub const NEVER_HELD_OUT: u8 = u8::MAX;

/// How reviews are parted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct SplitSpec {
    /// Share of the reviews that test: of each class alike, of the groups, or the last in time.
    pub test_share: f64,
    /// Folds of the training part.
    pub n_folds: u32,
    /// numpy's `random_state` of both.
    pub seed: u32,
    /// What decides who goes where.
    #[serde(default, skip_serializing_if = "SplitKind::is_stratified")]
    pub kind: SplitKind,
    /// How often the folds are drawn, one draw after another from the same stream.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub n_repeats: u32,
}

/// What decides which reviews go where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SplitKind {
    /// Chance, each class parted alike.
    #[default]
    Stratified,
    /// Chance alone.
    Plain,
    /// Chance, all reviews of one cleaned text on one side.
    Grouped,
    /// Chance, all reviews of one group of the dataset on one side.
    ByGroup,
    /// Time: what came last tests, and a fold learns from what came before it.
    ByTime,
}

impl SplitKind {
    /// Its name in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stratified => "stratified",
            Self::Plain => "plain",
            Self::Grouped => "grouped",
            Self::ByGroup => "by_group",
            Self::ByTime => "by_time",
        }
    }

    fn is_stratified(&self) -> bool {
        *self == Self::Stratified
    }
}

fn once() -> u32 {
    1
}

fn is_once(n_repeats: &u32) -> bool {
    *n_repeats == 1
}

impl SplitSpec {
    /// 70/30, five folds, seed 42: what the reference does.
    pub fn reference() -> Self {
        Self { test_share: 0.3, n_folds: 5, seed: 42, kind: SplitKind::Stratified, n_repeats: 1 }
    }

    /// Rows that a fold holds out for each row that it learns from, on average over the folds: 1/(k − 1) of k folds; by
    /// time fold i of k learns from i parts of those it holds out one of, which is (1 + 1/2 + … + 1/k) / k.
    pub fn held_out_per_learned(&self) -> f64 {
        let k = self.n_folds.max(2);
        match self.kind {
            SplitKind::ByTime => (1..=k).map(|part| 1.0 / f64::from(part)).sum::<f64>() / f64::from(k),
            _ => 1.0 / f64::from(k - 1),
        }
    }
}

/// A parting of the reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPlan {
    /// Reviews that train, in scikit-learn's order, by index.
    pub train: Vec<u32>,
    /// Reviews that test, in scikit-learn's order, by index.
    pub test: Vec<u32>,
    /// For each position in `train`, the fold that holds it out, or `NEVER_HELD_OUT`.
    pub fold_of: Vec<u8>,
    /// Number of folds.
    pub n_folds: u32,
    /// Which of the other rows a fold learns from.
    pub learns_from: FoldTraining,
}

/// Which rows of the training part a fold learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldTraining {
    /// All that it does not hold out.
    Others,
    /// Those held out by earlier folds or by none.
    Earlier,
}

/// Why reviews cannot be parted so.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SplitError {
    /// A class has too few reviews.
    #[error(
        "class {class} has {n_rows} rows, at least {needed} are needed to share them between training, {n_folds} folds and test"
    )]
    ClassTooSmall {
        /// The class.
        class: u8,
        /// Its rows.
        n_rows: u64,
        /// What is needed.
        needed: u64,
        /// Folds asked for.
        n_folds: u32,
    },
    /// A class is absent from one part, though it has rows.
    #[error(
        "class {class} has {n_train} rows to train with and {n_test} to test with when rows are parted so: choose another test share or seed, part each class alike, or add rows of that class"
    )]
    ClassOnOneSide {
        /// The class.
        class: u8,
        /// Its rows that train.
        n_train: u64,
        /// Its rows that test.
        n_test: u64,
    },
    /// The share is not between 0 and 1, or leaves a part with fewer rows than there are classes.
    #[error(
        "a test share of {test_share} leaves a part with fewer rows than there are classes: choose one between 0.05 and 0.95, or add rows"
    )]
    BadShare {
        /// The share asked for.
        test_share: f64,
    },
    /// Fewer than two folds or more than `MAX_FOLDS`.
    #[error("{n_folds} folds were asked for: choose 2 to {MAX_FOLDS}")]
    BadFolds {
        /// Folds asked for.
        n_folds: u32,
    },
    /// No draw of the folds, or more than `MAX_REPEATS`.
    #[error("folds drawn {n_repeats} times were asked for: choose 1 to {MAX_REPEATS}")]
    BadRepeats {
        /// Draws asked for.
        n_repeats: u32,
    },
    /// Folds in time are one way only.
    #[error(
        "folds by time come out the same each time, so {n_repeats} draws of them tell no more than one: choose 1"
    )]
    RepeatedTime {
        /// Draws asked for.
        n_repeats: u32,
    },
    /// Fewer rows than the folds need.
    #[error("{n_rows} rows cannot be dealt to {n_folds} folds: use fewer folds or add rows")]
    TooFewRows {
        /// Rows there are.
        n_rows: u64,
        /// Folds asked for.
        n_folds: u32,
    },
    /// Fewer groups than parts or folds.
    #[error(
        "the rows fall into {n_groups} groups, too few for {n_parts} parts: use fewer folds, another test share, or add rows"
    )]
    TooFewGroups {
        /// Groups there are.
        n_groups: u64,
        /// Parts asked for.
        n_parts: u32,
    },
    /// More rows without a date than train.
    #[error(
        "{n_undated} of {n_rows} rows have no date that can be read, too many to part rows by time: choose another column of dates, or part the rows by chance"
    )]
    Undated {
        /// Rows without a date.
        n_undated: u64,
        /// Rows there are.
        n_rows: u64,
    },
    /// A list that the parting needs is absent or not one entry a row.
    #[error(
        "{n_found} {what} were given for {n_rows} rows: choose the column that holds them, or part the rows by chance"
    )]
    NotOneARow {
        /// What the list holds.
        what: &'static str,
        /// Its length.
        n_found: u64,
        /// Rows there are.
        n_rows: u64,
    },
}
