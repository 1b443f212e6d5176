//! How a run of a flow or of a task stands: Prefect's names and types.
//!
//! The type drives what may follow; the name says more to a person and decides nothing else.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::id::Millis;

/// What a state is for the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateType {
    /// It is to begin at a time, or as soon as it may.
    Scheduled,
    /// It is about to begin.
    Pending,
    /// It is under way.
    Running,
    /// A person holds it.
    Paused,
    /// It is to end, and has not ended yet.
    Cancelling,
    /// It was ended by a person or a rule.
    Cancelled,
    /// It is done.
    Completed,
    /// It ended by a fault of what it was asked to do.
    Failed,
    /// It ended because what ran it ended.
    Crashed,
}

impl StateType {
    /// All of them, in the order a run goes through them.
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::Pending,
        Self::Running,
        Self::Paused,
        Self::Cancelling,
        Self::Cancelled,
        Self::Completed,
        Self::Failed,
        Self::Crashed,
    ];

    /// As Prefect writes it: `SCHEDULED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Cancelling => "CANCELLING",
            Self::Cancelled => "CANCELLED",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Crashed => "CRASHED",
        }
    }

    /// Whether nothing can follow.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Cancelled | Self::Completed | Self::Failed | Self::Crashed)
    }

    /// Name of its colour among the page's tokens.
    pub fn colour(self) -> &'static str {
        match self {
            Self::Scheduled => "state-scheduled",
            Self::Pending => "state-pending",
            Self::Running => "state-running",
            Self::Paused => "state-paused",
            Self::Cancelling => "state-cancelling",
            Self::Cancelled => "state-cancelled",
            Self::Completed => "state-completed",
            Self::Failed => "state-failed",
            Self::Crashed => "state-crashed",
        }
    }
}

/// What a state is called.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// To begin at its time.
    Scheduled,
    /// To begin, and past its time.
    Late,
    /// To be tried again.
    AwaitingRetry,
    /// To begin as soon as others have ended.
    AwaitingConcurrencySlot,
    /// To go on after a pause.
    Resuming,
    /// About to begin.
    Pending,
    /// Under way.
    Running,
    /// Under way once more.
    Retrying,
    /// Held by a person.
    Paused,
    /// To end.
    Cancelling,
    /// Ended by a person or a rule.
    Cancelled,
    /// Done.
    Completed,
    /// Done before, and taken from there.
    Cached,
    /// Ended by a fault.
    Failed,
    /// Ended because its time was over.
    TimedOut,
    /// Ended because what ran it ended.
    Crashed,
}

impl StateName {
    /// All of them, in the order of their types.
    pub const ALL: [Self; 16] = [
        Self::Scheduled,
        Self::Late,
        Self::AwaitingRetry,
        Self::AwaitingConcurrencySlot,
        Self::Resuming,
        Self::Pending,
        Self::Running,
        Self::Retrying,
        Self::Paused,
        Self::Cancelling,
        Self::Cancelled,
        Self::Completed,
        Self::Cached,
        Self::Failed,
        Self::TimedOut,
        Self::Crashed,
    ];

    /// As Prefect writes it: `AwaitingRetry`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Late => "Late",
            Self::AwaitingRetry => "AwaitingRetry",
            Self::AwaitingConcurrencySlot => "AwaitingConcurrencySlot",
            Self::Resuming => "Resuming",
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Retrying => "Retrying",
            Self::Paused => "Paused",
            Self::Cancelling => "Cancelling",
            Self::Cancelled => "Cancelled",
            Self::Completed => "Completed",
            Self::Cached => "Cached",
            Self::Failed => "Failed",
            Self::TimedOut => "TimedOut",
            Self::Crashed => "Crashed",
        }
    }

    /// The state of that name, whatever its letters' case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(name))
    }

    /// Its type.
    pub fn of_type(self) -> StateType {
        match self {
            Self::Scheduled
            | Self::Late
            | Self::AwaitingRetry
            | Self::AwaitingConcurrencySlot
            | Self::Resuming => StateType::Scheduled,
            Self::Pending => StateType::Pending,
            Self::Running | Self::Retrying => StateType::Running,
            Self::Paused => StateType::Paused,
            Self::Cancelling => StateType::Cancelling,
            Self::Cancelled => StateType::Cancelled,
            Self::Completed | Self::Cached => StateType::Completed,
            Self::Failed | Self::TimedOut => StateType::Failed,
            Self::Crashed => StateType::Crashed,
        }
    }
}

/// How something stands since when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct State {
    /// What it is called.
    pub name: StateName,
    /// Since when.
    pub at: Millis,
    /// Of a state that waits: until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Millis>,
    /// Why, in one sentence, where there is something to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl State {
    /// Since `at`, with nothing to say.
    pub fn new(name: StateName, at: Millis) -> Self {
        Self { name, at, due: None, message: String::new() }
    }

    /// To begin at `due`.
    pub fn scheduled(at: Millis, due: Millis) -> Self {
        Self { due: Some(due), ..Self::new(StateName::Scheduled, at) }
    }

    /// The same, with a reason.
    #[must_use]
    pub fn because(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// Its type.
    pub fn of_type(&self) -> StateType {
        self.name.of_type()
    }

    /// Whether nothing can follow.
    pub fn is_terminal(&self) -> bool {
        self.of_type().is_terminal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_prefects_names_and_types() {
        // Prefect main of August 2026, `StateType` and the named states of its orchestration rules.
        let known = [
            ("SCHEDULED", "Scheduled Late AwaitingRetry AwaitingConcurrencySlot Resuming"),
            ("PENDING", "Pending"),
            ("RUNNING", "Running Retrying"),
            ("PAUSED", "Paused"),
            ("CANCELLING", "Cancelling"),
            ("CANCELLED", "Cancelled"),
            ("COMPLETED", "Completed Cached"),
            ("FAILED", "Failed TimedOut"),
            ("CRASHED", "Crashed"),
        ];
        let found = StateType::ALL.map(|of| {
            let names = StateName::ALL.into_iter().filter(|name| name.of_type() == of);
            (of.as_str(), names.map(StateName::as_str).collect::<Vec<_>>().join(" "))
        });
        assert_eq!(found.map(|(of, names)| (of, names)), known.map(|(of, names)| (of, names.to_owned())));
        assert_eq!(StateName::named("timedout"), Some(StateName::TimedOut));
        assert_eq!(StateName::named("done"), None);
    }
}
