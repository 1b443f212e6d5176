//! Studies of Optuna's in, records out: those that left from here come back as they were, others as far as they say what
//! they are.

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::num::{ContentHash, SortedMap};
use engine::stats;
use engine::tune::{MAX_RUNGS, MAX_TRIALS, ParamName, Range, Setting, StudySpec, Trial, TrialOutcome};
use export::{OptunaState, OptunaStudy, OptunaTrial};
use json::FromJson;
use thiserror::Error;
use track::dataset::DatasetRef;
use track::id::{ExperimentId, Millis, RunId};
use track::run::{Run, RunState};

use super::{FILE, FIT_TIME, FOLD_F1, NUMBER, REASON, RECIPE, RUN, SEARCH, STUDY};
use crate::records::{Said, StudyPlan, cv_metrics, study_run, trial_run};

/// Steps whose mean is a trial's value, up to this, are its folds.
const SAME: f64 = 1e-9;
/// Bytes of a new id that chance would give; here the study's own hash does, so that the same study gets the same id.
const ID_BYTES: usize = 10;

/// What is known of a study that did not leave from here.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignStudy {
    /// What it measures, where it does not say so.
    pub metric: Option<Metric>,
    /// Which model it tunes, where its parameters do not say so.
    pub model: Option<ModelKind>,
    /// Where it belongs.
    pub experiment: ExperimentId,
    /// The journal's hash: there are no reviews to point at.
    pub journal: ContentHash,
    /// When it is taken, for a study without a trial.
    pub now: Millis,
}

/// Why a study cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TakenError {
    /// It does not say what its value is.
    #[error(
        "the study '{study}' does not say what it measures: say it with --metric, such as --metric f1_macro"
    )]
    Metric {
        /// Its name.
        study: String,
    },
    /// What is measured is better the other way.
    #[error(
        "the study '{study}' looks for {way} values, but {metric} is better the other way: give another --metric"
    )]
    Direction {
        /// Its name.
        study: String,
        /// Larger or smaller.
        way: &'static str,
        /// The metric.
        metric: &'static str,
    },
    /// It does not say what it tunes.
    #[error("the study '{study}' does not say which model it tunes: say it with --as lr, nb, svm, cnb or rf")]
    Model {
        /// Its name.
        study: String,
    },
    /// Too long.
    #[error("the study '{study}' has {found} trials, at most {MAX_TRIALS} are taken")]
    TooManyTrials {
        /// Its name.
        study: String,
        /// How many.
        found: usize,
    },
}

/// Records of studies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TakenStudies {
    /// Each study's run and its trials'.
    pub studies: Vec<Vec<Run>>,
    /// Parameters that no model here has: they stand in the trials' records, but in no picture of settings.
    pub unknown: Vec<String>,
    /// Trials that have not ended.
    pub n_open: usize,
}

/// The records of a journal's studies. The same study gets the same id each time.
///
/// # Errors
/// Where a study does not say what it is.
pub fn taken_studies(found: &[OptunaStudy], foreign: &ForeignStudy) -> Result<TakenStudies, TakenError> {
    let mut taken = TakenStudies::default();
    let mut ours: Vec<(String, Vec<&OptunaStudy>)> = Vec::new();
    for study in found {
        if study.trials.len() > MAX_TRIALS as usize {
            return Err(TakenError::TooManyTrials { study: study.name.clone(), found: study.trials.len() });
        }
        match (attribute::<String>(&study.attributes, RUN), spec_of(study)) {
            (Some(run), Some(_)) if is_id(&run) => match ours.iter_mut().find(|(known, _)| *known == run) {
                Some((_, searches)) => searches.push(study),
                None => ours.push((run, vec![study])),
            },
            _ => {
                let runs = taken.foreign(study, foreign)?;
                taken.studies.push(runs);
            }
        }
    }
    for (run, searches) in ours {
        let runs = taken.returned(RunId(run), &searches, foreign);
        taken.studies.extend(runs);
    }
    Ok(taken)
}

/// What a person could not have typed: 26 characters of our ids.
fn is_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

fn spec_of(study: &OptunaStudy) -> Option<(StudySpec, usize)> {
    let spec: StudySpec = json::from_str(&attribute::<String>(&study.attributes, STUDY)?).ok()?;
    let search = attribute::<u32>(&study.attributes, SEARCH)? as usize;
    (search < spec.searches.len()).then_some((spec, search))
}

impl TakenStudies {
    /// A study that left from here, of its searches.
    fn returned(
        &mut self,
        run: RunId,
        searches: &[&OptunaStudy],
        foreign: &ForeignStudy,
    ) -> Option<Vec<Run>> {
        let (spec, _) = spec_of(searches.first()?)?;
        let hash = |name| attribute::<ContentHash>(&searches[0].attributes, name).unwrap_or(foreign.journal);
        let model = searches[0].name.rsplit_once(' ').map(|(name, _)| name.to_owned());
        let plan = plan(run, DatasetRef { file: hash(FILE), recipe: hash(RECIPE) }, spec, foreign);
        let plan = StudyPlan { said: Said { name: model, ..Said::default() }, ..plan };
        let mut trials = Vec::new();
        for study in searches {
            let (_, search) = spec_of(study)?;
            for (place, trial) in study.trials.iter().enumerate() {
                let number = attribute(&trial.attributes, NUMBER).unwrap_or(place as u32);
                match self.trial(&plan.study, search, number, trial) {
                    Some(found) => trials.push((search, found, trial.ended_ms)),
                    None => self.n_open += 1,
                }
            }
        }
        Some(records(plan, trials))
    }

    /// A study from elsewhere.
    fn foreign(&mut self, study: &OptunaStudy, foreign: &ForeignStudy) -> Result<Vec<Run>, TakenError> {
        let name = || study.name.clone();
        let said = |named: &String| {
            Metric::ALL.into_iter().find(|metric| [metric.as_str(), metric.name()].contains(&named.as_str()))
        };
        let metric = study.metric.as_ref().and_then(said).or(foreign.metric);
        let metric = metric.ok_or_else(|| TakenError::Metric { study: name() })?;
        if metric.is_loss() != study.is_minimised {
            let way = if study.is_minimised { "small" } else { "large" };
            return Err(TakenError::Direction { study: name(), way, metric: metric.name() });
        }
        let space = self.space(study);
        let is_of = |model: &ModelKind| space.iter().all(|(param, _)| param.belongs_to(*model));
        let tells =
            space.iter().any(|(param, _)| !ModelKind::EVERY.iter().all(|model| param.belongs_to(*model)));
        let guessed = ModelKind::EVERY.into_iter().find(|model| tells && is_of(model));
        let model = foreign.model.or(guessed).ok_or_else(|| TakenError::Model { study: name() })?;
        let n_folds = study.trials.iter().filter_map(|trial| Some(folds(trial)?.len())).max().unwrap_or(0);
        let mut spec = StudySpec::reference(&[model], study.trials.len().max(1) as u32, 0);
        spec.metric = metric;
        spec.split.n_folds = (n_folds as u32).max(spec.split.n_folds.min(2));
        spec.searches[0].space = space;
        let began = study.trials.iter().filter_map(|trial| trial.began_ms).min();
        let created = Millis(began.unwrap_or(foreign.now.0));
        let mut entropy = [0; ID_BYTES];
        let hash = ContentHash::of(format!("{}\n{}", foreign.journal, study.name).as_bytes()).to_string();
        entropy.copy_from_slice(&hash.as_bytes()[..ID_BYTES]);
        let data = DatasetRef { file: foreign.journal, recipe: foreign.journal };
        let plan = plan(RunId::new(created, entropy), data, spec, foreign);
        let plan = StudyPlan { created, said: Said { name: Some(name()), ..Said::default() }, ..plan };
        let mut trials = Vec::new();
        for (number, trial) in (0..).zip(&study.trials) {
            match self.trial(&plan.study, 0, number, trial) {
                Some(found) => trials.push((0, found, trial.ended_ms)),
                None => self.n_open += 1,
            }
        }
        let mut runs = records(plan, trials);
        runs[0].note = "Taken from a journal of Optuna's; its reviews are not here.".to_owned();
        if !metric.is_usual() {
            runs[0].note.push_str(" What its folds have in macro F1 is not known and stands as 0.");
        }
        Ok(runs)
    }

    /// What is searched of parameters that are known here; of one with several ranges the first.
    fn space(&mut self, study: &OptunaStudy) -> Vec<(ParamName, Range)> {
        let mut space: Vec<(ParamName, Range)> = Vec::new();
        for (name, range, _) in study.trials.iter().flat_map(|trial| &trial.params) {
            match ParamName::ALL.into_iter().find(|param| param.as_str() == name) {
                Some(param) if space.iter().all(|(known, _)| *known != param) => {
                    space.push((param, range.clone()))
                }
                Some(_) => {}
                None if !self.unknown.contains(name) => self.unknown.push(name.clone()),
                None => {}
            }
        }
        space
    }

    /// A trial that has ended.
    fn trial(&self, spec: &StudySpec, search: usize, number: u32, trial: &OptunaTrial) -> Option<Trial> {
        let metric = spec.metric;
        let signed =
            |values: Vec<f64>| values.into_iter().map(|value| metric.signed(value)).collect::<Vec<f64>>();
        let mut on_the_way: Vec<(i64, f64)> = trial.steps.clone();
        on_the_way.sort_by_key(|(step, _)| *step);
        // What was too small a subset for a trial has no step: those that follow it keep their places.
        let placed = |n_before: usize| -> Vec<Option<f64>> {
            let before = &on_the_way[..n_before];
            let after_last = before.last().map(|(step, _)| step + 1);
            let n_places = on_the_way.get(n_before).map(|(step, _)| *step).or(after_last);
            let n_places =
                n_places.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= MAX_RUNGS as usize);
            let Some(mut rungs) = n_places.map(|n_places| vec![None; n_places]) else {
                return before.iter().map(|(_, value)| Some(metric.signed(*value))).collect();
            };
            for (step, value) in before {
                if let Some(rung) = usize::try_from(*step).ok().and_then(|step| rungs.get_mut(step)) {
                    *rung = Some(metric.signed(*value));
                }
            }
            rungs
        };
        let steps: Vec<f64> = on_the_way.iter().map(|(_, value)| *value).collect();
        let (fold_scores, rungs) = match (trial.state, folds(trial)) {
            (OptunaState::Running | OptunaState::Waiting, _) => return None,
            (OptunaState::Complete, Some(folds)) => {
                let n_before = steps.len().saturating_sub(folds.len());
                (folds.to_vec(), placed(n_before))
            }
            (OptunaState::Pruned, _) => match attribute::<Vec<f64>>(&trial.attributes, FOLD_F1) {
                Some(known) => {
                    let n_before = steps.len().saturating_sub(known.len());
                    (steps[n_before..].to_vec(), placed(n_before))
                }
                None => (steps, Vec::new()),
            },
            (OptunaState::Complete | OptunaState::Failed, _) => (Vec::new(), Vec::new()),
        };
        let f1 = attribute::<Vec<f64>>(&trial.attributes, FOLD_F1)
            .filter(|known| known.len() == fold_scores.len());
        let (fold_f1_macro, fold_scores) = if metric.is_usual() {
            (fold_scores, Vec::new())
        } else {
            (f1.unwrap_or_else(|| vec![0.0; fold_scores.len()]), signed(fold_scores))
        };
        let outcome = match trial.state {
            OptunaState::Complete if !fold_f1_macro.is_empty() => {
                TrialOutcome::Complete { fold_f1_macro, fold_scores }
            }
            OptunaState::Pruned => TrialOutcome::Pruned { fold_f1_macro, fold_scores },
            _ => TrialOutcome::Failed {
                reason: attribute(&trial.attributes, REASON)
                    .unwrap_or_else(|| "It failed in Optuna.".to_owned()),
            },
        };
        let known = |(name, _, value): &(String, Range, engine::tune::Value)| {
            let param = ParamName::ALL.into_iter().find(|param| param.as_str() == name)?;
            spec.searches[search].range(param).map(|_| (param, value.clone()))
        };
        let setting: Setting = trial.params.iter().filter_map(known).collect();
        let took = trial.ended_ms.zip(trial.began_ms).map_or(0, |(ended, began)| ended.saturating_sub(began));
        let elapsed_ms =
            attribute::<f64>(&trial.attributes, FIT_TIME).map_or(took as f64, |seconds| seconds * 1000.0);
        Some(Trial { number, setting, outcome, rungs, elapsed_ms })
    }
}

/// The folds of a trial with a value: its last steps where their mean is the value, else the value as the only one.
fn folds(trial: &OptunaTrial) -> Option<Vec<f64>> {
    let value = trial.value?;
    let mut steps = trial.steps.clone();
    steps.sort_by_key(|(step, _)| *step);
    let steps: Vec<f64> = steps.into_iter().map(|(_, value)| value).collect();
    let is_mean =
        |from: &usize| stats::mean(&steps[*from..]).is_some_and(|mean| (mean - value).abs() <= SAME);
    let from = (0..steps.len().saturating_sub(1)).find(is_mean);
    Some(from.map_or_else(|| vec![value], |from| steps[from..].to_vec()))
}

fn attribute<T: FromJson>(attributes: &[(String, String)], name: &str) -> Option<T> {
    let (_, value) = attributes.iter().find(|(known, _)| known == name)?;
    json::from_str(value).ok()
}

fn plan(run: RunId, dataset: DatasetRef, study: StudySpec, foreign: &ForeignStudy) -> StudyPlan {
    let nothing = ContentHash::of(b"");
    StudyPlan {
        run,
        experiment: foreign.experiment.clone(),
        dataset,
        classes: Vec::new(),
        study,
        counts: nothing,
        terms: nothing,
        variants: Vec::new(),
        owner: String::new(),
        created: foreign.now,
        said: Said::default(),
    }
}

/// The study's record first, then its trials'.
fn records(plan: StudyPlan, trials: Vec<(usize, Trial, Option<u64>)>) -> Vec<Run> {
    let ended = |at: &Option<u64>| Millis(at.unwrap_or(plan.created.0));
    let runs: Vec<Run> =
        trials.iter().map(|(search, trial, at)| trial_run(&plan, *search, trial, ended(at))).collect();
    let first = runs.iter().map(|run| run.created).min().unwrap_or(plan.created);
    let last = runs.iter().filter_map(|run| run.ended).max().unwrap_or(first);
    let best = trials.iter().map(|(_, trial, _)| trial).filter(|trial| trial.mean().is_some());
    let best = best.max_by(|a, b| a.mean().unwrap_or(f64::MIN).total_cmp(&b.mean().unwrap_or(f64::MIN)));
    let mut study = study_run(&plan, RunState::Finished, Some(last), None);
    study.created = first;
    study.metrics = best.map_or_else(SortedMap::new, |trial| cv_metrics(plan.study.metric, trial));
    std::iter::once(study).chain(runs).collect()
}
