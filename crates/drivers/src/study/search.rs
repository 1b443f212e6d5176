//! One search of a study: the trials that came, the fit that ended it, or why there is none.

use engine::models::ModelKind;
use engine::tune::{SearchEnd, Trial, TrialOutcome};
use jobs::FinalFitOutput;

/// One search, as far as it is known; stored or not.
#[derive(Debug)]
pub(super) struct Search {
    pub model: ModelKind,
    pub n_total: u32,
    pub trials: Vec<Trial>,
    /// Best mean so far after each trial.
    pub curve: Vec<Option<f64>>,
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
            curve: Vec::new(),
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

    pub fn push(&mut self, trial: Trial) {
        let so_far = self.curve.last().copied().flatten();
        let best = match (so_far, trial.mean()) {
            (Some(best), Some(mean)) => Some(best.max(mean)),
            (best, mean) => best.or(mean),
        };
        self.curve.push(best);
        self.trials.push(trial);
    }

    pub fn why_nothing(&self) -> String {
        let reason = self.trials.iter().find_map(|trial| match &trial.outcome {
            TrialOutcome::Failed { reason } => Some(reason.as_str()),
            TrialOutcome::Complete { .. } => None,
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
