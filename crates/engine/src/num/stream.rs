//! Random numbers of our own: what is not drawn in numpy's name is drawn from these streams.

use super::ContentHash;

/// A stream of random numbers: xoshiro256++ (Blackman and Vigna, 2019), seeded by SHA-256 of a purpose and its
/// numbers, so that no stream depends on how far another was read.
#[derive(Clone, Debug)]
pub struct RandomStream([u64; 4]);

impl RandomStream {
    /// The stream of `purpose` (a fixed word of the caller's) and the numbers that tell one from another.
    pub fn new(purpose: &str, numbers: &[u64]) -> Self {
        let mut key = purpose.as_bytes().to_vec();
        numbers.iter().for_each(|number| key.extend(number.to_le_bytes()));
        Self::of_key(&key)
    }

    /// The stream of a key of any bytes.
    pub fn of_key(key: &[u8]) -> Self {
        let ContentHash(digest) = ContentHash::of(key);
        let word = |i: usize| {
            digest[8 * i..8 * i + 8].iter().rev().fold(0u64, |word, byte| (word << 8) | u64::from(*byte))
        };
        Self([word(0), word(1), word(2), word(3)])
    }

    /// The next 64 bits.
    pub fn next_word(&mut self) -> u64 {
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

    /// Uniform among the whole numbers below `end`, which is above 0: 64 bits masked, redrawn while too large.
    pub fn below(&mut self, end: u64) -> u64 {
        let mask = u64::MAX >> (end - 1).leading_zeros().min(63);
        loop {
            let value = self.next_word() & mask;
            if value < end {
                return value;
            }
        }
    }
}

impl RandomStream {
    /// A whole number below `end`, which is above 0, from one draw: the high half of a 32-bit word times
    /// `end`. Some numbers are likelier than others by at most `end / 2^32`: for draws by the million.
    #[inline]
    pub fn draw(&mut self, end: u32) -> u32 {
        (((self.next_word() >> 32) * u64::from(end)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The first outputs for state (1, 2, 3, 4), from the authors' C program xoshiro256plusplus.c.
    #[test]
    fn stream_is_xoshiro256_plus_plus() {
        let mut stream = RandomStream([1, 2, 3, 4]);
        let words = [stream.next_word(), stream.next_word(), stream.next_word(), stream.next_word()];
        assert_eq!(words, [41943041, 58720359, 3588806011781223, 3591011842654386]);
    }

    #[test]
    fn purposes_and_numbers_have_streams_of_their_own() {
        let first = |purpose, numbers: &[u64]| RandomStream::new(purpose, numbers).next_word();
        assert_eq!(first("a", &[1, 2]), first("a", &[1, 2]));
        assert_ne!(first("a", &[1, 2]), first("a", &[2, 1]));
        assert_ne!(first("a", &[1]), first("b", &[1]));
    }

    #[test]
    fn numbers_below_an_end_are_even() {
        let mut stream = RandomStream::new("test", &[]);
        let mut seen = [0; 6];
        (0..6000).for_each(|_| seen[stream.below(6) as usize] += 1);
        assert!(seen.iter().all(|n| (900..1100).contains(n)), "{seen:?}");
        assert_eq!(stream.below(1), 0);
        let mut drawn = [0; 7];
        (0..7000).for_each(|_| drawn[stream.draw(7) as usize] += 1);
        assert!(drawn.iter().all(|n| (900..1100).contains(n)), "{drawn:?}");
    }
}
