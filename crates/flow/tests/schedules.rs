//! Times of schedules under a simulated clock, against two other programs: croner for the calendar, jiff for zones.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use chrono::{DateTime, Utc as ChronoUtc};
use flow::{Admitted, Cron, Due, MAX_CATCH_UP, Timing, Utc, Zone, admit, due, next_times};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::prop_assert_eq;
use track::flow::{Cadence, CatchUp, Overflow, Schedule};
use track::id::Millis;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

struct Named(TimeZone);

impl Zone for Named {
    fn offset_s(&self, at: Millis) -> i32 {
        let at = Timestamp::from_millisecond(at.0 as i64).expect("a time of this century");
        self.0.to_offset(at).seconds()
    }
}

fn zone(name: &str) -> Named {
    Named(TimeZone::get(name).expect("a zone of the table"))
}

fn at(text: &str) -> Millis {
    Millis(text.parse::<Timestamp>().expect("a time").as_millisecond() as u64)
}

fn cron(expression: &str) -> Cadence {
    Cadence::Cron { expression: expression.into() }
}

fn timing(cadence: &Cadence) -> Timing {
    Timing::new(cadence).expect("it can be kept")
}

fn schedule(cadence: Cadence, catch_up: CatchUp, handled: Millis) -> Schedule {
    Schedule { number: 0, cadence, zone: "UTC".into(), is_active: true, catch_up, handled }
}

#[track_caller]
fn check(zone_name: &str, cadence: &Cadence, after: &str, expected: &[&str]) {
    let zone = zone(zone_name);
    let found = next_times(&timing(cadence), &zone, at(after), expected.len());
    let shown = found.iter().map(|at| Timestamp::from_millisecond(at.0 as i64).expect("a time").to_string());
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn cron_fires_on_the_hours_of_the_wall() {
    // Berlin's clocks go from 2:00 to 3:00 on 2026-03-29, from 3:00 to 2:00 on 2026-10-25.
    check(
        "Europe/Berlin",
        &cron("0 9 * * *"),
        "2026-03-28T00:00:00Z",
        &["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"],
    );
    let hourly = ["2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"];
    check("Europe/Berlin", &cron("@hourly"), "2026-10-24T22:30:00Z", &hourly);
    // 2:30 is never shown: the run comes at 3:30, once, and so it does for who asks in between.
    let never_shown = ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"];
    check("Europe/Berlin", &cron("30 2 * * *"), "2026-03-28T12:00:00Z", &never_shown);
    check("Europe/Berlin", &cron("30 2 * * *"), "2026-03-29T01:10:00Z", &never_shown);
    // 2:30 is shown twice: the run comes at the first.
    check(
        "Europe/Berlin",
        &cron("30 2 * * *"),
        "2026-10-24T12:00:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
}

#[test]
fn an_interval_below_a_day_follows_utc_and_a_longer_one_the_wall() {
    let anchor = at("2026-10-24T07:00:00Z");
    let half_day = Cadence::Interval { seconds: 43_200, anchor };
    check(
        "Europe/Berlin",
        &half_day,
        "2026-10-24T07:00:00Z",
        &["2026-10-24T19:00:00Z", "2026-10-25T07:00:00Z"],
    );
    let daily = Cadence::Interval { seconds: 86_400, anchor };
    check("Europe/Berlin", &daily, "2026-10-24T07:00:00Z", &["2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"]);
    check("Europe/Berlin", &daily, "2026-10-01T12:00:00Z", &["2026-10-02T07:00:00Z"]);
}

#[test]
fn a_month_with_a_change_of_clocks_in_three_zones() {
    let months = [
        ("Europe/Berlin", "2026-03-01T00:00:00Z"),
        ("America/New_York", "2026-11-01T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-01T00:00:00Z"),
    ];
    for (name, begin) in months {
        let (zone, begin) = (zone(name), at(begin));
        for expression in ["*/5 * * * *", "0 * * * *", "30 2 * * *", "0 9 * * mon-fri", "15 1,2,3 1-7 * *"] {
            let timing = timing(&cron(expression));
            let end = Millis(begin.0 + 31 * DAY);
            let first = timing.next(&zone, begin);
            let found = std::iter::successors(first, |last| timing.next(&zone, *last));
            let found: BTreeSet<u64> = found.take_while(|at| *at <= end).map(|at| at.0).collect();
            assert_eq!(found, walked(expression, &zone.0, (begin.0, end.0)), "{expression} in {name}");
        }
    }
}

/// The same by looking at every minute of the month: what the wall shows for the first time matches, or what it would
/// have shown in a gap.
fn walked(expression: &str, zone: &TimeZone, (begin, end): (u64, u64)) -> BTreeSet<u64> {
    let calendar = croner::Cron::from_str(expression).expect("croner reads it, too");
    let shown = |at: u64| {
        let offset = zone.to_offset(Timestamp::from_millisecond(at as i64).expect("a time")).seconds();
        (at as i64 + 1000 * i64::from(offset)) as u64
    };
    let matches = |wall: u64| {
        let wall = DateTime::<ChronoUtc>::from_timestamp_millis(wall as i64).expect("a time");
        calendar.is_time_matching(&wall).expect("a time that exists")
    };
    let mut found = BTreeSet::new();
    let mut latest = shown(begin - DAY);
    for at in (begin - DAY..=end).step_by(MINUTE as usize) {
        let wall = shown(at);
        let is_new = wall > latest;
        if is_new && matches(wall) {
            found.insert(at);
        }
        let gap = wall.saturating_sub(latest + MINUTE);
        for skipped in (0..gap).step_by(MINUTE as usize) {
            if matches(latest + MINUTE + skipped) {
                found.insert(at + skipped);
            }
        }
        latest = latest.max(wall);
    }
    found.into_iter().filter(|at| *at > begin).collect()
}

#[test]
fn expressions_that_make_no_sense_are_refused() {
    let said = |text: &str| Cron::parse(text).expect_err("it is wrong").to_string();
    assert_eq!(
        said("* * * *"),
        "a cron expression has 5 fields (minute, hour, day, month, weekday), this one has 4"
    );
    assert_eq!(
        said("60 * * * *"),
        "'60' is no minute: use 0 to 59, a range such as 0-59, or a step such as */2"
    );
    assert_eq!(
        said("* 17-9 * * *"),
        "'17-9' is no hour: use 0 to 23, a range such as 0-23, or a step such as */2"
    );
    for wrong in
        ["*/0 * * * *", "+5 * * * *", "1, * * * *", "* * 0 * *", "* * * foo *", "* * * * 8", "- * * * *"]
    {
        assert!(Cron::parse(wrong).is_err(), "{wrong}");
    }
    assert_eq!(said("0 0 30 feb *"), "no day is ever the one it asks for: change the day or the month");
    assert!(said(&"1,".repeat(200)).contains("at most 256 characters, this one has 400"));
    let short = Timing::new(&Cadence::Interval { seconds: 9, anchor: Millis(0) });
    assert_eq!(
        short.map_err(|error| error.to_string()),
        Err("an interval is 10 seconds to 31622400 (a year), not 9".to_owned())
    );
}

#[test]
fn the_29th_of_february_comes_every_four_years() {
    check(
        "UTC",
        &cron("0 0 29 2 *"),
        "2026-01-01T00:00:00Z",
        &["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"],
    );
}

#[track_caller]
fn check_due(schedule: &Schedule, now: u64, expected: (&[u64], usize)) {
    let found = due(schedule, &timing(&schedule.cadence), &Utc, Millis(now));
    let runs = expected.0.iter().map(|at| Millis(*at)).collect();
    assert_eq!(found, Due { runs, n_skipped: expected.1, handled: Millis(now) });
}

#[test]
fn missed_runs_are_made_up_for_as_the_schedule_says() {
    let every = |catch_up| schedule(cron("*/10 * * * *"), catch_up, Millis(0));
    let now = 35 * MINUTE;
    check_due(&every(CatchUp::Latest), now, (&[30 * MINUTE], 2));
    check_due(&every(CatchUp::Skip), now, (&[], 3));
    check_due(&every(CatchUp::All), now, (&[10 * MINUTE, 20 * MINUTE, 30 * MINUTE], 0));
    // What is due just now is not missed.
    let now = 30 * MINUTE + 4_000;
    check_due(&every(CatchUp::Skip), now, (&[30 * MINUTE], 2));
    check_due(&every(CatchUp::Latest), now, (&[30 * MINUTE], 2));
    check_due(&Schedule { is_active: false, ..every(CatchUp::All) }, now, (&[], 0));
}

#[test]
fn a_time_is_dealt_with_once() {
    let mut schedule = schedule(cron("* * * * *"), CatchUp::All, Millis(0));
    let timing = timing(&schedule.cadence);
    let mut made = Vec::new();
    // A clock that jumps, stands and goes back.
    for now in [30_000, 61_000, 61_000, 40_000, 185_000, 400_000] {
        let found = due(&schedule, &timing, &Utc, Millis(now));
        made.extend(found.runs.iter().map(|at| at.0 / MINUTE));
        schedule.handled = found.handled;
    }
    assert_eq!(made, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_year_of_missed_minutes_takes_no_time() {
    let schedule = schedule(cron("* * * * *"), CatchUp::All, Millis(0));
    let found = due(&schedule, &timing(&schedule.cadence), &Utc, Millis(365 * DAY));
    assert_eq!((found.runs.len(), found.runs[MAX_CATCH_UP - 1]), (MAX_CATCH_UP, Millis(365 * DAY)));
    let rare = Schedule { cadence: cron("0 0 1 1 *"), ..schedule };
    let found = due(&rare, &timing(&rare.cadence), &Utc, Millis(3 * 366 * DAY));
    assert_eq!(found.runs.len(), 3, "1971, 1972 and 1973");
}

#[test]
fn one_run_too_many_waits_or_is_cancelled() {
    assert_eq!(admit(0, 1, Overflow::Queue), Admitted::Now);
    assert_eq!(admit(1, 1, Overflow::Queue), Admitted::Queued);
    assert_eq!(admit(1, 1, Overflow::CancelNew), Admitted::Cancelled);
    assert_eq!(admit(1, 2, Overflow::CancelNew), Admitted::Now);
    assert_eq!(admit(0, 0, Overflow::CancelNew), Admitted::Now, "one may always run");
}

/// A field of values below `high`, from some numbers.
fn field((form, a, b, step): (u8, u32, u32, u32), low: u32, high: u32) -> String {
    let value = |n: u32| low + n % (high - low + 1);
    let (first, last) = (value(a).min(value(b)), value(a).max(value(b)));
    // All values are no restriction here, as in croniter, and one in croner.
    let form = if (first, last) == (low, high) { 0 } else { form };
    match form % 6 {
        0 | 1 => "*".to_owned(),
        2 => value(a).to_string(),
        3 => format!("{first}-{last}"),
        4 => format!("{first}-{last}/{}", step % 7 + 1),
        _ => format!("{},{}", value(a), value(b)),
    }
}

type Numbers = (u8, u32, u32, u32);

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    // croner 3.0 with its defaults: either of days and weekdays is enough.
    #[test]
    fn the_calendar_is_croners(
        minute: Numbers, hour: Numbers, day: Numbers, month: Numbers, of_week: Numbers, begin in 0u64..3_000_000_000,
    ) {
        let fields = [
            field(minute, 0, 59), field(hour, 0, 23), field(day, 1, 28), field(month, 1, 12), field(of_week, 0, 6),
        ];
        let expression = fields.join(" ");
        let begin = Millis(begin * 1000);
        let found = next_times(&timing(&cron(&expression)), &Utc, begin, 4);
        let theirs = croner::Cron::from_str(&expression).expect("croner reads it, too");
        let after = DateTime::<ChronoUtc>::from_timestamp_millis(begin.0 as i64).expect("a time");
        let theirs: Vec<Millis> = theirs.iter_after(after).take(4).map(|at| Millis(at.timestamp_millis() as u64)).collect();
        prop_assert_eq!(found, theirs, "{}", expression);
    }
}
