//! Passes over a file with a fitted pipeline: every row answered, and the reviews like a text found.

use engine::dataset::LabelId;
use engine::num::ContentHasher;
use engine::pipeline::{AnsweredRow, FileAnswers, FittedPipeline, HeldOut, SimilarReviews};
use engine::table::FileError;
use watch::rows::RowsBlock;
use watch::tally::Counter;

use crate::file_pass::{NamedBytes, OpenPass, continued, kept};
use crate::request::{BlobRef, JobError, Pass, PredictChunk, PredictOutput, SimilarChunk, SimilarOutput};

/// A file whose rows are being answered.
pub(crate) struct OpenAnswers {
    answers: FileAnswers,
    taken: Taken,
}

/// What was taken note of, and the bytes that were handed on.
struct Taken {
    counter: Counter,
    block: Option<RowsBlock>,
    parts: Vec<BlobRef>,
    kept_parts: Vec<BlobRef>,
    hasher: ContentHasher,
}

impl OpenAnswers {
    fn new(job: &PredictChunk, pipeline: FittedPipeline) -> Result<Self, FileError> {
        let file = &job.answers;
        let labels = pipeline.labels.clone();
        let has_truth = file.columns.label.is_some();
        let block = |keep_texts| RowsBlock::new(labels.len(), keep_texts, has_truth);
        let taken = Taken {
            counter: Counter::new(&labels),
            block: file.keep_texts.map(block),
            parts: Vec::new(),
            kept_parts: Vec::new(),
            hasher: ContentHasher::default(),
        };
        Ok(Self { taken, answers: FileAnswers::new(&file.columns, pipeline, file.kind)? })
    }
}

impl Taken {
    fn count(&mut self, row: AnsweredRow<'_>) {
        let Some((text, answer)) = row.answered else { return self.counter.skip() };
        self.counter.push(answer, row.group, row.truth);
        if let Some(block) = &mut self.block {
            block.push(row.record, text, answer, row.truth.flatten().map(|LabelId(class)| class));
        }
    }

    /// Notes what came out and what is to be kept of it.
    fn hand_on(&mut self, written: Vec<u8>) -> Vec<NamedBytes> {
        let mut blobs: Vec<NamedBytes> = kept(written, &mut self.parts, usize::MAX).into_iter().collect();
        if let Some(block) = &mut self.block {
            let bytes = block.take_bytes();
            self.hasher.update(&bytes);
            blobs.extend(kept(bytes, &mut self.kept_parts, usize::MAX));
        }
        blobs
    }

    fn output(self, n_unreadable: u64) -> PredictOutput {
        let n_bytes = self.kept_parts.iter().map(|part| part.n_bytes).sum();
        let hash = self.hasher.finish();
        PredictOutput {
            parts: self.parts,
            kept_parts: self.kept_parts,
            kept: self.block.map(|_| BlobRef { hash, n_bytes }),
            tally: self.counter.finish(),
            n_unreadable,
        }
    }
}

/// Takes the next chunk of a file whose rows are answered; the bytes that came out of it. `pipeline` is needed where
/// the pass begins.
pub(crate) fn answer(
    open: &mut Option<OpenPass<OpenAnswers>>,
    job: &PredictChunk,
    pipeline: Option<FittedPipeline>,
    chunk: &[u8],
) -> Result<(Pass<PredictOutput>, Vec<NamedBytes>), JobError> {
    let begin = || OpenAnswers::new(job, pipeline.expect("a pass that begins has its pipeline"));
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    let OpenAnswers { answers, taken } = &mut pass.gathered;
    let written = answers.push(chunk, &mut |row| taken.count(row)).map_err(JobError::File)?;
    let mut blobs = taken.hand_on(written);
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = taken.counter.n_rows();
        *open = Some(pass);
        return Ok((Pass::Reading { n_rows }, blobs));
    }
    let OpenAnswers { answers, mut taken } = pass.gathered;
    let (rest, n_unreadable) = answers.finish(&mut |row| taken.count(row)).map_err(JobError::File)?;
    blobs.extend(taken.hand_on(rest));
    Ok((Pass::Done(taken.output(n_unreadable)), blobs))
}

/// Takes the next chunk of a file in which reviews like a text are looked for; those of the test part, where it is
/// known, are left out.
pub(crate) fn similar(
    open: &mut Option<OpenPass<SimilarReviews>>,
    job: &SimilarChunk,
    (pipeline, test): (Option<FittedPipeline>, Option<HeldOut>),
    chunk: &[u8],
) -> Result<Pass<SimilarOutput>, JobError> {
    let begin = || {
        let pipeline = pipeline.expect("a pass that begins has its pipeline");
        let search = SimilarReviews::new(&job.recipe, pipeline, &job.text)?;
        Ok(match test {
            Some(test) => search.leaving_out(test.docs),
            None => search,
        })
    };
    let mut pass = continued(open.take(), (job.session, job.offset), begin)?;
    pass.gathered.push(chunk).map_err(JobError::File)?;
    pass.next_byte += chunk.len() as u64;
    if pass.next_byte < job.total_bytes {
        let n_rows = pass.gathered.n_docs() as u64;
        *open = Some(pass);
        return Ok(Pass::Reading { n_rows });
    }
    let n_seen = pass.gathered.n_docs() as u64;
    let (reviews, n_left_out) = pass.gathered.finish().map_err(JobError::File)?;
    let n_reviews = n_seen - n_left_out;
    Ok(Pass::Done(SimilarOutput { reviews, n_reviews, n_left_out: job.test.map(|_| n_left_out) }))
}
