//! How long a study was worked at: its beginning and its children in, milliseconds out, without the time it lay still;
//! and what pruning saved of it.

use engine::stats;
use engine::tune::Trial;
use track::id::Millis;
use track::run::Run;

/// Between two runs a study stores, fits and starts workers; what is longer is a time in which nobody worked at it.
const LONGEST_PAUSE_MS: u64 = 5_000;

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

/// Milliseconds that pruning saved in a search: of each pruned trial, what a complete one takes on average less what it
/// took; below 0 what it cost.
pub fn saved_ms(trials: &[Trial]) -> f64 {
    let elapsed = |is_asked: fn(&Trial) -> bool| {
        let asked = trials.iter().filter(move |trial| is_asked(trial));
        asked.map(|trial| trial.elapsed_ms).collect::<Vec<f64>>()
    };
    let usual = stats::mean(&elapsed(|trial| trial.mean().is_some())).unwrap_or(0.0);
    elapsed(Trial::is_pruned).iter().map(|elapsed_ms| usual - elapsed_ms).sum()
}

#[cfg(test)]
mod tests {
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
}
