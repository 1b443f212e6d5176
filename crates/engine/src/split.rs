//! Which reviews train, which test, and which fold holds which out: scikit-learn's own draws.

mod stratified;

pub use stratified::{rows_needed, stratified_k_fold, stratified_split};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most folds that can be asked for.
pub const MAX_FOLDS: u32 = 20;

/// How reviews are parted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitSpec {
    /// Share of the reviews that test, of each class alike.
    pub test_share: f64,
    /// Folds of the training part.
    pub n_folds: u32,
    /// numpy's `random_state` of both.
    pub seed: u32,
}

impl SplitSpec {
    /// 70/30, five folds, seed 42: what the reference does.
    pub fn reference() -> Self {
        Self { test_share: 0.3, n_folds: 5, seed: 42 }
    }
}

/// A parting of the reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPlan {
    /// Reviews that train, in scikit-learn's order, by index.
    pub train: Vec<u32>,
    /// Reviews that test, in scikit-learn's order, by index.
    pub test: Vec<u32>,
    /// For each position in `train`, the fold that holds it out.
    pub fold_of: Vec<u8>,
    /// Number of folds.
    pub n_folds: u32,
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
}
