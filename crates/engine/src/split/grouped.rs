//! All rows of a group on one side: scikit-learn 1.9's `GroupShuffleSplit` and
//! `StratifiedGroupKFold(shuffle=True)`, draw for draw.

use rustc_hash::FxHashMap;

use super::plain::n_of_share;
use super::{MAX_FOLDS, SplitError, SplitRows, SplitSpec};
use crate::dataset::CleanedDocs;
use crate::features::Counts;
use crate::num::Mt19937;

/// numpy's `isclose`: `|a - b| <= ABSOLUTE + RELATIVE * |b|`.
const CLOSE_ABSOLUTE: f64 = 1e-8;
const CLOSE_RELATIVE: f64 = 1e-5;

/// A group for each distinct cleaned text, numbered by first appearance. Shape: n_docs.
pub fn group_equal_texts(docs: &CleanedDocs) -> Vec<u32> {
    let mut groups: FxHashMap<&[u32], u32> = FxHashMap::default();
    let group_of = |doc_idx| {
        let n_groups = groups.len() as u32;
        *groups.entry(docs.word_ids_of(doc_idx)).or_insert(n_groups)
    };
    (0..docs.n_docs()).map(group_of).collect()
}

/// A group for each distinct row of counts, numbered by first appearance: reviews that no model can tell
/// apart. Reviews of one cleaned text are always of one group. Shape: n_docs.
pub fn group_equal_counts(counts: &Counts) -> Vec<u32> {
    let mut groups: FxHashMap<(&[u32], &[u16]), u32> = FxHashMap::default();
    let group_of = |doc_idx| {
        let n_groups = groups.len() as u32;
        *groups.entry(counts.row(doc_idx)).or_insert(n_groups)
    };
    (0..counts.n_docs() as u32).map(group_of).collect()
}

/// `GroupShuffleSplit(1, test_size=test_share, random_state=seed)`: the rows of the groups that train and of
/// those that test, ascending. The share is one of the groups, not of the rows.
///
/// # Errors
/// `BadShare`, `TooFewGroups` where there are fewer than two groups.
pub fn group_split(groups: &[u32], spec: &SplitSpec) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let (group_of, n_groups) = number_in_order(groups);
    if n_groups < 2 {
        return Err(SplitError::TooFewGroups { n_groups: n_groups as u64, n_parts: 2 });
    }
    let n_test = n_of_share(n_groups, spec.test_share)?;
    let mut tests = vec![false; n_groups];
    for &group in &Mt19937::new(spec.seed).permutation(n_groups)[..n_test] {
        tests[group as usize] = true;
    }
    let (test, train) = (0..groups.len() as u32).partition(|&row| tests[group_of[row as usize]]);
    Ok((train, test))
}

/// Groups by their place among the distinct ones in ascending order, and how many there are.
fn number_in_order(groups: &[u32]) -> (Vec<usize>, usize) {
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let place = |group: &u32| distinct.partition_point(|smaller| smaller < group);
    (groups.iter().map(place).collect(), distinct.len())
}

/// `StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)`: for each row the fold that holds it out.
///
/// # Errors
/// `BadFolds`; `TooFewRows` where every class has fewer rows than there are folds; `TooFewGroups`.
pub fn stratified_group_k_fold(rows: SplitRows<'_>, spec: &SplitSpec) -> Result<Vec<u8>, SplitError> {
    draw_folds(rows, spec.n_folds, &mut Mt19937::new(spec.seed))
}

pub(super) fn draw_folds(
    rows: SplitRows<'_>,
    n_folds: u32,
    rng: &mut Mt19937,
) -> Result<Vec<u8>, SplitError> {
    if !(2..=MAX_FOLDS).contains(&n_folds) {
        return Err(SplitError::BadFolds { n_folds });
    }
    let classes = classes_present(&rows);
    let (group_of, n_groups) = number_in_order(rows.groups);
    if n_groups < n_folds as usize {
        return Err(SplitError::TooFewGroups { n_groups: n_groups as u64, n_parts: n_folds });
    }
    let mut in_group = vec![vec![0.0; classes.len()]; n_groups];
    for (&group, label) in group_of.iter().zip(rows.labels) {
        let class = classes.iter().position(|&class| class == label.0).expect("it was listed as present");
        in_group[group][class] += 1.0;
    }
    let n_of_class: Vec<f64> =
        (0..classes.len()).map(|class| in_group.iter().map(|counts| counts[class]).sum()).collect();
    if n_of_class.iter().all(|&n| n < f64::from(n_folds)) {
        return Err(SplitError::TooFewRows { n_rows: rows.labels.len() as u64, n_folds });
    }
    let drawn = rng.permutation(n_groups);
    let spread: Vec<f64> = in_group.iter().map(|counts| numpy_sd(counts)).collect();
    let mut order = drawn;
    order.sort_by(|&a, &b| spread[b as usize].total_cmp(&spread[a as usize]));
    let mut folds = Folds { counts: vec![vec![0.0; classes.len()]; n_folds as usize], n_of_class };
    let mut fold_of_group = vec![0_u8; n_groups];
    for group in order {
        let counts = &in_group[group as usize];
        let fold = folds.best_for(counts);
        folds.counts[fold].iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        fold_of_group[group as usize] = fold as u8;
    }
    Ok(group_of.into_iter().map(|group| fold_of_group[group]).collect())
}

fn classes_present(rows: &SplitRows<'_>) -> Vec<u8> {
    let mut is_present = vec![false; rows.n_classes];
    rows.labels.iter().for_each(|label| is_present[usize::from(label.0)] = true);
    (0..rows.n_classes as u8).filter(|&class| is_present[usize::from(class)]).collect()
}

/// Rows of each class in each fold so far. Shapes: `counts`: n_folds x n_classes; `n_of_class`: n_classes.
struct Folds {
    counts: Vec<Vec<f64>>,
    n_of_class: Vec<f64>,
}

impl Folds {
    /// The fold that is left most alike the others when it takes `group`; of equals that with fewest rows.
    fn best_for(&mut self, group: &[f64]) -> usize {
        let (mut best, mut least_uneven, mut fewest) = (0, f64::INFINITY, f64::INFINITY);
        for fold in 0..self.counts.len() {
            self.counts[fold].iter_mut().zip(group).for_each(|(sum, count)| *sum += count);
            let uneven = self.unevenness();
            self.counts[fold].iter_mut().zip(group).for_each(|(sum, count)| *sum -= count);
            let n_rows = numpy_sum(&self.counts[fold]);
            let is_close = least_uneven.is_finite()
                && (uneven - least_uneven).abs() <= CLOSE_ABSOLUTE + CLOSE_RELATIVE * least_uneven.abs();
            if uneven < least_uneven || (is_close && n_rows < fewest) {
                (best, least_uneven, fewest) = (fold, uneven, n_rows);
            }
        }
        best
    }

    /// Mean over the classes of the standard deviation, over the folds, of the share of the class.
    fn unevenness(&self) -> f64 {
        let n_folds = self.counts.len() as f64;
        let of_class = |class: usize| {
            let shares = self.counts.iter().map(|fold| fold[class] / self.n_of_class[class]);
            let mean = shares.clone().sum::<f64>() / n_folds;
            let squares: f64 = shares.map(|share| (share - mean) * (share - mean)).sum();
            (squares / n_folds).sqrt()
        };
        let spreads: Vec<f64> = (0..self.n_of_class.len()).map(of_class).collect();
        numpy_sum(&spreads) / spreads.len() as f64
    }
}

/// numpy's `std` of a short row.
fn numpy_sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = numpy_sum(values) / n;
    let squares: Vec<f64> = values.iter().map(|value| (value - mean) * (value - mean)).collect();
    (numpy_sum(&squares) / n).sqrt()
}

/// numpy's sum of fewer than 16 numbers: from eight on in eight parts, joined in pairs. Ties between groups
/// hang on its last bit.
fn numpy_sum(values: &[f64]) -> f64 {
    let Some((first, rest)) = values.split_at_checked(8) else { return values.iter().sum() };
    let joined =
        ((first[0] + first[1]) + (first[2] + first[3])) + ((first[4] + first[5]) + (first[6] + first[7]));
    rest.iter().fold(joined, |sum, value| sum + value)
}
