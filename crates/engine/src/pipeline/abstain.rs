//! When to give no answer: probabilities and a rule in, a band of doubt out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::DecisionError;
use crate::dataset::LabelId;

/// Largest share of texts that may be left unanswered.
pub const MAX_ABSTAIN_SHARE: f64 = 0.9;

/// How much is left unanswered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AbstainRule {
    /// Nothing.
    #[default]
    Never,
    /// The most doubtful of the rows that the fit did not see, at most this share of them.
    Share {
        /// From 0 to `MAX_ABSTAIN_SHARE`.
        share: f64,
    },
    /// Texts whose two likeliest classes are less than this apart; for two classes it is the width of the
    /// band of the second class's probability, which lies around the cut.
    Width {
        /// From 0 to 1.
        width: f64,
    },
}

/// A text is left unanswered where its margin is below `margin`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AbstainBand {
    /// Probability of the predicted class less that of the next likeliest. For two classes: twice the
    /// distance of the second class's probability from that at the cut.
    pub margin: f64,
}

impl AbstainBand {
    pub(super) fn is_valid(self) -> bool {
        self.margin.is_finite()
    }
}

/// How many rows were answered, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Coverage {
    /// All rows.
    pub n_rows: u64,
    /// Rows that got an answer.
    pub n_answered: u64,
    /// Right ones among these.
    pub n_right: u64,
}

impl Coverage {
    /// Counts rows. Lengths of all lists are equal.
    pub(super) fn of(truth: &[LabelId], predicted: &[u8], abstains: &[bool]) -> Self {
        let mut coverage = Self { n_rows: truth.len() as u64, n_answered: 0, n_right: 0 };
        for ((label, &class), _) in
            truth.iter().zip(predicted).zip(abstains).filter(|(_, abstains)| !**abstains)
        {
            coverage.n_answered += 1;
            coverage.n_right += u64::from(label.0 == class);
        }
        coverage
    }

    /// Share of the rows that got an answer; 1 where there are no rows.
    pub fn share(&self) -> f64 {
        if self.n_rows == 0 { 1.0 } else { self.n_answered as f64 / self.n_rows as f64 }
    }

    /// Share of the answers that are right; `None` where there are none.
    pub fn accuracy(&self) -> Option<f64> {
        (self.n_answered > 0).then(|| self.n_right as f64 / self.n_answered as f64)
    }
}

/// How far a predicted class is ahead. `at_cut` is the second class's probability at the cut, for two classes.
pub(super) fn margin_of(probabilities: &[f64], class: u8, at_cut: f64) -> f64 {
    if let [_, second] = probabilities {
        return 2.0 * (second - at_cut).abs();
    }
    let class = usize::from(class);
    let others = probabilities.iter().enumerate().filter(|(other, _)| *other != class);
    probabilities[class] - others.map(|(_, &p)| p).fold(0.0, f64::max)
}

/// Checks share and width.
///
/// # Errors
/// `BadAbstainShare`, `BadWidth`.
pub(super) fn check_rule(rule: AbstainRule) -> Result<(), DecisionError> {
    match rule {
        AbstainRule::Width { width } if !(0.0..=1.0).contains(&width) => {
            Err(DecisionError::BadWidth { width })
        }
        AbstainRule::Share { share } if !(0.0..=MAX_ABSTAIN_SHARE).contains(&share) => {
            Err(DecisionError::BadAbstainShare { share })
        }
        AbstainRule::Never | AbstainRule::Width { .. } | AbstainRule::Share { .. } => Ok(()),
    }
}

/// The band that `rule` asks for. `margins`: of the rows that the fit did not see.
///
/// # Errors
/// Where share or width are out of range.
pub(super) fn fit_band(
    rule: AbstainRule,
    mut margins: Vec<f64>,
) -> Result<Option<AbstainBand>, DecisionError> {
    check_rule(rule)?;
    match rule {
        AbstainRule::Never => Ok(None),
        AbstainRule::Width { width } => Ok(Some(AbstainBand { margin: width })),
        AbstainRule::Share { share } => {
            margins.sort_by(f64::total_cmp);
            // Rows below the margin of the row at this place: as many, or fewer where margins are equal.
            let n_unanswered = (share * margins.len() as f64).floor() as usize;
            Ok(margins.get(n_unanswered).map(|&margin| AbstainBand { margin }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_leaves_at_most_the_share_unanswered() {
        let margins = vec![0.9, 0.1, 0.5, 0.1, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6];
        let band = |share| fit_band(AbstainRule::Share { share }, margins.clone()).unwrap().unwrap();
        assert_eq!(band(0.0).margin, 0.1);
        // Two rows are equally doubtful, and one may be left out: none is.
        assert_eq!(band(0.1).margin, 0.1);
        assert_eq!(band(0.3).margin, 0.3);
        assert_eq!(band(0.39).margin, 0.3);
        assert_eq!(fit_band(AbstainRule::Never, margins.clone()), Ok(None));
        let width = AbstainRule::Width { width: 0.25 };
        assert_eq!(fit_band(width, margins.clone()), Ok(Some(AbstainBand { margin: 0.25 })));
        let bad = fit_band(AbstainRule::Share { share: 0.95 }, margins.clone());
        assert_eq!(bad, Err(DecisionError::BadAbstainShare { share: 0.95 }));
        let bad = fit_band(AbstainRule::Width { width: -0.1 }, margins);
        assert_eq!(bad, Err(DecisionError::BadWidth { width: -0.1 }));
    }

    #[test]
    fn a_margin_is_the_lead_of_the_predicted_class() {
        let near =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        near(margin_of(&[0.2, 0.8], 1, 0.5), 0.6);
        near(margin_of(&[0.8, 0.2], 0, 0.5), 0.6);
        near(margin_of(&[0.6, 0.4], 1, 0.3), 0.2);
        near(margin_of(&[0.5, 0.2, 0.3], 0, 0.5), 0.2);
        near(margin_of(&[0.5, 0.2, 0.3], 2, 0.5), -0.2);
    }

    #[test]
    fn coverage_counts_what_is_answered() {
        let truth = [0, 1, 1, 0].map(LabelId);
        let coverage = Coverage::of(&truth, &[0, 1, 0, 1], &[false, false, true, false]);
        assert_eq!((coverage.share(), coverage.accuracy()), (0.75, Some(2.0 / 3.0)));
        let none = Coverage::of(&truth, &[0; 4], &[true; 4]);
        assert_eq!((none.share(), none.accuracy()), (0.0, None));
    }
}
