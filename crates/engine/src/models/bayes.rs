//! Multinomial naive Bayes in six lanes: class sums are cached with the vocabulary, a trial only smooths
//! them.

use super::group::{LaneGroup, TrainDocs};
use super::rows::TrainRows;
use super::weighting::{AnyRows, Weighting, each_width};
use crate::num::lanes::F64s;

/// Sums of weights, `sum over documents of the class of x`, of each class: `n_cols` each.
pub(super) fn class_sums(
    weighting: &Weighting,
    base: &TrainRows,
    group: &LaneGroup,
    docs: &TrainDocs,
) -> Vec<Vec<F64s>> {
    let of_class = |class: usize| {
        let (n_docs, _) = weighting.sides(base, group, docs, class);
        let mut sums = vec![F64s::default(); weighting.cols.len()];
        each_width!(&weighting.rows, rows => {
            rows.scatter(&mut sums, false, |row| weighting.norm[row] * n_docs[row]);
        });
        sums.iter_mut().zip(&weighting.idf).for_each(|(sum, &idf)| *sum = *sum * idf);
        sums
    };
    (0..docs.n_classes).map(of_class).collect()
}

/// Class scores of every row: for two classes the log odds of the second, else the joint log likelihood of
/// each. Returns `n_scores` lists of `n_rows`.
pub(super) fn scores(weighting: &Weighting, group: &LaneGroup, alpha: f64) -> Vec<Vec<F64s>> {
    let n_kept = weighting
        .idf
        .iter()
        .fold(F64s::default(), |sum, idf| sum + idf.map(|idf| f64::from(u8::from(idf > 0.0))));
    let totals: Vec<F64s> = weighting
        .class_sums
        .iter()
        .map(|sums| sums.iter().fold(n_kept * alpha, |total, &sum| total + sum))
        .collect();
    let ratio =
        |above: F64s, below: F64s| above.zip(below, |a, b| if b > 0.0 { a / b } else { 1.0 }).ln_positive();
    let n_docs = F64s::from_array(group.n_docs.map(f64::from));
    let smoothed = |class: usize, col: usize| weighting.class_sums[class][col] + F64s::splat(alpha);
    if let [first_total, second_total] = totals[..] {
        let shift = ratio(first_total, second_total);
        let coefficient = |col: usize| ratio(smoothed(1, col), smoothed(0, col)) + shift;
        return vec![score_rows(weighting, coefficient, ratio(group.class_docs[1], group.class_docs[0]))];
    }
    (0..totals.len())
        .map(|class| {
            let coefficient = |col: usize| ratio(smoothed(class, col), totals[class]);
            score_rows(weighting, coefficient, ratio(group.class_docs[class], n_docs))
        })
        .collect()
}

fn score_rows(weighting: &Weighting, coefficient: impl Fn(usize) -> F64s, prior: F64s) -> Vec<F64s> {
    let weights: Vec<F64s> =
        weighting.idf.iter().enumerate().map(|(col, &idf)| coefficient(col) * idf).collect();
    let mut scores = vec![F64s::default(); weighting.norm.len()];
    each_width!(&weighting.rows, rows => rows.gather(&weights, false, |row, sum| {
        scores[row] = sum * weighting.norm[row] + prior;
    }));
    scores
}
