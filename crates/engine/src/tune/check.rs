//! What a study may ask for, and one sentence for whatever it may not.

use thiserror::Error;

use crate::features::DocumentFrequency;
use crate::models::{ALPHA_RANGE, C_RANGE, ModelKind, ModelSpec};
use crate::pipeline::DecisionError;
use crate::split::{MAX_FOLDS, SplitError};
use crate::tune::{MAX_TRIALS, ParamName, Range, SamplerSpec, SearchSpec, StudySpec};

/// Most searches one study may have.
pub const MAX_SEARCHES: usize = 16;
/// Most candidates a sampler may weigh for one trial.
pub const MAX_CANDIDATES: u32 = 1_000;
/// Largest whole number a range may reach.
pub const MAX_WHOLE: i64 = u32::MAX as i64;
/// Smallest test share.
pub const MIN_TEST_SHARE: f64 = 0.05;
/// Largest test share.
pub const MAX_TEST_SHARE: f64 = 0.95;

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
    /// Other tokens than another search's: a study counts once.
    #[error("{model} cuts reviews into other tokens than another model of the study: use the same for all.")]
    TokensDiffer {
        /// Whose.
        model: &'static str,
    },
    /// Other n-grams than the first search's: a study counts once.
    #[error(
        "{model} uses phrases of {shortest} to {longest} words, another model of the study does not: use the same for all."
    )]
    NgramsDiffer {
        /// Whose.
        model: &'static str,
        /// Its shortest.
        shortest: u8,
        /// Its longest.
        longest: u8,
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
}

impl StudySpec {
    /// Checks every bound of the study.
    ///
    /// # Errors
    /// The first thing that cannot be run, with its values.
    pub fn validate(&self) -> Result<(), SpecError> {
        if self.searches.is_empty() {
            return Err(SpecError::NoSearch);
        }
        if self.searches.len() > MAX_SEARCHES {
            return Err(SpecError::TooManySearches { found: self.searches.len() });
        }
        if !(2..=MAX_FOLDS).contains(&self.split.n_folds) {
            return Err(SpecError::Folds { n_folds: self.split.n_folds });
        }
        self.split.check().map_err(SpecError::Split)?;
        self.decision.check().map_err(SpecError::Decision)?;
        if !(MIN_TEST_SHARE..=MAX_TEST_SHARE).contains(&self.split.test_share) {
            return Err(SpecError::TestShare { test_share: self.split.test_share });
        }
        if let SamplerSpec::Tpe { n_ei_candidates, .. } = self.sampler
            && !(1..=MAX_CANDIDATES).contains(&n_ei_candidates)
        {
            return Err(SpecError::Candidates { n_candidates: n_ei_candidates });
        }
        self.searches.iter().try_for_each(|search| search.validate(self))
    }
}

impl SearchSpec {
    fn validate(&self, study: &StudySpec) -> Result<(), SpecError> {
        let model = self.model().as_str();
        if self.n_trials == 0 || self.n_trials > MAX_TRIALS {
            return Err(SpecError::Trials { model, n_trials: self.n_trials });
        }
        if self.base.cleaning != study.cleaning {
            return Err(SpecError::CleaningDiffers { model });
        }
        let (shortest, longest) = self.base.vectorizer.ngram_range;
        if self.base.vectorizer.counting(1).check().is_err() {
            let most = self.base.vectorizer.tokens.longest_ngram();
            return Err(SpecError::Ngrams { shortest, longest, most });
        }
        if study.searches.iter().any(|other| other.base.vectorizer.tokens != self.base.vectorizer.tokens) {
            return Err(SpecError::TokensDiffer { model });
        }
        if study.searches.iter().any(|other| other.base.vectorizer.ngram_range != (shortest, longest)) {
            return Err(SpecError::NgramsDiffer { model, shortest, longest });
        }
        for (i, (name, range)) in self.space.iter().enumerate() {
            let param = name.as_str();
            if !name.belongs_to(self.model()) {
                return Err(SpecError::ForeignParam { model, param });
            }
            if self.space[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(SpecError::Repeated { model, param });
            }
            range.validate(model, *name)?;
        }
        self.validate_base(model)
    }

    /// Checks the values that are not searched, too: the whole base is given by the person.
    fn validate_base(&self, model: &'static str) -> Result<(), SpecError> {
        let strength = match self.base.model {
            ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. } => {
                Some((ParamName::C, c))
            }
            ModelSpec::MultinomialNb { alpha } | ModelSpec::ComplementNb { alpha, .. } => {
                Some((ParamName::Alpha, alpha))
            }
            ModelSpec::RandomForest(_) | ModelSpec::Dummy { .. } => None,
        };
        let vectorizer = &self.base.vectorizer;
        let sizes = vectorizer.max_features.map(|n| (ParamName::MaxFeatures, f64::from(n)));
        for (name, value) in strength.into_iter().chain(sizes) {
            let (least, most, allowed) = name.allowed();
            if !(least..=most).contains(&value) {
                return Err(SpecError::OutOfRange { model, param: name.as_str(), value, allowed });
            }
        }
        for (param, frequency) in [("min_df", vectorizer.min_df), ("max_df", vectorizer.max_df)] {
            if let DocumentFrequency::Share(value) = frequency
                && !(0.0..=1.0).contains(&value)
            {
                return Err(SpecError::OutOfRange { model, param, value, allowed: "from 0 to 1" });
            }
        }
        Ok(())
    }
}

impl Range {
    fn validate(&self, model: &'static str, name: ParamName) -> Result<(), SpecError> {
        let param = name.as_str();
        let (least, most, allowed) = name.allowed();
        let (low, high) = (self.low(), self.high());
        if name.is_whole() != matches!(self, Self::Int { .. }) {
            let expected = if name.is_whole() { "whole number" } else { "real number" };
            return Err(SpecError::WrongKind { model, param, expected });
        }
        if matches!(self, Self::Float { log: true, .. }) && low <= 0.0 {
            return Err(SpecError::LogOfZero { model, param, low });
        }
        if let Some(value) = [low, high].into_iter().find(|value| !(least..=most).contains(value)) {
            return Err(SpecError::OutOfRange { model, param, value, allowed });
        }
        if low > high {
            return Err(SpecError::LowAboveHigh { model, param, low, high });
        }
        match *self {
            Self::Int { low, high, step } if step <= 0 || (high - low) % step != 0 => {
                Err(SpecError::StepMisses { model, param, low, high, step })
            }
            _ => Ok(()),
        }
    }
}

impl ParamName {
    fn is_whole(self) -> bool {
        matches!(self, Self::MaxFeatures | Self::MinDf)
    }

    fn belongs_to(self, model: ModelKind) -> bool {
        match self {
            Self::C => matches!(model, ModelKind::LogisticRegression | ModelKind::LinearSvc),
            Self::Alpha => matches!(model, ModelKind::MultinomialNb | ModelKind::ComplementNb),
            Self::MaxFeatures | Self::MinDf | Self::MaxDf => true,
        }
    }

    /// Smallest and largest value it can take, in words at the end.
    fn allowed(self) -> (f64, f64, &'static str) {
        match self {
            Self::C => (C_RANGE.0, C_RANGE.1, "from 0.000001 to 1000000"),
            Self::Alpha => (ALPHA_RANGE.0, ALPHA_RANGE.1, "from 0.0000000001 to 1000000"),
            Self::MaxFeatures | Self::MinDf => (1.0, MAX_WHOLE as f64, "from 1 to 4294967295"),
            Self::MaxDf => (f64::MIN_POSITIVE, 1.0, "above 0 and at most 1"),
        }
    }
}

#[cfg(test)]
mod tests;
