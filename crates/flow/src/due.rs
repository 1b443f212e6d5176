//! Which runs a schedule asks for now: what is due, what was missed, and whether one more may run.

use track::flow::{CatchUp, Overflow, Schedule};
use track::id::Millis;

use crate::cadence::Timing;
use crate::transition::LATE_AFTER_MS;
use crate::wall::Zone;

/// Most missed runs that are made up for: the newest of them.
pub const MAX_CATCH_UP: usize = 100;

/// What a schedule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Times for which a run is to be made, ascending.
    pub runs: Vec<Millis>,
    /// Times that were missed and are not made up for, as far as they were counted (`MAX_CATCH_UP` at most).
    pub n_skipped: usize,
    /// All up to this time is dealt with when these runs are made.
    pub handled: Millis,
}

/// What `schedule` asks for at `now`. A time is missed where nothing looked at it within `LATE_AFTER_MS`.
pub fn due(schedule: &Schedule, timing: &Timing, zone: &dyn Zone, now: Millis) -> Due {
    let nothing = Due { runs: Vec::new(), n_skipped: 0, handled: schedule.handled.max(now) };
    if !schedule.is_active || now <= schedule.handled {
        return nothing;
    }
    let times = newest_times(timing, zone, (schedule.handled, now));
    let is_missed = |at: &Millis| now.0 > at.0 + LATE_AFTER_MS;
    let n_times = times.len();
    let runs: Vec<Millis> = match schedule.catch_up {
        CatchUp::Latest => times.into_iter().next_back().into_iter().collect(),
        CatchUp::Skip => times.into_iter().filter(|at| !is_missed(at)).collect(),
        CatchUp::All => times,
    };
    Due { n_skipped: n_times - runs.len(), runs, ..nothing }
}

/// The newest `MAX_CATCH_UP` times after `from` and up to `to`, ascending: looked for in windows that double, so that
/// a year of missed minutes is not walked through.
fn newest_times(timing: &Timing, zone: &dyn Zone, (from, to): (Millis, Millis)) -> Vec<Millis> {
    let mut window_ms = timing.pace_ms().saturating_mul(2);
    loop {
        let begin = Millis(to.0.saturating_sub(window_ms)).max(from);
        let first = timing.next(zone, begin);
        let times = std::iter::successors(first, |last| timing.next(zone, *last));
        let mut times: Vec<Millis> = times.take_while(|at| *at <= to).collect();
        if times.len() >= MAX_CATCH_UP || begin == from {
            let n_old = times.len().saturating_sub(MAX_CATCH_UP);
            times.drain(..n_old);
            return times;
        }
        window_ms = window_ms.saturating_mul(2);
    }
}

/// Whether one more run may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It may.
    Now,
    /// It waits for its turn.
    Queued,
    /// It is cancelled.
    Cancelled,
}

/// Whether one more run may begin beside `n_running` others.
pub fn admit(n_running: u32, n_at_a_time: u32, overflow: Overflow) -> Admitted {
    match overflow {
        _ if n_running < n_at_a_time.max(1) => Admitted::Now,
        Overflow::Queue => Admitted::Queued,
        Overflow::CancelNew => Admitted::Cancelled,
    }
}
