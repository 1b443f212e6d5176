//! A schedule in plain words: `at 09:00 on Monday to Friday`.

use track::flow::Cadence;

use crate::cron::{Cron, Field};
use crate::wall::{Zone, at_wall};

/// Clock times that are listed one by one, at most.
const MAX_LISTED: usize = 6;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// When runs are due, in plain words. An expression that cannot be followed stands as it is.
pub fn cadence_words(cadence: &Cadence, zone: &dyn Zone) -> String {
    match cadence {
        Cadence::Cron { expression } => match Cron::parse(expression) {
            Ok(cron) => cron_words(&cron),
            Err(_) => expression.clone(),
        },
        Cadence::Interval { seconds, anchor } => {
            let every = every(*seconds);
            if *seconds < 86_400 && 86_400 % *seconds == 0 && anchor.0 % (1000 * *seconds) == 0 {
                return every;
            }
            format!("{every}, counted from {}", at_wall(zone, *anchor))
        }
    }
}

/// `every 5 minutes`.
fn every(seconds: u64) -> String {
    let units = [(604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let unit = units.into_iter().find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, name) = unit.unwrap_or((1, "second"));
    match seconds / length {
        1 => format!("every {name}"),
        n => format!("every {n} {name}s"),
    }
}

fn cron_words(cron: &Cron) -> String {
    let mut words = clock_words(cron.minutes, cron.hours);
    let weekdays = || format!("on {}", runs_of(cron.weekdays, |day| WEEKDAYS[day as usize].to_owned()));
    let days = || {
        let values = cron.days.values();
        let day = if values.len() == 1 { "day" } else { "days" };
        format!("on {day} {} of the month", runs_of(cron.days, |day| day.to_string()))
    };
    match (cron.days.is_all(), cron.weekdays.is_all()) {
        (true, true) => {}
        (true, false) => words = format!("{words} {}", weekdays()),
        (false, true) => words = format!("{words} {}", days()),
        (false, false) => words = format!("{words} {} or {}", days(), weekdays()),
    }
    if !cron.months.is_all() {
        let months = runs_of(cron.months, |month| MONTHS[month as usize - 1].to_owned());
        words = format!("{words} in {months}");
    }
    words
}

fn clock_words(minutes: Field, hours: Field) -> String {
    let (minute_list, hour_list) = (minutes.values(), hours.values());
    if minute_list.len() * hour_list.len() <= MAX_LISTED {
        let times = hour_list.iter().flat_map(|hour| minute_list.iter().map(move |minute| (hour, minute)));
        let times: Vec<String> = times.map(|(hour, minute)| format!("{hour:02}:{minute:02}")).collect();
        return format!("at {}", listed(&times));
    }
    let minute_words = match (minutes.is_all(), even_step(&minute_list, 60)) {
        (true, _) => "every minute".to_owned(),
        (false, Some(step)) => format!("every {step} minutes"),
        (false, None) => {
            let minute = if minute_list.len() == 1 { "minute" } else { "minutes" };
            format!("at {minute} {} of", runs_of(minutes, |minute| minute.to_string()))
        }
    };
    let is_of = minute_words.ends_with(" of");
    match (hours.is_all(), even_step(&hour_list, 24)) {
        (true, _) if is_of && minute_list == [0] => "every hour, on the hour".to_owned(),
        (true, _) if is_of => format!("{minute_words} every hour"),
        (true, _) => minute_words,
        (false, Some(step)) if minute_list == [0] => format!("every {step} hours, on the hour"),
        (false, _) => {
            let hour = if hour_list.len() == 1 { "hour" } else { "hours" };
            let joint = if is_of { "" } else { " in" };
            format!("{minute_words}{joint} the {hour} {}", runs_of(hours, |hour| format!("{hour:02}")))
        }
    }
}

/// The step of values that begin at 0 and go round evenly.
fn even_step(values: &[u32], round: u32) -> Option<u32> {
    let step = *values.get(1)?;
    let is_even = values.iter().zip((0..).step_by(step as usize)).all(|(value, expected)| *value == expected);
    (values[0] == 0 && is_even && step * values.len() as u32 == round).then_some(step)
}

/// `1 to 5, 7 and 9`: what follows on one another as a range from three on.
fn runs_of(field: Field, name: impl Fn(u32) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    for run in field.values().chunk_by(|a, b| a + 1 == *b) {
        match run {
            [first, .., last] if run.len() > 2 => parts.push(format!("{} to {}", name(*first), name(*last))),
            few => parts.extend(few.iter().map(|value| name(*value))),
        }
    }
    listed(&parts)
}

/// `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use track::id::Millis;

    use super::*;
    use crate::wall::Utc;

    #[track_caller]
    fn check(expression: &str, expected: &str) {
        let cadence = Cadence::Cron { expression: expression.to_owned() };
        assert_eq!(cadence_words(&cadence, &Utc), expected);
    }

    #[test]
    fn cron_reads_as_a_sentence() {
        check("* * * * *", "every minute");
        check("*/5 * * * *", "every 5 minutes");
        check("@hourly", "every hour, on the hour");
        check("30 * * * *", "at minute 30 of every hour");
        check("0 */6 * * *", "at 00:00, 06:00, 12:00 and 18:00");
        check("0 */2 * * *", "every 2 hours, on the hour");
        check("0 9 * * mon-fri", "at 09:00 on Monday to Friday");
        check("15,45 8-17 * * *", "at minutes 15 and 45 of the hours 08 to 17");
        check("*/10 9-17 * * 1-5", "every 10 minutes in the hours 09 to 17 on Monday to Friday");
        check("0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month");
        check("0 12 13 * fri", "at 12:00 on day 13 of the month or on Friday");
        check("5 4 * 1-3,12 sat,sun", "at 04:05 on Sunday and Saturday in January to March and December");
        check("nonsense", "nonsense");
    }

    #[test]
    fn intervals_read_as_a_sentence() {
        let words =
            |seconds, anchor| cadence_words(&Cadence::Interval { seconds, anchor: Millis(anchor) }, &Utc);
        assert_eq!(words(300, 0), "every 5 minutes");
        assert_eq!(words(3600, 0), "every hour");
        assert_eq!(words(3600, 60_000), "every hour, counted from 1970-01-01 00:01");
        assert_eq!(words(86_400, 32_400_000), "every day, counted from 1970-01-01 09:00");
        assert_eq!(words(129_600, 0), "every 36 hours, counted from 1970-01-01 00:00");
        assert_eq!(words(1_209_600, 0), "every 2 weeks, counted from 1970-01-01 00:00");
        assert_eq!(words(90, 0), "every 90 seconds");
    }
}
