//! The trials that the pictures of a study are drawn from: of the study at work, of the last one after a reload, and the
//! scores of earlier studies beside it.
//!
//! Only what is stored is in it. New trials are taken over some times a second, never in every frame.

use std::rc::Rc;

use drivers::{StudyDriver, trial_of};
use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::num::SortedMap;
use engine::tune::{MAX_TRIALS, ParamName, StudySpec, Trial, TrialOutcome, Value};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::dataset::DatasetRef;
use track::id::{ExperimentId, Millis, RunId};
use track::run::{Run, RunKind, RunSpec};

use super::Shared;
use super::format;
use super::loadable::Loadable;
use super::runs::{MAX_TRIALS_LISTED, runs_of};
use crate::reactive::{Held, State};
use crate::services::clock;

/// Most trials of a study that are drawn: the first.
pub const MAX_TRIALS_DRAWN: usize = 20_000;
/// How often the pictures of a study at work are drawn anew, at most; of more trials the less often, so that drawing
/// takes no more of the page's time.
const DRAW_EVERY_MS: f64 = 150.0;
const DRAWN_SO_OFTEN: usize = 2_000;
/// Earlier studies that can be compared with; the newest are.
const MAX_STUDIES: usize = 8;

/// A study's trials by search, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyTrials {
    /// The study's run.
    pub run: RunId,
    /// The file and recipe it learned from.
    pub data: DatasetRef,
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// Its instructions.
    pub spec: Rc<StudySpec>,
    /// One a search.
    pub searches: Vec<SearchTrials>,
    /// Trials that are not among them, for there are too many.
    pub n_left_out: usize,
}

/// A search's trials, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchTrials {
    /// The trials.
    pub trials: Vec<Trial>,
    /// When each ended.
    pub ended: Vec<Millis>,
}

impl StudyTrials {
    /// A study without a trial.
    pub fn new(run: RunId, (data, experiment): (DatasetRef, ExperimentId), spec: StudySpec) -> Self {
        let searches = spec.searches.iter().map(|_| SearchTrials::default()).collect();
        Self { run, data, experiment, spec: Rc::new(spec), searches, n_left_out: 0 }
    }

    /// From the study's record and its trials'; `None` of a record without instructions.
    pub fn from_records(study: &Run, children: &[Run]) -> Option<Self> {
        let Some(RunSpec::Study(spec)) = &study.spec else { return None };
        let mut found =
            Self::new(study.id.clone(), (study.dataset.clone(), study.experiment.clone()), spec.clone());
        for run in children.iter().filter(|run| run.kind == RunKind::Trial) {
            if let Some((search, trial)) = trial_of(&study.id, spec, run) {
                found.push(search, trial, run.ended.unwrap_or(run.created));
            }
        }
        Some(found)
    }

    fn push(&mut self, search: usize, trial: Trial, ended: Millis) {
        if self.is_full() {
            self.n_left_out += 1;
        } else if let Some(search) = self.searches.get_mut(search) {
            search.trials.push(trial);
            search.ended.push(ended);
        }
    }

    fn is_full(&self) -> bool {
        self.n_trials() >= MAX_TRIALS_DRAWN
    }

    /// Whether every trial from the first on is there, as a study at work adds to them.
    fn is_whole(&self) -> bool {
        let is_whole = |search: &SearchTrials| {
            search.trials.last().is_none_or(|last| last.number as usize + 1 == search.trials.len())
        };
        self.searches.iter().all(is_whole)
    }

    /// What is measured.
    pub fn score_name(&self) -> String {
        self.spec.metric.name().to_owned()
    }

    /// Whether less of it is better.
    pub fn is_loss(&self) -> bool {
        self.spec.metric.is_loss()
    }

    /// From a trial's number, of which more is better, to the metric itself that is shown, or back.
    pub fn shown(&self, score: f64) -> f64 {
        self.spec.metric.signed(score)
    }

    /// How two scores stand, as they are shown, where the better comes first.
    pub fn better_first(&self, a: f64, b: f64) -> std::cmp::Ordering {
        self.shown(b).total_cmp(&self.shown(a))
    }

    /// How many there are.
    pub fn n_trials(&self) -> usize {
        self.searches.iter().map(|search| search.trials.len()).sum()
    }

    /// The model of a search.
    pub fn model(&self, search: usize) -> ModelKind {
        self.spec.searches[search].model()
    }

    /// Every trial with the number of its search.
    pub fn all(&self) -> impl Iterator<Item = (usize, &Trial)> {
        let searches = self.searches.iter().enumerate();
        searches.flat_map(|(search, own)| own.trials.iter().map(move |trial| (search, trial)))
    }

    /// The trial that `item_of` stands for, with its search.
    pub fn trial(&self, item: u32) -> Option<(usize, &Trial)> {
        let (search, number) = ((item / MAX_TRIALS) as usize, item % MAX_TRIALS);
        let trials = &self.searches.get(search)?.trials;
        let place = trials.binary_search_by_key(&number, |trial| trial.number).ok()?;
        Some((search, &trials[place]))
    }

    /// The run of a trial.
    pub fn run_of(&self, search: usize, trial: &Trial) -> RunId {
        self.run.trial(search, trial.number as usize)
    }

    /// `Linear SVM, trial 12`.
    pub fn name(&self, item: u32) -> String {
        self.trial(item).map_or_else(String::new, |(search, trial)| {
            format!("{}, trial {}", format::model_name(self.model(search)), trial.number + 1)
        })
    }

    /// What a trial is in a line: name, score or ending, setting.
    pub fn says(&self, item: u32) -> String {
        let Some((_, trial)) = self.trial(item) else { return String::new() };
        let setting: Vec<String> = trial
            .setting
            .iter()
            .map(|(name, value)| format!("{} {}", name.as_str(), value_words(value)))
            .collect();
        let setting = if setting.is_empty() { String::new() } else { format!(" · {}", setting.join(", ")) };
        format!("{}: {}{setting}", self.name(item), outcome_words(trial, self.spec.metric))
    }
}

/// Milliseconds between two drawings of so many trials.
fn draw_every_ms(n_trials: usize) -> f64 {
    DRAW_EVERY_MS * (n_trials as f64 / DRAWN_SO_OFTEN as f64).max(1.0)
}

/// A number that stands for a trial in pictures.
pub fn item_of(search: usize, trial: &Trial) -> u32 {
    search as u32 * MAX_TRIALS + trial.number
}

/// A value as people read it.
pub fn value_words(value: &Value) -> String {
    match value {
        Value::Int(whole) => whole.to_string(),
        Value::Float(real) => format::short(*real),
        Value::Text(word) => word.clone(),
    }
}

fn outcome_words(trial: &Trial, metric: Metric) -> String {
    match (&trial.outcome, trial.mean(), trial.spread()) {
        (TrialOutcome::Failed { reason }, ..) => format!("failed, {reason}"),
        (TrialOutcome::Pruned { .. }, ..) => match trial.pruned_after() {
            Some((_, mean)) => format!("given up at {}", format::score(metric.signed(mean))),
            None => "given up".to_owned(),
        },
        (_, Some(mean), Some(spread)) => {
            format!("{} {}", format::score(metric.signed(mean)), format::spread(spread))
        }
        _ => "no score".to_owned(),
    }
}

/// An earlier study's scores.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherStudy {
    /// Its run.
    pub run: RunId,
    /// Its memorable name.
    pub name: String,
    /// Why it cannot be drawn beside this one.
    pub left_out: Option<String>,
    /// Scores of its complete trials; read once they are asked for.
    pub scores: Loadable<Vec<f64>>,
}

/// What the pictures of a study show. `Copy`; from context by `use_study_plots`.
#[derive(Clone, Copy)]
pub struct StudyPlots {
    /// The trials drawn; none of a study that left no instructions.
    pub trials: State<Option<StudyTrials>>,
    /// The search that pictures of one model show; the first where it is not there.
    pub search: State<usize>,
    /// The parameters that pictures of two show, by their place among those searched.
    pub params: State<(usize, usize)>,
    /// What is brushed of each axis, by its name, as shares from low to high.
    pub brushes: State<SortedMap<String, (f64, f64)>>,
    /// Earlier studies.
    pub others: State<Loadable<Vec<OtherStudy>>>,
    drawn_ms: Held<f64>,
    shared: Shared,
}

impl StudyPlots {
    /// Nothing is drawn until the next study has a trial.
    pub(super) fn clear(self) {
        self.trials.set(None);
        self.brushes.set(SortedMap::new());
        self.drawn_ms.set(0.0);
    }

    /// Takes over what a study at work has stored since, unless that was done just now.
    pub(super) fn follow(self, driver: &StudyDriver) {
        let now_ms = clock::elapsed_ms();
        let n_trials = self.trials.with_untracked(|trials| trials.as_ref().map_or(0, StudyTrials::n_trials));
        if now_ms - self.drawn_ms.get() >= draw_every_ms(n_trials) {
            self.drawn_ms.set(now_ms);
            self.take_over(driver);
        }
    }

    /// Takes over all that a study has stored.
    pub(super) fn take_over(self, driver: &StudyDriver) {
        let plan = driver.plan();
        self.trials.update(|shown| {
            let shown = match shown {
                Some(shown) if shown.run == plan.run && shown.is_whole() => shown,
                _ => {
                    let origin = (plan.dataset.clone(), plan.experiment.clone());
                    shown.insert(StudyTrials::new(plan.run.clone(), origin, plan.study.clone()))
                }
            };
            if *shown.spec != plan.study {
                shown.spec = Rc::new(plan.study.clone());
            }
            for search in 0..shown.searches.len() {
                let first = shown.searches[search].trials.len();
                for (trial, ended) in driver.stored_trials(search, first) {
                    if shown.is_full() {
                        break;
                    }
                    shown.push(search, trial.clone(), ended);
                }
            }
            let n_stored = driver.status().n_done as usize;
            shown.n_left_out = n_stored.saturating_sub(shown.n_trials());
        });
    }

    /// Shows a study of the store.
    pub(super) fn show_records(self, study: &Run, children: &[Run]) {
        let found = StudyTrials::from_records(study, children);
        if self.trials.with_untracked(|shown| *shown != found) {
            self.trials.set(found);
        }
    }

    /// The search that is shown.
    pub fn shown_search(self, trials: &StudyTrials) -> usize {
        let asked = self.search.get();
        if asked < trials.searches.len() { asked } else { 0 }
    }

    /// Two parameters of the search shown that have more than one value, different where there are two.
    pub fn shown_params(self, trials: &StudyTrials) -> Option<(ParamName, ParamName)> {
        let searched = searched_params(trials, self.shown_search(trials));
        let (first, second) = self.params.get();
        let last = searched.len().checked_sub(1)?;
        let first = first.min(last);
        let second = if second.min(last) == first { (first + 1) % (last + 1) } else { second.min(last) };
        Some((searched[first], searched[second]))
    }

    /// Reads which earlier studies there are.
    pub fn want_others(self) {
        self.others.set(Loadable::Loading);
        spawn_local(async move {
            let services = self.shared.get();
            let studies = services
                .store
                .list(&Query::RunsOfKind(RunKind::Study), Order::Descending, MAX_STUDIES + 1)
                .await;
            let shown = self.trials.with_untracked(|trials| trials.as_ref().map(|trials| trials.run.clone()));
            let metric =
                self.trials.with_untracked(|trials| trials.as_ref().map(|trials| trials.spec.metric));
            let other = |run: Run| OtherStudy {
                left_out: metric.and_then(|metric| format::why_not_beside(&run, metric)),
                run: run.id,
                name: run.name,
                scores: Loadable::Nothing,
            };
            let found = studies.map(|records| {
                let others = runs_of(records).into_iter().filter(|run| Some(&run.id) != shown.as_ref());
                let others: Vec<OtherStudy> = others.take(MAX_STUDIES).map(other).collect();
                (!others.is_empty()).then_some(others)
            });
            self.others.set(Loadable::from_result(found));
        });
    }

    /// Draws an earlier study, too, or no longer.
    pub fn toggle_other(self, run: RunId) {
        let mut is_wanted = false;
        self.change_other(&run, |other| {
            is_wanted = other.scores == Loadable::Nothing;
            other.scores = if is_wanted { Loadable::Loading } else { Loadable::Nothing };
        });
        if !is_wanted {
            return;
        }
        spawn_local(async move {
            let services = self.shared.get();
            let metric = self.trials.with_untracked(|trials| {
                trials.as_ref().map_or(Metric::default(), |trials| trials.spec.metric)
            });
            let name = format!("cv_{}", metric.as_str());
            let all = Query::RunsOfParent(run.clone());
            let found = services.store.list(&all, Order::Ascending, MAX_TRIALS_LISTED).await.map(|records| {
                let trials = runs_of(records).into_iter().filter(|run| run.kind == RunKind::Trial);
                Some(
                    trials
                        .filter_map(|run| run.metrics.get(&name).map(|score| metric.signed(*score)))
                        .collect(),
                )
            });
            self.change_other(&run, |other| {
                if other.scores == Loadable::Loading {
                    other.scores = Loadable::from_result(found);
                }
            });
        });
    }

    fn change_other(self, run: &RunId, change: impl FnOnce(&mut OtherStudy)) {
        self.others.update(|others| {
            if let Loadable::Loaded(others) = others
                && let Some(other) = others.iter_mut().find(|other| other.run == *run)
            {
                change(other);
            }
        });
    }
}

/// The searched parameters of a search that have more than one value, in order.
pub fn searched_params(trials: &StudyTrials, search: usize) -> Vec<ParamName> {
    let space = &trials.spec.searches[search].space;
    space.iter().filter(|(_, range)| !range.is_single()).map(|(name, _)| *name).collect()
}

pub(super) fn provide_study_plots(shared: Shared) -> StudyPlots {
    let plots = StudyPlots {
        trials: State::new(None),
        search: State::new(0),
        params: State::new((0, 1)),
        brushes: State::new(SortedMap::new()),
        others: State::new(Loadable::Nothing),
        drawn_ms: Held::new(0.0),
        shared,
    };
    provide_context(plots);
    plots
}

/// What the pictures of a study show.
pub fn use_study_plots() -> StudyPlots {
    use_context().expect("`provide_app_state` in `App` provides the pictures of a study")
}

#[cfg(test)]
mod tests {
    use engine::tune::Setting;

    use super::*;

    fn trial(number: u32, outcome: TrialOutcome) -> Trial {
        let setting =
            Setting::from([(ParamName::C, Value::Float(0.531_27)), (ParamName::MinDf, Value::Int(4))]);
        Trial { number, setting, outcome, rungs: Vec::new(), elapsed_ms: 10.0 }
    }

    fn trials() -> StudyTrials {
        let models = [ModelKind::LogisticRegression, ModelKind::LinearSvc];
        let hash = engine::num::ContentHash::of(b"a file");
        let data = DatasetRef { file: hash, recipe: hash };
        let experiment = ExperimentId("experiment".into());
        let mut trials =
            StudyTrials::new(RunId("study".into()), (data, experiment), StudySpec::reference(&models, 20, 1));
        let complete = TrialOutcome::complete(vec![0.8, 0.82]);
        trials.push(0, trial(0, complete), Millis(5));
        trials.push(1, trial(0, TrialOutcome::pruned(vec![0.5])), Millis(7));
        trials.push(1, trial(1, TrialOutcome::Failed { reason: "no word is left".into() }), Millis(9));
        trials
    }

    #[test]
    fn a_study_after_another_metric_is_left_out_with_its_reason() {
        let study = |metric: Metric| Run {
            spec: Some(RunSpec::Study(StudySpec {
                metric,
                ..StudySpec::reference(&[ModelKind::LinearSvc], 20, 1)
            })),
            ..crate::state::comparison::samples::run(&[], &[])
        };
        let (f1, loss) = (Metric::F1Macro, Metric::LogLoss);
        assert_eq!(format::why_not_beside(&study(loss), f1), None, "macro F1 is in every study");
        assert_eq!(format::why_not_beside(&study(loss), loss), None);
        let why = format::why_not_beside(&study(f1), loss).unwrap_or_default();
        assert!(why.starts_with("left out: it measured "), "{why}");
    }

    #[test]
    fn an_item_is_its_trial_again() {
        let trials = trials();
        let items: Vec<u32> = trials.all().map(|(search, trial)| item_of(search, trial)).collect();
        assert_eq!(items, [0, MAX_TRIALS, MAX_TRIALS + 1]);
        for (item, (search, trial)) in items.into_iter().zip(trials.all()) {
            assert_eq!(trials.trial(item), Some((search, trial)));
        }
        assert_eq!(trials.trial(MAX_TRIALS + 2), None);
        assert_eq!(trials.trial(2 * MAX_TRIALS), None);
    }

    #[test]
    fn a_trial_is_said_however_it_ended() {
        let says = |item| trials().says(item);
        assert_eq!(says(0), "Logistic regression, trial 1: 0.810 ±0.010 · C 0.5313, min_df 4");
        assert_eq!(says(MAX_TRIALS), "Linear SVM, trial 1: given up at 0.500 · C 0.5313, min_df 4");
        assert_eq!(says(MAX_TRIALS + 1), "Linear SVM, trial 2: failed, no word is left · C 0.5313, min_df 4");
        assert_eq!(says(7), "");
    }

    #[test]
    fn trials_beyond_the_bound_are_counted() {
        let mut trials = trials();
        for number in 1..MAX_TRIALS_DRAWN as u32 + 5 {
            trials.push(0, trial(number, TrialOutcome::Failed { reason: String::new() }), Millis(1));
        }
        assert_eq!((trials.n_trials(), trials.n_left_out), (MAX_TRIALS_DRAWN, 7));
    }

    #[test]
    fn parameters_of_one_value_are_not_searched() {
        let mut trials = trials();
        let mut spec = (*trials.spec).clone();
        spec.searches[0].space[1].1 = engine::tune::Range::Int { low: 3, high: 3, step: 1 };
        let held = spec.searches[0].space[1].0;
        trials.spec = Rc::new(spec);
        assert!(!searched_params(&trials, 0).contains(&held));
        assert!(searched_params(&trials, 1).contains(&held));
    }
}
