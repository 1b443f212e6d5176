//! When a deployment's runs are due, and what of those that were missed is made up for.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::id::Millis;

/// When runs are due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cadence {
    /// At the times of a clock and calendar on a wall, as cron has them.
    Cron {
        /// Minutes, hours, days, months, weekdays.
        expression: String,
    },
    /// Again and again, so long after one another. What is shorter than a day follows no change of the clocks; what is
    /// a day or longer keeps its hour on the wall.
    Interval {
        /// Seconds from one to the next.
        seconds: u64,
        /// One of the times.
        anchor: Millis,
    },
}

/// What is done about runs that were due while nothing ran them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// The latest is run, once.
    #[default]
    Latest,
    /// None is.
    Skip,
    /// All are, one after another.
    All,
}

/// A schedule of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Schedule {
    /// Tells it from the deployment's others.
    pub number: u32,
    /// When runs are due.
    pub cadence: Cadence,
    /// The time zone of the clock on the wall, by its IANA name.
    pub zone: String,
    /// Whether it makes runs.
    pub is_active: bool,
    /// What is done about missed runs.
    pub catch_up: CatchUp,
    /// All times up to this one are dealt with.
    pub handled: Millis,
}
