//! A row of a table, where it stands, and how large it may be.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{RowIssue, RowReason};

/// Longest cell that is taken, in bytes of UTF-8. A longer one sets its row aside.
pub const MAX_CELL_BYTES: usize = 1 << 20;
/// Most columns a header may have.
pub const MAX_COLUMNS: usize = 1000;
/// Longest row that is taken, in bytes of UTF-8. A longer one is set aside like a longer cell.
pub const MAX_ROW_BYTES: usize = 4 << 20;

/// Where a row stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RowMark {
    /// Row number as pandas counts them: from 0, header and blank lines not counted.
    pub record: u64,
    /// Line of the file where it begins, from 1.
    pub line: u64,
    /// Byte of the file where it begins.
    pub byte: u64,
}

impl RowMark {
    /// The row, set aside for `reason`.
    pub fn issue(self, reason: RowReason) -> RowIssue {
        RowIssue { record: self.record, line: self.line, byte: self.byte, reason }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Where it stands.
    pub mark: RowMark,
    pub(super) text: &'a str,
    pub(super) ends: &'a [u32],
    pub(super) n_columns: usize,
}

impl<'a> Row<'a> {
    /// The cell of a column; empty where the row is short or the table has no such column.
    pub fn cell(&self, column: usize) -> &'a str {
        let Some(&end) = self.ends.get(column) else { return "" };
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.text[start as usize..end as usize]
    }

    /// Number of columns of the table.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// All cells, one for each column.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.n_columns).map(|column| self.cell(column))
    }
}
