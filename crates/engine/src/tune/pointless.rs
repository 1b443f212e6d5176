//! Whether a search goes on finding anything: its trials in, the reason to stop out.
//!
//! The gain of as many trials again is taken to be at most what the last ones gained. Where that lies below the noise
//! of the best trial's folds, `√((1/J + q) var)` (J scores; q rows held out for each learned from, 1/(k − 1) of k folds:
//! Nadeau and Bengio's correction as Optuna's `CrossValidationErrorEvaluator` has it), what may still be found could not
//! be told from chance.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::split::SplitSpec;
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
    /// Why a search that made `trials` ends, if it does. `split` made their folds.
    pub fn ends(self, trials: &[Trial], split: &SplitSpec) -> Option<SearchEnd> {
        let patience = self.patience as usize;
        if trials.len() < 2 * patience {
            return None;
        }
        let best = best_trial(trials)?;
        let before = best_trial(&trials[..trials.len() - patience])?;
        let gain = best.mean()? - before.mean()?;
        let noise = fold_noise(best.fold_scores(), split.held_out_per_learned())?;
        (gain < noise).then_some(SearchEnd::Pointless { n_trials: self.patience, gain, noise })
    }
}

/// How far a mean of these folds may be from what new folds would give; `None` of fewer than two. `held_out_per_learned`:
/// `SplitSpec::held_out_per_learned`.
pub fn fold_noise(folds: &[f64], held_out_per_learned: f64) -> Option<f64> {
    if folds.len() < 2 {
        return None;
    }
    Some((1.0 / folds.len() as f64 + held_out_per_learned).sqrt() * population_sd(folds)?)
}

/// Share of the cases that `fold_interval` holds for.
const LEVEL: f64 = 0.95;

/// Where the mean of these scores would lie in 95 of 100 cases if its folds were dealt anew from other reviews: Student's
/// interval with the variance `(1/J + q) s²` (Nadeau and Bengio 2003, for what fits learn from overlaps). `scores`: of all
/// folds of all draws, J; `held_out_per_learned`: q, `SplitSpec::held_out_per_learned`, a mean where folds differ in size.
/// `None` of fewer than two.
pub fn fold_interval(scores: &[f64], held_out_per_learned: f64) -> Option<(f64, f64)> {
    if scores.len() < 2 {
        return None;
    }
    let share = 1.0 / scores.len() as f64 + held_out_per_learned;
    let t = student_ppf(0.5 + LEVEL / 2.0, u32::try_from(scores.len() - 1).ok()?)?;
    let (centre, reach) = (mean(scores)?, t * share.sqrt() * sample_sd(scores)?);
    Some((centre - reach, centre + reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitKind;
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
        let noise = fold_noise(&[0.79, 0.8, 0.81], 0.5).expect("three folds");
        assert!((noise - 0.007453559924999306).abs() < 1e-15, "{noise}");
        assert_eq!(fold_noise(&[0.8], 0.5), None);
    }

    // s = 0.01; t(0.975, 2) = 4.302652729749464 (scipy 1.17.1); √(1/3 + 1/2) = 0.9128709291752769.
    #[test]
    fn an_interval_of_folds_knows_that_their_fits_overlap() {
        let (low, high) = fold_interval(&[0.79, 0.8, 0.81], 0.5).expect("three folds");
        assert!(
            (high - 0.8 - 0.0392776659).abs() < 1e-9 && (0.8 - low - 0.0392776659).abs() < 1e-9,
            "{low} {high}"
        );
        let (_, of_two_draws) = fold_interval(&[0.79, 0.8, 0.81, 0.79, 0.8, 0.81], 0.5).expect("six");
        assert!(of_two_draws < high);
        assert_eq!(fold_interval(&[0.8], 1.0), None);
    }

    // A fold by time learns from 1, 2, … 5 parts of the size that it holds out: (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5.
    #[test]
    fn folds_by_time_learn_from_fewer_rows_and_sway_more() {
        let by_time = SplitSpec { kind: SplitKind::ByTime, ..SplitSpec::reference() };
        assert!((by_time.held_out_per_learned() - 137.0 / 300.0).abs() < 1e-15);
        assert_eq!(SplitSpec::reference().held_out_per_learned(), 0.25);
        let folds = [0.79, 0.8, 0.81, 0.8, 0.8];
        let high = |split: &SplitSpec| fold_interval(&folds, split.held_out_per_learned()).map(|ends| ends.1);
        assert!(high(&by_time) > high(&SplitSpec::reference()));
        let rule = StopRule { patience: 10 };
        // 0.0077 were gained: the noise is 0.0075 of folds by chance, 0.0079 by time.
        let means: Vec<f64> = (0..20).map(|number| if number < 10 { 0.8 } else { 0.8077 }).collect();
        let three = |kind| SplitSpec { kind, n_folds: 3, ..SplitSpec::reference() };
        assert_eq!(rule.ends(&trials(&means), &three(SplitKind::Stratified)), None);
        assert!(rule.ends(&trials(&means), &three(SplitKind::ByTime)).is_some());
    }

    #[test]
    fn a_search_ends_when_the_last_trials_gained_less_than_the_noise() {
        let rule = StopRule { patience: 10 };
        let split = &SplitSpec { n_folds: 3, ..SplitSpec::reference() };
        let mut means = vec![0.8; 10];
        means.extend([0.804; 9]);
        assert_eq!(rule.ends(&trials(&means), split), None, "19 are too few");
        means.push(0.7);
        let end = rule.ends(&trials(&means), split).expect("0.004 is less than 0.0075");
        let SearchEnd::Pointless { n_trials: 10, gain, .. } = end else { panic!("{end:?}") };
        assert!((gain - 0.004).abs() < 1e-12);
        means.push(0.85);
        assert_eq!(rule.ends(&trials(&means), split), None, "the last gained 0.05");
    }
}
