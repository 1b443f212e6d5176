//! New reviews: how scoring them and looking for drift in them begin and end.

use engine::num::ContentHash;
use engine::pipeline::OutputKind;
use jobs::{CheckDrift, PredictFile};
use track::flow::{Happening, LogLevel, TaskKind, TaskOutput};
use track::record::Record;
use track::registry::ModelVersion;
use track::run::PROFILE_ARTIFACT;

use crate::pass::AnswerRows;

use super::begin::Begun;
use super::contest::artifact;
use super::drifting::Drifting;
use super::scoring::{Scoring, own_columns};
use super::work::Work;
use super::{FlowDriver, note};

impl FlowDriver {
    /// The version that answers.
    fn answering(&self, model: &str) -> Result<&ModelVersion, String> {
        let found = self.plan.registry.model(model);
        let version = found.and_then(|found| found.answering());
        version.ok_or_else(|| {
            format!(
                "There is no version of a model '{}': register one first, or run a flow that does.",
                engine::quote::Quoted(model)
            )
        })
    }

    /// Begins to score the new files of the folder.
    pub(super) fn score_folder(&mut self, place: usize, model: &str, folder: &str) -> Result<Begun, String> {
        let pipeline = self.answering(model)?.pipeline;
        let Some(new) = self.folder.clone() else {
            return Err(format!(
                "The folder '{}' is not open here: run this flow where it is.",
                engine::quote::Quoted(folder)
            ));
        };
        if new.is_empty() {
            return self.scored(model, folder, Vec::new()).map(Begun::Done);
        }
        let tasks = self.plan.flow.tasks.iter().enumerate();
        let keeps_rows = tasks
            .filter(|(_, task)| matches!(task.kind, TaskKind::CheckDrift { .. }))
            .any(|(at, _)| flow::ancestors(&self.plan.flow, at).contains(&place));
        let first = self.sessions(2 * new.len());
        let bytes = (self.plan.dataset.file_bytes, first);
        let recipe = self.plan.recipe.clone();
        let scoring = Scoring::new((pipeline, recipe), &new, bytes, keeps_rows);
        Ok(Begun::At(Work::Score(Box::new(scoring))))
    }

    /// What scoring a folder gave. The bytes are stored with it, to be written to the folder afterwards.
    pub(super) fn folder_scored(&mut self, place: usize, scoring: &Scoring) -> Result<TaskOutput, String> {
        let TaskKind::ScoreFolder { model, folder } = self.plan.flow.tasks[place].kind.clone() else {
            return Err("Only a task that scores a folder gives scored files.".to_owned());
        };
        for file in scoring.scored() {
            let name = &file.file.name;
            match file.reason.as_str() {
                "" => {
                    let text = format!("{name}: {} reviews scored, in {}.", file.n_rows, file.result);
                    self.say(place, note(LogLevel::Info, text));
                }
                reason => {
                    let text = format!("{name} is left until it changes: {reason}");
                    self.say(place, note(LogLevel::Warning, text));
                }
            }
            file.parts.iter().chain(&file.rows).for_each(|blob| self.outbox.keep(*blob));
        }
        self.scored(&model, &folder, scoring.scored().to_vec())
    }

    fn scored(
        &self,
        model: &str,
        folder: &str,
        files: Vec<track::flow::ScoredFile>,
    ) -> Result<TaskOutput, String> {
        let version = self.answering(model)?.version;
        Ok(TaskOutput::Scored { folder: folder.to_owned(), model: model.to_owned(), version, files })
    }

    /// Begins to look for drift: in what was scored before, else in the data.
    pub(super) fn check_drift(&mut self, place: usize, model: &str) -> Result<Begun, String> {
        let version = self.answering(model)?;
        let (number, pipeline) = (version.version, version.pipeline);
        let run = self.plan.runs.iter().find(|run| run.id == version.run);
        let profile = run.and_then(|run| artifact(run, PROFILE_ARTIFACT)).ok_or_else(|| {
            format!("What version {number} was tested on is not described: train and register it again.")
        })?;
        let learned = run.and_then(|run| self.learned_from(run));
        let question = CheckDrift { rows: Vec::new(), pipeline, profile, learned };
        let scored = self.given_before(place, |kind| matches!(kind, TaskKind::ScoreFolder { .. }));
        if let Some(TaskOutput::Scored { files, .. }) = scored {
            let rows: Vec<ContentHash> = files.iter().flat_map(|file| file.rows.clone()).collect();
            if rows.is_empty() {
                let sentence = "There are no new reviews.".to_owned();
                return Ok(Begun::Done(TaskOutput::Drift { is_found: false, n_rows: 0, sentence }));
            }
            return Ok(Begun::At(Work::Drift(Box::new(Drifting::of_rows(CheckDrift { rows, ..question })))));
        }
        let columns = own_columns(&self.recipe_of(place));
        let (kind, keep_texts) = (OutputKind::Csv, Some(true));
        let answers = AnswerRows { answers: PredictFile { pipeline, columns, kind, keep_texts } };
        let file = (self.sessions(1), self.plan.dataset.file_bytes);
        Ok(Begun::At(Work::Drift(Box::new(Drifting::of_file(question, file, answers)))))
    }

    /// What the look for drift found; events for automations.
    pub(super) fn drift_checked(&mut self, place: usize, drifting: &Drifting) -> Result<TaskOutput, String> {
        let TaskKind::CheckDrift { model } = self.plan.flow.tasks[place].kind.clone() else {
            return Err("Only a task that looks for drift finds some.".to_owned());
        };
        let found = drifting.checked()?;
        let is_found = found.is_found;
        let mut happenings = Vec::new();
        if is_found {
            self.say(place, note(LogLevel::Warning, found.sentence.clone()));
            happenings.push(Happening::DriftFound { model: model.clone(), reason: found.sentence.clone() });
        }
        let measured =
            [("expected_f1_macro", found.expected_f1_macro), ("realised_f1_macro", found.realised_f1_macro)];
        for (name, value) in measured {
            let metric = |value| Happening::Metric { model: model.clone(), name: name.to_owned(), value };
            happenings.extend(value.filter(|value| value.is_finite()).map(metric));
        }
        for happening in happenings {
            let event = self.journal.event(self.now, happening);
            self.outbox.put(Record::FlowEvent(event));
        }
        Ok(TaskOutput::Drift { is_found, n_rows: found.n_rows, sentence: found.sentence })
    }
}
