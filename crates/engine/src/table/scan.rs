//! The first pass over a file: its bytes in, what its columns hold and where its rows stand out.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::ops::Range;

use json::{FromJson, ToJson};
use kernels::n_chars;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::cell::{is_missing, parse_number};
use super::date::{DateOrder, parse_date};
use super::issues::IssueList;
use super::reader::TableReader;
use super::row::{Row, RowMark};
use super::{FileError, MAX_CSV_BYTES, TableFormat};
use crate::num::{ContentHash, ContentHasher};

/// Most distinct values of a column that are listed. A column with more lists none.
pub const MAX_LISTED_VALUES: usize = 128;
/// Longest value that is listed, in bytes. A column with a longer one lists none.
pub const MAX_LISTED_VALUE_BYTES: usize = 200;
/// One row in so many has its place in `TableSummary::row_index`.
pub const ROWS_PER_MARK: u64 = 256;

/// Longest example of a column, in characters.
const MAX_EXAMPLE_CHARS: usize = 80;
/// Filled cells after which a column must be of dates by half, or they are counted no more: few columns are, and
/// every cell of a file goes by.
const CELLS_TO_TELL_DATES: u64 = 64;
/// Bytes after which a preview looks whether it has rows enough.
const PREVIEW_PIECE_BYTES: usize = 8 * 1024;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ColumnSummary {
    /// Its header.
    pub name: String,
    /// Cells that read as missing.
    pub n_missing: u64,
    /// Cells that are numbers.
    pub n_numeric: u64,
    /// Cells that are dates with the month before the day, or years first; of a column of which most cells are no
    /// dates, those among its first cells.
    #[serde(default)]
    pub n_month_first: u64,
    /// The same with the day before the month.
    #[serde(default)]
    pub n_day_first: u64,
    /// Mean length of the cells that are not missing, in characters.
    pub mean_chars: f64,
    /// Distinct values after trimming and how often each stands there, in order of first appearance, missing
    /// ones left out. Empty where there are more than `MAX_LISTED_VALUES`, or one is too long.
    pub values: Vec<(String, u64)>,
    /// How many distinct values there are; `MAX_LISTED_VALUES` + 1 means more than that.
    pub n_distinct: u64,
    /// The first cell that is not missing, or its beginning.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TableSummary {
    /// How it was read.
    pub format: TableFormat,
    /// Its columns, in order.
    pub columns: Vec<ColumnSummary>,
    /// Rows below the header, those set aside included.
    pub n_rows: u64,
    /// Rows set aside.
    pub issues: IssueList,
    /// The place of every `ROWS_PER_MARK`-th row that was not set aside, beginning with the first.
    pub row_index: Vec<RowMark>,
    /// SHA-256 of the file.
    pub hash: ContentHash,
    /// Its size.
    pub n_bytes: u64,
}

/// Reads a file once for its summary.
#[derive(Debug)]
pub struct TableScan {
    format: TableFormat,
    reader: TableReader,
    hasher: ContentHasher,
    tally: Tally,
    may_be_one_column: bool,
}

impl TableScan {
    /// A scan of a file of `total_bytes` whose format was found out: UTF-8 that proves to be none is Windows-1252.
    ///
    /// # Errors
    /// `TooLarge` above `MAX_CSV_BYTES`.
    pub fn new(format: &TableFormat, total_bytes: u64) -> Result<Self, FileError> {
        Self::by(TableReader::guessing(format), format, total_bytes)
    }

    /// A scan of a file of `total_bytes` whose format a person has chosen.
    ///
    /// # Errors
    /// `TooLarge` above `MAX_CSV_BYTES`.
    pub fn chosen(format: &TableFormat, total_bytes: u64) -> Result<Self, FileError> {
        Self::by(TableReader::new(format), format, total_bytes)
    }

    fn by(reader: TableReader, format: &TableFormat, total_bytes: u64) -> Result<Self, FileError> {
        if total_bytes > MAX_CSV_BYTES {
            return Err(FileError::TooLarge { bytes: total_bytes, most: MAX_CSV_BYTES });
        }
        Ok(Self {
            format: format.clone(),
            reader,
            hasher: ContentHasher::default(),
            tally: Tally::default(),
            may_be_one_column: false,
        })
    }

    /// The same of a file that may have one column.
    #[must_use]
    pub fn of_texts(self) -> Self {
        Self { may_be_one_column: true, ..self }
    }

    /// Rows met so far that were not set aside.
    pub fn n_rows(&self) -> u64 {
        self.tally.n_rows
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `TooLarge`, `TooManyColumns`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        self.hasher.update(chunk);
        let tally = &mut self.tally;
        self.reader.push(chunk, &mut |row| tally.add(&row))
    }

    /// The summary, after the last chunk.
    ///
    /// # Errors
    /// `Empty`, `OneColumn` but of texts, `NoRows`, `TooManyColumns`.
    pub fn finish(self) -> Result<TableSummary, FileError> {
        let mut tally = self.tally;
        let read = self.reader.finish(&mut |row| tally.add(&row))?;
        if let [name] = read.header.as_slice()
            && !self.may_be_one_column
        {
            return Err(FileError::OneColumn { name: name.clone() });
        }
        if tally.n_rows == 0 {
            return Err(FileError::NoRows);
        }
        let columns = read.header.into_iter().zip(tally.columns).map(|(name, column)| column.summary(name));
        Ok(TableSummary {
            format: TableFormat { encoding: read.encoding, ..self.format },
            columns: columns.collect(),
            n_rows: read.n_rows,
            issues: read.issues,
            row_index: tally.row_index,
            hash: self.hasher.finish(),
            n_bytes: read.n_bytes,
        })
    }
}

#[derive(Debug, Default)]
struct Tally {
    n_rows: u64,
    columns: Vec<ColumnTally>,
    row_index: Vec<RowMark>,
}

impl Tally {
    fn add(&mut self, row: &Row<'_>) {
        if self.n_rows.is_multiple_of(ROWS_PER_MARK) {
            self.row_index.push(row.mark);
        }
        self.n_rows += 1;
        self.columns.resize_with(row.n_columns(), ColumnTally::default);
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            column.add(cell);
        }
    }
}

#[derive(Debug, Default)]
struct ColumnTally {
    n_missing: u64,
    n_filled: u64,
    n_numeric: u64,
    n_month_first: u64,
    n_day_first: u64,
    n_chars: u64,
    example: String,
    values: Vec<(String, u64)>,
    /// Of each of the values, once it stood in a cell as it is.
    kinds: Vec<Option<CellKind>>,
    places: HashMap<String, usize, FxBuildHasher>,
    has_more: bool,
    /// Of a column whose values are not listed, so many of them as tell whether they are more than could be.
    distinct: HashSet<u64, FxBuildHasher>,
}

/// What a cell reads as.
#[derive(Clone, Copy, Debug)]
struct CellKind {
    n_chars: u64,
    is_number: bool,
    is_month_first: bool,
    is_day_first: bool,
}

impl CellKind {
    fn of(cell: &str, may_be_date: bool) -> Self {
        let is_date = |order| may_be_date && parse_date(cell, order).is_some();
        Self {
            n_chars: n_chars(cell) as u64,
            is_number: parse_number(cell).is_some(),
            is_month_first: is_date(DateOrder::MonthFirst),
            is_day_first: is_date(DateOrder::DayFirst),
        }
    }
}

impl ColumnTally {
    fn add(&mut self, cell: &str) {
        if is_missing(cell) {
            self.n_missing += 1;
            return;
        }
        if self.n_filled == 0 {
            self.example = cell.chars().take(MAX_EXAMPLE_CHARS).collect();
        }
        self.n_filled += 1;
        let n_dates = self.n_month_first.max(self.n_day_first);
        // Once they are too few they are too few for good: no value is known to be none for having come later.
        let may_be_date = self.n_filled <= CELLS_TO_TELL_DATES || n_dates * 2 >= self.n_filled;
        let value = cell.trim();
        let place = if self.has_more { self.count_distinct(value) } else { self.count(value) };
        let kind = match place.map(|place| &mut self.kinds[place]).filter(|_| value.len() == cell.len()) {
            Some(known) => *known.get_or_insert_with(|| CellKind::of(cell, may_be_date)),
            None => CellKind::of(cell, may_be_date),
        };
        self.n_chars += kind.n_chars;
        self.n_numeric += u64::from(kind.is_number);
        if may_be_date {
            self.n_month_first += u64::from(kind.is_month_first);
            self.n_day_first += u64::from(kind.is_day_first);
        }
    }

    /// Counts a value, and says where it is listed; nowhere, if it is one too many.
    fn count(&mut self, value: &str) -> Option<usize> {
        if let Some(&place) = self.places.get(value) {
            self.values[place].1 += 1;
            return Some(place);
        }
        if self.values.len() < MAX_LISTED_VALUES && value.len() <= MAX_LISTED_VALUE_BYTES {
            self.places.insert(value.to_owned(), self.values.len());
            self.values.push((value.to_owned(), 1));
            self.kinds.push(None);
            return Some(self.values.len() - 1);
        }
        self.has_more = true;
        for (listed, _) in std::mem::take(&mut self.values) {
            self.distinct.insert(FxBuildHasher.hash_one(&listed));
        }
        self.kinds = Vec::new();
        self.places = HashMap::default();
        self.count_distinct(value)
    }

    /// Counts a value that is listed nowhere, until it is clear that there are too many.
    fn count_distinct(&mut self, value: &str) -> Option<usize> {
        if self.distinct.len() <= MAX_LISTED_VALUES {
            self.distinct.insert(FxBuildHasher.hash_one(value));
        }
        None
    }

    fn summary(self, name: String) -> ColumnSummary {
        let n_distinct = if self.has_more { self.distinct.len() } else { self.values.len() };
        ColumnSummary {
            name,
            n_missing: self.n_missing,
            n_numeric: self.n_numeric,
            n_month_first: self.n_month_first,
            n_day_first: self.n_day_first,
            mean_chars: self.n_chars as f64 / self.n_filled.max(1) as f64,
            values: self.values,
            n_distinct: n_distinct as u64,
            example: self.example,
        }
    }
}

/// Cells of the first `n_rows` rows in `bytes`, a part of a file that begins at a row's place.
///
/// Give a part that ends where a row does, or enough of it: a row cut by its end is shown as it stands.
/// Rows have the cells they have in the file.
pub fn preview(format: &TableFormat, bytes: &[u8], n_rows: usize) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let take = |rows: &mut Vec<Vec<String>>, row: Row<'_>| {
        if rows.len() < n_rows {
            rows.push(row.cells().map(str::to_owned).collect());
        }
    };
    let mut reader = TableReader::within(format);
    for piece in bytes.chunks(PREVIEW_PIECE_BYTES) {
        // A part that is larger than any file shows what was read of it.
        if rows.len() >= n_rows || reader.push(piece, &mut |row| take(&mut rows, row)).is_err() {
            return rows;
        }
    }
    reader.finish(&mut |row| take(&mut rows, row)).ok();
    rows
}

/// The rows in `bytes`, a part of a file that begins with the row of `first`, whose numbers are in `records`: number
/// and cells.
///
/// A row cut by the end of the part is given as it stands, and rows have the cells they have in the file.
pub fn rows_of_part(
    format: &TableFormat,
    (first, bytes): (RowMark, &[u8]),
    records: Range<u64>,
) -> Vec<(u64, Vec<String>)> {
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    let mut reached = first.record;
    let mut take = |row: Row<'_>| {
        reached = first.record + row.mark.record;
        if records.contains(&reached) {
            rows.push((reached, row.cells().map(str::to_owned).collect()));
        }
        reached
    };
    let mut reader = TableReader::within(format);
    for piece in bytes.chunks(PREVIEW_PIECE_BYTES) {
        let mut is_past = false;
        let pushed = reader.push(piece, &mut |row| is_past |= take(row) >= records.end);
        if is_past || pushed.is_err() {
            return rows;
        }
    }
    reader
        .finish(&mut |row| {
            take(row);
        })
        .ok();
    rows
}
