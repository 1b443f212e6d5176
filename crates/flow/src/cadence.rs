//! When something is due: a cadence, a zone's clocks and an instant in, the next times out.
//!
//! As Prefect does: cron follows the clocks on the wall, so that a change of them neither doubles a time (of an hour
//! shown twice the first counts) nor loses one (a time that is never shown comes as long after the change). An interval
//! below a day follows UTC, one of a day or more keeps its hour on the wall.

use thiserror::Error;
use track::flow::Cadence;
use track::id::Millis;

use crate::cron::{Cron, CronError};
use crate::wall::{DAY_MS, MINUTE_MS, Zone, instant, wall_ms};

/// Shortest interval, in seconds.
pub const MIN_INTERVAL_S: u64 = 10;
/// Longest interval, in seconds: a year.
pub const MAX_INTERVAL_S: u64 = 366 * 86_400;
/// Clocks are set forward by less than this, in minutes.
const MAX_GAP_MINUTES: i64 = 180;

/// Why a cadence cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// The expression cannot be followed.
    #[error("{0}")]
    Cron(#[from] CronError),
    /// The interval is too short or too long.
    #[error("an interval is {MIN_INTERVAL_S} seconds to {MAX_INTERVAL_S} (a year), not {seconds}")]
    Interval {
        /// What was given.
        seconds: u64,
    },
}

/// A cadence that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Cron(Cron),
    Interval { ms: i64, anchor: Millis },
}

impl Timing {
    /// Checks a cadence.
    ///
    /// # Errors
    /// Where it cannot be kept, with what does not do.
    pub fn new(cadence: &Cadence) -> Result<Self, ScheduleError> {
        match cadence {
            Cadence::Cron { expression } => Ok(Self(Kind::Cron(Cron::parse(expression)?))),
            Cadence::Interval { seconds, anchor } => {
                if !(MIN_INTERVAL_S..=MAX_INTERVAL_S).contains(seconds) {
                    return Err(ScheduleError::Interval { seconds: *seconds });
                }
                Ok(Self(Kind::Interval { ms: 1000 * *seconds as i64, anchor: *anchor }))
            }
        }
    }

    /// The first time after `after`.
    pub fn next(&self, zone: &dyn Zone, after: Millis) -> Option<Millis> {
        match &self.0 {
            Kind::Cron(cron) => next_of_cron(cron, zone, after),
            Kind::Interval { ms, anchor } if *ms < DAY_MS => {
                let n = (after.0 as i64 - anchor.0 as i64).div_euclid(*ms) + 1;
                Some(Millis((anchor.0 as i64 + n * ms) as u64))
            }
            Kind::Interval { ms, anchor } => {
                let begin = wall_ms(zone, *anchor);
                let n = (wall_ms(zone, after) - begin).div_euclid(*ms);
                // An hour that was set back can put the one before after `after`, one set forward the one after it.
                (n - 1..).map(|n| instant(zone, begin + n * ms)).find(|at| *at > after)
            }
        }
    }

    /// About how long one time is after another: no window of this length is without one for long.
    pub(crate) fn pace_ms(&self) -> u64 {
        match &self.0 {
            Kind::Cron(_) => 3_600_000,
            Kind::Interval { ms, .. } => *ms as u64,
        }
    }
}

fn next_of_cron(cron: &Cron, zone: &dyn Zone, after: Millis) -> Option<Millis> {
    let minute = wall_ms(zone, after).div_euclid(MINUTE_MS);
    let earlier = Millis(after.0.saturating_sub((MAX_GAP_MINUTES * MINUTE_MS) as u64));
    // A time that was never shown comes after the change, when the wall shows a later one.
    let has_changed = zone.offset_s(earlier) != zone.offset_s(after);
    let mut from = if has_changed { minute - MAX_GAP_MINUTES } else { minute };
    loop {
        let next = cron.next_minute(from)?;
        let at = instant(zone, next * MINUTE_MS);
        if at > after {
            return Some(at);
        }
        from = next + 1;
    }
}

/// The next `n` times after `after`.
pub fn next_times(timing: &Timing, zone: &dyn Zone, after: Millis, n: usize) -> Vec<Millis> {
    let first = timing.next(zone, after);
    std::iter::successors(first, |last| timing.next(zone, *last)).take(n).collect()
}
