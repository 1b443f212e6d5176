//! How sure a share is that was counted.

use super::normal_ppf;

/// Wilson's score interval of a share of `n_hits` in `n` (Wilson 1927, without continuity correction): its
/// lower and upper end. `None` where nothing was counted or `level` is not between 0 and 1.
pub fn wilson_interval(n_hits: u64, n: u64, level: f64) -> Option<(f64, f64)> {
    if n == 0 || n_hits > n || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let z = normal_ppf(0.5 + level / 2.0);
    let (n, share) = (n as f64, n_hits as f64 / n as f64);
    let scale = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / scale;
    let reach = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if n_hits == 0 { 0.0 } else { centre - reach };
    let high = if share == 1.0 { 1.0 } else { centre + reach };
    Some((low, high))
}

/// Newcombe's interval of the difference between the shares of two independent samples, the first's less the
/// second's (Newcombe 1998, method 10: from Wilson's intervals of both). Samples are hits of how many. `None` where
/// Wilson's is.
pub fn newcombe_interval(first: (u64, u64), second: (u64, u64), level: f64) -> Option<(f64, f64)> {
    let (low, high) = wilson_interval(first.0, first.1, level)?;
    let (other_low, other_high) = wilson_interval(second.0, second.1, level)?;
    let share = |(n_hits, n): (u64, u64)| n_hits as f64 / n as f64;
    let (one, other) = (share(first), share(second));
    let reach = |a: f64, b: f64| (a * a + b * b).sqrt();
    let difference = one - other;
    Some((
        difference - reach(one - low, other_high - other),
        difference + reach(high - one, other - other_low),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(n_hits: u64, n: u64, level: f64, expected: (f64, f64)) {
        let (low, high) = wilson_interval(n_hits, n, level).unwrap();
        let is_near = (low - expected.0).abs() < 1e-13 && (high - expected.1).abs() < 1e-13;
        assert!(is_near, "{low} {high} is not {expected:?}");
    }

    // scipy 1.17.1: stats.binomtest(k, n).proportion_ci(level, method="wilson")
    #[test]
    fn intervals_are_scipys() {
        check(0, 10, 0.95, (0.0, 0.27753279986288926));
        check(10, 10, 0.95, (0.7224672001371109, 1.0));
        check(97, 100, 0.99, (0.889124722848905, 0.9923878306982215));
        check(3, 7, 0.9, (0.18644319036395607, 0.7105229089864071));
        check(812, 1573, 0.95, (0.4915057092300942, 0.5408374281948581));
    }

    // scipy 1.17.1: Newcombe's formula over stats.binomtest(k, n).proportion_ci(level, method="wilson"); the first
    // is in Newcombe 1998, table II, as 0.0524 to 0.3339.
    #[test]
    fn intervals_of_differences_are_newcombes() {
        #[track_caller]
        fn check(first: (u64, u64), second: (u64, u64), level: f64, expected: (f64, f64)) {
            let (low, high) = newcombe_interval(first, second, level).unwrap();
            let is_near = (low - expected.0).abs() < 1e-12 && (high - expected.1).abs() < 1e-12;
            assert!(is_near, "{low} {high} is not {expected:?}");
        }
        check((56, 70), (48, 80), 0.95, (0.052431472402364815, 0.3338726540369059));
        check((9, 10), (3, 10), 0.95, (0.17052272393450302, 0.8090179735354881));
        check((0, 10), (0, 20), 0.95, (-0.16112515805281935, 0.27753279986288926));
        check((10, 10), (0, 20), 0.99, (0.5297467824643289, 1.0));
        check((30, 400), (120, 4600), 0.999, (0.014728051956903743, 0.1047193780208038));
        assert_eq!(newcombe_interval((1, 2), (0, 0), 0.95), None);
    }

    #[test]
    fn nothing_counted_has_no_interval() {
        assert_eq!(wilson_interval(0, 0, 0.95), None);
        assert_eq!(wilson_interval(1, 2, 1.0), None);
    }
}
