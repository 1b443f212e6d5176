//! What a job needs: blobs that its worker must hold, and which worker that is.

use engine::num::ContentHash;

use super::{CompareFits, LearnedFrom, Request, RescoreChunk, Session};

impl Request {
    /// Blobs the worker must hold before it can run this.
    pub fn needs(&self) -> Vec<ContentHash> {
        match self {
            Self::ScanChunk(_)
            | Self::ReadChunk(_)
            | Self::AuditChunk(_)
            | Self::SurveyChunk(_)
            | Self::IntakeChunk(_)
            | Self::ExportChunk(_) => Vec::new(),
            Self::PredictChunk(job) => vec![job.answers.pipeline],
            Self::SimilarChunk(job) => std::iter::once(job.pipeline).chain(job.test).collect(),
            Self::AdvanceStudy(job) => [job.counts.as_slice(), &job.history].concat(),
            Self::FitFinal(job) => vec![job.counts, job.terms],
            Self::LearnFromShare(job) => vec![job.counts],
            Self::MeasureLuck(job) => job.counts.clone(),
            Self::MeasureGuessing(job) => vec![job.counts],
            Self::JudgeLabels(job) => vec![job.counts, job.terms],
            Self::DescribeData(job) => vec![job.counts, job.terms],
            Self::MeasureHeldOut(job) => vec![job.fit.pipeline, job.fit.out_of_fold],
            Self::CompareFits(job) => {
                let CompareFits { first, second, .. } = job;
                vec![first.pipeline, first.out_of_fold, second.pipeline, second.out_of_fold]
            }
            Self::ListRows(job) => vec![job.fit.pipeline, job.fit.out_of_fold],
            Self::SliceChunk(job) => vec![job.fit.pipeline, job.fit.out_of_fold],
            Self::RescoreChunk(job) if job.offset > 0 => Vec::new(),
            Self::RescoreChunk(RescoreChunk { rescore, .. }) => {
                let learned = rescore.learned.iter().flat_map(LearnedFrom::blobs);
                [rescore.held_out, rescore.pipeline].into_iter().chain(learned).collect()
            }
            Self::CheckDrift(job) => job.needs(),
            Self::ReportDrift(job) => [job.check.needs(), job.reference.clone()].concat(),
            Self::MakeExport(job) => job.needs(),
            Self::CheckExport(job) => vec![job.pipeline, job.export],
        }
    }

    /// The session whose worker must run this, if it belongs to one.
    pub fn session(&self) -> Option<Session> {
        match self {
            Self::ScanChunk(job) => Some(job.session),
            Self::ReadChunk(job) => Some(job.session),
            Self::AuditChunk(job) => Some(job.session),
            Self::SurveyChunk(job) => Some(job.session),
            Self::IntakeChunk(job) => Some(job.session),
            Self::JudgeLabels(job) => Some(job.session),
            Self::ExportChunk(job) => Some(job.session),
            Self::PredictChunk(job) => Some(job.session),
            Self::SimilarChunk(job) => Some(job.session),
            Self::SliceChunk(job) => Some(job.session),
            Self::RescoreChunk(job) => Some(job.session),
            Self::AdvanceStudy(_)
            | Self::FitFinal(_)
            | Self::LearnFromShare(_)
            | Self::MeasureLuck(_)
            | Self::MeasureGuessing(_)
            | Self::DescribeData(_)
            | Self::MeasureHeldOut(_)
            | Self::CompareFits(_)
            | Self::ListRows(_)
            | Self::CheckDrift(_)
            | Self::ReportDrift(_)
            | Self::MakeExport(_)
            | Self::CheckExport(_) => None,
        }
    }
}
