//! What a worker is asked beyond reading a file and searching for a model. It stands by itself, so that a page can load it
//! after what a first training needs.
//! In: a worker and a request. Out: the answer and its blobs. Never: a reader, a search or a final fit of a study.

use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;

use super::{Answered, Worker, blob_ref, named};
use crate::answered_file::{answer as answer_rows, similar};
use crate::drift::{check_drift, report_drift};
use crate::exported;
use crate::file_pass;
use crate::request::{Answer, JobError, Pass, Request, SliceChunk, SlicesOutput};
use crate::rescored::rescore;

/// Answers `request` as [`Worker::run`] does, which answers those of a training itself.
///
/// # Errors
/// Where the job has no answer.
#[inline(never)]
pub(super) fn answer(
    worker: &mut Worker,
    request: Request,
    input: &[u8],
    clock: &mut dyn FnMut() -> f64,
) -> Result<Answered, JobError> {
    match request {
        Request::AuditChunk(job) => {
            Ok((file_pass::audit(&mut worker.audit, &job, input)?.into(), Vec::new()))
        }
        Request::SurveyChunk(job) => {
            Ok((file_pass::survey(&mut worker.survey, &job, input)?.into(), Vec::new()))
        }
        Request::IntakeChunk(job) => {
            let (pass, blobs) = file_pass::take_in(&mut worker.intake, &job, input)?;
            Ok((pass.into(), blobs))
        }
        Request::ExportChunk(job) => {
            let (pass, blobs) = file_pass::export(&mut worker.export, &job, input)?;
            Ok((pass.into(), blobs))
        }
        Request::PredictChunk(job) => {
            let pipeline = pipeline(worker, job.offset, job.answers.pipeline)?;
            let (pass, blobs) = answer_rows(&mut worker.answers, &job, pipeline, input)?;
            Ok((pass.into(), blobs))
        }
        Request::SimilarChunk(job) => {
            let pipeline = pipeline(worker, job.offset, job.pipeline)?;
            let test = job.test.filter(|_| job.offset == 0).map(|hash| worker.held_out(hash)).transpose()?;
            Ok((similar(&mut worker.similar, &job, (pipeline, test), input)?.into(), Vec::new()))
        }
        Request::LearnFromShare(job) => Ok((worker.learn_from_share(&job)?.into(), Vec::new())),
        Request::MeasureLuck(job) => Ok((worker.measure_luck(&job)?.into(), Vec::new())),
        Request::JudgeLabels(job) => worker.judge_labels(&job, clock),
        Request::DescribeData(job) => Ok((worker.describe(&job)?.into(), Vec::new())),
        Request::MeasureHeldOut(job) => Ok((worker.measure_held_out(&job)?.into(), Vec::new())),
        Request::CompareFits(job) => Ok((worker.compare_fits(&job)?.into(), Vec::new())),
        Request::ListRows(job) => Ok((worker.list_rows(&job)?.into(), Vec::new())),
        Request::SliceChunk(job) => slice_chunk(worker, &job, input),
        Request::RescoreChunk(job) => {
            let (pass, blobs) = rescore(&mut worker.rescore, &job, &worker.blobs, input)?;
            Ok((pass.into(), blobs))
        }
        Request::CheckDrift(job) => Ok((check_drift(&job, &worker.blobs)?.into(), Vec::new())),
        Request::ReportDrift(job) => Ok((report_drift(&job, &worker.blobs)?.into(), Vec::new())),
        Request::MakeExport(job) => {
            let (made, file) = exported::make(&job, &worker.blobs)?;
            Ok((made.into(), vec![file]))
        }
        Request::CheckExport(job) => Ok((exported::check(&job, &worker.blobs)?.into(), Vec::new())),
        Request::ScanChunk(_)
        | Request::ReadChunk(_)
        | Request::AdvanceStudy(_)
        | Request::FitFinal(_)
        | Request::MeasureGuessing(_) => worker.run(request, input, clock),
    }
}

fn slice_chunk(worker: &mut Worker, job: &SliceChunk, input: &[u8]) -> Result<Answered, JobError> {
    let mut open = worker.slices.take();
    let outcome = file_pass::slices(&mut open, job, input, || worker.stored_fit(&job.fit));
    worker.slices = open;
    match outcome? {
        Pass::Reading { n_rows } => Ok((Answer::Sliced(Pass::Reading { n_rows }), Vec::new())),
        Pass::Done((found, records, docs)) => {
            let records = named(records);
            let listed = match job.list {
                Some(_) => Some(worker.list_among(&job.fit, &docs, job.n_most)?),
                None => None,
            };
            let output = SlicesOutput { found, records: blob_ref(&records), listed };
            Ok((Pass::Done(output).into(), vec![records]))
        }
    }
}

/// The pipeline that a pass begins with; later chunks need none.
fn pipeline(worker: &Worker, offset: u64, hash: ContentHash) -> Result<Option<FittedPipeline>, JobError> {
    if offset > 0 {
        return Ok(None);
    }
    let damaged = |reason: String| JobError::DamagedBlob { hash, reason };
    FittedPipeline::from_bytes(worker.blobs.bytes(hash)?)
        .map(Some)
        .map_err(|error| damaged(error.to_string()))
}
