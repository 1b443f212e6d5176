//! How a study stands, for the page: from its driver while it runs, from its records afterwards. Pure.

use std::rc::Rc;

use drivers::{FitSummary, SearchStatus, StudyDriver, StudyPhase, StudyStatus, plain_words, worked_ms};
use engine::models::ModelKind;
use engine::num::stable_sort;
use engine::tune::StudySpec;
use track::id::RunId;
use track::name::memorable;
use track::run::{INTERRUPTED_REASON, ParamValue, Run, RunKind, RunSpec, RunState};

use super::record_views::{model_of, run_row, words_of};
use super::steering::Hold;
use super::views::LeaderboardRow;

/// What a study is at.
#[derive(Clone, Debug, PartialEq)]
pub enum LivePhase {
    /// Its data are read again from the stored file.
    Preparing,
    /// Another tab makes it; what it stored is shown.
    Elsewhere,
    /// Trials are being made.
    Searching,
    /// The best setting of each model is being fitted.
    Fitting,
    /// The last records are being stored.
    Storing,
    /// Done and stored.
    Finished,
    /// Stopped; what had finished is stored.
    Stopped,
    /// It gave no model, in one sentence.
    Failed(String),
}

/// A study as the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveStudy {
    /// Its run; none while its data are being read.
    pub run: Option<RunId>,
    /// Its memorable name.
    pub name: String,
    /// What it is at.
    pub phase: LivePhase,
    /// Stored trials.
    pub n_done: u64,
    /// Trials to be made.
    pub n_total: u64,
    /// Best mean macro F1 so far, its spread and its model.
    pub best: Option<(f64, f64, ModelKind)>,
    /// Stored trials a second.
    pub trials_per_second: Option<f64>,
    /// Milliseconds until the last trial.
    pub left_ms: Option<f64>,
    /// Milliseconds from its beginning to the last event.
    pub elapsed_ms: f64,
    /// The best setting of each model, best first; guessing last, once a model was fitted.
    pub rows: Vec<LeaderboardRow>,
    /// Why it waits (records were not stored), in one sentence; `Training::retry` tries again.
    pub problem: Option<String>,
    /// What it was asked for; none while it is not known.
    pub study: Option<Rc<StudySpec>>,
    /// What a person wants held, or let go, once it goes on.
    pub holds: Vec<Hold>,
}

impl LiveStudy {
    /// A study whose data are being read.
    pub fn preparing(n_total: u64) -> Self {
        Self {
            run: None,
            name: String::new(),
            phase: LivePhase::Preparing,
            n_done: 0,
            n_total,
            best: None,
            trials_per_second: None,
            left_ms: None,
            elapsed_ms: 0.0,
            rows: Vec::new(),
            problem: None,
            study: None,
            holds: Vec::new(),
        }
    }

    /// Whether this tab has it under way.
    pub fn is_running(&self) -> bool {
        match self.phase {
            LivePhase::Preparing | LivePhase::Searching | LivePhase::Fitting | LivePhase::Storing => true,
            LivePhase::Elsewhere | LivePhase::Finished | LivePhase::Stopped | LivePhase::Failed(_) => false,
        }
    }

    /// Whether nothing more comes of it, here or in another tab.
    pub fn has_ended(&self) -> bool {
        !self.is_running() && self.phase != LivePhase::Elsewhere
    }

    /// Whether it is study `run` at its end.
    pub fn is_end_of(&self, run: &RunId) -> bool {
        self.has_ended() && self.run.as_ref() == Some(run)
    }

    /// Whether it was left before its end, and can go on from there.
    pub fn can_go_on(&self) -> bool {
        let was_left = match &self.phase {
            LivePhase::Stopped => true,
            LivePhase::Failed(reason) => reason == INTERRUPTED_REASON || self.n_done < self.n_total,
            _ => false,
        };
        was_left && self.run.is_some()
    }

    /// Ended without a model, for `sentence`.
    #[must_use]
    pub fn failed(self, sentence: String) -> Self {
        Self { phase: LivePhase::Failed(sentence), left_ms: None, ..self }
    }

    /// As its driver says.
    pub fn from_driver(driver: &StudyDriver) -> Self {
        let status = &driver.status();
        let best = status.best().map(|(search, trial)| (trial.cv_f1_macro, trial.cv_f1_std, search.model));
        let error = status.error.clone();
        Self {
            run: Some(status.run.clone()),
            name: memorable(status.run.as_str()),
            phase: match status.phase {
                StudyPhase::Searching => LivePhase::Searching,
                StudyPhase::Fitting => LivePhase::Fitting,
                StudyPhase::Storing => LivePhase::Storing,
                StudyPhase::Finished => LivePhase::Finished,
                StudyPhase::Stopped => LivePhase::Stopped,
                StudyPhase::Failed => {
                    LivePhase::Failed(error.clone().unwrap_or_else(|| "No model came out.".into()))
                }
            },
            n_done: status.n_done,
            n_total: status.n_total,
            best,
            trials_per_second: status.trials_per_second,
            left_ms: status.left_ms,
            elapsed_ms: status.elapsed_ms as f64,
            rows: rows(status),
            problem: error.filter(|_| status.phase != StudyPhase::Failed),
            study: Some(Rc::new(driver.plan().study.clone())),
            holds: Vec::new(),
        }
    }

    /// As its records say, where this tab does not drive it: one that has not ended is another tab's.
    pub fn from_records(study: &Run, children: &[Run]) -> Self {
        let elapsed_ms = worked_ms(study.created, children) as f64;
        let trials: Vec<&Run> = children.iter().filter(|run| run.kind == RunKind::Trial).collect();
        let n_done = trials.len() as u64;
        let n_asked = match study.params.get("n_trials") {
            Some(ParamValue::Int(n_trials)) => u64::try_from(*n_trials).unwrap_or(n_done),
            _ => n_done,
        };
        let best = trials
            .iter()
            .filter_map(|run| {
                Some((cv(run)?, run.metrics.get("cv_f1_std").copied().unwrap_or(0.0), model_of(run)?))
            })
            .reduce(|most, next| if next.0 > most.0 { next } else { most });
        Self {
            run: Some(study.id.clone()),
            name: study.name.clone(),
            phase: match &study.state {
                RunState::Running => LivePhase::Elsewhere,
                RunState::Finished => LivePhase::Finished,
                RunState::Killed | RunState::Pruned => LivePhase::Stopped,
                RunState::Failed { reason } => LivePhase::Failed(reason.clone()),
            },
            n_done,
            n_total: n_asked.max(n_done),
            best,
            trials_per_second: (elapsed_ms > 0.0).then(|| n_done as f64 * 1000.0 / elapsed_ms),
            left_ms: None,
            elapsed_ms,
            rows: rows_of_records(children),
            problem: None,
            study: match &study.spec {
                Some(RunSpec::Study(spec)) => Some(Rc::new(spec.clone())),
                _ => None,
            },
            holds: Vec::new(),
        }
    }
}

fn cv(run: &Run) -> Option<f64> {
    run.metrics.get("cv_f1_macro").copied()
}

fn rows(status: &StudyStatus) -> Vec<LeaderboardRow> {
    let row = |search: &SearchStatus| match status.fits.iter().find(|fit| fit.model == search.model) {
        Some(fit) => Some(fit_row(fit)),
        None => search.best.as_ref().map(|best| LeaderboardRow {
            run: Some(best.run.clone()),
            name: memorable(best.run.as_str()),
            cv: Some(best.cv_f1_macro),
            cv_spread: Some(best.cv_f1_std),
            ..empty_row(Some(search.model))
        }),
    };
    let dummy = status.fits.first().map(|fit| fit.dummy_f1);
    ranked(status.searches.iter().filter_map(row).collect(), dummy)
}

fn fit_row(fit: &FitSummary) -> LeaderboardRow {
    LeaderboardRow {
        run: Some(fit.run.clone()),
        name: memorable(fit.run.as_str()),
        model: Some(fit.model),
        cv: Some(fit.cv_f1_macro),
        cv_spread: Some(fit.cv_f1_std),
        train: Some(fit.train.f1_macro),
        test: Some(fit.test.f1_macro),
        fit_ms: Some(fit.fit_time * 1000.0),
        study_ms: Some(fit.study_time * 1000.0),
        n_bytes: Some(fit.model_size_bytes),
        words: Some(plain_words(fit)),
        is_best: false,
    }
}

fn empty_row(model: Option<ModelKind>) -> LeaderboardRow {
    LeaderboardRow {
        run: None,
        name: String::new(),
        model,
        cv: None,
        cv_spread: None,
        train: None,
        test: None,
        fit_ms: None,
        study_ms: None,
        n_bytes: None,
        words: None,
        is_best: false,
    }
}

/// Best first; of equal ones the first in the study's order. Guessing comes last.
fn ranked(mut rows: Vec<LeaderboardRow>, dummy_f1: Option<f64>) -> Vec<LeaderboardRow> {
    stable_sort(&mut rows, |a, b| {
        b.cv.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.cv.unwrap_or(f64::NEG_INFINITY))
    });
    if let Some(first) = rows.first_mut() {
        first.is_best = first.cv.is_some();
    }
    rows.extend(dummy_f1.map(|dummy| LeaderboardRow {
        name: "always the same answer".to_owned(),
        test: Some(dummy),
        ..empty_row(None)
    }));
    rows
}

fn rows_of_records(children: &[Run]) -> Vec<LeaderboardRow> {
    let fits: Vec<&Run> =
        children.iter().filter(|run| run.kind == RunKind::Fit && run.state == RunState::Finished).collect();
    let row = |model: ModelKind| {
        let of_model = |run: &&Run| model_of(run) == Some(model);
        let fit = fits.iter().copied().find(of_model);
        let trials = children.iter().filter(|run| run.kind == RunKind::Trial).filter(of_model);
        let best = trials.reduce(|most, next| if cv(next) > cv(most) { next } else { most });
        let run = fit.or(best.filter(|run| cv(run).is_some()))?;
        let shown = run_row(run, None);
        let metric = |name: &str| run.metrics.get(name).copied();
        Some(LeaderboardRow {
            run: Some(run.id.clone()),
            name: run.name.clone(),
            model: Some(model),
            cv: shown.cv,
            cv_spread: shown.cv_spread,
            train: shown.train,
            test: shown.test,
            fit_ms: fit.and_then(|_| metric("fit_time")).map(|seconds| seconds * 1000.0),
            study_ms: metric("study_time").map(|seconds| seconds * 1000.0),
            n_bytes: metric("model_size_bytes").map(|n_bytes| n_bytes as u64),
            words: words_of(run),
            is_best: false,
        })
    };
    let dummy = fits.first().and_then(|run| run.metrics.get("dummy_f1").copied());
    ranked(ModelKind::ALL.into_iter().filter_map(row).collect(), dummy)
}

#[cfg(test)]
mod tests {
    use engine::num::ContentHash;
    use track::dataset::DatasetRef;
    use track::experiment::Lifecycle;
    use track::id::{ExperimentId, Millis};

    use super::*;

    fn run(kind: RunKind, state: RunState, ended: Option<u64>) -> Run {
        Run {
            schema: track::SCHEMA,
            id: RunId::new(Millis(1_000), [kind as u8; 10]),
            experiment: ExperimentId::new(Millis(1), [0; 10]),
            parent: None,
            kind,
            name: "calm-owl-7".into(),
            state,
            created: Millis(1_000),
            ended: ended.map(Millis),
            lifecycle: Lifecycle::Active,
            params: [("n_trials".to_owned(), ParamValue::Int(60))].into(),
            metrics: [("cv_f1_macro".to_owned(), 0.5)].into(),
            folds: Vec::new(),
            tags: Default::default(),
            note: String::new(),
            dataset: DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") },
            spec: None,
            seed: 7,
            engine_version: "0.1.0".into(),
            artifacts: Vec::new(),
        }
    }

    #[test]
    fn a_study_that_has_not_ended_is_another_tabs() {
        let study = run(RunKind::Study, RunState::Running, None);
        let trials = [run(RunKind::Trial, RunState::Finished, Some(3_000))];
        let shown = LiveStudy::from_records(&study, &trials);
        assert_eq!((&shown.phase, shown.n_done, shown.n_total), (&LivePhase::Elsewhere, 1, 60));
        assert_eq!(shown.elapsed_ms, 2_000.0);
        assert!(!shown.is_running() && !shown.has_ended() && !shown.is_end_of(&study.id));
        assert!(!shown.can_go_on());
    }

    #[test]
    fn a_study_cut_off_has_ended_and_says_why() {
        let trials = [run(RunKind::Trial, RunState::Finished, Some(3_000))];
        let study = run(RunKind::Study, RunState::Running, None).cut_off(trials.last());
        let shown = LiveStudy::from_records(&study, &trials);
        assert_eq!(shown.phase, LivePhase::Failed(INTERRUPTED_REASON.into()));
        assert!(shown.can_go_on());
        assert_eq!(shown.elapsed_ms, 2_000.0);
        assert!(shown.is_end_of(&study.id) && !shown.is_end_of(&trials[0].id));
    }

    #[test]
    fn a_study_goes_on_where_it_was_left_but_not_after_its_end() {
        #[track_caller]
        fn check(state: RunState, n_done: usize, expected: bool) {
            let study = run(RunKind::Study, state, Some(9_000));
            let trials = vec![run(RunKind::Trial, RunState::Finished, Some(3_000)); n_done];
            assert_eq!(LiveStudy::from_records(&study, &trials).can_go_on(), expected);
        }
        let failed = |reason: &str| RunState::Failed { reason: reason.to_owned() };
        check(RunState::Killed, 5, true);
        check(RunState::Finished, 60, false);
        check(failed(INTERRUPTED_REASON), 60, true);
        check(failed("No setting could be evaluated."), 60, false);
        check(failed("Another tab took over."), 7, true);
    }

    #[test]
    fn a_study_being_prepared_is_running_and_is_the_end_of_none() {
        let shown = LiveStudy::preparing(60);
        assert!(shown.is_running() && !shown.has_ended());
        assert!(!shown.failed("no room".into()).is_end_of(&RunId::new(Millis(1), [0; 10])));
    }
}
