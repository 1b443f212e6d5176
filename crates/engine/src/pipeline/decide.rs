//! How scores become answers: scores of rows that the fit did not see in, calibration, cut and band out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::abstain::{self, margin_of};
use super::{
    AbstainBand, AbstainRule, Calibration, CalibrationMethod, Coverage, MAX_ABSTAIN_SHARE, ThresholdGoal,
    fit_calibration, probabilities, threshold,
};
use crate::dataset::LabelId;
use crate::models::{FittedModel, ModelKind, OutOfFold, class_of};
use crate::split::{NEVER_HELD_OUT, SplitPlan};

/// How scores are to become answers. The default leaves it to the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DecisionSpec {
    /// How scores become probabilities.
    #[serde(default)]
    pub calibration: CalibrationMethod,
    /// Where two classes are parted.
    #[serde(default)]
    pub threshold: ThresholdGoal,
    /// When no answer is given.
    #[serde(default)]
    pub abstain: AbstainRule,
}

impl DecisionSpec {
    /// Whether it leaves all to the model.
    pub fn is_the_models(&self) -> bool {
        *self == Self::default()
    }

    /// Checks what can be checked without scores.
    ///
    /// # Errors
    /// `BadCosts`, `BadPrecision`, `BadAbstainShare`, `BadWidth`.
    pub fn check(&self) -> Result<(), DecisionError> {
        threshold::check_goal(&self.threshold)?;
        abstain::check_rule(self.abstain)
    }

    /// Checks that it can be met with so many classes.
    ///
    /// # Errors
    /// `NotTwoClasses` where a threshold is to part others.
    pub fn check_classes(&self, n_classes: usize) -> Result<(), DecisionError> {
        match self.threshold {
            ThresholdGoal::Own => Ok(()),
            _ if n_classes == 2 => Ok(()),
            _ => Err(DecisionError::NotTwoClasses { n_classes }),
        }
    }
}

/// Why answers cannot be made so.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DecisionError {
    /// A cut needs one score.
    #[error("a threshold parts two classes, and here are {n_classes}: leave the threshold to the model")]
    NotTwoClasses {
        /// Classes there are.
        n_classes: usize,
    },
    /// Costs that are no 2 x 2 table of finite numbers from 0 up.
    #[error("costs are a table of two rows and two columns of numbers from 0 up: fill in every cell")]
    BadCosts,
    /// A precision that is none.
    #[error("a precision of {precision} cannot be asked for: choose a number above 0 and at most 1")]
    BadPrecision {
        /// What was asked for.
        precision: f64,
    },
    /// No cut is so precise.
    #[error(
        "no threshold makes class {} right in a share of {asked} of its predictions, the best is {highest:.3}: ask for less",
        class.0
    )]
    PrecisionOutOfReach {
        /// The class.
        class: LabelId,
        /// What was asked for.
        asked: f64,
        /// The highest precision of any cut.
        highest: f64,
    },
    /// A share beyond the bounds.
    #[error("a share of {share} cannot be left unanswered: choose a number from 0 to {MAX_ABSTAIN_SHARE}")]
    BadAbstainShare {
        /// What was asked for.
        share: f64,
    },
    /// A width beyond the bounds.
    #[error("a band of width {width} cannot be left unanswered: choose a number from 0 to 1")]
    BadWidth {
        /// What was asked for.
        width: f64,
    },
    /// No row was held out.
    #[error("no review was held out by any fold, so there is nothing to tune on: split again")]
    NoRows,
}

/// What rows say that were scored by fits that did not see them.
/// Shapes: `docs`, `truth`: n_rows; `scores`: n_rows x n_scores row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOut {
    /// Which reviews, by index.
    pub docs: Vec<u32>,
    /// Decision values, as in `OutOfFold`.
    pub scores: Vec<f64>,
    /// Scores a row.
    pub n_scores: usize,
    /// Class of each row.
    pub truth: Vec<LabelId>,
}

impl HeldOut {
    /// The rows of the training part that some fold held out. `labels`: of all reviews.
    pub fn new(folds: &OutOfFold, labels: &[LabelId], plan: &SplitPlan) -> Self {
        let mut held_out = Self {
            docs: Vec::with_capacity(plan.train.len()),
            scores: Vec::with_capacity(folds.scores.len()),
            n_scores: folds.n_scores,
            truth: Vec::new(),
        };
        let rows = plan.train.iter().zip(&plan.fold_of).zip(folds.scores.chunks_exact(folds.n_scores));
        for ((&doc, _), scores) in rows.filter(|((_, fold), _)| **fold != NEVER_HELD_OUT) {
            held_out.docs.push(doc);
            held_out.scores.extend_from_slice(scores);
            held_out.truth.push(labels[doc as usize]);
        }
        held_out
    }
}

/// How scores become answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// How scores become probabilities.
    pub calibration: Calibration,
    /// For two classes: the second is predicted where its score is above this.
    pub threshold: f64,
    /// When no answer is given.
    pub abstain: Option<AbstainBand>,
}

/// What a decision says of some rows. Shapes: `probabilities`: n_rows x n_classes; the rest: n_rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Probability of each class.
    pub probabilities: Vec<f64>,
    /// Predicted class.
    pub predicted: Vec<u8>,
    /// Whether the row is left unanswered.
    pub abstains: Vec<bool>,
}

impl Answers {
    /// How many rows are answered, and how well.
    pub fn coverage(&self, truth: &[LabelId]) -> Coverage {
        Coverage::of(truth, &self.predicted, &self.abstains)
    }
}

/// Learns from held-out rows how the model's scores become answers: first the calibration, then the cut, then
/// the band.
///
/// # Errors
/// Where the spec makes no sense or cannot be met.
pub fn fit_decision(
    model: &FittedModel,
    held_out: &HeldOut,
    spec: &DecisionSpec,
) -> Result<Decision, DecisionError> {
    let HeldOut { scores, n_scores, truth, .. } = held_out;
    let method = match (spec.calibration, model) {
        // A support vector machine has no probabilities of its own.
        (CalibrationMethod::Own, FittedModel::Linear { kind: ModelKind::LinearSvc, .. }) => {
            CalibrationMethod::Platt
        }
        (method, _) => method,
    };
    let threshold = match spec.threshold {
        ThresholdGoal::Own => 0.0,
        _ if *n_scores != 1 => return Err(DecisionError::NotTwoClasses { n_classes: *n_scores }),
        _ => {
            let is_second: Vec<bool> = truth.iter().map(|&label| label == LabelId(1)).collect();
            threshold::tune(&spec.threshold, scores, &is_second)?
        }
    };
    let calibration = fit_calibration(method, scores, *n_scores, truth);
    let mut decision = Decision { calibration, threshold, abstain: None };
    let rule = Rule::new(model, &decision.calibration, decision.threshold);
    let margins = match spec.abstain {
        AbstainRule::Never | AbstainRule::Width { .. } => Vec::new(),
        AbstainRule::Share { .. } => {
            let mut of_classes = Vec::new();
            let mut margin = |scores: &[f64]| {
                of_classes.clear();
                rule.answer(scores, &mut of_classes).1
            };
            scores.chunks_exact(*n_scores).map(&mut margin).collect()
        }
    };
    decision.abstain = abstain::fit_band(spec.abstain, margins)?;
    Ok(decision)
}

impl Decision {
    /// The answers for rows of scores.
    pub fn answers(&self, model: &FittedModel, scores: &[f64], n_scores: usize) -> Answers {
        Rule::new(model, &self.calibration, self.threshold).answers(scores, n_scores, self.abstain)
    }
}

/// How one row of scores becomes an answer.
pub(super) struct Rule<'a> {
    model: &'a FittedModel,
    calibration: &'a Calibration,
    threshold: f64,
    /// The second class's probability at the cut, for two classes.
    at_cut: f64,
}

impl<'a> Rule<'a> {
    pub fn new(model: &'a FittedModel, calibration: &'a Calibration, threshold: f64) -> Self {
        let mut of_classes = Vec::new();
        let n_scores = match calibration {
            Calibration::Own => 1,
            Calibration::Platt { sigmoids } => sigmoids.len(),
            Calibration::Isotonic { curves } => curves.len(),
        };
        if n_scores == 1 {
            probabilities(model, calibration, &[threshold], &mut of_classes);
        }
        let at_cut = of_classes.get(1).copied().unwrap_or(0.5);
        Self { model, calibration, threshold, at_cut }
    }

    /// The second class's probability at the cut, for two classes.
    pub fn at_cut(&self) -> f64 {
        self.at_cut
    }

    pub fn answers(&self, scores: &[f64], n_scores: usize, band: Option<AbstainBand>) -> Answers {
        let n_rows = scores.len() / n_scores.max(1);
        let mut answers = Answers {
            probabilities: Vec::with_capacity(n_rows * n_scores.max(2)),
            predicted: Vec::with_capacity(n_rows),
            abstains: Vec::with_capacity(n_rows),
        };
        for scores in scores.chunks_exact(n_scores) {
            let (class, margin) = self.answer(scores, &mut answers.probabilities);
            answers.predicted.push(class);
            answers.abstains.push(band.is_some_and(|band| margin < band.margin));
        }
        answers
    }

    /// Appends the probability of each class; gives the predicted class and its margin.
    pub fn answer(&self, scores: &[f64], of_classes: &mut Vec<f64>) -> (u8, f64) {
        let begin = of_classes.len();
        probabilities(self.model, self.calibration, scores, of_classes);
        let class = class_of(scores, self.threshold);
        (class, margin_of(&of_classes[begin..], class, self.at_cut))
    }
}
