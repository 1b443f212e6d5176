//! Student's distribution, for whole degrees of freedom: its finite sums (Abramowitz and Stegun 26.7.3 and 26.7.4).

use std::f64::consts::FRAC_2_PI;

/// Halvings of the interval that a quantile is looked for in: more change no bit.
const N_HALVINGS: u32 = 100;

/// The share of the distribution at most `t`; `df`: degrees of freedom, at least 1.
pub fn student_cdf(t: f64, df: u32) -> f64 {
    let angle = libm::atan(t / f64::from(df).sqrt());
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    // The terms of cos θ + 2/3 cos³ θ + … of odd, of 1 + 1/2 cos² θ + … of even degrees of freedom.
    let is_odd = df % 2 == 1;
    let (mut term, mut sum) = (if is_odd { cosine } else { 1.0 }, 0.0);
    let n_terms = if is_odd { (df - 1) / 2 } else { df / 2 };
    for step in 1..=n_terms {
        sum += term;
        let upper = f64::from(2 * step - u32::from(!is_odd));
        term *= cosine * cosine * upper / (upper + 1.0);
    }
    let middle = if is_odd { FRAC_2_PI * (angle + sine * sum) } else { sine * sum };
    0.5 + middle / 2.0
}

/// The value that a share `p` of the distribution does not exceed; `df`: degrees of freedom, at least 1. `None` where
/// `p` is not between 0 and 1.
pub fn student_ppf(p: f64, df: u32) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) || df == 0 {
        return None;
    }
    let (mut low, mut high) = (-1.0, 1.0);
    while student_cdf(low, df) > p {
        low *= 2.0;
    }
    while student_cdf(high, df) < p {
        high *= 2.0;
    }
    for _ in 0..N_HALVINGS {
        let middle = low + (high - low) / 2.0;
        if student_cdf(middle, df) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low + (high - low) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(p: f64, df: u32, expected: f64) {
        let found = student_ppf(p, df).expect("a quantile");
        assert!((found / expected - 1.0).abs() < 1e-10, "{found} is not {expected}");
    }

    // scipy 1.17.1: scipy.stats.t.ppf(p, df)
    #[test]
    fn quantiles_are_scipys() {
        check(0.975, 1, 12.706204736174694);
        check(0.975, 2, 4.302652729749462);
        check(0.975, 4, 2.7764451051977934);
        check(0.95, 9, 1.833112932656237);
        check(0.995, 14, 2.9768427343708344);
        check(0.025, 5, -2.5705818356363155);
        check(0.975, 100, 1.9839715185235518);
    }

    #[test]
    fn the_middle_is_zero_and_the_ends_are_none() {
        assert!(student_ppf(0.5, 4).is_some_and(|middle| middle.abs() < 1e-15));
        assert_eq!(student_ppf(0.0, 4), None);
        assert_eq!(student_ppf(1.0, 4), None);
        assert_eq!(student_ppf(0.5, 0), None);
    }
}
