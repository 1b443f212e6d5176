//! How long a study was worked at: its beginning and its children in, milliseconds out, without the time it lay still;
//! and what pruning saved of it.

use engine::stats;
use engine::tune::{PrunerSpec, Trial};
use track::id::Millis;
use track::run::Run;

/// Between two runs a study stores, fits and starts workers; what is longer is a time in which nobody worked at it.
pub const LONGEST_PAUSE_MS: u64 = 5_000;

/// Milliseconds from `created` to the end of the last child, without the times between a stop and the next go.
pub fn worked_ms(created: Millis, children: &[Run]) -> u64 {
    let mut runs: Vec<(u64, u64)> =
        children.iter().filter_map(|run| Some((run.created.0, run.ended?.0))).collect();
    runs.sort_unstable();
    let (mut worked, mut last) = (0, created.0);
    for (begun, ended) in runs {
        let pause = begun.saturating_sub(last);
        let from = if pause > LONGEST_PAUSE_MS { begun } else { last };
        worked += ended.saturating_sub(from);
        last = last.max(ended);
    }
    worked
}

/// Milliseconds that pruning saved in a search, below 0 what it cost: of each trial that could have been given up, what it
/// would have taken with all folds fitted together less what it took. How long that is, trials say that were fitted so
/// because none could be given up yet; where each sees subsets of the rows first, the time of a complete one by its rows.
/// 0 where no trial says it.
pub fn saved_ms(pruner: &PrunerSpec, trials: &[Trial]) -> f64 {
    let first = (0..trials.len()).find(|n_before| pruner.can_prune(&trials[..*n_before]));
    let (before, after) = trials.split_at(first.unwrap_or(trials.len()));
    let passes = 1.0 + pruner.shares().iter().sum::<f64>();
    let saying = if pruner.is_by_fold() { before } else { after };
    let complete = saying.iter().filter(|trial| trial.mean().is_some());
    let together: Vec<f64> = complete.map(|trial| trial.elapsed_ms / passes).collect();
    let Some(usual) = stats::mean(&together) else { return 0.0 };
    after.iter().filter(|trial| !trial.is_failed()).map(|trial| usual - trial.elapsed_ms).sum()
}

#[cfg(test)]
mod tests {
    use engine::tune::TrialOutcome;
    use track::dataset::DatasetRef;
    use track::experiment::Lifecycle;
    use track::id::{ExperimentId, RunId};
    use track::run::{RunKind, RunState};

    use super::*;

    fn run(begun: u64, ended: u64) -> Run {
        let hash = engine::num::ContentHash::of(b"");
        Run {
            schema: track::SCHEMA,
            id: RunId::new(Millis(begun), [0; 10]),
            experiment: ExperimentId::new(Millis(1), [0; 10]),
            parent: None,
            kind: RunKind::Trial,
            name: String::new(),
            state: RunState::Finished,
            created: Millis(begun),
            ended: Some(Millis(ended)),
            lifecycle: Lifecycle::Active,
            params: Default::default(),
            metrics: Default::default(),
            folds: Vec::new(),
            tags: Default::default(),
            note: String::new(),
            dataset: DatasetRef { file: hash, recipe: hash },
            spec: None,
            seed: 1,
            engine_version: String::new(),
            artifacts: Vec::new(),
        }
    }

    #[track_caller]
    fn check(runs: &[(u64, u64)], expected: u64) {
        let runs: Vec<Run> = runs.iter().map(|(begun, ended)| run(*begun, *ended)).collect();
        assert_eq!(worked_ms(Millis(1_000), &runs), expected);
    }

    #[test]
    fn what_is_worked_at_side_by_side_counts_once_and_a_long_pause_not_at_all() {
        check(&[], 0);
        check(&[(1_100, 2_000), (1_200, 1_900)], 1_000);
        check(&[(1_000, 2_000), (3_000, 4_000)], 3_000);
        check(&[(1_000, 2_000), (900_000, 901_000), (900_500, 902_000)], 3_000);
    }

    #[test]
    fn pruning_costs_where_folds_one_by_one_take_longer_than_together() {
        let trial = |elapsed_ms: f64, is_pruned: bool| {
            let (fold_f1_macro, fold_scores) = (vec![0.5; 5], Vec::new());
            let outcome = if is_pruned {
                TrialOutcome::Pruned { fold_f1_macro, fold_scores }
            } else {
                TrialOutcome::Complete { fold_f1_macro, fold_scores }
            };
            Trial { number: 0, setting: Default::default(), outcome, rungs: Vec::new(), elapsed_ms }
        };
        let median = PrunerSpec::Median { n_startup_trials: 2, n_warmup_folds: 0 };
        let mut trials = vec![trial(10.0, false), trial(10.0, false)];
        assert_eq!(saved_ms(&median, &trials), 0.0);
        trials.extend([trial(25.0, false), trial(6.0, true)]);
        assert_eq!(saved_ms(&median, &trials), 4.0 - 15.0);
        // Half of the rows, then all of them: a complete trial of 15 ms would have taken 10.
        let halved = [trial(15.0, false), trial(5.0, true), trial(5.0, true)];
        assert_eq!(saved_ms(&PrunerSpec::halving(), &halved), 5.0);
        assert_eq!(saved_ms(&median, &[]), 0.0);
    }
}
