//! Dated reviews by days, months, quarters or years, whichever gives a picture.

use json::{FromJson, ToJson};

use crate::dataset::UNDATED;
use crate::features::Counts;
use crate::table::civil;

/// Most bins of the picture, but for years.
const MAX_BINS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;

/// What a bin spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    #[default]
    Day,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

/// Reviews of a period.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct TimeBin {
    /// Year of its first day.
    pub year: i64,
    /// Month of it, from 1.
    pub month: i64,
    /// Day of it, from 1.
    pub day: i64,
    /// Reviews of each class.
    pub n_rows: Vec<u64>,
}

impl Period {
    /// Number of the period that a day, counted since the beginning of 1970, lies in.
    fn number(self, day: i64) -> i64 {
        let (year, month, _) = civil(day);
        let months = year * 12 + month - 1;
        match self {
            Self::Day => day,
            Self::Month => months,
            Self::Quarter => months.div_euclid(3),
            Self::Year => year,
        }
    }

    fn begins(self, number: i64) -> (i64, i64, i64) {
        let of_months = |months: i64| (months.div_euclid(12), months.rem_euclid(12) + 1, 1);
        match self {
            Self::Day => civil(number),
            Self::Month => of_months(number),
            Self::Quarter => of_months(number * 3),
            Self::Year => (number, 1, 1),
        }
    }
}

/// Periods from the first dated review to the last, what they are, and how many reviews have no date.
pub(super) fn by_time(counts: &Counts) -> (Vec<TimeBin>, Period, u64) {
    let day = |time: i64| time.div_euclid(DAY_SECONDS);
    let dated: Vec<(i64, usize)> = counts
        .keys
        .times
        .iter()
        .zip(&counts.labels)
        .filter(|(time, _)| **time != UNDATED)
        .map(|(time, label)| (day(*time), usize::from(label.0)))
        .collect();
    let n_undated = (counts.keys.times.len() - dated.len()) as u64;
    let days = dated.iter().map(|(day, _)| *day);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else {
        return (Vec::new(), Period::Day, n_undated);
    };
    let n_bins = |period: Period| period.number(last) - period.number(first) + 1;
    let period = [Period::Day, Period::Month, Period::Quarter]
        .into_iter()
        .find(|period| n_bins(*period) <= MAX_BINS)
        .unwrap_or(Period::Year);
    let begin = period.number(first);
    // Dates of thousands of years are read from no cell.
    let bin = |at: i64| {
        let (year, month, day) = period.begins(begin + at);
        TimeBin { year, month, day, n_rows: vec![0; usize::from(counts.n_classes)] }
    };
    let mut bins: Vec<TimeBin> = (0..n_bins(period)).map(bin).collect();
    for (day, class) in dated {
        bins[(period.number(day) - begin) as usize].n_rows[class] += 1;
    }
    (bins, period, n_undated)
}

#[cfg(test)]
mod tests {
    use super::super::tests::counts;
    use super::*;

    fn dated(days: &[Option<i64>]) -> Counts {
        let docs: Vec<(u8, &[(u32, u16)])> =
            days.iter().zip([0, 1].into_iter().cycle()).map(|(_, class)| (class, &[][..])).collect();
        let mut counts = counts(0, &docs);
        counts.n_classes = 2;
        counts.keys.times =
            days.iter().map(|day| day.map_or(UNDATED, |day| day * DAY_SECONDS + 3_600)).collect();
        counts
    }

    /// Year, month, day; and how many reviews of each class.
    type Counted = ((i64, i64, i64), [u64; 2]);

    #[track_caller]
    fn check(days: &[Option<i64>], period: Period, expected: &[Counted]) {
        let (bins, found, _) = by_time(&dated(days));
        let bins: Vec<_> =
            bins.iter().map(|bin| ((bin.year, bin.month, bin.day), [bin.n_rows[0], bin.n_rows[1]])).collect();
        assert_eq!((bins.as_slice(), found), (expected, period));
    }

    #[test]
    fn a_few_days_are_days_with_empty_ones_between() {
        check(
            &[Some(0), Some(2), Some(0)],
            Period::Day,
            &[((1970, 1, 1), [2, 0]), ((1970, 1, 2), [0, 0]), ((1970, 1, 3), [0, 1])],
        );
    }

    #[test]
    fn months_begin_on_their_first_day() {
        // 2024-01-31, 2024-03-01 and 2024-04-15.
        check(
            &[Some(19_753), Some(19_783), Some(19_828)],
            Period::Month,
            &[((2024, 1, 1), [1, 0]), ((2024, 2, 1), [0, 0]), ((2024, 3, 1), [0, 1]), ((2024, 4, 1), [1, 0])],
        );
    }

    #[test]
    fn longer_times_are_quarters_and_years() {
        let period = |last: i64| by_time(&dated(&[Some(0), Some(last)])).1;
        assert_eq!(period(365 * 4), Period::Month);
        assert_eq!(period(365 * 10), Period::Quarter);
        assert_eq!(period(365 * 40), Period::Year);
    }

    #[test]
    fn reviews_without_a_date_are_counted_apart() {
        let (bins, _, n_undated) = by_time(&dated(&[Some(5), None, None]));
        assert_eq!((bins.len(), n_undated), (1, 2));
        assert_eq!(by_time(&dated(&[None])), (Vec::new(), Period::Day, 1));
        assert_eq!(by_time(&counts(0, &[])).0, []);
    }

    #[test]
    fn times_before_1970_are_days_too() {
        check(&[Some(-1)], Period::Day, &[((1969, 12, 31), [1, 0])]);
    }
}
