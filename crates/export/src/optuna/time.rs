//! Milliseconds since 1970 as ISO 8601 and back (days and dates: Howard Hinnant's `civil_from_days`, `days_from_civil`).

const DAY_MS: i64 = 86_400_000;

/// Year, month and day of a number of days since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `2026-11-21T10:00:00.123000+00:00`.
pub(super) fn written(ms: u64) -> String {
    let ms = ms as i64;
    let (year, month, day) = date_of(ms.div_euclid(DAY_MS));
    let rest = ms.rem_euclid(DAY_MS);
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, thousandths) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}000+00:00")
}

/// The same back; without a zone it is taken for UTC. Parts of a millisecond are cut off.
pub(super) fn read(text: &str) -> Option<u64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let days = days_of(parts.next()??, parts.next()??, parts.next()??);
    let (time, offset) = match time.rfind(['+', '-', 'Z']) {
        Some(at) if time[at..].starts_with('Z') => (&time[..at], 0),
        Some(at) => {
            let (hours, minutes) = time[at + 1..].split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.get(..2)?.parse::<i64>().ok()?;
            (&time[..at], if time[at..].starts_with('-') { -minutes } else { minutes })
        }
        None => (time, 0),
    };
    let mut parts = time.splitn(3, ':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next().unwrap_or("0").parse().ok()?;
    let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0.0..61.0).contains(&seconds);
    if !is_time || days.abs() > 10_000_000 {
        return None;
    }
    let ms = days * DAY_MS + (hours * 60 + minutes - offset) * 60_000 + (seconds * 1000.0 + 1e-6) as i64;
    u64::try_from(ms).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_they_are_written() {
        for ms in [0, 1_790_000_000_123, 951_782_400_000, 4_107_542_399_999] {
            assert_eq!(read(&written(ms)), Some(ms), "{}", written(ms));
        }
        assert_eq!(written(951_782_400_000), "2000-02-29T00:00:00.000000+00:00");
        assert_eq!(read("2000-02-29 01:00:00+01:00"), Some(951_782_400_000));
        assert_eq!(read("2000-02-28T23:00:00-01:00"), Some(951_782_400_000));
        assert_eq!(read("yesterday"), None);
        assert_eq!(read("2000-02-29T25:00:00"), None);
    }
}
