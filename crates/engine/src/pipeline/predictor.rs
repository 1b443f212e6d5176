//! A text in, its class, probabilities and the words that spoke for it out.

use thiserror::Error;

use super::decide::Rule;
use super::{Contribution, Explanation, FittedPipeline, Prediction, Span};
use crate::dataset::LabelId;
use crate::features::{Analyzer, FeatureError, SparseRow, TermFinder};
use crate::models::Scorer;
use crate::text::{CleanError, Cleaner, Traced};

/// Why a pipeline cannot predict here.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PredictorError {
    /// Its cleaning needs what this build lacks.
    #[error("This model cannot be used here: {0}.")]
    Cleaning(#[from] CleanError),
    /// Its features need what this build lacks.
    #[error("This model cannot be used here: {0}.")]
    Features(#[from] FeatureError),
}

/// Predicts with a fitted pipeline and nothing else.
pub struct Predictor {
    pipeline: FittedPipeline,
    cleaner: Cleaner,
    finder: TermFinder,
    scorer: Scorer,
    found: Vec<u32>,
}

/// A term that stands in a text: its number, its first token or character, and how many it has.
type Occurrence = (u32, usize, usize);

impl Predictor {
    /// Prepares a pipeline for predicting.
    ///
    /// # Errors
    /// Where this build cannot run a step or a pattern of the pipeline.
    pub fn new(pipeline: FittedPipeline) -> Result<Self, PredictorError> {
        Ok(Self {
            cleaner: Cleaner::new(&pipeline.cleaning)?,
            finder: pipeline.features.finder()?,
            scorer: Scorer::new(&pipeline.model),
            found: Vec::new(),
            pipeline,
        })
    }

    /// The pipeline it predicts with.
    pub fn pipeline(&self) -> &FittedPipeline {
        &self.pipeline
    }

    /// Class, probabilities and scores of a text.
    pub fn predict(&mut self, text: &str) -> Prediction {
        let row = self.row(text);
        self.answer(&row)
    }

    /// The answer for a text and what each of its terms did to it: for two classes to the score of the second,
    /// else to that of the predicted one.
    pub fn explain(&mut self, text: &str) -> Explanation {
        self.explain_score(text, None, &[])
    }

    /// As `explain`, of the text without some of its words, by their places in `Explanation::words`, ascending: the
    /// neighbours of a word that is left out become neighbours of each other.
    pub fn explain_without(&mut self, text: &str, left_out: &[u32]) -> Explanation {
        self.explain_score(text, None, left_out)
    }

    /// The answer for a text and what each of its terms did to the score of `class`, which is one of the
    /// pipeline's; of two classes the first scores the opposite of the second.
    pub fn explain_toward(&mut self, text: &str, class: LabelId) -> Explanation {
        self.explain_score(text, Some(class), &[])
    }

    /// Class, probabilities and scores of a text, and the terms that did most to the score: of two classes the
    /// second's, else that of the predicted one. Strongest first, `n_most` at most; nothing is traced.
    pub fn answer_with_terms(&mut self, text: &str, n_most: usize) -> (Prediction, Vec<(&str, f64)>) {
        let row = self.row(text);
        let answer = self.answer(&row);
        let score = if self.scorer.n_scores() == 1 { 0 } else { usize::from(answer.label) };
        let (_, values) = self.scorer.contributions(&row, score);
        let mut terms: Vec<(u32, f64)> = row.term_ids.iter().copied().zip(values).collect();
        terms.retain(|(_, value)| *value != 0.0);
        terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        terms.truncate(n_most);
        let name = |(term, value): (u32, f64)| (self.pipeline.features.terms[term as usize].as_str(), value);
        (answer, terms.into_iter().map(name).collect())
    }

    /// The weighted row of a text.
    pub(super) fn row(&mut self, text: &str) -> SparseRow {
        self.finder.cut_with(|take| self.cleaner.clean(text, take));
        self.row_of_found()
    }

    /// The weighted row of the words that were cut.
    fn row_of_found(&mut self) -> SparseRow {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.finder.for_each_term(|term, _, _| found.push(term));
        let row = self.pipeline.features.weigh(&mut found);
        self.found = found;
        row
    }

    /// For two classes: the second class's probability from which it is predicted, and how far around it no answer
    /// is given.
    pub fn cut(&self) -> Option<(f64, f64)> {
        let FittedPipeline { model, calibration, threshold, abstain, labels, .. } = &self.pipeline;
        let at_cut = Rule::new(model, calibration, *threshold).at_cut();
        (labels.len() == 2).then(|| (at_cut, abstain.map_or(0.0, |band| band.margin / 2.0)))
    }

    fn explain_score(&mut self, text: &str, class: Option<LabelId>, left_out: &[u32]) -> Explanation {
        let mut traced = self.cleaner.trace(text);
        let words = traced.words.iter().map(|word| Span { start: word.start, end: word.end }).collect();
        let mut place = 0;
        traced.words.retain(|_| {
            place += 1;
            left_out.binary_search(&(place - 1)).is_err()
        });
        self.finder.cut(traced.words.iter().map(|word| word.text.as_str()));
        let mut occurrences: Vec<Occurrence> = Vec::new();
        self.finder.for_each_term(|term, first, n_units| occurrences.push((term, first, n_units)));
        occurrences.sort_unstable();
        let mut found: Vec<u32> = occurrences.iter().map(|occurrence| occurrence.0).collect();
        let row = self.pipeline.features.weigh(&mut found);
        let prediction = self.answer(&row);
        let has_one_score = self.scorer.n_scores() == 1;
        let toward = class.map_or(if has_one_score { 1 } else { prediction.label }, |class| class.0);
        let score = if has_one_score { 0 } else { usize::from(toward) };
        let sign = if has_one_score && toward == 0 { -1.0 } else { 1.0 };
        let places = Places::of(&traced, &self.finder, self.pipeline.features.spec.tokens.analyzer);
        let (base, values) = self.scorer.contributions(&row, score);
        let contribution = |(same, value): (&[Occurrence], f64)| Contribution {
            term: self.pipeline.features.terms[same[0].0 as usize].clone(),
            value: sign * value,
            places: same.iter().map(|&occurrence| places.of_occurrence(occurrence)).collect(),
        };
        let mut contributions: Vec<Contribution> =
            occurrences.chunk_by(|a, b| a.0 == b.0).zip(values).map(contribution).collect();
        contributions.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        Explanation {
            prediction,
            toward,
            base: sign * base,
            contributions,
            dropped: traced.dropped.iter().map(|&(start, end)| Span { start, end }).collect(),
            unknown: places.unknown_words(&traced, &occurrences),
            words,
        }
    }

    /// The cleaned words of a text and where they stand in it.
    pub(super) fn trace(&mut self, text: &str) -> Traced {
        self.cleaner.trace(text)
    }

    /// The answer for cleaned words.
    pub(super) fn answer_words<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) -> Prediction {
        self.finder.cut(words);
        let row = self.row_of_found();
        self.answer(&row)
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

/// Where the tokens or characters of a text came from. Shapes: `origins`: one a byte of the cleaned words joined
/// by one space, none for a space; `units`: stretches of those bytes.
struct Places {
    analyzer: Analyzer,
    origins: Vec<Option<Span>>,
    units: Vec<(u32, u32)>,
}

impl Places {
    fn of(traced: &Traced, finder: &TermFinder, analyzer: Analyzer) -> Self {
        let mut origins = Vec::new();
        for word in &traced.words {
            if !origins.is_empty() {
                origins.push(None);
            }
            for (c, &(start, end)) in word.text.chars().zip(&word.chars) {
                origins.extend(std::iter::repeat_n(Some(Span { start, end }), c.len_utf8()));
            }
        }
        Self { analyzer, origins, units: finder.unit_places().collect() }
    }

    /// One span a token; characters that touch share one.
    fn of_occurrence(&self, (_, first, n_units): Occurrence) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::with_capacity(n_units);
        for &(from, to) in &self.units[first..first + n_units] {
            let origins = self.origins[from as usize..to as usize].iter().flatten();
            let Some(span) = origins.copied().reduce(Span::around) else { continue };
            match spans.last_mut() {
                Some(last) if self.analyzer != Analyzer::Word && span.start <= last.end => {
                    *last = last.around(span);
                }
                _ => spans.push(span),
            }
        }
        spans
    }

    /// Words of which the vocabulary knows no part, alone or in a phrase.
    fn unknown_words(&self, traced: &Traced, occurrences: &[Occurrence]) -> Vec<Span> {
        let mut is_known = vec![false; self.origins.len()];
        for &(_, first, n_units) in occurrences {
            for &(from, to) in &self.units[first..first + n_units] {
                is_known[from as usize..to as usize].fill(true);
            }
        }
        let mut start = 0;
        let mut unknown = Vec::new();
        for word in &traced.words {
            let end = start + word.text.len();
            if !is_known[start..end].contains(&true) {
                unknown.push(Span { start: word.start, end: word.end });
            }
            start = end + 1;
        }
        unknown
    }
}
