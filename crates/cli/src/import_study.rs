//! `reviewlab import`: a journal of Optuna's in, its studies among a project's runs out.
//! In: a journal, a project file. Out: the project file with the studies in it. Never: a study taken twice, or a run that was
//! there changed.

use drivers::{ForeignStudy, taken_studies};
use engine::num::ContentHash;
use export::read_journal;
use storage::{Batch, Order, Query, Store as _};
use track::experiment::Experiment;
use track::id::ExperimentId;
use track::record::{Collection, Record};
use track::run::Run;

use crate::arguments::ImportArguments;
use crate::clock;
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

/// Most experiments that are looked through for one of the journal's name.
const MAX_EXPERIMENTS: usize = 100_000;

/// Takes the studies.
///
/// # Errors
/// Where the file is no journal, or a study does not say what it is.
pub fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let path = &arguments.file;
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let shown = path.display();
    let found = read_journal(&bytes).map_err(|error| Failure::wrong(format!("{shown}: {error}.")))?;
    let project = Project::open_or_begin(&arguments.project)?;
    let name = path.file_name().map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
    let (experiment, new) = pollster::block_on(experiment(&project, &name))?;
    let foreign = ForeignStudy {
        metric: arguments.metric,
        model: arguments.model,
        experiment,
        journal: ContentHash::of(&bytes),
        now: clock::now(),
    };
    let taken =
        taken_studies(&found, &foreign).map_err(|error| Failure::wrong(format!("{shown}: {error}.")))?;
    let mut known = Vec::new();
    let mut fresh: Vec<&Vec<Run>> = Vec::new();
    for runs in &taken.studies {
        let Some(study) = runs.first() else { continue };
        match pollster::block_on(project.run(study.id.as_str()))? {
            Some(_) => known.push(study.name.as_str()),
            None => fresh.push(runs),
        }
    }
    if !fresh.is_empty() {
        let runs = fresh.iter().copied().flatten().cloned().map(Record::Run);
        let records = new.into_iter().chain(runs).collect();
        pollster::block_on(project.store().write(Batch { records, blobs: Vec::new() }))?;
        project.save()?;
    }
    let n_trials: usize = fresh.iter().map(|runs| runs.len() - 1).sum();
    let names: Vec<&str> = fresh.iter().filter_map(|runs| Some(runs.first()?.name.as_str())).collect();
    if arguments.json {
        let said = serde_json::json!({
            "studies": names,
            "n_trials": n_trials,
            "already_here": known,
            "unknown_parameters": taken.unknown,
            "n_not_ended": taken.n_open,
        });
        return print(&format!("{said}\n"));
    }
    let mut said = format!("{} studies with {n_trials} trials were taken", names.len());
    if !names.is_empty() {
        said.push_str(&format!(": {}", names.join(", ")));
    }
    said.push_str(".\n");
    if !known.is_empty() {
        said.push_str(&format!("Already here: {}.\n", known.join(", ")));
    }
    if taken.n_open > 0 {
        said.push_str(&format!("{} trials have not ended and were left out.\n", taken.n_open));
    }
    if !taken.unknown.is_empty() {
        let unknown = taken.unknown.join(", ");
        said.push_str(&format!("No model here has these parameters, so no picture shows them: {unknown}.\n"));
    }
    print(&said)
}

/// The experiment of the journal's name, and its record where it is new.
async fn experiment(project: &Project, name: &str) -> Result<(ExperimentId, Option<Record>), Failure> {
    let all = Query::All(Collection::Experiments);
    for record in project.store().list(&all, Order::Descending, MAX_EXPERIMENTS).await? {
        if let Record::Experiment(found) = record
            && found.is_about(name)
        {
            return Ok((found.id, None));
        }
    }
    let now = clock::now();
    let new = Experiment::about(name, ExperimentId::new(now, clock::entropy()), now);
    Ok((new.id.clone(), Some(Record::Experiment(new))))
}
