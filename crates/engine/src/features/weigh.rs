//! Words of any text in, its weighted row by a fitted vocabulary out.

use rustc_hash::FxHashMap;

use super::spec::WeightRule;
use super::tokens::{Tokenizer, Units};
use super::{FeatureError, FittedVectorizer, Norm};
use crate::num::Csr;

/// One text's weights: `term_ids` ascend, `values` are normalised (all absent for a text with no known term).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseRow {
    /// Columns, by place in the vocabulary.
    pub term_ids: Vec<u32>,
    /// Weights.
    pub values: Vec<f64>,
}

/// What a term that stands `count` times in a text weighs before idf: `1 + ln(count)` or `count`.
pub fn term_frequency_weight(count: u32, sublinear_tf: bool) -> f64 {
    if sublinear_tf { libm::log(f64::from(count)) + 1.0 } else { f64::from(count) }
}

/// Adds the weight of a term that stands `count` times, not yet normalised.
pub(super) fn push_weight(row: &mut SparseRow, rule: WeightRule, (column, count): (u32, u32), idf: f64) {
    let is_one = count == 1 || rule.binary;
    let tf = if is_one { 1.0 } else { term_frequency_weight(count, rule.sublinear_tf) };
    row.term_ids.push(column);
    row.values.push(tf * idf);
}

impl SparseRow {
    /// Divides by the norm, which is summed in the order of the columns.
    pub(super) fn normalise(&mut self, norm: Norm) {
        let size: f64 = match norm {
            Norm::None => return,
            Norm::L1 => self.values.iter().map(|value| value.abs()).sum(),
            Norm::L2 => self.values.iter().map(|value| value * value).sum::<f64>().sqrt(),
        };
        if size > 0.0 {
            self.values.iter_mut().for_each(|value| *value /= size);
        }
    }
}

impl FittedVectorizer {
    /// What finds this vocabulary's terms in cleaned words.
    ///
    /// # Errors
    /// Where the token pattern cannot be run.
    pub fn finder(&self) -> Result<TermFinder, FeatureError> {
        Ok(TermFinder {
            ngram_range: self.spec.ngram_range,
            tokenizer: Tokenizer::new(&self.spec.tokens)?,
            index: TermIndex::new(&self.terms),
            units: Units::default(),
        })
    }

    /// The weighted rows of texts given by their cleaned words, with the idf of the training part:
    /// n_texts x n_terms.
    ///
    /// # Errors
    /// Where the token pattern cannot be run.
    pub fn transform<'a, Words>(&self, texts: impl IntoIterator<Item = Words>) -> Result<Csr, FeatureError>
    where
        Words: IntoIterator<Item = &'a str>,
    {
        let mut finder = self.finder()?;
        let mut matrix = Csr::empty(self.terms.len());
        let mut found = Vec::new();
        for words in texts {
            finder.cut(words);
            found.clear();
            finder.for_each_term(|term, _, _| found.push(term));
            let SparseRow { term_ids, values } = self.weigh(&mut found);
            matrix.push_row(term_ids.into_iter().zip(values));
        }
        Ok(matrix)
    }

    /// The weighted row of the terms `found`, one entry for each time a term stands in the text.
    pub fn weigh(&self, found: &mut [u32]) -> SparseRow {
        let rule = self.spec.weights();
        found.sort_unstable();
        let mut row = SparseRow::default();
        for same in found.chunk_by(|a, b| a == b) {
            push_weight(&mut row, rule, (same[0], same.len() as u32), self.idf[same[0] as usize]);
        }
        row.normalise(rule.norm);
        row
    }
}

/// Finds a vocabulary's terms in one text at a time.
#[derive(Clone, Debug)]
pub struct TermFinder {
    ngram_range: (u8, u8),
    tokenizer: Tokenizer,
    index: TermIndex,
    units: Units,
}

impl TermFinder {
    /// Takes the cleaned words of the next text and cuts them into tokens or characters: the units.
    pub fn cut<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        self.cut_with(|take| words.into_iter().for_each(take));
    }

    /// The same for words that `visit` hands over one by one.
    pub fn cut_with(&mut self, visit: impl FnOnce(&mut dyn FnMut(&str))) {
        let Self { tokenizer, units, .. } = self;
        units.clear();
        visit(&mut |word| tokenizer.push(units, word));
        tokenizer.finish(units);
    }

    /// Calls `found(term, first unit, number of units)` for each n-gram of the text that the vocabulary knows,
    /// as often as it stands there.
    pub fn for_each_term(&self, mut found: impl FnMut(u32, usize, usize)) {
        self.units.for_each_ngram(self.ngram_range, |ngram, first, n_units| {
            if let Some(term) = self.index.get(ngram) {
                found(term, first, n_units);
            }
        });
    }

    /// Where each unit stands in the cleaned words joined by one space: first byte and one past the last.
    /// Empty for a space around a word that `char_wb` adds.
    pub fn unit_places(&self) -> impl ExactSizeIterator<Item = (u32, u32)> {
        self.units.units().iter().map(|unit| (unit.from, unit.to))
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
