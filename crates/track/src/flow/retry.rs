//! How often a task is tried again, and after how long.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// What happens when a task has failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RetrySpec {
    /// How often it is tried again.
    pub n_retries: u32,
    /// How long it waits before.
    pub delay: RetryDelay,
    /// A share of the delay that is added at most, by chance: many tasks that failed together do not return together.
    pub jitter: f64,
}

/// How long a task waits before it is tried again, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RetryDelay {
    /// As long each time.
    Fixed {
        /// Seconds.
        seconds: f64,
    },
    /// One for each time; the last serves for all that follow.
    List {
        /// Seconds, in order.
        seconds: Vec<f64>,
    },
    /// Twice as long each time: `factor · 2^r` before retry r = 0, 1, …
    Exponential {
        /// Seconds before the first.
        factor: f64,
    },
}

impl RetrySpec {
    /// What fails once has failed.
    pub fn never() -> Self {
        Self { n_retries: 0, delay: RetryDelay::Fixed { seconds: 0.0 }, jitter: 0.0 }
    }
}
