//! Everything learned from data in one plain value, and predicting with nothing else.
//!
//! `PipelineSpec` says what to fit, `FittedPipeline` is what was learned from the training part only;
//! page, worker, terminal and exporters all predict through it.

mod isotonic;
mod calibrate;
mod threshold;
mod abstain;
mod decide;
mod held_out_file;
mod paired;
mod file;
mod fit;
mod calibrated_anew;
mod predictor;
mod preset;
mod word_effects;
mod flip;
mod file_answers;
mod similar;
mod rescore;
mod top_terms;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::features::{FittedVectorizer, VectorizerSpec};
use crate::models::{FittedModel, ModelSpec};
use crate::text::CleanStep;

pub use kernels::fit_platt;

pub use abstain::{AbstainBand, AbstainRule, Coverage, MAX_ABSTAIN_SHARE};
pub use calibrate::{CalibrationMethod, fit_calibration, probabilities};
pub use decide::{Answers, Decision, DecisionError, DecisionSpec, HeldOut, fit_decision};
pub use file::{MAX_PIPELINE_BYTES, PipelineFileError};
pub use file_answers::{AnsweredRow, FileAnswers, FileColumns, OutputKind};
pub use fit::{FinalFit, FinalTask, FitError, fit_final, fit_final_deciding, fit_final_with};
pub use flip::{Flip, FlipSearch, MAX_FLIP_TRIES, MAX_FLIP_WORDS, MAX_SEARCHED_WORDS};
pub use held_out_file::HeldOutFileError;
pub use isotonic::{IsotonicCurve, fit_isotonic};
pub use paired::{PairedPredictions, RightCounts, UnpairedError};
pub use predictor::{Predictor, PredictorError};
pub use preset::Preset;
pub use rescore::{LearnedTexts, RescoreError, Rescored, Rescorer};
pub use similar::{MAX_SIMILAR, MAX_SIMILAR_CHARS, SimilarReview, SimilarReviews};
pub use threshold::ThresholdGoal;
pub use top_terms::{ClassTerms, TopTerm, WeighedTerm, strongest_terms, top_terms};
pub use word_effects::{MAX_EFFECT_WORDS, WordEffect};

/// The newest schema number of a saved pipeline: 2 brought isotonic calibration, the band of doubt, and
/// models beyond linear ones and multinomial naive Bayes.
pub const PIPELINE_SCHEMA: u32 = 2;

/// What to fit: cleaning, features and model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PipelineSpec {
    /// Cleaning steps, in order.
    pub cleaning: Vec<CleanStep>,
    /// Features.
    pub vectorizer: VectorizerSpec,
    /// Model.
    pub model: ModelSpec,
}

/// Turns a model's score into a probability where the model has none of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Calibration {
    /// The model's own probabilities.
    Own,
    /// Platt's sigmoid of each score, `1 / (1 + exp(a s + b))`, fitted on out-of-fold scores.
    Platt {
        /// One pair for each score.
        sigmoids: Vec<(f64, f64)>,
    },
    /// A rising curve of each score, fitted on out-of-fold scores.
    Isotonic {
        /// One for each score.
        curves: Vec<IsotonicCurve>,
    },
}

/// Everything a prediction needs.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedPipeline {
    /// The engine that fitted it.
    pub engine_version: String,
    /// Cleaning steps, in order.
    pub cleaning: Vec<CleanStep>,
    /// Vocabulary and idf.
    pub features: FittedVectorizer,
    /// The model.
    pub model: FittedModel,
    /// How scores become probabilities.
    pub calibration: Calibration,
    /// For two classes: the second is predicted where its score is above this.
    pub threshold: f64,
    /// When no answer is given.
    pub abstain: Option<AbstainBand>,
    /// Class names, in label order.
    pub labels: Vec<String>,
}

/// The answer for one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Prediction {
    /// Index of the predicted class.
    pub label: u8,
    /// Probability of each class; they sum to 1.
    pub probabilities: Vec<f64>,
    /// The model's scores: one for two classes, else one a class.
    pub scores: Vec<f64>,
    /// Too close to call, by the pipeline's band: `label` is what it would have been.
    #[serde(default, skip_serializing_if = "is_answered")]
    pub abstains: bool,
}

fn is_answered(abstains: &bool) -> bool {
    !abstains
}

/// A stretch of the original text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest stretch that holds both.
    pub(crate) fn around(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// What one term of the vocabulary did to a text's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Contribution {
    /// The term, as in the vocabulary.
    pub term: String,
    /// What it added to the explained score.
    pub value: f64,
    /// Where its words (or characters, those that touch in one) stand in the original, one list of spans per
    /// occurrence.
    pub places: Vec<Vec<Span>>,
}

/// Why a text got its class. Contributions and `base` add up to the score of `toward`; the first of two classes
/// scores the opposite of the second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Explanation {
    /// The answer.
    pub prediction: Prediction,
    /// The class that positive contributions speak for: the second of two, else the predicted one, or that
    /// asked for.
    pub toward: u8,
    /// What is left of the score without the terms found: for a linear model what an empty text would score.
    pub base: f64,
    /// Terms found, strongest first.
    pub contributions: Vec<Contribution>,
    /// What cleaning dropped.
    pub dropped: Vec<Span>,
    /// Words that cleaning kept and the vocabulary does not know, alone or in a phrase.
    pub unknown: Vec<Span>,
    /// Every word that cleaning kept, those left out included, in the order of the text: a word is left out by its
    /// place here.
    #[serde(default)]
    pub words: Vec<Span>,
}
