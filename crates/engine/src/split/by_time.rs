//! What came first trains, what came last tests: scikit-learn 1.9's `train_test_split(shuffle=False)` of rows
//! sorted by time, and `TimeSeriesSplit`.

use super::plain::n_of_share;
use super::{MAX_FOLDS, NEVER_HELD_OUT, SplitError, SplitSpec};
use crate::dataset::UNDATED;

/// The rows in order of time, rows of one time in the order of the file: those before the last share, and
/// the last share, `ceil(share * n)` of them. Rows of one time may fall on both sides. Rows `UNDATED` train.
///
/// # Errors
/// `BadShare` where a part would be empty; `Undated` where a row without a date would test.
pub fn split_by_time(times: &[i64], spec: &SplitSpec) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let n_test = n_of_share(times.len(), spec.test_share)?;
    let mut train: Vec<u32> = (0..times.len() as u32).collect();
    train.sort_by_key(|&row| times[row as usize]);
    let test = train.split_off(times.len() - n_test);
    let n_undated = times.iter().filter(|&&time| time == UNDATED).count();
    if n_undated > train.len() {
        return Err(SplitError::Undated { n_undated: n_undated as u64, n_rows: times.len() as u64 });
    }
    Ok((train, test))
}

/// `TimeSeriesSplit(n_folds)` of rows in order of time: for each the fold that holds it out. Each fold holds
/// `n_rows / (n_folds + 1)` rows, the last ones; the rows before are held out by none.
///
/// # Errors
/// `BadFolds`; `TooFewRows` where there are not more rows than folds.
pub fn time_series_folds(n_rows: usize, n_folds: u32) -> Result<Vec<u8>, SplitError> {
    if !(2..=MAX_FOLDS).contains(&n_folds) {
        return Err(SplitError::BadFolds { n_folds });
    }
    let n_parts = n_folds as usize;
    let size = n_rows / (n_parts + 1);
    if size == 0 {
        return Err(SplitError::TooFewRows { n_rows: n_rows as u64, n_folds });
    }
    let mut fold_of = vec![NEVER_HELD_OUT; n_rows - size * n_parts];
    (0..n_folds as u8).for_each(|fold| fold_of.extend(std::iter::repeat_n(fold, size)));
    Ok(fold_of)
}
