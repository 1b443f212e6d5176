//! Cleaned reviews in, n-gram counts out, in one level after another: an n-gram's document frequency is at
//! most that of its parts, so what is rare is dropped before it can grow, and the result stays exact.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::{Corpus, Counts, FeatureError, MAX_DOCS, MAX_NGRAM, MAX_TERMS, MIN_TOKEN_CHARS};
use crate::dataset::{CleanedDocs, LabelId};

/// Marks a place where no frequent n-gram begins.
const NONE: u32 = u32::MAX;

/// Counts n-grams of `ngram_range` words that stand in at least `df_floor` reviews.
///
/// Words of fewer than `MIN_TOKEN_CHARS` characters are no tokens, and phrases are formed after they are
/// gone. Terms come out in alphabetical (byte) order. A count above 65,535 is kept as 65,535.
///
/// # Errors
/// Where the range is not within `1..=MAX_NGRAM`, or there are more than `MAX_TERMS` terms or `MAX_DOCS`
/// reviews.
///
/// The reviews are taken, not lent: of a large file their words are most of what a worker holds, and they make
/// room as soon as they are counted.
pub fn count(
    docs: CleanedDocs,
    n_classes: u8,
    ngram_range: (u8, u8),
    df_floor: u32,
) -> Result<Corpus, FeatureError> {
    let (shortest, longest) = ngram_range;
    if shortest == 0 || shortest > longest || longest > MAX_NGRAM {
        return Err(FeatureError::BadNgramRange { shortest, longest });
    }
    let n_docs = docs.labels.len();
    if n_docs > MAX_DOCS as usize || docs.word_ids.len() >= NONE as usize {
        let found = n_docs.max(docs.word_ids.len()) as u64;
        return Err(FeatureError::TooManyDocs { found, most: u64::from(MAX_DOCS) });
    }
    let CleanedDocs { words, labels, doc_starts, word_ids, .. } = docs;
    let tokens = Tokens::of(&words, doc_starts, word_ids);
    let mut levels = grow_levels(&tokens, words.len(), longest, df_floor)?;
    levels.drain(..usize::from(shortest) - 1);
    Ok(assemble(&words, labels, &tokens, &levels, CountShape { n_classes, ngram_range, df_floor }))
}

struct CountShape {
    n_classes: u8,
    ngram_range: (u8, u8),
    df_floor: u32,
}

/// The words that are tokens. Shapes: `doc_starts`: n_docs + 1 into `words`.
struct Tokens {
    doc_starts: Vec<u32>,
    words: Vec<u32>,
}

impl Tokens {
    /// Of all words those that are tokens, in the lists the words came in.
    fn of(words: &[String], mut doc_starts: Vec<u32>, mut word_ids: Vec<u32>) -> Self {
        let is_token: Vec<bool> =
            words.iter().map(|word| word.chars().nth(MIN_TOKEN_CHARS - 1).is_some()).collect();
        let (mut start, mut n_tokens) = (0, 0);
        for end in &mut doc_starts[1..] {
            for position in start..*end as usize {
                let word = word_ids[position];
                word_ids[n_tokens] = word;
                n_tokens += usize::from(is_token[word as usize]);
            }
            start = *end as usize;
            *end = n_tokens as u32;
        }
        word_ids.truncate(n_tokens);
        Self { doc_starts, words: word_ids }
    }

    fn docs(&self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> + '_ {
        (0..).zip(self.doc_starts.windows(2).map(|range| range[0] as usize..range[1] as usize))
    }
}

/// The frequent n-grams of one length: `at[position]` is the one that begins there, or `NONE`;
/// `first[gram]` is a position where it begins.
struct Level {
    length: usize,
    at: Vec<u32>,
    first: Vec<u32>,
}

fn grow_levels(
    tokens: &Tokens,
    n_words: usize,
    longest: u8,
    df_floor: u32,
) -> Result<Vec<Level>, FeatureError> {
    let mut n_terms = 0;
    let mut levels: Vec<Level> = Vec::with_capacity(usize::from(longest));
    for length in 1..=usize::from(longest) {
        let candidates = match levels.last() {
            None => Candidates { at: tokens.words.clone(), n_grams: n_words },
            Some(shorter) => extend(tokens, shorter)?,
        };
        let level = keep_frequent(tokens, length, candidates, df_floor);
        n_terms += level.first.len();
        if n_terms > MAX_TERMS as usize {
            return Err(FeatureError::TooManyTerms { most: MAX_TERMS });
        }
        levels.push(level);
    }
    Ok(levels)
}

struct Candidates {
    at: Vec<u32>,
    n_grams: usize,
}

/// Numbers the n-grams made of two frequent ones that overlap in all but one word.
fn extend(tokens: &Tokens, shorter: &Level) -> Result<Candidates, FeatureError> {
    let mut ids: FxHashMap<u64, u32> = FxHashMap::default();
    let mut at = vec![NONE; tokens.words.len()];
    for (_, range) in tokens.docs() {
        let begins = at[range.clone()].iter_mut().zip(shorter.at[range].windows(2));
        for (begin, pair) in begins.filter(|(_, pair)| pair[0] != NONE && pair[1] != NONE) {
            let n_grams = ids.len() as u32;
            *begin = match ids.entry(u64::from(pair[0]) << 32 | u64::from(pair[1])) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(new) => *new.insert(n_grams),
            };
        }
        // Candidates may outnumber the terms kept, but not without bound.
        if ids.len() > 8 * MAX_TERMS as usize {
            return Err(FeatureError::TooManyTerms { most: MAX_TERMS });
        }
    }
    Ok(Candidates { at, n_grams: ids.len() })
}

/// Drops candidates in fewer than `df_floor` reviews and numbers the rest by first appearance.
fn keep_frequent(tokens: &Tokens, length: usize, candidates: Candidates, df_floor: u32) -> Level {
    let Candidates { mut at, n_grams } = candidates;
    let mut df = vec![0_u32; n_grams];
    let mut last_doc = vec![NONE; n_grams];
    for (doc, range) in tokens.docs() {
        for &gram in at[range].iter().filter(|&&gram| gram != NONE) {
            let gram = gram as usize;
            if last_doc[gram] != doc {
                last_doc[gram] = doc;
                df[gram] += 1;
            }
        }
    }
    let mut renumbered = vec![NONE; n_grams];
    let mut first = Vec::new();
    for (position, gram) in at.iter_mut().enumerate().filter(|(_, gram)| **gram != NONE) {
        let old = *gram as usize;
        if df[old] < df_floor {
            *gram = NONE;
            continue;
        }
        if renumbered[old] == NONE {
            renumbered[old] = first.len() as u32;
            first.push(position as u32);
        }
        *gram = renumbered[old];
    }
    Level { length, at, first }
}

/// Sorts the terms and writes each review's counts by their ranks.
fn assemble(
    words: &[String],
    labels: Vec<LabelId>,
    tokens: &Tokens,
    levels: &[Level],
    shape: CountShape,
) -> Corpus {
    let (terms, ranks) = sorted_terms(words, tokens, levels);
    let mut term_ids = Vec::with_capacity(tokens.words.len());
    let mut counts: Vec<u16> = Vec::with_capacity(tokens.words.len());
    let mut doc_starts = Vec::with_capacity(tokens.doc_starts.len());
    doc_starts.push(0);
    let mut of_doc: Vec<u32> = Vec::new();
    for (_, range) in tokens.docs() {
        of_doc.clear();
        for (level, ranks) in levels.iter().zip(&ranks) {
            let grams = level.at[range.clone()].iter().filter(|&&gram| gram != NONE);
            of_doc.extend(grams.map(|&gram| ranks[gram as usize]));
        }
        of_doc.sort_unstable();
        for same in of_doc.chunk_by(|a, b| a == b) {
            term_ids.push(same[0]);
            counts.push(u16::try_from(same.len()).unwrap_or(u16::MAX));
        }
        doc_starts.push(term_ids.len() as u32);
    }
    let CountShape { n_classes, ngram_range, df_floor } = shape;
    let n_terms = terms.len() as u32;
    let counts = Counts { n_classes, n_terms, df_floor, ngram_range, labels, doc_starts, term_ids, counts };
    Corpus { counts, terms }
}

/// The terms of all levels in alphabetical order, and for each level the rank of each of its n-grams.
fn sorted_terms(words: &[String], tokens: &Tokens, levels: &[Level]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut spelled: Vec<(u64, String, u32, u32)> = Vec::new();
    for (level_idx, level) in (0..).zip(levels) {
        for (gram, &position) in (0..).zip(&level.first) {
            let gram_words = &tokens.words[position as usize..position as usize + level.length];
            let mut term = words[gram_words[0] as usize].clone();
            for &word in &gram_words[1..] {
                term.push(' ');
                term.push_str(&words[word as usize]);
            }
            spelled.push((leading_bytes(&term), term, level_idx, gram));
        }
    }
    spelled.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let mut ranks: Vec<Vec<u32>> = levels.iter().map(|level| vec![0; level.first.len()]).collect();
    let mut terms = Vec::with_capacity(spelled.len());
    for (rank, (_, term, level_idx, gram)) in (0..).zip(spelled) {
        ranks[level_idx as usize][gram as usize] = rank;
        terms.push(term);
    }
    (terms, ranks)
}

/// The first eight bytes as one number: most comparisons of a sort end here.
fn leading_bytes(term: &str) -> u64 {
    let mut leading = [0; 8];
    let n_bytes = term.len().min(8);
    leading[..n_bytes].copy_from_slice(&term.as_bytes()[..n_bytes]);
    u64::from_be_bytes(leading)
}
