//! Evidence that may be looked at after every label: a test that stays true whenever one stops.

use std::f64::consts::LN_2;

use super::log_choose;

/// Most labels that `labels_to_go` looks ahead.
pub const MAX_LABELS_AHEAD: u64 = 100_000;

/// The evidence that two models differ, of the labelled rows on which they disagree: `n_first` by which the first alone is
/// right, `n_second` the second alone. It is E = 2ⁿ / ((n + 1) C(n, n_first)), the uniform mixture of bets on a share
/// against the fair coin (Ville 1939; Wald 1945; Ramdas et al. 2023).
///
/// If neither is better, the probability that E ever reaches 1 / α is at most α, however often one looks. 1 without labels.
pub fn evidence(n_first: u64, n_second: u64) -> f64 {
    libm::exp(log_evidence(n_first, n_second))
}

/// The natural logarithm of [`evidence`], which does not overflow.
pub fn log_evidence(n_first: u64, n_second: u64) -> f64 {
    let n = n_first + n_second;
    n as f64 * LN_2 - libm::log(n as f64 + 1.0) - log_choose(n, n_first)
}

/// About how many more labels it takes until the evidence reaches `bar`, should they go on as they did (both sides
/// counted one more, that few labels promise little). 0 where it is reached; `None` where no end is near.
pub fn labels_to_go(n_first: u64, n_second: u64, bar: f64) -> Option<u64> {
    let log_bar = libm::log(bar);
    if log_evidence(n_first, n_second) >= log_bar {
        return Some(0);
    }
    let share = (n_first as f64 + 1.0) / (n_first as f64 + n_second as f64 + 2.0);
    let reaches = |more: u64| {
        let of_first = (share * more as f64).round() as u64;
        log_evidence(n_first + of_first, n_second + (more - of_first)) >= log_bar
    };
    if !reaches(MAX_LABELS_AHEAD) {
        return None;
    }
    let (mut low, mut high) = (0, MAX_LABELS_AHEAD);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::RandomStream;

    // Python 3.11: 2 ** (b + c) / ((b + c + 1) * math.comb(b + c, b))
    #[test]
    fn evidence_is_the_closed_form() {
        let check = |b: u64, c: u64, expected: f64| {
            let found = evidence(b, c);
            assert!((found - expected).abs() <= 1e-11 * expected, "{found} is not {expected}");
        };
        check(0, 0, 1.0);
        check(0, 8, 28.444444444444443);
        check(5, 5, 0.3694083694083694);
        check(19, 45, 32.54587490604264);
        check(60, 40, 0.9130497784875794);
        check(300, 420, 1061.959772142678);
    }

    // The mean of E over all 2ⁿ outcomes of a fair coin is 1: what Ville's inequality rests on.
    #[test]
    fn evidence_against_a_fair_coin_is_one_on_average() {
        for n in [1, 2, 7, 60, 400] {
            let weight = |k: u64| libm::exp(log_choose(n, k) - n as f64 * LN_2);
            let mean: f64 = (0..=n).map(|k| weight(k) * evidence(k, n - k)).sum();
            assert!((mean - 1.0).abs() < 1e-9, "{mean} after {n}");
        }
    }

    /// The share of `n_tests` tests of at most `n_labels` labels that end with evidence of 20, the second being right in a
    /// share of the disagreements, and the median number of labels of those that end.
    fn simulate(share: f64, n_tests: u32, n_labels: u32) -> (f64, u64) {
        let mut stream = RandomStream::new("test", &[share.to_bits()]);
        let mut ended: Vec<u64> = Vec::new();
        for _ in 0..n_tests {
            let mut right = (0, 0);
            for _ in 0..n_labels {
                if stream.unit() < share {
                    right.1 += 1
                } else {
                    right.0 += 1
                }
                if evidence(right.0, right.1) >= 20.0 {
                    ended.push(right.0 + right.1);
                    break;
                }
            }
        }
        ended.sort_unstable();
        (ended.len() as f64 / f64::from(n_tests), ended.get(ended.len() / 2).copied().unwrap_or(0))
    }

    #[test]
    fn looking_after_every_label_finds_few_false_winners() {
        let (share, _) = simulate(0.5, 2_000, 400);
        assert!(share <= 0.05, "{share}");
    }

    #[test]
    fn a_better_model_wins_within_few_labels() {
        let (share, median) = simulate(0.7, 600, 400);
        assert!(share > 0.99 && (35..=55).contains(&median), "{share}, {median}");
        let (share, median) = simulate(0.8, 600, 400);
        assert!(share > 0.99 && (14..=24).contains(&median), "{share}, {median}");
    }

    #[test]
    fn labels_to_go_are_told_by_what_was_seen() {
        assert_eq!(labels_to_go(0, 12, 20.0), Some(0));
        assert_eq!(labels_to_go(50, 50, 20.0), None);
        let left = labels_to_go(6, 14, 20.0).unwrap();
        assert!((10..60).contains(&left), "{left}");
        let to_end = labels_to_go(0, 0, 20.0);
        assert_eq!(to_end, None, "before the first label nothing speaks for an end");
    }
}
