//! What is shown of a study while it runs, and its summary.

use engine::metrics::IntervalSpec;
use engine::stats;
use engine::tune::{Trial, best_trial};
use track::id::Millis;
use track::run::RunState;

use super::{Stage, StudyDriver};
use crate::status::{BestTrial, SearchStatus, StudyPhase, StudyStatus};
use crate::summary::{CvMetric, DataSummary, FitSummary, ModelSummary, StudySummary, plain_words};
use crate::worked::saved_ms;

fn count(trials: &[Trial], is_counted: fn(&Trial) -> bool) -> u32 {
    u32::try_from(trials.iter().filter(|trial| is_counted(trial)).count()).unwrap_or(u32::MAX)
}

impl StudyDriver {
    /// How it stands, as far as it is stored.
    pub fn status(&self) -> StudyStatus {
        let shown = &self.outbox.shown().searches;
        let searches: Vec<SearchStatus> =
            (0..self.searches.len()).map(|search| self.search_status(search, shown[search])).collect();
        let fits = (0..self.searches.len())
            .filter(|search| shown[*search].1)
            .filter_map(|search| self.fit_summary(search));
        let n_done = searches.iter().map(|search| u64::from(search.n_done)).sum();
        let n_total = searches
            .iter()
            .map(|search| u64::from(if search.failed.is_some() { search.n_done } else { search.n_total }))
            .sum();
        // The pace is that of this go: between a stop and the next one nothing was done.
        let since_ms = self.last.0.saturating_sub(self.begun.0);
        let elapsed_ms = self.earlier_ms + since_ms;
        let n_new = u64::saturating_sub(n_done, self.n_earlier);
        let per_ms = (n_new > 0 && since_ms > 0).then(|| n_new as f64 / since_ms as f64);
        let searching = self.stage == Stage::Searching && n_done < n_total;
        let within_ms =
            self.deadline().map_or(f64::INFINITY, |deadline| deadline.0.saturating_sub(self.last.0) as f64);
        StudyStatus {
            run: self.plan.run.clone(),
            metric: self.plan.study.metric,
            phase: self.phase(),
            stored: self.outbox.is_empty(),
            n_done,
            n_total,
            started: self.plan.created,
            elapsed_ms,
            trials_per_second: per_ms.map(|rate| rate * 1000.0),
            left_ms: per_ms.filter(|_| searching).map(|rate| within_ms.min((n_total - n_done) as f64 / rate)),
            fits: fits.collect(),
            guess: self.guess().filter(|_| self.outbox.shown().is_guessed),
            searches,
            error: self.error(),
        }
    }

    /// Stored trials of search number `search` from number `first` on, each with its end; none where there is no such
    /// search.
    pub fn stored_trials(&self, search: usize, first: usize) -> impl Iterator<Item = (&Trial, Millis)> {
        let n_done = self.outbox.shown().searches.get(search).map_or(0, |(n_done, _, _)| *n_done);
        let trials = self
            .searches
            .get(search)
            .into_iter()
            .flat_map(move |state| state.trials[..n_done].iter().zip(state.trial_ends.iter().copied()));
        trials.skip(first)
    }

    /// Everything that came out, stored or not; whole once the driver is finished.
    pub fn summary(&self) -> StudySummary {
        let models = (0..self.searches.len()).map(|search| self.model_summary(search)).collect();
        let data = DataSummary {
            hashes: self.plan.dataset.clone(),
            n_rows: self.plan.classes.iter().map(|(_, n_rows)| n_rows).sum(),
            classes: self.plan.classes.clone(),
        };
        let state = match self.phase() {
            StudyPhase::Finished => "finished",
            StudyPhase::Stopped => "stopped",
            StudyPhase::Failed => "failed",
            StudyPhase::Searching | StudyPhase::Fitting | StudyPhase::Storing => "running",
        };
        StudySummary::new(&self.plan.study, data, state, (self.guess(), models))
    }

    fn phase(&self) -> StudyPhase {
        match &self.stage {
            Stage::Searching => StudyPhase::Searching,
            Stage::Fitting => StudyPhase::Fitting,
            Stage::Closing(_) => StudyPhase::Storing,
            Stage::Over(_) if !self.outbox.is_empty() => StudyPhase::Failed,
            Stage::Over(RunState::Killed) => StudyPhase::Stopped,
            Stage::Over(RunState::Failed { .. }) => StudyPhase::Failed,
            Stage::Over(_) => StudyPhase::Finished,
        }
    }

    fn error(&self) -> Option<String> {
        match (self.outbox.refused(), &self.stage) {
            (Some(reason), _) => Some(reason.to_owned()),
            (None, Stage::Over(RunState::Failed { reason })) => Some(reason.clone()),
            (None, _) => None,
        }
    }

    fn search_status(&self, search: usize, (n_done, _, failed): (usize, bool, bool)) -> SearchStatus {
        let state = &self.searches[search];
        let trials = &state.trials[..n_done];
        let best = best_trial(trials).map(|trial| BestTrial {
            number: trial.number,
            run: self.plan.run.trial(search, trial.number as usize),
            setting: trial.setting.clone(),
            score: trial.mean().unwrap_or(0.0),
            spread: trial.spread().unwrap_or(0.0),
            fold_scores: trial.fold_scores().to_vec(),
        });
        SearchStatus {
            model: state.model,
            n_done: u32::try_from(n_done).unwrap_or(u32::MAX),
            n_total: match &state.ended {
                Some(_) => u32::try_from(state.trials.len()).unwrap_or(u32::MAX),
                None => state.n_total,
            },
            ended: state.ended.as_ref().map(ToString::to_string),
            n_failed: count(trials, Trial::is_failed),
            n_pruned: count(trials, Trial::is_pruned),
            saved_ms: saved_ms(&self.plan.study.pruner, trials),
            best,
            curve: state.curve[..n_done].to_vec(),
            failed: state.failed.clone().filter(|_| failed),
        }
    }

    fn fit_summary(&self, search: usize) -> Option<FitSummary> {
        let state = &self.searches[search];
        let (fit, trial) = (state.fit.as_ref()?, best_trial(&state.trials)?);
        Some(FitSummary {
            run: self.plan.run.later_fit(search, self.fit_number(search)),
            model: state.model,
            trial: trial.number,
            setting: trial.setting.clone(),
            fold_f1_macro: trial.fold_f1_macro().to_vec(),
            cv_f1_macro: stats::mean(trial.fold_f1_macro())?,
            cv_f1_std: stats::population_sd(trial.fold_f1_macro())?,
            cv_metric: CvMetric::of(self.plan.study.metric, trial.fold_scores()),
            train: fit.train.clone(),
            test: fit.test.clone(),
            held_out: fit.held_out.clone(),
            test_interval: fit.test_interval,
            interval: IntervalSpec::usual(self.plan.study.seed),
            test_coverage: fit.test_coverage,
            threshold: fit.threshold,
            dummy_f1: fit.dummy_test_f1,
            labels: self.plan.labels(),
            n_terms: fit.n_terms,
            pipeline_sha256: fit.pipeline.hash,
            model_size_bytes: fit.pipeline.n_bytes,
            fit_time: fit.fit_ms / 1000.0,
            predict_time: fit.predict_ms / 1000.0,
            study_time: state.study_ms() / 1000.0,
        })
    }

    fn model_summary(&self, search: usize) -> ModelSummary {
        let state = &self.searches[search];
        let fit = self.fit_summary(search);
        ModelSummary {
            model: state.model,
            words: fit.as_ref().map(plain_words),
            fit,
            error: state.failed.clone(),
            ended: state.ended.as_ref().map(ToString::to_string),
            trials: state.trials.clone(),
        }
    }
}
