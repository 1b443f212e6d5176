//! Columns beyond review and label: a title joined before the text, a date, a group. What a row says in them in,
//! what rows are parted by out.

use json::{FromJson, ToJson};
use kernels::fingerprint;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::table::{DateOrder, FileError, Row, is_missing, parse_date};

/// `RowKeys::times` of a review without a date that can be read: before all others.
pub const UNDATED: i64 = i64::MIN;

/// A column, by place and header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct NamedColumn {
    /// From 0.
    pub column: u32,
    /// Its header.
    pub name: String,
}

/// A column of dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DateColumn {
    /// From 0.
    pub column: u32,
    /// Its header.
    pub name: String,
    /// How `05/03/2021` is read.
    pub order: DateOrder,
}

/// Columns that a file need not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ExtraColumns {
    /// Joined before the text, with a space between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<NamedColumn>,
    /// When the review was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<DateColumn>,
    /// Reviews with the same value belong together: a product's, a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<NamedColumn>,
}

/// What reviews are parted by beside their class. Shapes: n_docs, or empty where the recipe has no such column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowKeys {
    /// Seconds since the beginning of 1970, or `UNDATED`.
    pub times: Vec<i64>,
    /// Group of each, numbered by first appearance; a review without a group is one of its own.
    pub groups: Vec<u32>,
}

impl ExtraColumns {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Forgets what `column` was for: it has another role now.
    pub fn free(&mut self, column: u32) {
        self.title.take_if(|title| title.column == column);
        self.date.take_if(|date| date.column == column);
        self.group.take_if(|group| group.column == column);
    }

    /// Checks that the columns are those of the header.
    ///
    /// # Errors
    /// `NoSuchColumn`.
    pub(super) fn check(&self, header: &[String]) -> Result<(), FileError> {
        let named = [&self.title, &self.group].into_iter().flatten().map(|named| (named.column, &named.name));
        let mut all = named.chain(self.date.iter().map(|date| (date.column, &date.name)));
        all.try_for_each(|(column, name)| check_column(header, column as usize, name))
    }
}

/// Checks that a column has the header the recipe says.
///
/// # Errors
/// `NoSuchColumn`.
pub(crate) fn check_column(header: &[String], column: usize, name: &str) -> Result<(), FileError> {
    match header.get(column) {
        Some(found) if found == name => Ok(()),
        _ => Err(FileError::NoSuchColumn { name: name.to_owned(), column: column as u32 }),
    }
}

/// Takes from rows what the extra columns say.
pub(super) struct ExtraCells {
    columns: ExtraColumns,
    keys: RowKeys,
    /// By 128 bits of the value (SipHash-1-3, a fixed key).
    known_groups: FxHashMap<u128, u32>,
    n_groups: u32,
    n_undated: u64,
    joined: String,
}

impl ExtraCells {
    pub fn new(columns: &ExtraColumns) -> Self {
        Self {
            columns: columns.clone(),
            keys: RowKeys::default(),
            known_groups: FxHashMap::default(),
            n_groups: 0,
            n_undated: 0,
            joined: String::new(),
        }
    }

    /// The text with the title before it, where there is one.
    pub fn join<'a>(&'a mut self, row: &Row<'a>, text: &'a str) -> &'a str {
        let title = self.columns.title.as_ref().map_or("", |title| row.cell(title.column as usize));
        if is_missing(title) {
            return text;
        }
        self.joined.clear();
        self.joined.push_str(title);
        self.joined.push(' ');
        self.joined.push_str(text);
        &self.joined
    }

    /// The group of a row; empty where there is none.
    pub fn group<'r>(&self, row: &Row<'r>) -> &'r str {
        let Some(group) = &self.columns.group else { return "" };
        let value = row.cell(group.column as usize).trim();
        if is_missing(value) { "" } else { value }
    }

    /// Takes date and group of a row that is kept.
    pub fn keep(&mut self, row: &Row<'_>) {
        if let Some(date) = &self.columns.date {
            let time = parse_date(row.cell(date.column as usize), date.order);
            self.n_undated += u64::from(time.is_none());
            self.keys.times.push(time.unwrap_or(UNDATED));
        }
        if let Some(group) = &self.columns.group {
            let value = row.cell(group.column as usize).trim();
            let new = self.n_groups;
            let number = match is_missing(value) {
                true => new,
                false => *self.known_groups.entry(fingerprint(value, &[])).or_insert(new),
            };
            self.n_groups += u32::from(number == new);
            self.keys.groups.push(number);
        }
    }

    /// What was taken, and the rows without a date that can be read.
    pub fn finish(self) -> (RowKeys, u64) {
        (self.keys, self.n_undated)
    }
}
