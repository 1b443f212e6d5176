//! Many tests at once: what one says must bear that the others were asked, too.

/// Holm's adjusted p-values (1979), in the order given: a test whose value is at most α is a finding, and the
/// probability of any false one is at most α (statsmodels' `multipletests(p, method="holm")`). What is no number
/// counts as a test that says nothing.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    let p = |at: usize| if p_values[at].is_nan() { 1.0 } else { p_values[at] };
    order.sort_by(|&a, &b| p(a).total_cmp(&p(b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        highest = highest.max(p(at) * (p_values.len() - rank) as f64).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(p_values: &[f64], expected: &[f64]) {
        let found = holm(p_values);
        let is_near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15);
        assert!(found.len() == expected.len() && is_near, "{found:?} is not {expected:?}");
    }

    // statsmodels 0.15.0: multipletests(p, method="holm")[1]
    #[test]
    fn adjusted_values_are_statsmodels() {
        check(&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]);
        check(&[0.2, 0.001, 0.6], &[0.4, 0.003, 0.6]);
        check(&[0.9, 0.8], &[1.0, 1.0]);
        check(&[], &[]);
    }

    #[test]
    fn a_test_without_an_answer_counts_as_one() {
        check(&[f64::NAN, 0.02], &[1.0, 0.04]);
    }
}
