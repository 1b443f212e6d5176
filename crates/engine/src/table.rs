//! Bytes of a file in, rows of text cells out, in one pass over chunks of any size.
//!
//! Encoding and delimiter are detected from the beginning of the file. A bad row never ends a read: it
//! is counted, described and skipped.

mod cell;
mod date;
mod windows_1252;
mod decode;
mod issues;
mod row;
mod header;
mod cutter;
mod reader;
mod write_row;
mod rows_after;
mod detect;
mod scan;
#[cfg(test)]
mod tests;

pub use cell::{is_missing, parse_number};
pub use date::{DateOrder, civil, parse_date};
pub use detect::{DETECT_BYTES, detect_format, detect_format_of_texts};
pub use issues::{IssueList, MAX_KEPT_ISSUES};
pub use reader::{ReadTable, TableReader};
pub use row::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROW_BYTES, Row, RowMark};
pub use rows_after::{NotInEncoding, TAIL_BYTES, rows_after};
pub use scan::{
    ColumnSummary, MAX_LISTED_VALUE_BYTES, MAX_LISTED_VALUES, ROWS_PER_MARK, TableScan, TableSummary,
    preview, rows_of_part,
};
pub use write_row::{csv_cell, push_row, safe_cell};

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::quote::Quoted;

/// Largest file that is taken, in bytes.
pub const MAX_CSV_BYTES: u64 = 512 * 1024 * 1024;

/// How a file's bytes become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, which is what browsers mean by Latin-1.
    Windows1252,
}

/// How a file is cut into cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TableFormat {
    /// How bytes become characters.
    pub encoding: Encoding,
    /// Comma, semicolon, tab or pipe.
    pub delimiter: char,
    /// The first row names the columns. Where it does not they are numbered, and it is a row like any other.
    #[serde(default = "is_usual", skip_serializing_if = "is_set")]
    pub has_header: bool,
}

impl TableFormat {
    /// A file whose first row names its columns.
    pub const fn new(encoding: Encoding, delimiter: char) -> Self {
        Self { encoding, delimiter, has_header: true }
    }
}

/// A number of different values, of which no more than `MAX_LISTED_VALUES` are told apart.
fn number_of_values(found: u64) -> String {
    if found > MAX_LISTED_VALUES as u64 {
        format!("more than {MAX_LISTED_VALUES}")
    } else {
        found.to_string()
    }
}

fn is_usual() -> bool {
    true
}

fn is_set(flag: &bool) -> bool {
    *flag
}

/// Why a row was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum RowReason {
    /// More cells than the header has columns.
    TooManyCells {
        /// Cells in this row.
        found: u32,
        /// Columns in the header.
        expected: u32,
    },
    /// A quote was opened and not closed before the end of the file or within `MAX_CELL_BYTES`. The line
    /// is set aside and reading goes on with the next.
    OpenQuote,
    /// A cell is longer than the bound.
    CellTooLong {
        /// The bound, in bytes.
        most: u32,
    },
    /// Bytes that are no characters in the file's encoding.
    BadBytes,
    /// The named column's cell reads as missing (`NA`, `None`, `null`, empty, …).
    Missing {
        /// Column, counted from 0.
        column: u32,
        /// What stands there.
        value: String,
    },
    /// The label belongs to no class of the mapping.
    UnknownLabel {
        /// What stands there.
        value: String,
    },
    /// Text and label repeat an earlier row.
    Repeat,
    /// A fix of the recipe leaves it out.
    LeftOut,
    /// A line of JSON that is no object.
    NotAnObject {
        /// What is wrong with it.
        reason: String,
    },
}

/// A row that was set aside, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RowIssue {
    /// Row number as pandas counts them: from 0, header and blank lines not counted.
    pub record: u64,
    /// Line of the file where it begins, from 1.
    pub line: u64,
    /// Byte of the file where it begins.
    pub byte: u64,
    /// Why.
    pub reason: RowReason,
}

/// Why a whole file cannot be used. Each message is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum FileError {
    /// A cleaning step that cannot be run.
    #[error("The reviews cannot be cleaned so: {reason}.")]
    CannotClean {
        /// What is wrong with it.
        reason: String,
    },
    /// No byte, or nothing but white space.
    #[error("The file is empty: choose a CSV file with one review per row.")]
    Empty,
    /// Bytes no text file has.
    #[error(
        "This is not a text file (byte {byte} is {value:#04x}): export your reviews as CSV and choose that file."
    )]
    Binary {
        /// Where the first such byte stands.
        byte: u64,
        /// The byte.
        value: u8,
    },
    /// Only one column.
    #[error(
        "The file has one column ('{name}'), but a review needs a text and a rating: export both columns, separated by commas, semicolons, tabs or pipes.",
        name = Quoted(.name)
    )]
    OneColumn {
        /// The header's only cell.
        name: String,
    },
    /// More columns than `MAX_COLUMNS`.
    #[error(
        "The header has {found} columns, at most {most} are taken: export only the columns with the review and its rating."
    )]
    TooManyColumns {
        /// Columns in the header.
        found: u64,
        /// The bound.
        most: u64,
    },
    /// A column of the recipe is not in this file.
    #[error(
        "The file has no column '{name}' as number {}: choose the columns again.",
        column + 1, name = Quoted(.name)
    )]
    NoSuchColumn {
        /// Its header in the recipe.
        name: String,
        /// Its place in the recipe, from 0.
        column: u32,
    },
    /// No column could be a text.
    #[error(
        "No column looks like a review (mostly words): choose the column under 'Text column' or add one to the file."
    )]
    NoTextColumn,
    /// No row has both a text and a label of the mapping.
    #[error(
        "None of the {n_rows} rows has both a text and a known label: choose other columns, or change the mapping."
    )]
    NoUsableRows {
        /// Rows below the header.
        n_rows: u64,
    },
    /// A header and nothing below it.
    #[error("The file has a header but no rows below it: choose a file with one review per row.")]
    NoRows,
    /// No column could be a rating or a label.
    #[error(
        "No column looks like a rating or a label (2 to 10 different values, most rows filled): choose the column under 'Rating column' or add one to the file."
    )]
    NoLabelColumn,
    /// One class only is left.
    #[error(
        "All {n_rows} usable rows are '{class}': a model needs reviews of at least two classes, so add some of another kind or change the mapping.",
        class = Quoted(.class)
    )]
    OneClass {
        /// Usable rows.
        n_rows: u64,
        /// Their class.
        class: String,
    },
    /// More classes than `MAX_CLASSES`.
    #[error(
        "The label column has {found} different values, at most {most} can be learned: choose another column or merge some values.",
        found = number_of_values(*found)
    )]
    TooManyClasses {
        /// Distinct labels.
        found: u64,
        /// The bound.
        most: u64,
    },
    /// Over `MAX_CSV_BYTES`.
    #[error("The file has {bytes} bytes, at most {most} are taken: split it, or keep a part of its rows.")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The bound.
        most: u64,
    },
    /// Too few rows of a class for the split and the folds.
    #[error(
        "Class '{class}' has {n_rows} usable rows, {needed} are needed for the test part and {n_folds} folds: add reviews of that class or merge it with another.",
        class = Quoted(.class)
    )]
    TooFewRows {
        /// The smallest class.
        class: String,
        /// Its rows.
        n_rows: u64,
        /// What split and folds need.
        needed: u64,
        /// Folds asked for.
        n_folds: u32,
    },
    /// A bound on the number of different words or phrases.
    #[error("The reviews hold more than {most} different words: keep a part of the rows.")]
    TooManyTerms {
        /// The bound.
        most: u64,
    },
    /// More reviews than `features::MAX_DOCS`.
    #[error("The file has {n_rows} usable rows, at most {most} are taken: keep a part of them.")]
    TooManyRows {
        /// Usable rows.
        n_rows: u64,
        /// The bound.
        most: u64,
    },
    /// More files than `intake::MAX_FILES`.
    #[error("These are more than {most} files: give them in parts, or join them before.")]
    TooManyFiles {
        /// The bound.
        most: u64,
    },
    /// One of several files cannot be used.
    #[error("{name}: {sentence}", name = Quoted(.name))]
    Within {
        /// The file.
        name: String,
        /// Why, in a sentence.
        sentence: String,
    },
    /// A packed file that cannot be unpacked.
    #[error(
        "'{name}' cannot be unpacked because {reason}: pack it again, or give the file that is in it.",
        name = Quoted(.name)
    )]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A packed file under a password.
    #[error("'{name}' is locked with a password: unpack it and give the file that is in it.", name = Quoted(.name))]
    Locked {
        /// The file.
        name: String,
    },
    /// What is in a packed file is larger than `MAX_CSV_BYTES`.
    #[error(
        "'{name}' holds more than {most} bytes once it is unpacked: keep a part of the rows.",
        name = Quoted(.name)
    )]
    ExpandsTooFar {
        /// The file.
        name: String,
        /// The bound.
        most: u64,
    },
    /// A packed file without a table.
    #[error("There is no CSV, TSV or JSON-lines file in what was given: pack one, or give it as it is.")]
    NothingInside,
    /// A file of JSON lines without an object.
    #[error(
        "No line of '{name}' is a JSON object such as {{\"text\": \"good\", \"rating\": 5}}: write one on each line.",
        name = Quoted(.name)
    )]
    NoObjects {
        /// The file.
        name: String,
    },
    /// One JSON array instead of lines.
    #[error(
        "'{name}' is one JSON array: save it as JSON lines, with one object on each line and no brackets around them.",
        name = Quoted(.name)
    )]
    JsonArray {
        /// The file.
        name: String,
    },
    /// Of several files one lacks a column.
    #[error(
        "'{name}' has no column '{column}', which '{first}' has: give files with the same columns, or import it by itself.",
        name = Quoted(.name), column = Quoted(.column), first = Quoted(.first)
    )]
    MissingColumn {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// The first file.
        first: String,
    },
    /// Of several files one has a column more.
    #[error(
        "'{name}' has a column '{column}', which '{first}' has not: give files with the same columns, or import it by itself.",
        name = Quoted(.name), column = Quoted(.column), first = Quoted(.first)
    )]
    StrangeColumn {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// The first file.
        first: String,
    },
    /// More than one table, or one of objects: they come out joined by their columns' names.
    #[error("There are several tables in what was given: import them one by one.")]
    MustBeJoined,
    /// More words in all than `dataset::MAX_TOKENS`.
    #[error("The reviews hold more than {most} words in all: keep a part of the rows.")]
    TooManyWords {
        /// The bound.
        most: u64,
    },
}
