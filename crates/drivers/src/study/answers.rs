//! What workers answered, or why they did not: trials and fits become records, a search that cannot go on fails.

use engine::tune::best_trial;
use jobs::{AdvanceStudy, Answer, FinalFitOutput, FitFinal, HISTORY_CHUNK, Job, JobError, StudyAdvance};
use track::id::Millis;
use track::record::Record;

use super::{MAX_LOSSES, StudyDriver};
use crate::records::{Fit, failed_fit_run, fit_run, trial_run};

impl StudyDriver {
    pub(super) fn answered(&mut self, search: usize, answer: Answer) {
        let taken = if self.searches[search].is_searching() {
            <AdvanceStudy as Job>::Output::try_from(answer)
                .map_err(|error| error.to_string())
                .and_then(|advance| self.take_trials(search, advance))
        } else {
            <FitFinal as Job>::Output::try_from(answer)
                .map_err(|error| error.to_string())
                .map(|output| self.take_fit(search, output))
        };
        match taken {
            Ok(()) => self.searches[search].n_losses = 0,
            Err(reason) => self.fail(search, reason),
        }
    }

    fn take_trials(&mut self, search: usize, advance: StudyAdvance) -> Result<(), String> {
        let StudyAdvance { trials, chunks, ended } = advance;
        let state = &mut self.searches[search];
        let first = state.trials.len();
        let in_order = (first..).zip(&trials).all(|(number, trial)| trial.number as usize == number);
        let is_empty = trials.is_empty() && ended.is_none();
        if is_empty || !in_order || first + trials.len() > state.n_total as usize {
            return Err(format!("{} trials came that do not follow number {first}", trials.len()));
        }
        let mut after_ms: f64 = trials.iter().map(|trial| trial.elapsed_ms).sum();
        for trial in trials {
            after_ms -= trial.elapsed_ms;
            let ended = Millis(self.last.0.saturating_sub(after_ms.max(0.0).round() as u64));
            self.outbox.put(Record::Run(trial_run(&self.plan, search, &trial, ended)));
            self.searches[search].push(trial, ended);
        }
        let state = &mut self.searches[search];
        state.history.extend(chunks.iter().map(|chunk| chunk.hash));
        if state.history.len() * HISTORY_CHUNK > state.trials.len() {
            return Err(format!("{} chunks of trials came that were not made", chunks.len()));
        }
        if ended.is_some() {
            state.ended = ended;
        }
        self.show();
        self.fail_without_best(search);
        Ok(())
    }

    fn take_fit(&mut self, search: usize, output: FinalFitOutput) {
        let kept =
            [output.pipeline.hash, output.out_of_fold.hash, output.test_scores.hash, output.profile.hash];
        self.searches[search].fit = Some(output);
        let state = &self.searches[search];
        if let (Some(output), Some(trial)) = (&state.fit, best_trial(&state.trials))
            && state.kept_fit != Some(trial.number)
        {
            let (n_earlier, study_ms) = (state.n_earlier_fits, state.study_ms());
            let fit = Fit { search, n_earlier, trial, output, study_ms, ended: self.last };
            kept.into_iter().for_each(|blob| self.outbox.keep(blob));
            self.outbox.put(Record::Run(fit_run(&self.plan, &fit)));
        }
        self.show();
    }

    pub(super) fn fail(&mut self, search: usize, reason: String) {
        let n_earlier = self.searches[search].n_earlier_fits;
        let record = failed_fit_run(&self.plan, (search, n_earlier), &reason, self.last);
        self.outbox.put(Record::Run(record));
        self.searches[search].failed = Some(reason);
        self.show();
    }

    pub(super) fn lost(&mut self, search: usize, reason: String) {
        let state = &mut self.searches[search];
        state.n_losses += 1;
        if state.n_losses >= MAX_LOSSES {
            let model = state.model.as_str();
            let n_losses = state.n_losses;
            self.fail(search, format!("The worker of {model} died {n_losses} times in a row: {reason}"));
        }
    }

    pub(super) fn failed(&mut self, search: usize, error: &JobError) {
        self.fail(search, error.to_string());
    }
}
