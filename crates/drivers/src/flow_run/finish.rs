//! How each task ends: what its work gave, or why it gave nothing.

use engine::num::ContentHash;
use track::SCHEMA;
use track::dataset::DatasetRef;
use track::flow::{Happening, LogLevel, State, StateName, TaskKind, TaskOutput, TaskResult};
use track::record::Record;
use track::run::{OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT};

use crate::status::StudyPhase;
use crate::study::StudyDriver;

use super::contest::artifact;
use super::judging::Judged;
use super::work::{Counting, Work, looked};
use super::{Active, FlowDriver, note};

/// Most bytes of counts that are kept for later runs; what is larger is counted again.
pub const MAX_KEPT_COUNTS_BYTES: u64 = 64 * 1024 * 1024;

/// Blobs without which a result is of no use.
pub fn blobs_of(output: &TaskOutput) -> Vec<ContentHash> {
    match output {
        TaskOutput::Counts { corpora, .. } => {
            corpora.iter().flat_map(|(counts, terms)| [*counts, *terms]).collect()
        }
        TaskOutput::Fit { pipeline, out_of_fold, .. } => vec![*pipeline, *out_of_fold],
        TaskOutput::Scored { files, .. } => {
            files.iter().flat_map(|file| file.parts.iter().chain(&file.rows)).copied().collect()
        }
        _ => Vec::new(),
    }
}

impl FlowDriver {
    /// Takes what the finished work gave.
    pub(super) fn finish(&mut self) {
        let Some(Active { place, work, ends_as, .. }) = self.active.take() else { return };
        match ends_as {
            None => match self.outcome(place, &work) {
                Ok(output) => self.complete(place, output),
                Err(reason) => {
                    self.task_to(place, State::new(StateName::Failed, self.now).because(reason));
                }
            },
            Some(StateName::TimedOut) => {
                let limit = self.plan.flow.tasks[place].timeout_s.unwrap_or(0);
                let message = format!("It took longer than {limit} s.");
                self.task_to(place, State::new(StateName::TimedOut, self.now).because(message));
            }
            Some(name) => {
                self.task_to(place, State::new(StateName::Cancelling, self.now));
                self.task_to(place, State::new(name, self.now));
            }
        }
    }

    /// The task is done: what it gave is kept, in the same transaction.
    pub(super) fn complete(&mut self, place: usize, output: TaskOutput) {
        let completed = State::new(StateName::Completed, self.now).because(words(&output));
        let Some(state) = self.task_to(place, completed) else { return };
        if state.name != StateName::Completed {
            return;
        }
        if self.may_be_kept(&output) {
            let result = TaskResult {
                schema: SCHEMA,
                key: self.keys[&self.plan.flow.tasks[place].key],
                created: self.now,
                task_run: self.run.id.task(place),
                output: output.clone(),
            };
            self.outbox.put(Record::TaskResult(result));
        }
        self.outputs[place] = Some(output);
    }

    /// Counts too large to be kept were not.
    fn may_be_kept(&self, output: &TaskOutput) -> bool {
        match output {
            TaskOutput::Counts { .. } => self.counts_are_kept,
            // Every few minutes there is nothing new.
            TaskOutput::Scored { files, .. } => !files.is_empty(),
            _ => true,
        }
    }

    fn outcome(&mut self, place: usize, work: &Work) -> Result<TaskOutput, String> {
        match work {
            Work::Scan(scan) => {
                let table = looked(scan)?;
                let (found, n_rows) = (table.hash, table.n_rows);
                if found != self.plan.dataset.data.file {
                    let name = &self.plan.dataset.name;
                    return Err(format!("The stored file of '{name}' is damaged: give it again."));
                }
                Ok(TaskOutput::Data { file: found, n_rows })
            }
            Work::Count(counting) => self.counted(place, counting),
            Work::Study(study) => self.fitted(study),
            Work::Judge(judging) => self.evaluated(place, judging.judged()),
            Work::Score(scoring) => self.folder_scored(place, scoring),
            Work::Drift(drifting) => self.drift_checked(place, drifting),
        }
    }

    fn counted(&mut self, place: usize, counting: &Counting) -> Result<TaskOutput, String> {
        let outputs = counting.outcome().as_ref().map_err(|error| error.to_string())?;
        let first = outputs.first().ok_or("Nothing was counted.")?;
        let recipe = self.recipe_of(place);
        let counts = first.summary.class_counts.iter().copied();
        let classes = recipe.mapping.classes.iter().cloned().zip(counts).collect();
        let (n_out, n_kept) = (first.summary.issues.n, first.summary.n_rows_kept);
        if n_out > 0 {
            let text = format!("{n_kept} reviews are used, {n_out} rows are left out.");
            self.say(place, note(LogLevel::Info, text));
        }
        let n_bytes: u64 = outputs.iter().map(|output| output.counts.n_bytes + output.terms.n_bytes).sum();
        self.counts_are_kept = n_bytes <= MAX_KEPT_COUNTS_BYTES;
        if self.counts_are_kept {
            let blobs = outputs.iter().flat_map(|output| [output.counts.hash, output.terms.hash]);
            blobs.for_each(|blob| self.outbox.keep(blob));
        }
        let corpora = outputs.iter().map(|output| (output.counts.hash, output.terms.hash)).collect();
        let data: DatasetRef = self.data(&recipe);
        Ok(TaskOutput::Counts { data, classes, corpora })
    }

    /// The best fit of a study that has come to its end.
    fn fitted(&self, study: &StudyDriver) -> Result<TaskOutput, String> {
        let status = study.status();
        if status.phase != StudyPhase::Finished {
            return Err(status.error.unwrap_or_else(|| "No model came out of the study.".to_owned()));
        }
        let summary = study.summary();
        let best = summary.models.iter().filter(|model| Some(model.model) == summary.best_model);
        let fit =
            best.filter_map(|model| model.fit.as_ref()).next().ok_or("No model came out of the study.")?;
        let lost = || format!("Run {} does not say where its model is.", fit.run);
        let run = self.plan.runs.iter().find(|run| run.id == fit.run).ok_or_else(lost)?;
        Ok(TaskOutput::Fit {
            study: status.run,
            fit: fit.run.clone(),
            pipeline: artifact(run, PIPELINE_ARTIFACT).ok_or_else(lost)?,
            out_of_fold: artifact(run, OUT_OF_FOLD_ARTIFACT).ok_or_else(lost)?,
        })
    }

    fn evaluated(&mut self, place: usize, judged: &Judged) -> Result<TaskOutput, String> {
        let TaskKind::Evaluate { model } = self.plan.flow.tasks[place].kind.clone() else {
            return Err("Only an evaluation asks questions.".to_owned());
        };
        let fitted = self.fitted_before(place).ok_or("What was evaluated is missing.")?;
        let output = self.scores(&model, &fitted, judged)?;
        self.tell_of_answers(place, judged);
        if let TaskOutput::Scores { metrics, reason } = &output {
            for (name, value) in metrics {
                let happening = Happening::Metric { model: model.clone(), name: name.clone(), value: *value };
                let event = self.journal.event(self.now, happening);
                self.outbox.put(Record::FlowEvent(event));
            }
            if !reason.is_empty() {
                let text = format!("It cannot be compared with the champion: {reason}");
                self.say(place, note(LogLevel::Warning, text));
            }
        }
        Ok(output)
    }
}

impl FlowDriver {
    /// Says which reviews the champion answered that it had not been held to.
    fn tell_of_answers(&mut self, place: usize, judged: &Judged) {
        let Some(rescored) = judged.rescored else { return };
        let (n_rows, n_learned) = (rescored.n_rows, rescored.n_learned);
        let text = format!(
            "The champion answered {n_rows} held-out reviews; {n_learned} that it has learned from are left out."
        );
        self.say(place, note(LogLevel::Info, text));
        if !rescored.is_known {
            let text = "What the champion has learned from is not stored any more: reviews among these that it knows speak for it.";
            self.say(place, note(LogLevel::Warning, text));
        }
    }
}

/// What a task gave, in a few words.
fn words(output: &TaskOutput) -> String {
    match output {
        TaskOutput::Data { n_rows, .. } => format!("{n_rows} rows."),
        TaskOutput::Recipe { .. } | TaskOutput::Parts => String::new(),
        TaskOutput::Counts { classes, .. } => {
            let classes: Vec<String> = classes.iter().map(|(class, n)| format!("{n} {class}")).collect();
            format!("{}.", classes.join(", "))
        }
        TaskOutput::Fit { fit, .. } => format!("Run {fit}."),
        TaskOutput::Scores { metrics, .. } => metrics
            .get("f1_macro")
            .map_or_else(String::new, |f1| format!("Macro F1 {f1:.4} on held-out reviews.")),
        TaskOutput::Logged { n_runs } => format!("{n_runs} runs marked."),
        TaskOutput::Version { model, version, .. } => format!("Version {version} of {model}."),
        TaskOutput::Promoted { reason, .. } => reason.clone(),
        TaskOutput::Scored { files, .. } => {
            let n_rows: u64 = files.iter().map(|file| file.n_rows).sum();
            format!("{} new files, {n_rows} reviews.", files.len())
        }
        TaskOutput::Drift { sentence, .. } => sentence.clone(),
    }
}
