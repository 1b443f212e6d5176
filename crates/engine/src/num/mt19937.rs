//! numpy's legacy `RandomState`: the stream scikit-learn's splits are drawn from.
//!
//! A seed comes in, the draws numpy makes for it come out, number for number. It is only for agreeing
//! with scikit-learn.

/// Words of state (Matsumoto and Nishimura 1998, MT19937).
const STATE_WORDS: usize = 624;
/// Distance of the word mixed in.
const SHIFT_WORDS: usize = 397;
const TWIST: u32 = 0x9908_b0df;
const UPPER_BIT: u32 = 0x8000_0000;
const LOWER_BITS: u32 = 0x7fff_ffff;

/// The Mersenne Twister, seeded and read as `numpy.random.RandomState(seed)` does.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; STATE_WORDS],
    next: usize,
}

impl Mt19937 {
    /// `RandomState(seed)` (`init_genrand`).
    pub fn new(seed: u32) -> Self {
        let mut state = [seed; STATE_WORDS];
        for i in 1..STATE_WORDS {
            let before = state[i - 1];
            state[i] = 1_812_433_253u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(i as u32);
        }
        Self { state, next: STATE_WORDS }
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.next == STATE_WORDS {
            self.refill();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    fn refill(&mut self) {
        for i in 0..STATE_WORDS {
            let mixed = (self.state[i] & UPPER_BIT) | (self.state[(i + 1) % STATE_WORDS] & LOWER_BITS);
            let twist = if mixed & 1 == 1 { TWIST } else { 0 };
            self.state[i] = self.state[(i + SHIFT_WORDS) % STATE_WORDS] ^ (mixed >> 1) ^ twist;
        }
        self.next = 0;
    }

    /// A whole number from 0 to `max`, both included: 32 bits masked with the next 2^k − 1, redrawn while
    /// too large. `max = 0` draws nothing.
    pub fn interval(&mut self, max: u32) -> u32 {
        if max == 0 {
            return 0;
        }
        let mask = u32::MAX >> max.leading_zeros();
        loop {
            let value = self.next_u32() & mask;
            if value <= max {
                return value;
            }
        }
    }

    /// `RandomState.shuffle`: from the last place to the second, each swapped with `interval(place)`.
    ///
    /// At most 2^32 items, which is more than any file of reviews has.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = self.interval(place as u32) as usize;
            items.swap(place, other);
        }
    }

    /// `RandomState.permutation(n)`: 0 to n − 1, shuffled.
    pub fn permutation(&mut self, n: usize) -> Vec<u32> {
        let mut items: Vec<u32> = (0..n as u32).collect();
        self.shuffle(&mut items);
        items
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn words_are_numpys() {
        // numpy 2.4.6: RandomState(42).randint(0, 2**32, 5, dtype=uint32)
        let mut rng = Mt19937::new(42);
        let words: Vec<u32> = (0..5).map(|_| rng.next_u32()).collect();
        assert_eq!(words, [1608637542, 3421126067, 4083286876, 787846414, 3143890026]);
    }

    #[test]
    fn permutations_follow_each_other_as_in_numpy() {
        // numpy 2.4.6: RandomState(7): permutation(12), permutation(1), permutation([5, 6, 7])
        let mut rng = Mt19937::new(7);
        assert_eq!(rng.permutation(12), [7, 10, 2, 5, 0, 1, 11, 8, 3, 6, 9, 4]);
        assert_eq!(rng.permutation(1), [0]);
        let mut items = [5, 6, 7];
        rng.shuffle(&mut items);
        assert_eq!(items, [6, 5, 7]);
    }

    #[test]
    fn zero_draws_nothing() {
        let mut rng = Mt19937::new(1);
        assert_eq!(rng.interval(0), 0);
        assert_eq!(rng.next_u32(), Mt19937::new(1).next_u32());
    }

    proptest! {
        #[test]
        fn a_permutation_holds_each_number_once(seed in any::<u32>(), n in 0usize..500) {
            let mut items = Mt19937::new(seed).permutation(n);
            items.sort_unstable();
            assert_eq!(items, (0..n as u32).collect::<Vec<_>>());
        }

        #[test]
        fn intervals_stay_inside(seed in any::<u32>(), max in any::<u32>()) {
            assert!(Mt19937::new(seed).interval(max) <= max);
        }
    }
}
