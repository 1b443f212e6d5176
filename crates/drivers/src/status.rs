//! How a study stands, as plain values for pages and terminals. Only what is stored is in it.

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::tune::Setting;
use track::id::{Millis, RunId};

use crate::summary::{FitSummary, Guess};

/// What a study is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyPhase {
    /// Trials are being made.
    Searching,
    /// The best setting of each search is being fitted.
    Fitting,
    /// All is done but for the last records being stored.
    Storing,
    /// All is done and stored.
    Finished,
    /// The person stopped it; what had finished is stored.
    Stopped,
    /// No model came out, or the last records could not be stored.
    Failed,
}

/// How a study stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyStatus {
    /// The study's run.
    pub run: RunId,
    /// What settings are compared by.
    pub metric: Metric,
    /// What it is at.
    pub phase: StudyPhase,
    /// Whether everything that came out so far is stored.
    pub stored: bool,
    /// Stored trials of all searches.
    pub n_done: u64,
    /// Trials to be made, fewer once a search failed.
    pub n_total: u64,
    /// When it began.
    pub started: Millis,
    /// Milliseconds from there to the last event, without the times between a stop and the next go.
    pub elapsed_ms: u64,
    /// Stored trials a second since it began or was resumed; `None` before the first.
    pub trials_per_second: Option<f64>,
    /// Milliseconds until the last trial at that rate; `None` before the first trial and after the last.
    pub left_ms: Option<f64>,
    /// What guessing scores, once that is known.
    pub guess: Option<Guess>,
    /// Each search, in the study's order.
    pub searches: Vec<SearchStatus>,
    /// Stored final fits, in the study's order.
    pub fits: Vec<FitSummary>,
    /// Why it waits (records were not stored) or failed, in one sentence.
    pub error: Option<String>,
}

impl StudyStatus {
    /// The best stored trial of all searches; of equal ones the first search's.
    pub fn best(&self) -> Option<(&SearchStatus, &BestTrial)> {
        let mut best: Option<(&SearchStatus, &BestTrial)> = None;
        for search in &self.searches {
            if let Some(trial) = &search.best
                && best.is_none_or(|(_, most)| trial.score > most.score)
            {
                best = Some((search, trial));
            }
        }
        best
    }
}

/// How one search stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchStatus {
    /// The model family.
    pub model: ModelKind,
    /// Stored trials.
    pub n_done: u32,
    /// Trials to be made; those made once it ended early.
    pub n_total: u32,
    /// Why it ended before its last trial, in one sentence.
    pub ended: Option<String>,
    /// Stored trials that could not be evaluated.
    pub n_failed: u32,
    /// Stored trials that were pruned.
    pub n_pruned: u32,
    /// Milliseconds that pruning saved, against complete trials of the same search; below 0 what it cost.
    pub saved_ms: f64,
    /// The best stored trial.
    pub best: Option<BestTrial>,
    /// Best score so far after each stored trial; none before the first complete one.
    pub curve: Vec<Option<f64>>,
    /// Why it gave no model, in one sentence.
    pub failed: Option<String>,
}

/// The best trial of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct BestTrial {
    /// Its number in the search.
    pub number: u32,
    /// Its run.
    pub run: RunId,
    /// What was tried.
    pub setting: Setting,
    /// Mean score over the folds by the study's metric, more being better: a loss negated.
    pub score: f64,
    /// Standard deviation over the folds (divisor n).
    pub spread: f64,
    /// Score of each fold.
    pub fold_scores: Vec<f64>,
}
