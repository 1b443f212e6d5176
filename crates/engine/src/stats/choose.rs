//! How many ways there are to choose, in logarithms.

/// `ln C(n, k)`, for `k` up to `n`.
pub fn log_choose(n: u64, k: u64) -> f64 {
    libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0)
}

/// `ln` of the probability of `k` in `n` at probability `p`, which lies between 0 and 1.
pub(super) fn log_binomial(n: u64, k: u64, p: f64) -> f64 {
    log_choose(n, k) + k as f64 * libm::log(p) + (n - k) as f64 * libm::log1p(-p)
}
