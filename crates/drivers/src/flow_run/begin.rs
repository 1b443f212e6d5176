//! How each task begins: at once done, or a driver that works at it.

use engine::dataset::DatasetRecipe;
use engine::features::Counting as WhatIsCounted;
use engine::num::ContentHash;
use engine::split::SplitKind;
use engine::tune::{CorpusSpec, StudySpec};
use jobs::{FitBlobs, Session, check_classes};
use track::dataset::{DatasetRef, RecipeRecord};
use track::flow::{State, StateName, StateType, TaskKind, TaskOutput};
use track::id::Millis;
use track::record::Record;
use track::run::Run;

use crate::pass::{SESSIONS_PER_PASS, ScanDriver};
use crate::records::{Said, StudyPlan};
use crate::study::StudyDriver;

use super::judging::Judging;
use super::work::{Counting, Work};
use super::{Active, FlowDriver, study_run_id};

/// What a task begins with.
pub(super) enum Begun {
    /// It is done.
    Done(TaskOutput),
    /// It takes a while.
    At(Work),
}

impl FlowDriver {
    /// Begins the task at `place`, which may.
    pub(super) fn begin(&mut self, place: usize) {
        if self.tasks[place].is_none() {
            self.task_to(place, State::new(StateName::Pending, self.now));
        }
        let Some(state) = self.task_to(place, State::new(StateName::Running, self.now)) else { return };
        if state.of_type() == StateType::Completed {
            self.outputs[place] = self.known(place).cloned();
            return;
        }
        match self.begun(place) {
            Ok(Begun::Done(output)) => self.complete(place, output),
            Ok(Begun::At(work)) => {
                let limit = self.plan.flow.tasks[place].timeout_s;
                let deadline = limit.map(|limit| Millis(self.now.0 + 1000 * u64::from(limit)));
                let tickets = Default::default();
                self.active = Some(Active { place, work, tickets, deadline, ends_as: None });
            }
            Err(reason) => {
                self.task_to(place, State::new(StateName::Failed, self.now).because(reason));
            }
        }
    }

    fn begun(&mut self, place: usize) -> Result<Begun, String> {
        match self.plan.flow.tasks[place].kind.clone() {
            TaskKind::LoadData { .. } => Ok(Begun::At(self.scan())),
            TaskKind::Clean { .. } => Ok(Begun::Done(self.settle_recipe(place))),
            TaskKind::Split { split } => {
                split.check().map_err(|error| error.to_string())?;
                self.check_columns(place, split.kind)?;
                Ok(Begun::Done(TaskOutput::Parts))
            }
            TaskKind::Vectorise => Ok(Begun::At(self.count(place))),
            TaskKind::Tune { .. } | TaskKind::Fit { .. } => self.learn(place).map(Begun::At),
            TaskKind::Evaluate { model } => {
                let fitted = self.fitted_before(place).ok_or("What is to be evaluated is missing.")?;
                let against = self.against(place, &model, &fitted);
                let new = FitBlobs { pipeline: fitted.pipeline, out_of_fold: fitted.out_of_fold };
                let file = (self.sessions(1), self.plan.dataset.file_bytes);
                Ok(Begun::At(Work::Judge(Box::new(Judging::new(new, against, file)))))
            }
            TaskKind::Log => self.mark_runs(place).map(Begun::Done),
            TaskKind::Register { model } => self.register(place, &model).map(Begun::Done),
            TaskKind::Promote { model, rule } => self.promote(place, &model, &rule).map(Begun::Done),
            TaskKind::ScoreFolder { model, folder } => self.score_folder(place, &model, &folder),
            TaskKind::CheckDrift { model } => self.check_drift(place, &model),
        }
    }

    /// Session numbers for so many passes, which no other work of this run has.
    pub(super) fn sessions(&mut self, n_passes: usize) -> Session {
        let first = self.n_sessions;
        self.n_sessions += SESSIONS_PER_PASS * n_passes as u64;
        Session(first)
    }

    fn scan(&mut self) -> Work {
        let first = self.sessions(1);
        let format = self.plan.recipe.format.clone();
        Work::Scan(Box::new(ScanDriver::by_format(first, self.plan.dataset.file_bytes, format)))
    }

    fn settle_recipe(&mut self, place: usize) -> TaskOutput {
        let recipe = RecipeRecord::new(self.recipe_of(place), self.now);
        let hash = recipe.hash;
        self.outbox.put(Record::Recipe(recipe));
        TaskOutput::Recipe { recipe: hash }
    }

    /// Rows are parted by columns only where the recipe names them.
    fn check_columns(&self, place: usize, kind: SplitKind) -> Result<(), String> {
        let extra = self.recipe_of(place).extra;
        match kind {
            SplitKind::ByTime if extra.date.is_none() => {
                Err("The reviews have no column of dates to part them by: choose another split.".to_owned())
            }
            SplitKind::ByGroup if extra.group.is_none() => {
                Err("The reviews have no column of groups to part them by: choose another split.".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, place: usize) -> Work {
        let recipe = self.recipe_of(place);
        let mut wanted = self.wanted_by_learners(place);
        if wanted.is_empty() {
            let counting = WhatIsCounted::words((1, 1), 1);
            wanted.push(CorpusSpec { cleaning: recipe.cleaning.clone(), counting });
        }
        let first = self.sessions(wanted.len());
        Work::Count(Box::new(Counting::new(recipe, wanted, self.plan.dataset.file_bytes, first)))
    }

    /// A study; one that an earlier try or an earlier flow run began goes on.
    fn learn(&mut self, place: usize) -> Result<Work, String> {
        let missing = "What is to be learned from is missing.";
        let study = self.study_of(place).ok_or(missing)?;
        let recipe = self.recipe_of(place);
        let (counted, TaskOutput::Counts { classes, corpora, .. }) = self.counts_of(place).ok_or(missing)?
        else {
            return Err(missing.to_owned());
        };
        check_classes(classes, &study.split).map_err(|error| error.to_string())?;
        let corpora = chosen(&study, &self.wanted_by_learners(counted), corpora).ok_or(missing)?;
        let (first, variants) = corpora.split_first().ok_or(missing)?;
        let id = study_run_id(&self.plan.run.root, &self.plan.flow.tasks[place].key);
        let earlier = self.plan.runs.iter().find(|run| run.id == id);
        let plan = StudyPlan {
            experiment: earlier.map_or(&self.plan.experiment, |run| &run.experiment).clone(),
            dataset: self.data(&recipe),
            classes: classes.clone(),
            study,
            counts: first.0,
            terms: first.1,
            variants: variants.to_vec(),
            owner: self.plan.who.clone(),
            created: earlier.map_or(self.now, |run| run.created),
            said: earlier.map(Said::of).unwrap_or_default(),
            run: id.clone(),
        };
        let driver = match earlier {
            None => StudyDriver::new(plan),
            Some(_) => {
                let children: Vec<Run> =
                    self.plan.runs.iter().filter(|run| run.parent.as_ref() == Some(&id)).cloned().collect();
                StudyDriver::resume(plan, &children, self.now)
            }
        };
        driver.map(|driver| Work::Study(Box::new(driver))).map_err(|error| error.to_string())
    }

    /// File and recipe.
    pub(super) fn data(&self, recipe: &DatasetRecipe) -> DatasetRef {
        DatasetRef { file: self.plan.dataset.data.file, recipe: recipe.hash() }
    }
}

/// Counts and terms of the corpora that a study needs, in its order, among those that were counted.
fn chosen(
    study: &StudySpec,
    wanted: &[CorpusSpec],
    counted: &[(ContentHash, ContentHash)],
) -> Option<Vec<(ContentHash, ContentHash)>> {
    let of = |corpus: &CorpusSpec| {
        let place = wanted.iter().position(|known| known == corpus)?;
        counted.get(place).copied()
    };
    study.corpora().iter().map(of).collect()
}
