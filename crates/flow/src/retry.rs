//! How long a task waits before it is tried again: its instructions, how often it was tried and a seed in,
//! milliseconds out.

use engine::num::RandomStream;
use thiserror::Error;
use track::flow::{RetryDelay, RetrySpec};

/// Most retries of a task, as in Prefect.
pub const MAX_RETRIES: u32 = 50;
/// Longest delay in seconds, a week: what waits longer is a schedule.
const MAX_DELAY_S: f64 = 7.0 * 86_400.0;

/// Why a task cannot be tried again so.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RetryError {
    /// Too often.
    #[error("a task is tried again at most {MAX_RETRIES} times, not {n_retries}")]
    TooOften {
        /// Times.
        n_retries: u32,
    },
    /// A delay that is no time.
    #[error("a delay is 0 to {MAX_DELAY_S} seconds, not {seconds}")]
    Delay {
        /// What was given.
        seconds: f64,
    },
    /// A list with nothing in it.
    #[error("a list of delays needs one delay at least")]
    NoDelay,
    /// A share that is none.
    #[error("chance adds a share of 0 to 10 to a delay, not {jitter}")]
    Jitter {
        /// What was given.
        jitter: f64,
    },
}

/// Whether a task can be tried again so.
///
/// # Errors
/// Names the first thing that does not do.
pub fn check_retry(retry: &RetrySpec) -> Result<(), RetryError> {
    if retry.n_retries > MAX_RETRIES {
        return Err(RetryError::TooOften { n_retries: retry.n_retries });
    }
    let seconds = match &retry.delay {
        RetryDelay::Fixed { seconds } => std::slice::from_ref(seconds),
        RetryDelay::List { seconds } if seconds.is_empty() => return Err(RetryError::NoDelay),
        RetryDelay::List { seconds } => seconds,
        RetryDelay::Exponential { factor } => std::slice::from_ref(factor),
    };
    if let Some(wrong) = seconds.iter().find(|seconds| !(0.0..=MAX_DELAY_S).contains(*seconds)) {
        return Err(RetryError::Delay { seconds: *wrong });
    }
    if !(0.0..=10.0).contains(&retry.jitter) {
        return Err(RetryError::Jitter { jitter: retry.jitter });
    }
    Ok(())
}

/// Milliseconds before retry `retry_idx` = 0, 1, …: the delay, and by chance at most `jitter` times as much more.
///
/// Of a list, the delay at `min(retry_idx, n − 1)`; of an exponential one, `factor · 2^retry_idx` (Prefect's
/// `exponential_backoff`). No wait is longer than a week. The same seed gives the same waits.
pub fn retry_delay_ms(retry: &RetrySpec, retry_idx: u32, seed: u64) -> u64 {
    let seconds = match &retry.delay {
        RetryDelay::Fixed { seconds } => *seconds,
        RetryDelay::List { seconds } => {
            seconds.get(retry_idx as usize).or(seconds.last()).copied().unwrap_or(0.0)
        }
        RetryDelay::Exponential { factor } => factor * (1_u64 << retry_idx.min(MAX_RETRIES)) as f64,
    };
    let chance = RandomStream::new("retry", &[seed, u64::from(retry_idx)]).unit();
    let seconds = seconds * (1.0 + retry.jitter * chance);
    (seconds.clamp(0.0, MAX_DELAY_S) * 1000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(delay: RetryDelay) -> RetrySpec {
        RetrySpec { n_retries: 5, delay, jitter: 0.0 }
    }

    #[track_caller]
    fn check(delay: RetryDelay, expected: [u64; 5]) {
        let found = [0, 1, 2, 3, 4].map(|retry_idx| retry_delay_ms(&spec(delay.clone()), retry_idx, 7));
        assert_eq!(found, expected);
    }

    #[test]
    fn delays_are_fixed_listed_or_doubled() {
        check(RetryDelay::Fixed { seconds: 2.5 }, [2500; 5]);
        check(RetryDelay::List { seconds: vec![1.0, 10.0, 60.0] }, [1000, 10_000, 60_000, 60_000, 60_000]);
        check(RetryDelay::Exponential { factor: 10.0 }, [10_000, 20_000, 40_000, 80_000, 160_000]);
    }

    #[test]
    fn no_wait_is_longer_than_a_week() {
        let doubled = spec(RetryDelay::Exponential { factor: 1000.0 });
        assert_eq!(retry_delay_ms(&doubled, 49, 1), 604_800_000);
        assert_eq!(retry_delay_ms(&doubled, u32::MAX, 1), 604_800_000);
    }

    #[test]
    fn chance_adds_a_share_at_most_and_the_same_for_the_same_seed() {
        let jittered = RetrySpec { jitter: 0.5, ..spec(RetryDelay::Fixed { seconds: 10.0 }) };
        let delays: Vec<u64> = (0..200).map(|seed| retry_delay_ms(&jittered, 0, seed)).collect();
        assert!(delays.iter().all(|delay| (10_000..15_000).contains(delay)));
        assert!(delays.iter().any(|delay| *delay < 10_500) && delays.iter().any(|delay| *delay > 14_500));
        assert_eq!(delays[3], retry_delay_ms(&jittered, 0, 3));
        assert_ne!(delays[3], retry_delay_ms(&jittered, 1, 3));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let fixed = |seconds| check_retry(&spec(RetryDelay::Fixed { seconds }));
        assert_eq!(fixed(0.0), Ok(()));
        assert_eq!(fixed(-1.0), Err(RetryError::Delay { seconds: -1.0 }));
        assert!(fixed(f64::NAN).is_err() && fixed(f64::INFINITY).is_err());
        assert_eq!(check_retry(&spec(RetryDelay::List { seconds: vec![] })), Err(RetryError::NoDelay));
        let often = RetrySpec { n_retries: 51, ..RetrySpec::never() };
        assert_eq!(check_retry(&often), Err(RetryError::TooOften { n_retries: 51 }));
        let jitter = RetrySpec { jitter: 10.5, ..RetrySpec::never() };
        assert_eq!(check_retry(&jitter), Err(RetryError::Jitter { jitter: 10.5 }));
    }
}
