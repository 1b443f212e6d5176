//! What a flow run needs to know before it begins, and which stored records that takes.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use flow::{FlowError, cache_keys, validate};
use thiserror::Error;
use track::dataset::Dataset;
use track::flow::{FlowDefinition, FlowRun, TaskKind, TaskOutput, TaskResult};
use track::id::{ExperimentId, FlowRunId, Millis, RunId, sortable};
use track::registry::Registry;
use track::run::Run;

/// Characters of an id that are its time.
const TIME_CHARS: usize = 10;

/// Why a flow run cannot begin.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FlowRunError {
    /// Its tasks make no sense.
    #[error("{0}")]
    Flow(#[from] FlowError),
}

/// Everything a flow run needs to know before it begins.
#[derive(Clone, Debug)]
pub struct FlowPlan {
    /// Its record, as it was scheduled.
    pub run: FlowRun,
    /// The flow, in the version that the record names.
    pub flow: FlowDefinition,
    /// The data it works on; the executor's file is this one's.
    pub dataset: Dataset,
    /// How they were read last.
    pub recipe: DatasetRecipe,
    /// The experiment that its studies belong to.
    pub experiment: ExperimentId,
    /// What is stored under `FlowPlan::keys`.
    pub results: Vec<TaskResult>,
    /// What is stored of `RunsNeeded`, in any order.
    pub runs: Vec<Run>,
    /// The registry as it stands.
    pub registry: Registry,
    /// Who runs it.
    pub who: String,
}

/// Runs that a plan has to hold as far as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsNeeded {
    /// These.
    pub runs: Vec<RunId>,
    /// These studies, with their trials and fits.
    pub studies: Vec<RunId>,
}

impl FlowPlan {
    /// The keys under which results of `flow` on these data may be stored.
    ///
    /// # Errors
    /// Where the flow cannot be run.
    pub fn keys(
        flow: &FlowDefinition,
        dataset: &Dataset,
        root: &FlowRunId,
    ) -> Result<Vec<ContentHash>, FlowRunError> {
        validate(flow)?;
        Ok(cache_keys(flow, &dataset.data, root)?.into_values().collect())
    }

    /// Hashes of the recipes by which champions' data were read, of the plan's runs: `FlowDriver::know_recipes`.
    pub fn recipes_needed(&self) -> Vec<ContentHash> {
        let models = self.flow.tasks.iter().filter_map(|task| match &task.kind {
            TaskKind::Evaluate { model } | TaskKind::CheckDrift { model } => {
                let found = self.registry.model(model)?;
                found.answering()
            }
            _ => None,
        });
        let runs = models.filter_map(|version| self.runs.iter().find(|run| run.id == version.run));
        let mut recipes: Vec<ContentHash> = runs.map(|run| run.dataset.recipe).collect();
        recipes.sort();
        recipes.dedup();
        recipes
    }

    /// The runs that a plan with these results has to hold.
    pub fn runs_needed(
        flow: &FlowDefinition,
        root: &FlowRunId,
        results: &[TaskResult],
        registry: &Registry,
    ) -> RunsNeeded {
        let mut needed = RunsNeeded::default();
        for task in &flow.tasks {
            match &task.kind {
                TaskKind::Tune { .. } | TaskKind::Fit { .. } => {
                    needed.studies.push(study_run_id(root, &task.key));
                }
                TaskKind::Evaluate { model }
                | TaskKind::Promote { model, .. }
                | TaskKind::CheckDrift { model } => {
                    let found = registry.model(model);
                    let champion = found.and_then(|model| model.answering());
                    needed.runs.extend(champion.map(|version| version.run.clone()));
                }
                _ => {}
            }
        }
        for result in results {
            if let TaskOutput::Fit { study, fit, .. } = &result.output {
                needed.runs.extend([study.clone(), fit.clone()]);
            }
        }
        needed.runs.sort();
        needed.runs.dedup();
        needed
    }
}

/// The id of the study that the task `key` makes in a flow run with this root: the same however often the flow run
/// goes on, so that the study goes on, too.
pub fn study_run_id(root: &FlowRunId, key: &str) -> RunId {
    let ContentHash(hash) = ContentHash::of(format!("study of {key} in {root}").as_bytes());
    let mut entropy = [0; 10];
    entropy.copy_from_slice(&hash[..10]);
    let tail = sortable(Millis(0), entropy);
    let time: String = root.as_str().chars().take(TIME_CHARS).collect();
    RunId(format!("{time}{}", &tail[TIME_CHARS..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_has_its_flow_runs_time_and_an_id_of_its_own() {
        let root = FlowRunId::new(Millis(1_700_000_000_000), [7; 10]);
        let ids = ["fit", "tune"].map(|key| study_run_id(&root, key));
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[0], study_run_id(&root, "fit"));
        assert_eq!((ids[0].as_str().len(), &ids[0].as_str()[..10]), (26, &root.as_str()[..10]));
    }
}
