//! Whether two shares differ.

use super::normal_cdf;

/// What two shares say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareTest {
    /// The second share less the first.
    pub difference: f64,
    /// That in standard errors.
    pub z: f64,
    /// Two-sided.
    pub p_value: f64,
}

/// The z test of two shares, `hits` of `n` each, with their pooled variance (statsmodels' `proportions_ztest`).
///
/// `None` where a sample is empty or has more hits than rows. Where all rows of both are hits, or none, p is 1.
pub fn two_share_test((hits, n): (u64, u64), (other_hits, other_n): (u64, u64)) -> Option<ShareTest> {
    if n == 0 || other_n == 0 || hits > n || other_hits > other_n {
        return None;
    }
    let (n, other_n) = (n as f64, other_n as f64);
    let difference = other_hits as f64 / other_n - hits as f64 / n;
    let pooled = (hits + other_hits) as f64 / (n + other_n);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / other_n)).sqrt();
    let z = if error == 0.0 { 0.0 } else { difference / error };
    Some(ShareTest { difference, z, p_value: (2.0 * normal_cdf(-z.abs())).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: (u64, u64), other: (u64, u64), z: f64, p_value: f64) {
        let found = two_share_test(one, other).unwrap();
        let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-11 * b.abs();
        assert!(is_near(found.z, z) && is_near(found.p_value, p_value), "{found:?} is not {z}, {p_value}");
    }

    // evidently 0.7.15: evidently.legacy.calculations.stattests.z_stattest.proportions_diff_z_stat_ind and
    // proportions_diff_z_test, of the second sample against the first
    #[test]
    fn the_test_is_evidentlys() {
        check((45, 100), (61, 110), 1.5133575329585354, 0.13018886594450585);
        check((3, 30), (120, 4000), -2.2205825607371703, 0.026379248065234506);
        check((700, 1000), (6, 10), -0.6859959386987194, 0.4927156694496455);
    }

    #[test]
    fn certain_shares_do_not_differ_and_empty_ones_are_none() {
        assert_eq!(two_share_test((5, 5), (9, 9)).map(|test| test.p_value), Some(1.0));
        assert_eq!(two_share_test((0, 5), (0, 9)).map(|test| test.p_value), Some(1.0));
        assert_eq!(two_share_test((0, 0), (0, 9)), None);
        assert_eq!(two_share_test((6, 5), (0, 9)), None);
    }
}
