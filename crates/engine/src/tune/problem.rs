//! What a study may not ask for: each in one sentence that says what to do, and the field it is about.

use thiserror::Error;

use crate::pipeline::DecisionError;
use crate::split::{MAX_FOLDS, SplitError};
use crate::tune::{MAX_CORPORA, MAX_TRIALS};

/// Most searches one study may have.
pub const MAX_SEARCHES: usize = 16;
/// Most candidates a sampler may weigh for one trial.
pub const MAX_CANDIDATES: u32 = 1_000;
/// Most choices of one parameter.
pub const MAX_CHOICES: usize = 64;
/// Most minutes a study may be given: a week.
pub const MAX_MINUTES: f64 = 10_080.0;
/// Smallest test share.
pub const MIN_TEST_SHARE: f64 = 0.05;
/// Largest test share.
pub const MAX_TEST_SHARE: f64 = 0.95;
/// What is wrong with one field of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldProblem {
    /// The field: its place in the study's JSON, such as `searches.0.space.C.low`.
    pub path: String,
    /// What is wrong.
    pub error: SpecError,
}

/// Why a study cannot be run. Each message is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SpecError {
    /// Nothing to search.
    #[error("The study has no model: choose at least one.")]
    NoSearch,
    /// More searches than `MAX_SEARCHES`.
    #[error("The study has {found} searches, at most {MAX_SEARCHES} are run: leave some out.")]
    TooManySearches {
        /// Searches asked for.
        found: usize,
    },
    /// No trial, or more than `MAX_TRIALS`.
    #[error("{model} is to make {n_trials} trials: choose 1 to {MAX_TRIALS}.")]
    Trials {
        /// Whose.
        model: &'static str,
        /// Trials asked for.
        n_trials: u32,
    },
    /// Low above high.
    #[error("{param} of {model} goes from {low} to {high}: give the smaller number first.")]
    LowAboveHigh {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// Its lower bound.
        low: f64,
        /// Its upper bound.
        high: f64,
    },
    /// A bound that the parameter cannot take.
    #[error("{param} of {model} cannot be {value}: choose a number {allowed}.")]
    OutOfRange {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// The offender.
        value: f64,
        /// What is allowed, as words.
        allowed: &'static str,
    },
    /// A logarithm of nothing.
    #[error("{param} of {model} is searched on a logarithmic scale from {low}: start above 0.")]
    LogOfZero {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// Its lower bound.
        low: f64,
    },
    /// No step, or one that does not reach the upper bound.
    #[error("{param} of {model} goes from {low} to {high} in steps of {step}, which miss {high}: choose a step that divides {}.", high - low)]
    StepMisses {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// Its lower bound.
        low: i64,
        /// Its upper bound.
        high: i64,
        /// The step.
        step: i64,
    },
    /// Whole numbers for a real parameter, or the other way round.
    #[error("{param} of {model} is a {expected}: give such a range.")]
    WrongKind {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// `whole number` or `real number`.
        expected: &'static str,
    },
    /// A parameter that the model does not have.
    #[error("{model} has no {param}: leave it out.")]
    ForeignParam {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
    },
    /// The same parameter twice.
    #[error("{param} of {model} is listed twice: keep one range.")]
    Repeated {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
    },
    /// Fewer than two folds or more than `MAX_FOLDS`.
    #[error("{n_folds} folds were asked for: choose 2 to {MAX_FOLDS}.")]
    Folds {
        /// Folds asked for.
        n_folds: u32,
    },
    /// Folds drawn never, too often, or anew where they come out the same.
    #[error("{0}.")]
    Split(SplitError),
    /// A calibration, threshold or band that makes no sense.
    #[error("{0}.")]
    Decision(DecisionError),
    /// A test part of nearly nothing or nearly everything.
    #[error(
        "A test share of {test_share} was asked for: choose one between {MIN_TEST_SHARE} and {MAX_TEST_SHARE}."
    )]
    TestShare {
        /// Share asked for.
        test_share: f64,
    },
    /// An n-gram range that is empty, upside down or too long.
    #[error(
        "Phrases of {shortest} to {longest} words or characters were asked for: choose 1 to {most}, the smaller number first."
    )]
    Ngrams {
        /// Shortest.
        shortest: u8,
        /// Longest.
        longest: u8,
        /// Longest that is counted.
        most: u8,
    },
    /// More candidates than `MAX_CANDIDATES`, or none.
    #[error(
        "The sampler is to weigh {n_candidates} candidates for each trial: choose 1 to {MAX_CANDIDATES}."
    )]
    Candidates {
        /// Candidates asked for.
        n_candidates: u32,
    },
    /// A search cleans otherwise than its study.
    #[error("{model} cleans the reviews otherwise than the study does: use the study's cleaning steps.")]
    CleaningDiffers {
        /// Whose.
        model: &'static str,
    },
    /// A real step that does not reach the upper bound.
    #[error(
        "{param} of {model} goes from {low} to {high} in steps of {step}, which miss {high}: choose a step that divides the way."
    )]
    RealStepMisses {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// Its lower bound.
        low: f64,
        /// Its upper bound.
        high: f64,
        /// The step.
        step: f64,
    },
    /// No choice, or more than `MAX_CHOICES`.
    #[error("{param} of {model} has {found} choices: give 1 to {MAX_CHOICES}.")]
    Choices {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// Choices given.
        found: usize,
    },
    /// A choice that the parameter does not know, or one given twice.
    #[error("{param} of {model} cannot be '{choice}' here: choose each once, {allowed}.")]
    Choice {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// The offender.
        choice: String,
        /// What is allowed, as words.
        allowed: String,
    },
    /// A held or queued value outside its range, or of a parameter that is not searched.
    #[error(
        "{param} of {model} is to be held or tried at {value}, which its range does not have: choose one that it has."
    )]
    OutsideRange {
        /// Whose.
        model: &'static str,
        /// Which.
        param: &'static str,
        /// The offender.
        value: String,
    },
    /// Too many ways to clean and count.
    #[error(
        "The study needs the reviews read in {found} ways, at most {MAX_CORPORA} are: choose fewer cleaning variants, phrases or stop words."
    )]
    TooManyCorpora {
        /// Ways asked for.
        found: usize,
    },
    /// No time, or more than `MAX_MINUTES`.
    #[error("The study is given {minutes} minutes: choose more than 0 and at most {MAX_MINUTES}.")]
    Minutes {
        /// What was given.
        minutes: f64,
    },
    /// A pruner's number outside its bounds.
    #[error("The pruner's {field} is {value}: choose a number {allowed}.")]
    Pruner {
        /// Which.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed, as words.
        allowed: &'static str,
    },
    /// A stop rule that looks back on too few trials or too many.
    #[error("The study is to stop when {patience} trials gain nothing: choose 10 to 10000.")]
    Patience {
        /// What was given.
        patience: u32,
    },
    /// A grid of too few or too many points.
    #[error("The grid is to have {n_points} values of each real range: choose 2 to {MAX_CHOICES}.")]
    GridPoints {
        /// What was given.
        n_points: u32,
    },
    /// A metric of probabilities, and a model that has none.
    #[error(
        "{metric} needs probabilities, which {model} does not have: choose another metric or leave the model out."
    )]
    NoProbabilities {
        /// The metric.
        metric: &'static str,
        /// The model.
        model: &'static str,
    },
    /// Values that a trial of the study had already.
    #[error("Trial {number} had these values already: give others.")]
    AlreadyTried {
        /// Its number, from 1.
        number: u32,
    },
    /// Instructions for a study that makes no more trials.
    #[error("The study makes no more trials: give it more first.")]
    NotSearching,
    /// Folds that a class cannot fill.
    #[error(
        "{n_folds} folds and a test part need {needed} reviews of each class, '{class}' has {n_rows}: choose fewer folds or add reviews."
    )]
    FoldsAboveClass {
        /// Folds asked for.
        n_folds: u32,
        /// Reviews needed.
        needed: u64,
        /// The smallest class.
        class: String,
        /// Its reviews.
        n_rows: u64,
    },
}
