//! Whether a search goes on finding anything: its trials in, the reason to stop out.
//!
//! The gain of as many trials again is taken to be at most what the last ones gained. Where that lies below the noise
//! of the best trial's folds, `√((1/k + 1/(k − 1)) var)` (k folds; Nadeau and Bengio's correction as Optuna's
//! `CrossValidationErrorEvaluator` has it), what may still be found could not be told from chance.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::stats::{mean, population_sd, sample_sd, student_ppf};
use crate::tune::{SearchEnd, Trial, best_trial};

/// Fewest and most trials that a rule may look back on.
pub const PATIENCE_RANGE: (u32, u32) = (10, 10_000);

/// When a search is stopped because it is pointless to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct StopRule {
    /// Finished trials whose gain is weighed; twice as many are made before the first look.
    pub patience: u32,
}

impl StopRule {
    /// Why a search that made `trials` ends, if it does.
    pub fn ends(self, trials: &[Trial]) -> Option<SearchEnd> {
        let patience = self.patience as usize;
        if trials.len() < 2 * patience {
            return None;
        }
        let best = best_trial(trials)?;
        let before = best_trial(&trials[..trials.len() - patience])?;
        let gain = best.mean()? - before.mean()?;
        let noise = fold_noise(best.fold_scores())?;
        (gain < noise).then_some(SearchEnd::Pointless { n_trials: self.patience, gain, noise })
    }
}

/// How far a mean of these folds may be from what new folds would give; `None` of fewer than two.
pub fn fold_noise(folds: &[f64]) -> Option<f64> {
    if folds.len() < 2 {
        return None;
    }
    let k = folds.len() as f64;
    let sd = population_sd(folds)?;
    Some((1.0 / k + 1.0 / (k - 1.0)).sqrt() * sd)
}

/// Share of the cases that `fold_interval` holds for.
const LEVEL: f64 = 0.95;

/// Where the mean of these scores would lie in 95 of 100 cases if its folds were dealt anew from other reviews: Student's
/// interval with the variance `(1/J + 1/(k − 1)) s²` (Nadeau and Bengio 2003, for what fits learn from overlaps). `scores`:
/// of all folds of all draws, J; `n_folds`: folds of a draw, k. `None` of fewer than two.
pub fn fold_interval(scores: &[f64], n_folds: u32) -> Option<(f64, f64)> {
    if scores.len() < 2 || n_folds < 2 {
        return None;
    }
    let share = 1.0 / scores.len() as f64 + 1.0 / f64::from(n_folds - 1);
    let t = student_ppf(0.5 + LEVEL / 2.0, u32::try_from(scores.len() - 1).ok()?)?;
    let (centre, reach) = (mean(scores)?, t * share.sqrt() * sample_sd(scores)?);
    Some((centre - reach, centre + reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::{Setting, TrialOutcome};

    fn trials(means: &[f64]) -> Vec<Trial> {
        let folds = |mean: f64| vec![mean - 0.01, mean, mean + 0.01];
        let outcome = |mean| TrialOutcome::complete(folds(mean));
        (0u32..)
            .zip(means)
            .map(|(number, &mean)| Trial {
                number,
                setting: Setting::new(),
                outcome: outcome(mean),
                rungs: Vec::new(),
                elapsed_ms: 0.0,
            })
            .collect()
    }

    // Optuna 5.0.0: CrossValidationErrorEvaluator().evaluate of one trial whose scores are 0.79, 0.8, 0.81.
    #[test]
    fn noise_of_folds_is_optunas() {
        let noise = fold_noise(&[0.79, 0.8, 0.81]).expect("three folds");
        assert!((noise - 0.007453559924999306).abs() < 1e-15, "{noise}");
        assert_eq!(fold_noise(&[0.8]), None);
    }

    // s = 0.01; t(0.975, 2) = 4.302652729749464 (scipy 1.17.1); √(1/3 + 1/2) = 0.9128709291752769.
    #[test]
    fn an_interval_of_folds_knows_that_their_fits_overlap() {
        let (low, high) = fold_interval(&[0.79, 0.8, 0.81], 3).expect("three folds");
        assert!(
            (high - 0.8 - 0.0392776659).abs() < 1e-9 && (0.8 - low - 0.0392776659).abs() < 1e-9,
            "{low} {high}"
        );
        let (_, of_two_draws) = fold_interval(&[0.79, 0.8, 0.81, 0.79, 0.8, 0.81], 3).expect("six");
        assert!(of_two_draws < high);
        assert_eq!(fold_interval(&[0.8], 2), None);
    }

    #[test]
    fn a_search_ends_when_the_last_trials_gained_less_than_the_noise() {
        let rule = StopRule { patience: 10 };
        let mut means = vec![0.8; 10];
        means.extend([0.804; 9]);
        assert_eq!(rule.ends(&trials(&means)), None, "19 are too few");
        means.push(0.7);
        let end = rule.ends(&trials(&means)).expect("0.004 is less than 0.0075");
        let SearchEnd::Pointless { n_trials: 10, gain, .. } = end else { panic!("{end:?}") };
        assert!((gain - 0.004).abs() < 1e-12);
        means.push(0.85);
        assert_eq!(rule.ends(&trials(&means)), None, "the last gained 0.05");
    }
}
