//! Cron's times of clock and calendar: an expression in, the next matching minute on a wall out.
//!
//! Five fields (minutes, hours, days, months, weekdays) of `*`, numbers, names, ranges, steps and lists, and `@hourly`
//! and its like. Where both days and weekdays are restricted, either is enough (croniter's `day_or`, which Prefect
//! uses); a field that lists all its values restricts nothing.

use engine::quote::Quoted;
use thiserror::Error;

use crate::wall::{DAY_MINUTES, civil, weekday};

/// Longest expression, in characters.
const MAX_CHARS: usize = 256;
/// Days looked through for the next match: the 29th of February falls on a given weekday within 40 years.
const MAX_DAYS: i64 = 40 * 366;

/// Why an expression cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CronError {
    /// It is too long.
    #[error("a cron expression has at most {MAX_CHARS} characters, this one has {n_chars}: shorten it")]
    Long {
        /// Its length.
        n_chars: usize,
    },
    /// Fields are missing or too many.
    #[error("a cron expression has 5 fields (minute, hour, day, month, weekday), this one has {n_fields}")]
    Fields {
        /// How many there are.
        n_fields: usize,
    },
    /// A part of a field cannot be read.
    #[error("'{part}' is no {field}: use {low} to {high}, a range such as {low}-{high}, or a step such as */2", part = Quoted(.part))]
    Part {
        /// The part.
        part: String,
        /// Of which field.
        field: &'static str,
        /// Its least value.
        low: u32,
        /// Its greatest.
        high: u32,
    },
    /// There is no such day.
    #[error("no day is ever the one it asks for: change the day or the month")]
    Never,
}

/// Which minutes match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    pub(crate) minutes: Field,
    pub(crate) hours: Field,
    pub(crate) days: Field,
    pub(crate) months: Field,
    pub(crate) weekdays: Field,
}

/// The values of a field, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    bits: u64,
    low: u32,
    high: u32,
}

impl Field {
    pub(crate) fn has(self, value: u32) -> bool {
        self.bits >> value & 1 == 1
    }

    /// Whether it has all values it can.
    pub(crate) fn is_all(self) -> bool {
        (self.low..=self.high).all(|value| self.has(value))
    }

    pub(crate) fn values(self) -> Vec<u32> {
        (self.low..=self.high).filter(|value| self.has(*value)).collect()
    }

    fn next(self, from: u32) -> Option<u32> {
        (from..=self.high).find(|value| self.has(*value))
    }
}

/// What can stand in a field.
struct Shape {
    name: &'static str,
    low: u32,
    high: u32,
    /// Names of values from the lowest on.
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const SHAPES: [Shape; 5] = [
    Shape { name: "minute", low: 0, high: 59, names: &[] },
    Shape { name: "hour", low: 0, high: 23, names: &[] },
    Shape { name: "day of the month", low: 1, high: 31, names: &[] },
    Shape { name: "month", low: 1, high: 12, names: &MONTHS },
    Shape { name: "weekday", low: 0, high: 6, names: &WEEKDAYS },
];
/// Sunday has two numbers.
const LAST_SUNDAY: u32 = 7;

impl Cron {
    /// The expression's times.
    ///
    /// # Errors
    /// At the first part that cannot be read, or where no day can match.
    pub fn parse(expression: &str) -> Result<Self, CronError> {
        let n_chars = expression.chars().count();
        if n_chars > MAX_CHARS {
            return Err(CronError::Long { n_chars });
        }
        let expression = match expression.trim().to_lowercase().as_str() {
            "@hourly" => "0 * * * *".to_owned(),
            "@daily" | "@midnight" => "0 0 * * *".to_owned(),
            "@weekly" => "0 0 * * 0".to_owned(),
            "@monthly" => "0 0 1 * *".to_owned(),
            "@yearly" | "@annually" => "0 0 1 1 *".to_owned(),
            other => other.to_owned(),
        };
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(CronError::Fields { n_fields: fields.len() });
        };
        let cron = Self {
            minutes: field(&SHAPES[0], minutes)?,
            hours: field(&SHAPES[1], hours)?,
            days: field(&SHAPES[2], days)?,
            months: field(&SHAPES[3], months)?,
            weekdays: field(&SHAPES[4], weekdays)?,
        };
        cron.next_minute(0).map(|_| cron).ok_or(CronError::Never)
    }

    /// The first matching minute from `from` on, both counted from the beginning of 1970 on the wall.
    pub(crate) fn next_minute(&self, from: i64) -> Option<i64> {
        let first_day = from.div_euclid(DAY_MINUTES);
        for day in first_day..first_day + MAX_DAYS {
            if !self.is_day(day) {
                continue;
            }
            let of_day = if day == first_day { from.rem_euclid(DAY_MINUTES) as u32 } else { 0 };
            if let Some(minute) = self.next_of_day(of_day) {
                return Some(day * DAY_MINUTES + i64::from(minute));
            }
        }
        None
    }

    fn next_of_day(&self, from: u32) -> Option<u32> {
        let hour = self.hours.next(from / 60)?;
        if hour > from / 60 {
            return Some(hour * 60 + self.minutes.next(0)?);
        }
        match self.minutes.next(from % 60) {
            Some(minute) => Some(hour * 60 + minute),
            None => Some(self.hours.next(hour + 1)? * 60 + self.minutes.next(0)?),
        }
    }

    fn is_day(&self, day: i64) -> bool {
        let (_, month, of_month) = civil(day);
        let (by_day, by_weekday) = (self.days.has(of_month), self.weekdays.has(weekday(day)));
        let both_count = !self.days.is_all() && !self.weekdays.is_all();
        self.months.has(month) && if both_count { by_day || by_weekday } else { by_day && by_weekday }
    }
}

fn field(shape: &Shape, text: &str) -> Result<Field, CronError> {
    let mut bits = 0;
    for part in text.split(',') {
        bits |= part_bits(shape, part).ok_or_else(|| CronError::Part {
            part: part.to_owned(),
            field: shape.name,
            low: shape.low,
            high: shape.high,
        })?;
    }
    Ok(Field { bits, low: shape.low, high: shape.high })
}

/// `*`, `5`, `mon`, `9-17`, `fri-mon`, `*/5`, `10/5`, `9-17/2`.
fn part_bits(shape: &Shape, part: &str) -> Option<u64> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(number(step)?)),
        None => (part, None),
    };
    let (first, last) = match range.split_once('-') {
        Some((first, last)) => (value(shape, first)?, value(shape, last)?),
        None if range == "*" => (shape.low, shape.high),
        None => {
            let first = value(shape, range)?;
            (first, if step.is_some() { shape.high } else { first })
        }
    };
    let step = step.unwrap_or(1);
    let is_week = shape.high == 6;
    // A week goes round: from Friday to Monday is over Sunday.
    let last = if is_week && last < first { last + 7 } else { last };
    if step == 0 || last < first {
        return None;
    }
    let all = (first..=last).step_by(step as usize);
    Some(all.fold(0, |bits, value| bits | 1 << if is_week { value % 7 } else { value }))
}

fn value(shape: &Shape, text: &str) -> Option<u32> {
    if let Some(place) = shape.names.iter().position(|name| *name == text) {
        return Some(shape.low + place as u32);
    }
    let number = number(text)?;
    let high = if shape.high == 6 { LAST_SUNDAY } else { shape.high };
    (shape.low..=high).contains(&number).then_some(number)
}

/// A whole number of digits alone: `+5` is none.
fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}
