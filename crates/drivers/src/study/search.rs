//! One search of a study: the trials that came, the fit that ended it, or why there is none.

use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::tune::{SearchEnd, Trial, TrialOutcome};
use jobs::{FinalFitOutput, HISTORY_CHUNK};
use track::id::Millis;

/// One search, as far as it is known; stored or not.
#[derive(Debug)]
pub(super) struct Search {
    pub model: ModelKind,
    pub n_total: u32,
    pub trials: Vec<Trial>,
    /// When each trial ended.
    pub trial_ends: Vec<Millis>,
    /// Best mean so far after each trial.
    pub curve: Vec<Option<f64>>,
    /// Blobs of its first trials, `HISTORY_CHUNK` each.
    pub history: Vec<ContentHash>,
    /// Fits recorded before the study was resumed.
    pub n_earlier_fits: usize,
    /// Of these the last that came to its end: the number of its trial.
    pub kept_fit: Option<u32>,
    pub n_losses: u32,
    /// Why it makes no more trials, though fewer than all are made.
    pub ended: Option<SearchEnd>,
    pub fit: Option<FinalFitOutput>,
    pub failed: Option<String>,
}

impl Search {
    pub fn new(model: ModelKind, n_total: u32) -> Self {
        Self {
            model,
            n_total,
            trials: Vec::new(),
            trial_ends: Vec::new(),
            curve: Vec::new(),
            history: Vec::new(),
            n_earlier_fits: 0,
            kept_fit: None,
            n_losses: 0,
            ended: None,
            fit: None,
            failed: None,
        }
    }

    pub fn is_searching(&self) -> bool {
        self.failed.is_none() && self.ended.is_none() && self.trials.len() < self.n_total as usize
    }

    pub fn is_fitting(&self) -> bool {
        self.failed.is_none() && self.fit.is_none()
    }

    pub fn study_ms(&self) -> f64 {
        self.trials.iter().map(|trial| trial.elapsed_ms).sum()
    }

    /// The trials that no blob holds.
    pub fn unkept(&self) -> &[Trial] {
        &self.trials[(self.history.len() * HISTORY_CHUNK).min(self.trials.len())..]
    }

    pub fn push(&mut self, trial: Trial, ended: Millis) {
        let so_far = self.curve.last().copied().flatten();
        let best = match (so_far, trial.mean()) {
            (Some(best), Some(mean)) => Some(best.max(mean)),
            (best, mean) => best.or(mean),
        };
        self.curve.push(best);
        self.trials.push(trial);
        self.trial_ends.push(ended);
    }

    pub fn why_nothing(&self) -> String {
        let reason = self.trials.iter().find_map(|trial| match &trial.outcome {
            TrialOutcome::Failed { reason } => Some(reason.as_str()),
            TrialOutcome::Complete { .. } | TrialOutcome::Pruned { .. } => None,
        });
        let model = self.model.as_str();
        match (&self.ended, reason) {
            (Some(SearchEnd::OutOfTime { minutes }), None) => {
                format!("No trial of {model} came to its end within {minutes} minutes.")
            }
            (_, reason) => {
                let reason = reason.unwrap_or("no fold had a score");
                format!("No setting of {model} could be evaluated: {reason}")
            }
        }
    }
}
