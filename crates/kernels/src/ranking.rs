//! Rows in the order of their scores, digit by digit: no two scores are compared, which a page's sorting, compiled to
//! weigh little, does ten times slower.

/// Bits of a digit.
const DIGIT: u32 = 11;
const N_DIGITS: usize = u64::BITS.div_ceil(DIGIT) as usize;
const N_VALUES: usize = 1 << DIGIT;

/// Numbers of the scores from the highest on, by `f64::total_cmp`; equal ones as they stand.
///
/// # Panics
/// Where there are more scores than a `u32` counts.
#[inline(never)]
pub fn from_highest(scores: &[f64]) -> Vec<u32> {
    let n_scores = u32::try_from(scores.len()).expect("fewer rows than a u32 counts");
    let mut ordered: Vec<(u64, u32)> = scores.iter().map(|&score| falling(score)).zip(0..n_scores).collect();
    let mut next = ordered.clone();
    let mut n_of = vec![[0_u32; N_VALUES]; N_DIGITS];
    for (key, _) in &ordered {
        (0..N_DIGITS).for_each(|place| n_of[place][digit(*key, place)] += 1);
    }
    for (place, n_of_value) in n_of.iter_mut().enumerate() {
        if n_of_value.contains(&n_scores) {
            continue;
        }
        let mut first = 0;
        n_of_value.iter_mut().for_each(|n| first += std::mem::replace(n, first));
        for &(key, number) in &ordered {
            let at = &mut n_of_value[digit(key, place)];
            next[*at as usize] = (key, number);
            *at += 1;
        }
        std::mem::swap(&mut ordered, &mut next);
    }
    ordered.into_iter().map(|(_, number)| number).collect()
}

/// A number that is smaller the higher the score is.
fn falling(score: f64) -> u64 {
    let bits = score.to_bits();
    // Of two negative scores the higher one has the lower bits.
    if bits >> 63 == 1 { bits } else { !bits & !(1 << 63) }
}

fn digit(key: u64, place: usize) -> usize {
    (key >> (place as u32 * DIGIT)) as usize % N_VALUES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(scores: &[f64]) {
        let mut expected: Vec<u32> = (0..scores.len() as u32).collect();
        expected.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
        assert_eq!(from_highest(scores), expected, "{scores:?}");
    }

    #[test]
    fn scores_of_any_kind_are_in_order() {
        check(&[]);
        check(&[1.0]);
        check(&[0.0, -0.0, 0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
        check(&[0.5, 0.25, 0.5, -3.0, -3.5, 1e300, -1e300, f64::MIN_POSITIVE, 0.25]);
    }

    proptest! {
        #[test]
        fn any_scores_are_in_order(scores: Vec<f64>) {
            check(&scores);
        }
    }
}
