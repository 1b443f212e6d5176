//! A word of a filter in, the number, date or span of time it writes out.

use engine::table::{DateOrder, parse_date};

use super::expression::Literal;
use crate::id::Millis;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Longer than any record is old: 100,000 years.
const MAX_SPAN: f64 = 100_000.0 * 366.0 * DAY as f64;

/// A number as MLflow writes it: digits with sign, point and exponent.
pub(super) fn number(word: &str) -> Option<f64> {
    if word.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let has_only_digits_and_marks =
        word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let number = (has_only_digits_and_marks && has_digit).then(|| word.parse::<f64>().ok())??;
    number.is_finite().then_some(number)
}

/// `2d`, `90m`, `1.5h`: milliseconds.
pub(super) fn span(word: &str) -> Option<i64> {
    let unit_at = word.find(|c: char| c.is_ascii_alphabetic())?;
    let unit = match &word[unit_at..] {
        "s" | "sec" | "second" | "seconds" => SECOND,
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "h" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => WEEK,
        _ => return None,
    };
    let amount = number(&word[..unit_at])?;
    let milliseconds = amount * unit as f64;
    (milliseconds.abs() < MAX_SPAN).then_some(milliseconds.round() as i64)
}

/// A date in any of the forms that a column of dates may have.
pub(super) fn date(text: &str) -> Option<Literal> {
    let seconds = parse_date(text, DateOrder::MonthFirst)?;
    Some(Literal::At(Millis(u64::try_from(seconds).ok()?.checked_mul(1000)?)))
}
