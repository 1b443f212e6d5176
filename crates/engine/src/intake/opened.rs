//! Unpacked files in, one after another, a table out: as it is, or joined with the others.

use super::joined::Joined;
use super::json_lines::{self, JsonLines};
use super::{FoundTable, Join, MAX_FILES, TakenIn};
use crate::num::ContentHash;
use crate::table::{
    DETECT_BYTES, FileError, IssueList, MAX_CSV_BYTES, TableFormat, TableReader, detect_format_of_texts,
};

/// The unpacked side of an intake.
pub(super) struct Opened {
    join: Join,
    out: Vec<u8>,
    joined: Joined,
    /// Unpacked bytes, those passed over included.
    n_bytes: u64,
    name: String,
    /// Bytes that came out and were taken.
    n_taken: u64,
    /// Rows of the tables before the current one.
    n_rows_before: u64,
    current: Current,
    tables: Vec<FoundTable>,
}

/// The file that is under way.
enum Current {
    None,
    /// Its beginning, which does not yet say what it is.
    Head(Vec<u8>),
    AsItIs,
    Rows(Box<TableReader>, Vec<usize>),
    Objects(JsonLines),
}

impl Opened {
    pub fn new(join: Join) -> Self {
        Self {
            join,
            out: Vec::new(),
            joined: Joined::default(),
            n_bytes: 0,
            name: String::new(),
            n_taken: 0,
            n_rows_before: 0,
            current: Current::None,
            tables: Vec::new(),
        }
    }

    pub fn n_rows(&self) -> u64 {
        self.joined.n_rows
    }

    pub fn take_bytes(&mut self) -> Vec<u8> {
        self.n_taken += self.out.len() as u64;
        std::mem::take(&mut self.out)
    }

    /// A file of that name begins.
    pub fn begin(&mut self, name: &str) -> Result<(), FileError> {
        if self.join == Join::AsItIs && !self.tables.is_empty() {
            return Err(FileError::MustBeJoined);
        }
        if self.tables.len() == MAX_FILES {
            return Err(FileError::TooManyFiles { most: MAX_FILES as u64 });
        }
        name.clone_into(&mut self.name);
        self.n_rows_before = self.joined.n_rows;
        self.current = Current::Head(Vec::new());
        Ok(())
    }

    /// Its next bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.pass_over(bytes.len())?;
        if let Current::Head(head) = &mut self.current {
            head.extend_from_slice(bytes);
            if head.len() < DETECT_BYTES {
                return Ok(());
            }
            let head = std::mem::take(head);
            self.look(&head, u64::MAX)?;
            return self.read(&head);
        }
        self.read(bytes)
    }

    /// Counts bytes of a file that is no table: a packed file is not unpacked without end.
    pub fn pass_over(&mut self, n_bytes: usize) -> Result<(), FileError> {
        self.n_bytes += n_bytes as u64;
        if self.n_bytes > MAX_CSV_BYTES {
            return Err(FileError::ExpandsTooFar { name: self.name.clone(), most: MAX_CSV_BYTES });
        }
        Ok(())
    }

    /// It ends.
    pub fn end(&mut self) -> Result<(), FileError> {
        if let Current::Head(head) = &mut self.current {
            let head = std::mem::take(head);
            self.look(&head, head.len() as u64)?;
            self.read(&head)?;
        }
        let (joined, out, name) = (&mut self.joined, &mut self.out, &self.name);
        let issues = match std::mem::replace(&mut self.current, Current::None) {
            Current::None | Current::Head(_) | Current::AsItIs => IssueList::default(),
            Current::Rows(reader, places) => {
                let read = reader.finish(&mut |row| joined.add_row(&row, &places, out));
                read.map_err(|error| within(name, error))?.issues
            }
            Current::Objects(lines) => {
                let issues = lines.finish(&mut |fields| joined.add_object(name, fields, out))?;
                if joined.n_rows == self.n_rows_before {
                    return Err(FileError::NoObjects { name: name.clone() });
                }
                issues
            }
        };
        self.tables.push(FoundTable { name: self.name.clone(), issues });
        Ok(())
    }

    /// What came out of the files with these hashes.
    pub fn finish(self, hashes: Vec<ContentHash>) -> Result<TakenIn, FileError> {
        if self.tables.is_empty() {
            return Err(FileError::NothingInside);
        }
        let head = match self.join {
            Join::AsItIs => Vec::new(),
            Join::ByName => self.joined.header(),
        };
        Ok(TakenIn { head, rest: self.out, tables: self.tables, hashes })
    }

    /// Finds out what a file is by its beginning.
    fn look(&mut self, head: &[u8], total_bytes: u64) -> Result<(), FileError> {
        let first =
            head.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
        if first == Some(&b'[') && json_lines::is_named_so(&self.name) {
            return Err(FileError::JsonArray { name: self.name.clone() });
        }
        let is_objects = first == Some(&b'{') || json_lines::is_named_so(&self.name);
        self.current = match self.join {
            Join::AsItIs if is_objects => return Err(FileError::MustBeJoined),
            Join::AsItIs => Current::AsItIs,
            Join::ByName if is_objects => {
                self.joined.begin_objects(&self.name);
                Current::Objects(JsonLines::default())
            }
            Join::ByName => {
                let read = header_of(head, total_bytes);
                let (format, header) = read.map_err(|error| within(&self.name, error))?;
                let places = self.joined.begin_table(&self.name, &header)?;
                Current::Rows(Box::new(TableReader::guessing(&format)), places)
            }
        };
        Ok(())
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        // Short objects of many columns can come out much longer than they went in.
        if self.n_taken + self.out.len() as u64 > MAX_CSV_BYTES {
            return Err(FileError::ExpandsTooFar { name: self.name.clone(), most: MAX_CSV_BYTES });
        }
        let (joined, out, name) = (&mut self.joined, &mut self.out, &self.name);
        match &mut self.current {
            Current::None | Current::Head(_) => Ok(()),
            Current::AsItIs => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            Current::Rows(reader, places) => reader
                .push(bytes, &mut |row| joined.add_row(&row, places, out))
                .map_err(|error| within(name, error)),
            Current::Objects(lines) => lines.push(bytes, &mut |fields| joined.add_object(name, fields, out)),
        }
    }
}

/// Format and column names of a table that begins so.
fn header_of(head: &[u8], total_bytes: u64) -> Result<(TableFormat, Vec<String>), FileError> {
    let is_whole = head.len() as u64 == total_bytes;
    let format = detect_format_of_texts(head, if is_whole { total_bytes } else { MAX_CSV_BYTES })?;
    let mut reader = TableReader::guessing(&format);
    reader.push(head, &mut |_| ())?;
    if let Some(header) = reader.header() {
        return Ok((format, header.to_vec()));
    }
    // All of it is one line, or the header alone is longer than what was looked at.
    let header = reader.finish(&mut |_| ())?.header;
    Ok((format, header))
}

fn within(name: &str, error: FileError) -> FileError {
    FileError::Within { name: name.to_owned(), sentence: error.to_string() }
}
