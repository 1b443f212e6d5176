//! Which pass over a file leaves its worker so large that another takes its place: memory of a worker never shrinks.

use jobs::{Answer, Pass, Request};

/// A pass over a file of more than this leaves a worker with memory it cannot give back: it is replaced.
const LARGE_PASS_BYTES: u64 = 32 << 20;

/// Whether this was the last answer of such a pass.
pub(super) fn is_done(request: &Request, answer: Option<&Answer>) -> bool {
    let total_bytes = match request {
        Request::ScanChunk(job) => job.total_bytes,
        Request::ReadChunk(job) => job.total_bytes,
        Request::AuditChunk(job) => job.total_bytes,
        Request::SurveyChunk(job) => job.total_bytes,
        Request::IntakeChunk(job) => job.total_bytes,
        Request::ExportChunk(job) => job.total_bytes,
        Request::PredictChunk(job) => job.total_bytes,
        Request::SimilarChunk(job) => job.total_bytes,
        Request::SliceChunk(job) => job.total_bytes,
        Request::RescoreChunk(job) => job.total_bytes,
        Request::AdvanceStudy(_)
        | Request::FitFinal(_)
        | Request::LearnFromShare(_)
        | Request::MeasureLuck(_)
        | Request::JudgeLabels(_)
        | Request::MeasureGuessing(_)
        | Request::DescribeData(_)
        | Request::MeasureHeldOut(_)
        | Request::CompareFits(_)
        | Request::ListRows(_)
        | Request::CheckDrift(_)
        | Request::ReportDrift(_)
        | Request::MakeExport(_)
        | Request::CheckExport(_) => 0,
    };
    let is_done = matches!(
        answer,
        Some(
            Answer::Scan(Pass::Done(_))
                | Answer::Read(Pass::Done(_))
                | Answer::Audit(Pass::Done(_))
                | Answer::Survey(Pass::Done(_))
                | Answer::TakenIn(Pass::Done(_))
                | Answer::Exported(Pass::Done(_))
                | Answer::Predicted(Pass::Done(_))
                | Answer::Similar(Pass::Done(_))
                | Answer::Sliced(Pass::Done(_))
                | Answer::Rescored(Pass::Done(_))
        )
    );
    is_done && total_bytes > LARGE_PASS_BYTES
}
