//! The passes there are: what each asks of a worker, and what it gives.

use engine::audit::Audit;
use engine::dataset::{DatasetRecipe, SurveyedCleaning};
use engine::errors::SliceKind;
use engine::features::Counting;
use engine::intake::{Given, Join};
use engine::num::ContentHash;
use engine::pipeline::PipelineSpec;
use engine::split::SplitSpec;
use engine::table::{TableFormat, TableSummary};
use jobs::{
    Answer, AuditChunk, ExportChunk, ExportOutput, FitBlobs, IntakeChunk, IntakeOutput, Job, OtherJobsAnswer,
    Pass, PredictChunk, PredictFile, PredictOutput, ReadChunk, ReadOutput, Request, Rescore, RescoreChunk,
    RescoreOutput, ScanChunk, Session, SimilarChunk, SimilarOutput, SliceChunk, SlicesOutput, SurveyChunk,
};

use super::PassJob;

/// The first pass: format, columns, hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// How the file is read, where a person has chosen that; else it is found out.
    pub format: Option<TableFormat>,
    /// Texts alone do: it may have one column.
    pub of_texts: bool,
}

impl PassJob for Scan {
    type Output = TableSummary;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        let Self { format, of_texts } = self.clone();
        ScanChunk { session, offset, total_bytes, format, of_texts }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<TableSummary>, OtherJobsAnswer> {
        <ScanChunk as Job>::Output::try_from(answer)
    }
}

/// The second pass: labelled, cleaned, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// What is counted (`StudySpec::counting`).
    pub counting: Counting,
}

impl PassJob for Read {
    type Output = ReadOutput;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        ReadChunk {
            session,
            offset,
            total_bytes,
            recipe: self.recipe.clone(),
            counting: self.counting.clone(),
        }
        .into()
    }

    fn answer(answer: Answer) -> Result<Pass<ReadOutput>, OtherJobsAnswer> {
        <ReadChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that looks for what is wrong with the file.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditFile {
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// How its rows are to be parted.
    pub split: SplitSpec,
    /// Whose held-out predictions show what findings do to the score.
    pub pipeline: Option<PipelineSpec>,
}

impl PassJob for AuditFile {
    type Output = Audit;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        AuditChunk {
            session,
            offset,
            total_bytes,
            recipe: self.recipe.clone(),
            split: self.split.clone(),
            pipeline: self.pipeline.clone(),
        }
        .into()
    }

    fn answer(answer: Answer) -> Result<Pass<Audit>, OtherJobsAnswer> {
        <AuditChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that looks at what each cleaning step changes.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyCleaning {
    /// How the file is read.
    pub recipe: DatasetRecipe,
}

impl PassJob for SurveyCleaning {
    type Output = SurveyedCleaning;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        SurveyChunk { session, offset, total_bytes, recipe: self.recipe.clone() }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<SurveyedCleaning>, OtherJobsAnswer> {
        <SurveyChunk as Job>::Output::try_from(answer)
    }
}

/// A pass over files that are to become one table.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeIn {
    /// The files, in the order of their bytes.
    pub files: Vec<Given>,
    /// How the table comes out.
    pub join: Join,
}

impl PassJob for TakeIn {
    type Output = IntakeOutput;

    // Unpacked they are up to a thousand times as long, and an answer holds all that comes out of a chunk.
    const CHUNK_BYTES: u64 = 128 * 1024;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        IntakeChunk { session, offset, total_bytes, files: self.files.clone(), join: self.join }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<IntakeOutput>, OtherJobsAnswer> {
        <IntakeChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that writes a file's reviews as a table of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// How the file is read.
    pub recipe: DatasetRecipe,
}

impl PassJob for Export {
    type Output = ExportOutput;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        ExportChunk { session, offset, total_bytes, recipe: self.recipe.clone() }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<ExportOutput>, OtherJobsAnswer> {
        <ExportChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that answers every row of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRows {
    /// By what, and how the rows come out.
    pub answers: PredictFile,
}

impl PassJob for AnswerRows {
    type Output = PredictOutput;

    // A row takes longer to answer than to read: smaller chunks say sooner how long it will take.
    const CHUNK_BYTES: u64 = 256 * 1024;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        PredictChunk { session, offset, total_bytes, answers: self.answers.clone() }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<PredictOutput>, OtherJobsAnswer> {
        <PredictChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that looks for reviews like a text.
#[derive(Clone, Debug, PartialEq)]
pub struct FindSimilar {
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// The encoded pipeline that weighs terms.
    pub pipeline: ContentHash,
    /// What they are to be like.
    pub text: String,
    /// The encoded `HeldOut` of the test rows, which are left out; none where nobody knows which they are.
    pub test: Option<ContentHash>,
}

impl PassJob for FindSimilar {
    type Output = SimilarOutput;

    const CHUNK_BYTES: u64 = 512 * 1024;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        SimilarChunk {
            session,
            offset,
            total_bytes,
            recipe: self.recipe.clone(),
            pipeline: self.pipeline,
            text: self.text.clone(),
            test: self.test,
        }
        .into()
    }

    fn answer(answer: Answer) -> Result<Pass<SimilarOutput>, OtherJobsAnswer> {
        <SimilarChunk as Job>::Output::try_from(answer)
    }
}

/// A pass that looks for kinds of reviews in which a fit is worse than in others.
#[derive(Clone, Debug, PartialEq)]
pub struct FindSlices {
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// Whose answers.
    pub fit: FitBlobs,
    /// The kind whose reviews are listed, if any is, and how many at most.
    pub list: Option<(SliceKind, u32)>,
}

impl PassJob for FindSlices {
    type Output = SlicesOutput;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        let Self { recipe, fit, list } = self.clone();
        let (list, n_most) = list.map_or((None, 0), |(kind, n_most)| (Some(kind), n_most));
        SliceChunk { session, offset, total_bytes, recipe, fit, list, n_most }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<SlicesOutput>, OtherJobsAnswer> {
        <SliceChunk as Job>::Output::try_from(answer)
    }
}

/// A pass in which a model answers reviews that were held out from another.
#[derive(Clone, Debug, PartialEq)]
pub struct RescoreRows {
    /// Which, and by whom.
    pub answers: Rescore,
}

impl PassJob for RescoreRows {
    type Output = RescoreOutput;

    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request {
        RescoreChunk { session, offset, total_bytes, rescore: self.answers.clone() }.into()
    }

    fn answer(answer: Answer) -> Result<Pass<RescoreOutput>, OtherJobsAnswer> {
        <RescoreChunk as Job>::Output::try_from(answer)
    }
}
