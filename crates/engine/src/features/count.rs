//! Cleaned reviews in, n-gram counts out, in one level after another: an n-gram's document frequency is at
//! most that of its parts, so what is rare is dropped before it can grow, and the result stays exact.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::stream::{NONE, Stream};
use super::tokens::Tokenizer;
use super::{Analyzer, Corpus, Counting, Counts, FeatureError, MAX_TERMS};
use crate::dataset::{CleanedDocs, LabelId, RowKeys};

/// Characters of the shortest word that `char_wb` pads.
const SHORTEST_PADDED: usize = 3;

/// Counts n-grams that stand in at least `counting.df_floor` reviews.
///
/// Tokens are those of scikit-learn (of two or more characters by its default pattern), and phrases are formed
/// after stop words are gone. Terms come out in alphabetical (byte) order. A count above 65,535 is kept as
/// 65,535.
///
/// The reviews are taken, not lent: of a large file their words are most of what a worker holds, and they make
/// room as soon as they are counted.
///
/// # Errors
/// Where the n-gram lengths are not within `1..=TokenRule::longest_ngram`, the token pattern cannot be run, or
/// there are more than `MAX_TERMS` terms or `MAX_DOCS` reviews.
pub fn count(docs: CleanedDocs, n_classes: u8, counting: &Counting) -> Result<Corpus, FeatureError> {
    counting.check()?;
    let tokenizer = Tokenizer::new(&counting.tokens)?;
    let CleanedDocs { words, labels, doc_starts, word_ids, keys, .. } = docs;
    let stream = Stream::of(words, doc_starts, word_ids, &tokenizer)?;
    let (shortest, longest) = counting.ngram_range;
    let mut levels = grow_levels(&stream, longest, counting.df_floor)?;
    let mut shorter: Vec<Level> = levels.drain(..usize::from(shortest) - 1).collect();
    if counting.tokens.analyzer == Analyzer::CharWb {
        shorter.retain(|level| level.length >= SHORTEST_PADDED);
        levels.extend(shorter.drain(..).map(|level| whole_words(&stream, level, counting.df_floor)));
    }
    drop(shorter);
    let mut corpus = assemble(labels, &stream, &levels, (n_classes, counting));
    corpus.counts.keys = keys;
    Ok(corpus)
}

/// The frequent n-grams of one length: `at[position]` is the one that begins there, or `NONE`;
/// `first[gram]` is a position where it begins.
struct Level {
    length: usize,
    at: Vec<u32>,
    first: Vec<u32>,
}

fn grow_levels(stream: &Stream, longest: u8, df_floor: u32) -> Result<Vec<Level>, FeatureError> {
    let mut n_terms = 0;
    let mut levels: Vec<Level> = Vec::with_capacity(usize::from(longest));
    for length in 1..=usize::from(longest) {
        let candidates = match levels.last() {
            None => Candidates { at: stream.symbols.clone(), n_grams: stream.n_symbols() },
            Some(shorter) => extend(stream, shorter)?,
        };
        let level = keep_frequent(stream, length, candidates, df_floor);
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
fn extend(stream: &Stream, shorter: &Level) -> Result<Candidates, FeatureError> {
    let mut ids: FxHashMap<u64, u32> = FxHashMap::default();
    let mut at = vec![NONE; stream.symbols.len()];
    for (_, range) in stream.docs() {
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
fn keep_frequent(stream: &Stream, length: usize, candidates: Candidates, df_floor: u32) -> Level {
    let Candidates { mut at, n_grams } = candidates;
    let mut df = vec![0_u32; n_grams];
    let mut last_doc = vec![NONE; n_grams];
    for (doc, range) in stream.docs() {
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

/// What is left of a level where only whole padded words count: scikit-learn takes a word that is shorter than
/// the shortest n-gram as one. A stretch that begins and ends with a space is a whole word, so what was
/// counted of the level holds.
fn whole_words(stream: &Stream, level: Level, df_floor: u32) -> Level {
    let Level { length, mut at, first } = level;
    let is_break = |place: usize| stream.symbols.get(place).is_none_or(|&symbol| symbol == NONE);
    for (place, gram) in at.iter_mut().enumerate() {
        let begins = place == 0 || is_break(place - 1);
        if !(begins && is_break(place + length)) {
            *gram = NONE;
        }
    }
    keep_frequent(stream, length, Candidates { at, n_grams: first.len() }, df_floor)
}

/// Sorts the terms and writes each review's counts by their ranks.
fn assemble(
    labels: Vec<LabelId>,
    stream: &Stream,
    levels: &[Level],
    (n_classes, counting): (u8, &Counting),
) -> Corpus {
    let (terms, ranks) = sorted_terms(stream, levels);
    let mut term_ids = Vec::with_capacity(stream.symbols.len());
    let mut counts: Vec<u16> = Vec::with_capacity(stream.symbols.len());
    let mut doc_starts = Vec::with_capacity(stream.doc_starts.len());
    doc_starts.push(0);
    let mut of_doc: Vec<u32> = Vec::new();
    for (_, range) in stream.docs() {
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
    let Counting { ngram_range, tokens, df_floor } = counting.clone();
    let (n_terms, keys) = (terms.len() as u32, RowKeys::default());
    let counts = Counts {
        n_classes,
        n_terms,
        df_floor,
        ngram_range,
        tokens,
        labels,
        doc_starts,
        term_ids,
        counts,
        keys,
    };
    Corpus { counts, terms }
}

/// The terms of all levels in alphabetical order, and for each level the rank of each of its n-grams.
fn sorted_terms(stream: &Stream, levels: &[Level]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut spelled: Vec<(u64, String, u32, u32)> = Vec::new();
    for (level_idx, level) in (0..).zip(levels) {
        for (gram, &position) in (0..).zip(&level.first) {
            let position = position as usize;
            let term = stream.spell(&stream.symbols[position..position + level.length]);
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
