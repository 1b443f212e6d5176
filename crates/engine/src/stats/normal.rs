//! The normal distribution and the normal distribution cut off at two bounds.
//!
//! φ is the standard normal density, Φ its distribution function. Tails are computed in logarithms
//! and always on the left, where nothing cancels.

use std::f64::consts::{LN_2, PI, SQRT_2};

/// `ln √(2π)`.
const LOG_SQRT_2_PI: f64 = 0.918_938_533_204_672_7;
/// Below this, Φ is taken from its asymptotic series (Abramowitz and Stegun 26.2.12).
const ASYMPTOTIC_BELOW: f64 = -20.0;
/// Terms of that series; at −20 the twelfth is below 1e-17 of the sum.
const ASYMPTOTIC_TERMS: u32 = 12;
/// Most Newton steps of a quantile; about five are needed.
const MAX_NEWTON_STEPS: u32 = 100;
/// A quantile is found when a Newton step moves it by less than this share of itself.
const NEWTON_TOLERANCE: f64 = 1e-14;

/// Φ(x).
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// `ln Φ(x)`, accurate in both tails.
pub fn normal_log_cdf(x: f64) -> f64 {
    if x > 0.0 {
        return libm::log1p(-normal_cdf(-x));
    }
    if x > ASYMPTOTIC_BELOW {
        return libm::log(normal_cdf(x));
    }
    // Φ(x) = φ(x)/|x| · (1 − 1/x² + 1·3/x⁴ − 1·3·5/x⁶ + …)
    let inverse_square = 1.0 / (x * x);
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..=ASYMPTOTIC_TERMS {
        term *= -f64::from(2 * k - 1) * inverse_square;
        sum += term;
    }
    -0.5 * x * x - libm::log(-x) - LOG_SQRT_2_PI + libm::log(sum)
}

/// `ln φ(x)`.
fn normal_log_pdf(x: f64) -> f64 {
    -0.5 * x * x - LOG_SQRT_2_PI
}

/// The x with Φ(x) = `p`; −∞ at 0, ∞ at 1, NaN outside [0, 1].
pub fn normal_ppf(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    if p == 0.5 {
        return 0.0;
    }
    if p < 0.5 { quantile_of_log(libm::log(p)) } else { -quantile_of_log(libm::log(1.0 - p)) }
}

/// The x with `ln Φ(x) = log_p`, by Newton's method from a tail or a logistic approximation.
fn quantile_of_log(log_p: f64) -> f64 {
    if log_p == f64::NEG_INFINITY {
        return f64::NEG_INFINITY;
    }
    // Right of the middle ln Φ is flat, so there the mirrored tail is solved: Φ(−x) = 1 − Φ(x).
    if log_p > -LN_2 {
        let mirrored = libm::log(-libm::expm1(log_p));
        return if mirrored == f64::NEG_INFINITY { f64::INFINITY } else { -left_quantile(mirrored) };
    }
    left_quantile(log_p)
}

/// The x ≤ 0 with `ln Φ(x) = log_p`, for log_p ≤ −ln 2.
fn left_quantile(log_p: f64) -> f64 {
    let mut x = if log_p < -5.0 {
        -(-2.0 * (log_p + LOG_SQRT_2_PI)).sqrt()
    } else {
        // Φ(x) ≈ 1/(1 + exp(−π x/√3)), the logistic distribution of equal variance.
        -(3f64.sqrt() / PI) * libm::log(libm::expm1(-log_p))
    };
    for _ in 0..MAX_NEWTON_STEPS {
        let log_cdf = normal_log_cdf(x);
        let step = (log_cdf - log_p) * libm::exp(log_cdf - normal_log_pdf(x));
        x -= step;
        if step.abs() <= NEWTON_TOLERANCE * x.abs() {
            break;
        }
    }
    x
}

/// `ln (exp(a) − exp(b))` for a > b.
fn log_difference(a: f64, b: f64) -> f64 {
    a + libm::log1p(-libm::exp(b - a))
}

/// `ln (Φ(b) − Φ(a))` for a ≤ b.
pub fn log_normal_mass(a: f64, b: f64) -> f64 {
    if b <= 0.0 {
        log_difference(normal_log_cdf(b), normal_log_cdf(a))
    } else if a > 0.0 {
        log_difference(normal_log_cdf(-a), normal_log_cdf(-b))
    } else {
        libm::log1p(-normal_cdf(a) - normal_cdf(-b))
    }
}

/// A normal distribution cut off at two bounds: density φ((x − mean)/sd)/sd over the mass between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    sd: f64,
    low: f64,
    high: f64,
    log_sd: f64,
    log_mass: f64,
}

impl TruncatedNormal {
    /// Of mean and standard deviation before the cut; asserts `sd > 0` and `low < high`.
    pub fn new(mean: f64, sd: f64, low: f64, high: f64) -> Self {
        assert!(sd > 0.0 && low < high, "sd {sd}, bounds {low} to {high}");
        let log_mass = log_normal_mass((low - mean) / sd, (high - mean) / sd);
        Self { mean, sd, low, high, log_sd: libm::log(sd), log_mass }
    }

    /// Log density at `x`; −∞ outside the bounds.
    pub fn log_pdf(&self, x: f64) -> f64 {
        if x < self.low || x > self.high {
            return f64::NEG_INFINITY;
        }
        normal_log_pdf((x - self.mean) / self.sd) - self.log_mass - self.log_sd
    }

    /// Log probability of [left, right], which lies within the bounds.
    pub fn log_mass(&self, left: f64, right: f64) -> f64 {
        log_normal_mass((left - self.mean) / self.sd, (right - self.mean) / self.sd) - self.log_mass
    }

    /// The value below which a share `q` of the distribution lies, within the bounds.
    pub fn ppf(&self, q: f64) -> f64 {
        let a = (self.low - self.mean) / self.sd;
        let b = (self.high - self.mean) / self.sd;
        let standard = if a < 0.0 {
            quantile_of_log(log_sum(normal_log_cdf(a), libm::log(q) + self.log_mass).min(0.0))
        } else {
            -quantile_of_log(log_sum(normal_log_cdf(-b), libm::log1p(-q) + self.log_mass).min(0.0))
        };
        (standard * self.sd + self.mean).clamp(self.low, self.high)
    }
}

/// `ln (exp(a) + exp(b))`.
fn log_sum(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large == f64::NEG_INFINITY { large } else { large + libm::log1p(libm::exp(small - large)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e} is not {expected:e}");
    }

    // scipy 1.17.1: special.ndtr(x), special.log_ndtr(x).
    #[test]
    fn distribution_agrees_with_scipy_in_both_tails() {
        #[track_caller]
        fn check(x: f64, cdf: f64, log_cdf: f64) {
            close(normal_cdf(x), cdf, 1e-12);
            close(normal_log_cdf(x), log_cdf, 1e-13);
        }
        check(-40.0, 0.0, -804.6084420137539);
        check(-25.0, 3.056696706382561e-138, -316.63940800802027);
        check(-20.0, 2.7536241186061556e-89, -203.9171553710973);
        check(-8.0, 6.22096057427174e-16, -35.01343715991456);
        check(-1.0, 0.15865525393145707, -1.8410216450092634);
        check(-0.3, 0.3820885778110474, -0.9621028181688505);
        check(0.0, 0.5, -LN_2);
        check(0.7, 0.758036347776927, -0.2770239422771313);
        check(5.0, 0.9999997133484281, -2.8665161296376294e-07);
        check(9.0, 1.0, -1.1285884059538324e-19);
    }

    // scipy 1.17.1: special.ndtri(p).
    #[test]
    fn quantiles_agree_with_scipy() {
        for (p, x) in [
            (1e-300, -37.0470962993612),
            (1e-20, -9.262340089798409),
            (1e-5, -4.264890793922825),
            (0.02, -2.053748910631823),
            (0.3, -0.5244005127080409),
            (0.7, 0.5244005127080407),
            (0.975, 1.959963984540054),
        ] {
            close(normal_ppf(p), x, 1e-13);
        }
        assert_eq!(normal_ppf(0.5), 0.0);
        assert_eq!((normal_ppf(0.0), normal_ppf(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(normal_ppf(-0.1).is_nan() && normal_ppf(f64::NAN).is_nan());
    }

    // scipy 1.17.1: a, b = (low - m) / s, (high - m) / s;
    // stats.truncnorm.logpdf(x, a, b, loc=m, scale=s), stats.truncnorm.ppf(q, a, b, loc=m, scale=s).
    #[test]
    fn truncated_normal_agrees_with_scipy() {
        for ((mean, sd, low, high), (x, log_pdf), (q, quantile)) in [
            ((0.0, 1.0, -1.0, 2.0), (0.5, -0.84377223888021), (0.3, -0.2424038178892269)),
            ((5.0, 0.4, 0.0, 1.0), (0.9, 0.6973873491824695), (0.25, 0.9454517624520697)),
            ((-3.0, 0.5, 0.0, 4.0), (0.1, 1.290977597329979), (0.6, 0.07353529300736117)),
            ((0.1, 10.0, -2.0, 3.0), (1.0, -1.6023310903001127), (0.999, 2.9948435087155696)),
            ((0.75, 0.02, 0.7, 0.9), (0.8, -0.1256865022906406), (0.5, 0.7501556547981629)),
        ] {
            let normal = TruncatedNormal::new(mean, sd, low, high);
            close(normal.log_pdf(x), log_pdf, 1e-11);
            close(normal.ppf(q), quantile, 1e-11);
        }
    }

    #[test]
    fn truncated_normal_stays_within_its_bounds() {
        for mean in [-1e6, -3.0, 0.0, 0.4, 7.0, 1e6] {
            for sd in [1e-3, 0.1, 1.0, 1e6] {
                let normal = TruncatedNormal::new(mean, sd, 0.0, 1.0);
                for q in [0.0, 1e-300, 0.5, 1.0 - 1e-16, 1.0] {
                    let x = normal.ppf(q);
                    assert!((0.0..=1.0).contains(&x), "{x} at q = {q} of {normal:?}");
                }
            }
        }
    }

    #[test]
    fn masses_of_a_partition_add_up_to_one() {
        let normal = TruncatedNormal::new(0.3, 0.7, -1.0, 4.0);
        let edges = [-1.0, -0.5, 0.0, 0.31, 2.0, 4.0];
        let total: f64 = edges.windows(2).map(|pair| libm::exp(normal.log_mass(pair[0], pair[1]))).sum();
        close(total, 1.0, 1e-14);
    }
}
