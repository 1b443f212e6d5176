//! Naive Bayes, multinomial and complement, from any non-negative rows with any weights.
//!
//! Sums of weights by class come from the rows in order; smoothing turns them into log probabilities.

use super::FittedModel;
use super::training::TrainingSet;

/// scikit-learn's `MultinomialNB(alpha)`.
pub(super) fn multinomial(set: &TrainingSet<'_>, alpha: f64) -> FittedModel {
    let sums = class_sums(set);
    let mut feature_log_prob = Vec::with_capacity(sums.len());
    for of_class in sums.chunks_exact(set.x.n_columns) {
        let smoothed = of_class.iter().map(|sum| sum + alpha);
        let log_total = libm::log(smoothed.clone().sum());
        feature_log_prob.extend(smoothed.map(|sum| libm::log(sum) - log_total));
    }
    let totals = set.truth.class_totals();
    let log_all = libm::log(totals.iter().sum());
    let class_log_prior = totals.iter().map(|&total| libm::log(total) - log_all).collect();
    FittedModel::NaiveBayes { feature_log_prob, class_log_prior }
}

/// scikit-learn's `ComplementNB(alpha, norm)`: a class's weight of a term is the negative log of the term's
/// smoothed share in all other classes, with `norm` divided by the sum over the class's terms (Rennie et
/// al., "Tackling the poor assumptions of naive Bayes text classifiers", 2003).
pub(super) fn complement(set: &TrainingSet<'_>, alpha: f64, norm: bool) -> FittedModel {
    let n_terms = set.x.n_columns;
    let sums = class_sums(set);
    let mut of_all = vec![0.0; n_terms];
    for of_class in sums.chunks_exact(n_terms) {
        of_all.iter_mut().zip(of_class).for_each(|(all, sum)| *all += sum);
    }
    let mut weights = Vec::with_capacity(sums.len());
    for of_class in sums.chunks_exact(n_terms) {
        let others: Vec<f64> = of_all.iter().zip(of_class).map(|(all, sum)| all + alpha - sum).collect();
        let total: f64 = others.iter().sum();
        let logs = others.iter().map(|sum| libm::log(sum / total));
        let scale = if norm { 1.0 / logs.clone().sum::<f64>() } else { -1.0 };
        weights.extend(logs.map(|log| log * scale));
    }
    FittedModel::ComplementNb { n_classes: set.truth.n_classes as u32, weights }
}

/// Weighted sum of the rows of each class: n_classes x n_terms.
fn class_sums(set: &TrainingSet<'_>) -> Vec<f64> {
    let n_terms = set.x.n_columns;
    let mut sums = vec![0.0; set.truth.n_classes * n_terms];
    for (row, entries) in set.x.rows().enumerate() {
        let class = usize::from(set.truth.labels[row].0);
        entries.add_to(&mut sums[class * n_terms..][..n_terms], set.truth.sample_weight(row));
    }
    sums
}
