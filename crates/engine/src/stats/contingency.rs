//! Counts of the same cells in several samples in; whether one distribution can have given all of them, out.

use super::{chi_square_sf, log_choose};

/// Tables whose probabilities differ by less than this share are as likely: they are rounded in logarithms.
const ROUNDING: f64 = 1e-7;

/// What counts say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountTest {
    /// χ² or G.
    pub statistic: f64,
    /// The share of its distribution that lies above.
    pub p_value: f64,
    /// Degrees of freedom.
    pub df: u32,
    /// The least count expected in a cell; below 5 the p-value is not to be trusted.
    pub least_expected: f64,
}

/// Pearson's χ² test of a table: a row a sample, a column a cell. Rows and columns without any count are left out;
/// `None` where fewer than two of either are left, or rows differ in length (scipy's `chi2_contingency` without
/// correction).
pub fn chi_square_table(rows: &[&[u64]]) -> Option<CountTest> {
    of_table(rows, |seen, expected| (seen - expected) * (seen - expected) / expected)
}

/// The G test of such a table: 2 Σ seen ln(seen / expected) (scipy's `lambda_="log-likelihood"`).
pub fn g_test_table(rows: &[&[u64]]) -> Option<CountTest> {
    of_table(rows, |seen, expected| if seen == 0.0 { 0.0 } else { 2.0 * seen * libm::log(seen / expected) })
}

fn of_table(rows: &[&[u64]], part: impl Fn(f64, f64) -> f64) -> Option<CountTest> {
    let n_columns = rows.first()?.len();
    if rows.iter().any(|row| row.len() != n_columns) {
        return None;
    }
    let row_sums: Vec<u64> = rows.iter().map(|row| row.iter().sum()).collect();
    let column_sums: Vec<u64> =
        (0..n_columns).map(|column| rows.iter().map(|row| row[column]).sum()).collect();
    let n_left = |sums: &[u64]| sums.iter().filter(|sum| **sum > 0).count() as u32;
    let (n_rows_left, n_columns_left) = (n_left(&row_sums), n_left(&column_sums));
    if n_rows_left < 2 || n_columns_left < 2 {
        return None;
    }
    let n = row_sums.iter().sum::<u64>() as f64;
    let (mut statistic, mut least_expected) = (0.0, f64::INFINITY);
    for (row, &row_sum) in rows.iter().zip(&row_sums) {
        for (&seen, &column_sum) in row.iter().zip(&column_sums) {
            if row_sum > 0 && column_sum > 0 {
                let expected = row_sum as f64 * column_sum as f64 / n;
                statistic += part(seen as f64, expected);
                least_expected = expected.min(least_expected);
            }
        }
    }
    let df = (n_rows_left - 1) * (n_columns_left - 1);
    Some(CountTest { statistic, p_value: chi_square_sf(statistic, df), df, least_expected })
}

/// Pearson's χ² test of counts against shares that were meant: whether a split gave each side what it should (a
/// sample-ratio check). `weights`: any numbers above 0. `None` where there are fewer than two, nothing was counted,
/// lengths differ or a weight is none (scipy's `chisquare(counts, f_exp)`).
pub fn sample_ratio_test(counts: &[u64], weights: &[f64]) -> Option<CountTest> {
    let (n, weight) = (counts.iter().sum::<u64>() as f64, weights.iter().sum::<f64>());
    let are_weights = weights.iter().all(|weight| weight.is_finite() && *weight > 0.0);
    if counts.len() < 2 || counts.len() != weights.len() || n == 0.0 || !are_weights {
        return None;
    }
    let expected = weights.iter().map(|part| n * part / weight);
    let least_expected = expected.clone().fold(f64::INFINITY, f64::min);
    let parts = counts.iter().zip(expected).map(|(&seen, expected)| {
        let off = seen as f64 - expected;
        off * off / expected
    });
    let (statistic, df) = (parts.sum(), counts.len() as u32 - 1);
    Some(CountTest { statistic, p_value: chi_square_sf(statistic, df), df, least_expected })
}

/// Two-sided p-value of Fisher's exact test (1922) of two shares, `hits` of `n`: all tables with these sums that are no
/// likelier than the one seen (scipy's `fisher_exact`). `None` where a sample is empty or has more hits than rows.
pub fn fisher_exact(one: (u64, u64), other: (u64, u64)) -> Option<f64> {
    let (less, equal) = no_likelier_tables(one, other)?;
    Some((less + equal).min(1.0))
}

/// As [`fisher_exact`], tables as likely as the one seen counting half (Lancaster's mid-p, 1961): near the nominal level
/// where the exact test alarms too seldom.
pub fn fisher_mid_p(one: (u64, u64), other: (u64, u64)) -> Option<f64> {
    let (less, equal) = no_likelier_tables(one, other)?;
    Some((less + equal / 2.0).min(1.0))
}

/// The probability of all tables that are less likely than the one seen, and of those that are as likely.
fn no_likelier_tables((hits, n): (u64, u64), (other_hits, other_n): (u64, u64)) -> Option<(f64, f64)> {
    if n == 0 || other_n == 0 || hits > n || other_hits > other_n {
        return None;
    }
    let all_hits = hits + other_hits;
    let log_all = log_choose(n + other_n, all_hits);
    let probability = |k: u64| libm::exp(log_choose(n, k) + log_choose(other_n, all_hits - k) - log_all);
    let seen = probability(hits);
    let (mut less, mut equal) = (0.0, 0.0);
    for k in all_hits.saturating_sub(other_n)..=all_hits.min(n) {
        let p = probability(k);
        if (p - seen).abs() <= ROUNDING * seen {
            equal += p;
        } else if p < seen {
            less += p;
        }
    }
    Some((less, equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: Option<CountTest>, statistic: f64, p_value: f64, df: u32, least_expected: f64) {
        let found = found.unwrap();
        let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs() + 1e-300;
        assert!(is_near(found.statistic, statistic), "{found:?} is not {statistic}");
        assert!(is_near(found.p_value, p_value), "{found:?} is not {p_value}");
        assert!(found.df == df && is_near(found.least_expected, least_expected), "{found:?}");
    }

    const TABLES: [&[&[u64]]; 3] = [
        &[&[10, 20, 30], &[6, 9, 17]],
        &[&[812, 761], &[90, 140]],
        &[&[5, 0, 9, 1], &[7, 0, 3, 0], &[2, 0, 2, 8]],
    ];

    // scipy 1.17.1: r = stats.chi2_contingency(t, correction=False), empty columns left out;
    // r.statistic, r.pvalue, r.dof, r.expected_freq.min()
    #[test]
    fn pearsons_test_is_scipys() {
        check(chi_square_table(TABLES[0]), 0.27157465150403504, 0.873028283380073, 2, 5.565217391304348);
        check(chi_square_table(TABLES[1]), 12.522542728244147, 0.0004020713358916834, 1, 114.93621741541875);
        check(chi_square_table(TABLES[2]), 20.966666666666665, 0.00032152456024102453, 4, 2.4324324324324325);
    }

    // scipy 1.17.1: stats.chi2_contingency(t, correction=False, lambda_="log-likelihood")
    #[test]
    fn the_g_test_is_scipys() {
        check(g_test_table(TABLES[0]), 0.2740265420246606, 0.8719586542812721, 2, 5.565217391304348);
        check(g_test_table(TABLES[1]), 12.610103420056063, 0.00038366727685717637, 1, 114.93621741541875);
        check(g_test_table(TABLES[2]), 21.234784643839895, 0.00028446822193048654, 4, 2.4324324324324325);
    }

    // scipy 1.17.1: stats.chisquare([c0, c1, …], f_exp=n * w / w.sum())
    #[test]
    fn the_sample_ratio_test_is_scipys() {
        check(sample_ratio_test(&[510, 490], &[1.0, 1.0]), 0.4, 0.5270892568655381, 1, 500.0);
        check(
            sample_ratio_test(&[8200, 1700, 100], &[80.0, 18.0, 2.0]),
            60.55555555555556,
            7.08807308358292e-14,
            2,
            200.0,
        );
        check(sample_ratio_test(&[5400, 4600], &[0.5, 0.5]), 64.0, 1.2441921148543578e-15, 1, 5000.0);
        assert_eq!(sample_ratio_test(&[1], &[1.0]), None);
        assert_eq!(sample_ratio_test(&[1, 2], &[1.0, 0.0]), None);
        assert_eq!(sample_ratio_test(&[0, 0], &[1.0, 1.0]), None);
    }

    // scipy 1.17.1: stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    #[test]
    fn fishers_test_is_scipys() {
        #[track_caller]
        fn check(one: (u64, u64), other: (u64, u64), expected: f64) {
            let found = fisher_exact(one, other).unwrap();
            assert!((found - expected).abs() <= 1e-9 * expected, "{found} is not {expected}");
        }
        check((1, 10), (11, 14), 0.0027594561852200836);
        check((0, 30), (5, 9000), 1.0);
        check((3, 30), (4, 30), 1.0);
        check((8, 12), (40, 300), 5.5772570103491204e-05);
        check((0, 5), (0, 9), 1.0);
        check((700, 1000), (740, 1000), 0.05205405254612884);
        assert_eq!(fisher_exact((1, 0), (1, 2)), None);
    }

    // Of C(20, 10) = 184,756 ways to place ten hits, C(10, 5)² = 63,504 put five on either side.
    #[test]
    fn half_of_what_is_as_likely_counts_in_a_mid_p() {
        let exact = fisher_exact((5, 10), (5, 10)).unwrap();
        let seen = 63_504.0 / 184_756.0;
        assert!((exact - 1.0).abs() < 1e-9);
        assert!((fisher_mid_p((5, 10), (5, 10)).unwrap() - (1.0 - seen / 2.0)).abs() < 1e-9);
        assert_eq!(fisher_mid_p((1, 0), (1, 2)), None);
    }

    #[test]
    fn a_table_of_one_row_or_column_says_nothing() {
        assert_eq!(chi_square_table(&[]), None);
        assert_eq!(chi_square_table(&[&[1, 2]]), None);
        assert_eq!(chi_square_table(&[&[1, 2], &[0, 0]]), None);
        assert_eq!(chi_square_table(&[&[1, 0], &[2, 0]]), None);
        assert_eq!(chi_square_table(&[&[1, 2], &[3]]), None);
    }
}
