//! scikit-learn 1.9's `train_test_split` without `stratify`, and `KFold(shuffle=True)`, draw for draw.

use super::{MAX_FOLDS, SplitError, SplitSpec};
use crate::num::Mt19937;

/// `train_test_split(range(n_rows), test_size=test_share, random_state=seed)`: the indexes of the training part
/// and of the test part, in scikit-learn's order.
///
/// # Errors
/// `BadShare` where a part would be empty.
pub fn plain_split(n_rows: usize, spec: &SplitSpec) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let n_test = n_of_share(n_rows, spec.test_share)?;
    let mut test = Mt19937::new(spec.seed).permutation(n_rows);
    let train = test.split_off(n_test);
    Ok((train, test))
}

/// How many of `n` a test share takes, rounded up as scikit-learn does; neither none nor all.
pub(super) fn n_of_share(n: usize, test_share: f64) -> Result<usize, SplitError> {
    let is_share = test_share > 0.0 && test_share < 1.0;
    let n_test = if is_share { (test_share * n as f64).ceil() as usize } else { 0 };
    if n_test == 0 || n_test >= n {
        return Err(SplitError::BadShare { test_share });
    }
    Ok(n_test)
}

/// `KFold(n_folds, shuffle=True, random_state=seed)`: for each row the fold that holds it out.
///
/// # Errors
/// `BadFolds`; `TooFewRows` where there are fewer rows than folds.
pub fn k_fold(n_rows: usize, spec: &SplitSpec) -> Result<Vec<u8>, SplitError> {
    draw_folds(n_rows, spec.n_folds, &mut Mt19937::new(spec.seed))
}

pub(super) fn draw_folds(n_rows: usize, n_folds: u32, rng: &mut Mt19937) -> Result<Vec<u8>, SplitError> {
    if !(2..=MAX_FOLDS).contains(&n_folds) {
        return Err(SplitError::BadFolds { n_folds });
    }
    let n_parts = n_folds as usize;
    if n_rows < n_parts {
        return Err(SplitError::TooFewRows { n_rows: n_rows as u64, n_folds });
    }
    let mut fold_of = vec![0; n_rows];
    let drawn = rng.permutation(n_rows);
    // The first n_rows % n_folds folds hold one row more.
    let (size, n_larger) = (n_rows / n_parts, n_rows % n_parts);
    let mut rest = drawn.as_slice();
    for fold in 0..n_parts {
        let (held_out, after) = rest.split_at(size + usize::from(fold < n_larger));
        held_out.iter().for_each(|&row| fold_of[row as usize] = fold as u8);
        rest = after;
    }
    Ok(fold_of)
}
