//! A text in, what the model says of it and why out.

use engine::pipeline::Predictor;
use json::ToJson;

use crate::marks::{Piece, pieces};

/// Most bytes of one text.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// Words told of each answer.
const N_WORDS: usize = 8;

/// What model this is.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct About {
    /// Class names, in label order.
    pub labels: Vec<String>,
    /// Terms it knows.
    pub n_terms: u64,
    /// The engine that fitted it.
    pub engine_version: String,
    /// Whether it leaves texts that are too close to call unanswered.
    pub may_be_unsure: bool,
}

/// A class and its probability.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ClassShare {
    /// The class.
    pub label: String,
    /// Its probability.
    pub probability: f64,
}

/// A term and what it did.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct WordTold {
    /// As the model knows it.
    pub term: String,
    /// What it added to the score of `Answered::toward`.
    pub value: f64,
}

/// The answer to one text.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct Answered {
    /// The class.
    pub label: String,
    /// Too close to call: `label` is what it would have been.
    pub unsure: bool,
    /// Of each class, in label order.
    pub probabilities: Vec<ClassShare>,
    /// The class that what is above 0 speaks for.
    pub toward: String,
    /// The text, piece by piece.
    pub pieces: Vec<Piece>,
    /// The terms that did most, strongest first.
    pub words: Vec<WordTold>,
    /// Words that the model does not know.
    pub n_unknown: u64,
}

pub(crate) fn about(predictor: &Predictor) -> About {
    let pipeline = predictor.pipeline();
    About {
        labels: pipeline.labels.clone(),
        n_terms: pipeline.features.terms.len() as u64,
        engine_version: pipeline.engine_version.clone(),
        may_be_unsure: pipeline.abstain.is_some(),
    }
}

/// The answer, with its reasons.
///
/// # Errors
/// Where the text is too long: one sentence.
pub(crate) fn answer(predictor: &mut Predictor, text: &str) -> Result<Answered, String> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!("This text is longer than {MAX_TEXT_BYTES} bytes: shorten it."));
    }
    let explanation = predictor.explain(text);
    let labels = &predictor.pipeline().labels;
    let name = |label: u8| labels[usize::from(label)].clone();
    let prediction = &explanation.prediction;
    let shares = labels.iter().zip(&prediction.probabilities);
    let words = explanation.contributions.iter().filter(|one| one.value != 0.0).take(N_WORDS);
    Ok(Answered {
        label: name(prediction.label),
        unsure: prediction.abstains,
        probabilities: shares
            .map(|(label, &probability)| ClassShare { label: label.clone(), probability })
            .collect(),
        toward: name(explanation.toward),
        pieces: pieces(text, &explanation),
        words: words.map(|one| WordTold { term: one.term.clone(), value: one.value }).collect(),
        n_unknown: explanation.unknown.len() as u64,
    })
}
