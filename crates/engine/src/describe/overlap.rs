//! How much two classes use the same words.

use json::{FromJson, ToJson};

/// What the words of two classes have in common.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct Overlap {
    /// The one.
    pub first: u8,
    /// The other.
    pub second: u8,
    /// Different words that both use, of those that either uses.
    pub n_both: u64,
    /// Different words that either uses.
    pub n_either: u64,
    /// Overlap of their use, `Σ min(p₁(w), p₂(w))` over all words, where `p` is a word's share of all words of the class:
    /// 1 where they use words alike, 0 where they share none.
    pub of_use: f64,
}

/// Of each pair of classes. Only terms of one word count. `used`: how often each class uses each term.
pub(super) fn overlaps(used: &[Vec<u32>], is_word: &[bool]) -> Vec<Overlap> {
    let n_classes = used.len();
    let words = |class: usize| {
        let of_words = used[class].iter().zip(is_word).filter(|(_, is_word)| **is_word);
        of_words.map(|(n, _)| f64::from(*n))
    };
    let mut overlaps = Vec::new();
    for first in 0..n_classes {
        for second in first + 1..n_classes {
            let totals = [first, second].map(|class| words(class).sum::<f64>().max(1.0));
            let mut found =
                Overlap { first: first as u8, second: second as u8, n_both: 0, n_either: 0, of_use: 0.0 };
            for (one, other) in words(first).zip(words(second)) {
                found.n_both += u64::from(one > 0.0 && other > 0.0);
                found.n_either += u64::from(one > 0.0 || other > 0.0);
                found.of_use += (one / totals[0]).min(other / totals[1]);
            }
            overlaps.push(found);
        }
    }
    overlaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_is_that_computed_by_hand() {
        // First class: 3 + 1 words, second: 2 + 2; the last term is a pair of words.
        let found = overlaps(&[vec![3, 1, 0, 9], vec![0, 2, 2, 1]], &[true, true, true, false]);
        assert_eq!(found, [Overlap { first: 0, second: 1, n_both: 1, n_either: 3, of_use: 0.25 }]);
    }

    #[test]
    fn three_classes_make_three_pairs_and_equal_use_is_one() {
        let found = overlaps(&[vec![2, 6], vec![1, 3], vec![0, 0]], &[true, true]);
        let pairs: Vec<(u8, u8, f64)> =
            found.iter().map(|pair| (pair.first, pair.second, pair.of_use)).collect();
        assert_eq!(pairs, [(0, 1, 1.0), (0, 2, 0.0), (1, 2, 0.0)]);
    }
}
