//! Texts and a predictor in, the answer to `POST predict` out. Never: another number than the page shows for the
//! same text and model.

use engine::pipeline::{Explanation, Prediction, Predictor};
use json::{ToJson, Writer, write_members};

use crate::call::PredictCall;
use crate::exchange::Answer;
use crate::models::Chosen;

/// The answer to `POST predict`.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct Predicted {
    /// Who answered.
    pub model: Answering,
    /// One a text, in their order.
    pub predictions: Vec<TextPrediction>,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct Answering {
    /// `models:/shop/3`, or `runs:/ID/model` of what is not registered.
    pub address: String,
    /// The registered model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Its classes, in label order.
    pub labels: Vec<String>,
}

/// What the model says of a text.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct TextPrediction {
    /// The class.
    pub label: String,
    /// The probability of the class.
    pub probability: f64,
    /// The probability of each class.
    pub probabilities: Probabilities,
    /// Too close to call, by the model's own band: `label` is what it would have been.
    pub abstains: bool,
    /// The class that top words of positive value speak for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toward: Option<String>,
    /// What decided, strongest first, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<TopWord>>,
    /// The class by its index, and the model's scores; not told.
    #[serde(skip)]
    pub prediction: Prediction,
}

/// Probabilities by class names, in label order.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities(pub Vec<(String, f64)>);

impl ToJson for Probabilities {
    fn write(&self, out: &mut Writer) {
        write_members(&self.0, out);
    }
}

/// What a term of a text did to its score.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct TopWord {
    /// The term, as the model knows it.
    pub term: String,
    /// What it added to the score of `toward`.
    pub value: f64,
}

impl PredictCall {
    /// Predicts all texts with the predictor of the chosen pipeline.
    pub fn run(&self, chosen: &Chosen, predictor: &mut Predictor) -> Predicted {
        let labels = predictor.pipeline().labels.clone();
        let predictions = self.texts.iter().map(|text| {
            if self.n_words == 0 {
                return TextPrediction::of(predictor.predict(text), &labels);
            }
            let Explanation { prediction, toward, contributions, .. } = predictor.explain(text);
            let strongest = contributions.into_iter().take(self.n_words);
            let words = strongest.map(|found| TopWord { term: found.term, value: found.value }).collect();
            TextPrediction {
                toward: Some(labels[usize::from(toward)].clone()),
                words: Some(words),
                ..TextPrediction::of(prediction, &labels)
            }
        });
        let predictions = predictions.collect();
        let (name, version) = chosen.version.clone().unzip();
        Predicted { model: Answering { address: chosen.address.clone(), name, version, labels }, predictions }
    }
}

impl TextPrediction {
    fn of(prediction: Prediction, labels: &[String]) -> Self {
        let class = usize::from(prediction.label);
        let probabilities = &prediction.probabilities;
        Self {
            label: labels[class].clone(),
            probability: probabilities[class],
            probabilities: Probabilities(labels.iter().cloned().zip(probabilities.iter().copied()).collect()),
            abstains: prediction.abstains,
            toward: None,
            words: None,
            prediction,
        }
    }
}

impl Predicted {
    /// As an answer.
    pub fn answer(&self) -> Answer {
        Answer::ok(self)
    }
}
