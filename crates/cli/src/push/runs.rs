//! Experiments and runs, with their parameters, metrics, tags and files.
//! In: a project. Out: each run once on the server, whole. Never: a run that is under way, or one in the trash.

use export::{ExportFile, TrackedRun, mlflow_name, mlflow_status, mlflow_tags};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use track::experiment::Experiment;
use track::run::{Run, RunState};

use super::server::{Refusal, Server, encoded};
use crate::failure::Failure;

/// Tag that a run is known by.
const OWN_ID: &str = "reviewlab.run_id";
/// Tag of the run above.
const PARENT: &str = "mlflow.parentRunId";
/// Runs a page of a search has.
const PAGE: usize = 1_000;
/// What one request of MLflow's takes.
const MAX_METRICS: usize = 900;
const MAX_PARAMS: usize = 100;
const MAX_TAGS: usize = 100;
/// Letters of a parameter and of a tag that it takes.
const MAX_PARAM_CHARS: usize = 6_000;
const MAX_TAG_CHARS: usize = 5_000;

/// What the server has of a run.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// Its id there.
    pub id: String,
    /// Where its files are: `mlflow-artifacts:/1/…/artifacts`.
    pub artifacts: String,
    tags: BTreeMap<String, String>,
    is_whole: bool,
}

impl Pushed {
    /// From `runs/search` or `runs/create`.
    fn of(run: &Value) -> Option<Self> {
        let info = &run["info"];
        let mut tags = BTreeMap::new();
        for tag in run["data"]["tags"].as_array().into_iter().flatten() {
            tags.insert(
                tag["key"].as_str()?.to_owned(),
                tag["value"].as_str().unwrap_or_default().to_owned(),
            );
        }
        Some(Self {
            id: info["run_id"].as_str()?.to_owned(),
            artifacts: info["artifact_uri"].as_str().unwrap_or_default().to_owned(),
            tags,
            is_whole: info["status"].as_str() != Some("RUNNING"),
        })
    }

    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The path of its files below the server's; none where they lie elsewhere.
    fn files_path(&self) -> Option<&str> {
        let rest = self.artifacts.strip_prefix("mlflow-artifacts:")?;
        // With a host, or without: `//host/1/…`, `/1/…`.
        let path = match rest.strip_prefix("//") {
            Some(with_host) => with_host.split_once('/')?.1,
            None => rest.trim_start_matches('/'),
        };
        Some(path)
    }
}

/// What was done.
#[derive(Debug, Default)]
pub struct Tally {
    /// Runs that were not there.
    pub n_new: usize,
    /// Runs that were there, and whose name, note or tags had changed.
    pub n_changed: usize,
    /// Runs that were there as they are here.
    pub n_same: usize,
    /// Runs whose files the server keeps where this program cannot write.
    pub n_without_files: usize,
}

/// The id of an experiment of this name, made where there is none.
pub async fn experiment(server: &mut Server, experiment: &Experiment) -> Result<String, Failure> {
    let name = &experiment.name;
    let query = format!("experiment_name={}", encoded(name));
    let told = match server.get("experiments/get-by-name", &query).await {
        Ok(told) => told["experiment"].clone(),
        Err(Refusal::Missing) => {
            let mut tags = vec![json!({ "key": "reviewlab.experiment", "value": experiment.id.as_str() })];
            if !experiment.note.is_empty() {
                tags.push(json!({ "key": "mlflow.note.content", "value": experiment.note }));
            }
            server.post("experiments/create", &json!({ "name": name, "tags": tags })).await?
        }
        Err(refusal) => return Err(refusal.into()),
    };
    if told["lifecycle_stage"] == "deleted" {
        return Err(Failure::wrong(format!(
            "The experiment '{name}' lies in the tracking server's trash: restore or delete it for good there."
        )));
    }
    let id = told["experiment_id"].as_str().map(str::to_owned);
    id.ok_or_else(|| Failure::wrong("The tracking server answers, and not as MLflow does."))
}

/// The runs of ours that an experiment has there, by our ids.
pub async fn known(server: &mut Server, experiment: &str) -> Result<BTreeMap<String, Pushed>, Failure> {
    let mut found = BTreeMap::new();
    let mut page: Option<String> = None;
    loop {
        let mut asked = json!({
            "experiment_ids": [experiment],
            "filter": format!("tags.`{OWN_ID}` != ''"),
            "max_results": PAGE,
        });
        if let Some(page) = &page {
            asked["page_token"] = json!(page);
        }
        let told = server.post("runs/search", &asked).await?;
        for run in told["runs"].as_array().into_iter().flatten().filter_map(Pushed::of) {
            if let Some(own) = run.tags.get(OWN_ID).cloned() {
                found.insert(own, run);
            }
        }
        match told["next_page_token"].as_str().filter(|token| !token.is_empty()) {
            Some(next) => page = Some(next.to_owned()),
            None => return Ok(found),
        }
    }
}

/// Brings one run; what an earlier push left half is begun anew.
pub async fn bring(
    server: &mut Server,
    (experiment, parent): (&str, Option<&str>),
    tracked: &TrackedRun<'_>,
    there: Option<Pushed>,
    tally: &mut Tally,
) -> Result<Pushed, Failure> {
    let run = tracked.run;
    let tags = tags_of(run, parent);
    match there {
        Some(there) if there.is_whole => {
            if changed(server, &there, &tags).await? {
                tally.n_changed += 1;
            } else {
                tally.n_same += 1;
            }
            return Ok(there);
        }
        Some(half) => {
            server.post("runs/delete", &json!({ "run_id": half.id })).await?;
        }
        None => {}
    }
    let as_json = |tags: &[(String, String)]| -> Vec<Value> {
        tags.iter().map(|(name, value)| json!({ "key": name, "value": value })).collect()
    };
    let (first, more) = tags.split_at(tags.len().min(MAX_TAGS));
    let asked = json!({
        "experiment_id": experiment,
        "run_name": run.name,
        "start_time": run.created.0,
        "tags": as_json(first),
    });
    let told = server.post("runs/create", &asked).await?;
    let made = Pushed::of(&told["run"]);
    let made = made.ok_or_else(|| Failure::wrong("The tracking server answers, and not as MLflow does."))?;
    for tags in more.chunks(MAX_TAGS) {
        server.post("runs/log-batch", &json!({ "run_id": made.id, "tags": as_json(tags) })).await?;
    }
    let params: Vec<Value> = run
        .params
        .iter()
        .map(|(name, value)| {
            json!({ "key": mlflow_name(name), "value": cut(&value.as_logged(), MAX_PARAM_CHARS) })
        })
        .collect();
    for params in params.chunks(MAX_PARAMS) {
        server.post("runs/log-batch", &json!({ "run_id": made.id, "params": params })).await?;
    }
    for metrics in metrics_of(tracked).chunks(MAX_METRICS) {
        server.post("runs/log-batch", &json!({ "run_id": made.id, "metrics": metrics })).await?;
    }
    if !files(server, &made, &tracked.artifacts).await? {
        tally.n_without_files += 1;
    }
    // What has a state is whole: a push that ends before this begins the run anew the next time.
    let ended = run.ended.unwrap_or(run.created).0;
    let state = json!({ "run_id": made.id, "status": mlflow_status(&run.state), "end_time": ended });
    server.post("runs/update", &state).await?;
    tally.n_new += 1;
    Ok(made)
}

/// Whether a run is brought at all.
pub fn has_ended(run: &Run) -> bool {
    run.state != RunState::Running
}

fn tags_of(run: &Run, parent: Option<&str>) -> Vec<(String, String)> {
    let mut tags = mlflow_tags(run);
    tags.retain(|(name, _)| name != PARENT);
    if let Some(parent) = parent {
        tags.push((PARENT.to_owned(), parent.to_owned()));
    }
    tags.into_iter().map(|(name, value)| (mlflow_name(&name), cut(&value, MAX_TAG_CHARS))).collect()
}

/// Writes the tags that differ; whether there was one.
async fn changed(server: &mut Server, there: &Pushed, tags: &[(String, String)]) -> Result<bool, Failure> {
    let mut is_changed = false;
    for (name, value) in tags.iter().filter(|(name, value)| there.tags.get(name) != Some(value)) {
        is_changed = true;
        let tag = json!({ "run_id": there.id, "key": name, "value": value });
        server.post("runs/set-tag", &tag).await?;
        if name == "mlflow.runName" {
            server.post("runs/update", &json!({ "run_id": there.id, "run_name": value })).await?;
        }
    }
    Ok(is_changed)
}

fn metrics_of(tracked: &TrackedRun<'_>) -> Vec<Value> {
    let at = tracked.run.ended.unwrap_or(tracked.run.created).0;
    let last =
        tracked.run.metrics.iter().map(
            |(name, value)| json!({ "key": mlflow_name(name), "value": value, "timestamp": at, "step": 0 }),
        );
    let over_time = tracked.history.iter().map(|(name, step, at, value)| {
        json!({ "key": mlflow_name(name), "value": value, "timestamp": at, "step": step })
    });
    last.chain(over_time).collect()
}

/// Sends the files; false where the server keeps them where this program cannot write.
async fn files(server: &mut Server, run: &Pushed, files: &[ExportFile]) -> Result<bool, Failure> {
    let Some(folder) = run.files_path() else { return Ok(files.is_empty()) };
    for file in files {
        let parts = folder.split('/').chain(file.path.split('/')).filter(|part| !part.is_empty());
        let path: Vec<String> = parts.map(encoded).collect();
        match server.put_file(&path.join("/"), file.bytes.clone()).await {
            Ok(()) => {}
            // It was started without a place for files of its own.
            Err(Refusal::Missing) => return Ok(false),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(true)
}

fn cut(text: &str, n_chars: usize) -> String {
    text.chars().take(n_chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_below_the_servers_own_or_elsewhere() {
        let at = |artifacts: &str| {
            let run = json!({ "info": { "run_id": "a", "artifact_uri": artifacts, "status": "RUNNING" } });
            let run = Pushed::of(&run).expect("it has an id");
            assert!(!run.is_whole);
            run.files_path().map(str::to_owned)
        };
        assert_eq!(at("mlflow-artifacts:/1/ab/artifacts").as_deref(), Some("1/ab/artifacts"));
        assert_eq!(at("mlflow-artifacts://host:5000/1/ab/artifacts").as_deref(), Some("1/ab/artifacts"));
        assert_eq!(at("s3://bucket/1/ab"), None);
        assert_eq!(at("/var/mlruns/1/ab"), None);
    }
}
