//! A model in, another tool's file out; and the file's bytes beside the model.

use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use export::{Parity, check_export, make_export};

use crate::blobs::Blobs;
use crate::request::{BlobRef, CheckExport, ExportMade, JobError, MakeExport};

/// Writes the file; it, and its bytes under their hash.
pub(crate) fn make(
    job: &MakeExport,
    blobs: &Blobs,
) -> Result<(ExportMade, (ContentHash, Vec<u8>)), JobError> {
    let program = job.program.map(|program| blobs.bytes(program)).transpose()?;
    let pipeline = pipeline(blobs, job.pipeline)?;
    let made = make_export(&pipeline, job.kind, &job.facts, program).map_err(cannot)?;
    let hash = ContentHash::of(&made.bytes);
    let file = BlobRef { hash, n_bytes: made.bytes.len() as u64 };
    Ok((ExportMade { file, note: made.note }, (hash, made.bytes)))
}

fn cannot(reason: impl ToString) -> JobError {
    JobError::CannotFit { reason: reason.to_string() }
}

/// Lets it answer.
pub(crate) fn check(job: &CheckExport, blobs: &Blobs) -> Result<Parity, JobError> {
    let pipeline = pipeline(blobs, job.pipeline)?;
    let bytes = blobs.bytes(job.export)?;
    check_export(&pipeline, (job.kind, bytes), (job.from, job.to)).map_err(cannot)
}

fn pipeline(blobs: &Blobs, hash: ContentHash) -> Result<FittedPipeline, JobError> {
    let damaged = |reason: String| JobError::DamagedBlob { hash, reason };
    FittedPipeline::from_bytes(blobs.bytes(hash)?).map_err(|error| damaged(error.to_string()))
}
