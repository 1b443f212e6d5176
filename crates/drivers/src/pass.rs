//! One pass over a file, chunk by chunk: ranges of bytes out, what the worker found in.
//!
//! A pass lives in one worker. If that worker dies, the pass begins again at byte 0 in another, so what
//! comes out never depends on it. It never holds bytes of the file.

mod kinds;

use engine::table::{FileError, MAX_CSV_BYTES, TableFormat};
use jobs::{Answer, JobError, OtherJobsAnswer, Pass, Request, Session};
use thiserror::Error;

pub use self::kinds::{
    AnswerRows, AuditFile, Export, FindSimilar, FindSlices, Read, RescoreRows, Scan, SurveyCleaning, TakeIn,
};
use crate::protocol::{Command, Driver, Event, Input, Ticket};

/// Bytes of a chunk; the last may be shorter.
pub const CHUNK_BYTES: u64 = 4 * 1024 * 1024;
/// Chunks given out at a time: one is worked on while the next is on its way.
pub const MAX_CHUNKS_AHEAD: usize = 2;
/// How often a pass begins again before it fails.
pub const MAX_RESTARTS: u64 = 3;
/// Session numbers that belong to one pass, from its first: one for each beginning.
pub const SESSIONS_PER_PASS: u64 = MAX_RESTARTS + 1;

/// Which pass it is: how a chunk is asked for.
pub trait PassJob {
    /// What the whole pass gives.
    type Output;

    /// Bytes of a chunk; the last may be shorter.
    const CHUNK_BYTES: u64 = CHUNK_BYTES;

    /// The job for the chunk at `offset`.
    fn chunk(&self, session: Session, offset: u64, total_bytes: u64) -> Request;

    /// The answer to such a job.
    ///
    /// # Errors
    /// Where it answers another.
    fn answer(answer: Answer) -> Result<Pass<Self::Output>, OtherJobsAnswer>;
}

/// Why a pass gave nothing.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PassError {
    /// The file cannot be used.
    #[error("{0}")]
    File(FileError),
    /// The worker died again and again.
    #[error("Reading the file failed {n_losses} times ({reason}): close other tabs and try again.")]
    Lost {
        /// How the last one died.
        reason: String,
        /// How many died.
        n_losses: u64,
    },
    /// The job has no answer, or one that belongs to another job.
    #[error("Reading the file failed ({0}): try again.")]
    Fault(String),
    /// The person pressed Stop.
    #[error("Reading was stopped.")]
    Stopped,
}

/// How far a pass has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassProgress {
    /// Bytes answered for.
    pub n_bytes: u64,
    /// Size of the file.
    pub total_bytes: u64,
    /// Rows found in them.
    pub n_rows: u64,
}

/// Drives the first pass over a file.
pub type ScanDriver = PassDriver<Scan>;
/// Drives the second pass over a file.
pub type ReadDriver = PassDriver<Read>;

/// Drives a pass that looks at what each cleaning step changes.
pub type SurveyDriver = PassDriver<SurveyCleaning>;
/// Drives a pass over files that are to become one table.
pub type IntakeDriver = PassDriver<TakeIn>;

/// Drives a pass that writes a file's reviews as a table of their own.
pub type ExportDriver = PassDriver<Export>;

/// Drives a pass that answers every row of a file.
pub type AnswersDriver = PassDriver<AnswerRows>;

/// Drives a pass that looks for reviews like a text.
pub type SimilarDriver = PassDriver<FindSimilar>;

/// Drives a pass that looks for kinds of reviews in which a fit is worse.
pub type SlicesDriver = PassDriver<FindSlices>;

/// Drives one pass over one file.
#[derive(Debug)]
pub struct PassDriver<J: PassJob> {
    job: J,
    session: Session,
    n_losses: u64,
    n_tickets: u64,
    next_byte: u64,
    asked_last: bool,
    in_flight: Vec<(Ticket, Input)>,
    cancelled: Vec<Ticket>,
    progress: PassProgress,
    outcome: Option<Result<J::Output, PassError>>,
}

impl ScanDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64) -> Self {
        Self::over(Scan::default(), first, total_bytes)
    }

    /// The same, of a file whose format a person has chosen.
    pub fn by_format(first: Session, total_bytes: u64, format: TableFormat) -> Self {
        Self::over(Scan { format: Some(format), ..Scan::default() }, first, total_bytes)
    }

    /// The same, of a file that may have one column: texts alone do.
    pub fn of_texts(first: Session, total_bytes: u64) -> Self {
        Self::over(Scan { of_texts: true, ..Scan::default() }, first, total_bytes)
    }
}

impl ReadDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, read: Read) -> Self {
        Self::over(read, first, total_bytes)
    }
}

impl SurveyDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, survey: SurveyCleaning) -> Self {
        Self::over(survey, first, total_bytes)
    }
}

impl IntakeDriver {
    /// Of files of `total_bytes` in all. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, files: TakeIn) -> Self {
        Self::over(files, first, total_bytes)
    }
}

impl ExportDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, export: Export) -> Self {
        Self::over(export, first, total_bytes)
    }
}

impl AnswersDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, answers: AnswerRows) -> Self {
        Self::over(answers, first, total_bytes)
    }
}

impl SimilarDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, similar: FindSimilar) -> Self {
        Self::over(similar, first, total_bytes)
    }
}

impl SlicesDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_PASS - 1` are this pass's.
    pub fn new(first: Session, total_bytes: u64, slices: FindSlices) -> Self {
        Self::over(slices, first, total_bytes)
    }
}

impl<J: PassJob> PassDriver<J> {
    pub(crate) fn over(job: J, session: Session, total_bytes: u64) -> Self {
        let too_large = FileError::TooLarge { bytes: total_bytes, most: MAX_CSV_BYTES };
        Self {
            job,
            session,
            n_losses: 0,
            n_tickets: 0,
            next_byte: 0,
            asked_last: false,
            in_flight: Vec::new(),
            cancelled: Vec::new(),
            progress: PassProgress { total_bytes, ..PassProgress::default() },
            outcome: (total_bytes > MAX_CSV_BYTES).then_some(Err(PassError::File(too_large))),
        }
    }

    /// How far it is.
    pub fn progress(&self) -> PassProgress {
        self.progress
    }

    /// What it gave; `None` while it runs.
    pub fn outcome(&self) -> Option<&Result<J::Output, PassError>> {
        self.outcome.as_ref()
    }

    /// What it gave, for keeping; `None` while it runs, and after it was taken.
    pub fn take_outcome(&mut self) -> Option<Result<J::Output, PassError>> {
        self.outcome.take()
    }

    fn ask_next(&mut self) -> Command {
        let total_bytes = self.progress.total_bytes;
        let start = self.next_byte;
        let input = Input { start, end: total_bytes.min(start + J::CHUNK_BYTES) };
        let ticket = Ticket(self.n_tickets);
        self.n_tickets += 1;
        self.next_byte = input.end;
        self.asked_last = input.end == total_bytes;
        self.in_flight.push((ticket, input));
        let job = self.job.chunk(self.session, start, total_bytes);
        Command::Run { ticket, job, input: Some(input) }
    }

    /// The chunk of `ticket`, which is in flight no more; `None` of a chunk given up before.
    fn take(&mut self, ticket: Ticket) -> Option<Input> {
        let at = self.in_flight.iter().position(|(known, _)| *known == ticket)?;
        Some(self.in_flight.remove(at).1)
    }

    fn answered(&mut self, input: Input, answer: Answer) {
        match J::answer(answer) {
            Ok(Pass::Reading { n_rows }) => {
                self.progress.n_bytes += input.end - input.start;
                self.progress.n_rows = self.progress.n_rows.max(n_rows);
                if self.asked_last && self.in_flight.is_empty() {
                    self.end(Err(PassError::Fault("the last chunk did not end the pass".into())));
                }
            }
            Ok(Pass::Done(output)) => {
                self.progress.n_bytes = self.progress.total_bytes;
                self.end(Ok(output));
            }
            Err(error) => self.end(Err(PassError::Fault(error.to_string()))),
        }
    }

    fn failed(&mut self, error: JobError) {
        match error {
            JobError::File(error) => self.end(Err(PassError::File(error))),
            JobError::OutOfOrder { .. } => self.begin_again(error.to_string()),
            error => self.end(Err(PassError::Fault(error.to_string()))),
        }
    }

    fn begin_again(&mut self, reason: String) {
        self.n_losses += 1;
        self.give_up_chunks();
        if self.n_losses > MAX_RESTARTS {
            return self.end(Err(PassError::Lost { reason, n_losses: self.n_losses }));
        }
        self.session.0 += 1;
        self.next_byte = 0;
        self.asked_last = false;
        self.progress = PassProgress { n_bytes: 0, n_rows: 0, ..self.progress };
    }

    fn give_up_chunks(&mut self) {
        self.cancelled.extend(self.in_flight.drain(..).map(|(ticket, _)| ticket));
    }

    fn end(&mut self, outcome: Result<J::Output, PassError>) {
        self.in_flight.clear();
        self.outcome = Some(outcome);
    }
}

impl<J: PassJob> Driver for PassDriver<J> {
    fn next(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if !self.cancelled.is_empty() {
            commands.push(Command::Cancel { tickets: std::mem::take(&mut self.cancelled) });
        }
        while self.outcome.is_none() && !self.asked_last && self.in_flight.len() < MAX_CHUNKS_AHEAD {
            commands.push(self.ask_next());
        }
        commands
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Ran { ticket, answer, .. } => {
                if let Some(input) = self.take(ticket) {
                    self.answered(input, answer);
                }
            }
            Event::Failed { ticket, error, .. } => {
                if self.take(ticket).is_some() {
                    self.failed(error);
                }
            }
            Event::Lost { ticket, reason, .. } => {
                if self.take(ticket).is_some() {
                    self.begin_again(reason);
                }
            }
            Event::Stop { .. } => {
                if self.outcome.is_none() {
                    self.give_up_chunks();
                    self.end(Err(PassError::Stopped));
                }
            }
            Event::Stored { .. } | Event::NotStored { .. } | Event::Tick { .. } | Event::Retry { .. } => {}
        }
    }

    fn is_finished(&self) -> bool {
        self.outcome.is_some() && self.cancelled.is_empty()
    }
}
