//! The incomplete gamma function and the chi-square distribution that it is.

/// Most terms of the series or of the continued fraction: both need about √a, a being half the degrees of freedom.
const MAX_TERMS: u32 = 100_000;
/// Terms below this share of the sum end it.
const TOLERANCE: f64 = 1e-16;
/// What a denominator of 0 is taken for (Lentz's method).
const TINY: f64 = 1e-300;
/// Halvings of the interval that a quantile is looked for in: more change no bit.
const N_HALVINGS: u32 = 200;

/// Q(a, x) = Γ(a, x) / Γ(a), the share of the gamma distribution of shape `a` > 0 above `x` ≥ 0.
///
/// Below a + 1 from the series of P (Abramowitz and Stegun 6.5.29), above from the continued fraction (6.5.31).
pub fn gamma_upper(a: f64, x: f64) -> f64 {
    if !(a > 0.0 && x >= 0.0) {
        return f64::NAN;
    }
    if x == 0.0 {
        return 1.0;
    }
    if x == f64::INFINITY {
        return 0.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 { 1.0 - front * series(a, x) } else { front * fraction(a, x) }
}

/// Σ xⁿ / (a (a + 1) … (a + n)).
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..=MAX_TERMS {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * TOLERANCE {
            break;
        }
    }
    sum
}

/// 1 / (x + 1 − a − 1 (1 − a) / (x + 3 − a − …)).
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for n in 1..=MAX_TERMS {
        let n = f64::from(n);
        let upper = -n * (n - a);
        b += 2.0;
        let below = upper * d + b;
        d = 1.0 / if below == 0.0 { TINY } else { below };
        let above = b + upper / c;
        c = if above == 0.0 { TINY } else { above };
        value *= d * c;
        if (d * c - 1.0).abs() < TOLERANCE {
            break;
        }
    }
    value
}

/// The share of the chi-square distribution above `x`; `df`: degrees of freedom, at least 1.
pub fn chi_square_sf(x: f64, df: u32) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_upper(f64::from(df) / 2.0, x / 2.0) }
}

/// The value that a share `p` of the chi-square distribution does not exceed; `None` where `p` is not between 0 and 1
/// or there is no degree of freedom.
pub fn chi_square_ppf(p: f64, df: u32) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) || df == 0 {
        return None;
    }
    let (mut low, mut high) = (0.0, f64::from(df));
    while chi_square_sf(high, df) > 1.0 - p {
        high *= 2.0;
    }
    for _ in 0..N_HALVINGS {
        let middle = low + (high - low) / 2.0;
        if chi_square_sf(middle, df) > 1.0 - p {
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
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-11 * expected.abs(), "{found:e} is not {expected:e}");
    }

    // scipy 1.17.1: stats.chi2.sf(x, df)
    #[test]
    fn tails_are_scipys() {
        close(chi_square_sf(0.5, 1), 0.47950012218695337);
        close(chi_square_sf(3.84, 1), 0.05004352124870519);
        close(chi_square_sf(50.0, 1), 1.537459794428033e-12);
        close(chi_square_sf(7.5, 9), 0.5852087693825123);
        close(chi_square_sf(30.0, 9), 0.00043872177097947936);
        close(chi_square_sf(400.0, 9), 1.3699125019662825e-80);
        close(chi_square_sf(90.0, 120), 0.9813488653514245);
        close(chi_square_sf(1e-06, 4), 0.999999999999875);
        close(chi_square_sf(1200.0, 1000), 1.2255942330622893e-05);
        assert_eq!(chi_square_sf(0.0, 3), 1.0);
        assert_eq!(chi_square_sf(f64::INFINITY, 3), 0.0);
    }

    // scipy 1.17.1: stats.chi2.ppf(p, df)
    #[test]
    fn quantiles_are_scipys() {
        close(chi_square_ppf(0.95, 1).unwrap(), 3.841458820694124);
        close(chi_square_ppf(0.95, 9).unwrap(), 16.918977604620448);
        close(chi_square_ppf(0.999, 3).unwrap(), 16.26623619623813);
        close(chi_square_ppf(0.01, 6).unwrap(), 0.8720903301565863);
        close(chi_square_ppf(0.5, 250).unwrap(), 249.33365030643904);
        assert_eq!(chi_square_ppf(1.0, 3), None);
        assert_eq!(chi_square_ppf(0.5, 0), None);
    }

    #[test]
    fn what_is_no_shape_has_no_share() {
        assert!(gamma_upper(0.0, 1.0).is_nan() && gamma_upper(1.0, f64::NAN).is_nan());
    }
}
