//! Trials, fits and studies in, their records out, with the field's names for parameters and metrics.

mod measured;
mod params;
mod said;

use engine::ENGINE_VERSION;
use engine::metrics::Metric;
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::PipelineSpec;
use engine::tune::{Setting, StudySpec, Trial, TrialOutcome, Value};
use jobs::{BlobRef, FinalFitOutput};
use track::SCHEMA;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::id::{ExperimentId, Millis, RunId};
use track::name::memorable;
use track::run::{
    Artifact, FoldScore, OUT_OF_FOLD_ARTIFACT, OUT_OF_FOLD_MEDIA_TYPE, PIPELINE_ARTIFACT,
    PIPELINE_MEDIA_TYPE, PROFILE_ARTIFACT, PROFILE_MEDIA_TYPE, ParamValue, Run, RunKind, RunSpec, RunState,
    TEST_SCORES_ARTIFACT, TEST_SCORES_MEDIA_TYPE,
};

pub(crate) use measured::{best_metrics, cv_metrics, guess_metrics};
use measured::{luck_and_coverage, test_metrics};
use params::{Params, pipeline_params, put_decision};
pub use said::Said;

/// Tag of a study: id of its fit with the best cross-validated score.
pub const BEST_FIT_TAG: &str = "best_fit";
/// Tag of a study, its trials and its fits: who ran it.
pub const OWNER_TAG: &str = "owner";
/// Tag of a study: which searches ended before their last trial, and why.
pub const ENDED_TAG: &str = "ended_early";

/// Metric of a study: mean macro F1 of guessing the most frequent class, over the folds.
pub const GUESS_CV: &str = "dummy_cv_f1_macro";
/// Begins the name of a metric of a study: its own metric on the test part, by guessing.
pub const GUESS_TEST: &str = "dummy_test_";
/// Metric of a study: standard deviation of the same (divisor n).
pub const GUESS_STD: &str = "dummy_cv_f1_std";

/// Everything a study needs to know before it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyPlan {
    /// The study run's id, made by the caller; its trials' and fits' ids follow from it.
    pub run: RunId,
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// The file and recipe it learns from.
    pub dataset: DatasetRef,
    /// Class names in label order, each with its rows.
    pub classes: Vec<(String, u64)>,
    /// What to search.
    pub study: StudySpec,
    /// The encoded counts, kept by the executor.
    pub counts: ContentHash,
    /// The encoded terms, kept by the executor.
    pub terms: ContentHash,
    /// Counts and terms of the study's other corpora, in the order of `StudySpec::corpora`.
    pub variants: Vec<(ContentHash, ContentHash)>,
    /// Who runs it.
    pub owner: String,
    /// When it begins.
    pub created: Millis,
    /// What people said of it so far, if it goes on.
    pub said: Said,
}

impl StudyPlan {
    /// Class names in label order.
    pub fn labels(&self) -> Vec<String> {
        self.classes.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The counts of each corpus, in the study's order.
    pub(crate) fn all_counts(&self) -> Vec<ContentHash> {
        [self.counts].into_iter().chain(self.variants.iter().map(|(counts, _)| *counts)).collect()
    }

    /// Counts and terms that a setting's pipeline learns from; none where they were not read.
    pub(crate) fn corpus_of(&self, pipeline: &PipelineSpec) -> Option<(ContentHash, ContentHash)> {
        match self.study.corpus_of(pipeline)? {
            0 => Some((self.counts, self.terms)),
            later => self.variants.get(later - 1).copied(),
        }
    }

    /// Who ran it, as every run of it says.
    fn owner_tag(&self) -> SortedMap<String, String> {
        let tag = || (OWNER_TAG.to_owned(), self.owner.clone());
        (!self.owner.is_empty()).then(tag).into_iter().collect()
    }

    fn run(&self, id: RunId, kind: RunKind, state: RunState) -> Run {
        Run {
            schema: SCHEMA,
            name: memorable(id.as_str()),
            parent: (id != self.run).then(|| self.run.clone()),
            id,
            experiment: self.experiment.clone(),
            kind,
            state,
            created: self.created,
            ended: None,
            lifecycle: Lifecycle::Active,
            params: SortedMap::new(),
            metrics: SortedMap::new(),
            folds: Vec::new(),
            tags: self.owner_tag(),
            note: String::new(),
            dataset: self.dataset.clone(),
            spec: None,
            seed: self.study.seed,
            engine_version: ENGINE_VERSION.to_owned(),
            artifacts: Vec::new(),
        }
    }
}

/// The study's own record in `state`, with what is known of it so far.
pub(crate) fn study_run(
    plan: &StudyPlan,
    state: RunState,
    ended: Option<Millis>,
    best: Option<(RunId, &Trial)>,
) -> Run {
    let study = &plan.study;
    let models: Vec<&str> = study.searches.iter().map(|search| search.model().as_str()).collect();
    let mut run = plan.run(plan.run.clone(), RunKind::Study, state);
    let Said { name, note, tags } = plan.said.clone();
    run.name = name.unwrap_or(run.name);
    (run.note, run.tags) = (note, tags);
    run.ended = ended;
    let mut params = Params::default();
    params.text("models", &models.join(","));
    params.int("n_trials", i64::try_from(study.n_trials()).unwrap_or(i64::MAX));
    params.int("n_folds", study.split.n_folds);
    params.float("test_share", study.split.test_share);
    params.text("split", study.split.kind.as_str());
    if !study.metric.is_usual() {
        params.text("metric", study.metric.as_str());
    }
    if study.split.n_repeats > 1 {
        params.int("n_repeats", study.split.n_repeats);
    }
    run.params = params.0;
    run.tags.extend(plan.owner_tag());
    if let Some((fit, trial)) = best {
        run.tags.insert(BEST_FIT_TAG.to_owned(), fit.0);
        run.metrics = cv_metrics(plan.study.metric, trial);
    }
    run.spec = Some(RunSpec::Study(study.clone()));
    run
}

/// A trial's record. `ended` is when its answer came, less what came after it in the same answer.
pub(crate) fn trial_run(plan: &StudyPlan, search: usize, trial: &Trial, ended: Millis) -> Run {
    let state = match &trial.outcome {
        TrialOutcome::Complete { .. } => RunState::Finished,
        TrialOutcome::Pruned { .. } => RunState::Pruned,
        TrialOutcome::Failed { reason } => RunState::Failed { reason: reason.clone() },
    };
    let id = plan.run.trial(search, trial.number as usize);
    let mut run = plan.run(id, RunKind::Trial, state);
    run.created = before(ended, trial.elapsed_ms);
    run.ended = Some(ended);
    run.params = pipeline_params(&plan.study.pipeline(search, &trial.setting));
    put_setting(&mut run.params, &trial.setting);
    run.metrics = cv_metrics(plan.study.metric, trial);
    run.metrics.insert("fit_time".into(), trial.elapsed_ms / 1000.0);
    let metric = plan.study.metric;
    let rungs = trial.rungs.iter().enumerate().filter_map(|(rung, mean)| Some((rung, (*mean)?)));
    run.metrics.extend(rungs.map(|(rung, mean)| (rung_name(metric, rung), metric.signed(mean))));
    let n_folds = trial.fold_scores().len().max(1) as f64;
    let fit_ms = trial.elapsed_ms / n_folds;
    let own = |score: &f64| (!metric.is_usual()).then(|| metric.signed(*score));
    let folds = trial.fold_f1_macro().iter().zip(trial.fold_scores());
    let fold = |(f1_macro, score): (&f64, &f64)| FoldScore { f1_macro: *f1_macro, score: own(score), fit_ms };
    run.folds = folds.map(fold).collect();
    run
}

/// A trial's mean on the subset of rows number `rung`.
fn rung_name(metric: Metric, rung: usize) -> String {
    format!("rung_{rung}_{}", metric.as_str())
}

/// The trial of `study` that left a record, and its search; `None` where the record says too little.
pub fn trial_of(id: &RunId, study: &StudySpec, run: &Run) -> Option<(usize, Trial)> {
    let (search, number) = run.id.child_of(id)?;
    let spec = study.searches.get(search)?;
    let mut setting = Setting::new();
    for (name, _) in &spec.space {
        let value = match run.params.get(name.as_str()) {
            Some(ParamValue::Int(whole)) => Value::Int(*whole),
            Some(ParamValue::Float(real)) => Value::Float(*real),
            Some(ParamValue::Bool(is_on)) => Value::Text(is_on.to_string()),
            Some(ParamValue::Text(word)) => Value::Text(word.clone()),
            None => continue,
        };
        setting.insert(*name, value);
    }
    // What does not matter under a setting was not drawn, though its pipeline has a value for it.
    let decided = setting.clone();
    setting.retain(|name, _| name.is_active(&decided));
    let fold_f1_macro = run.folds.iter().map(|fold| fold.f1_macro).collect();
    let own = |fold: &FoldScore| fold.score.map(|score| study.metric.signed(score));
    let fold_scores = run.folds.iter().filter_map(own).collect();
    let outcome = match &run.state {
        RunState::Finished => TrialOutcome::Complete { fold_f1_macro, fold_scores },
        RunState::Pruned => TrialOutcome::Pruned { fold_f1_macro, fold_scores },
        RunState::Failed { reason } => TrialOutcome::Failed { reason: reason.clone() },
        RunState::Running | RunState::Killed => return None,
    };
    let on_rung =
        |rung| run.metrics.get(&rung_name(study.metric, rung)).map(|mean| study.metric.signed(*mean));
    let mut rungs: Vec<Option<f64>> = (0..study.pruner.shares().len()).map(on_rung).collect();
    // A trial that was given up saw no larger subset; one that all rows were shown to saw each.
    if matches!(outcome, TrialOutcome::Pruned { .. }) {
        rungs.truncate(rungs.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
    }
    let elapsed_ms = run.metrics.get("fit_time").map_or(0.0, |seconds| seconds * 1000.0);
    Some((search, Trial { number: u32::try_from(number?).ok()?, setting, outcome, rungs, elapsed_ms }))
}

/// What a final fit gave, and the search it ended.
pub(crate) struct Fit<'a> {
    pub search: usize,
    /// Fits of that search recorded before the study was resumed.
    pub n_earlier: usize,
    pub trial: &'a Trial,
    pub output: &'a FinalFitOutput,
    /// Milliseconds of all the search's trials.
    pub study_ms: f64,
    pub ended: Millis,
}

/// A final fit's record.
pub(crate) fn fit_run(plan: &StudyPlan, fit: &Fit) -> Run {
    let Fit { search, n_earlier, trial, output, study_ms, ended } = *fit;
    let pipeline = plan.study.pipeline(search, &trial.setting);
    let mut run = plan.run(plan.run.later_fit(search, n_earlier), RunKind::Fit, RunState::Finished);
    run.created = before(ended, output.fit_ms);
    run.ended = Some(ended);
    run.params = pipeline_params(&pipeline);
    run.params.insert("trial".into(), ParamValue::Int(i64::from(trial.number)));
    run.metrics = cv_metrics(plan.study.metric, trial);
    run.metrics.extend(test_metrics(&plan.classes, &output.test));
    run.metrics.extend(luck_and_coverage(&plan.study.decision, output));
    put_decision(&mut run, &plan.study.decision, output);
    let numbers = [
        ("train_f1", output.train.f1_macro),
        ("test_f1", output.test.f1_macro),
        ("dummy_f1", output.dummy_test_f1),
        ("fit_time", output.fit_ms / 1000.0),
        ("predict_time", output.predict_ms / 1000.0),
        ("study_time", study_ms / 1000.0),
        ("model_size_bytes", output.pipeline.n_bytes as f64),
        ("n_terms", f64::from(output.n_terms)),
    ];
    run.metrics.extend(numbers.map(|(name, value)| (name.to_owned(), value)));
    let metric = plan.study.metric;
    if !metric.is_usual() {
        for (part, measured) in [("train", &output.train), ("test", &output.test)] {
            let value = metric.of(measured).filter(|value| value.is_finite());
            run.metrics.extend(value.map(|value| (format!("{part}_{}", metric.as_str()), value)));
        }
    }
    run.spec = Some(RunSpec::Pipeline(pipeline));
    let artifact = |(name, media_type, blob): (&str, &str, &BlobRef)| Artifact {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: blob.hash,
        bytes: blob.n_bytes,
    };
    run.artifacts = [
        (PIPELINE_ARTIFACT, PIPELINE_MEDIA_TYPE, &output.pipeline),
        (OUT_OF_FOLD_ARTIFACT, OUT_OF_FOLD_MEDIA_TYPE, &output.out_of_fold),
        (TEST_SCORES_ARTIFACT, TEST_SCORES_MEDIA_TYPE, &output.test_scores),
        (PROFILE_ARTIFACT, PROFILE_MEDIA_TYPE, &output.profile),
    ]
    .map(artifact)
    .to_vec();
    run
}

/// The record of a search that gave no model, with its reason.
pub(crate) fn failed_fit_run(
    plan: &StudyPlan,
    (search, n_earlier): (usize, usize),
    reason: &str,
    now: Millis,
) -> Run {
    let state = RunState::Failed { reason: reason.to_owned() };
    let mut run = plan.run(plan.run.later_fit(search, n_earlier), RunKind::Fit, state);
    run.created = now;
    run.ended = Some(now);
    let model = plan.study.searches[search].model().as_str();
    run.params.insert("model".to_owned(), ParamValue::Text(model.to_owned()));
    run
}

fn before(now: Millis, elapsed_ms: f64) -> Millis {
    Millis(now.0.saturating_sub(elapsed_ms.max(0.0).round() as u64))
}

/// What was drawn, by its own names: a trial can be read back from it.
fn put_setting(params: &mut SortedMap<String, ParamValue>, setting: &Setting) {
    for (name, value) in setting {
        let value = match value {
            Value::Int(whole) => ParamValue::Int(*whole),
            Value::Float(real) => ParamValue::Float(*real),
            Value::Text(word) if name.is_switch() => ParamValue::Bool(word == "true"),
            Value::Text(word) => ParamValue::Text(word.clone()),
        };
        params.insert(name.as_str().to_owned(), value);
    }
}
