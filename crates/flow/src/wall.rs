//! Clocks on walls: instants and a zone's offsets in, local times out, and back.
//!
//! A zone is whatever says how far its clocks are ahead of UTC at an instant: the browser's own calendar on the page,
//! a table of zones natively. Dates are Gregorian in all years (Howard Hinnant, `civil_from_days`).

use engine::table::{DateOrder, parse_date};
use track::id::Millis;

/// Milliseconds of a minute.
pub(crate) const MINUTE_MS: i64 = 60_000;
/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;
/// Minutes of a day.
pub(crate) const DAY_MINUTES: i64 = 1440;

/// A time zone.
pub trait Zone {
    /// How many seconds its clocks are ahead of UTC at `at`.
    fn offset_s(&self, at: Millis) -> i32;
}

/// The zone whose clocks show UTC.
#[derive(Clone, Copy, Debug)]
pub struct Utc;

impl Zone for Utc {
    fn offset_s(&self, _: Millis) -> i32 {
        0
    }
}

fn offset_ms(zone: &dyn Zone, at_ms: i64) -> i64 {
    1000 * i64::from(zone.offset_s(Millis(u64::try_from(at_ms).unwrap_or(0))))
}

/// What the clocks show, in milliseconds since the beginning of 1970 on the wall.
pub(crate) fn wall_ms(zone: &dyn Zone, at: Millis) -> i64 {
    at.0 as i64 + offset_ms(zone, at.0 as i64)
}

/// The instant at which the clocks show `wall_ms`. Where they show it twice, because they are set back, the first;
/// where they never do, because they are set forward, as long after the change as it would have been after it.
pub(crate) fn instant(zone: &dyn Zone, wall_ms: i64) -> Millis {
    // Changes of a zone's clocks are weeks apart: a day before and a day after there is one offset each.
    let before = offset_ms(zone, wall_ms - DAY_MS);
    let after = offset_ms(zone, wall_ms + DAY_MS);
    let (early, late) = ((wall_ms - before.max(after)), (wall_ms - before.min(after)));
    let shows = |at_ms: i64| at_ms + offset_ms(zone, at_ms) == wall_ms;
    let at_ms = match (shows(early), shows(late)) {
        (true, _) => early,
        (false, true) => late,
        (false, false) => wall_ms - before,
    };
    Millis(u64::try_from(at_ms).unwrap_or(0))
}

/// Year, month and day of a day counted from 1970-01-01.
pub(crate) fn civil(day: i64) -> (i64, u32, u32) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let day_of_month = of_year - (153 * shifted + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month as u32, day_of_month as u32)
}

/// The weekday of a day counted from 1970-01-01: 0 is Sunday.
pub(crate) fn weekday(day: i64) -> u32 {
    (day + 4).rem_euclid(7) as u32
}

/// `2026-11-22 21:05`, as the clocks on the wall show it.
pub fn at_wall(zone: &dyn Zone, at: Millis) -> String {
    let wall = wall_ms(zone, at);
    let (year, month, day) = civil(wall.div_euclid(DAY_MS));
    let minute = wall.rem_euclid(DAY_MS) / MINUTE_MS;
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}

/// The instant at which the clocks on the wall show `text`, such as `2026-11-22 21:05`; `None` where it is no date.
pub fn from_wall(zone: &dyn Zone, text: &str) -> Option<Millis> {
    let seconds = parse_date(text.trim(), DateOrder::MonthFirst)?;
    Some(instant(zone, seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour ahead, two from the beginning of day 100 to that of day 200, both in UTC.
    struct Summer;

    impl Zone for Summer {
        fn offset_s(&self, at: Millis) -> i32 {
            let day = at.0 as i64 / DAY_MS;
            if (100..200).contains(&day) { 7200 } else { 3600 }
        }
    }

    const HOUR_MS: i64 = 3_600_000;

    #[track_caller]
    fn check(wall_ms: i64, expected_ms: i64) {
        assert_eq!(instant(&Summer, wall_ms).0 as i64, expected_ms);
    }

    #[test]
    fn clocks_that_are_set_forward_or_back_show_what_they_show() {
        check(50 * DAY_MS, 50 * DAY_MS - HOUR_MS);
        check(150 * DAY_MS, 150 * DAY_MS - 2 * HOUR_MS);
        // Set forward from 1:00 to 3:00 … the hour from 1 to 2 is never shown.
        check(100 * DAY_MS + HOUR_MS + 1, 100 * DAY_MS + 1);
        check(100 * DAY_MS + HOUR_MS - 1, 100 * DAY_MS - 1);
        check(100 * DAY_MS + 2 * HOUR_MS, 100 * DAY_MS);
        // Set back from 2:00 to 1:00: what is shown twice is the first.
        check(200 * DAY_MS + HOUR_MS + 5, 200 * DAY_MS - HOUR_MS + 5);
        check(200 * DAY_MS + 2 * HOUR_MS, 200 * DAY_MS + HOUR_MS);
    }

    #[test]
    fn days_have_dates_and_weekdays() {
        // Python 3.11: date(1970, 1, 1) + timedelta(days=...), .isoweekday() % 7.
        for (day, date, of_week) in [
            (0, (1970, 1, 1), 4),
            (11_016, (2000, 2, 29), 2),
            (20_779, (2026, 11, 22), 0),
            (47_541, (2100, 3, 1), 1),
        ] {
            assert_eq!((civil(day), weekday(day)), (date, of_week), "{day}");
        }
        assert_eq!(at_wall(&Utc, Millis(1_795_381_500_000)), "2026-11-22 21:05");
        assert_eq!(from_wall(&Utc, " 2026-11-22 21:05"), Some(Millis(1_795_381_500_000)));
        assert_eq!(from_wall(&Summer, "1970-05-31 02:00"), Some(Millis(150 * DAY_MS as u64)));
        assert_eq!(from_wall(&Utc, "soon"), None);
    }
}
