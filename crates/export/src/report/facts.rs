//! A run's record in, what is said of any run out: when, by whom, how it ended, its notes, its settings and scores.

use engine::metrics::Metric;
use engine::quote::Grouped;
use track::run::{Run, RunKind, RunSpec, RunState};

use crate::date::utc_minute;
use crate::document::{Block, Table};

/// Digits of a score.
pub(super) fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.001 { format!("{value:.3e}") } else { format!("{value:.4}") }
}

/// A metric as it is read: counts whole, the rest with four digits.
pub(super) fn metric_words(name: &str, value: f64) -> String {
    let is_count = matches!(name, "n_terms" | "model_size_bytes") && value >= 0.0;
    if is_count { Grouped(value as u64).to_string() } else { number(value) }
}

/// What kind of run it is.
pub(super) fn kind(run: &Run) -> &'static str {
    match run.kind {
        RunKind::Study => "study",
        RunKind::Trial => "trial",
        RunKind::Fit => "fit",
    }
}

/// How it ended.
pub(super) fn state(run: &Run) -> String {
    match &run.state {
        RunState::Running => "under way".to_owned(),
        RunState::Finished => "finished".to_owned(),
        RunState::Failed { reason } => format!("failed: {reason}"),
        RunState::Killed => "stopped".to_owned(),
        RunState::Pruned => "pruned: given up for what it showed so far".to_owned(),
    }
}

/// What a study is after.
pub(super) fn metric_of(study: &Run) -> Metric {
    match &study.spec {
        Some(RunSpec::Study(spec)) => spec.metric,
        _ => Metric::default(),
    }
}

/// The key of a metric's mean over the folds.
pub(super) fn cv_key(metric: Metric) -> String {
    format!("cv_{}", metric.as_str())
}

/// The facts of any run.
pub(super) fn glance(run: &Run, dataset: Option<&str>) -> Block {
    let ended = run.ended.map(|ended| utc_minute(ended.0));
    let seconds = run.ended.map(|ended| ended.0.saturating_sub(run.created.0) as f64 / 1000.0);
    let data = dataset.map(|name| format!("{name} ({})", run.dataset.digest()));
    let rows = [
        ("Kind", Some(kind(run).to_owned())),
        ("State", Some(state(run))),
        ("Begun", Some(utc_minute(run.created.0))),
        ("Ended", ended),
        ("Took", seconds.map(|seconds| format!("{seconds:.1} s"))),
        ("By", run.tags.get("owner").cloned()),
        ("Data", data.or_else(|| Some(run.dataset.digest()))),
        ("SHA-256 of the file", Some(run.dataset.file.to_string())),
        ("SHA-256 of the recipe", Some(run.dataset.recipe.to_string())),
        ("Seed", Some(run.seed.to_string())),
        ("Engine", Some(format!("Reviewlab {}", run.engine_version))),
        ("Run", Some(run.id.to_string())),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
    Block::Table(Table::new("At a glance", &["Fact", "Value"], rows.collect()))
}

/// What people wrote of it.
pub(super) fn said(run: &Run) -> Vec<Block> {
    let lines = run.note.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut blocks: Vec<Block> = lines.map(|line| Block::Text(line.to_owned())).collect();
    if !blocks.is_empty() {
        blocks.insert(0, Block::Heading(2, "Note".into()));
    }
    let tags: Vec<Vec<String>> =
        run.tags.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
    if !tags.is_empty() {
        blocks.push(Block::Table(Table::new("Tags", &["Tag", "Value"], tags)));
    }
    blocks
}

/// Its settings.
pub(super) fn settings(run: &Run) -> Option<Block> {
    let rows: Vec<Vec<String>> =
        run.params.iter().map(|(name, value)| vec![name.clone(), value.as_logged()]).collect();
    (!rows.is_empty()).then(|| Block::Table(Table::new("Settings", &["Setting", "#Value"], rows)))
}

/// Its scores.
pub(super) fn scores(run: &Run) -> Option<Block> {
    let row = |(name, value): (&String, &f64)| vec![name.clone(), metric_words(name, *value)];
    let rows: Vec<Vec<String>> = run.metrics.iter().map(row).collect();
    (!rows.is_empty()).then(|| Block::Table(Table::new("Scores", &["Score", "#Value"], rows)))
}
