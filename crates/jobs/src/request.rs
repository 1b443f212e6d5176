//! The jobs and their answers, and the tagged forms they have on the wire.

use engine::audit::Audit;
use engine::dataset::SurveyedCleaning;
use engine::describe::Description;
use engine::errors::Picked;
use engine::metrics::{F1Interval, IntervalSpec, Metrics};
use engine::num::ContentHash;
use engine::pipeline::{Coverage, DecisionSpec, PipelineSpec};
use engine::split::SplitSpec;
use engine::table::TableSummary;
use engine::tune::{LearningPoint, SearchEnd, StudySpec, Trial};
use export::Parity;
use json::{FromJson, ToJson};
use thiserror::Error;
use watch::report::DriftReport;

mod drift;
mod error;
mod exports;
mod fits;
mod labels;
mod passes;
mod questions;
mod needs;

pub use self::drift::{CheckDrift, DriftChecked, ReportDrift};
pub use self::error::JobError;
pub use self::exports::{CheckExport, ExportMade, MakeExport};
pub use self::fits::{
    Calibrated, ChangedRow, CompareFits, FitBlobs, FitsCompared, HeldOutOutput, ListRows, MeasureHeldOut,
    SliceChunk, SlicesOutput,
};
pub use self::labels::{JudgeLabels, LabelsOutput, Suspect};
pub use self::passes::{
    AuditChunk, ExportChunk, ExportOutput, IntakeChunk, IntakeOutput, LearnedFrom, Pass, PredictChunk,
    PredictFile, PredictOutput, ReadChunk, ReadOutput, Rescore, RescoreChunk, RescoreOutput, ScanChunk,
    Session, SimilarChunk, SimilarOutput, SurveyChunk,
};
pub use self::questions::{GuessOutput, LearnFromShare, LuckOutput, MeasureGuessing, MeasureLuck};

/// A job and the type of its answer.
pub trait Job: Into<Request> {
    /// What it answers.
    type Output: TryFrom<Answer, Error = OtherJobsAnswer>;
}

/// An answer to another job than the one that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the answer belongs to another job")]
pub struct OtherJobsAnswer;

/// Says what a job is on the wire and which answer is its own.
macro_rules! jobs {
    ($($job:ident => $answer:ident($output:ty)),* $(,)?) => {$(
        impl Job for $job {
            type Output = $output;
        }

        impl From<$job> for Request {
            fn from(job: $job) -> Self {
                Self::$job(job)
            }
        }

        impl TryFrom<Answer> for $output {
            type Error = OtherJobsAnswer;

            fn try_from(answer: Answer) -> Result<Self, OtherJobsAnswer> {
                match answer {
                    Answer::$answer(output) => Ok(output),
                    _ => Err(OtherJobsAnswer),
                }
            }
        }

        impl From<$output> for Answer {
            fn from(output: $output) -> Self {
                Self::$answer(output)
            }
        }
    )*};
}

jobs! {
    ScanChunk => Scan(Pass<TableSummary>),
    ReadChunk => Read(Pass<ReadOutput>),
    AuditChunk => Audit(Pass<Audit>),
    SurveyChunk => Survey(Pass<SurveyedCleaning>),
    IntakeChunk => TakenIn(Pass<IntakeOutput>),
    ExportChunk => Exported(Pass<ExportOutput>),
    PredictChunk => Predicted(Pass<PredictOutput>),
    SimilarChunk => Similar(Pass<SimilarOutput>),
    AdvanceStudy => Study(StudyAdvance),
    FitFinal => Fit(FinalFitOutput),
    LearnFromShare => Learned(LearningPoint),
    MeasureLuck => Luck(LuckOutput),
    MeasureGuessing => Guessed(GuessOutput),
    JudgeLabels => Labels(LabelsOutput),
    DescribeData => Described(Description),
    MeasureHeldOut => HeldOut(HeldOutOutput),
    CompareFits => Compared(FitsCompared),
    ListRows => Rows(Picked),
    SliceChunk => Sliced(Pass<SlicesOutput>),
    RescoreChunk => Rescored(Pass<RescoreOutput>),
    CheckDrift => Drifted(DriftChecked),
    ReportDrift => Reported(DriftReport),
    MakeExport => Made(ExportMade),
    CheckExport => Checked(Parity),
}

/// Bytes that an executor keeps for later jobs and writes to the store when told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct BlobRef {
    /// Their SHA-256.
    pub hash: ContentHash,
    /// Their number.
    pub n_bytes: u64,
}

/// Trials in one blob of a search's history.
pub const HISTORY_CHUNK: usize = 100;

/// Some milliseconds of trials of one search, all folds of each together.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct AdvanceStudy {
    /// The counts to learn from, those of `StudySpec::corpora` in order.
    pub counts: Vec<ContentHash>,
    /// The study.
    pub study: StudySpec,
    /// Which of its searches.
    pub search: usize,
    /// The finished trials of that search from the first on, in blobs of `HISTORY_CHUNK` each: the sampler's state
    /// follows from all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<ContentHash>,
    /// Those that follow, in order.
    pub finished: Vec<Trial>,
    /// Stop after the trial that passes this time. At least one trial is made.
    pub slice_ms: f64,
}

/// The trials made, in order.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct StudyAdvance {
    /// They follow the ones that were finished.
    pub trials: Vec<Trial>,
    /// Whole chunks of the history that no blob held yet, kept by the executor: the next jobs name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunks: Vec<BlobRef>,
    /// Why none can follow them, though fewer were made than were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<SearchEnd>,
}

/// Fit one setting on the training part, measure it on both parts.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct FitFinal {
    /// The counts to learn from.
    pub counts: ContentHash,
    /// The terms they count.
    pub terms: ContentHash,
    /// How reviews are parted.
    pub split: SplitSpec,
    /// What to fit.
    pub pipeline: PipelineSpec,
    /// Class names.
    pub labels: Vec<String>,
    /// How scores become answers.
    pub decision: DecisionSpec,
    /// How the interval of the test score is drawn.
    pub interval: IntervalSpec,
}

/// A fitted pipeline and its scores. The blobs are the saved pipeline, the held-out scores, the test scores and the profile.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct FinalFitOutput {
    /// The encoded `FittedPipeline`, kept by the executor.
    pub pipeline: BlobRef,
    /// The encoded `HeldOut` scores of the training rows, kept by the executor.
    pub out_of_fold: BlobRef,
    /// The encoded `HeldOut` scores of the test rows by the pipeline, kept by the executor.
    pub test_scores: BlobRef,
    /// What the reviews look like that it was measured on: `watch::profile::Profile` as JSON, kept by the executor.
    pub profile: BlobRef,
    /// Macro F1 of each fold at this setting.
    pub fold_f1_macro: Vec<f64>,
    /// On the training part.
    pub train: Metrics,
    /// On the test part.
    pub test: Metrics,
    /// On the training rows, each scored by the fit that did not see it, where a decision was learned from these
    /// rows: what it tuned, it tuned on them.
    pub held_out: Option<Metrics>,
    /// Macro F1 on the test part: where it might lie if other rows had been drawn.
    pub test_interval: Option<F1Interval>,
    /// How many test rows are answered, and how well.
    pub test_coverage: Coverage,
    /// For two classes: the second is predicted where its score is above this.
    pub threshold: f64,
    /// Terms in the vocabulary.
    pub n_terms: u32,
    /// Wall time of the fit alone, in milliseconds.
    pub fit_ms: f64,
    /// Milliseconds in which the pipeline answers to 1,000 reviews whose words are counted.
    pub predict_ms: f64,
    /// Macro F1 on the test part of always guessing the most frequent class.
    pub dummy_test_f1: f64,
}

/// Say what counted reviews look like.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct DescribeData {
    /// The counts.
    pub counts: ContentHash,
    /// The terms they count.
    pub terms: ContentHash,
}

/// Any job, as it crosses to a worker.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// First pass.
    ScanChunk(ScanChunk),
    /// Second pass.
    ReadChunk(ReadChunk),
    /// What is wrong with a file.
    AuditChunk(AuditChunk),
    /// What each cleaning step changes.
    SurveyChunk(SurveyChunk),
    /// Files that become one table.
    IntakeChunk(IntakeChunk),
    /// Reviews written as a table.
    ExportChunk(ExportChunk),
    /// Rows of a file answered.
    PredictChunk(PredictChunk),
    /// Reviews like a text.
    SimilarChunk(SimilarChunk),
    /// Trials.
    AdvanceStudy(AdvanceStudy),
    /// A final fit.
    FitFinal(FitFinal),
    /// A point of a learning curve.
    LearnFromShare(LearnFromShare),
    /// How much is luck.
    MeasureLuck(MeasureLuck),
    /// What guessing scores.
    MeasureGuessing(MeasureGuessing),
    /// Which labels are probably wrong.
    JudgeLabels(JudgeLabels),
    /// What reviews look like.
    DescribeData(DescribeData),
    /// How well a fit predicts rows that were held out.
    MeasureHeldOut(MeasureHeldOut),
    /// Where two fits differ.
    CompareFits(CompareFits),
    /// Rows with a fit's answers.
    ListRows(ListRows),
    /// In which reviews a fit is worse.
    SliceChunk(SliceChunk),
    /// Held-out reviews answered by another model.
    RescoreChunk(RescoreChunk),
    /// Whether reviews are of another kind.
    CheckDrift(CheckDrift),
    /// What there is to say of that.
    ReportDrift(ReportDrift),
    /// A model written for another tool.
    MakeExport(MakeExport),
    /// Whether what was written answers as the model.
    CheckExport(CheckExport),
}

/// Any answer, as it crosses back.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)]
pub enum Answer {
    /// To `ScanChunk`.
    Scan(Pass<TableSummary>),
    /// To `ReadChunk`.
    Read(Pass<ReadOutput>),
    /// To `AuditChunk`.
    Audit(Pass<Audit>),
    /// To `SurveyChunk`.
    Survey(Pass<SurveyedCleaning>),
    /// To `IntakeChunk`.
    TakenIn(Pass<IntakeOutput>),
    /// To `ExportChunk`.
    Exported(Pass<ExportOutput>),
    /// To `PredictChunk`.
    Predicted(Pass<PredictOutput>),
    /// To `SimilarChunk`.
    Similar(Pass<SimilarOutput>),
    /// To `AdvanceStudy`.
    Study(StudyAdvance),
    /// To `FitFinal`.
    Fit(FinalFitOutput),
    /// To `LearnFromShare`.
    Learned(LearningPoint),
    /// To `MeasureLuck`.
    Luck(LuckOutput),
    /// To `MeasureGuessing`.
    Guessed(GuessOutput),
    /// To `JudgeLabels`.
    Labels(LabelsOutput),
    /// To `DescribeData`.
    Described(Description),
    /// To `MeasureHeldOut`.
    HeldOut(HeldOutOutput),
    /// To `CompareFits`.
    Compared(FitsCompared),
    /// To `ListRows`.
    Rows(Picked),
    /// To `SliceChunk`.
    Sliced(Pass<SlicesOutput>),
    /// To `RescoreChunk`.
    Rescored(Pass<RescoreOutput>),
    /// To `CheckDrift`.
    Drifted(DriftChecked),
    /// To `ReportDrift`.
    Reported(DriftReport),
    /// To `MakeExport`.
    Made(ExportMade),
    /// To `CheckExport`.
    Checked(Parity),
}
