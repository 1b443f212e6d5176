//! Means, spreads and sums of numbers in the order given.

/// Arithmetic mean; `None` where there is nothing to average.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Standard deviation with divisor n − 1; `None` for fewer than two values.
pub fn sample_sd(values: &[f64]) -> Option<f64> {
    let centre = mean(values).filter(|_| values.len() >= 2)?;
    let squares: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// Standard deviation with divisor n (numpy's default); `None` where there is nothing.
pub fn population_sd(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    Some((squares / values.len() as f64).sqrt())
}

/// Standard error of the mean, `sample_sd / √n`; `None` for fewer than two values.
pub fn standard_error(values: &[f64]) -> Option<f64> {
    Some(sample_sd(values)? / (values.len() as f64).sqrt())
}

/// The value below which the share `q` of ascending values lies, between neighbours in proportion (numpy's
/// default, `linear`); `None` where there is nothing or `q` is not from 0 to 1.
pub fn quantile(ascending: &[f64], q: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1).filter(|_| (0.0..=1.0).contains(&q))?;
    let place = q * last as f64;
    let below = place.floor();
    let (low, high) = (ascending[below as usize], ascending[(below as usize + 1).min(last)]);
    let share = place - below;
    // numpy's `_lerp` comes from the nearer side, so that neither end is missed.
    Some(if share < 0.5 { low + (high - low) * share } else { high - (high - low) * (1.0 - share) })
}

/// `ln Σ exp(x)`, scaled by the largest term so that it neither overflows nor vanishes.
///
/// Nothing, or only −∞, gives −∞.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    let scaled: f64 = values.iter().map(|value| libm::exp(value - largest)).sum();
    libm::log(scaled) + largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: Option<f64>, expected: Option<f64>) {
        let near = match (found, expected) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-15 * b.abs(),
            (a, b) => a.is_none() && b.is_none(),
        };
        assert!(near, "{found:?} is not {expected:?}");
    }

    // numpy 2.4.6: x.mean(), x.std(ddof=1), x.std(); scipy 1.17.1: stats.sem(x).
    #[test]
    fn summaries_agree_with_numpy_and_scipy() {
        let values = [0.81, 0.79, 0.84, 0.8, 0.77];
        check(mean(&values), Some(0.8019999999999999));
        check(sample_sd(&values), Some(0.025884358211089552));
        check(population_sd(&values), Some(0.023151673805580437));
        check(standard_error(&values), Some(0.011575836902790215));
    }

    // numpy 2.4.6: np.quantile([0.77, 0.79, 0.8, 0.81, 0.84], q)
    #[test]
    fn quantiles_are_numpys() {
        let values = [0.77, 0.79, 0.8, 0.81, 0.84];
        check(quantile(&values, 0.0), Some(0.77));
        check(quantile(&values, 0.025), Some(0.772));
        check(quantile(&values, 0.6), Some(0.804));
        check(quantile(&values, 0.975), Some(0.837));
        check(quantile(&values, 1.0), Some(0.84));
        check(quantile(&values, 1.5), None);
        check(quantile(&[], 0.5), None);
    }

    #[test]
    fn too_few_values_have_no_summary() {
        check(mean(&[]), None);
        check(sample_sd(&[1.0]), None);
        check(population_sd(&[]), None);
        check(standard_error(&[1.0]), None);
        check(mean(&[2.5]), Some(2.5));
    }

    #[test]
    fn log_sum_exp_bears_terms_beyond_the_range_of_exp() {
        check(Some(log_sum_exp(&[-1000.0, -1000.0])), Some(-1000.0 + libm::log(2.0)));
        check(Some(log_sum_exp(&[1000.0, f64::NEG_INFINITY])), Some(1000.0));
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY]), f64::NEG_INFINITY);
    }
}
