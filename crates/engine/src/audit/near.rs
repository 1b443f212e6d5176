//! Texts that are nearly equal: MinHash finds candidates, their words decide.

use std::collections::BTreeMap;

use crate::num::RandomStream;

/// Share of words and pairs of neighbours that two texts must have in common (Jaccard): of ten words one may
/// be another.
const ALIKE: f64 = 0.7;
/// Shorter texts are not looked at: two of four words are alike by chance.
const MIN_WORDS: usize = 5;
/// Signature of a text: bands of so many numbers. Of 4,000 pairs of texts 0.7 alike one shares no
/// band and is missed.
const N_BANDS: usize = 20;
const BAND_ROWS: usize = 3;
const N_HASHES: usize = N_BANDS * BAND_ROWS;
/// Texts of one band that a further one is compared with, so that a crowd costs no square of itself.
const MAX_COMPARED: usize = 32;

/// Clusters of nearly equal texts (each of two or more, ascending), by their places in `texts`, which are
/// lists of word numbers. Equal texts should be given once.
///
/// Signatures are MinHash values (Broder 1997) of words and pairs of neighbours, by multiply-add hashes of
/// fixed keys; texts that share a band of three (Leskovec et al., "Mining of Massive Datasets", 3.4) are compared
/// exactly, and those alike to one another in a chain are one cluster.
pub fn near_duplicates(texts: &[&[u32]]) -> Vec<Vec<u32>> {
    let keys = keys();
    let mut clusters = Clusters((0..texts.len() as u32).collect());
    let shingles: Vec<Vec<u64>> = texts.iter().map(|words| shingles(words)).collect();
    let signatures: Vec<Option<[u32; N_HASHES]>> = shingles
        .iter()
        .zip(texts)
        .map(|(shingles, words)| (words.len() >= MIN_WORDS).then(|| signature(shingles, &keys)))
        .collect();
    for band in 0..N_BANDS {
        let mut buckets: BTreeMap<&[u32], Vec<u32>> = BTreeMap::new();
        for (text, signature) in (0_u32..).zip(&signatures) {
            let Some(signature) = signature else { continue };
            let bucket = buckets.entry(&signature[band * BAND_ROWS..(band + 1) * BAND_ROWS]).or_default();
            for &other in bucket.iter() {
                let are_one = clusters.of(text) == clusters.of(other);
                if !are_one && are_alike(&shingles[text as usize], &shingles[other as usize]) {
                    clusters.join(text, other);
                }
            }
            if bucket.len() < MAX_COMPARED {
                bucket.push(text);
            }
        }
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    (0..texts.len() as u32).for_each(|text| members.entry(clusters.of(text)).or_default().push(text));
    members.into_values().filter(|members| members.len() > 1).collect()
}

/// Multiplier (odd) and addend of each hash.
fn keys() -> Vec<(u64, u64)> {
    let mut stream = RandomStream::new("near duplicates", &[]);
    (0..N_HASHES).map(|_| (stream.next_word() | 1, stream.next_word())).collect()
}

/// Words, and pairs of neighbouring words, as distinct ascending numbers.
fn shingles(words: &[u32]) -> Vec<u64> {
    let single = words.iter().map(|&word| u64::from(word));
    let pairs = words.windows(2).map(|pair| ((u64::from(pair[0]) + 1) << 32) | u64::from(pair[1]));
    let mut shingles: Vec<u64> = single.chain(pairs).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

fn signature(shingles: &[u64], keys: &[(u64, u64)]) -> [u32; N_HASHES] {
    let mut smallest = [u32::MAX; N_HASHES];
    for &shingle in shingles {
        // Neighbouring numbers must not stay neighbours: the finaliser of MurmurHash3.
        let mut mixed = shingle;
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        mixed ^= mixed >> 33;
        for (smallest, &(factor, addend)) in smallest.iter_mut().zip(keys) {
            *smallest = (*smallest).min((mixed.wrapping_mul(factor).wrapping_add(addend) >> 32) as u32);
        }
    }
    smallest
}

fn are_alike(a: &[u64], b: &[u64]) -> bool {
    let (mut left, mut right, mut n_common) = (0, 0, 0);
    while left < a.len() && right < b.len() {
        match a[left].cmp(&b[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, n_common) = (left + 1, right + 1, n_common + 1),
        }
    }
    n_common as f64 >= ALIKE * (a.len() + b.len() - n_common) as f64
}

/// A forest of texts; each points to an earlier one of its cluster or to itself.
struct Clusters(Vec<u32>);

impl Clusters {
    /// The first text of the cluster.
    fn of(&mut self, text: u32) -> u32 {
        let mut here = text;
        while self.0[here as usize] != here {
            let above = self.0[here as usize];
            self.0[here as usize] = self.0[above as usize];
            here = above;
        }
        here
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(begin: u32, n_words: u32) -> Vec<u32> {
        (begin..begin + n_words).collect()
    }

    #[track_caller]
    fn check(texts: &[Vec<u32>], expected: &[&[u32]]) {
        let texts: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
        assert_eq!(near_duplicates(&texts), expected);
    }

    #[test]
    fn a_word_more_is_nearly_the_same_and_another_half_is_not() {
        let longer = text(0, 21);
        let mut half = text(0, 10);
        half.extend(text(500, 10));
        check(&[text(0, 20), text(100, 20), longer, half, text(200, 20)], &[&[0, 2]]);
    }

    #[test]
    fn likeness_goes_on_in_a_chain() {
        check(&[text(0, 30), text(1, 30), text(2, 30), text(3, 30)], &[&[0, 1, 2, 3]]);
    }

    #[test]
    fn short_and_empty_texts_are_alike_to_none() {
        check(&[vec![1, 2, 3], vec![1, 2, 3], vec![], vec![]], &[]);
        check(&[], &[]);
    }

    #[test]
    fn what_is_found_is_what_comparing_all_pairs_finds() {
        let mut stream = RandomStream::new("test", &[]);
        let mut texts: Vec<Vec<u32>> = Vec::new();
        for _ in 0..150 {
            let words: Vec<u32> = (0..5 + stream.below(30)).map(|_| stream.below(300) as u32).collect();
            let mut changed = words.clone();
            (0..stream.below(4)).for_each(|_| {
                let place = stream.below(changed.len() as u64) as usize;
                changed[place] = stream.below(300) as u32;
            });
            texts.extend([words, changed]);
        }
        let of_texts: Vec<Vec<u64>> = texts.iter().map(|words| shingles(words)).collect();
        let mut all = Clusters((0..texts.len() as u32).collect());
        for a in 0..texts.len() {
            for b in 0..a {
                if are_alike(&of_texts[a], &of_texts[b]) {
                    all.join(a as u32, b as u32);
                }
            }
        }
        let views: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
        let found = near_duplicates(&views);
        for cluster in &found {
            assert!(cluster.iter().all(|&text| all.of(text) == all.of(cluster[0])), "{cluster:?}");
        }
        let n_found: usize = found.iter().map(Vec::len).sum();
        let n_exact = (0..texts.len() as u32).filter(|&text| {
            (0..texts.len() as u32).any(|other| other != text && all.of(other) == all.of(text))
        });
        assert!(n_found > 60 && n_found == n_exact.count(), "{n_found}");
    }
}
