//! Rows and whether each was predicted wrong in, counted by what the rows are; the kinds of rows of which more are
//! wrong than of the others out, with how sure that is.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::num::{SortedMap, stable_sort};
use crate::stats::newcombe_interval;

/// Fewest rows of a slice that is compared: of fewer nothing can be said.
pub const MIN_SLICE_ROWS: u64 = 20;
/// Words that are compared: the most frequent are.
pub const MAX_WORDS_COMPARED: usize = 300;
/// How sure it is that no interval of all slices together misses (Bonferroni: each is as wide as that needs).
pub const SLICE_LEVEL: f64 = 0.95;
/// Ratings and groups that are counted; those that appear first are.
const MAX_VALUES: usize = 10_000;
/// Slices that are given, the worst.
const MAX_SLICES: usize = 200;
/// Words of a text in each slice by length: up to so many, from the one before on; the last has no end.
const LENGTHS: [Option<u32>; 6] = [Some(5), Some(10), Some(20), Some(50), Some(100), None];

/// What rows of a slice have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SliceKind {
    /// So many words.
    Length {
        /// From so many on.
        from: u32,
        /// Up to so many; none where there is no end.
        to: Option<u32>,
    },
    /// This rating or label in the file.
    Rating {
        /// As it stands there.
        value: String,
    },
    /// This word, as it is after cleaning.
    Word {
        /// It.
        word: String,
    },
    /// This value in the column of groups.
    Group {
        /// As it stands there.
        value: String,
    },
}

impl SliceKind {
    /// Whether a row is of this kind: by its text, rating and group, and whether it has a word.
    pub fn holds(&self, text: &str, (rating, group): (&str, &str), has_word: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Length { from, to } => {
                let n_words = n_words(text);
                n_words >= *from && to.is_none_or(|to| n_words <= to)
            }
            Self::Rating { value } => value == rating,
            Self::Word { word } => has_word(word),
            Self::Group { value } => value == group,
        }
    }
}

fn n_words(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX)
}

/// Rows that have something in common, against all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Slice {
    /// What that is.
    pub kind: SliceKind,
    /// How many there are.
    pub n_rows: u64,
    /// How many of them are predicted wrong.
    pub n_wrong: u64,
    /// Share wrong of them less the share wrong of all others.
    pub worse_by: f64,
    /// Lower end of the interval of that difference (Newcombe's, wide enough for all slices together).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// All slices that were compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct SlicesFound {
    /// Rows that were judged.
    pub n_rows: u64,
    /// Those predicted wrong.
    pub n_wrong: u64,
    /// Slices of at least `MIN_SLICE_ROWS` that were compared.
    pub n_compared: u64,
    /// The worst of them, at most `MAX_SLICES`: ordered by the lower end of their interval, highest first, so that a few rows of
    /// bad luck do not come before many rows that are surely worse.
    pub slices: Vec<Slice>,
}

/// Rows counted, and those wrong among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    n_rows: u64,
    n_wrong: u64,
}

impl Tally {
    fn add(&mut self, is_wrong: bool) {
        self.n_rows += 1;
        self.n_wrong += u64::from(is_wrong);
    }
}

/// Counts rows by what they are.
#[derive(Clone, Debug, Default)]
pub struct SliceTally {
    all: Tally,
    lengths: [Tally; LENGTHS.len()],
    ratings: SortedMap<String, Tally>,
    groups: SortedMap<String, Tally>,
    /// By word number.
    words: Vec<Tally>,
}

impl SliceTally {
    /// Takes a row: its text, rating, group (empty: none) and the numbers of its cleaned words, each once.
    pub fn add(&mut self, text: &str, (rating, group): (&str, &str), word_ids: &[u32], is_wrong: bool) {
        self.all.add(is_wrong);
        let n_words = n_words(text);
        let holds = |most: &Option<u32>| most.is_none_or(|most| n_words <= most);
        let place = LENGTHS.iter().position(holds).unwrap_or(LENGTHS.len() - 1);
        self.lengths[place].add(is_wrong);
        for (value, tallies) in [(rating, &mut self.ratings), (group, &mut self.groups)] {
            if value.is_empty() {
                continue;
            }
            if let Some(tally) = tallies.get_mut(value) {
                tally.add(is_wrong);
            } else if tallies.len() < MAX_VALUES {
                tallies.insert(value.to_owned(), Tally { n_rows: 1, n_wrong: u64::from(is_wrong) });
            }
        }
        for &id in word_ids {
            let place = id as usize;
            if self.words.len() <= place {
                self.words.resize(place + 1, Tally::default());
            }
            self.words[place].add(is_wrong);
        }
    }

    /// The slices, the worst first. `words`: by number.
    pub fn found(&self, words: &[String]) -> SlicesFound {
        let mut counted: Vec<(SliceKind, Tally)> = Vec::new();
        let mut from = 0;
        for (to, tally) in LENGTHS.into_iter().zip(self.lengths) {
            counted.push((SliceKind::Length { from, to }, tally));
            from = to.map_or(from, |to| to + 1);
        }
        let rating = |(value, tally): (&String, &Tally)| (SliceKind::Rating { value: value.clone() }, *tally);
        counted.extend(self.ratings.iter().map(rating));
        let group = |(value, tally): (&String, &Tally)| (SliceKind::Group { value: value.clone() }, *tally);
        counted.extend(self.groups.iter().map(group));
        counted.extend(self.most_frequent_words(words));
        // What nearly all rows are is no slice of them: the rest needs rows, too.
        let is_compared = |(_, tally): &(SliceKind, Tally)| {
            tally.n_rows >= MIN_SLICE_ROWS && self.all.n_rows - tally.n_rows >= MIN_SLICE_ROWS
        };
        counted.retain(is_compared);
        let level = 1.0 - (1.0 - SLICE_LEVEL) / counted.len().max(1) as f64;
        let n_compared = counted.len() as u64;
        let mut slices: Vec<Slice> =
            counted.into_iter().filter_map(|(kind, tally)| self.against_rest(kind, tally, level)).collect();
        stable_sort(&mut slices, |a, b| b.low.total_cmp(&a.low).then_with(|| a.kind.cmp(&b.kind)));
        slices.truncate(MAX_SLICES);
        SlicesFound { n_rows: self.all.n_rows, n_wrong: self.all.n_wrong, n_compared, slices }
    }

    fn most_frequent_words(&self, words: &[String]) -> Vec<(SliceKind, Tally)> {
        let mut known: Vec<(&String, Tally)> = words
            .iter()
            .zip(self.words.iter().copied())
            .filter(|(_, tally)| tally.n_rows >= MIN_SLICE_ROWS)
            .collect();
        stable_sort(&mut known, |a, b| b.1.n_rows.cmp(&a.1.n_rows).then_with(|| a.0.cmp(b.0)));
        known.truncate(MAX_WORDS_COMPARED);
        known.into_iter().map(|(word, tally)| (SliceKind::Word { word: word.clone() }, tally)).collect()
    }

    fn against_rest(&self, kind: SliceKind, of: Tally, level: f64) -> Option<Slice> {
        let rest = (self.all.n_wrong - of.n_wrong, self.all.n_rows - of.n_rows);
        let (low, high) = newcombe_interval((of.n_wrong, of.n_rows), rest, level)?;
        let worse_by = of.n_wrong as f64 / of.n_rows as f64 - rest.0 as f64 / rest.1 as f64;
        Some(Slice { kind, n_rows: of.n_rows, n_wrong: of.n_wrong, worse_by, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 60 rows of two ratings and two groups, of which those with `lamp` are mostly wrong.
    fn tally() -> SliceTally {
        let mut tally = SliceTally::default();
        for row in 0..60_u32 {
            let has_lamp = row % 3 == 0;
            let is_wrong = if has_lamp { row % 12 != 0 } else { row % 20 == 1 };
            let text = if row % 2 == 0 { "a few words" } else { "quite a few more words than six here" };
            let rating = if row % 2 == 0 { "1" } else { "5" };
            let ids: &[u32] = if has_lamp { &[0, 1] } else { &[0] };
            tally.add(text, (rating, if row < 10 { "shop" } else { "" }), ids, is_wrong);
        }
        tally
    }

    fn found() -> SlicesFound {
        tally().found(&["the".to_owned(), "lamp".to_owned()])
    }

    #[test]
    fn what_is_surely_worse_stands_first() {
        let found = found();
        let first = &found.slices[0];
        assert_eq!(first.kind, SliceKind::Word { word: "lamp".into() });
        assert_eq!((first.n_rows, first.n_wrong, found.n_rows, found.n_wrong), (20, 15, 60, 17));
        assert!(first.low > 0.0 && first.low < first.worse_by && first.worse_by < first.high, "{first:?}");
        assert!((first.worse_by - (0.75 - 0.05)).abs() < 1e-12);
        assert!(found.slices.windows(2).all(|pair| pair[0].low >= pair[1].low));
    }

    // scipy 1.17.1: Newcombe's formula over stats.binomtest(k, n).proportion_ci(1 - 0.05 / 5, method="wilson")
    #[test]
    fn intervals_are_wide_enough_for_all_slices() {
        let found = found();
        assert_eq!(found.n_compared, 5, "two lengths, two ratings, lamp");
        let first = &found.slices[0];
        assert!(
            (first.low - 0.3671709269189019).abs() < 1e-12 && (first.high - 0.8675243699275134).abs() < 1e-12,
            "{first:?}"
        );
    }

    #[test]
    fn what_has_few_rows_or_nearly_all_is_not_compared() {
        let found = found();
        let has = |kind: SliceKind| found.slices.iter().any(|slice| slice.kind == kind);
        assert!(!has(SliceKind::Group { value: "shop".into() }), "ten rows are too few");
        assert!(!has(SliceKind::Word { word: "the".into() }), "all rows have it");
        assert!(has(SliceKind::Length { from: 0, to: Some(5) }));
        assert!(has(SliceKind::Length { from: 6, to: Some(10) }));
    }

    #[test]
    fn the_longest_texts_have_a_slice_of_their_own() {
        let mut tally = SliceTally::default();
        for row in 0..50 {
            let text = "word ".repeat(if row % 2 == 0 { 101 } else { 100 });
            tally.add(&text, ("1", ""), &[], row % 2 == 0);
        }
        let kinds: Vec<SliceKind> = tally.found(&[]).slices.into_iter().map(|slice| slice.kind).collect();
        let length = |from, to| SliceKind::Length { from, to };
        assert_eq!(kinds, [length(101, None), length(51, Some(100))]);
    }

    #[test]
    fn no_rows_have_no_slices() {
        assert_eq!(SliceTally::default().found(&[]), SlicesFound::default());
    }
}
