//! A cell that holds a date in, seconds since 1970 out.
//!
//! Years first (`2021-03-05`, `2021/3/5 14:30`, `20210305`), days or months first (`05/03/2021`), months by their
//! English names (`5 Mar 2021`, `March 5th, 2021`, `Feb 2021`), with or without a time of day and an offset, and
//! Unix times. Never: a clock, or a time zone that is not written as an offset.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// Shortest date, in bytes: a year.
const MIN_BYTES: usize = 4;
/// Longest date that is read, in bytes.
const MAX_BYTES: usize = 40;
/// Most tokens a date has.
const MAX_TOKENS: usize = 24;
/// Years that are read.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2200;
/// Years of two digits up to this one are of this century, the others of the last (as POSIX reads them).
const LAST_SHORT_YEAR: i64 = 68;
const SECONDS_OF_DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Which number of `05/03/2021` is the month. With points between them (`5.3.2021`) the day is always first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The first.
    #[default]
    MonthFirst,
    /// The second.
    DayFirst,
}

#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    Number { value: i64, n_digits: usize },
    Word(&'a str),
    Mark(u8),
}

/// A number or a month's name among those of a date.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Number { value: i64, n_digits: usize },
    Month(i64),
}

/// Seconds since the beginning of 1970 of the date in `cell`: of UTC where the cell has an offset, else of
/// whatever clock it was read from. `None` where it is no date.
pub fn parse_date(cell: &str, order: DateOrder) -> Option<i64> {
    let cell = cell.trim();
    let may_be_date = (MIN_BYTES..=MAX_BYTES).contains(&cell.len())
        && cell.is_ascii()
        && cell.bytes().any(|byte| byte.is_ascii_digit());
    if !may_be_date {
        return None;
    }
    if cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain_number(cell);
    }
    let mut found = [Token::Mark(b' '); MAX_TOKENS];
    let tokens = cut(cell, &mut found)?;
    let colon = tokens.iter().position(|token| *token == Token::Mark(b':'));
    let (date, time) = tokens.split_at(colon.map_or(Some(tokens.len()), |at| at.checked_sub(1))?);
    let mut fields = Fields::of(date)?;
    let seconds = if time.is_empty() { 0 } else { time_of_day(time, &mut fields)? };
    Some(fields.days(order)? * SECONDS_OF_DAY + seconds)
}

/// Year, month and day of a number of days since the beginning of 1970 (Howard Hinnant, `civil_from_days`).
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// `2021`, `20210305`, seconds or milliseconds since 1970.
fn plain_number(cell: &str) -> Option<i64> {
    let number: i64 = cell.parse().ok()?;
    match cell.len() {
        4 => Some(days(number, 1, 1)? * SECONDS_OF_DAY),
        8 => Some(days(number / 10_000, number / 100 % 100, number % 100)? * SECONDS_OF_DAY),
        10 => Some(number),
        13 => Some(number / 1000),
        _ => None,
    }
}

fn cut<'a, 'b>(cell: &'a str, found: &'b mut [Token<'a>; MAX_TOKENS]) -> Option<&'b [Token<'a>]> {
    let bytes = cell.as_bytes();
    let (mut at, mut n_tokens) = (0, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let run = |is_in: fn(&u8) -> bool| rest.iter().take_while(|byte| is_in(byte)).count();
        let (token, n_bytes) = match rest[0] {
            byte if byte.is_ascii_digit() => {
                let n_digits = run(u8::is_ascii_digit);
                (Token::Number { value: cell[at..at + n_digits].parse().ok()?, n_digits }, n_digits)
            }
            byte if byte.is_ascii_alphabetic() => {
                let n_letters = run(u8::is_ascii_alphabetic);
                (Token::Word(&cell[at..at + n_letters]), n_letters)
            }
            byte => (Token::Mark(byte), 1),
        };
        *found.get_mut(n_tokens)? = token;
        n_tokens += 1;
        at += n_bytes;
    }
    Some(&found[..n_tokens])
}

/// What a date is made of, before it is known which is which.
struct Fields {
    found: [Option<Field>; 3],
    n_found: usize,
    /// The first mark between two of them that is no space.
    mark: u8,
}

impl Fields {
    fn of(tokens: &[Token<'_>]) -> Option<Self> {
        let mut fields = Self { found: [None; 3], n_found: 0, mark: b' ' };
        let mut after_number = false;
        for token in tokens {
            match *token {
                Token::Number { value, n_digits } => fields.push(Field::Number { value, n_digits })?,
                Token::Word(word) => match month(word) {
                    Some(number) => fields.push(Field::Month(number))?,
                    None if is_filler(word, after_number) => {}
                    None => return None,
                },
                Token::Mark(mark @ (b'-' | b'/' | b'.' | b',' | b' ')) => {
                    if fields.mark == b' ' && fields.n_found > 0 {
                        fields.mark = mark;
                    }
                }
                Token::Mark(_) => return None,
            }
            after_number = matches!(token, Token::Number { .. });
        }
        Some(fields)
    }

    fn push(&mut self, field: Field) -> Option<()> {
        *self.found.get_mut(self.n_found)? = Some(field);
        self.n_found += 1;
        Some(())
    }

    /// Days since the beginning of 1970.
    fn days(&self, order: DateOrder) -> Option<i64> {
        use Field::{Month, Number};
        let [first, second, third] = self.found;
        match (first?, second?, third) {
            (
                Number { value: year, n_digits: 4 },
                Number { value: month, .. },
                Some(Number { value: day, .. }),
            ) => days(year, month, day),
            (Number { value: a, n_digits: 1 | 2 }, Number { value: b, n_digits: 1 | 2 }, Some(year)) => {
                let is_day_first = self.mark == b'.' || order == DateOrder::DayFirst;
                let (day, month) = if is_day_first { (a, b) } else { (b, a) };
                days(full_year(year)?, month, day)
            }
            (Month(month), Number { value: day, n_digits: 1 | 2 }, Some(year))
            | (Number { value: day, n_digits: 1 | 2 }, Month(month), Some(year)) => {
                days(full_year(year)?, month, day)
            }
            (Number { value: year, n_digits: 4 }, Month(month), Some(Number { value: day, .. })) => {
                days(year, month, day)
            }
            (Month(month), Number { value: year, n_digits: 4 }, None) => days(year, month, 1),
            (Number { value: year, n_digits: 4 }, Number { value: month, n_digits: 1 | 2 }, None)
            | (Number { value: month, n_digits: 1 | 2 }, Number { value: year, n_digits: 4 }, None)
                if matches!(self.mark, b'-' | b'/') =>
            {
                days(year, month, 1)
            }
            _ => None,
        }
    }
}

/// Seconds since midnight, less the offset, of tokens that begin with the hour. A year may follow.
fn time_of_day(tokens: &[Token<'_>], fields: &mut Fields) -> Option<i64> {
    let number = |at: usize, most: i64| match tokens.get(at) {
        Some(Token::Number { value, n_digits: 1 | 2 }) if *value <= most => Some(*value),
        _ => None,
    };
    let (mut hour, minute) = (number(0, 23)?, number(2, 59)?);
    let (mut second, mut at) = (0, 3);
    if tokens.get(at) == Some(&Token::Mark(b':')) {
        second = number(at + 1, 60)?;
        at += 2;
        if matches!(tokens.get(at..at + 2), Some([Token::Mark(b'.'), Token::Number { .. }])) {
            at += 2;
        }
    }
    let mut offset = 0;
    while let Some(token) = tokens.get(at) {
        match *token {
            Token::Mark(b' ' | b'(' | b')' | b',') => {}
            Token::Word(word) if word.eq_ignore_ascii_case("am") && hour <= 12 => hour %= 12,
            Token::Word(word) if word.eq_ignore_ascii_case("pm") && hour <= 12 => hour = hour % 12 + 12,
            Token::Word(word) if word.bytes().all(|byte| byte.is_ascii_uppercase()) => {}
            Token::Mark(sign @ (b'+' | b'-')) => {
                let (seconds, n_tokens) = offset_of(tokens.get(at + 1..)?)?;
                offset = if sign == b'+' { seconds } else { -seconds };
                at += n_tokens;
            }
            Token::Number { value, n_digits: 4 } => fields.push(Field::Number { value, n_digits: 4 })?,
            Token::Number { .. } | Token::Word(_) | Token::Mark(_) => return None,
        }
        at += 1;
    }
    Some(hour * 3600 + minute * 60 + second - offset)
}

/// Seconds of `0530`, `05:30` or `05`, and the tokens it takes.
fn offset_of(tokens: &[Token<'_>]) -> Option<(i64, usize)> {
    match *tokens {
        [
            Token::Number { value: hours, n_digits: 2 },
            Token::Mark(b':'),
            Token::Number { value: minutes, .. },
            ..,
        ] => Some((hours * 3600 + minutes * 60, 3)),
        [Token::Number { value, n_digits: 4 }, ..] => Some((value / 100 * 3600 + value % 100 * 60, 1)),
        [Token::Number { value: hours, n_digits: 2 }, ..] => Some((hours * 3600, 1)),
        _ => None,
    }
}

fn month(word: &str) -> Option<i64> {
    let first = word.get(..3)?;
    let number = (1..).zip(MONTHS).find(|(_, name)| first.eq_ignore_ascii_case(name))?.0;
    // `Mars` and `Mayor` are no months; `Sept` and `September` are.
    let names = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = names[number as usize - 1];
    name.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)).then_some(number)
}

/// Whether a word says nothing of the date: a day of the week, `of`, `T` before the time, `th` after a number.
fn is_filler(word: &str, after_number: bool) -> bool {
    let is = |known: &str| word.eq_ignore_ascii_case(known);
    let is_weekday = || {
        word.get(..3).is_some_and(|first| WEEKDAYS.iter().any(|day| first.eq_ignore_ascii_case(day)))
            && (word.len() == 3 || word.to_ascii_lowercase().ends_with("day"))
    };
    (after_number && ["st", "nd", "rd", "th", "t"].into_iter().any(is))
        || is("of")
        || is("at")
        || is_weekday()
}

fn full_year(field: Field) -> Option<i64> {
    match field {
        Field::Number { value, n_digits: 4 } => Some(value),
        Field::Number { value, n_digits: 2 } => {
            Some(if value <= LAST_SHORT_YEAR { 2000 + value } else { 1900 + value })
        }
        Field::Number { .. } | Field::Month(_) => None,
    }
}

/// Days since the beginning of 1970 of a day in the Gregorian calendar (Howard Hinnant, `days_from_civil`);
/// `None` where there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let n_days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !YEARS.contains(&year) || !(1..=n_days).contains(&day) {
        return None;
    }
    // The year begins in March, so that the day that not all years have is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    // CPython 3.11: datetime(2021, 3, 5, tzinfo=timezone.utc).timestamp()
    const MARCH_5: i64 = 1_614_902_400;

    #[track_caller]
    fn check(cell: &str, expected: Option<i64>) {
        assert_eq!(parse_date(cell, DateOrder::MonthFirst), expected, "{cell}");
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for cell in [
            "2021-03-05",
            "2021/3/5",
            " 2021.03.05 ",
            "20210305",
            "03/05/2021",
            "3-5-21",
            "5.3.2021",
            "5.3.21",
            "5 Mar 2021",
            "5 March, 2021",
            "Mar 5, 2021",
            "March 5th, 2021",
            "Friday, March 5, 2021",
            "5th of March 2021",
            "2021-Mar-05",
            "05-MAR-2021",
        ] {
            check(cell, Some(MARCH_5));
        }
        assert_eq!(parse_date("05/03/2021", DateOrder::DayFirst), Some(MARCH_5));
        check("Mar 2021", Some(MARCH_5 - 4 * SECONDS_OF_DAY));
        check("2021-03", Some(MARCH_5 - 4 * SECONDS_OF_DAY));
        check("2021", Some(MARCH_5 - 63 * SECONDS_OF_DAY));
        check("1970-01-01", Some(0));
        // CPython 3.11: date.toordinal() - date(1970, 1, 1).toordinal()
        check("2000-02-29", Some(11_016 * SECONDS_OF_DAY));
        check("1900-03-01", Some(-25_508 * SECONDS_OF_DAY));
        check("2100-12-31", Some(47_846 * SECONDS_OF_DAY));
    }

    #[test]
    fn times_and_offsets_are_read() {
        check("2021-03-05T14:30:00", Some(MARCH_5 + 52_200));
        check("2021-03-05 14:30", Some(MARCH_5 + 52_200));
        check("2021-03-05 14:30:00.123456", Some(MARCH_5 + 52_200));
        check("2021-03-05T14:30:00Z", Some(MARCH_5 + 52_200));
        check("2021-03-05T14:30:00+05:30", Some(MARCH_5 + 32_400));
        check("2021-03-05 14:30:00 -0800", Some(MARCH_5 + 81_000));
        check("03/05/2021 02:30 PM", Some(MARCH_5 + 52_200));
        check("03/05/2021 12:05 am", Some(MARCH_5 + 300));
        check("Fri Mar 05 14:30:00 PDT 2021", Some(MARCH_5 + 52_200));
        check("Fri Mar 05 14:30:00 +0000 2021", Some(MARCH_5 + 52_200));
        check("1614902400", Some(MARCH_5));
        check("1614902400999", Some(MARCH_5));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for cell in [
            "",
            "5",
            "4.0",
            "889.0",
            "1.2.3",
            "2021-13-01",
            "2021-02-29",
            "31/04/2021",
            "13/04/2021",
            "1899-01-01",
            "99999",
            "5 Mayor 2021",
            "version 2.10.21",
            "800-850 was an affordable price",
            "25:00",
            "10:30",
            ":30",
            "2021-03-05 25:00",
            "2021-03-05 10:61",
            "12.2021",
            "März 2021",
            "2021-03-05-07",
            "Certified Buyer, 2021",
        ] {
            check(cell, None);
        }
        assert_eq!(parse_date("04/13/2021", DateOrder::DayFirst), None);
    }

    mod properties {
        use super::*;
        use proptest::prelude::{any, prop_assert_eq, proptest};

        proptest! {
            #[test]
            fn any_bytes_end_in_a_number_or_none(cell in any::<String>()) {
                let _ = parse_date(&cell, DateOrder::DayFirst);
            }

            #[test]
            fn digits_and_marks_end_in_a_number_or_none(cell in "[0-9TZ:+/. -]{0,42}") {
                let _ = parse_date(&cell, DateOrder::MonthFirst);
            }

            #[test]
            fn the_next_day_is_a_day_later(year in 1900_i64..2200, month in 1_i64..=12, day in 1_i64..=27) {
                prop_assert_eq!(days(year, month, day + 1), days(year, month, day).map(|n| n + 1));
                prop_assert_eq!(
                    days(year + month / 12, month % 12 + 1, 1),
                    (28..=31).rev().find_map(|last| days(year, month, last)).map(|n| n + 1)
                );
            }
        }
    }
}
