//! A zip file in chunks of any size in, the tables in it out (APPNOTE.TXT 6.3.10, section 4.3). Read from its front,
//! entry by entry; the list at its end is not needed.

use kernels::Crc32;

use super::inflate::{InflateError, Inflater};
use super::opened::Opened;
use crate::table::FileError;

const LOCAL: &[u8] = b"PK\x03\x04";
const LIST: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Longest data descriptor, and the signature after it.
const DESCRIPTOR_BYTES: usize = 24 + 4;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const IS_LOCKED: u16 = 1;
const SIZES_FOLLOW: u16 = 8;
/// The size stands in the extra field.
const IN_EXTRA: u32 = u32::MAX;
const ZIP64: u16 = 1;
/// Endings of files that could be tables; others in a packed file are passed over.
const ENDINGS: [&str; 7] = [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json"];

/// Whether a file that begins so is one.
pub(super) fn begins(magic: &[u8]) -> bool {
    magic.starts_with(LOCAL) || magic.starts_with(END)
}

/// Unpacks one file.
#[derive(Default)]
pub(super) struct Zip {
    state: State,
    /// Bytes of a header or descriptor whose end has not come.
    begun: Vec<u8>,
    crc: Crc32,
}

#[derive(Default)]
enum State {
    #[default]
    Header,
    Body(Entry),
    Descriptor,
    /// The list of entries, which says nothing new.
    Over,
}

struct Entry {
    packed: Packed,
    /// `None` where it follows the bytes.
    crc: Option<u32>,
    is_table: bool,
}

impl Entry {
    /// A stored entry of no bytes ends without any.
    fn is_empty(&self) -> bool {
        matches!(self.packed, Packed::Stored { left: 0 })
    }
}

enum Packed {
    Stored { left: u64 },
    Deflated(Inflater),
}

impl Zip {
    pub fn push(&mut self, name: &str, bytes: &[u8], opened: &mut Opened) -> Result<(), FileError> {
        let mut rest = bytes;
        let mut gathered;
        loop {
            rest = match &mut self.state {
                State::Over => return Ok(()),
                State::Header | State::Descriptor => {
                    self.begun.extend_from_slice(rest);
                    let n = match self.state {
                        State::Header => self.begin_entry(name, opened)?,
                        _ => self.end_described(name)?,
                    };
                    let Some(n) = n else { return Ok(()) };
                    gathered = self.begun.split_off(n);
                    self.begun.clear();
                    &gathered
                }
                State::Body(entry) if rest.is_empty() && !entry.is_empty() => return Ok(()),
                State::Body(entry) => {
                    let crc = &mut self.crc;
                    let is_table = entry.is_table;
                    let mut take = |piece: &[u8]| {
                        crc.update(piece);
                        if is_table { opened.bytes(piece) } else { opened.pass_over(piece.len()) }
                    };
                    let (n, has_ended) = match &mut entry.packed {
                        Packed::Stored { left } => {
                            let n = rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                            take(&rest[..n])?;
                            *left -= n as u64;
                            (n, *left == 0)
                        }
                        Packed::Deflated(inflater) => {
                            inflater.push(rest, &mut take).map_err(|error| match error {
                                InflateError::Damaged => damaged(name, "its packed bytes are damaged"),
                                InflateError::Refused(error) => error,
                            })?
                        }
                    };
                    if has_ended {
                        self.end_entry(name, opened)?;
                    }
                    &rest[n..]
                }
            };
        }
    }

    /// After the last byte of the file.
    pub fn finish(self, name: &str) -> Result<(), FileError> {
        match self.state {
            State::Over => Ok(()),
            _ => Err(damaged(name, "it ends too early")),
        }
    }

    /// Reads the next header, where it is whole: how many bytes it takes.
    fn begin_entry(&mut self, name: &str, opened: &mut Opened) -> Result<Option<usize>, FileError> {
        let header = &self.begun;
        if header.len() >= LIST.len() && (header.starts_with(LIST) || header.starts_with(END)) {
            self.state = State::Over;
            return Ok(Some(header.len()));
        }
        if header.len() < LOCAL_BYTES {
            return Ok(None);
        }
        if !header.starts_with(LOCAL) {
            return Err(damaged(name, "its entries do not follow one another"));
        }
        let u16_at = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let u32_at = |at: usize| u32::from(u16_at(at)) | u32::from(u16_at(at + 2)) << 16;
        let (flags, method, crc, n_packed) = (u16_at(6), u16_at(8), u32_at(14), u32_at(18));
        let name_end = LOCAL_BYTES + usize::from(u16_at(26));
        let end = name_end + usize::from(u16_at(28));
        if header.len() < end {
            return Ok(None);
        }
        let inner = String::from_utf8_lossy(&header[LOCAL_BYTES..name_end]).into_owned();
        let is_table = is_table(&inner);
        if flags & IS_LOCKED != 0 {
            return Err(FileError::Locked { name: name.to_owned() });
        }
        let left = match n_packed {
            IN_EXTRA => long_size(&header[name_end..end])
                .ok_or_else(|| damaged(name, "the size of an entry is missing"))?,
            n_packed => u64::from(n_packed),
        };
        let packed = match method {
            STORED if flags & SIZES_FOLLOW == 0 => Packed::Stored { left },
            DEFLATED => Packed::Deflated(Inflater::new()),
            _ => return Err(damaged(name, "it is packed in a way that is not known here")),
        };
        let crc = (flags & SIZES_FOLLOW == 0).then_some(crc);
        if is_table {
            opened.begin(&inner)?;
        }
        self.crc = Crc32::new();
        self.state = State::Body(Entry { packed, crc, is_table });
        Ok(Some(end))
    }

    fn end_entry(&mut self, name: &str, opened: &mut Opened) -> Result<(), FileError> {
        let State::Body(entry) = std::mem::take(&mut self.state) else { return Ok(()) };
        if entry.is_table {
            opened.end()?;
        }
        match entry.crc {
            None => self.state = State::Descriptor,
            Some(crc) if crc == self.crc.finish() => {}
            Some(_) => return Err(damaged(name, "a checksum does not fit")),
        }
        Ok(())
    }

    /// Reads what follows an entry, where it is whole: its checksum, and its sizes in 8 or 16 bytes.
    fn end_described(&mut self, name: &str) -> Result<Option<usize>, FileError> {
        let bytes = &self.begun;
        if bytes.len() < DESCRIPTOR_BYTES {
            return Ok(None);
        }
        let crc = self.crc.finish().to_le_bytes();
        let is_end = |&n: &usize| bytes[n..].starts_with(b"PK");
        let starts = [if bytes.starts_with(DESCRIPTOR) { DESCRIPTOR.len() } else { 0 }, 0];
        let start = starts.into_iter().find(|&start| bytes[start..].starts_with(&crc));
        let end = start.and_then(|start| [start + 12, start + 20].into_iter().find(is_end));
        let end = end.ok_or_else(|| damaged(name, "a checksum does not fit"))?;
        self.state = State::Header;
        Ok(Some(end))
    }
}

/// The packed size, where the extra field holds it.
fn long_size(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    while let [id_low, id_high, len_low, len_high, after @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*len_low, *len_high]));
        let field = after.get(..len)?;
        if u16::from_le_bytes([*id_low, *id_high]) == ZIP64 {
            // The size before packing comes first.
            let packed = field.get(8..16)?;
            return Some(u64::from_le_bytes(packed.try_into().ok()?));
        }
        rest = &after[len..];
    }
    None
}

/// Folders, what a Mac adds, and files that hold no table are passed over.
fn is_table(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    !lower.starts_with("__macosx/")
        && !file.starts_with('.')
        && ENDINGS.iter().any(|ending| file.ends_with(ending))
}

fn damaged(name: &str, reason: &str) -> FileError {
    FileError::Damaged { name: name.to_owned(), reason: reason.to_owned() }
}
