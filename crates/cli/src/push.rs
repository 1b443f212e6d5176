//! `reviewlab push`: a project's runs, models, versions and aliases in, the same on a tracking server of MLflow's out.
//! In: a project, the server's address. Out: what is new there; what was there stays, so that a push can be repeated.
//! Never: anything but by being asked, or to another host than the one that was named.

mod server;
mod runs;
mod models;

use export::TrackedRun;
use std::collections::BTreeMap;
use track::run::{Run, RunKind};

use crate::arguments::PushArguments;
use crate::export_runs::{all_runs, artifacts_of, history_of};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::project::Project;
use crate::pump::print;

use runs::{Pushed, Tally};
use server::Server;

/// Brings what is new.
///
/// # Errors
/// Where the project cannot be read, or the server cannot be reached or refuses.
pub fn run(arguments: &PushArguments) -> Result<(), Failure> {
    let mut server = Server::at(&arguments.tracking_uri)?;
    let project = Project::open(&arguments.project)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Fault(format!("no thread can be begun: {error}")))?;
    let said = runtime.block_on(push(&mut server, &project, &arguments.tracking_uri))?;
    print(&said)
}

async fn push(server: &mut Server, project: &Project, address: &str) -> Result<String, Failure> {
    let (runs, experiments) = all_runs(project).await?;
    let mut progress = Progress::new();
    let mut pushed: BTreeMap<String, Pushed> = BTreeMap::new();
    let mut tally = Tally::default();
    let mut n_seen = 0;
    for experiment in &experiments {
        let mut own: Vec<&Run> =
            runs.iter().filter(|run| run.experiment == experiment.id && runs::has_ended(run)).collect();
        if own.is_empty() {
            continue;
        }
        // What is above comes first: what is below names it.
        own.sort_by_key(|run| (depth(run), run.id.clone()));
        let id = runs::experiment(server, experiment).await?;
        let mut there = runs::known(server, &id).await?;
        for run in own {
            let known = there.remove(run.id.as_str());
            let is_there = known.as_ref().is_some_and(Pushed::is_whole);
            let artifacts = if is_there { Vec::new() } else { artifacts_of(project, run).await? };
            let tracked = TrackedRun { run, history: history_of(run, &runs), artifacts };
            let parent = run.parent.as_ref().and_then(|parent| pushed.get(parent.as_str()));
            let parent = parent.map(|parent| parent.id.clone());
            let place = (id.as_str(), parent.as_deref());
            let done = runs::bring(server, place, &tracked, known, &mut tally).await?;
            pushed.insert(run.id.to_string(), done);
            n_seen += 1;
            progress.pushed(n_seen, runs.len());
        }
    }
    progress.clear();
    let models = models::bring(server, &project.registry().await?, &pushed).await?;
    let mut said = format!(
        "{address}: {} runs are new, {} had changed words, {} were there; {} versions are new, {} were there.\n",
        tally.n_new, tally.n_changed, tally.n_same, models.n_new, models.n_same
    );
    if tally.n_without_files > 0 {
        said.push_str(&format!(
            "The files of {} runs stay here: the server keeps files where only its own clients can write (start it with --serve-artifacts).\n",
            tally.n_without_files
        ));
    }
    for sentence in &models.left_out {
        said.push_str(&format!("Left out: {sentence}\n"));
    }
    Ok(said)
}

/// Studies before their fits and trials.
fn depth(run: &Run) -> u8 {
    match run.kind {
        RunKind::Study => 0,
        RunKind::Fit => 1,
        RunKind::Trial => 2,
    }
}
