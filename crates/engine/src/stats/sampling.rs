//! Draws from distributions, by a stream of random numbers that is handed in.

use crate::num::RandomStream;

/// Below this mean a binomial count is found by adding up probabilities, above it by rejection.
const FEW: f64 = 10.0;

/// How often of `n` an event of probability `p` (from 0 to 1) comes true.
///
/// By inversion for means below 10, else by Hörmann's transformed rejection BTRS ("The generation of binomial
/// random variates", 1993), which is exact.
pub fn draw_binomial(n: u64, p: f64, stream: &mut RandomStream) -> u64 {
    if p > 0.5 {
        return n - draw_binomial(n, 1.0 - p, stream);
    }
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if n as f64 * p < FEW { by_inversion(n, p, stream) } else { by_rejection(n, p, stream) }
}

fn by_inversion(n: u64, p: f64, stream: &mut RandomStream) -> u64 {
    let odds = p / (1.0 - p);
    let mut probability = libm::exp(n as f64 * libm::log1p(-p));
    let mut left = stream.unit();
    for k in 0..n {
        if left < probability {
            return k;
        }
        left -= probability;
        probability *= odds * (n - k) as f64 / (k + 1) as f64;
        if probability == 0.0 {
            return k;
        }
    }
    n
}

fn by_rejection(n: u64, p: f64, stream: &mut RandomStream) -> u64 {
    let n_f64 = n as f64;
    let spread = (n_f64 * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = n_f64 * p + 0.5;
    let v_of_box = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * spread;
    let log_odds = libm::log(p / (1.0 - p));
    let mode = ((n_f64 + 1.0) * p).floor();
    let at_mode = libm::lgamma(mode + 1.0) + libm::lgamma(n_f64 - mode + 1.0);
    loop {
        let u = stream.unit() - 0.5;
        let v = stream.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + centre).floor();
        if us >= 0.07 && v <= v_of_box {
            return k as u64;
        }
        if !(0.0..=n_f64).contains(&k) {
            continue;
        }
        let bound = libm::log(v * alpha / (a / (us * us) + b));
        let mass = at_mode - libm::lgamma(k + 1.0) - libm::lgamma(n_f64 - k + 1.0) + (k - mode) * log_odds;
        if bound <= mass {
            return k as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of many draws beside n p and n p (1 - p), within five standard errors.
    #[track_caller]
    fn check(n: u64, p: f64) {
        const N_DRAWS: u32 = 200_000;
        let mut stream = RandomStream::new("test", &[n, p.to_bits()]);
        let draws: Vec<f64> = (0..N_DRAWS).map(|_| draw_binomial(n, p, &mut stream) as f64).collect();
        assert!(draws.iter().all(|&k| k <= n as f64));
        let mean = draws.iter().sum::<f64>() / f64::from(N_DRAWS);
        let variance = draws.iter().map(|k| (k - mean) * (k - mean)).sum::<f64>() / f64::from(N_DRAWS);
        let exact = n as f64 * p * (1.0 - p);
        let error = (exact / f64::from(N_DRAWS)).sqrt();
        assert!((mean - n as f64 * p).abs() <= 5.0 * error, "mean {mean} of {n}, {p}");
        // A binomial's kurtosis is near 3, so a variance's standard error is near its value times √(2 / n).
        let variance_error = exact * (2.5 / f64::from(N_DRAWS)).sqrt();
        assert!((variance - exact).abs() <= 5.0 * variance_error + 1e-3, "variance {variance} of {n}, {p}");
    }

    #[test]
    fn binomial_draws_have_the_right_mean_and_variance() {
        check(20, 0.02);
        check(20, 0.3);
        check(40, 0.25);
        check(100, 0.1);
        check(1573, 0.71);
        check(1_000_000, 0.4);
        check(1_000_000, 0.000_001);
    }

    #[test]
    fn what_is_certain_is_not_drawn() {
        let mut stream = RandomStream::new("test", &[]);
        assert_eq!(draw_binomial(12, 0.0, &mut stream), 0);
        assert_eq!(draw_binomial(12, 1.0, &mut stream), 12);
        assert_eq!(draw_binomial(0, 0.5, &mut stream), 0);
    }
}
