//! What each word does to an answer, whatever the model: the answer with it beside the answer without it.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{Prediction, Predictor, Span};
use crate::dataset::LabelId;

/// Most words of a text that are left out, one after another; those beyond have no effect told. Leaving each
/// out costs a prediction.
pub const MAX_EFFECT_WORDS: usize = 400;

/// What leaving one word out does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct WordEffect {
    /// The word as cleaned.
    pub word: String,
    /// Where it stands in the original.
    pub place: Span,
    /// Probability of the class with the word less that without it: above 0 the word speaks for the class.
    pub probability: f64,
    /// Score of the class with the word less that without it; of two classes the first scores the opposite of
    /// the second.
    pub score: f64,
    /// The class that would be predicted without it.
    pub label_without: u8,
}

impl Predictor {
    /// What each cleaned word of a text does to the answer for `class`, which is one of the pipeline's: the text is
    /// predicted anew without it, so that its neighbours become neighbours of each other. In the order of the
    /// text; nothing changes where the model does not know a word.
    pub fn word_effects(&mut self, text: &str, class: LabelId) -> Vec<WordEffect> {
        let traced = self.trace(text);
        let words: Vec<&str> = traced.words.iter().map(|word| word.text.as_str()).collect();
        let with = self.answer_words(words.iter().copied());
        let effect = |(left_out, word): (usize, &str)| {
            let others = words.iter().enumerate().filter(|(place, _)| *place != left_out);
            let without = self.answer_words(others.map(|(_, word)| *word));
            let of_class = |answer: &Prediction| answer.probabilities[usize::from(class.0)];
            let traced = &traced.words[left_out];
            WordEffect {
                word: word.to_owned(),
                place: Span { start: traced.start, end: traced.end },
                probability: of_class(&with) - of_class(&without),
                score: score_of(&with, class) - score_of(&without, class),
                label_without: without.label,
            }
        };
        words.iter().copied().enumerate().take(MAX_EFFECT_WORDS).map(effect).collect()
    }
}

fn score_of(answer: &Prediction, LabelId(class): LabelId) -> f64 {
    match answer.scores[..] {
        [score] if class == 0 => -score,
        [score] => score,
        _ => answer.scores[usize::from(class)],
    }
}
