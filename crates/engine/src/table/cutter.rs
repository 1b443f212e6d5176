//! Characters in, rows of cells out, by the rules of pandas' `read_csv`.
//!
//! A row ends at CR LF, LF or a lone CR. Blank lines and lines of blanks are no rows. A quote opens a
//! quoted cell only at its beginning; what follows its closing quote is taken as it stands, so `"x"y`
//! reads `xy`. Short rows are filled with empty cells; rows with too many are set aside. An open quote
//! costs its line: the reader goes back to the next one.

use std::collections::VecDeque;

use kernels::{LineEnds, line_ends};
use memchr::{memchr, memchr3};

use super::decode::{Decoder, Piece};
use super::header::{Header, distinct_names, numbered_names};
use super::issues::IssueList;
use super::row::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROW_BYTES, Row, RowMark};
use super::{FileError, RowReason};

/// How often an open quote sends the reader back to the next line. After that the runaway cell is skipped
/// whole, so that no file is read more than about this many MAX_CELL_BYTES too often.
const MAX_REWINDS: u32 = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    RowStart,
    /// A row ended in CR: an LF that follows belongs to it.
    AfterCr,
    CellStart,
    InCell,
    InQuotes,
    /// After a quote within a quoted cell: its end, or the first of two that mean one.
    AfterQuote,
}

/// A part of a row, as it was decoded.
#[derive(Debug)]
enum Part {
    Text(String),
    /// So many bytes that are no character.
    Bad(usize),
}

/// Cuts characters into rows.
#[derive(Debug)]
pub(super) struct RowCutter {
    delimiter: u8,
    pub(super) header: Header,
    pub(super) issues: IssueList,
    state: State,
    pub(super) at_file_start: bool,
    /// Where the current row begins.
    pub(super) mark: RowMark,
    /// Where the characters taken so far end.
    line: u64,
    byte: u64,
    ends_in_cr: bool,
    /// The current row.
    cells: String,
    ends: Vec<u32>,
    n_cells: usize,
    has_quotes: bool,
    has_bad_bytes: bool,
    is_too_long: bool,
    /// What of the current row came in earlier pieces, for going back to it.
    held: VecDeque<Part>,
    n_rewinds: u32,
}

impl RowCutter {
    pub(super) fn new(delimiter: char) -> Self {
        Self {
            delimiter: u8::try_from(delimiter).ok().filter(u8::is_ascii).unwrap_or(b','),
            header: Header::Expected,
            issues: IssueList::default(),
            state: State::RowStart,
            at_file_start: true,
            mark: RowMark { record: 0, line: 1, byte: 0 },
            line: 1,
            byte: 0,
            ends_in_cr: false,
            cells: String::new(),
            ends: Vec::new(),
            n_cells: 0,
            has_quotes: false,
            has_bad_bytes: false,
            is_too_long: false,
            held: VecDeque::new(),
            n_rewinds: 0,
        }
    }

    pub(super) fn check_columns(&self) -> Result<(), FileError> {
        match &self.header {
            Header::Read(names) if names.len() > MAX_COLUMNS => {
                Err(FileError::TooManyColumns { found: names.len() as u64, most: MAX_COLUMNS as u64 })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn read_piece(
        &mut self,
        decoder: &Decoder,
        piece: Piece<'_>,
        on_row: &mut dyn FnMut(Row<'_>),
    ) {
        let mut replay = match piece {
            Piece::Text(text) => self.read_text(decoder, text, on_row),
            Piece::Bad { n_bytes } => self.read_bad(decoder, n_bytes),
        };
        self.replay(decoder, &mut replay, on_row);
    }

    /// Reads `parts` anew, and whatever that sends the reader back to.
    fn replay(&mut self, decoder: &Decoder, parts: &mut VecDeque<Part>, on_row: &mut dyn FnMut(Row<'_>)) {
        while let Some(part) = parts.pop_front() {
            let mut again = match part {
                Part::Text(text) => self.cut(decoder, &text, on_row),
                Part::Bad(n_bytes) => self.read_bad(decoder, n_bytes),
            };
            again.append(parts);
            std::mem::swap(parts, &mut again);
        }
    }

    fn read_text(
        &mut self,
        decoder: &Decoder,
        text: &str,
        on_row: &mut dyn FnMut(Row<'_>),
    ) -> VecDeque<Part> {
        let mut text = text;
        if self.at_file_start && !text.is_empty() {
            self.at_file_start = false;
            if let Some(after) = text.strip_prefix('\u{feff}') {
                self.take(decoder, &text[..text.len() - after.len()]);
                text = after;
            }
        }
        self.cut(decoder, text, on_row)
    }

    fn read_bad(&mut self, decoder: &Decoder, n_bytes: usize) -> VecDeque<Part> {
        self.at_file_start = false;
        if matches!(self.state, State::RowStart | State::AfterCr) {
            self.begin_row();
        }
        if self.state != State::InQuotes {
            self.state = State::InCell;
        }
        self.has_bad_bytes = true;
        let was_too_long = self.is_too_long;
        self.keep("\u{fffd}");
        self.byte += n_bytes as u64;
        self.ends_in_cr = false;
        if self.has_run_away(was_too_long) {
            return self.rewind(decoder, Part::Bad(n_bytes));
        }
        self.hold(Part::Bad(n_bytes));
        VecDeque::new()
    }

    /// Whether the quote that is open must be given up just now.
    fn has_run_away(&self, was_too_long: bool) -> bool {
        self.state == State::InQuotes && self.is_too_long && !was_too_long && self.n_rewinds < MAX_REWINDS
    }

    /// Keeps a part of the current row for going back to it. A row that is too long is not gone back to.
    fn hold(&mut self, part: Part) {
        if self.is_too_long {
            return;
        }
        match (self.held.back_mut(), part) {
            (_, Part::Text(text)) if text.is_empty() => {}
            (Some(Part::Text(held)), Part::Text(text)) => held.push_str(&text),
            (_, part) => self.held.push_back(part),
        }
    }

    /// Cuts `text`; returns what to read anew where an open quote sends the reader back, else nothing.
    fn cut(&mut self, decoder: &Decoder, text: &str, on_row: &mut dyn FnMut(Row<'_>)) -> VecDeque<Part> {
        let bytes = text.as_bytes();
        let mut row_start = 0;
        let mut place = 0;
        while let Some(&byte) = bytes.get(place) {
            match self.state {
                State::AfterCr => {
                    if byte == b'\n' {
                        place += 1;
                        self.take(decoder, &text[row_start..place]);
                        row_start = place;
                    }
                    self.state = State::RowStart;
                }
                State::RowStart => {
                    self.begin_row();
                    self.state = State::CellStart;
                }
                State::CellStart if byte == b'"' => {
                    self.has_quotes = true;
                    self.state = State::InQuotes;
                    place += 1;
                }
                State::AfterQuote if byte == b'"' => {
                    self.keep("\"");
                    self.state = State::InQuotes;
                    place += 1;
                }
                State::InQuotes => {
                    let n = memchr(b'"', &bytes[place..]);
                    let end = n.map_or(text.len(), |n| place + n);
                    let was_too_long = self.is_too_long;
                    self.keep(&text[place..end]);
                    if self.has_run_away(was_too_long) {
                        return self.rewind(decoder, Part::Text(text[row_start..].to_owned()));
                    }
                    place = end + usize::from(n.is_some());
                    if n.is_some() {
                        self.state = State::AfterQuote;
                    }
                }
                State::CellStart | State::InCell | State::AfterQuote => {
                    let n = memchr3(self.delimiter, b'\n', b'\r', &bytes[place..]);
                    let end = n.map_or(text.len(), |n| place + n);
                    self.keep(&text[place..end]);
                    self.state = State::InCell;
                    place = end;
                    if n.is_none() {
                        break;
                    }
                    place += 1;
                    self.end_cell();
                    if bytes[end] == self.delimiter {
                        self.state = State::CellStart;
                    } else {
                        self.take_row(decoder, &text[row_start..place]);
                        row_start = place;
                        self.end_row(on_row);
                        self.state = if bytes[end] == b'\r' { State::AfterCr } else { State::RowStart };
                    }
                }
            }
        }
        self.take(decoder, &text[row_start..]);
        self.hold(Part::Text(text[row_start..].to_owned()));
        VecDeque::new()
    }

    /// Moves the place on over `text`, the last part of a row: without quotes its only line end is its last
    /// character.
    fn take_row(&mut self, decoder: &Decoder, text: &str) {
        if self.has_quotes {
            return self.take(decoder, text);
        }
        self.byte += decoder.n_bytes_of(text);
        self.line += 1;
        self.ends_in_cr = text.ends_with('\r');
    }

    /// Moves the place on over `text`.
    fn take(&mut self, decoder: &Decoder, text: &str) {
        let bytes = text.as_bytes();
        self.byte += decoder.n_bytes_of(text);
        let LineEnds { n_cr, n_lf, n_pairs } = line_ends(text);
        let begins_with_second_half = self.ends_in_cr && bytes.first() == Some(&b'\n');
        self.line += (n_cr + n_lf - n_pairs - usize::from(begins_with_second_half)) as u64;
        if let Some(&last) = bytes.last() {
            self.ends_in_cr = last == b'\r';
        }
    }

    fn begin_row(&mut self) {
        self.mark.line = self.line;
        self.mark.byte = self.byte;
    }

    fn keep(&mut self, text: &str) {
        let cell_start = self.ends.last().map_or(0, |&end| end as usize);
        let n_bytes = self.cells.len() + text.len();
        if self.is_too_long || n_bytes - cell_start > MAX_CELL_BYTES || n_bytes > MAX_ROW_BYTES {
            self.is_too_long = true;
        } else if self.n_cells < MAX_COLUMNS {
            self.cells.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        self.n_cells += 1;
        if self.n_cells <= MAX_COLUMNS {
            self.ends.push(u32::try_from(self.cells.len()).expect("a row has at most MAX_ROW_BYTES"));
        }
    }

    fn is_blank_line(&self) -> bool {
        self.n_cells == 1 && !self.has_quotes && self.cells.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    fn end_row(&mut self, on_row: &mut dyn FnMut(Row<'_>)) {
        if !self.is_blank_line() || self.is_too_long {
            self.hand_on(on_row);
        }
        self.clear_row();
    }

    fn clear_row(&mut self) {
        self.cells.clear();
        self.ends.clear();
        self.held.clear();
        self.n_cells = 0;
        self.has_quotes = false;
        self.has_bad_bytes = false;
        self.is_too_long = false;
    }

    fn hand_on(&mut self, on_row: &mut dyn FnMut(Row<'_>)) {
        if matches!(self.header, Header::Counted) {
            self.header = Header::Read(numbered_names(self.n_cells));
        }
        let row = Row { mark: self.mark, text: &self.cells, ends: &self.ends, n_columns: self.n_cells };
        let n_columns = match &self.header {
            Header::Expected => {
                let mut names = distinct_names(&row);
                // More columns than are kept: the count is what the error needs.
                names.resize(self.n_cells, String::new());
                self.header = Header::Read(names);
                return;
            }
            Header::Read(names) => names.len(),
            Header::Counted | Header::None => self.n_cells.min(MAX_COLUMNS),
        };
        let reason = if self.is_too_long {
            Some(RowReason::CellTooLong { most: MAX_CELL_BYTES as u32 })
        } else if self.has_bad_bytes {
            Some(RowReason::BadBytes)
        } else if self.n_cells > n_columns {
            Some(RowReason::TooManyCells { found: self.n_cells as u32, expected: n_columns as u32 })
        } else {
            None
        };
        match reason {
            Some(reason) => self.issues.push(self.mark.issue(reason)),
            None => on_row(Row { n_columns, ..row }),
        }
        self.mark.record += 1;
    }

    /// Sets the current row's first line aside and returns what comes after it, to be read anew. `last` is
    /// the row's last part and all that follows in its piece.
    fn rewind(&mut self, decoder: &Decoder, last: Part) -> VecDeque<Part> {
        self.n_rewinds += 1;
        let mut parts = std::mem::take(&mut self.held);
        parts.push_back(last);
        self.issues.push(self.mark.issue(RowReason::OpenQuote));
        self.mark.record += 1;
        (self.line, self.byte) = (self.mark.line, self.mark.byte);
        self.ends_in_cr = false;
        self.clear_row();
        self.state = State::RowStart;
        while let Some(part) = parts.pop_front() {
            match part {
                Part::Bad(n_bytes) => self.byte += n_bytes as u64,
                Part::Text(text) => {
                    let Some(place) = text.find(['\n', '\r']) else {
                        self.take(decoder, &text);
                        continue;
                    };
                    let (line, after) = text.split_at(place + 1);
                    self.take(decoder, line);
                    self.state = if self.ends_in_cr { State::AfterCr } else { State::RowStart };
                    parts.push_front(Part::Text(after.to_owned()));
                    break;
                }
            }
        }
        parts
    }

    pub(super) fn finish(&mut self, decoder: &Decoder, on_row: &mut dyn FnMut(Row<'_>)) {
        while self.state == State::InQuotes && !self.is_too_long && self.n_rewinds < MAX_REWINDS {
            let mut again = self.rewind(decoder, Part::Text(String::new()));
            self.replay(decoder, &mut again, on_row);
        }
        match self.state {
            State::RowStart | State::AfterCr => {}
            State::InQuotes => {
                self.issues.push(self.mark.issue(RowReason::OpenQuote));
                self.mark.record += 1;
                self.clear_row();
            }
            State::CellStart | State::InCell | State::AfterQuote => {
                self.end_cell();
                self.end_row(on_row);
            }
        }
        self.state = State::RowStart;
    }
}
