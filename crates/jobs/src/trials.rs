//! Trials of one search, one after another: ask, evaluate, tell, until the slice is over.

use engine::tune::{SearchEnd, Setting, Trial, TrialOutcome, ask, known_outcome};

use crate::request::{AdvanceStudy, JobError, StudyAdvance};
use crate::worker::{Worker, cannot_fit};

impl Worker {
    /// Makes the next trials of a search.
    pub(crate) fn advance(
        &mut self,
        job: &AdvanceStudy,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<StudyAdvance, JobError> {
        let begun = clock();
        job.study.validate().map_err(cannot_fit)?;
        let Some(search) = job.study.searches.get(job.search) else {
            return Err(cannot_fit(format!("there is no search number {}", job.search)));
        };
        let mut trials = job.finished.clone();
        let mut ended = None;
        while trials.len() < search.n_trials as usize {
            let asked = clock();
            let Some(setting) = ask(&job.study, job.search, &trials) else {
                ended = Some(SearchEnd::Exhausted);
                break;
            };
            let outcome = match known_outcome(&setting, &trials).cloned() {
                Some(known) => known,
                None => self.outcome(job, &setting)?,
            };
            let answered = clock();
            let number = trials.len() as u32;
            trials.push(Trial { number, setting, outcome, elapsed_ms: (answered - asked).max(0.0) });
            let within_slice = answered - begun < job.slice_ms;
            if !within_slice {
                break;
            }
        }
        Ok(StudyAdvance { trials: trials.split_off(job.finished.len()), ended })
    }

    /// A setting that cannot be evaluated is a failed trial, not a failed job: the search goes on.
    fn outcome(&mut self, job: &AdvanceStudy, setting: &Setting) -> Result<TrialOutcome, JobError> {
        let pipeline = job.study.pipeline(job.search, setting);
        let corpus = job.study.corpus_of(&pipeline).and_then(|corpus| job.counts.get(corpus));
        let corpus = corpus.ok_or_else(|| cannot_fit("the reviews were not counted for this setting"))?;
        let ready = self.ready(*corpus, &job.study.split)?;
        Ok(match ready.validator.evaluate(&pipeline.vectorizer, &pipeline.model) {
            Ok(scores) => TrialOutcome::Complete { fold_f1_macro: scores.fold_f1_macro },
            Err(error) => TrialOutcome::Failed { reason: error.to_string() },
        })
    }
}
