//! Whether the means of paired differences differ from 0, or by so little that it does not matter.

use super::{mean, sample_sd, student_cdf, student_ppf};

/// What differences say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanTest {
    /// Their mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// Two-sided p-value of their mean being 0.
    pub p_value: f64,
    /// Degrees of freedom.
    pub df: u32,
}

impl MeanTest {
    /// The p-value of two one-sided tests (Schuirmann 1987): that the mean lies `margin`, above 0, or further from 0. At
    /// most α: both are as good as equal.
    pub fn equivalence_p(&self, margin: f64) -> f64 {
        if self.error == 0.0 {
            return if self.mean.abs() < margin { 0.0 } else { 1.0 };
        }
        let above = student_cdf(-(self.mean + margin) / self.error, self.df);
        let below = student_cdf((self.mean - margin) / self.error, self.df);
        above.max(below)
    }

    /// The interval that holds the mean with probability `level`; `None` where that is none.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let reach = student_ppf(0.5 + level / 2.0, self.df)? * self.error;
        Some((self.mean - reach, self.mean + reach))
    }
}

/// The t test of differences of scores by fold, corrected for folds that learn from the same rows (Nadeau and Bengio
/// 2003): the variance is (1/k + `test_share`) s², `test_share` being the rows measured on over those learned from, 1 / (K
/// − 1) for K folds. k may count the folds of several repeats. `None` of fewer than two, or where one is no number.
///
/// With a share of 0 it is the plain paired t test.
pub fn corrected_t_test(differences: &[f64], test_share: f64) -> Option<MeanTest> {
    let is_share = test_share.is_finite() && test_share >= 0.0;
    if !is_share || differences.iter().any(|difference| !difference.is_finite()) {
        return None;
    }
    let (mean, sd) = (mean(differences)?, sample_sd(differences)?);
    let n = differences.len();
    let df = u32::try_from(n - 1).ok()?;
    let error = (1.0 / n as f64 + test_share).sqrt() * sd;
    let p_value = match (error == 0.0, mean == 0.0) {
        (true, true) => 1.0,
        (true, false) => 0.0,
        _ => (2.0 * student_cdf(-(mean / error).abs(), df)).clamp(0.0, 1.0),
    };
    Some(MeanTest { mean, error, p_value, df })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDS: [f64; 5] = [0.012, 0.004, 0.019, -0.003, 0.011];

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-11 * expected.abs(), "{found} is not {expected}");
    }

    // scipy 1.17.1: stats.ttest_1samp(d, 0).pvalue
    #[test]
    fn without_a_correction_it_is_the_plain_t_test() {
        near(corrected_t_test(&FOLDS, 0.0).unwrap().p_value, 0.08353104903274106);
    }

    // scipy 1.17.1: s = ((1 / 5 + 1 / 4) * d.var(ddof=1)) ** .5; 2 * stats.t.sf(abs(d.mean()) / s, 4);
    // the interval: stats.t.interval(.95, 4, d.mean(), s)
    #[test]
    fn the_correction_is_nadeaus_and_bengios() {
        let found = corrected_t_test(&FOLDS, 0.25).unwrap();
        near(found.p_value, 0.20098987048972644);
        let (low, high) = found.interval(0.95).unwrap();
        near(low, -0.007016115432480723);
        near(high, 0.02421611543248072);
    }

    // scipy 1.17.1: max(stats.ttest_1samp(d, -m, alternative="greater").pvalue,
    // stats.ttest_1samp(d, m, alternative="less").pvalue)
    #[test]
    fn equivalence_is_the_larger_of_two_one_sided_tests() {
        let plain = corrected_t_test(&FOLDS, 0.0).unwrap();
        near(plain.equivalence_p(0.01), 0.36391038209731946);
        near(plain.equivalence_p(0.03), 0.0023301968022036083);
    }

    #[test]
    fn differences_that_do_not_vary_are_certain() {
        let same = corrected_t_test(&[0.0; 4], 0.25).unwrap();
        assert_eq!((same.p_value, same.equivalence_p(0.01)), (1.0, 0.0));
        let apart = corrected_t_test(&[0.5; 4], 0.25).unwrap();
        assert_eq!((apart.p_value, apart.equivalence_p(0.01)), (0.0, 1.0));
        assert_eq!(corrected_t_test(&[0.5], 0.25), None);
        assert_eq!(corrected_t_test(&[0.5, f64::NAN], 0.25), None);
        assert_eq!(corrected_t_test(&[0.5, 0.1], -1.0), None);
    }
}
