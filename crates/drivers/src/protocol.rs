//! The conversation between a driver and whoever pumps it.
//!
//! The pump calls `next` until it gives nothing, carries the commands out in any order and at any time,
//! and reports each by `on` exactly once. It keeps every blob an answer brought until the driver is dropped.

use engine::num::ContentHash;
use jobs::{Answer, JobError, Request};
use track::id::Millis;
use track::record::Record;

/// Names a command until its event has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Bytes of the driver's file that go with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// First byte.
    pub start: u64,
    /// One past the last.
    pub end: u64,
}

/// What a driver wants done.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum Command {
    /// Run `job` on a worker, with those bytes of the file where `input` says so.
    Run {
        /// Comes back with the event.
        ticket: Ticket,
        /// The job.
        job: Request,
        /// Bytes of the file.
        input: Option<Input>,
    },
    /// Store all of these or none, in one transaction.
    Store {
        /// Comes back with the event.
        ticket: Ticket,
        /// Records, by their keys.
        records: Vec<Record>,
        /// Blobs the pump keeps, by their hashes.
        blobs: Vec<ContentHash>,
    },
    /// Give up these jobs at once (terminate the workers that run them); no event is to follow for them.
    Cancel {
        /// Jobs that were to run.
        tickets: Vec<Ticket>,
    },
}

impl Command {
    /// Numbers its tickets from `first` on, where one driver speaks for several after each other.
    pub(crate) fn number_from(&mut self, first: u64) {
        match self {
            Self::Run { ticket, .. } | Self::Store { ticket, .. } => ticket.0 += first,
            Self::Cancel { tickets } => tickets.iter_mut().for_each(|ticket| ticket.0 += first),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum Event {
    /// A job was answered.
    Ran {
        /// Whose.
        ticket: Ticket,
        /// Its answer.
        answer: Answer,
        /// When the answer came.
        now: Millis,
    },
    /// A job has no answer, and would have none if it were run again.
    Failed {
        /// Whose.
        ticket: Ticket,
        /// Why.
        error: JobError,
        /// When that was known.
        now: Millis,
    },
    /// The worker died before it answered; the job can be run again.
    Lost {
        /// Whose.
        ticket: Ticket,
        /// How it died, if it said so.
        reason: String,
        /// When that was known.
        now: Millis,
    },
    /// Records are stored.
    Stored {
        /// Whose.
        ticket: Ticket,
        /// When.
        now: Millis,
    },
    /// Records are not stored, and nothing of them is.
    NotStored {
        /// Whose.
        ticket: Ticket,
        /// One sentence.
        reason: String,
        /// When that was known.
        now: Millis,
    },
    /// The person pressed Stop.
    Stop {
        /// When.
        now: Millis,
    },
    /// The time that `Driver::wakes_at` asked for has come.
    Tick {
        /// When.
        now: Millis,
    },
    /// The person asks to store again what was not stored.
    Retry {
        /// When.
        now: Millis,
    },
}

impl Event {
    /// As it is heard by a driver whose tickets were numbered from `first` on. Of one before it comes a ticket that no
    /// driver gives out.
    pub(crate) fn numbered_from(mut self, first: u64) -> Self {
        match &mut self {
            Self::Ran { ticket, .. }
            | Self::Failed { ticket, .. }
            | Self::Lost { ticket, .. }
            | Self::Stored { ticket, .. }
            | Self::NotStored { ticket, .. } => ticket.0 = ticket.0.wrapping_sub(first),
            Self::Stop { .. } | Self::Tick { .. } | Self::Retry { .. } => {}
        }
        self
    }
}

/// Long work, step by step.
pub trait Driver {
    /// What to do now; empty when there is nothing to do until the next event.
    fn next(&mut self) -> Vec<Command>;

    /// Takes an event.
    fn on(&mut self, event: Event);

    /// When it wants to hear `Event::Tick`, whatever else happens or does not.
    fn wakes_at(&self) -> Option<Millis> {
        None
    }

    /// Whether all is done, stored and reported, or has failed.
    fn is_finished(&self) -> bool;
}
