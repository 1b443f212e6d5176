//! Counts of the training part in, vocabulary and idf out; words of any text in, its weighted row out.

use rustc_hash::FxHashMap;

use super::select::{check_answerable, keep_most_frequent};
use super::{Counts, DfBounds, FeatureError, FittedTfIdf, MIN_TOKEN_CHARS, TfIdfSpec, smooth_idf};

/// One text's weights: `term_ids` ascend, `values` are l2-normalised (all absent for a text with no known
/// term).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseRow {
    /// Columns, by place in the vocabulary.
    pub term_ids: Vec<u32>,
    /// Weights.
    pub values: Vec<f64>,
}

/// Learns vocabulary and idf from the documents `rows` (scikit-learn's `TfidfVectorizer.fit`; equally
/// frequent terms at `max_features` are kept in alphabetical order).
///
/// # Errors
/// Where the settings cannot be answered by these counts or leave no term.
pub fn fit_tfidf(
    counts: &Counts,
    terms: &[String],
    rows: &[u32],
    spec: &TfIdfSpec,
) -> Result<FittedTfIdf, FeatureError> {
    let (kept, idf) = select_terms(counts, rows, spec)?;
    let terms = kept.iter().map(|&term| terms[term as usize].clone()).collect();
    Ok(FittedTfIdf { spec: spec.clone(), terms, idf })
}

/// Ids of the terms kept, ascending, and the idf of each.
fn select_terms(
    counts: &Counts,
    rows: &[u32],
    spec: &TfIdfSpec,
) -> Result<(Vec<u32>, Vec<f64>), FeatureError> {
    let n_docs = rows.len() as u32;
    if n_docs == 0 {
        return Err(FeatureError::NoDocs);
    }
    let bounds = DfBounds::resolve(spec, n_docs)?;
    check_answerable(counts.shape(), spec, bounds)?;
    let mut df = vec![0_u32; counts.n_terms as usize];
    let mut term_frequency = vec![0_u64; counts.n_terms as usize];
    for &row in rows {
        let (term_ids, term_counts) = counts.row(row);
        for (&term, &count) in term_ids.iter().zip(term_counts) {
            df[term as usize] += 1;
            term_frequency[term as usize] += u64::from(count);
        }
    }
    let mut kept: Vec<u32> = (0..counts.n_terms)
        .filter(|&term| df[term as usize] > 0 && bounds.keeps(df[term as usize]))
        .collect();
    if let Some(limit) = spec.max_features {
        keep_most_frequent(&mut kept, &term_frequency, limit as usize);
    }
    if kept.is_empty() {
        return Err(FeatureError::NoTerms);
    }
    let idf = kept.iter().map(|&term| smooth_idf(n_docs, df[term as usize])).collect();
    Ok((kept, idf))
}

/// What a term that stands `count` times in a text weighs before idf: `1 + ln(count)` or `count`.
pub fn term_frequency_weight(count: u32, sublinear_tf: bool) -> f64 {
    if sublinear_tf { libm::log(f64::from(count)) + 1.0 } else { f64::from(count) }
}

impl FittedTfIdf {
    /// The weighted row of a text given by its cleaned words, with the idf of the training part.
    pub fn transform<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> SparseRow {
        let mut found = Vec::new();
        let words: Vec<&str> = words.into_iter().filter(|word| is_token(word)).collect();
        let mut term = String::new();
        for start in 0..words.len() {
            for length in self.ngram_lengths().filter(|&length| start + length <= words.len()) {
                join_into(&mut term, &words[start..start + length]);
                if let Ok(id) = self.terms.binary_search_by(|known| known.as_str().cmp(&term)) {
                    found.push(id as u32);
                }
            }
        }
        self.weigh(&mut found)
    }

    /// Lengths of n-grams, in words.
    pub(crate) fn ngram_lengths(&self) -> impl Iterator<Item = usize> + use<> {
        let (shortest, longest) = self.spec.ngram_range;
        usize::from(shortest)..=usize::from(longest)
    }

    /// The weighted row of the terms `found`, one entry for each time a term stands in the text.
    pub(crate) fn weigh(&self, found: &mut [u32]) -> SparseRow {
        found.sort_unstable();
        let mut row = SparseRow::default();
        for same in found.chunk_by(|a, b| a == b) {
            self.push_weight(&mut row, same[0], same.len() as u32);
        }
        row.normalise();
        row
    }

    /// The weighted row of document `row` of `counts`; `columns[term]` is the term's place in the
    /// vocabulary, if it is there.
    pub(crate) fn weigh_counts(&self, counts: &Counts, columns: &[Option<u32>], row: u32) -> SparseRow {
        let (term_ids, term_counts) = counts.row(row);
        let mut weighted = SparseRow::default();
        for (&term, &count) in term_ids.iter().zip(term_counts) {
            if let Some(column) = columns[term as usize] {
                self.push_weight(&mut weighted, column, u32::from(count));
            }
        }
        weighted.normalise();
        weighted
    }

    fn push_weight(&self, row: &mut SparseRow, column: u32, count: u32) {
        let tf = if count == 1 { 1.0 } else { term_frequency_weight(count, self.spec.sublinear_tf) };
        row.term_ids.push(column);
        row.values.push(tf * self.idf[column as usize]);
    }
}

impl SparseRow {
    /// Divides by the square root of the sum of squares, both in the order of the columns.
    fn normalise(&mut self) {
        let squares: f64 = self.values.iter().map(|value| value * value).sum();
        if squares > 0.0 {
            let norm = squares.sqrt();
            self.values.iter_mut().for_each(|value| *value /= norm);
        }
    }
}

/// Whether a cleaned word is a token.
pub(crate) fn is_token(word: &str) -> bool {
    word.chars().nth(MIN_TOKEN_CHARS - 1).is_some()
}

/// Writes the words, joined by one space, over `term`.
fn join_into(term: &mut String, words: &[&str]) {
    term.clear();
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            term.push(' ');
        }
        term.push_str(word);
    }
}

/// Finds a term's place in a vocabulary without comparing strings along the way.
#[derive(Clone, Debug, Default)]
pub struct TermIndex(FxHashMap<Box<str>, u32>);

impl TermIndex {
    /// The index of `terms`.
    pub fn new(terms: &[String]) -> Self {
        Self((0..).zip(terms).map(|(id, term)| (term.as_str().into(), id)).collect())
    }

    /// The place of `term`.
    pub fn get(&self, term: &str) -> Option<u32> {
        self.0.get(term).copied()
    }
}
