//! What a task has from those before it, found among their outputs.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::split::SplitSpec;
use engine::tune::{CorpusSpec, StudySpec};
use flow::ancestors;
use track::flow::{TaskKind, TaskOutput};
use track::id::RunId;

use super::FlowDriver;

/// What was fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FittedRun {
    pub study: RunId,
    pub fit: RunId,
    pub pipeline: ContentHash,
    pub out_of_fold: ContentHash,
}

impl FlowDriver {
    /// The place before `place` whose task is `wanted`.
    fn before(&self, place: usize, wanted: impl Fn(&TaskKind) -> bool) -> Option<usize> {
        let tasks = &self.plan.flow.tasks;
        ancestors(&self.plan.flow, place).into_iter().find(|before| wanted(&tasks[*before].kind))
    }

    /// How the file is read for the task at `place`.
    pub(super) fn recipe_of(&self, place: usize) -> DatasetRecipe {
        let recipe = self.plan.recipe.clone();
        let of = |kind: &TaskKind| matches!(kind, TaskKind::Clean { .. });
        let clean = if of(&self.plan.flow.tasks[place].kind) { Some(place) } else { self.before(place, of) };
        match clean.map(|clean| &self.plan.flow.tasks[clean].kind) {
            Some(TaskKind::Clean { steps: Some(steps) }) => {
                DatasetRecipe { cleaning: steps.clone(), ..recipe }
            }
            _ => recipe,
        }
    }

    /// The study that the task at `place` makes, after cleaning and parts of the tasks before it.
    pub(super) fn study_of(&self, place: usize) -> Option<StudySpec> {
        let (TaskKind::Tune { study } | TaskKind::Fit { study }) = &self.plan.flow.tasks[place].kind else {
            return None;
        };
        let mut study = study.clone();
        if let Some(split) = self.split_of(place) {
            study.split = split;
        }
        study.follow(&self.recipe_of(place));
        Some(study)
    }

    /// How rows are parted for the task at `place`.
    pub(super) fn split_of(&self, place: usize) -> Option<SplitSpec> {
        let split = self.before(place, |kind| matches!(kind, TaskKind::Split { .. }))?;
        match &self.plan.flow.tasks[split].kind {
            TaskKind::Split { split } => Some(split.clone()),
            _ => None,
        }
    }

    /// What the task at `place` counts, for all that learn from it.
    pub(super) fn wanted_by_learners(&self, place: usize) -> Vec<CorpusSpec> {
        let mut wanted: Vec<CorpusSpec> = Vec::new();
        for learner in 0..self.plan.flow.tasks.len() {
            if !ancestors(&self.plan.flow, learner).contains(&place) {
                continue;
            }
            for corpus in self.study_of(learner).iter().flat_map(StudySpec::corpora) {
                if !wanted.contains(&corpus) {
                    wanted.push(corpus);
                }
            }
        }
        wanted
    }

    /// What was counted before `place`: its task's place and output.
    pub(super) fn counts_of(&self, place: usize) -> Option<(usize, &TaskOutput)> {
        let counted = self.before(place, |kind| *kind == TaskKind::Vectorise)?;
        Some((counted, self.outputs[counted].as_ref()?))
    }

    /// What was fitted before `place`.
    pub(super) fn fitted_before(&self, place: usize) -> Option<FittedRun> {
        let fitted =
            self.before(place, |kind| matches!(kind, TaskKind::Tune { .. } | TaskKind::Fit { .. }))?;
        match self.outputs[fitted].clone()? {
            TaskOutput::Fit { study, fit, pipeline, out_of_fold } => {
                Some(FittedRun { study, fit, pipeline, out_of_fold })
            }
            _ => None,
        }
    }

    /// What the evaluation or registration before `place` gave.
    pub(super) fn given_before(
        &self,
        place: usize,
        wanted: impl Fn(&TaskKind) -> bool,
    ) -> Option<&TaskOutput> {
        self.outputs[self.before(place, wanted)?].as_ref()
    }
}
