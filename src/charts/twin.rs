//! The table that says in cells what a chart says in marks; it is also what `CSV` saves.

use std::borrow::Cow;

use crate::state::format;

/// A column of a twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub name: Cow<'static, str>,
    /// Its cells are numbers, aligned to the right.
    pub is_number: bool,
}

impl Column {
    /// A column of words.
    pub fn words(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), is_number: false }
    }

    /// A column of numbers.
    pub fn numbers(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), is_number: true }
    }
}

/// A chart's table twin; every row has one cell a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Twin {
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom.
    pub rows: Vec<Vec<String>>,
}

impl Twin {
    /// As CSV (RFC 4180) with a header.
    pub fn to_csv(&self) -> String {
        let header: Vec<String> =
            self.columns.iter().map(|column| column.name.clone().into_owned()).collect();
        format::csv(std::iter::once(&header).chain(&self.rows).map(Vec::as_slice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_hold_commas_and_quotes_are_quoted() {
        let twin = Twin {
            columns: vec![Column::words("term"), Column::numbers("value")],
            rows: vec![vec!["so \"good\", really".into(), "0.5".into()]],
        };
        assert_eq!(twin.to_csv(), "term,value\r\n\"so \"\"good\"\", really\",0.5\r\n");
    }
}
