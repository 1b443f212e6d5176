//! What a flow run says while it runs, in pages that never change once they are full.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::id::{FlowRunId, Millis};

/// Most lines a flow run keeps; of more, how many there were is said instead.
pub const MAX_LOG_LINES: usize = 10_000;
/// Lines of a page.
pub const LINES_PER_PAGE: usize = 100;

/// How much a line matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For who looks for a fault.
    Debug,
    /// What is going on.
    Info,
    /// What should be looked at, though it goes on.
    Warning,
    /// What failed.
    Error,
}

impl LogLevel {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// As logs write it: `WARNING`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct LogLine {
    /// When.
    pub at: Millis,
    /// How much it matters.
    pub level: LogLevel,
    /// The task that says it; empty: the flow run itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub task: String,
    /// What it says.
    pub text: String,
}

/// A page of a flow run's lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct LogPage {
    /// Schema number of this record.
    pub schema: u32,
    /// The flow run.
    pub flow_run: FlowRunId,
    /// 0, 1, …
    pub number: u32,
    /// In order, at most `LINES_PER_PAGE`.
    pub lines: Vec<LogLine>,
}

impl LogPage {
    /// Its key in the store: pages of one flow run stand together, in order.
    pub fn key(&self) -> String {
        format!("{}.{:04}", self.flow_run, self.number)
    }
}
