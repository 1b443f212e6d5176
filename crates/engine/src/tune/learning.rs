//! Would more labels help? Scores of one pipeline that learned from growing shares of the rows, and what they say.

use json::{FromJson, ToJson};

use crate::features::Counts;
use crate::models::{CrossValidator, EvaluateError};
use crate::pipeline::PipelineSpec;
use crate::split::SplitPlan;
use crate::stats::{mean, standard_error};

/// Shares of the rows that a curve has points at.
pub const CURVE_SHARES: [f64; 6] = [0.1, 0.2, 0.35, 0.5, 0.75, 1.0];
/// Standard errors from the middle to an end of the band.
const BAND: f64 = 2.0;

/// Scores of what learned from a share of the rows.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct LearningPoint {
    /// Share of the rows that each fold learned from.
    pub share: f64,
    /// Rows that a fold learned from, on average.
    pub n_rows: f64,
    /// Macro F1 of each fold, each on all its held-out rows.
    pub fold_f1_macro: Vec<f64>,
}

impl LearningPoint {
    /// Mean of the folds.
    pub fn mean(&self) -> f64 {
        mean(&self.fold_f1_macro).unwrap_or(f64::NAN)
    }

    /// Ends of the band: two standard errors of the mean over the folds to each side.
    pub fn band(&self) -> (f64, f64) {
        let reach = BAND * standard_error(&self.fold_f1_macro).unwrap_or(0.0);
        (self.mean() - reach, self.mean() + reach)
    }
}

/// Evaluates `pipeline` where each fold learns from a share of its rows, a share of each class, and is scored on
/// all rows it holds out. Of two shares the smaller's rows are among the larger's.
///
/// # Errors
/// Where the pipeline cannot be evaluated on so few rows.
pub fn learn_from_share(
    counts: &Counts,
    plan: &SplitPlan,
    pipeline: &PipelineSpec,
    share: f64,
) -> Result<LearningPoint, EvaluateError> {
    let mut fold_f1_macro = Vec::with_capacity(plan.n_folds as usize);
    let mut n_learned = 0;
    for fold in 0..plan.n_folds as u8 {
        let alone = plan.one_fold(&counts.labels, fold, share);
        n_learned += alone.fold_of.iter().filter(|of| **of != 0).count();
        let mut validator = CrossValidator::new(counts, &alone)?;
        fold_f1_macro.push(validator.evaluate_fold(&pipeline.vectorizer, &pipeline.model, 0)?);
    }
    let n_rows = n_learned as f64 / f64::from(plan.n_folds.max(1));
    Ok(LearningPoint { share, n_rows, fold_f1_macro })
}

/// A gain in macro F1 for which somebody would label as many reviews again.
const WORTHWHILE: f64 = 0.01;

/// What a curve says of more labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MoreLabels {
    /// Twice as many still brought a gain that is more than the folds' noise: this much.
    Help(f64),
    /// The last doubling brought less than `WORTHWHILE`, surely.
    HelpLittle,
    /// The last doubling brought nothing that could be told from noise, which may hide a gain worth having.
    DoNotShow,
    /// The curve has no two points one of which has about twice the rows.
    Unknown,
}

impl MoreLabels {
    /// Reads a curve: its last point against the one nearest half its rows, fold by fold.
    pub fn read(points: &[LearningPoint]) -> Self {
        let Some(last) = points.iter().max_by(|a, b| a.share.total_cmp(&b.share)) else {
            return Self::Unknown;
        };
        let distance = |point: &LearningPoint| (point.share / last.share - 0.5).abs();
        let half = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let Some(half) = half.filter(|half| distance(half) <= 0.2) else { return Self::Unknown };
        let gains: Vec<f64> =
            last.fold_f1_macro.iter().zip(&half.fold_f1_macro).map(|(last, half)| last - half).collect();
        match (mean(&gains), standard_error(&gains)) {
            (Some(gain), Some(error)) if gain > BAND * error => Self::Help(gain),
            (Some(gain), Some(error)) if gain + BAND * error < WORTHWHILE => Self::HelpLittle,
            (Some(_), Some(_)) => Self::DoNotShow,
            _ => Self::Unknown,
        }
    }

    /// In one sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Help(gain) => format!(
                "The last doubling of the reviews brought {:.1} points: more labels would likely help.",
                gain * 100.0
            ),
            Self::HelpLittle => {
                "The last doubling of the reviews brought no point of macro F1: better labels or other features \
                 would likely help more than more labels."
                    .to_owned()
            }
            Self::DoNotShow => {
                "What the last doubling of the reviews brought cannot be told from the folds' noise: with more \
                 labels it could."
                    .to_owned()
            }
            Self::Unknown => "There are too few points to say whether more labels would help.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(share: f64, folds: &[f64]) -> LearningPoint {
        LearningPoint { share, n_rows: share * 100.0, fold_f1_macro: folds.to_vec() }
    }

    #[test]
    fn a_curve_that_still_rises_asks_for_labels() {
        let rising = [point(0.5, &[0.7, 0.72, 0.71]), point(1.0, &[0.75, 0.78, 0.76])];
        let MoreLabels::Help(gain) = MoreLabels::read(&rising) else { panic!("it rises") };
        assert!((gain - 0.16 / 3.0).abs() < 1e-12);
        assert!(
            MoreLabels::Help(gain)
                .sentence()
                .starts_with("The last doubling of the reviews brought 5.3 points")
        );
    }

    #[test]
    fn a_flat_curve_and_a_short_one_do_not() {
        let flat = [point(0.5, &[0.7, 0.72, 0.71]), point(1.0, &[0.71, 0.70, 0.72])];
        assert_eq!(MoreLabels::read(&flat), MoreLabels::DoNotShow);
        let surely_flat = [point(0.5, &[0.7, 0.72, 0.71]), point(1.0, &[0.701, 0.722, 0.709])];
        assert_eq!(MoreLabels::read(&surely_flat), MoreLabels::HelpLittle);
        assert_eq!(MoreLabels::read(&flat[1..]), MoreLabels::Unknown);
        assert_eq!(MoreLabels::read(&[]), MoreLabels::Unknown);
    }

    #[test]
    fn the_band_is_two_standard_errors_wide_each_way() {
        let (low, high) = point(1.0, &[0.7, 0.8]).band();
        assert!((low - 0.65).abs() < 1e-12 && (high - 0.85).abs() < 1e-12);
    }
}
