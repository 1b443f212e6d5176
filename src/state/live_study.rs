//! How a study stands, for the page: from its driver while it runs, from its records afterwards. Pure.

mod leaderboard;

use std::rc::Rc;

use drivers::{
    ENDED_TAG, SearchStatus, StudyDriver, StudyPhase, early_ends, luck_of_tags, saved_ms, trial_of, worked_ms,
};
use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::split::SplitSpec;
use engine::tune::{Luck, SearchSpec, StudySpec, Trial, fold_interval};
use track::id::RunId;
use track::name::memorable;
use track::run::{FoldScore, INTERRUPTED_REASON, ParamValue, Run, RunKind, RunSpec, RunState};

use self::leaderboard::{cv, cv_spread, guess_name, rows, rows_of_records};
use super::format;
use super::record_views::model_of;
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
    /// What settings are compared by.
    pub metric: Metric,
    /// The best trial so far.
    pub best: Option<Best>,
    /// What guessing scores over the folds, once that is known.
    pub guess: Option<f64>,
    /// Stored trials that could not be evaluated.
    pub n_failed: u64,
    /// Which searches ended before their last trial, and why, in one sentence each.
    pub ended: Vec<(ModelKind, String)>,
    /// What pruning gave up and saved; none where nothing is pruned.
    pub pruned: Option<Pruned>,
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
    /// How much of each model's best score is luck, once that was weighed.
    pub luck: Vec<(ModelKind, Luck)>,
    /// What it was asked for; none while it is not known.
    pub study: Option<Rc<StudySpec>>,
    /// What a person wants held, or let go, once it goes on.
    pub holds: Vec<Hold>,
}

/// The best trial of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best {
    /// Mean over the folds of the study's metric; a loss as it is.
    pub mean: f64,
    /// Standard deviation over the folds.
    pub spread: f64,
    /// Where the mean would lie in 95 of 100 cases if the folds were of other reviews.
    pub interval: Option<(f64, f64)>,
    /// Its model.
    pub model: ModelKind,
}

/// What pruning did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pruned {
    /// Trials given up.
    pub n_trials: u64,
    /// Milliseconds saved; below 0 what it cost.
    pub saved_ms: f64,
}

impl Pruned {
    /// In one sentence.
    pub fn words(&self) -> String {
        let given_up = format::counted(self.n_trials, "trial was", "trials were");
        let time = format::duration(self.saved_ms.abs());
        match (self.n_trials, self.saved_ms > 0.0) {
            (0, _) => "No trial was given up early so far.".to_owned(),
            (_, true) => format!("{given_up} given up early, which saved about {time}."),
            (_, false) => format!("{given_up} given up early, which saved no time: it cost about {time}."),
        }
    }
}

impl LiveStudy {
    /// Whether it is better than guessing, in words; none before both are known.
    pub fn against_guessing(&self) -> Option<String> {
        let (best, guess) = (self.best?, self.guess?);
        let against = format!("{} against {}", format::score(best.mean), format::score(guess));
        let signed = |score| self.metric.signed(score);
        let ends = best.interval.unwrap_or((best.mean, best.mean));
        let (low, high) = (signed(ends.0).min(signed(ends.1)), signed(ends.0).max(signed(ends.1)));
        let guess = signed(guess);
        Some(if low > guess {
            format!(
                "Yes: {against} for always giving the same answer, and that lead is more than luck of the folds."
            )
        } else if high < guess {
            format!("No: {against} for always giving the same answer. Do not use these models.")
        } else {
            format!(
                "That cannot be said yet: {against} for always giving the same answer, which may be luck of the folds. More reviews or other settings may help."
            )
        })
    }

    /// A study whose data are being read.
    pub fn preparing(n_total: u64) -> Self {
        Self {
            run: None,
            name: String::new(),
            phase: LivePhase::Preparing,
            n_done: 0,
            n_total,
            metric: Metric::default(),
            best: None,
            guess: None,
            n_failed: 0,
            ended: Vec::new(),
            pruned: None,
            trials_per_second: None,
            left_ms: None,
            elapsed_ms: 0.0,
            rows: Vec::new(),
            problem: None,
            luck: Vec::new(),
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
        let split = &driver.plan().study.split;
        let best = status.best().map(|(search, trial)| Best {
            mean: status.metric.signed(trial.score),
            spread: trial.spread,
            interval: interval(status.metric, &trial.fold_scores, split),
            model: search.model,
        });
        let sum =
            |count: fn(&SearchStatus) -> u32| status.searches.iter().map(|one| u64::from(count(one))).sum();
        let pruned = (!driver.plan().study.pruner.is_none()).then(|| Pruned {
            n_trials: sum(|search| search.n_pruned),
            saved_ms: status.searches.iter().map(|search| search.saved_ms).sum(),
        });
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
            metric: status.metric,
            guess: status
                .guess
                .as_ref()
                .filter(|guess| guess.is_measured(status.metric))
                .map(|guess| status.metric.signed(guess.score())),
            n_failed: sum(|search| search.n_failed),
            ended: status
                .searches
                .iter()
                .filter_map(|search| Some((search.model, search.ended.clone()?)))
                .collect(),
            pruned,
            trials_per_second: status.trials_per_second,
            left_ms: status.left_ms,
            elapsed_ms: status.elapsed_ms as f64,
            rows: rows(status),
            problem: error.filter(|_| status.phase != StudyPhase::Failed),
            luck: Vec::new(),
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
        let spec = match &study.spec {
            Some(RunSpec::Study(spec)) => Some(Rc::new(spec.clone())),
            _ => None,
        };
        let ended = study.tags.get(ENDED_TAG).map(|tag| early_ends(tag)).unwrap_or_default();
        let n_asked = match &spec {
            Some(spec) if !ended.is_empty() => n_wanted(spec, &ended, &trials),
            _ => n_asked,
        };
        let metric = spec.as_ref().map_or(Metric::default(), |spec| spec.metric);
        let best = trials
            .iter()
            .filter_map(|run| Some((cv(run, metric)?, model_of(run)?, *run)))
            .reduce(|most, next| if metric.signed(next.0) > metric.signed(most.0) { next } else { most })
            .map(|(mean, model, run)| Best {
                mean,
                spread: cv_spread(run, metric).unwrap_or(0.0),
                interval: spec.as_ref().and_then(|spec| {
                    let own = |fold: &FoldScore| metric.signed(fold.score.unwrap_or(fold.f1_macro));
                    let folds: Vec<f64> = run.folds.iter().map(own).collect();
                    interval(metric, &folds, &spec.split)
                }),
                model,
            });
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
            metric,
            guess: study.metrics.get(&guess_name(metric)).copied(),
            n_failed: trials.iter().filter(|run| matches!(run.state, RunState::Failed { .. })).count() as u64,
            ended,
            pruned: spec
                .as_ref()
                .filter(|spec| !spec.pruner.is_none())
                .map(|spec| pruned(study, spec, &trials)),
            trials_per_second: (elapsed_ms > 0.0).then(|| n_done as f64 * 1000.0 / elapsed_ms),
            left_ms: None,
            elapsed_ms,
            rows: rows_of_records(study, children, metric),
            problem: None,
            luck: luck_of_tags(&study.tags, metric),
            study: spec,
            holds: Vec::new(),
        }
    }
}

/// `fold_interval` of scores as trials hold them, as the metric itself.
fn interval(metric: Metric, scores: &[f64], split: &SplitSpec) -> Option<(f64, f64)> {
    let (low, high) = fold_interval(scores, split.held_out_per_learned())?;
    Some(if metric.is_loss() { (-high, -low) } else { (low, high) })
}

/// Trials that are still wanted of searches some of which ended early, and those that were made.
fn n_wanted(spec: &StudySpec, ended: &[(ModelKind, String)], trials: &[&Run]) -> u64 {
    let of_search = |search: &SearchSpec| {
        let model = search.model();
        let n_done = trials.iter().filter(|run| model_of(run) == Some(model)).count() as u64;
        let has_ended = ended.iter().any(|(early, _)| *early == model);
        if has_ended { n_done } else { n_done.max(u64::from(search.n_trials)) }
    };
    spec.searches.iter().map(of_search).sum()
}

/// What pruning did in a study of the store.
fn pruned(study: &Run, spec: &StudySpec, trials: &[&Run]) -> Pruned {
    let mut searches: Vec<Vec<Trial>> = spec.searches.iter().map(|_| Vec::new()).collect();
    for (search, trial) in trials.iter().filter_map(|run| trial_of(&study.id, spec, run)) {
        searches[search].push(trial);
    }
    let is_pruned = |run: &&&Run| run.state == RunState::Pruned;
    Pruned {
        n_trials: trials.iter().filter(is_pruned).count() as u64,
        saved_ms: searches.iter().map(|trials| saved_ms(&spec.pruner, trials)).sum(),
    }
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
    fn a_study_says_whether_it_is_better_than_guessing() {
        #[track_caller]
        fn check(mean: f64, interval: (f64, f64), begins: &str) {
            let best = Best { mean, spread: 0.01, interval: Some(interval), model: ModelKind::LinearSvc };
            let study = LiveStudy { best: Some(best), guess: Some(0.45), ..LiveStudy::preparing(60) };
            let said = study.against_guessing().expect("both are known");
            assert!(said.starts_with(begins), "{said}");
        }
        check(0.812, (0.794, 0.829), "Yes: 0.812 against 0.450 for always giving the same answer");
        check(0.46, (0.44, 0.48), "That cannot be said yet: 0.460 against 0.450");
        check(0.3, (0.25, 0.35), "No: 0.300 against 0.450");
        assert_eq!(LiveStudy { guess: Some(0.45), ..LiveStudy::preparing(60) }.against_guessing(), None);
        let best =
            Best { mean: 0.3, spread: 0.01, interval: Some((0.25, 0.35)), model: ModelKind::MultinomialNb };
        let (metric, guess) = (Metric::LogLoss, Some(0.45));
        let of_loss = LiveStudy { metric, best: Some(best), guess, ..LiveStudy::preparing(60) };
        assert!(of_loss.against_guessing().is_some_and(|said| said.starts_with("Yes: 0.300 against 0.450")));
    }

    #[test]
    fn a_search_that_ended_early_says_so_after_a_reload_and_waits_for_no_trial() {
        let mut study = run(RunKind::Study, RunState::Finished, Some(9_000));
        let models = [ModelKind::LinearSvc, ModelKind::MultinomialNb];
        study.spec = Some(RunSpec::Study(StudySpec::reference(&models, 20, 1)));
        study
            .tags
            .insert(ENDED_TAG.to_owned(), "LinearSVC: Every setting of its space was tried.".to_owned());
        let mut trial = run(RunKind::Trial, RunState::Finished, Some(2_000));
        trial.params.insert("model".to_owned(), ParamValue::Text("LinearSVC".to_owned()));
        let shown = LiveStudy::from_records(&study, &vec![trial; 6]);
        let said = "Every setting of its space was tried.".to_owned();
        assert_eq!(shown.ended, [(ModelKind::LinearSvc, said)]);
        assert_eq!((shown.n_done, shown.n_total), (6, 26));
    }

    #[test]
    fn of_a_study_that_went_on_the_later_fit_is_shown() {
        let study = run(RunKind::Study, RunState::Finished, Some(9_000));
        let fit = |number: usize, cv: f64| {
            let mut fit = run(RunKind::Fit, RunState::Finished, Some(3_000));
            fit.id = study.id.later_fit(0, number);
            fit.params.insert("model".to_owned(), ParamValue::Text("LinearSVC".to_owned()));
            fit.metrics.insert("cv_f1_macro".to_owned(), cv);
            fit
        };
        let mut fits = vec![fit(1, 0.9), fit(0, 0.8)];
        fits.sort_by(|a, b| a.id.cmp(&b.id));
        let shown = LiveStudy::from_records(&study, &fits);
        assert_eq!((shown.rows[0].cv, &shown.rows[0].run), (Some(0.9), &Some(study.id.later_fit(0, 1))));
    }

    #[test]
    fn what_pruning_saved_or_cost_is_said() {
        let said = |n_trials, saved_ms| Pruned { n_trials, saved_ms }.words();
        assert_eq!(said(0, 0.0), "No trial was given up early so far.");
        assert_eq!(said(1, 250.0), "1 trial was given up early, which saved about 250 ms.");
        assert_eq!(
            said(14, -1_500.0),
            "14 trials were given up early, which saved no time: it cost about 1.5 s."
        );
    }

    #[test]
    fn a_study_of_the_store_has_its_interval_its_guess_and_its_failures() {
        let mut study = run(RunKind::Study, RunState::Finished, Some(9_000));
        study.spec = Some(RunSpec::Study(StudySpec::reference(&[ModelKind::LinearSvc], 20, 1)));
        study.metrics.insert(drivers::GUESS_CV.to_owned(), 0.45);
        let mut best = run(RunKind::Trial, RunState::Finished, Some(2_000));
        best.params.insert("model".to_owned(), ParamValue::Text("LinearSVC".to_owned()));
        let fold = |f1_macro| FoldScore { f1_macro, score: None, fit_ms: 1.0 };
        best.folds = [0.49, 0.5, 0.51, 0.5, 0.5].map(fold).to_vec();
        let failed = run(RunKind::Trial, RunState::Failed { reason: "no word is left".into() }, Some(3_000));
        let shown = LiveStudy::from_records(&study, &[best, Run { metrics: Default::default(), ..failed }]);
        assert_eq!((shown.n_done, shown.n_failed, shown.pruned), (2, 1, None));
        let (low, high) = shown.best.and_then(|best| best.interval).expect("five folds");
        assert!(low > 0.48 && high < 0.52 && low < 0.5 && high > 0.5, "{low} {high}");
        let guessing = shown.rows.last().expect("guessing is always there");
        assert_eq!((guessing.model, guessing.cv), (None, Some(0.45)));
        assert!(shown.against_guessing().is_some_and(|said| said.starts_with("Yes: 0.500")));
    }

    #[test]
    fn a_study_being_prepared_is_running_and_is_the_end_of_none() {
        let shown = LiveStudy::preparing(60);
        assert!(shown.is_running() && !shown.has_ended());
        assert!(!shown.failed("no room".into()).is_end_of(&RunId::new(Millis(1), [0; 10])));
    }
}
