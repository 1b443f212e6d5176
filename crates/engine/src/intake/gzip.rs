//! A gzip file in chunks of any size in, what is in it out (RFC 1952). Several members in a row are one file.

use kernels::Crc32;

use super::inflate::{InflateError, Inflater};
use super::opened::Opened;
use crate::table::FileError;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
const FIXED_HEADER_BYTES: usize = 10;
const TRAILER_BYTES: usize = 8;
/// Longest header that is taken: it may hold a name and a comment.
const MAX_HEADER_BYTES: usize = 128 * 1024;

/// Whether a file that begins so is one.
pub(super) fn begins(magic: &[u8]) -> bool {
    magic.starts_with(&MAGIC)
}

/// The name of the file inside.
pub(super) fn inner_name(name: &str) -> &str {
    name.strip_suffix(".gz").or_else(|| name.strip_suffix(".GZ")).unwrap_or(name)
}

/// Unpacks one file.
#[derive(Default)]
pub(super) struct Gzip {
    state: State,
    /// Bytes of a header or trailer whose end has not come.
    begun: Vec<u8>,
    n_members: u64,
}

#[derive(Default)]
enum State {
    #[default]
    Header,
    Body(Box<Inflater>, Crc32, u32),
    Trailer(u32, u32),
    /// What follows the last member is no matter of ours.
    Over,
}

impl Gzip {
    pub fn push(&mut self, name: &str, bytes: &[u8], opened: &mut Opened) -> Result<(), FileError> {
        let mut rest = bytes;
        let mut after_header;
        while !rest.is_empty() {
            rest = match &mut self.state {
                State::Over => return Ok(()),
                State::Header => {
                    self.begun.extend_from_slice(rest);
                    self.read_header(name)?;
                    if matches!(self.state, State::Header) {
                        return Ok(());
                    }
                    after_header = std::mem::take(&mut self.begun);
                    &after_header
                }
                State::Body(inflater, crc, n_bytes) => {
                    let mut take = |piece: &[u8]| {
                        crc.update(piece);
                        *n_bytes = n_bytes.wrapping_add(piece.len() as u32);
                        opened.bytes(piece)
                    };
                    let (n, has_ended) = inflater.push(rest, &mut take).map_err(|error| match error {
                        InflateError::Damaged => damaged(name, "its packed bytes are damaged"),
                        InflateError::Refused(error) => error,
                    })?;
                    if has_ended {
                        self.state = State::Trailer(crc.finish(), *n_bytes);
                    }
                    &rest[n..]
                }
                State::Trailer(crc, n_bytes) => {
                    let n = rest.len().min(TRAILER_BYTES - self.begun.len());
                    self.begun.extend_from_slice(&rest[..n]);
                    if self.begun.len() == TRAILER_BYTES {
                        let expected = [crc.to_le_bytes(), n_bytes.to_le_bytes()].concat();
                        if std::mem::take(&mut self.begun) != expected {
                            return Err(damaged(name, "its checksum does not fit"));
                        }
                        self.n_members += 1;
                        self.state = State::Header;
                    }
                    &rest[n..]
                }
            };
        }
        Ok(())
    }

    /// After the last byte of the file.
    pub fn finish(self, name: &str, opened: &mut Opened) -> Result<(), FileError> {
        match self.state {
            State::Header | State::Over if self.n_members > 0 => opened.end(),
            _ => Err(damaged(name, "it ends too early")),
        }
    }

    /// Goes on to the body once the header is whole; of what follows the last member, to the end.
    fn read_header(&mut self, name: &str) -> Result<(), FileError> {
        if self.n_members > 0 && self.begun.len() >= MAGIC.len() && !begins(&self.begun) {
            self.state = State::Over;
            return Ok(());
        }
        match header_len(&self.begun) {
            Header::Whole(n) => {
                self.begun.drain(..n);
                self.state = State::Body(Box::new(Inflater::new()), Crc32::new(), 0);
                Ok(())
            }
            Header::Begun if self.begun.len() <= MAX_HEADER_BYTES => Ok(()),
            Header::Begun | Header::None => Err(damaged(name, "its header cannot be read")),
        }
    }
}

enum Header {
    /// It takes so many bytes.
    Whole(usize),
    Begun,
    None,
}

fn header_len(bytes: &[u8]) -> Header {
    const HAS_CHECKSUM: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    if bytes.len() < FIXED_HEADER_BYTES {
        return Header::Begun;
    }
    if !begins(bytes) || bytes[2] != DEFLATE {
        return Header::None;
    }
    let flags = bytes[3];
    let mut end = FIXED_HEADER_BYTES;
    if flags & HAS_EXTRA != 0 {
        let Some(&[low, high]) = bytes.get(end..end + 2) else { return Header::Begun };
        end += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let Some(n) = bytes.get(end..).and_then(|rest| rest.iter().position(|&byte| byte == 0)) else {
                return Header::Begun;
            };
            end += n + 1;
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        end += 2;
    }
    if end <= bytes.len() { Header::Whole(end) } else { Header::Begun }
}

fn damaged(name: &str, reason: &str) -> FileError {
    FileError::Damaged { name: name.to_owned(), reason: reason.to_owned() }
}
