//! A text in, its descriptors into a profile: what it looks like, and what a model makes of it.

use engine::features::{Analyzer, TermStopWords, english_stop_words};
use engine::pipeline::{FittedPipeline, Prediction, Predictor, PredictorError};
use engine::text::Cleaner;

use crate::profile::{ProfileBuilder, Value};

/// Column: letters, spaces and signs.
pub const CHARACTERS: &str = "characters";
/// Column: words that cleaning keeps.
pub const WORDS: &str = "words";
/// Column: the share of a review's words that the model's vocabulary lacks.
pub const UNKNOWN_WORDS: &str = "unknown_words";
/// Column: no word is known.
pub const NOTHING_KNOWN: &str = "nothing_known";
/// Column: the share of what is neither a letter nor a space.
pub const SIGNS: &str = "signs";
/// Column: it has an exclamation mark.
pub const EXCLAMATION: &str = "exclamation";
/// Column: it has a link.
pub const LINK: &str = "link";
/// Column: most of its letters are not Latin.
pub const OTHER_SCRIPT: &str = "other_script";
/// Column: the class that the model says.
pub const PREDICTED: &str = "predicted_class";
/// Column: the probability of that class.
pub const CONFIDENCE: &str = "confidence";
/// Column: the class of its label.
pub const LABEL: &str = "label";
/// Column: the model leaves it unanswered.
pub const UNSURE: &str = "unsure";

/// Shortest word that a vocabulary counts, in characters.
const MIN_WORD_CHARS: usize = 2;
/// Letters beyond Latin and its accents begin here.
const LATIN_END: char = '\u{250}';

/// What there is to say of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedRow {
    /// Columns that follow from the text, and from what the model's vocabulary has of it.
    pub values: Vec<(&'static str, Value<'static>)>,
    /// Its cleaned words but for those that the model leaves out of its terms, in order.
    pub words: Vec<String>,
    /// The model's answer.
    pub answer: Prediction,
}

/// Describes texts by what one pipeline knows.
pub struct Describer {
    predictor: Predictor,
    cleaner: Cleaner,
    /// Every word that stands in a term, in order; none where terms are of characters.
    known: Option<Vec<String>>,
    /// Words that are no terms of the model, in order: profiles of fits do not name them either.
    stop_words: Vec<&'static str>,
}

impl Describer {
    /// By what this pipeline knows.
    ///
    /// # Errors
    /// Where this build cannot run a step of it.
    pub fn new(pipeline: FittedPipeline) -> Result<Self, PredictorError> {
        let is_of_words = pipeline.features.spec.tokens.analyzer == Analyzer::Word;
        let words = pipeline.features.terms.iter().flat_map(|term| term.split(' '));
        let mut known: Vec<String> = words.map(str::to_owned).collect();
        known.sort_unstable();
        known.dedup();
        let known = is_of_words.then_some(known);
        let leaves_out = pipeline.features.spec.tokens.stop_words == TermStopWords::English;
        let stop_words = if is_of_words && leaves_out { english_stop_words().collect() } else { Vec::new() };
        let cleaner = Cleaner::new(&pipeline.cleaning)?;
        Ok(Self { predictor: Predictor::new(pipeline)?, cleaner, known, stop_words })
    }

    /// Class names, in label order.
    pub fn labels(&self) -> &[String] {
        &self.predictor.pipeline().labels
    }

    /// What there is to say of a text.
    pub fn describe(&mut self, text: &str) -> DescribedRow {
        let mut words = Vec::new();
        self.cleaner.clean(text, &mut |word| words.push(word.to_owned()));
        let mut values = of_text(text, words.len());
        words.retain(|word| self.stop_words.binary_search(&word.as_str()).is_err());
        if let Some(known) = &self.known {
            let counted: Vec<&String> =
                words.iter().filter(|word| word.chars().count() >= MIN_WORD_CHARS).collect();
            let n_unknown = counted.iter().filter(|word| known.binary_search(word).is_err()).count();
            if !counted.is_empty() {
                values.push((UNKNOWN_WORDS, Value::Share(n_unknown as f64 / counted.len() as f64)));
            }
            values.push((NOTHING_KNOWN, Value::Flag(n_unknown == counted.len())));
        }
        DescribedRow { values, words, answer: self.predictor.predict(text) }
    }
}

/// Puts a described row into a profile. `truth`: its right class. `of_model`: whether what the model makes of it goes in,
/// too, which must not be of texts that it learned from.
pub fn push_row(row: &DescribedRow, truth: Option<u8>, of_model: bool, profile: &mut ProfileBuilder) {
    let is_of_model = |name: &str| [UNKNOWN_WORDS, NOTHING_KNOWN].contains(&name);
    for (name, value) in &row.values {
        if of_model || !is_of_model(name) {
            profile.push(name, value.clone());
        }
    }
    let counted = row.words.iter().filter(|word| word.chars().count() >= MIN_WORD_CHARS);
    profile.push_terms(counted.map(String::as_str));
    profile.push_label(LABEL, truth);
    if of_model {
        push_answer(&row.answer, truth, profile);
    }
}

/// What the model answered, without a look at the text.
pub fn push_answer(answer: &Prediction, truth: Option<u8>, profile: &mut ProfileBuilder) {
    let probability = answer.probabilities.get(usize::from(answer.label)).copied().unwrap_or(f64::NAN);
    profile.push_label(PREDICTED, Some(answer.label));
    profile.push(CONFIDENCE, Value::Share(probability));
    profile.push(UNSURE, Value::Flag(answer.abstains));
    profile.push_answer(answer.label, probability, truth);
}

fn of_text(text: &str, n_words: usize) -> Vec<(&'static str, Value<'static>)> {
    let (mut n_chars, mut n_letters, mut n_spaces, mut n_other) = (0_u32, 0_u32, 0_u32, 0_u32);
    for c in text.chars() {
        n_chars += 1;
        n_spaces += u32::from(c.is_whitespace());
        if c.is_alphabetic() {
            n_letters += 1;
            n_other += u32::from(c >= LATIN_END);
        }
    }
    let has_link = ["http://", "https://", "www."].iter().any(|sign| text.contains(sign));
    let mut values = vec![
        (CHARACTERS, Value::Count(f64::from(n_chars))),
        (WORDS, Value::Count(n_words as f64)),
        (EXCLAMATION, Value::Flag(text.contains('!'))),
        (LINK, Value::Flag(has_link)),
        (OTHER_SCRIPT, Value::Flag(2 * n_other > n_letters)),
    ];
    if n_chars > 0 {
        let n_signs = n_chars - n_letters - n_spaces;
        values.push((SIGNS, Value::Share(f64::from(n_signs) / f64::from(n_chars))));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::ColumnCounts;

    #[test]
    fn texts_are_described_by_what_they_look_like() {
        let mut builder = ProfileBuilder::new(&[]);
        for text in ["Great!! see www.x.in", "", "बहुत अच्छा"] {
            let values = of_text(text, text.split_whitespace().count());
            values.into_iter().for_each(|(name, value)| builder.push(name, value));
        }
        let profile = builder.finish().unwrap();
        let flag = |name: &str| match profile.column(name) {
            Some(ColumnCounts::Flag { n_yes, n_rows }) => (*n_yes, *n_rows),
            other => panic!("{other:?}"),
        };
        assert_eq!(flag(EXCLAMATION), (1, 3));
        assert_eq!(flag(LINK), (1, 3));
        assert_eq!(flag(OTHER_SCRIPT), (1, 3));
        let Some(ColumnCounts::Numbers { counts, .. }) = profile.column(WORDS) else { panic!("numbers") };
        assert_eq!(counts, &[1, 0, 1, 1]);
        assert_eq!(profile.column(SIGNS).map(ColumnCounts::n_rows), Some(2), "of nothing there is no share");
    }
}
