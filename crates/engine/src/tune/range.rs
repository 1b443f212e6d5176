//! Ranges and values as numbers: bounds, countable values in order, coordinates for samplers.

use crate::tune::{Range, Value};

impl Value {
    /// The value as a real number; NaN of a word.
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Float(value) => *value,
            Self::Text(_) => f64::NAN,
        }
    }

    /// The word; `None` of a number.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Text(word) => Some(word),
            Self::Int(_) | Self::Float(_) => None,
        }
    }
}

impl Range {
    /// A choice of words.
    pub fn words(words: &[&str]) -> Self {
        Self::Choice { choices: words.iter().map(|word| Value::Text((*word).to_owned())).collect() }
    }

    /// How many values it has, where they can be counted.
    pub fn n_values(&self) -> Option<u64> {
        match self {
            Self::Float { low, high, .. } => (low >= high).then_some(1),
            Self::Int { low, high, step } => Some((high - low) as u64 / *step as u64 + 1),
            Self::IntLog { low, high } => Some((high - low) as u64 + 1),
            Self::FloatStep { low, high, step } => Some(((high - low) / step).round_ties_even() as u64 + 1),
            Self::Choice { choices } => Some(choices.len() as u64),
        }
    }

    /// Value number `place` of those that can be counted, in order; of choices as they stand.
    pub fn nth(&self, place: u64) -> Value {
        match self {
            Self::Float { low, .. } => Value::Float(*low),
            Self::Int { low, step, .. } => Value::Int(low + place as i64 * step),
            Self::IntLog { low, .. } => Value::Int(low + place as i64),
            Self::FloatStep { high, .. } if Some(place + 1) == self.n_values() => Value::Float(*high),
            Self::FloatStep { low, step, .. } => Value::Float(low + place as f64 * step),
            Self::Choice { choices } => choices[place as usize].clone(),
        }
    }

    /// Where `value` lies: a number as itself, a choice by its place. `None` outside.
    pub fn coordinate(&self, value: &Value) -> Option<f64> {
        if let Self::Choice { choices } = self {
            return choices.iter().position(|choice| choice == value).map(|place| place as f64);
        }
        let number = value.as_f64();
        (self.low()..=self.high()).contains(&number).then_some(number)
    }

    /// The value at a coordinate, which lies within it.
    pub fn value_at(&self, coordinate: f64) -> Value {
        match self {
            Self::Float { .. } => Value::Float(coordinate),
            Self::FloatStep { low, step, .. } => {
                self.nth(((coordinate - low) / step).round_ties_even() as u64)
            }
            Self::Int { .. } | Self::IntLog { .. } => Value::Int(coordinate as i64),
            Self::Choice { .. } => self.nth(coordinate as u64),
        }
    }

    /// Where `value` lies between the ends, from 0 to 1: even in the logarithm where the range is, choices at equal
    /// distances, the only value in the middle. `None` outside.
    pub fn share_of(&self, value: &Value) -> Option<f64> {
        let place = self.coordinate(value)?;
        let (low, high) = match self {
            Self::Choice { choices } => (0.0, choices.len() as f64 - 1.0),
            _ => (self.low(), self.high()),
        };
        if low >= high {
            return Some(0.5);
        }
        let is_log = matches!(self, Self::Float { log: true, .. } | Self::IntLog { .. });
        let inner = |value: f64| if is_log { libm::log(value) } else { value };
        Some((inner(place) - inner(low)) / (inner(high) - inner(low)))
    }

    /// Whether there is one value only.
    pub fn is_single(&self) -> bool {
        match self {
            Self::Choice { choices } => choices.len() <= 1,
            _ => self.low() >= self.high(),
        }
    }

    /// The smallest value; of choices the smallest number, NaN where all are words.
    pub fn low(&self) -> f64 {
        match self {
            Self::Float { low, .. } | Self::FloatStep { low, .. } => *low,
            Self::Int { low, .. } | Self::IntLog { low, .. } => *low as f64,
            Self::Choice { choices } => choices.iter().map(Value::as_f64).fold(f64::NAN, f64::min),
        }
    }

    /// The largest value; of choices the largest number, NaN where all are words.
    pub fn high(&self) -> f64 {
        match self {
            Self::Float { high, .. } | Self::FloatStep { high, .. } => *high,
            Self::Int { high, .. } | Self::IntLog { high, .. } => *high as f64,
            Self::Choice { choices } => choices.iter().map(Value::as_f64).fold(f64::NAN, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &Range, values: &[Value]) {
        assert_eq!(range.n_values(), Some(values.len() as u64));
        for (place, value) in values.iter().enumerate() {
            assert_eq!(&range.nth(place as u64), value);
            let coordinate = range.coordinate(value).expect("it lies within");
            assert_eq!(&range.value_at(coordinate), value);
        }
    }

    #[test]
    fn countable_values_come_in_order_and_have_coordinates() {
        check(&Range::Int { low: 3, high: 7, step: 2 }, &[Value::Int(3), Value::Int(5), Value::Int(7)]);
        check(&Range::IntLog { low: 9, high: 10 }, &[Value::Int(9), Value::Int(10)]);
        let steps = [0.7, 0.8, 0.9].map(Value::Float);
        let range = Range::FloatStep { low: 0.7, high: 0.9, step: 0.1 };
        assert_eq!(range.n_values(), Some(3));
        assert!(steps.iter().all(|value| range.coordinate(value).is_some()));
        assert_eq!(range.nth(2), Value::Float(0.9), "the last is the upper bound itself");
        check(&Range::words(&["a", "b"]), &[Value::Text("a".into()), Value::Text("b".into())]);
        check(
            &Range::Choice { choices: vec![Value::Float(0.1), Value::Int(2)] },
            &[Value::Float(0.1), Value::Int(2)],
        );
    }

    #[test]
    fn real_ranges_cannot_be_counted_but_where_they_are_one_value() {
        assert_eq!(Range::Float { low: 0.1, high: 0.2, log: false }.n_values(), None);
        assert_eq!(Range::Float { low: 0.1, high: 0.1, log: false }.n_values(), Some(1));
    }

    #[test]
    fn what_lies_outside_has_no_coordinate() {
        let range = Range::Int { low: 3, high: 7, step: 2 };
        assert_eq!(range.coordinate(&Value::Int(9)), None);
        assert_eq!(range.coordinate(&Value::Text("5".into())), None);
        assert_eq!(Range::words(&["a"]).coordinate(&Value::Text("b".into())), None);
    }
}
