//! Whether two models differ that were measured on the same rows or folds.

use super::{log_choose, normal_cdf};

/// Most differences whose rank sums are counted exactly; those of more are taken from the normal distribution.
pub const MAX_EXACT_RANKS: usize = 50;

/// Two-sided p-value of McNemar's exact test: of the rows that one model alone gets right, `n_first_only` and
/// `n_second_only`, each is as likely the one's as the other's. 1 where there are none.
pub fn mcnemar_exact(n_first_only: u64, n_second_only: u64) -> f64 {
    let n = n_first_only + n_second_only;
    let fewer = n_first_only.min(n_second_only);
    if 2 * fewer >= n {
        return 1.0;
    }
    let log_half = -std::f64::consts::LN_2 * n as f64;
    let tail: f64 = (0..=fewer).map(|k| libm::exp(log_choose(n, k) + log_half)).sum();
    (2.0 * tail).min(1.0)
}

/// Two-sided p-value of Wilcoxon's signed-rank test of paired differences (1945), those of 0 left out. Exact up
/// to `MAX_EXACT_RANKS` differences, tied ones sharing their mean rank, else from the normal distribution with
/// the correction for ties (scipy's `method="auto"`, but that scipy takes 14 to 50 tied ones from there, too). `None` where no difference is left or one is no number.
pub fn wilcoxon_signed_rank(differences: &[f64]) -> Option<f64> {
    let mut left: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    if left.is_empty() || left.iter().any(|difference| difference.is_nan()) {
        return None;
    }
    left.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    // Twice the mean rank of equal ones is a whole number.
    let mut double_ranks: Vec<usize> = Vec::with_capacity(left.len());
    let (mut positive_sum, mut tied) = (0, 0.0);
    for same in left.chunk_by(|a, b| a.abs() == b.abs()) {
        let double_rank = 2 * double_ranks.len() + same.len() + 1;
        positive_sum += double_rank * same.iter().filter(|difference| **difference > 0.0).count();
        double_ranks.extend(std::iter::repeat_n(double_rank, same.len()));
        let size = same.len() as f64;
        tied += size * size * size - size;
    }
    let n = left.len();
    let smaller = positive_sum.min(n * (n + 1) - positive_sum);
    if n <= MAX_EXACT_RANKS {
        return Some((2.0 * share_of_sums(&double_ranks, smaller)).min(1.0));
    }
    let n = n as f64;
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - tied / 48.0;
    let z = (smaller as f64 / 2.0 - n * (n + 1.0) / 4.0) / variance.sqrt();
    Some((2.0 * normal_cdf(z)).min(1.0))
}

/// One-sided p-value of Wilcoxon's signed-rank test that paired differences lie below 0, exact by all ways to sign
/// them. Ranks are given to differences of 0, too, and half of these count as positive (scipy's
/// `alternative="less", zero_method="zsplit"` with the exact distribution of the others' signs); tied ones share their
/// mean rank. `None` of nothing, or of what is no number; 1 where all are 0.
pub fn wilcoxon_less(differences: &[f64]) -> Option<f64> {
    if differences.is_empty() || differences.iter().any(|difference| difference.is_nan()) {
        return None;
    }
    let mut ordered = differences.to_vec();
    ordered.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let (mut double_ranks, mut positive_sum, mut n_before) = (Vec::new(), 0, 0);
    for same in ordered.chunk_by(|a, b| a.abs() == b.abs()) {
        // Twice the mean rank of equal ones is a whole number. Zeros shift both sums alike.
        let double_rank = 2 * n_before + same.len() + 1;
        n_before += same.len();
        if same[0] != 0.0 {
            positive_sum += double_rank * same.iter().filter(|difference| **difference > 0.0).count();
            double_ranks.extend(std::iter::repeat_n(double_rank, same.len()));
        }
    }
    Some(share_of_sums(&double_ranks, positive_sum))
}

/// Share of the ways to give each rank a sign, in which the positive ones sum to at most `most`.
fn share_of_sums(ranks: &[usize], most: usize) -> f64 {
    let mut ways = vec![0.0; ranks.iter().sum::<usize>() + 1];
    ways[0] = 1.0;
    for &rank in ranks {
        for sum in (rank..ways.len()).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let all: f64 = ways.iter().sum();
    ways[..=most].iter().sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-10 * expected, "{found} is not {expected}");
    }

    // scipy 1.17.1: stats.binomtest(b, b + c).pvalue
    #[test]
    fn mcnemars_test_is_scipys_binomial_test() {
        check(mcnemar_exact(5, 5), 1.0);
        check(mcnemar_exact(3, 12), 0.03515625);
        check(mcnemar_exact(0, 6), 0.03125);
        check(mcnemar_exact(40, 71), 0.004195534185394861);
        check(mcnemar_exact(1200, 1350), 0.003163536948938072);
        check(mcnemar_exact(0, 0), 1.0);
    }

    // statsmodels 0.15.0: mcnemar([[n, b], [c, m]], exact=True).pvalue of any n and m
    #[test]
    fn mcnemars_test_is_statsmodels() {
        check(mcnemar_exact(25, 24), 1.0);
        check(mcnemar_exact(12, 3), 0.03515625);
        check(mcnemar_exact(71, 40), 0.004195534185394861);
        check(mcnemar_exact(1350, 1200), 0.003163536948938072);
    }

    // scipy 1.17.1: stats.wilcoxon(d).pvalue
    #[test]
    fn wilcoxons_test_is_scipys() {
        check(wilcoxon_signed_rank(&[0.02, -0.01, 0.03, 0.045, 0.006]).unwrap(), 0.1875);
        check(
            wilcoxon_signed_rank(&[0.02, -0.01, 0.03, 0.045, 0.006, -0.05, 0.07, 0.08, 0.011, 0.013, 0.017])
                .unwrap(),
            0.0537109375,
        );
        check(
            wilcoxon_signed_rank(&[1.0, 2.0, 2.0, -1.0, 3.0, 4.0, -2.0, 5.0, 6.0, 3.0]).unwrap(),
            0.025390625,
        );
        check(wilcoxon_signed_rank(&[0.0, 0.1, 0.2, -0.3, 0.4, 0.5, 0.0, 0.6]).unwrap(), 0.15625);
        let many: Vec<f64> = (0..60).map(|i| f64::from(i - 20) / 7.0 + 0.01 * f64::from(i)).collect();
        check(wilcoxon_signed_rank(&many).unwrap(), 8.200707995901569e-05);
        assert_eq!(wilcoxon_signed_rank(&[0.0, 0.0]), None);
        assert_eq!(wilcoxon_signed_rank(&[]), None);
    }

    // scipy 1.17.1: stats.wilcoxon(d, alternative="less", zero_method="zsplit").pvalue
    #[test]
    fn the_one_sided_test_is_scipys_with_zeros_split() {
        let less = |differences: &[f64]| wilcoxon_less(differences).unwrap();
        check(less(&[-0.02, -0.01, -0.03, -0.045]), 0.0625);
        check(less(&[-0.02, 0.01, -0.03, -0.045, -0.006]), 0.09375);
        check(less(&[-0.02, 0.0, -0.03, 0.01, -0.05]), 0.125);
        check(less(&[0.0, 0.0, -0.1, -0.2, -0.3]), 0.125);
        check(less(&[-0.1, -0.1, 0.1, -0.2, -0.2, -0.3]), 0.0625);
        check(less(&[0.0, 0.0]), 1.0);
        assert_eq!(wilcoxon_less(&[]), None);
        assert_eq!(wilcoxon_less(&[f64::NAN]), None);
    }
}
