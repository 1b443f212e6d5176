//! What can stand in a view: texts, views, closures, options and lists of them.

use std::borrow::Cow;

use super::{Part, Value, View};
use crate::reactive::{Derived, State};

/// What can be a part of a view.
pub trait IntoPart {
    /// As a part.
    fn into_part(self) -> Part;
}

/// What can be the value of an attribute, class, style or property.
pub trait IntoValue {
    /// As a value.
    fn into_value(self) -> Value;
}

/// `shown` as a part of a view.
pub fn part(shown: impl IntoPart) -> Part {
    shown.into_part()
}

/// `given` as the value of an attribute, class, style or property.
pub fn value(given: impl IntoValue) -> Value {
    given.into_value()
}

impl From<&'static str> for Part {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl IntoPart for Part {
    fn into_part(self) -> Part {
        self
    }
}

impl IntoPart for View {
    fn into_part(self) -> Part {
        self.0
    }
}

impl IntoPart for () {
    fn into_part(self) -> Part {
        Part::Nothing
    }
}

impl IntoPart for String {
    fn into_part(self) -> Part {
        Part::Text(Cow::Owned(self))
    }
}

impl IntoPart for &'static str {
    fn into_part(self) -> Part {
        Part::from(self)
    }
}

impl IntoPart for Cow<'static, str> {
    fn into_part(self) -> Part {
        Part::Text(self)
    }
}

impl<T: IntoPart> IntoPart for Option<T> {
    fn into_part(self) -> Part {
        self.map_or(Part::Nothing, IntoPart::into_part)
    }
}

impl<T: IntoPart> IntoPart for Vec<T> {
    fn into_part(self) -> Part {
        Part::List(self.into_iter().map(IntoPart::into_part).collect())
    }
}

impl<T: IntoPart, const N: usize> IntoPart for [T; N] {
    fn into_part(self) -> Part {
        Part::List(self.into_iter().map(IntoPart::into_part).collect())
    }
}

impl<T: IntoPart, F: FnMut() -> T + 'static> IntoPart for F {
    fn into_part(mut self) -> Part {
        Part::Live(Box::new(move |()| self().into_part()))
    }
}

impl IntoPart for Derived<String> {
    fn into_part(self) -> Part {
        Part::Live(Box::new(move |()| self.get().into_part()))
    }
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Flag(self)
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(Cow::Owned(self))
    }
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Value::Text(Cow::Borrowed(self))
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Absent, IntoValue::into_value)
    }
}

impl<T: IntoValue, F: FnMut() -> T + 'static> IntoValue for F {
    fn into_value(mut self) -> Value {
        Value::Live(Box::new(move |()| self().into_value()))
    }
}

impl IntoValue for Derived<bool> {
    fn into_value(self) -> Value {
        Value::Live(Box::new(move |()| Value::Flag(self.get())))
    }
}

impl IntoValue for State<bool> {
    fn into_value(self) -> Value {
        Value::Live(Box::new(move |()| Value::Flag(self.get())))
    }
}

impl IntoValue for Derived<String> {
    fn into_value(self) -> Value {
        Value::Live(Box::new(move |()| self.get().into_value()))
    }
}
