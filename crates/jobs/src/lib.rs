//! What a worker can be asked: one struct per job, its answer's type, and `run`.
//!
//! The web worker and the terminal's threads call the same `Worker::run`. A worker holds caches only:
//! kill it at any time and nothing but its job is repeated. Large values (counts, terms, pipelines)
//! travel beside the message as bytes under their hash, each worker getting each of them once.

mod request;
mod classes;
mod codec;
mod blobs;
mod records;
mod file_pass;
mod answered_file;
mod judge;
mod rescored;
mod drift;
mod exported;
mod worker;
mod trials;
mod questions;
mod labels;
mod fits;
mod warm_up;

pub use blobs::SharedBlob;
pub use classes::check_classes;
pub use codec::{WireError, decode_answer, decode_request, encode_answer, encode_request};
pub use fits::MAX_CURVE_POINTS;
pub use records::{decode_records, encode_records};
pub use request::{
    AdvanceStudy, Answer, AuditChunk, BlobRef, Calibrated, ChangedRow, CheckDrift, CheckExport, CompareFits,
    DescribeData, DriftChecked, ExportChunk, ExportMade, ExportOutput, FinalFitOutput, FitBlobs, FitFinal,
    FitsCompared, GuessOutput, HISTORY_CHUNK, HeldOutOutput, IntakeChunk, IntakeOutput, Job, JobError,
    JudgeLabels, LabelsOutput, LearnFromShare, LearnedFrom, ListRows, LuckOutput, MakeExport,
    MeasureGuessing, MeasureHeldOut, MeasureLuck, OtherJobsAnswer, Pass, PredictChunk, PredictFile,
    PredictOutput, ReadChunk, ReadOutput, ReportDrift, Request, Rescore, RescoreChunk, RescoreOutput,
    ScanChunk, Session, SimilarChunk, SimilarOutput, SliceChunk, SlicesOutput, StudyAdvance, SurveyChunk,
    Suspect,
};
pub use warm_up::WarmUp;
pub use worker::{Answered, Blob, Worker};
