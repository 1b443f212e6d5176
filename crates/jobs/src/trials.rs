//! Trials of one search, one after another: ask, evaluate, prune, tell, until the slice is over.

use std::sync::Arc;

use engine::models::{EvaluateError, FoldRows, JudgedFolds};
use engine::num::ContentHash;
use engine::pipeline::PipelineSpec;
use engine::stats;
use engine::tune::{Measure, SearchEnd, Setting, Trial, TrialOutcome, ask, known_trial};

use crate::blobs::SharedBlob;
use crate::request::{AdvanceStudy, BlobRef, HISTORY_CHUNK, JobError, StudyAdvance};
use crate::worker::{Answered, Blob, Worker, blob_ref, cannot_fit, named};

/// What a setting gave: how it ended, and the means on subsets of rows before that.
type Judged = (TrialOutcome, Vec<Option<f64>>);

impl Worker {
    /// Makes the next trials of a search.
    pub(crate) fn advance(
        &mut self,
        job: &AdvanceStudy,
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<Answered, JobError> {
        let begun = clock();
        job.study.validate().map_err(cannot_fit)?;
        let Some(search) = job.study.searches.get(job.search) else {
            return Err(cannot_fit(format!("there is no search number {}", job.search)));
        };
        let mut trials = self.finished(job)?;
        let (n_before, mut ended) = (trials.len(), None);
        if n_before == 0 {
            self.begin_search(&job.counts, search.model());
        }
        while trials.len() < search.n_trials as usize {
            let asked = clock();
            ended = job.study.stop_rule.and_then(|rule| rule.ends(&trials, &job.study.split));
            if ended.is_some() {
                break;
            }
            let Some(setting) = ask(&job.study, job.search, &trials) else {
                ended = Some(SearchEnd::Exhausted);
                break;
            };
            let (outcome, rungs) = match known_trial(&setting, &trials) {
                Some(known) => (known.outcome.clone(), known.rungs.clone()),
                None => self.judge(job, &trials, &setting)?,
            };
            let answered = clock();
            let number = trials.len() as u32;
            trials.push(Trial { number, setting, outcome, rungs, elapsed_ms: (answered - asked).max(0.0) });
            let within_slice = answered - begun < job.slice_ms;
            if !within_slice {
                break;
            }
        }
        let (chunks, blobs) = self.new_chunks(job.history.len(), &trials);
        let advance = StudyAdvance { trials: trials.split_off(n_before), ended, chunks };
        Ok((advance.into(), blobs))
    }

    /// The trials before, from the blobs of the history and what follows them.
    fn finished(&mut self, job: &AdvanceStudy) -> Result<Vec<Trial>, JobError> {
        let mut trials = Vec::with_capacity(job.history.len() * HISTORY_CHUNK + job.finished.len());
        for hash in &job.history {
            trials.extend(self.blobs.trials(*hash)?.iter().cloned());
        }
        trials.extend(job.finished.iter().cloned());
        Ok(trials)
    }

    /// Whole chunks of the history that are no blobs yet.
    fn new_chunks(&mut self, n_known: usize, trials: &[Trial]) -> (Vec<BlobRef>, Vec<Blob>) {
        let mut blobs = Vec::new();
        let mut chunks = Vec::new();
        for chunk in trials.chunks_exact(HISTORY_CHUNK).skip(n_known) {
            let blob = named(json::to_string(chunk).into_bytes());
            self.provide_shared(blob.0, SharedBlob::Trials(Arc::new(chunk.to_vec())));
            chunks.push(blob_ref(&blob));
            blobs.push(blob);
        }
        (chunks, blobs)
    }

    /// A setting that cannot be evaluated is a failed trial, not a failed job: the search goes on.
    fn judge(
        &mut self,
        job: &AdvanceStudy,
        finished: &[Trial],
        setting: &Setting,
    ) -> Result<Judged, JobError> {
        let pipeline = job.study.pipeline(job.search, setting);
        let corpus = job.study.corpus_of(&pipeline).and_then(|corpus| job.counts.get(corpus));
        let counts = *corpus.ok_or_else(|| cannot_fit("the reviews were not counted for this setting"))?;
        let mut rungs = Vec::new();
        for (rung, share) in job.study.pruner.shares().into_iter().enumerate() {
            // Too few rows for a setting say nothing of it: it goes on to more.
            let Ok(folds) = self.folds_on(job, (counts, share), (&pipeline, None))? else {
                rungs.push(None);
                continue;
            };
            let own = stats::mean(folds.scores(job)).unwrap_or(0.0);
            rungs.push(Some(own));
            if job.study.pruner.prunes_on(rung, own, finished) {
                return Ok((folds.pruned(), rungs));
            }
        }
        let pruner = &job.study.pruner;
        let outcome = if pruner.is_by_fold() && pruner.can_prune(finished) {
            self.fold_by_fold(job, counts, (&pipeline, finished))?
        } else {
            self.folds_on(job, (counts, 1.0), (&pipeline, None))?.map(Folds::complete)
        };
        let failed = |error: EvaluateError| TrialOutcome::Failed { reason: error.to_string() };
        Ok((outcome.unwrap_or_else(failed), rungs))
    }

    /// All folds together, or one, of a share of the training rows.
    fn folds_on(
        &mut self,
        job: &AdvanceStudy,
        (counts, share): (ContentHash, f64),
        (pipeline, fold): (&PipelineSpec, Option<usize>),
    ) -> Result<Result<Folds, EvaluateError>, JobError> {
        let n_classes = usize::from(self.blobs.counts(counts)?.n_classes);
        let PipelineSpec { vectorizer, model, .. } = pipeline;
        let ready = self.ready_share(counts, &job.study.split, share)?;
        let metric = job.study.metric;
        if metric.is_usual() {
            let f1_macro = match fold {
                None => ready.validator.evaluate(vectorizer, model).map(|scores| scores.fold_f1_macro),
                Some(fold) => ready.validator.evaluate_fold(vectorizer, model, fold).map(|score| vec![score]),
            };
            return Ok(f1_macro.map(|f1_macro| Folds(JudgedFolds { f1_macro, judged: Vec::new() })));
        }
        let measure = Measure::new(metric, model, n_classes);
        let judge = &mut |rows: FoldRows| measure.score(rows.truth, rows.scores, rows.n_scores);
        Ok(ready
            .validator
            .evaluate_judged(vectorizer, model, (fold, !metric.is_of_classes(), judge))
            .map(Folds))
    }

    /// One fold after another, until the pruner has seen enough.
    fn fold_by_fold(
        &mut self,
        job: &AdvanceStudy,
        counts: ContentHash,
        (pipeline, finished): (&PipelineSpec, &[Trial]),
    ) -> Result<Result<TrialOutcome, EvaluateError>, JobError> {
        let n_folds = self.ready_share(counts, &job.study.split, 1.0)?.validator.n_folds();
        let mut folds = Folds(JudgedFolds::default());
        for fold in 0..n_folds {
            match self.folds_on(job, (counts, 1.0), (pipeline, Some(fold)))? {
                Ok(Folds(one)) => {
                    folds.0.f1_macro.extend(one.f1_macro);
                    folds.0.judged.extend(one.judged);
                }
                Err(error) => return Ok(Err(error)),
            }
            if fold + 1 < n_folds && job.study.pruner.prunes(folds.scores(job), finished) {
                return Ok(Ok(folds.pruned()));
            }
        }
        Ok(Ok(folds.complete()))
    }
}

/// Macro F1 of folds and, of a study after another metric, that.
struct Folds(JudgedFolds);

impl Folds {
    /// What the study is after.
    fn scores(&self, job: &AdvanceStudy) -> &[f64] {
        if job.study.metric.is_usual() { &self.0.f1_macro } else { &self.0.judged }
    }

    fn complete(self) -> TrialOutcome {
        TrialOutcome::Complete { fold_f1_macro: self.0.f1_macro, fold_scores: self.0.judged }
    }

    fn pruned(self) -> TrialOutcome {
        TrialOutcome::Pruned { fold_f1_macro: self.0.f1_macro, fold_scores: self.0.judged }
    }
}
