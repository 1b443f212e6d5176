//! A pass over a file, chunk by chunk, inside one worker.

use engine::audit::{Audit, Auditor};
use engine::dataset::{
    CleaningSurvey, DatasetExport, DatasetReader, DatasetSummary, ReadDataset, SurveyedCleaning,
};
use engine::errors::{FinderError, SliceFinder, SlicesFound};
use engine::features::{Corpus, FeatureError, count, encode_terms};
use engine::intake::{Intake, TakenIn};
use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, HeldOut};
use engine::table::{
    DETECT_BYTES, FileError, TableScan, TableSummary, detect_format, detect_format_of_texts,
};

use crate::records::encode_records;
use crate::request::{
    AuditChunk, BlobRef, ExportChunk, ExportOutput, IntakeChunk, IntakeOutput, JobError, Pass, ReadChunk,
    ScanChunk, Session, SliceChunk, SurveyChunk,
};

/// Where a pass stands, and what it has gathered.
pub(crate) struct OpenPass<P> {
    session: Session,
    pub(crate) next_byte: u64,
    pub(crate) gathered: P,
}

/// A read file: reviews counted, and what became of its rows.
pub(crate) struct CountedFile {
    pub corpus: Corpus,
    /// The encoded row numbers.
    pub records: Vec<u8>,
    pub summary: DatasetSummary,
}

/// Takes the next chunk of a first pass.
pub(crate) fn scan(
    open: &mut Option<OpenPass<TableScan>>,
    job: &ScanChunk,
    chunk: &[u8],
) -> Result<Pass<TableSummary>, JobError> {
    let begin = || {
        if let Some(format) = &job.format {
            return TableScan::chosen(format, job.total_bytes);
        }
        let head = &chunk[..chunk.len().min(DETECT_BYTES)];
        if job.of_texts {
            let format = detect_format_of_texts(head, job.total_bytes)?;
            return TableScan::new(&format, job.total_bytes).map(TableScan::of_texts);
        }
        let format = detect_format(head, job.total_bytes)?;
        TableScan::new(&format, job.total_bytes)
    };
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_rows();
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    pass.gathered.finish().map(Pass::Done).map_err(JobError::File)
}

/// Takes the next chunk of a second pass.
pub(crate) fn read(
    open: &mut Option<OpenPass<DatasetReader>>,
    job: &ReadChunk,
    chunk: &[u8],
) -> Result<Pass<CountedFile>, JobError> {
    let mut pass = continued(open.take(), (job.session, job.offset), || DatasetReader::new(&job.recipe))?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_docs() as u64;
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    let ReadDataset { docs, summary } = pass.gathered.finish().map_err(JobError::File)?;
    let n_classes = u8::try_from(job.recipe.mapping.classes.len()).unwrap_or(u8::MAX);
    let records = encode_records(&docs.records);
    let corpus = count(docs, n_classes, &job.counting).map_err(not_counted)?;
    Ok(Pass::Done(CountedFile { corpus, records, summary }))
}

/// Takes the next chunk of a pass that looks for what is wrong.
pub(crate) fn audit(
    open: &mut Option<OpenPass<Auditor>>,
    job: &AuditChunk,
    chunk: &[u8],
) -> Result<Pass<Audit>, JobError> {
    let mut pass = continued(open.take(), (job.session, job.offset), || Auditor::new(&job.recipe))?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_docs() as u64;
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    let audited = pass.gathered.finish().map_err(JobError::File)?;
    Ok(Pass::Done(match &job.pipeline {
        Some(pipeline) => audited.report_scored(&job.split, pipeline),
        None => audited.report(&job.split, None),
    }))
}

/// Takes the next chunk of a pass that looks at cleaning steps.
pub(crate) fn survey(
    open: &mut Option<OpenPass<CleaningSurvey>>,
    job: &SurveyChunk,
    chunk: &[u8],
) -> Result<Pass<SurveyedCleaning>, JobError> {
    let mut pass = continued(open.take(), (job.session, job.offset), || CleaningSurvey::new(&job.recipe))?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_reviews();
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    pass.gathered.finish().map(Pass::Done).map_err(JobError::File)
}

/// Slices, encoded row numbers, and the reviews of the kind that is listed.
pub(crate) type SlicesRead = (SlicesFound, Vec<u8>, Vec<u32>);

/// Takes the next chunk of a pass that looks for kinds of reviews in which a fit is worse; the encoded row numbers at
/// its end, and the reviews of a kind. `fit`: read where the pass begins.
pub(crate) fn slices(
    open: &mut Option<OpenPass<SliceFinder>>,
    job: &SliceChunk,
    chunk: &[u8],
    fit: impl FnOnce() -> Result<(FittedPipeline, HeldOut), JobError>,
) -> Result<Pass<SlicesRead>, JobError> {
    let fit = if job.offset == 0 { Some(fit()?) } else { None };
    let begin = || {
        let (pipeline, held_out) = fit.expect("a pass begins at byte 0");
        Ok(SliceFinder::new(&job.recipe, &pipeline, &held_out)?.listing(job.list.clone()))
    };
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_docs() as u64;
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    let (found, records, listed) = pass.gathered.finish().map_err(|error| match error {
        FinderError::File(error) => JobError::File(error),
        error @ FinderError::OtherReviews { .. } => JobError::CannotFit { reason: error.to_string() },
    })?;
    Ok(Pass::Done((found, encode_records(&records), listed)))
}

/// Bytes of a table under their hash.
pub(crate) type NamedBytes = (ContentHash, Vec<u8>);

/// Files on their way to one table, and the bytes of it that were handed on.
pub(crate) struct OpenIntake {
    intake: Intake,
    parts: Vec<BlobRef>,
}

/// Takes the next chunk of files that are to become one table; the bytes that came out of it.
pub(crate) fn take_in(
    open: &mut Option<OpenPass<OpenIntake>>,
    job: &IntakeChunk,
    chunk: &[u8],
) -> Result<(Pass<IntakeOutput>, Vec<NamedBytes>), JobError> {
    let begin = || Ok(OpenIntake { intake: Intake::new(&job.files, job.join)?, parts: Vec::new() });
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    let OpenIntake { intake, parts } = &mut pass.gathered;
    intake.push(chunk).map_err(JobError::File)?;
    let mut blobs: Vec<NamedBytes> = Vec::new();
    blobs.extend(kept(intake.take_bytes(), parts, usize::MAX));
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = intake.n_rows();
        *open = Some(pass);
        return Ok((Pass::Reading { n_rows }, blobs));
    }
    let OpenIntake { intake, mut parts } = pass.gathered;
    let TakenIn { head, rest, tables, hashes } = intake.finish().map_err(JobError::File)?;
    blobs.extend(kept(rest, &mut parts, usize::MAX));
    blobs.extend(kept(head, &mut parts, 0));
    Ok((Pass::Done(IntakeOutput { parts, tables, hashes }), blobs))
}

/// Reviews on their way to a table of their own, and the bytes of it that were handed on.
pub(crate) struct OpenExport {
    export: DatasetExport,
    parts: Vec<BlobRef>,
}

/// Takes the next chunk of a file whose reviews are written as a table; the bytes that came out of it.
pub(crate) fn export(
    open: &mut Option<OpenPass<OpenExport>>,
    job: &ExportChunk,
    chunk: &[u8],
) -> Result<(Pass<ExportOutput>, Vec<NamedBytes>), JobError> {
    let begin = || Ok(OpenExport { export: DatasetExport::new(&job.recipe)?, parts: Vec::new() });
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    let OpenExport { export, parts } = &mut pass.gathered;
    let written = export.push(chunk).map_err(JobError::File)?;
    let mut blobs: Vec<NamedBytes> = Vec::new();
    blobs.extend(kept(written, parts, usize::MAX));
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = export.n_docs() as u64;
        *open = Some(pass);
        return Ok((Pass::Reading { n_rows }, blobs));
    }
    let OpenExport { export, mut parts } = pass.gathered;
    let rest = export.finish().map_err(JobError::File)?;
    blobs.extend(kept(rest, &mut parts, usize::MAX));
    Ok((Pass::Done(ExportOutput { parts }), blobs))
}

/// Notes bytes of a table at a place among its parts; nothing where there are none.
pub(crate) fn kept(bytes: Vec<u8>, parts: &mut Vec<BlobRef>, place: usize) -> Option<NamedBytes> {
    if bytes.is_empty() {
        return None;
    }
    let hash = ContentHash::of(&bytes);
    let part = BlobRef { hash, n_bytes: bytes.len() as u64 };
    parts.insert(place.min(parts.len()), part);
    Some((hash, bytes))
}

pub(crate) fn continued<P>(
    open: Option<OpenPass<P>>,
    (session, offset): (Session, u64),
    begin: impl FnOnce() -> Result<P, FileError>,
) -> Result<OpenPass<P>, JobError> {
    if offset == 0 {
        return Ok(OpenPass { session, next_byte: 0, gathered: begin().map_err(JobError::File)? });
    }
    let expected = open.as_ref().filter(|open| open.session == session).map_or(0, |open| open.next_byte);
    open.filter(|_| expected == offset).ok_or(JobError::OutOfOrder { expected, found: offset })
}

/// What a person can mend by another file is said of the file.
fn not_counted(error: FeatureError) -> JobError {
    match error {
        FeatureError::TooManyTerms { most } => {
            JobError::File(FileError::TooManyTerms { most: u64::from(most) })
        }
        FeatureError::TooManyDocs { found, most } => {
            JobError::File(FileError::TooManyRows { n_rows: found, most })
        }
        error => JobError::CannotFit { reason: error.to_string() },
    }
}

/// A corpus's two blobs.
pub(crate) fn encoded(corpus: &Corpus) -> [Vec<u8>; 2] {
    [corpus.counts.to_bytes(), encode_terms(&corpus.terms)]
}

#[cfg(test)]
mod tests {
    use engine::features::{MAX_DOCS, MAX_TERMS};

    use super::*;

    #[test]
    fn a_file_of_too_much_says_so_itself() {
        let most = u64::from(MAX_DOCS);
        let of_rows = not_counted(FeatureError::TooManyDocs { found: most + 1, most });
        assert_eq!(of_rows, JobError::File(FileError::TooManyRows { n_rows: most + 1, most }));
        let of_terms = not_counted(FeatureError::TooManyTerms { most: MAX_TERMS });
        assert_eq!(of_terms, JobError::File(FileError::TooManyTerms { most: u64::from(MAX_TERMS) }));
    }
}
