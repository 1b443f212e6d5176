//! How far a sample's distribution function strays from the true one by luck: Kolmogorov's distribution, two-sided.

use std::f64::consts::PI;

use super::log_choose;

/// Up to so many values the distribution is exact.
const MAX_MATRIX_VALUES: u64 = 140;
/// Twice the one-sided tail is the two-sided one, to all digits, where n d² is above this (scipy's `kstwo` takes the
/// same bounds).
const ONE_SIDED_FROM_SMALL: f64 = 4.0;
const ONE_SIDED_FROM: f64 = 2.2;
/// Above it nothing is left.
const NOTHING_FROM: f64 = 370.0;
/// Where a matrix is scaled down, that it does not overflow.
const LARGE: f64 = 1e140;

/// The probability that the distribution function of `n` independent values lies somewhere at least `d` from that of
/// what they are drawn from, which is continuous (scipy's `kstwo.sf`).
///
/// The tail is twice Smirnov's one-sided one (1944), the middle Durbin's matrix (Marsaglia, Tsang and Wang 2003) for few
/// values and the expansion of Pelz and Good (1976) for many.
pub fn kolmogorov_sf(d: f64, n: u64) -> f64 {
    let n_real = n as f64;
    if d.is_nan() || n == 0 {
        return f64::NAN;
    }
    if 2.0 * n_real * d <= 1.0 {
        return 1.0;
    }
    let square = n_real * d * d;
    if d >= 1.0 || square >= NOTHING_FROM {
        return 0.0;
    }
    let one_sided_from = if n <= MAX_MATRIX_VALUES { ONE_SIDED_FROM_SMALL } else { ONE_SIDED_FROM };
    let tail = if d >= 0.5 || square >= one_sided_from {
        2.0 * smirnov(d, n)
    } else if n <= MAX_MATRIX_VALUES {
        1.0 - by_matrix(d, n as usize)
    } else {
        1.0 - by_expansion(d, n_real)
    };
    tail.clamp(0.0, 1.0)
}

/// P(D⁺ ≥ d) = d Σ C(n, j) (d + j/n)^(j − 1) (1 − d − j/n)^(n − j), j up to n (1 − d).
fn smirnov(d: f64, n: u64) -> f64 {
    let n_real = n as f64;
    let mut sum = 0.0;
    for j in 0..=n {
        let share = j as f64 / n_real;
        let left = 1.0 - d - share;
        if left <= 0.0 {
            break;
        }
        let log_term = log_choose(n, j)
            + (j as f64 - 1.0) * libm::log(d + share)
            + (n - j) as f64 * libm::log1p(-d - share);
        sum += libm::exp(log_term);
    }
    d * sum
}

/// P(D < d) of few values: an element of the n-th power of Durbin's matrix, times n! / nⁿ.
fn by_matrix(d: f64, n: usize) -> f64 {
    let k = (n as f64 * d).floor() as usize + 1;
    let h = k as f64 - n as f64 * d;
    let size = 2 * k - 1;
    let mut step = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=(i + 1).min(size - 1) {
            step[i * size + j] = 1.0;
        }
    }
    let mut power = 1.0;
    for i in 0..size {
        power *= h;
        step[i * size] -= power;
        step[(size - 1) * size + size - 1 - i] -= power;
    }
    if 2.0 * h > 1.0 {
        step[(size - 1) * size] += libm::pow(2.0 * h - 1.0, size as f64);
    }
    for i in 0..size {
        let mut factorial = 1.0;
        for j in (0..=i).rev() {
            factorial *= (i - j + 1) as f64;
            step[i * size + j] /= factorial;
        }
    }
    // A row times the matrix, n times: the element asked for needs no other row.
    let mut row = vec![0.0; size];
    row[k - 1] = 1.0;
    let mut log_scale = 0.0;
    for _ in 0..n {
        let mut next = vec![0.0; size];
        for (&value, of_row) in row.iter().zip(step.chunks_exact(size)) {
            next.iter_mut().zip(of_row).for_each(|(sum, cell)| *sum += value * cell);
        }
        if next[k - 1] > LARGE {
            next.iter_mut().for_each(|value| *value /= LARGE);
            log_scale += libm::log(LARGE);
        }
        row = next;
    }
    let n_real = n as f64;
    let log_factor = libm::lgamma(n_real + 1.0) - n_real * libm::log(n_real) + log_scale;
    row[k - 1] * libm::exp(log_factor)
}

/// P(D < d) of many values: four terms in powers of 1/√n, z = √n d.
fn by_expansion(d: f64, n: f64) -> f64 {
    let root = n.sqrt();
    let z = root * d;
    let (z2, pi2) = (z * z, PI * PI);
    let (z4, z6, pi4) = (z2 * z2, z2 * z2 * z2, pi2 * pi2);
    let pi6 = pi4 * pi2;
    // Sums over the halves k − ½ of exp(−π² (k − ½)² / (2 z²)), and over k of exp(−π² k² / (2 z²)).
    let n_terms = (16.0 * z / PI).ceil() as u32;
    let mut sums = [0.0; 4];
    let mut extra = [0.0; 2];
    for k in (1..=n_terms).rev() {
        let half = f64::from(2 * k - 1);
        let (m2, k2) = (half * half, f64::from(k) * f64::from(k));
        let (m4, m6) = (m2 * m2, m2 * m2 * m2);
        let weight = libm::exp(-pi2 * m2 / (8.0 * z2));
        sums[0] += weight;
        sums[1] += weight * (pi2 * m2 / 4.0 - z2);
        sums[2] += weight
            * (6.0 * z6
                + 2.0 * z4
                + pi2 / 4.0 * (2.0 * z4 - 5.0 * z2) * m2
                + pi4 / 16.0 * (1.0 - 2.0 * z2) * m4);
        sums[3] += weight
            * (-30.0 * z6 - 90.0 * z4 * z4
                + pi2 / 4.0 * (135.0 * z4 - 96.0 * z6) * m2
                + pi4 / 16.0 * (212.0 * z4 - 60.0 * z2) * m4
                + pi6 / 64.0 * (5.0 - 30.0 * z2) * m6);
        let whole = libm::exp(-pi2 * k2 / (2.0 * z2));
        extra[0] += whole * k2;
        extra[1] += whole * k2 * (3.0 * z2 - pi2 * k2);
    }
    let front = (2.0 * PI).sqrt();
    let z7 = z6 * z;
    let terms = [
        front * sums[0] / z,
        front * sums[1] / (6.0 * z4),
        front * sums[2] / (72.0 * z7) - front * pi2 * extra[0] / (36.0 * z2 * z),
        front * sums[3] / (6480.0 * z4 * z6) + front * pi2 * extra[1] / (216.0 * z6),
    ];
    terms[0] + (terms[1] + (terms[2] + terms[3] / root) / root) / root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(d: f64, n: u64, expected: f64, tolerance: f64) {
        let found = kolmogorov_sf(d, n);
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e} is not {expected:e}");
    }

    // scipy 1.17.1: stats.kstwo.sf(d, n)
    #[test]
    fn the_distribution_is_scipys() {
        check(0.3, 10, 0.27053557479999946, 1e-10);
        check(0.05, 100, 0.9532159710635725, 1e-10);
        check(0.1, 100, 0.2526927570063874, 1e-10);
        check(0.14, 140, 0.007416600736368014, 1e-10);
        check(0.19, 140, 6.711071724199073e-05, 1e-10);
        check(0.6, 20, 2.0483011649719853e-07, 1e-10);
        check(0.3, 140, 1.1370251710737309e-11, 1e-10);
        check(0.02, 1000, 0.8108971656895577, 1e-06);
        check(0.04, 1000, 0.07933956059000224, 1e-06);
        check(0.05, 1000, 0.013012074781090332, 1e-10);
        check(0.012, 9000, 0.1484834983112283, 1e-07);
        check(0.02, 9000, 0.001472711519753602, 1e-09);
        check(0.004, 100000, 0.08130148920222469, 1e-07);
        check(0.009, 100000, 1.8312285318893505e-07, 1e-08);
    }

    #[test]
    fn the_ends_are_certain() {
        assert_eq!(kolmogorov_sf(0.0, 10), 1.0);
        assert_eq!(kolmogorov_sf(1.0, 10), 0.0);
        assert!(kolmogorov_sf(f64::NAN, 10).is_nan() && kolmogorov_sf(0.5, 0).is_nan());
    }
}
