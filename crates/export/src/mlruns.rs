//! Runs in, the folder `mlruns` of MLflow's file store out, which `mlflow migrate-filestore` takes into a database.
//!
//! Names become file names: what MLflow does not take in one, and whatever could lead out of a folder, becomes `_`.

use engine::num::ContentHash;
use track::experiment::{Experiment, Lifecycle};
use track::run::{Run, RunKind, RunState};

use crate::file::ExportFile;

/// The folder all of it is in, from where MLflow is started.
const ROOT: &str = "mlruns";
/// Characters of a run's id there.
const RUN_ID_CHARS: usize = 32;
/// Digits of an experiment's id there.
const EXPERIMENT_ID_DIGITS: usize = 18;
/// Longest name of a parameter, metric or tag, in bytes.
const MAX_NAME_BYTES: usize = 200;
/// The user of a run that says nothing of one.
const USER: &str = "reviewlab";

/// A run and the files that belong to it.
#[derive(Clone, Debug)]
pub struct TrackedRun<'a> {
    /// The run.
    pub run: &'a Run,
    /// Values of a metric over time: name, step, instant in milliseconds and value.
    pub history: Vec<(String, u64, u64, f64)>,
    /// Its files, by their places below its artifacts.
    pub artifacts: Vec<ExportFile>,
}

/// A run's id as MLflow has it.
pub fn mlflow_run_id(run: &str) -> String {
    ContentHash::of(run.as_bytes()).to_string().chars().take(RUN_ID_CHARS).collect()
}

/// An experiment's id as MLflow has it: digits of its hash.
fn experiment_id(id: &str) -> String {
    let hash = ContentHash::of(id.as_bytes()).to_string();
    let digits: String =
        hash.bytes().map(|letter| char::from(b'0' + letter % 10)).take(EXPERIMENT_ID_DIGITS - 1).collect();
    format!("1{digits}")
}

/// Every file of the folder. Runs of other experiments than those given are left out.
pub fn mlruns(experiments: &[Experiment], runs: &[TrackedRun<'_>]) -> Vec<ExportFile> {
    let mut files = vec![of_experiment("0", "Default", (0, Lifecycle::Active))];
    for experiment in experiments {
        let id = experiment_id(experiment.id.as_str());
        // There is one `Default`, and names are unique.
        let name = if experiment.name == "Default" { "Default (reviewlab)" } else { &experiment.name };
        let facts = (experiment.created.0, experiment.lifecycle);
        files.push(of_experiment(&id, name, facts));
        if !experiment.note.is_empty() {
            files.push(plain(&format!("{ROOT}/{id}/tags/mlflow.note.content"), experiment.note.clone()));
        }
        for tracked in runs.iter().filter(|tracked| tracked.run.experiment == experiment.id) {
            push_run(&mut files, &id, tracked);
        }
    }
    files
}

fn of_experiment(id: &str, name: &str, (created, lifecycle): (u64, Lifecycle)) -> ExportFile {
    let lines = [
        format!("artifact_location: ./{ROOT}/{id}"),
        format!("creation_time: {created}"),
        format!("experiment_id: '{id}'"),
        format!("last_update_time: {created}"),
        format!("lifecycle_stage: {}", stage(lifecycle)),
        format!("name: {}\n", json::to_string(name)),
    ];
    ExportFile::new(&format!("{ROOT}/{id}/meta.yaml"), "application/yaml", lines.join("\n"))
}

fn stage(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Active => "active",
        Lifecycle::Deleted => "deleted",
    }
}

fn push_run(files: &mut Vec<ExportFile>, experiment: &str, tracked: &TrackedRun<'_>) {
    let run = tracked.run;
    let id = mlflow_run_id(run.id.as_str());
    let folder = format!("{ROOT}/{experiment}/{id}");
    let user = user_of(run);
    let ended = run.ended.map_or("null".to_owned(), |ended| ended.0.to_string());
    let status = match mlflow_status(&run.state) {
        "RUNNING" => 1,
        "FINISHED" => 3,
        "FAILED" => 4,
        _ => 5,
    };
    let lines = [
        format!("artifact_uri: ./{folder}/artifacts"),
        format!("end_time: {ended}"),
        "entry_point_name: ''".to_owned(),
        format!("experiment_id: '{experiment}'"),
        format!("lifecycle_stage: {}", stage(run.lifecycle)),
        format!("run_id: {}", json::to_string(&id)),
        format!("run_name: {}", json::to_string(&run.name)),
        "source_name: ''".to_owned(),
        "source_type: 4".to_owned(),
        "source_version: ''".to_owned(),
        format!("start_time: {}", run.created.0),
        format!("status: {status}"),
        "tags: []".to_owned(),
        format!("user_id: {}\n", json::to_string(user)),
    ];
    files.push(ExportFile::new(&format!("{folder}/meta.yaml"), "application/yaml", lines.join("\n")));
    let mut names = Names::default();
    for (name, value) in &run.params {
        let path = format!("{folder}/params/{}", names.of("params", name));
        files.push(plain(&path, one_line(&value.as_logged())));
    }
    let at = run.ended.unwrap_or(run.created).0;
    for (name, value) in &run.metrics {
        let path = format!("{folder}/metrics/{}", names.of("metrics", name));
        files.push(plain(&path, format!("{at} {} 0\n", json::to_string(value))));
    }
    let mut rest = tracked.history.as_slice();
    while let Some((name, ..)) = rest.first() {
        let n_same = rest.iter().take_while(|(other, ..)| other == name).count();
        let line = |(_, step, at, value): &(String, u64, u64, f64)| {
            format!("{at} {} {step}\n", json::to_string(value))
        };
        let path = format!("{folder}/metrics/{}", names.of("metrics", name));
        files.push(plain(&path, rest[..n_same].iter().map(line).collect()));
        rest = &rest[n_same..];
    }
    for (name, value) in mlflow_tags(run) {
        files.push(plain(&format!("{folder}/tags/{}", names.of("tags", &name)), value));
    }
    for file in &tracked.artifacts {
        let path: Vec<String> = file.path.split('/').map(safe).collect();
        let path = format!("{folder}/artifacts/{}", path.join("/"));
        files.push(ExportFile { path, media_type: file.media_type, bytes: file.bytes.clone() });
    }
}

/// MLflow's word for a state; it knows none for what was pruned.
pub fn mlflow_status(state: &RunState) -> &'static str {
    match state {
        RunState::Running => "RUNNING",
        RunState::Finished | RunState::Pruned => "FINISHED",
        RunState::Failed { .. } => "FAILED",
        RunState::Killed => "KILLED",
    }
}

fn user_of(run: &Run) -> &str {
    run.tags.get("mlflow.user").or_else(|| run.tags.get("owner")).map_or(USER, String::as_str)
}

/// A run's tags: its own, and what MLflow reads from tags.
pub fn mlflow_tags(run: &Run) -> Vec<(String, String)> {
    let user = user_of(run);
    let kind = match run.kind {
        RunKind::Study => "study",
        RunKind::Trial => "trial",
        RunKind::Fit => "fit",
    };
    let mut tags = vec![
        ("mlflow.runName".to_owned(), run.name.clone()),
        ("mlflow.user".to_owned(), user.to_owned()),
        ("mlflow.source.name".to_owned(), "reviewlab".to_owned()),
        ("mlflow.source.type".to_owned(), "LOCAL".to_owned()),
        ("reviewlab.run_id".to_owned(), run.id.to_string()),
        ("reviewlab.kind".to_owned(), kind.to_owned()),
        ("reviewlab.engine_version".to_owned(), run.engine_version.clone()),
        ("reviewlab.seed".to_owned(), run.seed.to_string()),
        ("reviewlab.dataset_sha256".to_owned(), run.dataset.file.to_string()),
        ("reviewlab.recipe_sha256".to_owned(), run.dataset.recipe.to_string()),
    ];
    if !run.note.is_empty() {
        tags.push(("mlflow.note.content".to_owned(), run.note.clone()));
    }
    if let Some(parent) = &run.parent {
        tags.push(("mlflow.parentRunId".to_owned(), mlflow_run_id(parent.as_str())));
    }
    match &run.state {
        RunState::Failed { reason } => tags.push(("reviewlab.reason".to_owned(), reason.clone())),
        RunState::Pruned => tags.push(("reviewlab.state".to_owned(), "pruned".to_owned())),
        RunState::Running | RunState::Finished | RunState::Killed => {}
    }
    let is_ours = |name: &str| tags.iter().any(|(known, _)| known == name);
    let own: Vec<(String, String)> = run
        .tags
        .iter()
        .filter(|(name, _)| !is_ours(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    tags.extend(own);
    tags
}

/// File names of a run's folders, each once.
#[derive(Default)]
struct Names {
    taken: Vec<(&'static str, String)>,
}

impl Names {
    fn of(&mut self, folder: &'static str, name: &str) -> String {
        let base = safe(name);
        let mut found = base.clone();
        let mut number = 2;
        // Some file systems do not tell capital letters from small ones.
        while self.taken.iter().any(|(at, known)| *at == folder && known.eq_ignore_ascii_case(&found)) {
            found = format!("{base}_{number}");
            number += 1;
        }
        self.taken.push((folder, found.clone()));
        found
    }
}

/// A parameter's, metric's or tag's name as MLflow takes it.
pub fn mlflow_name(name: &str) -> String {
    safe(name)
}

/// A name as a file name that MLflow takes.
fn safe(name: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let mut kept: String =
        name.chars().map(|c| if is_allowed(c) { c } else { '_' }).take(MAX_NAME_BYTES).collect();
    if kept.trim_matches(['.', ' ']).is_empty() {
        kept = format!("_{}", kept.replace(['.', ' '], "_"));
    }
    kept
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn plain(path: &str, text: String) -> ExportFile {
    ExportFile::new(path, "text/plain", text)
}

#[cfg(test)]
mod tests {
    use engine::num::SortedMap;
    use track::dataset::DatasetRef;
    use track::id::{ExperimentId, Millis, RunId};
    use track::run::ParamValue;

    use super::*;

    fn run() -> Run {
        Run {
            schema: 1,
            id: RunId("01STUDY.00.000001".into()),
            experiment: ExperimentId("01EXP".into()),
            parent: Some(RunId("01STUDY".into())),
            kind: RunKind::Trial,
            name: "calm: owl".into(),
            state: RunState::Pruned,
            created: Millis(1000),
            ended: Some(Millis(2000)),
            lifecycle: Lifecycle::Active,
            params: SortedMap::from([("C".to_owned(), ParamValue::Float(1e-5))]),
            metrics: SortedMap::from([
                ("test_f1_../../x".to_owned(), 0.5),
                ("test_f1_..%..%x".to_owned(), 0.25),
            ]),
            folds: Vec::new(),
            tags: SortedMap::from([("..".to_owned(), "dots".to_owned())]),
            note: "line one\nline two".into(),
            dataset: DatasetRef { file: ContentHash::of(b"f"), recipe: ContentHash::of(b"r") },
            spec: None,
            seed: 7,
            engine_version: "0.1.0".into(),
            artifacts: Vec::new(),
        }
    }

    #[test]
    fn a_run_is_a_folder_whose_names_stay_in_it() {
        let run = run();
        let experiment = Experiment::named("My: reviews", ExperimentId("01EXP".into()), Millis(5));
        let tracked = TrackedRun {
            run: &run,
            history: vec![("fold".into(), 0, 1000, 0.5), ("fold".into(), 1, 1500, 0.75)],
            artifacts: vec![ExportFile::new("../../etc/passwd", "text/plain", "x".into())],
        };
        let files = mlruns(&[experiment], &[tracked]);
        let text = |end: &str| {
            let file = files.iter().find(|file| file.path.ends_with(end)).unwrap_or_else(|| panic!("{end}"));
            file.text().expect("it is text").to_owned()
        };
        assert!(files.iter().all(|file| file.path.starts_with("mlruns/") && !file.path.contains("..")
            || file.path.contains("test_f1_.._")));
        assert!(files.iter().all(|file| file.path.split('/').all(|part| part != ".." && !part.is_empty())));
        assert_eq!(text("params/C"), "1e-05");
        assert_eq!(text("metrics/test_f1_.._.._x"), "2000 0.25 0\n");
        assert_eq!(text("metrics/test_f1_.._.._x_2"), "2000 0.5 0\n");
        assert_eq!(text("metrics/fold"), "1000 0.5 0\n1500 0.75 1\n");
        assert_eq!(text("tags/mlflow.note.content"), "line one\nline two");
        assert_eq!(text("tags/mlflow.parentRunId"), mlflow_run_id("01STUDY"));
        assert_eq!(text("tags/___"), "dots");
        assert!(text("artifacts/___/___/etc/passwd") == "x");
        let meta = text(&format!("{}/meta.yaml", mlflow_run_id(run.id.as_str())));
        assert!(meta.contains("status: 3\n") && meta.contains("run_name: \"calm: owl\"\n"), "{meta}");
        assert_eq!(mlflow_run_id("01STUDY").len(), RUN_ID_CHARS);
    }
}
