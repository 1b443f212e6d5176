//! Multinomial naive Bayes in six lanes: class sums are kept with the vocabulary, a trial only smooths them.

use crate::lanes::F64s;
use crate::matrix::{Documents, Matrix};
use crate::train_rows::TrainRows;

/// Sums of weights, `sum over documents of the class of x`, of each class: `n_cols` each.
#[inline(never)]
pub fn bayes_class_sums(
    matrix: &Matrix,
    base: &TrainRows,
    documents: Documents<'_>,
    n_classes: usize,
) -> Vec<Vec<F64s>> {
    let of_class = |class: usize| {
        let sides = matrix.sides(base, documents, class as u8);
        let mut sums = vec![F64s::default(); matrix.cols.len()];
        matrix.rows.scatter(&mut sums, false, |row| matrix.norm[row] * sides.of_row(row)[0]);
        sums.iter_mut().zip(&matrix.idf).for_each(|(sum, &idf)| *sum = *sum * idf);
        sums
    };
    (0..n_classes).map(of_class).collect()
}

/// Class scores of every row: for two classes the log odds of the second, else the joint log likelihood of
/// each. Returns `n_scores` lists of `n_rows`. Shapes: `class_sums`, `class_docs`: n_classes.
#[inline(never)]
pub fn bayes_scores(
    matrix: &Matrix,
    class_sums: &[Vec<F64s>],
    (class_docs, n_docs): (&[F64s], F64s),
    alpha: f64,
) -> Vec<Vec<F64s>> {
    let n_kept = matrix
        .idf
        .iter()
        .fold(F64s::default(), |sum, idf| sum + idf.map(|idf| f64::from(u8::from(idf > 0.0))));
    let totals: Vec<F64s> =
        class_sums.iter().map(|sums| sums.iter().fold(n_kept * alpha, |total, &sum| total + sum)).collect();
    let smoothed = |class: usize, col: usize| class_sums[class][col] + F64s::splat(alpha);
    if let [first_total, second_total] = totals[..] {
        let shift = log_ratio(first_total, second_total);
        let coefficient = |col: usize| log_ratio(smoothed(1, col), smoothed(0, col)) + shift;
        return vec![score_rows(matrix, coefficient, log_ratio(class_docs[1], class_docs[0]))];
    }
    (0..totals.len())
        .map(|class| {
            let coefficient = |col: usize| log_ratio(smoothed(class, col), totals[class]);
            score_rows(matrix, coefficient, log_ratio(class_docs[class], n_docs))
        })
        .collect()
}

/// The logarithm of `above / below`, 0 where there is nothing below. A call: its code is long, and asked for in
/// six places.
#[inline(never)]
fn log_ratio(above: F64s, below: F64s) -> F64s {
    above.zip(below, |above, below| if below > 0.0 { above / below } else { 1.0 }).ln_positive()
}

fn score_rows(matrix: &Matrix, coefficient: impl Fn(usize) -> F64s, prior: F64s) -> Vec<F64s> {
    let weights: Vec<F64s> =
        matrix.idf.iter().enumerate().map(|(col, &idf)| coefficient(col) * idf).collect();
    matrix.score_rows(&weights, prior)
}
