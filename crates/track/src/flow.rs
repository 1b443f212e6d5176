//! Flows as they are kept: states, tasks, definitions, and the runs of both.
//!
//! Shapes only: what may follow what, when something is due and what is reused is decided in the crate `flow`.
//! Types and names of states are Prefect's.

mod state;
mod retry;
mod folder;
mod task;
mod definition;
mod schedule;
mod deployment;
mod run;
mod log;
mod event;
mod automation;
mod users;

pub use automation::{Action, Automation, Expectation, Posture, Trigger, TriggerProgress};
pub use definition::FlowDefinition;
pub use deployment::{Deployment, Overflow};
pub use event::{FlowEvent, Happening};
pub use folder::{FolderFile, ScoredFile};
pub use log::{LINES_PER_PAGE, LogLevel, LogLine, LogPage, MAX_LOG_LINES};
pub use retry::{RetryDelay, RetrySpec};
pub use run::{Cause, FlowRun, TaskOutput, TaskResult, TaskRun};
pub use schedule::{Cadence, CatchUp, Schedule};
pub use state::{State, StateName, StateType};
pub use task::{PromotionRule, TaskKind, TaskSpec};
pub use users::users_of_models;
