//! A trial's own stream of random numbers, and uniform draws from a range.

use crate::num::RandomStream;
use crate::tune::{Range, Value};

/// Random numbers of one trial, seeded by the study's seed, the search's index and the trial's number, so no
/// trial depends on another's draws.
#[derive(Clone, Debug)]
pub(crate) struct Stream(RandomStream);

impl Stream {
    /// The stream of trial `number` of search `search`.
    pub fn of_trial(seed: u64, search: usize, number: u32) -> Self {
        let mut key = b"trial".to_vec();
        key.extend(seed.to_le_bytes());
        key.extend((search as u64).to_le_bytes());
        key.extend(number.to_le_bytes());
        Self(RandomStream::of_key(&key))
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        self.0.unit()
    }
}

/// A value drawn evenly from `range`; in the logarithm where it says so.
pub(crate) fn uniform(range: &Range, stream: &mut Stream) -> Value {
    at_share(range, stream.unit())
}

/// The value below which a share `unit`, below 1, of an even draw from `range` lies.
pub(crate) fn at_share(range: &Range, unit: f64) -> Value {
    match *range {
        Range::Float { low, high, log: false } => Value::Float((low + unit * (high - low)).clamp(low, high)),
        Range::Float { low, high, log: true } => Value::Float(log_between(low, high, unit).clamp(low, high)),
        Range::IntLog { low, high } => {
            let drawn = log_between(low as f64 - 0.5, high as f64 + 0.5, unit);
            Value::Int((drawn.round_ties_even() as i64).clamp(low, high))
        }
        Range::Int { .. } | Range::FloatStep { .. } | Range::Choice { .. } => {
            let n_values = range.n_values().unwrap_or(1);
            range.nth(((unit * n_values as f64) as u64).min(n_values - 1))
        }
    }
}

fn log_between(low: f64, high: f64, unit: f64) -> f64 {
    let (log_low, log_high) = (libm::log(low), libm::log(high));
    libm::exp(log_low + unit * (log_high - log_low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_have_streams_of_their_own() {
        let first = |seed, search, number| Stream::of_trial(seed, search, number).unit().to_bits();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        let others = [first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(1, 3, 2)];
        assert!(others.iter().all(|other| *other != first(1, 2, 3)));
    }

    #[test]
    fn draws_are_even_and_reach_both_ends() {
        let range = Range::Int { low: 3, high: 7, step: 2 };
        let mut seen = [0; 3];
        for number in 0..3000 {
            let Value::Int(value) = uniform(&range, &mut Stream::of_trial(0, 0, number)) else {
                panic!("a whole number was asked for")
            };
            seen[((value - 3) / 2) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (900..1100).contains(n)), "{seen:?}");
    }

    #[test]
    fn logarithmic_draws_are_even_in_the_logarithm() {
        let range = Range::Float { low: 0.01, high: 1.0, log: true };
        let below = (0..3000)
            .filter(|number| uniform(&range, &mut Stream::of_trial(0, 0, *number)).as_f64() < 0.1)
            .count();
        assert!((1400..1600).contains(&below), "{below} of 3000 below the middle");
    }

    #[test]
    fn words_and_steps_are_drawn_evenly() {
        for range in [Range::words(&["a", "b", "c"]), Range::FloatStep { low: 0.1, high: 0.3, step: 0.1 }] {
            let mut seen = [0; 3];
            for number in 0..3000 {
                let value = uniform(&range, &mut Stream::of_trial(0, 0, number));
                let place = (0..3).position(|place| range.nth(place) == value).expect("one of them");
                seen[place] += 1;
            }
            assert!(seen.iter().all(|n| (900..1100).contains(n)), "{seen:?}");
        }
    }

    #[test]
    fn whole_numbers_are_even_in_the_logarithm() {
        let range = Range::IntLog { low: 1, high: 1000 };
        let below = (0..3000)
            .filter(|number| uniform(&range, &mut Stream::of_trial(0, 0, *number)).as_f64() < 22.5)
            .count();
        assert!((1400..1600).contains(&below), "{below} of 3000 below the middle");
    }
}
