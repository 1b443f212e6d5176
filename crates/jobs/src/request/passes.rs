//! The jobs of passes over files: a chunk each, in order.

use engine::dataset::{DatasetRecipe, DatasetSummary};
use engine::features::Counting;
use engine::intake::{FoundTable, Given, Join};
use engine::num::ContentHash;
use engine::pipeline::{FileColumns, OutputKind, PipelineSpec, SimilarReview};
use engine::split::SplitSpec;
use engine::table::TableFormat;
use json::{FromJson, ToJson};
use watch::tally::Tally;

use super::BlobRef;

/// Chunks of one pass over one file; all of a session's jobs go to one worker, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToJson, FromJson)]
#[serde(transparent)]
pub struct Session(pub u64);

/// The next chunk of the first pass over a file: find format, columns, hash. Its bytes are the job's input.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ScanChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How it is read, where a person has chosen that; else it is found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<TableFormat>,
    /// Texts alone do: it may have one column.
    #[serde(default)]
    pub of_texts: bool,
}

/// The next chunk of the second pass: read by a recipe into counts. Its bytes are the job's input.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ReadChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// What is counted.
    pub counting: Counting,
}

/// The next chunk of a pass that looks for what is wrong with a file. Its bytes are the job's input.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct AuditChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// How its rows are to be parted.
    pub split: SplitSpec,
    /// Whose held-out predictions show effects and label errors; none are shown without it.
    pub pipeline: Option<PipelineSpec>,
}

/// The next chunk of a pass that looks at what each cleaning step of a recipe changes. Its bytes are the job's input.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SurveyChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
}

/// The next chunk of files that are to become one table. Its bytes, of one file after another, are the job's input;
/// the answer's blobs are bytes of the table.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct IntakeChunk {
    /// Which pass over which files.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of all files together.
    pub total_bytes: u64,
    /// The files, in the order of their bytes.
    pub files: Vec<Given>,
    /// How the table comes out.
    pub join: Join,
}

/// The table that files have become.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct IntakeOutput {
    /// Its bytes, in order; blobs of this and earlier answers of the pass, kept by the executor.
    pub parts: Vec<BlobRef>,
    /// What it was made of.
    pub tables: Vec<FoundTable>,
    /// SHA-256 of each file.
    pub hashes: Vec<ContentHash>,
}

/// The next chunk of a file whose reviews are to be written as a table of their own. Its bytes are the job's input; the
/// answer's blobs are bytes of that table.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ExportChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
}

/// The table that a file's reviews were written to.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ExportOutput {
    /// Its bytes, in order; blobs of this and earlier answers of the pass, kept by the executor.
    pub parts: Vec<BlobRef>,
}

/// The next chunk of a file whose rows are to be answered. Its bytes are the job's input; the answer's blobs are bytes of
/// the same table with the answers beside its rows, and of the rows that are kept.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct PredictChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// What answers.
    pub answers: PredictFile,
}

/// How the rows of a file are answered.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct PredictFile {
    /// The encoded `FittedPipeline`.
    pub pipeline: ContentHash,
    /// Which columns are what.
    pub columns: FileColumns,
    /// How the rows come out.
    pub kind: OutputKind,
    /// Whether the answers are gathered to be kept, and if so with the texts or with their hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_texts: Option<bool>,
}

/// What answering a file gave.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct PredictOutput {
    /// The bytes of the table that came out, in order; blobs of this and earlier answers of the pass.
    pub parts: Vec<BlobRef>,
    /// Likewise of the rows to be kept (`watch::rows`), where that was asked for.
    pub kept_parts: Vec<BlobRef>,
    /// SHA-256 and size of all `kept_parts` together.
    pub kept: Option<BlobRef>,
    /// What the answers add up to.
    pub tally: Tally,
    /// Rows that could not be read and are left out.
    pub n_unreadable: u64,
}

/// The next chunk of the file a model learned from, in which reviews like a text are looked for. Its bytes are the job's
/// input.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SimilarChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// The encoded `FittedPipeline`.
    pub pipeline: ContentHash,
    /// What they are to be like.
    pub text: String,
    /// The encoded `HeldOut` of the test rows, which are left out; none where nobody knows which they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<ContentHash>,
}

/// The reviews most like a text.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct SimilarOutput {
    /// Most similar first.
    pub reviews: Vec<SimilarReview>,
    /// Reviews that were looked at.
    pub n_reviews: u64,
    /// Test reviews that were left out; none where nobody knows which they are.
    pub n_left_out: Option<u64>,
}

/// The next chunk of a file whose held-out reviews another model answers, too. Its bytes are the job's input; the last
/// answer's blobs are what both models say of them.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct RescoreChunk {
    /// Which pass over which file.
    pub session: Session,
    /// Where the chunk begins; 0 begins the pass anew.
    pub offset: u64,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// What is answered, by whom.
    pub rescore: Rescore,
}

/// Which reviews of a file a model answers.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct Rescore {
    /// How the file is read.
    pub recipe: DatasetRecipe,
    /// The encoded `HeldOut` scores of the model that they were held out from.
    pub held_out: ContentHash,
    /// The encoded `FittedPipeline` of the other.
    pub pipeline: ContentHash,
    /// What the other has learned from, where that is stored: reviews that are in it are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<LearnedFrom>,
}

/// What a model has learned from.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct LearnedFrom {
    /// The file. Where an executor does not have it, nothing is left out, and the answer says so.
    pub file: ContentHash,
    /// How it was read.
    pub recipe: DatasetRecipe,
    /// The encoded `HeldOut` scores of the reviews that tested the model: it has not learned from these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<ContentHash>,
}

impl LearnedFrom {
    /// Blobs that tell.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = ContentHash> + use<> {
        std::iter::once(self.file).chain(self.tested)
    }
}

/// What two models say of the same reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct RescoreOutput {
    /// The encoded `HeldOut` scores of the one that they were held out from.
    pub own: BlobRef,
    /// Those of the other, of the same reviews.
    pub other: BlobRef,
    /// Reviews that both answered.
    pub n_rows: u64,
    /// Reviews that are left out because the other has learned from them.
    pub n_learned: u64,
    /// Whether it is known what the other has learned from.
    pub is_known: bool,
}

/// How far a pass over a file has come.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)]
pub enum Pass<T> {
    /// More chunks are needed.
    Reading {
        /// Rows so far.
        n_rows: u64,
    },
    /// That was the last.
    Done(T),
}

/// What reading a file by its recipe gave. The blobs are counts and terms (`engine::features`).
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ReadOutput {
    /// Rows, classes, issues.
    pub summary: DatasetSummary,
    /// The encoded `Counts`, kept by the executor.
    pub counts: BlobRef,
    /// The encoded terms, kept by the executor.
    pub terms: BlobRef,
    /// The row number of each review (`decode_records`), kept by the executor.
    pub records: BlobRef,
    /// Distinct terms counted.
    pub n_terms: u32,
}
