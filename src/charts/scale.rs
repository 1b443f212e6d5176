//! The round values an axis shows.

/// Round values inside `low..=high`, at most `n_most` of them (1, 2 or 5 times a power of ten apart).
pub fn ticks(low: f64, high: f64, n_most: usize) -> Vec<f64> {
    let step = round_step(high - low, n_most);
    if step <= 0.0 {
        return vec![low];
    }
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|number| number as f64 * step).collect()
}

/// Decimals that tell neighbouring ticks apart.
pub fn decimals(ticks: &[f64]) -> usize {
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let mut places = 0;
    let mut unit = 1.0;
    while places < 6 && step.is_finite() && step < unit * 0.999 {
        unit /= 10.0;
        places += 1;
    }
    places
}

fn round_step(span: f64, n_most: usize) -> f64 {
    if !span.is_finite() || span <= 0.0 || n_most == 0 {
        return 0.0;
    }
    let mut step = 1e-9;
    for factor in [2.0, 2.5, 2.0].iter().cycle().take(90) {
        if span / step <= n_most as f64 {
            break;
        }
        step *= factor;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(low: f64, high: f64, n_most: usize, expected: &[&str]) {
        let found = ticks(low, high, n_most);
        let places = decimals(&found);
        assert_eq!(found.iter().map(|tick| format!("{tick:.places$}")).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn ticks_are_round_and_inside() {
        check(0.771, 0.818, 5, &["0.78", "0.79", "0.80", "0.81"]);
        check(0.0, 20.0, 5, &["0", "5", "10", "15", "20"]);
        check(1.0, 60.0, 6, &["10", "20", "30", "40", "50", "60"]);
    }

    #[test]
    fn a_span_of_nothing_has_one_tick() {
        assert_eq!(ticks(0.5, 0.5, 4), [0.5]);
        assert_eq!(ticks(0.5, f64::NAN, 4), [0.5]);
    }
}
