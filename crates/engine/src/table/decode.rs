//! Bytes in chunks of any size in, characters out; bytes that are none are handed on as such.

use super::Encoding;
use super::windows_1252::char_of;

/// What a stretch of bytes turned into.
pub(super) enum Piece<'a> {
    /// Characters.
    Text(&'a str),
    /// So many bytes that are no character.
    Bad {
        /// How many, at least 1.
        n_bytes: usize,
    },
}

/// Turns bytes into characters.
#[derive(Debug)]
pub(super) struct Decoder {
    encoding: Encoding,
    /// The beginning of a character whose end has not arrived.
    carry: Vec<u8>,
    decoded: String,
    /// While true, the first byte that is not UTF-8 turns the rest into Windows-1252. It holds as long as
    /// only ASCII was seen, which means the same in both.
    may_be_windows_1252: bool,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding, carry: Vec::new(), decoded: String::new(), may_be_windows_1252: false }
    }

    /// A decoder that leaves UTF-8 for Windows-1252 if the first byte beyond ASCII is no UTF-8.
    pub(super) fn guessing(encoding: Encoding) -> Self {
        Self { may_be_windows_1252: encoding == Encoding::Utf8, ..Self::new(encoding) }
    }

    /// The encoding in use.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes of the file that `text` took in this encoding.
    pub(super) fn n_bytes_of(&self, text: &str) -> u64 {
        let n = match self.encoding {
            Encoding::Utf8 => text.len(),
            Encoding::Windows1252 => text.chars().count(),
            Encoding::Utf16Le | Encoding::Utf16Be => text.chars().map(|c| 2 * c.len_utf16()).sum(),
        };
        n as u64
    }

    /// Decodes the next bytes.
    pub(super) fn push(&mut self, chunk: &[u8], on_piece: &mut dyn FnMut(&Self, Piece<'_>)) {
        match self.encoding {
            Encoding::Utf8 => self.push_utf_8(chunk, on_piece),
            Encoding::Windows1252 => self.push_windows_1252(chunk, on_piece),
            Encoding::Utf16Le => self.push_utf_16(chunk, u16::from_le_bytes, on_piece),
            Encoding::Utf16Be => self.push_utf_16(chunk, u16::from_be_bytes, on_piece),
        }
    }

    /// Hands on what is left: the beginning of a character that never ended.
    pub(super) fn finish(&mut self, on_piece: &mut dyn FnMut(&Self, Piece<'_>)) {
        let rest = std::mem::take(&mut self.carry);
        if rest.is_empty() {
            return;
        }
        if self.may_be_windows_1252 {
            self.encoding = Encoding::Windows1252;
            return self.push_windows_1252(&rest, on_piece);
        }
        on_piece(self, Piece::Bad { n_bytes: rest.len() });
    }

    fn push_utf_8(&mut self, chunk: &[u8], on_piece: &mut dyn FnMut(&Self, Piece<'_>)) {
        let mut rest = chunk;
        while !self.carry.is_empty() && !rest.is_empty() {
            self.carry.push(rest[0]);
            rest = &rest[1..];
            match std::str::from_utf8(&self.carry) {
                Ok(_) => {
                    self.may_be_windows_1252 = false;
                    let whole = std::mem::take(&mut self.carry);
                    on_piece(self, Piece::Text(std::str::from_utf8(&whole).expect("it was just checked")));
                }
                Err(error) if error.error_len().is_some() => {
                    // The byte that came last does not belong to the character begun: read it anew.
                    let begun = std::mem::take(&mut self.carry);
                    let n_bytes = begun.len() - 1;
                    rest = &chunk[chunk.len() - rest.len() - 1..];
                    if self.may_be_windows_1252 {
                        self.turn_to_windows_1252(&begun[..n_bytes], rest, on_piece);
                        return;
                    }
                    on_piece(self, Piece::Bad { n_bytes });
                }
                Err(_) => {}
            }
        }
        while !rest.is_empty() {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.may_be_windows_1252 &= text.is_ascii();
                    return on_piece(self, Piece::Text(text));
                }
                Err(error) => error,
            };
            let (valid, after) = rest.split_at(error.valid_up_to());
            let valid = std::str::from_utf8(valid).expect("valid_up_to says so");
            if !valid.is_empty() {
                self.may_be_windows_1252 &= valid.is_ascii();
                on_piece(self, Piece::Text(valid));
            }
            let Some(n_bytes) = error.error_len() else {
                return self.carry.extend_from_slice(after);
            };
            if self.may_be_windows_1252 {
                return self.turn_to_windows_1252(&[], after, on_piece);
            }
            on_piece(self, Piece::Bad { n_bytes });
            rest = &after[n_bytes..];
        }
    }

    fn turn_to_windows_1252(
        &mut self,
        begun: &[u8],
        rest: &[u8],
        on_piece: &mut dyn FnMut(&Self, Piece<'_>),
    ) {
        self.encoding = Encoding::Windows1252;
        self.may_be_windows_1252 = false;
        self.push_windows_1252(begun, on_piece);
        self.push_windows_1252(rest, on_piece);
    }

    fn push_windows_1252(&mut self, chunk: &[u8], on_piece: &mut dyn FnMut(&Self, Piece<'_>)) {
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        decoded.extend(chunk.iter().map(|&byte| char_of(byte)));
        on_piece(self, Piece::Text(&decoded));
        self.decoded = decoded;
    }

    fn push_utf_16(
        &mut self,
        chunk: &[u8],
        unit_of: impl Fn([u8; 2]) -> u16,
        on_piece: &mut dyn FnMut(&Self, Piece<'_>),
    ) {
        self.carry.extend_from_slice(chunk);
        let bytes = std::mem::take(&mut self.carry);
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        let mut units = bytes.chunks_exact(2).map(|pair| unit_of([pair[0], pair[1]])).peekable();
        let mut n_taken = 0;
        while let Some(unit) = units.next() {
            let is_high = (0xd800..0xdc00).contains(&unit);
            if is_high && units.peek().is_none() {
                break;
            }
            n_taken += 2;
            let low = if is_high { units.next_if(|next| (0xdc00..0xe000).contains(next)) } else { None };
            n_taken += if low.is_some() { 2 } else { 0 };
            match char::decode_utf16(std::iter::once(unit).chain(low)).next() {
                Some(Ok(c)) => decoded.push(c),
                _ => {
                    on_piece(self, Piece::Text(&decoded));
                    decoded.clear();
                    on_piece(self, Piece::Bad { n_bytes: 2 });
                }
            }
        }
        on_piece(self, Piece::Text(&decoded));
        self.decoded = decoded;
        self.carry.extend_from_slice(&bytes[n_taken..]);
    }
}
