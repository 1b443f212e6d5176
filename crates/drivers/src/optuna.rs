//! A study's records as studies of Optuna's, one a search, and such studies as records, with all that their pictures need.

mod taken;

use engine::num::SortedMap;
use engine::tune::{StudySpec, Trial, TrialOutcome};
use export::{OptunaState, OptunaStudy, OptunaTrial};
use track::run::{Run, RunKind, RunSpec};

use crate::records::trial_of;

pub use taken::{ForeignStudy, TakenError, TakenStudies, taken_studies};

/// Attributes by which a study of ours is known again.
const RUN: &str = "reviewlab_run";
const SEARCH: &str = "reviewlab_search";
const STUDY: &str = "reviewlab_study";
const FILE: &str = "dataset_sha256";
const RECIPE: &str = "recipe_sha256";
/// Attributes of a trial.
const NUMBER: &str = "number";
const FIT_TIME: &str = "fit_time";
const FOLD_F1: &str = "fold_f1_macro";
const REASON: &str = "reason";

/// The searches of a study as studies of Optuna's; none of a record without instructions. `children` are the study's runs, in
/// order.
pub fn optuna_studies(study: &Run, children: &[Run]) -> Option<Vec<OptunaStudy>> {
    let Some(RunSpec::Study(spec)) = &study.spec else { return None };
    let mut trials: Vec<Vec<OptunaTrial>> = spec.searches.iter().map(|_| Vec::new()).collect();
    for run in children.iter().filter(|run| run.kind == RunKind::Trial) {
        if let Some((search, trial)) = trial_of(&study.id, spec, run) {
            let ended = run.ended.unwrap_or(run.created);
            trials[search].push(of_trial(spec, search, &trial, (run.created.0, ended.0)));
        }
    }
    let mut names: SortedMap<String, usize> = SortedMap::new();
    let studies = trials.into_iter().enumerate().map(|(search, trials)| {
        let model = spec.searches[search].model().as_str();
        let n_earlier = names.get(model).copied().unwrap_or(0);
        names.insert(model.to_owned(), n_earlier + 1);
        let again = if n_earlier > 0 { format!(" {}", n_earlier + 1) } else { String::new() };
        let text = |text: &str| json::to_string(text);
        let attributes = [
            ("model", text(model)),
            ("engine_version", text(&study.engine_version)),
            ("seed", json::to_string(&study.seed)),
            (FILE, text(&study.dataset.file.to_string())),
            (RECIPE, text(&study.dataset.recipe.to_string())),
            (RUN, text(study.id.as_str())),
            (SEARCH, json::to_string(&(search as u64))),
            (STUDY, text(&json::to_string(spec))),
        ];
        OptunaStudy {
            name: format!("{} {model}{again}", study.name),
            is_minimised: spec.metric.is_loss(),
            metric: Some(spec.metric.as_str().to_owned()),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            trials,
        }
    });
    Some(studies.collect())
}

fn of_trial(spec: &StudySpec, search: usize, trial: &Trial, (began, ended): (u64, u64)) -> OptunaTrial {
    let space = &spec.searches[search].space;
    let param = |(name, range): &(engine::tune::ParamName, engine::tune::Range)| {
        Some((name.as_str().to_owned(), range.clone(), trial.setting.get(name)?.clone()))
    };
    let mut attributes = vec![
        (NUMBER.to_owned(), json::to_string(&trial.number)),
        (FIT_TIME.to_owned(), json::to_string(&(trial.elapsed_ms / 1000.0))),
    ];
    if !spec.metric.is_usual() && !trial.is_failed() {
        attributes.push((FOLD_F1.to_owned(), json::to_string(&trial.fold_f1_macro().to_vec())));
    }
    let state = match &trial.outcome {
        TrialOutcome::Complete { .. } => OptunaState::Complete,
        TrialOutcome::Pruned { .. } => OptunaState::Pruned,
        TrialOutcome::Failed { reason } => {
            attributes.push((REASON.to_owned(), json::to_string(reason)));
            OptunaState::Failed
        }
    };
    let signed = |score: &f64| spec.metric.signed(*score);
    // Means on parts of the rows come before the folds.
    let rungs = trial.rungs.iter().map(Option::as_ref);
    let on_the_way = rungs.chain(trial.fold_scores().iter().map(Some)).map(|mean| mean.map(signed));
    OptunaTrial {
        state,
        value: trial.mean().as_ref().map(signed),
        began_ms: Some(began),
        ended_ms: Some(ended),
        params: space.iter().filter_map(param).collect(),
        steps: (0..).zip(on_the_way).filter_map(|(step, mean)| Some((step, mean?))).collect(),
        attributes,
    }
}
