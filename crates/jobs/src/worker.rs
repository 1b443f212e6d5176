//! A worker: a job, its bytes and a clock in; the answer and its blobs out.
//!
//! What it holds are caches: the answers of a new worker are the same. The clock fills `elapsed` fields
//! and ends a slice; no result depends on it.

mod further;

use std::sync::Arc;

use engine::audit::Auditor;
use engine::dataset::{CleaningSurvey, DatasetReader};
use engine::errors::SliceFinder;
use engine::features::Counts;
use engine::metrics::{self, bootstrap_f1_macro};
use engine::models::{ModelKind, RepeatedValidator};
use engine::num::ContentHash;
use engine::pipeline::{FinalFit, FinalTask, SimilarReviews, fit_final_deciding};
use engine::split::{SplitPlan, SplitSpec, split_counts};
use engine::table::TableScan;
use engine::tune::{MAX_CORPORA, MAX_RUNGS};
use watch::of_fit::profile_of_fit;

use crate::answered_file::OpenAnswers;
use crate::blobs::{Blobs, SharedBlob};
use crate::file_pass::{self, OpenExport, OpenIntake, OpenPass};
use crate::judge::KeptJudge;
use crate::request::{
    Answer, BlobRef, FinalFitOutput, FitFinal, JobError, Pass, ReadChunk, ReadOutput, Request,
};
use crate::rescored::OpenRescore;

/// Validators kept: those of the study at work, one a corpus and subset of rows, and one for another beside it.
const MAX_VALIDATORS: usize = MAX_CORPORA + MAX_RUNGS as usize + 1;

/// How long predictions are timed, at least, and how often they are made for it, at most.
const MIN_PREDICT_MS: f64 = 0.5;
const MAX_PREDICT_ROUNDS: u32 = 20;

/// A blob's bytes under their SHA-256.
pub type Blob = (ContentHash, Vec<u8>);
/// An answer, and the blobs that belong to it.
pub type Answered = (Answer, Vec<Blob>);

/// Runs jobs, one after another.
#[derive(Default)]
pub struct Worker {
    pub(crate) blobs: Blobs,
    scan: Option<OpenPass<TableScan>>,
    read: Option<OpenPass<DatasetReader>>,
    audit: Option<OpenPass<Auditor>>,
    survey: Option<OpenPass<CleaningSurvey>>,
    intake: Option<OpenPass<OpenIntake>>,
    export: Option<OpenPass<OpenExport>>,
    answers: Option<OpenPass<OpenAnswers>>,
    similar: Option<OpenPass<SimilarReviews>>,
    slices: Option<OpenPass<SliceFinder>>,
    rescore: Option<OpenPass<OpenRescore>>,
    /// The one last used is last.
    validators: Vec<SplitCounts>,
    /// The judge of labels last asked.
    pub(crate) judge: Option<KeptJudge>,
}

/// Counts, split, and made ready for trials. `plan`: the first draw of the folds.
pub(crate) struct SplitCounts {
    counts: ContentHash,
    split: SplitSpec,
    /// Of the training rows.
    share: f64,
    pub plan: SplitPlan,
    pub validator: RepeatedValidator,
}

impl Worker {
    /// Takes a blob that a job needs (`Request::needs`); one that is held already changes nothing.
    pub fn provide(&mut self, hash: ContentHash, bytes: Vec<u8>) {
        self.blobs.insert_bytes(hash, bytes);
    }

    /// Takes the next piece of a blob of `n_bytes` in all, as [`Worker::provide`] takes a whole one.
    pub fn provide_piece(&mut self, hash: ContentHash, n_bytes: usize, piece: &[u8]) {
        self.blobs.push_piece(hash, n_bytes, piece);
    }

    /// Takes a decoded blob that other threads hold, too.
    pub fn provide_shared(&mut self, hash: ContentHash, blob: SharedBlob) {
        self.blobs.insert_shared(hash, blob);
    }

    /// Whether a blob is held. The worker that read a file holds its counts and terms.
    pub fn holds(&self, hash: ContentHash) -> bool {
        self.blobs.holds(hash)
    }

    /// A decoded blob, for another thread's worker; `None` where it is not held or not decoded yet.
    pub fn share(&self, hash: ContentHash) -> Option<SharedBlob> {
        self.blobs.shared(hash)
    }

    /// Gives up a blob and what was made of it.
    pub fn forget(&mut self, hash: ContentHash) {
        self.blobs.forget(hash);
        self.validators.retain(|ready| ready.counts != hash);
        self.judge.take_if(|judge| judge.is_of(hash));
    }

    /// Answers `request`. `input` are the bytes of the file that it asks for; `clock` gives milliseconds
    /// from any beginning.
    ///
    /// # Errors
    /// Where the job has no answer; the worker can go on with other jobs.
    pub fn run(
        &mut self,
        request: Request,
        input: &[u8],
        clock: &mut dyn FnMut() -> f64,
    ) -> Result<Answered, JobError> {
        match request {
            Request::ScanChunk(job) => Ok((file_pass::scan(&mut self.scan, &job, input)?.into(), Vec::new())),
            Request::ReadChunk(job) => self.read_chunk(&job, input),
            Request::AdvanceStudy(job) => self.advance(&job, clock),
            Request::FitFinal(job) => self.fit_final(&job, clock),
            Request::MeasureGuessing(job) => Ok((self.measure_guessing(&job)?.into(), Vec::new())),
            other => further::answer(self, other, input, clock),
        }
    }

    fn read_chunk(&mut self, job: &ReadChunk, input: &[u8]) -> Result<Answered, JobError> {
        let counted = match file_pass::read(&mut self.read, job, input)? {
            Pass::Reading { n_rows } => return Ok((Answer::Read(Pass::Reading { n_rows }), Vec::new())),
            Pass::Done(counted) => counted,
        };
        let [counts, terms] = file_pass::encoded(&counted.corpus).map(named);
        let records = named(counted.records);
        let output = ReadOutput {
            summary: counted.summary,
            counts: blob_ref(&counts),
            terms: blob_ref(&terms),
            records: blob_ref(&records),
            n_terms: counted.corpus.counts.n_terms,
        };
        self.provide_shared(counts.0, SharedBlob::Counts(Arc::new(counted.corpus.counts)));
        self.provide_shared(terms.0, SharedBlob::Terms(Arc::new(counted.corpus.terms)));
        Ok((Pass::Done(output).into(), vec![counts, terms, records]))
    }

    fn fit_final(&mut self, job: &FitFinal, clock: &mut dyn FnMut() -> f64) -> Result<Answered, JobError> {
        let counts = self.blobs.counts(job.counts)?;
        let terms = self.blobs.terms(job.terms)?;
        let ready = self.ready(job.counts, &job.split)?;
        let FitFinal { pipeline: spec, labels, decision, interval, .. } = job;
        let task = FinalTask { counts: &counts, terms: &terms, plan: &ready.plan, spec, labels };
        let begun = clock();
        let fit = fit_final_deciding(ready.validator.first(), task, decision).map_err(cannot_fit)?;
        let fit_ms = (clock() - begun).max(0.0);
        let predict_ms = predict_ms(&fit, (&counts, &ready.plan.test), clock);
        let (pipeline, out_of_fold) = (named(fit.pipeline.to_bytes()), named(fit.held_out.to_bytes()));
        let test_scores = named(fit.test_rows(&counts, &ready.plan).to_bytes());
        let answers = fit.answers(&counts, &ready.plan.test);
        let profile = profile_of_fit((&counts, &terms), &ready.plan.test, &answers, labels);
        let profile = named(profile.to_json().into_bytes());
        let output = FinalFitOutput {
            pipeline: blob_ref(&pipeline),
            out_of_fold: blob_ref(&out_of_fold),
            test_scores: blob_ref(&test_scores),
            profile: blob_ref(&profile),
            dummy_test_f1: dummy_f1(&counts, &ready.plan),
            held_out: (!decision.is_the_models()).then(|| fit.held_out_metrics()),
            test_interval: bootstrap_f1_macro(&fit.test.confusion, interval),
            test_coverage: fit.test_coverage,
            threshold: fit.pipeline.threshold,
            fold_f1_macro: fit.cv.fold_f1_macro,
            train: fit.train,
            test: fit.test,
            n_terms: u32::try_from(fit.pipeline.features.terms.len()).unwrap_or(u32::MAX),
            fit_ms,
            predict_ms,
        };
        Ok((output.into(), vec![pipeline, out_of_fold, test_scores, profile]))
    }

    /// A search of this model over these counts begins.
    pub(crate) fn begin_search(&mut self, counts: &[ContentHash], model: ModelKind) {
        let own = self.validators.iter_mut().filter(|ready| counts.contains(&ready.counts));
        own.for_each(|ready| ready.validator.begin_search(model));
    }

    /// The validator of these counts and this split, made where it is not kept.
    fn ready(&mut self, counts: ContentHash, split: &SplitSpec) -> Result<&mut SplitCounts, JobError> {
        self.ready_share(counts, split, 1.0)
    }

    /// As `ready`, of a share of the training rows.
    pub(crate) fn ready_share(
        &mut self,
        counts: ContentHash,
        split: &SplitSpec,
        share: f64,
    ) -> Result<&mut SplitCounts, JobError> {
        let is_it = |ready: &SplitCounts| {
            ready.counts == counts && ready.split == *split && ready.share.to_bits() == share.to_bits()
        };
        let kept = self.validators.iter().position(is_it);
        let ready = match kept {
            Some(at) => self.validators.remove(at),
            None => {
                let decoded = self.blobs.counts(counts)?;
                let mut plans = split_counts(&decoded, split).map_err(cannot_fit)?;
                if share < 1.0 {
                    plans.iter_mut().for_each(|plan| *plan = plan.thinned(&decoded.labels, share));
                }
                let validator = RepeatedValidator::new(&decoded, &plans).map_err(cannot_fit)?;
                let plan = plans.swap_remove(0);
                SplitCounts { counts, split: split.clone(), share, plan, validator }
            }
        };
        if self.validators.len() >= MAX_VALIDATORS {
            self.validators.remove(0);
        }
        self.validators.push(ready);
        Ok(self.validators.last_mut().expect("it was just pushed"))
    }
}

/// Milliseconds that a fit takes for 1,000 of these reviews: they are predicted again and again until a clock of
/// milliseconds can tell.
fn predict_ms(fit: &FinalFit, (counts, docs): (&Counts, &[u32]), clock: &mut dyn FnMut() -> f64) -> f64 {
    let begun = clock();
    for n_rounds in 1..=MAX_PREDICT_ROUNDS {
        fit.answers(counts, docs);
        let spent_ms = (clock() - begun).max(0.0);
        if spent_ms >= MIN_PREDICT_MS || n_rounds == MAX_PREDICT_ROUNDS {
            return spent_ms / f64::from(n_rounds) / docs.len().max(1) as f64 * 1_000.0;
        }
    }
    0.0
}

/// Macro F1 on the test part of always guessing the class most frequent in the training part; of equally
/// frequent ones the first, as scikit-learn's `DummyClassifier(strategy="most_frequent")`.
fn dummy_f1(counts: &Counts, plan: &SplitPlan) -> f64 {
    let labels_of = |part: &[u32]| part.iter().map(|doc| counts.labels[*doc as usize]).collect::<Vec<_>>();
    let n_classes = usize::from(counts.n_classes);
    let mut n_rows = vec![0u64; n_classes];
    for label in labels_of(&plan.train) {
        n_rows[usize::from(label.0)] += 1;
    }
    let most = n_rows.iter().max().copied().unwrap_or(0);
    let guess = n_rows.iter().position(|n| *n == most).unwrap_or(0) as u8;
    let truth = labels_of(&plan.test);
    metrics::evaluate(&truth, &vec![guess; truth.len()], n_classes, None, None).f1_macro
}

pub(crate) fn cannot_fit(error: impl ToString) -> JobError {
    JobError::CannotFit { reason: error.to_string() }
}

pub(crate) fn named(bytes: Vec<u8>) -> Blob {
    (ContentHash::of(&bytes), bytes)
}

pub(crate) fn blob_ref((hash, bytes): &Blob) -> BlobRef {
    BlobRef { hash: *hash, n_bytes: bytes.len() as u64 }
}
