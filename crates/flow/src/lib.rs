//! Flows: what may follow what, when something is due, what is reused and what happens by itself.
//!
//! In: records of `track::flow`, the time, seeds, a time zone's offsets. Out: states, times, refusals of one sentence.
//! Never: a clock, a timer, an id or a random number of its own.

mod retry;
mod transition;
mod again;
mod graph;
mod cache;
mod folder;
mod edit;
mod ready_made;
mod wall;
mod cron;
mod words;
mod cadence;
mod due;
mod automation;
mod promotion;

pub use again::{crash, going_on, new_run};
pub use automation::{
    AutomationError, MAX_ACTIONS, MAX_THRESHOLD, MAX_WITHIN_S, MIN_GAP_MS, MIN_WITHIN_S, acts_at,
    check_automation, hears, on_event, on_time,
};
pub use cache::{cache_keys, is_cacheable, learners};
pub use cadence::{MAX_INTERVAL_S, MIN_INTERVAL_S, ScheduleError, Timing, next_times};
pub use cron::{Cron, CronError};
pub use due::{Admitted, Due, MAX_CATCH_UP, admit, due};
pub use edit::{add_task, change_task, drop_task};
pub use folder::{
    MAX_FILES_PER_RUN, SETTLED_AFTER_MS, ToScore, folder_of, is_table, result_name, set_folder, to_score,
};
pub use graph::{FlowError, MAX_KEY_CHARS, MAX_TASKS, ancestors, levels, order, validate};
pub use promotion::{Champion, Contest, Decision, decide};
pub use ready_made::{ReadyMade, SCHEDULED_MODEL};
pub use retry::{MAX_RETRIES, RetryError, check_retry, retry_delay_ms};
pub use transition::{
    LATE_AFTER_MS, MAX_STATES, Proposal, Refusal, SILENT_AFTER_MS, TaskContext, Verdict, enter_flow,
    enter_task, flow_transition, has_lost_its_runner, is_late, task_transition,
};
pub use wall::{Utc, Zone, at_wall, from_wall};
pub use words::cadence_words;
