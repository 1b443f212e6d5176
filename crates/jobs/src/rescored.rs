//! A pass over a file whose held-out reviews another model answers, too.

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, HeldOut, LearnedTexts, RescoreError, Rescored, Rescorer};

use crate::blobs::Blobs;
use crate::file_pass::{NamedBytes, OpenPass, continued, kept};
use crate::request::{BlobRef, JobError, LearnedFrom, Pass, Rescore, RescoreChunk, RescoreOutput};

/// A file whose held-out reviews are being answered.
pub(crate) struct OpenRescore {
    rescorer: Rescorer,
    is_known: bool,
}

/// Takes the next chunk; the blobs that came out at its end.
pub(crate) fn rescore(
    open: &mut Option<OpenPass<OpenRescore>>,
    job: &RescoreChunk,
    blobs: &Blobs,
    chunk: &[u8],
) -> Result<(Pass<RescoreOutput>, Vec<NamedBytes>), JobError> {
    let fresh = if job.offset == 0 { Some(begun(&job.rescore, blobs)?) } else { None };
    let begin = || Ok(fresh.expect("a pass begins at byte 0"));
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    pass.gathered.rescorer.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.rescorer.n_docs() as u64;
        *open = Some(pass);
        return Ok((Pass::Reading { n_rows }, Vec::new()));
    }
    let OpenRescore { rescorer, is_known } = pass.gathered;
    let Rescored { own, other, n_learned } = rescorer.finish().map_err(told)?;
    let n_rows = own.docs.len() as u64;
    let (mut parts, mut named): (Vec<BlobRef>, Vec<NamedBytes>) = (Vec::new(), Vec::new());
    for rows in [own, other] {
        named.extend(kept(rows.to_bytes(), &mut parts, usize::MAX));
    }
    let [own, other] = parts[..] else { return Err(told_words("scores came out without bytes")) };
    Ok((Pass::Done(RescoreOutput { own, other, n_rows, n_learned, is_known }), named))
}

fn begun(job: &Rescore, blobs: &Blobs) -> Result<OpenRescore, JobError> {
    let hash = job.pipeline;
    let pipeline = FittedPipeline::from_bytes(blobs.bytes(hash)?)
        .map_err(|error| JobError::DamagedBlob { hash, reason: error.to_string() })?;
    let learned = job.learned.as_ref().map(|from| learned(from, blobs)).transpose()?.flatten();
    let is_known = learned.is_some();
    let held_out = held_out(job.held_out, blobs)?;
    let rescorer = Rescorer::new(&job.recipe, held_out, pipeline, learned.unwrap_or_default());
    Ok(OpenRescore { rescorer: rescorer.map_err(told)?, is_known })
}

/// What a model has learned from; none where that is not at hand any more.
pub(crate) fn learned(from: &LearnedFrom, blobs: &Blobs) -> Result<Option<LearnedTexts>, JobError> {
    let Ok(file) = blobs.bytes(from.file) else { return Ok(None) };
    // Without the rows that tested it, all of the file counts as learned from.
    let tested = match from.tested.map(|tested| held_out(tested, blobs)) {
        Some(Err(JobError::MissingBlob(_))) | None => None,
        Some(found) => Some(found?),
    };
    Ok(LearnedTexts::of_file(file, &from.recipe, tested.as_ref()).ok())
}

fn held_out(hash: ContentHash, blobs: &Blobs) -> Result<HeldOut, JobError> {
    HeldOut::from_bytes(blobs.bytes(hash)?)
        .map_err(|error| JobError::DamagedBlob { hash, reason: error.to_string() })
}

fn told(error: RescoreError) -> JobError {
    match error {
        RescoreError::File(error) => JobError::File(error),
        error => told_words(&error.to_string()),
    }
}

fn told_words(reason: &str) -> JobError {
    JobError::CannotFit { reason: reason.to_owned() }
}
