//! Records in, rows of tables and details out.

use std::rc::Rc;

use engine::models::ModelKind;
use engine::num::stable_sort;
use track::registry::ModelVersion;
use track::run::{PIPELINE_ARTIFACT, ParamValue, Run, RunKind, RunState};

use super::format;
use super::views::{CandidateView, RunDetail, RunRow, StateWord, VersionRow};

/// A run's model, where it has one.
pub fn model_of(run: &Run) -> Option<ModelKind> {
    match run.params.get("model") {
        Some(ParamValue::Text(name)) => format::model_from_class(name),
        _ => None,
    }
}

/// A parameter's value in words.
pub fn param_words(value: &ParamValue) -> String {
    match value {
        ParamValue::Int(value) => value.to_string(),
        ParamValue::Float(value) => float_words(*value),
        ParamValue::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        ParamValue::Text(value) => value.clone(),
    }
}

/// A number with at most five significant digits and no trailing zeros.
fn float_words(value: f64) -> String {
    let digits = format!("{value:.4e}");
    match json::parse_real(&digits) {
        Some(rounded) => rounded.to_string(),
        None => digits,
    }
}

/// How a run stands.
pub fn state_word(state: &RunState) -> StateWord {
    match state {
        RunState::Running => StateWord::Running,
        RunState::Finished => StateWord::Finished,
        RunState::Failed { .. } => StateWord::Failed,
        RunState::Killed => StateWord::Stopped,
        RunState::Pruned => StateWord::Pruned,
    }
}

/// A row of the runs table. `registered` is the address of the version that came from it.
pub fn run_row(run: &Run, registered: Option<String>) -> RunRow {
    let metric = |name: &str| run.metrics.get(name).copied();
    RunRow {
        id: run.id.clone(),
        parent: run.parent.clone(),
        kind: run.kind,
        name: run.name.clone(),
        state: state_word(&run.state),
        model: model_of(run),
        created: run.created,
        elapsed_ms: run.ended.map(|ended| ended.0.saturating_sub(run.created.0) as f64),
        cv: metric("cv_f1_macro"),
        cv_spread: metric("cv_f1_std"),
        train: metric("train_f1"),
        test: metric("test_f1"),
        can_register: pipeline_of(run).is_some(),
        registered,
    }
}

/// The hash of the pipeline a finished fit left.
pub fn pipeline_of(run: &Run) -> Option<engine::num::ContentHash> {
    let is_fit = run.kind == RunKind::Fit && run.state == RunState::Finished;
    run.artifacts
        .iter()
        .find(|artifact| is_fit && artifact.name == PIPELINE_ARTIFACT)
        .map(|artifact| artifact.sha256)
}

/// What a fit is worth in plain words, where its record says so.
pub fn words_of(run: &Run) -> Option<String> {
    let accuracy = run.metrics.get("accuracy")?;
    let recalls =
        || run.metrics.iter().filter_map(|(name, value)| Some((name.strip_prefix("test_recall_")?, value)));
    // A record lists classes in alphabetical order; the unhappiest is looked for by its usual names.
    let unhappy = recalls().find(|(class, _)| matches!(*class, "negative" | "bad" | "unhappy"));
    let (class, recall) = unhappy.or_else(|| recalls().next())?;
    Some(format::plain_words(*accuracy, *recall, class))
}

/// Everything a run's record holds.
pub fn run_detail(run: &Run, children: Vec<RunRow>, registered: Option<String>) -> RunDetail {
    RunDetail {
        row: run_row(run, registered),
        reason: match &run.state {
            RunState::Failed { reason } => Some(reason.clone()),
            RunState::Running | RunState::Finished | RunState::Killed | RunState::Pruned => None,
        },
        params: run.params.iter().map(|(name, value)| (name.clone(), param_words(value))).collect(),
        metrics: run.metrics.iter().map(|(name, value)| (name.clone(), *value)).collect(),
        folds: run.folds.iter().map(|fold| fold.f1_macro).collect(),
        tags: run.tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        note: run.note.clone(),
        file: run.dataset.file,
        seed: run.seed,
        engine_version: run.engine_version.clone(),
        artifacts: run
            .artifacts
            .iter()
            .map(|artifact| (artifact.name.clone(), artifact.media_type.clone(), artifact.bytes))
            .collect(),
        children,
        words: words_of(run),
        run: Rc::new(run.clone()),
        dataset_name: None,
        recipe: None,
    }
}

/// A row of the versions table; `run` is the fit it came from, where its record is here.
pub fn version_row(version: &ModelVersion, run: Option<&Run>, is_latest: bool) -> VersionRow {
    let metric = |name: &str| run.and_then(|run| run.metrics.get(name).copied());
    VersionRow {
        model: version.model.clone(),
        version: version.version,
        run: version.run.clone(),
        run_name: run.map(|run| run.name.clone()),
        kind: run.and_then(model_of),
        cv: metric("cv_f1_macro"),
        cv_spread: metric("cv_f1_std"),
        test: metric("test_f1"),
        created: version.created,
        who: version.who.clone(),
        is_latest,
        words: run.and_then(words_of),
        aliases: Vec::new(),
        stage: version.stage,
        description: version.description.clone(),
        tags: version.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
    }
}

/// The fits that can be registered, newest study first, the best of each study first.
pub fn candidates(fits: &[Run]) -> Vec<CandidateView> {
    let mut usable: Vec<(&Run, ModelKind)> = fits
        .iter()
        .filter(|run| pipeline_of(run).is_some())
        .filter_map(|run| model_of(run).map(|model| (run, model)))
        .collect();
    let cv = |run: &Run| run.metrics.get("cv_f1_macro").copied().unwrap_or(f64::NEG_INFINITY);
    stable_sort(&mut usable, |(a, _), (b, _)| {
        b.parent.cmp(&a.parent).then_with(|| cv(b).total_cmp(&cv(a))).then_with(|| a.id.cmp(&b.id))
    });
    usable
        .iter()
        .enumerate()
        .map(|(place, (run, model))| CandidateView {
            run: run.id.clone(),
            name: run.name.clone(),
            model: *model,
            test: run.metrics.get("test_f1").copied(),
            is_best: place == 0,
        })
        .collect()
}
