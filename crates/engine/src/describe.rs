//! Counted reviews in; what they look like out: how long they are, when they were written, which words tell one class
//! from the others, how much the classes' words overlap.
//!
//! Lengths are in words that were counted: cleaned, and in at least `df_floor` reviews. Terms of several words count for
//! nothing but the words that tell classes apart.

mod by_time;
mod overlap;
mod telling;

use json::{FromJson, ToJson};

use crate::features::Counts;

pub use by_time::{Period, TimeBin};
pub use overlap::Overlap;
pub use telling::{PRIOR_WORDS, TELLING_TERMS, TellingTerm, log_odds};

/// Most columns of the picture of lengths.
const MAX_LENGTH_BINS: u32 = 30;
/// Share of the reviews that lie within all columns but the last, which takes the longer ones.
const WITHIN: f64 = 0.99;

/// What counted reviews look like.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct Description {
    /// Reviews.
    pub n_rows: u64,
    /// How long they are.
    pub lengths: Lengths,
    /// When they were written, oldest first; empty where no review is dated.
    pub times: Vec<TimeBin>,
    /// What a bin of `times` spans.
    pub period: Period,
    /// Reviews without a date, of those that have a column of dates.
    pub n_undated: u64,
    /// Of each class the terms that tell it from the others, the most telling first.
    pub telling: Vec<Vec<TellingTerm>>,
    /// Of each pair of classes, the first below the second.
    pub overlaps: Vec<Overlap>,
}

/// Reviews by their number of words.
#[derive(Clone, Debug, Default, PartialEq, ToJson, FromJson)]
pub struct Lengths {
    /// Numbers of words that a bin spans: bin `i` holds those from `i · width` on.
    pub width: u32,
    /// Reviews of each class in each bin, class by class; the last bin also holds all longer ones.
    pub n_rows: Vec<Vec<u64>>,
    /// Half of the reviews have at most so many words.
    pub median: u32,
    /// The most words of a review.
    pub most: u32,
}

/// Describes counted reviews. `terms` are those of the counts, by id.
pub fn describe(counts: &Counts, terms: &[String]) -> Description {
    let is_word: Vec<bool> = terms.iter().map(|term| !term.contains(' ')).collect();
    let (times, period, n_undated) = by_time::by_time(counts);
    let used = used(counts);
    Description {
        n_rows: counts.labels.len() as u64,
        lengths: lengths(counts, &is_word),
        times,
        period,
        n_undated,
        telling: telling::telling(&used, terms),
        overlaps: overlap::overlaps(&used, &is_word),
    }
}

/// Entries of review `doc`: term and how often it stands there.
fn entries(counts: &Counts, doc: usize) -> impl Iterator<Item = (usize, u32)> {
    let range = counts.doc_starts[doc] as usize..counts.doc_starts[doc + 1] as usize;
    let ids = counts.term_ids[range.clone()].iter();
    ids.zip(&counts.counts[range]).map(|(term, n)| (*term as usize, u32::from(*n)))
}

/// How often each term stands in the reviews of each class; at most as often as 32 bits tell. Shape: n_classes lists of
/// n_terms.
fn used(counts: &Counts) -> Vec<Vec<u32>> {
    let mut used = vec![vec![0u32; counts.n_terms as usize]; usize::from(counts.n_classes)];
    for (doc, label) in counts.labels.iter().enumerate() {
        let of_class = &mut used[usize::from(label.0)];
        for (term, n) in entries(counts, doc) {
            of_class[term] = of_class[term].saturating_add(n);
        }
    }
    used
}

fn lengths(counts: &Counts, is_word: &[bool]) -> Lengths {
    let n_docs = counts.labels.len();
    let length = |doc: usize| {
        let words = entries(counts, doc).filter(|(term, _)| is_word[*term]).map(|(_, n)| n);
        words.fold(0, u32::saturating_add)
    };
    let lengths: Vec<u32> = (0..n_docs).map(length).collect();
    let mut sorted = lengths.clone();
    sorted.sort_unstable();
    let Some(most) = sorted.last().copied() else { return Lengths::default() };
    let usual = sorted[((n_docs - 1) as f64 * WITHIN) as usize];
    let width = (usual / MAX_LENGTH_BINS + 1).max(1);
    let n_bins = (usual / width + 1).min(MAX_LENGTH_BINS) as usize + usize::from(most > usual);
    let mut n_rows = vec![vec![0; n_bins]; usize::from(counts.n_classes)];
    for (length, label) in lengths.iter().zip(&counts.labels) {
        n_rows[usize::from(label.0)][((length / width) as usize).min(n_bins - 1)] += 1;
    }
    Lengths { width, n_rows, median: sorted[(n_docs - 1) / 2], most }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{LabelId, RowKeys};
    use crate::features::TokenRule;

    /// Counts of reviews given as their class and (term, times).
    pub(super) fn counts(n_terms: u32, docs: &[(u8, &[(u32, u16)])]) -> Counts {
        let mut counts = Counts {
            n_classes: docs.iter().map(|(class, _)| class + 1).max().unwrap_or(2),
            n_terms,
            df_floor: 1,
            ngram_range: (1, 2),
            tokens: TokenRule::default(),
            labels: docs.iter().map(|(class, _)| LabelId(*class)).collect(),
            doc_starts: vec![0],
            term_ids: Vec::new(),
            counts: Vec::new(),
            keys: RowKeys::default(),
        };
        for (_, entries) in docs {
            counts.term_ids.extend(entries.iter().map(|(term, _)| *term));
            counts.counts.extend(entries.iter().map(|(_, n)| *n));
            counts.doc_starts.push(counts.term_ids.len() as u32);
        }
        counts
    }

    fn terms(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn lengths_are_in_words_and_of_each_class() {
        let counts = counts(3, &[(0, &[(0, 2), (1, 9), (2, 1)]), (1, &[(2, 1)]), (1, &[])]);
        let found = describe(&counts, &terms(&["bad", "bad phone", "phone"]));
        assert_eq!((found.n_rows, found.lengths.median, found.lengths.most), (3, 1, 3));
        assert_eq!(found.lengths.width, 1);
        assert_eq!(found.lengths.n_rows, [vec![0, 0, 1], vec![1, 1, 0]], "pairs of words are no words");
        assert_eq!((found.times.len(), found.n_undated), (0, 0));
    }

    #[test]
    fn the_longest_reviews_share_the_last_bin() {
        let long = [(0u32, 500u16)];
        let short = [(0u32, 10u16)];
        let docs: Vec<(u8, &[(u32, u16)])> =
            (0..200).map(|doc| (0u8, if doc == 7 { &long[..] } else { &short[..] })).collect();
        let found = describe(&counts(1, &docs), &terms(&["good"])).lengths;
        assert_eq!((found.width, found.most, found.n_rows[0].len()), (1, 500, 12));
        assert_eq!((found.n_rows[0][10], found.n_rows[0][11]), (199, 1));
    }

    #[test]
    fn no_reviews_have_no_lengths() {
        let found = describe(&counts(0, &[]), &[]);
        assert_eq!((found.n_rows, found.lengths), (0, Lengths::default()));
    }

    #[test]
    fn a_description_survives_its_json() {
        let found = describe(&counts(1, &[(0, &[(0, 1)]), (1, &[(0, 2)])]), &terms(&["good"]));
        assert_eq!(json::from_str::<Description>(&json::to_string(&found)).unwrap(), found);
    }
}
