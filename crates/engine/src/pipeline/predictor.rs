//! A text in, its class, probabilities and the words that spoke for it out.

use super::decide::Rule;
use super::{Contribution, Explanation, FittedPipeline, Prediction, Span};
use crate::features::{SparseRow, TermIndex, is_token};
use crate::models::LinearScorer;
use crate::text::{Cleaner, TracedWord};

/// Predicts with a fitted pipeline and nothing else.
pub struct Predictor {
    pipeline: FittedPipeline,
    cleaner: Cleaner,
    index: TermIndex,
    scorer: LinearScorer,
    /// The tokens of the text at hand, joined by one space: an n-gram is a stretch of it.
    joined: String,
    /// Where each token stands in `joined`.
    tokens: Vec<(usize, usize)>,
    found: Vec<u32>,
}

impl Predictor {
    /// Prepares a pipeline for predicting.
    pub fn new(pipeline: FittedPipeline) -> Self {
        Self {
            cleaner: Cleaner::new(&pipeline.cleaning),
            index: TermIndex::new(&pipeline.features.terms),
            scorer: LinearScorer::new(&pipeline.model),
            joined: String::new(),
            tokens: Vec::new(),
            found: Vec::new(),
            pipeline,
        }
    }

    /// The pipeline it predicts with.
    pub fn pipeline(&self) -> &FittedPipeline {
        &self.pipeline
    }

    /// Class, probabilities and scores of a text.
    pub fn predict(&mut self, text: &str) -> Prediction {
        self.joined.clear();
        self.tokens.clear();
        let (joined, tokens) = (&mut self.joined, &mut self.tokens);
        self.cleaner.clean(text, &mut |word| push_token(joined, tokens, word));
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.for_each_term(|term, _, _| found.push(term));
        let row = self.pipeline.features.weigh(&mut found);
        self.found = found;
        self.answer(&row)
    }

    /// The answer for a text and what each of its terms did to it.
    pub fn explain(&mut self, text: &str) -> Explanation {
        let traced = self.cleaner.trace(text);
        self.joined.clear();
        self.tokens.clear();
        let is_known_token: Vec<bool> = traced.words.iter().map(|word| is_token(&word.text)).collect();
        let words: Vec<&TracedWord> = traced.words.iter().filter(|word| is_token(&word.text)).collect();
        words.iter().for_each(|word| push_token(&mut self.joined, &mut self.tokens, &word.text));
        let mut in_vocabulary = vec![false; words.len()];
        let mut occurrences: Vec<(u32, usize, usize)> = Vec::new();
        self.for_each_term(|term, first, length| {
            in_vocabulary[first..first + length].fill(true);
            occurrences.push((term, first, length));
        });
        occurrences.sort_unstable();
        let mut found: Vec<u32> = occurrences.iter().map(|occurrence| occurrence.0).collect();
        let row = self.pipeline.features.weigh(&mut found);
        let prediction = self.answer(&row);
        let toward = if self.scorer.n_scores() == 1 { 1 } else { prediction.label };
        let score = if self.scorer.n_scores() == 1 { 0 } else { usize::from(toward) };
        let mut contributions: Vec<Contribution> = occurrences
            .chunk_by(|a, b| a.0 == b.0)
            .zip(&row.values)
            .map(|(places, value)| Contribution {
                term: self.pipeline.features.terms[places[0].0 as usize].clone(),
                value: value * self.scorer.coef(score, places[0].0),
                places: places
                    .iter()
                    .map(|&(_, first, length)| {
                        words[first..first + length].iter().map(|word| span_of(word)).collect()
                    })
                    .collect(),
            })
            .collect();
        contributions.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        let mut known = in_vocabulary.into_iter();
        let is_unknown =
            is_known_token.into_iter().map(|is_token| !(is_token && known.next().unwrap_or(false)));
        let unknown = traced
            .words
            .iter()
            .zip(is_unknown)
            .filter(|(_, unknown)| *unknown)
            .map(|(word, _)| span_of(word))
            .collect();
        let dropped = traced.dropped.iter().map(|&(start, end)| Span { start, end }).collect();
        Explanation {
            prediction,
            toward,
            base: self.scorer.intercept(score),
            contributions,
            dropped,
            unknown,
        }
    }

    /// Calls `found(term, first token, number of tokens)` for each n-gram that the vocabulary knows.
    fn for_each_term(&self, mut found: impl FnMut(u32, usize, usize)) {
        for first in 0..self.tokens.len() {
            for length in self.pipeline.features.ngram_lengths() {
                let Some(&(_, end)) = self.tokens.get(first + length - 1) else { break };
                if let Some(term) = self.index.get(&self.joined[self.tokens[first].0..end]) {
                    found(term, first, length);
                }
            }
        }
    }

    fn answer(&self, row: &SparseRow) -> Prediction {
        let mut scores = Vec::with_capacity(self.scorer.n_scores());
        self.scorer.score(row, &mut scores);
        let FittedPipeline { model, calibration, threshold, abstain, .. } = &self.pipeline;
        let mut probabilities = Vec::with_capacity(self.pipeline.labels.len());
        let (label, margin) = Rule::new(model, calibration, *threshold).answer(&scores, &mut probabilities);
        let abstains = abstain.is_some_and(|band| margin < band.margin);
        Prediction { label, probabilities, scores, abstains }
    }
}

fn push_token(joined: &mut String, tokens: &mut Vec<(usize, usize)>, word: &str) {
    if !is_token(word) {
        return;
    }
    if !joined.is_empty() {
        joined.push(' ');
    }
    tokens.push((joined.len(), joined.len() + word.len()));
    joined.push_str(word);
}

fn span_of(word: &TracedWord) -> Span {
    Span { start: word.start, end: word.end }
}
