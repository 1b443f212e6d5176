//! A study with its trials and fits in, its report's blocks out.

use engine::metrics::Metric;
use engine::num::SortedMap;
use engine::quote::Grouped;
use track::run::{ParamValue, Run, RunKind, RunState};

use super::facts::{cv_key, glance, metric_of, number, said, settings};
use super::one_run::one_deeper;
use crate::card::ModelCard;
use crate::chart::{Interval, Series, history_svg, intervals_svg};
use crate::document::{Block, Table};

/// Trials that are listed, the best.
const MAX_TRIALS: usize = 20;
/// Reasons of failed trials that are listed, the most frequent.
const MAX_REASONS: usize = 5;

/// Title and blocks.
pub(super) fn blocks(
    study: &Run,
    children: &[Run],
    card: Option<&ModelCard>,
    dataset: Option<&str>,
) -> (String, Vec<Block>) {
    let metric = metric_of(study);
    let title = format!("{} (study)", study.name);
    let mut blocks = vec![Block::Heading(1, title.clone())];
    blocks.extend(in_a_sentence(study, children, metric).map(Block::Text));
    blocks.push(glance(study, dataset));
    blocks.extend(said(study));
    blocks.extend(fits(children, metric));
    blocks.extend(trials(children, metric));
    blocks.push(Block::Heading(2, "What was asked for".into()));
    blocks.extend(settings(study));
    if let Some(card) = card {
        blocks.extend(card.blocks().iter().map(one_deeper));
    }
    (title, blocks)
}

fn of_kind(children: &[Run], kind: RunKind) -> impl Iterator<Item = &Run> {
    children.iter().filter(move |run| run.kind == kind)
}

fn model(run: &Run) -> String {
    match run.params.get("model") {
        Some(ParamValue::Text(name)) => name.clone(),
        _ => run.name.clone(),
    }
}

fn in_a_sentence(study: &Run, children: &[Run], metric: Metric) -> Option<String> {
    let n_trials = of_kind(children, RunKind::Trial).count() as u64;
    let key = cv_key(metric);
    let best = study.tags.get("best_fit").and_then(|id| children.iter().find(|run| run.id.as_str() == id))?;
    let (mean, test) = (best.metrics.get(&key)?, best.metrics.get("test_f1")?);
    Some(format!(
        "{} trials were made; the best model is {}: {} {} over the folds, macro F1 {} on the test part.",
        Grouped(n_trials),
        model(best),
        metric.name(),
        number(*mean),
        number(*test)
    ))
}

/// The final fits.
fn fits(children: &[Run], metric: Metric) -> Vec<Block> {
    let fits: Vec<&Run> = of_kind(children, RunKind::Fit).collect();
    if fits.is_empty() {
        return Vec::new();
    }
    let key = cv_key(metric);
    let of =
        |run: &Run, name: &str| run.metrics.get(name).map_or_else(|| "–".to_owned(), |value| number(*value));
    let row = |run: &&Run| {
        let interval = run.metrics.get("test_f1_low").zip(run.metrics.get("test_f1_high"));
        let spread = if metric.is_usual() { "cv_f1_std".to_owned() } else { format!("{key}_std") };
        let failed = match &run.state {
            RunState::Failed { reason } => Some(reason.clone()),
            _ => None,
        };
        vec![
            model(run),
            format!("{} ± {}", of(run, &key), of(run, &spread)),
            of(run, "test_f1"),
            interval.map_or_else(|| "–".to_owned(), |(low, high)| format!("{low:.3} to {high:.3}")),
            of(run, "accuracy"),
            of(run, "fit_time"),
            failed.unwrap_or_default(),
        ]
    };
    let over_folds = format!("#{} over the folds", metric.name());
    let mut rows: Vec<Vec<String>> = fits.iter().map(row).collect();
    let mut columns = vec!["Model", &over_folds, "#test macro F1", "#95 %", "#accuracy", "#seconds", "Fault"];
    if rows.iter().all(|row| row.last().is_some_and(String::is_empty)) {
        columns.pop();
        rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    let dots: Vec<Interval> = fits
        .iter()
        .filter_map(|run| {
            let ends = run.metrics.get("test_f1_low").zip(run.metrics.get("test_f1_high"));
            Some(Interval {
                name: model(run),
                value: *run.metrics.get("test_f1")?,
                ends: ends.map(|(low, high)| (*low, *high)),
            })
        })
        .collect();
    let mut blocks = vec![Block::Heading(2, "Models".into())];
    let picture = intervals_svg("Macro F1 on the test part, with 95 % intervals", "macro F1", &dots);
    blocks.extend(picture.map(Block::Picture));
    blocks.push(Block::Table(Table::new("Final fits", &columns, rows)));
    blocks
}

/// Its trials: how the search went, the best, and what failed.
fn trials(children: &[Run], metric: Metric) -> Vec<Block> {
    let trials: Vec<&Run> = of_kind(children, RunKind::Trial).collect();
    if trials.is_empty() {
        return Vec::new();
    }
    let key = cv_key(metric);
    let mut series: Vec<Series> = Vec::new();
    for trial in &trials {
        let name = model(trial);
        let value = trial.metrics.get(&key).copied();
        match series.iter_mut().find(|series| series.name == name) {
            Some(series) => series.values.push(value),
            None => series.push(Series { name, values: vec![value] }),
        }
    }
    let mut blocks = vec![Block::Heading(2, "Trials".into())];
    let title = format!("{} over the folds, trial by trial", metric.name());
    blocks.extend(history_svg(&title, metric.name(), &series, metric.is_loss()).map(Block::Picture));
    blocks.push(Block::Text(counted(&trials)));
    let mut scored: Vec<(&Run, f64)> = trials
        .iter()
        .filter(|trial| trial.state == RunState::Finished)
        .filter_map(|trial| Some((*trial, *trial.metrics.get(&key)?)))
        .collect();
    scored.sort_by(|one, other| metric.signed(other.1).total_cmp(&metric.signed(one.1)));
    let rows: Vec<Vec<String>> = scored
        .iter()
        .take(MAX_TRIALS)
        .map(|(trial, value)| {
            let settings: Vec<String> = trial
                .params
                .iter()
                .filter(|(name, _)| *name != "model")
                .map(|(name, value)| format!("{name} {}", short(value)))
                .collect();
            vec![trial.name.clone(), model(trial), number(*value), settings.join(", ")]
        })
        .collect();
    if !rows.is_empty() {
        let over_folds = format!("#{} over the folds", metric.name());
        let caption = format!("The best {} of {} finished trials", rows.len(), Grouped(scored.len() as u64));
        blocks.push(Block::Table(Table::new(&caption, &["Trial", "Model", &over_folds, "Settings"], rows)));
    }
    blocks.extend(failures(&trials));
    blocks
}

/// A setting with as many digits as tell it from others.
fn short(value: &ParamValue) -> String {
    match value {
        ParamValue::Float(real) => number(*real),
        other => other.as_logged(),
    }
}

fn counted(trials: &[&Run]) -> String {
    let n_in = |is_it: fn(&RunState) -> bool| {
        Grouped(trials.iter().filter(|trial| is_it(&trial.state)).count() as u64)
    };
    format!(
        "{} trials: {} finished, {} pruned, {} failed, {} stopped.",
        Grouped(trials.len() as u64),
        n_in(|state| *state == RunState::Finished),
        n_in(|state| *state == RunState::Pruned),
        n_in(|state| matches!(state, RunState::Failed { .. })),
        n_in(|state| *state == RunState::Killed)
    )
}

fn failures(trials: &[&Run]) -> Option<Block> {
    let mut reasons: SortedMap<String, u64> = SortedMap::new();
    for trial in trials {
        if let RunState::Failed { reason } = &trial.state {
            let n = reasons.get(reason).copied().unwrap_or(0);
            reasons.insert(reason.clone(), n + 1);
        }
    }
    let mut reasons: Vec<(&String, &u64)> = reasons.iter().collect();
    reasons.sort_by(|one, other| other.1.cmp(one.1));
    let rows: Vec<Vec<String>> = reasons
        .into_iter()
        .take(MAX_REASONS)
        .map(|(reason, n)| vec![reason.clone(), Grouped(*n).to_string()])
        .collect();
    (!rows.is_empty()).then(|| Block::Table(Table::new("Why trials failed", &["Reason", "#Trials"], rows)))
}
