//! Whether a trial under way is worth going on with: what it showed so far in, yes or no out.
//!
//! It is compared with finished trials of smaller number only, step by step in a fixed order, so that any number of
//! workers prunes the same trials.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::stats::{mean, quantile, wilcoxon_less};
use crate::tune::{Trial, best_trial};

/// Trials that came to a subset of rows before the first of them is given up there.
const MIN_RIVALS: usize = 5;
/// Most subsets of rows before all of them.
pub const MAX_RUNGS: u32 = 6;

/// What a trial is pruned by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PrunerSpec {
    /// Nothing: all folds are fitted together.
    #[default]
    None,
    /// Fold by fold, where the best mean so far lies below the median of complete trials after as many folds
    /// (Optuna's `MedianPruner` on the running mean).
    Median {
        /// Complete trials before the first is pruned.
        n_startup_trials: u32,
        /// Folds every trial sees.
        n_warmup_folds: u32,
    },
    /// Fold by fold, where the folds are worse than the best trial's by Wilcoxon's signed-rank test (Optuna's
    /// `WilcoxonPruner`).
    Wilcoxon {
        /// Prunes below this probability.
        p_threshold: f64,
        /// Folds every trial sees.
        n_startup_folds: u32,
    },
    /// On growing subsets of the rows, where it is not among the best `1 / reduction_factor` of the trials that came
    /// so far (asynchronous successive halving, as Optuna's `SuccessiveHalvingPruner`).
    Halving {
        /// By how much the rows grow from one subset to the next, and how many trials stay.
        reduction_factor: u32,
        /// Subsets before all rows: shares `reduction_factor^-n_rungs`, …, `1 / reduction_factor`.
        n_rungs: u32,
    },
}

impl PrunerSpec {
    /// Optuna's defaults for the median.
    pub fn median() -> Self {
        Self::Median { n_startup_trials: 5, n_warmup_folds: 0 }
    }

    /// Optuna's defaults for the signed-rank test.
    pub fn wilcoxon() -> Self {
        Self::Wilcoxon { p_threshold: 0.1, n_startup_folds: 2 }
    }

    /// Half of the rows, then all: on fewer, small files rank settings otherwise than on all rows.
    pub fn halving() -> Self {
        Self::Halving { reduction_factor: 2, n_rungs: 1 }
    }

    /// Whether it prunes nothing: so nothing has to be said of it.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Whether folds are fitted one by one.
    pub fn is_by_fold(&self) -> bool {
        matches!(self, Self::Median { .. } | Self::Wilcoxon { .. })
    }

    /// Shares of the rows that a trial sees before all of them, ascending.
    pub fn shares(&self) -> Vec<f64> {
        let Self::Halving { reduction_factor, n_rungs } = *self else { return Vec::new() };
        let share = |rung: u32| libm::pow(f64::from(reduction_factor), -f64::from(rung));
        (1..=n_rungs).rev().map(share).collect()
    }

    /// Whether a trial after `finished` can be given up at all. One that cannot need not see its folds one by one.
    pub fn can_prune(&self, finished: &[Trial]) -> bool {
        let has = |n_wanted: usize| {
            finished.iter().filter(|trial| trial.mean().is_some()).take(n_wanted).count() == n_wanted
        };
        match *self {
            Self::None => false,
            Self::Median { n_startup_trials, .. } => has((n_startup_trials as usize).max(1)),
            Self::Wilcoxon { .. } => has(1),
            Self::Halving { .. } => true,
        }
    }

    /// Whether a trial that saw these folds so far, the last the newest, ends here; `finished` are the trials before it.
    pub fn prunes(&self, seen: &[f64], finished: &[Trial]) -> bool {
        match *self {
            Self::None | Self::Halving { .. } => false,
            Self::Median { n_startup_trials, n_warmup_folds } => {
                seen.len() > n_warmup_folds as usize && is_below_median(seen, finished, n_startup_trials)
            }
            Self::Wilcoxon { p_threshold, n_startup_folds } => {
                seen.len() >= n_startup_folds as usize && is_worse(seen, finished, p_threshold)
            }
        }
    }

    /// Whether a trial whose mean on the subset of rows at place `rung` is `own` ends here; `finished` are the trials
    /// before it.
    pub fn prunes_on(&self, rung: usize, own: f64, finished: &[Trial]) -> bool {
        let Self::Halving { reduction_factor, .. } = *self else { return false };
        !is_promoted((rung, own), finished, reduction_factor)
    }
}

fn is_below_median(seen: &[f64], finished: &[Trial], n_startup_trials: u32) -> bool {
    let n_seen = seen.len();
    let running = |folds: &[f64], n: usize| mean(folds.get(..n)?);
    let complete = || finished.iter().filter(|trial| trial.mean().is_some());
    if complete().count() < (n_startup_trials as usize).max(1) {
        return false;
    }
    let mut others: Vec<f64> = complete().filter_map(|trial| running(trial.fold_scores(), n_seen)).collect();
    others.sort_by(f64::total_cmp);
    let best = (1..=n_seen).filter_map(|n| running(seen, n)).fold(f64::NEG_INFINITY, f64::max);
    quantile(&others, 0.5).is_some_and(|median| best < median)
}

fn is_worse(seen: &[f64], finished: &[Trial], p_threshold: f64) -> bool {
    let Some(best) = best_trial(finished) else { return false };
    let differences: Vec<f64> = seen.iter().zip(best.fold_scores()).map(|(ours, best)| ours - best).collect();
    // Never one whose mean is the best so far.
    let is_ahead = mean(seen) >= mean(best.fold_scores());
    !is_ahead && wilcoxon_less(&differences).is_some_and(|p| p < p_threshold)
}

fn is_promoted((rung, own): (usize, f64), finished: &[Trial], reduction_factor: u32) -> bool {
    let on_rung = |trial: &Trial| trial.rungs.get(rung).copied().flatten();
    let mut values: Vec<f64> = finished.iter().filter_map(on_rung).chain([own]).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    if values.len() < MIN_RIVALS {
        return true;
    }
    let n_promoted = (values.len() / reduction_factor.max(1) as usize).max(1);
    own >= values[n_promoted - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::{Setting, TrialOutcome};

    fn complete(folds: &[f64]) -> Trial {
        trial(TrialOutcome::complete(folds.to_vec()), &[])
    }

    fn trial(outcome: TrialOutcome, rungs: &[f64]) -> Trial {
        Trial {
            number: 0,
            setting: Setting::new(),
            outcome,
            rungs: rungs.iter().copied().map(Some).collect(),
            elapsed_ms: 0.0,
        }
    }

    #[test]
    fn the_median_of_running_means_decides() {
        let finished = [[0.5, 0.7], [0.6, 0.6], [0.7, 0.9]].map(|folds| complete(&folds));
        let pruner = PrunerSpec::Median { n_startup_trials: 3, n_warmup_folds: 0 };
        assert!(pruner.prunes(&[0.59], &finished), "the median after one fold is 0.6");
        assert!(!pruner.prunes(&[0.6], &finished), "as good as the median goes on");
        assert!(!pruner.prunes(&[0.61, 0.3], &finished), "its best mean so far counts, 0.61 against 0.6");
        assert!(!pruner.prunes(&[0.1], &finished[..2]), "two are too few");
        let patient = PrunerSpec::Median { n_startup_trials: 3, n_warmup_folds: 1 };
        assert!(!patient.prunes(&[0.1], &finished));
        assert!(patient.prunes(&[0.1, 0.1], &finished));
        let with_pruned = [finished.to_vec(), vec![trial(TrialOutcome::pruned(vec![0.1]), &[])]].concat();
        assert!(pruner.prunes(&[0.59], &with_pruned), "what was pruned is no measure");
    }

    // Four folds, all worse: 1/16 by the exact test. Three give 1/8.
    #[test]
    fn the_signed_rank_test_decides() {
        let finished = [complete(&[0.8, 0.82, 0.84, 0.86, 0.8])];
        let pruner = PrunerSpec::wilcoxon();
        assert!(!pruner.prunes(&[0.7], &finished));
        assert!(!pruner.prunes(&[0.7, 0.71, 0.72], &finished));
        assert!(pruner.prunes(&[0.7, 0.71, 0.72, 0.75], &finished));
        assert!(!pruner.prunes(&[0.9, 0.71, 0.72, 0.75], &finished), "one fold is better");
        assert!(!pruner.prunes(&[0.1, 0.1, 0.1, 0.1], &[]), "there is none to be worse than");
    }

    #[test]
    fn the_best_of_each_rung_go_on() {
        let rungs = [0.5, 0.6, 0.7, 0.8, 0.55];
        let finished = rungs.map(|value| trial(TrialOutcome::pruned(Vec::new()), &[value]));
        let pruner = PrunerSpec::Halving { reduction_factor: 3, n_rungs: 2 };
        assert!(!pruner.prunes_on(0, 0.75, &finished), "the second of six");
        assert!(pruner.prunes_on(0, 0.65, &finished), "the third of six");
        assert!(!pruner.prunes_on(0, 0.4, &finished[..3]), "four are too few to choose from");
        assert!(pruner.prunes_on(0, 0.4, &finished[..4]), "the last of five");
        assert!(!pruner.prunes_on(1, 0.1, &finished), "none came to the second rung");
        let mut skipped = finished.clone();
        for trial in &mut skipped {
            trial.rungs.insert(0, None);
        }
        assert!(!pruner.prunes_on(0, 0.1, &skipped), "none could be fitted on the first subset");
        assert!(pruner.prunes_on(1, 0.65, &skipped), "each is held against those of its own subset");
        let shares = pruner.shares();
        assert!((shares[0] - 1.0 / 9.0).abs() < 1e-15 && (shares[1] - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn nothing_is_pruned_by_none() {
        assert!(!PrunerSpec::None.prunes(&[0.0], &[complete(&[1.0])]));
    }
}
