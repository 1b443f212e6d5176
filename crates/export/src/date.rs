//! Milliseconds since 1970 in, date and time of day by UTC out.

const DAY_MS: u64 = 86_400_000;

/// `2026-11-21 10:00:00.000000` (days to a date: Howard Hinnant's `civil_from_days`).
pub(crate) fn utc(ms: u64) -> String {
    let shifted = ms / DAY_MS + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let seconds = ms % DAY_MS / 1_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:06}", ms % 1_000 * 1_000)
}

/// `2026-11-21 10:00 UTC`.
pub(crate) fn utc_minute(ms: u64) -> String {
    let whole = utc(ms);
    format!("{} UTC", whole.rsplit_once(':').map_or(whole.as_str(), |(minute, _)| minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_dates() {
        assert_eq!(utc(1_790_000_000_123), "2026-09-21 14:13:20.123000");
        assert_eq!(utc_minute(1_709_164_800_000), "2024-02-29 00:00 UTC");
        assert_eq!(utc_minute(0), "1970-01-01 00:00 UTC");
    }
}
