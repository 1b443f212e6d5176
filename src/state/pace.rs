//! How long a piece of work will go on, from how far it is and how long it took so far. Pure.

use super::format;

/// A share below this says nothing yet.
const LEAST_SHARE: f64 = 0.02;
/// Work that is younger says nothing yet.
const LEAST_MS: f64 = 500.0;

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Share that is done, from 0 to 1.
    pub share: f64,
    /// Milliseconds since it began.
    pub elapsed_ms: f64,
}

impl Pace {
    /// `about 4 s left`; nothing where it is too early to say.
    pub fn words(self) -> Option<String> {
        let Self { share, elapsed_ms } = self;
        let is_telling = (LEAST_SHARE..1.0).contains(&share) && elapsed_ms >= LEAST_MS;
        is_telling.then(|| {
            format!("about {} left", format::duration(seconds_up(elapsed_ms * (1.0 - share) / share)))
        })
    }
}

/// Milliseconds, made up to whole seconds.
fn seconds_up(milliseconds: f64) -> f64 {
    (milliseconds / 1_000.0).ceil().max(1.0) * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(share: f64, elapsed_ms: f64, expected: Option<&str>) {
        assert_eq!(Pace { share, elapsed_ms }.words().as_deref(), expected);
    }

    #[test]
    fn what_is_left_is_told_once_it_can_be_known() {
        check(0.01, 9_000.0, None);
        check(0.5, 100.0, None);
        check(1.0, 9_000.0, None);
        check(0.25, 1_000.0, Some("about 3.0 s left"));
        check(0.9, 1_000.0, Some("about 1.0 s left"));
        check(0.05, 10_000.0, Some("about 3 min 10 s left"));
    }
}
