//! A trial's own stream of random numbers, and uniform draws from a range.

use crate::num::ContentHash;
use crate::tune::{Range, Value};

/// Random numbers of one trial: xoshiro256++ (Blackman and Vigna, 2019) seeded by SHA-256 of the
/// study's seed, the search's index and the trial's number, so no trial depends on another's draws.
#[derive(Clone, Debug)]
pub(crate) struct Stream([u64; 4]);

impl Stream {
    /// The stream of trial `number` of search `search`.
    pub fn of_trial(seed: u64, search: usize, number: u32) -> Self {
        let mut key = b"trial".to_vec();
        key.extend(seed.to_le_bytes());
        key.extend((search as u64).to_le_bytes());
        key.extend(number.to_le_bytes());
        let ContentHash(digest) = ContentHash::of(&key);
        let word = |i: usize| {
            digest[8 * i..8 * i + 8].iter().rev().fold(0u64, |word, byte| (word << 8) | u64::from(*byte))
        };
        Self([word(0), word(1), word(2), word(3)])
    }

    fn next_word(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let word = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        word
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.next_word() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// A value drawn evenly from `range`; in the logarithm where it says so.
pub(crate) fn uniform(range: &Range, stream: &mut Stream) -> Value {
    let unit = stream.unit();
    match *range {
        Range::Float { low, high, log: false } => Value::Float((low + unit * (high - low)).clamp(low, high)),
        Range::Float { low, high, log: true } => {
            let (log_low, log_high) = (libm::log(low), libm::log(high));
            Value::Float(libm::exp(log_low + unit * (log_high - log_low)).clamp(low, high))
        }
        Range::Int { low, high, step } => {
            let n_values = (high - low) / step + 1;
            Value::Int(low + step * ((unit * n_values as f64) as i64).min(n_values - 1))
        }
    }
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

    // The first outputs for state (1, 2, 3, 4), from the authors' C program xoshiro256plusplus.c.
    #[test]
    fn stream_is_xoshiro256_plus_plus() {
        let mut stream = Stream([1, 2, 3, 4]);
        let words = [stream.next_word(), stream.next_word(), stream.next_word(), stream.next_word()];
        assert_eq!(words, [41943041, 58720359, 3588806011781223, 3591011842654386]);
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
}
