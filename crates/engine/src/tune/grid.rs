//! Every combination of a space, in an order that is mixed but needs no list of them.
//!
//! Trial `k` is combination `offset + k stride` modulo their number, the stride coprime to it and near the
//! golden section, so that any first few lie far apart.

use crate::num::RandomStream;
use crate::tune::random::at_share;
use crate::tune::{ParamName, Range};

/// The golden section.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// The space with `n_points` values in the place of each real range, both ends included.
pub(crate) fn gridded(space: &[(ParamName, Range)], n_points: u32) -> Vec<(ParamName, Range)> {
    let on_grid = |range: &Range| {
        if range.n_values().is_some() {
            return range.clone();
        }
        let last = f64::from(n_points.max(2) - 1);
        let choices = (0..n_points.max(2)).map(|point| at_share(range, f64::from(point) / last)).collect();
        Range::Choice { choices }
    };
    space.iter().map(|(name, range)| (*name, on_grid(range))).collect()
}

/// Which of `n_settings`, at least 1, trial `number` tries.
pub(crate) fn place(n_settings: u64, number: u64, (seed, search): (u64, usize)) -> u64 {
    let mut stream = RandomStream::new("grid", &[seed, search as u64]);
    let offset = stream.below(n_settings);
    let mut stride = ((n_settings as f64 * GOLDEN) as u64).max(1);
    while greatest_common_divisor(stride, n_settings) != 1 {
        stride += 1;
    }
    let steps = u128::from(number) * u128::from(stride);
    ((u128::from(offset) + steps) % u128::from(n_settings)) as u64
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::Value;

    #[test]
    fn every_place_comes_once() {
        for n in [1, 2, 7, 12, 100] {
            let mut places: Vec<u64> = (0..n).map(|number| place(n, number, (3, 0))).collect();
            places.sort_unstable();
            assert_eq!(places, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn real_ranges_get_points_from_end_to_end() {
        let space = [(ParamName::C, Range::Float { low: 0.01, high: 1.0, log: true })];
        let Range::Choice { choices } = &gridded(&space, 3)[0].1 else { panic!("points were asked for") };
        let [Value::Float(low), Value::Float(middle), Value::Float(high)] = choices[..] else {
            panic!("three real numbers: {choices:?}")
        };
        assert!((low - 0.01).abs() < 1e-15 && (middle - 0.1).abs() < 1e-15 && high == 1.0);
    }
}
