//! The files a person gave in, one table out: packed files are unpacked, several are joined by their columns' names,
//! lines of JSON become rows.
//!
//! One file of a table comes out byte for byte; anything else as UTF-8 with commas. A row that cannot be read is
//! counted, described and left out, never fatal. Holds a part of the files at a time, never the whole.

mod inflate;
mod gzip;
mod zip;
mod json_lines;
mod joined;
mod opened;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use json::{FromJson, ToJson};

use self::gzip::Gzip;
use self::opened::Opened;
use self::zip::Zip;
use crate::num::{ContentHash, ContentHasher};
use crate::table::{FileError, IssueList, MAX_CSV_BYTES};

/// Most files that make one table, those in packed files included.
pub const MAX_FILES: usize = 1000;
/// Bytes of a file that say whether it is packed.
pub const MAGIC_BYTES: usize = 4;

/// A file that was given.
#[derive(Clone, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct Given {
    /// Its name, without folders.
    pub name: String,
    /// Its size.
    pub n_bytes: u64,
}

/// How tables come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// One table, byte for byte. A second one is `FileError::MustBeJoined`.
    AsItIs,
    /// Rows of all of them, by their columns' names.
    ByName,
}

/// A table that was found in the files.
#[derive(Clone, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct FoundTable {
    /// The file's name, in a packed file with its folders.
    pub name: String,
    /// Rows that could not be read, with their places in that file.
    pub issues: IssueList,
}

/// What the files held.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenIn {
    /// Belongs before everything that came out.
    pub head: Vec<u8>,
    /// Came out last.
    pub rest: Vec<u8>,
    /// The tables, in the order of the files.
    pub tables: Vec<FoundTable>,
    /// SHA-256 of each given file.
    pub hashes: Vec<ContentHash>,
}

/// Whether a file is more than a table as it is, by its name and its first `MAGIC_BYTES`.
pub fn is_packed(name: &str, magic: &[u8]) -> bool {
    gzip::begins(magic) || zip::begins(magic) || json_lines::is_named_so(name)
}

/// Takes files in, one after another, from chunks of any size.
pub struct Intake {
    files: VecDeque<Given>,
    /// Bytes of the first of `files` that are still to come.
    left: u64,
    layer: Layer,
    hasher: ContentHasher,
    hashes: Vec<ContentHash>,
    opened: Opened,
}

/// How the current file is packed.
enum Layer {
    /// Its first bytes do not say yet.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Gzip),
    Zip(Box<Zip>),
}

impl Intake {
    /// Of these files, whose bytes come in this order.
    ///
    /// # Errors
    /// `TooManyFiles`, `TooLarge` above `MAX_CSV_BYTES` in all.
    pub fn new(files: &[Given], join: Join) -> Result<Self, FileError> {
        if files.len() > MAX_FILES {
            return Err(FileError::TooManyFiles { most: MAX_FILES as u64 });
        }
        let bytes = files.iter().fold(0u64, |sum, file| sum.saturating_add(file.n_bytes));
        if bytes > MAX_CSV_BYTES {
            return Err(FileError::TooLarge { bytes, most: MAX_CSV_BYTES });
        }
        Ok(Self {
            left: files.first().map_or(0, |file| file.n_bytes),
            files: files.iter().cloned().collect(),
            layer: Layer::Unknown(Vec::new()),
            hasher: ContentHasher::default(),
            hashes: Vec::new(),
            opened: Opened::new(join),
        })
    }

    /// Rows that came out so far.
    pub fn n_rows(&self) -> u64 {
        self.opened.n_rows()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// One sentence about the file that cannot be taken.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let mut rest = chunk;
        loop {
            self.end_whole_files()?;
            let n = rest.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            if n == 0 {
                return Ok(());
            }
            let (part, after) = rest.split_at(n);
            self.left -= n as u64;
            self.hasher.update(part);
            self.push_part(part)?;
            rest = after;
        }
    }

    /// What came out since this was last asked.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        self.opened.take_bytes()
    }

    /// What the files held, after the last chunk.
    ///
    /// # Errors
    /// As `push`; `NothingInside` where there was no table.
    pub fn finish(mut self) -> Result<TakenIn, FileError> {
        self.end_whole_files()?;
        self.opened.finish(self.hashes)
    }

    fn end_whole_files(&mut self) -> Result<(), FileError> {
        while self.left == 0
            && let Some(file) = self.files.pop_front()
        {
            match std::mem::replace(&mut self.layer, Layer::Unknown(Vec::new())) {
                Layer::Unknown(begun) => {
                    self.opened.begin(&file.name)?;
                    self.opened.bytes(&begun)?;
                    self.opened.end()?;
                }
                Layer::Plain => self.opened.end()?,
                Layer::Gzip(gzip) => gzip.finish(&file.name, &mut self.opened)?,
                Layer::Zip(zip) => zip.finish(&file.name)?,
            }
            self.hashes.push(std::mem::take(&mut self.hasher).finish());
            self.left = self.files.front().map_or(0, |file| file.n_bytes);
        }
        Ok(())
    }

    fn push_part(&mut self, part: &[u8]) -> Result<(), FileError> {
        let Some(file) = self.files.front() else { return Ok(()) };
        let opened = &mut self.opened;
        let begun = match &mut self.layer {
            Layer::Plain => return opened.bytes(part),
            Layer::Gzip(gzip) => return gzip.push(&file.name, part, opened),
            Layer::Zip(zip) => return zip.push(&file.name, part, opened),
            Layer::Unknown(begun) => {
                begun.extend_from_slice(part);
                if begun.len() < MAGIC_BYTES {
                    return Ok(());
                }
                std::mem::take(begun)
            }
        };
        if gzip::begins(&begun) {
            let mut gzip = Gzip::default();
            opened.begin(gzip::inner_name(&file.name))?;
            gzip.push(&file.name, &begun, opened)?;
            self.layer = Layer::Gzip(gzip);
        } else if zip::begins(&begun) {
            let mut zip = Box::new(Zip::default());
            zip.push(&file.name, &begun, opened)?;
            self.layer = Layer::Zip(zip);
        } else {
            opened.begin(&file.name)?;
            opened.bytes(&begun)?;
            self.layer = Layer::Plain;
        }
        Ok(())
    }
}
