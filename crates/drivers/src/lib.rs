//! Long work as pure state machines: they say what to do next and are told what happened.
//!
//! The page pumps them with web workers and IndexedDB, the terminal with threads and a project file,
//! tests with a scripted executor. The records they make depend on spec, data and seed alone, never on
//! which worker answered first.

mod protocol;
mod pass;
mod audit;
mod summary;
mod luck_tags;
mod records;
mod optuna;
mod again;
mod worked;
mod outbox;
mod status;
mod study;
mod questions;
mod flow_run;

pub use again::{Again, AgainError, Difference};
pub use audit::{AuditDriver, SESSIONS_PER_AUDIT};
pub use flow_run::{
    FLOW_RUN_TAG, FlowDriver, FlowPlan, FlowRunError, FlowStatus, HEARTBEAT_MS, MAX_KEPT_COUNTS_BYTES,
    RunsNeeded, blobs_of, study_run_id,
};
pub use luck_tags::{LUCK_TAG, luck_of_tags, luck_tags};
pub use optuna::{ForeignStudy, TakenError, TakenStudies, optuna_studies, taken_studies};
pub use pass::{
    AnswerRows, AnswersDriver, AuditFile, CHUNK_BYTES, Export, ExportDriver, FindSimilar, FindSlices,
    IntakeDriver, MAX_CHUNKS_AHEAD, MAX_RESTARTS, PassDriver, PassError, PassJob, PassProgress, Read,
    ReadDriver, SESSIONS_PER_PASS, Scan, ScanDriver, SimilarDriver, SlicesDriver, SurveyCleaning,
    SurveyDriver, TakeIn,
};
pub use protocol::{Command, Driver, Event, Input, Ticket};
pub use questions::{QuestionDriver, QuestionError};
pub use records::{
    BEST_FIT_TAG, ENDED_TAG, GUESS_CV, GUESS_STD, GUESS_TEST, OWNER_TAG, Said, StudyPlan, trial_of,
};
pub use status::{BestTrial, SearchStatus, StudyPhase, StudyStatus};
pub use study::{MAX_LOSSES, SLICE_MS, StudyDriver, StudyError, early_ends};
pub use summary::{
    CvMetric, DataSummary, FitSummary, Guess, ModelSummary, SUMMARY_SCHEMA, StudySummary, best_fit,
    plain_words, words,
};
pub use worked::{LONGEST_PAUSE_MS, saved_ms, worked_ms};
