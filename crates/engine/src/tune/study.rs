//! A study as ask and tell: finished trials in, the next setting out, and what the trials add up to.

use crate::stats;
use crate::tune::random::{Stream, uniform};
use crate::tune::{SamplerSpec, Setting, StudySpec, Trial, TrialOutcome, tpe};

/// The setting of the next trial of `study`'s search number `search`, after `finished` in order.
///
/// The same arguments give the same setting in any process. Failed trials count as asked but teach the
/// sampler nothing. Asserts that there is such a search.
pub fn ask(study: &StudySpec, search: usize, finished: &[Trial]) -> Setting {
    assert!(search < study.searches.len(), "search {search} of {}", study.searches.len());
    let space = &study.searches[search].space;
    let number = u32::try_from(finished.len()).expect("MAX_TRIALS is within u32");
    let mut stream = Stream::of_trial(study.seed, search, number);
    let at_random =
        |stream: &mut Stream| space.iter().map(|(name, range)| (*name, uniform(range, stream))).collect();
    let SamplerSpec::Tpe { n_startup_trials, n_ei_candidates, multivariate } = study.sampler else {
        return at_random(&mut stream);
    };
    // A trial of another space (a damaged record) has no coordinates here.
    let complete: Vec<(&Trial, f64)> = finished
        .iter()
        .filter(|trial| {
            let mut ranges = space.iter();
            ranges
                .all(|(name, range)| trial.setting.get(name).is_some_and(|value| range.holds(value.as_f64())))
        })
        .filter_map(|trial| Some((trial, trial.mean()?)))
        .collect();
    if complete.is_empty() || complete.len() < n_startup_trials as usize {
        return at_random(&mut stream);
    }
    let (single, open): (Vec<_>, Vec<_>) = space.iter().cloned().partition(|(_, range)| range.is_single());
    let mut setting: Setting =
        single.iter().map(|(name, range)| (*name, uniform(range, &mut stream))).collect();
    let parts: Vec<&[_]> = if multivariate { vec![&open] } else { open.chunks(1).collect() };
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        setting.extend(tpe::propose(part, &complete, n_ei_candidates, &mut stream));
    }
    setting
}

/// What an earlier trial with exactly this setting gave: scores are deterministic, so it need not be
/// evaluated again.
pub fn known_outcome<'a>(setting: &Setting, finished: &'a [Trial]) -> Option<&'a TrialOutcome> {
    finished.iter().find(|trial| trial.setting == *setting).map(|trial| &trial.outcome)
}

/// The complete trial with the largest mean; of equal ones the earlier.
pub fn best_trial(trials: &[Trial]) -> Option<&Trial> {
    let mut best: Option<(&Trial, f64)> = None;
    for trial in trials {
        if let Some(mean) = trial.mean()
            && best.is_none_or(|(_, most)| mean > most)
        {
            best = Some((trial, mean));
        }
    }
    best.map(|(trial, _)| trial)
}

impl Trial {
    /// Scores of the folds, in order; none of a failed trial.
    pub fn fold_scores(&self) -> &[f64] {
        match &self.outcome {
            TrialOutcome::Complete { fold_f1_macro } => fold_f1_macro,
            TrialOutcome::Failed { .. } => &[],
        }
    }

    /// Mean macro F1 over the folds: what is searched for. `None` of a failed trial.
    pub fn mean(&self) -> Option<f64> {
        stats::mean(self.fold_scores()).filter(|mean| mean.is_finite())
    }

    /// Standard deviation of the folds' scores (divisor n, as numpy's `std`). `None` of a failed trial.
    pub fn spread(&self) -> Option<f64> {
        stats::population_sd(self.fold_scores())
    }
}

#[cfg(test)]
mod tests;
