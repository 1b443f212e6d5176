//! Bytes in chunks of any size in, rows of cells out.
//!
//! Decoding and cutting are done elsewhere; here are the bounds, and what a reader of a table sees.

use super::cutter::RowCutter;
use super::decode::Decoder;
use super::header::Header;
use super::issues::IssueList;
use super::row::Row;
use super::{Encoding, FileError, MAX_CSV_BYTES, TableFormat};

/// Most bytes that are decoded at once, so that going back to a line copies little.
const MAX_PIECE_BYTES: usize = 256 * 1024;

/// What a whole file held besides its rows.
#[derive(Clone, Debug)]
pub struct ReadTable {
    /// Column names, made distinct as pandas does (`name`, `name.1`; `Unnamed: 2` where empty).
    pub header: Vec<String>,
    /// Rows, those set aside included.
    pub n_rows: u64,
    /// Rows set aside.
    pub issues: IssueList,
    /// Bytes read.
    pub n_bytes: u64,
    /// How bytes became characters.
    pub encoding: Encoding,
}

/// Reads a table from chunks of any size.
#[derive(Debug)]
pub struct TableReader {
    decoder: Decoder,
    rows: RowCutter,
    n_bytes: u64,
}

impl TableReader {
    /// A reader of a whole file: a byte order mark is skipped, the first row is the header where the format has one.
    pub fn new(format: &TableFormat) -> Self {
        let mut rows = RowCutter::new(format.delimiter);
        if !format.has_header {
            rows.header = Header::Counted;
        }
        Self { decoder: Decoder::new(format.encoding), rows, n_bytes: 0 }
    }

    /// A reader that leaves UTF-8 for Windows-1252 if the first byte beyond ASCII is no UTF-8.
    pub(crate) fn guessing(format: &TableFormat) -> Self {
        Self { decoder: Decoder::guessing(format.encoding), ..Self::new(format) }
    }

    /// A reader of a part of a file that begins with a row: there is no header, and rows have the cells
    /// they have.
    pub(super) fn within(format: &TableFormat) -> Self {
        let mut reader = Self::new(format);
        reader.rows.header = Header::None;
        reader.rows.at_file_start = false;
        reader
    }

    /// Column names, once the first row was read.
    pub fn header(&self) -> Option<&[String]> {
        match &self.rows.header {
            Header::Read(names) => Some(names),
            Header::Expected | Header::Counted | Header::None => None,
        }
    }

    /// Reads the next bytes and calls `on_row` with each whole row.
    ///
    /// # Errors
    /// `TooLarge` above `MAX_CSV_BYTES`, `TooManyColumns` above `MAX_COLUMNS`.
    pub fn push(&mut self, chunk: &[u8], on_row: &mut dyn FnMut(Row<'_>)) -> Result<(), FileError> {
        self.n_bytes += chunk.len() as u64;
        if self.n_bytes > MAX_CSV_BYTES {
            return Err(FileError::TooLarge { bytes: self.n_bytes, most: MAX_CSV_BYTES });
        }
        let rows = &mut self.rows;
        for part in chunk.chunks(MAX_PIECE_BYTES) {
            self.decoder.push(part, &mut |decoder, piece| rows.read_piece(decoder, piece, on_row));
            rows.check_columns()?;
        }
        Ok(())
    }

    /// Reads what is left after the last chunk.
    ///
    /// # Errors
    /// `Empty` where there was not even a header, `TooManyColumns` above `MAX_COLUMNS`.
    pub fn finish(mut self, on_row: &mut dyn FnMut(Row<'_>)) -> Result<ReadTable, FileError> {
        let rows = &mut self.rows;
        self.decoder.finish(&mut |decoder, piece| rows.read_piece(decoder, piece, on_row));
        rows.finish(&self.decoder, on_row);
        rows.check_columns()?;
        let header = match self.rows.header {
            Header::Read(names) => names,
            Header::None => Vec::new(),
            Header::Expected | Header::Counted => return Err(FileError::Empty),
        };
        Ok(ReadTable {
            header,
            n_rows: self.rows.mark.record,
            issues: self.rows.issues,
            n_bytes: self.n_bytes,
            encoding: self.decoder.encoding(),
        })
    }
}
