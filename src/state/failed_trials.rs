//! Trials that could not be evaluated, by their reasons. Pure.

use engine::tune::TrialOutcome;

use super::study_plots::{StudyTrials, item_of};

/// Most trials named for a reason.
pub const MAX_NAMED: usize = 12;

/// A reason, and what failed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub reason: String,
    /// How many trials failed for it.
    pub n_trials: u64,
    /// The first of them, as pictures number them.
    pub items: Vec<u32>,
}

/// The reasons, the most frequent first.
pub fn failures(trials: &StudyTrials) -> Vec<Failure> {
    let mut found: Vec<Failure> = Vec::new();
    for (search, trial) in trials.all() {
        let TrialOutcome::Failed { reason } = &trial.outcome else { continue };
        let at = found.iter().position(|failure| failure.reason == *reason).unwrap_or_else(|| {
            found.push(Failure { reason: reason.clone(), n_trials: 0, items: Vec::new() });
            found.len() - 1
        });
        found[at].n_trials += 1;
        if found[at].items.len() < MAX_NAMED {
            found[at].items.push(item_of(search, trial));
        }
    }
    found.sort_by_key(|failure| std::cmp::Reverse(failure.n_trials));
    found
}

#[cfg(test)]
mod tests {
    use engine::models::ModelKind;
    use engine::num::ContentHash;
    use engine::tune::{Setting, StudySpec, Trial};
    use track::dataset::DatasetRef;
    use track::id::{ExperimentId, Millis, RunId};

    use super::*;

    #[test]
    fn reasons_are_counted_and_the_most_frequent_comes_first() {
        let hash = ContentHash::of(b"a file");
        let origin = (DatasetRef { file: hash, recipe: hash }, ExperimentId("01".into()));
        let spec = StudySpec::reference(&[ModelKind::LinearSvc], 20, 1);
        let mut trials = StudyTrials::new(RunId("01STUDY".into()), origin, spec);
        let failed = |reason: &str| TrialOutcome::Failed { reason: reason.to_owned() };
        let complete = TrialOutcome::complete(vec![0.5, 0.6]);
        let many = std::iter::repeat_n(failed("no word is left"), MAX_NAMED + 1);
        for (number, outcome) in (0..).zip([failed("no step helps"), complete].into_iter().chain(many)) {
            let (setting, rungs) = (Setting::new(), Vec::new());
            trials.searches[0].trials.push(Trial { number, setting, outcome, rungs, elapsed_ms: 1.0 });
            trials.searches[0].ended.push(Millis(1_000));
        }
        let found = failures(&trials);
        let said: Vec<(&str, u64, usize)> = found
            .iter()
            .map(|failure| (failure.reason.as_str(), failure.n_trials, failure.items.len()))
            .collect();
        assert_eq!(said, [("no word is left", 13, MAX_NAMED), ("no step helps", 1, 1)]);
        assert_eq!(found[1].items, [0]);
    }
}
