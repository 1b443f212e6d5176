//! The first bytes of a file in, its encoding and delimiter out.

use super::decode::{Decoder, Piece};
use super::reader::TableReader;
use super::{Encoding, FileError, MAX_CSV_BYTES, TableFormat};

/// How many bytes of a file to look at.
pub const DETECT_BYTES: usize = 128 * 1024;
/// How many rows to look at for the delimiter.
const MAX_DETECT_ROWS: usize = 200;
/// Bytes after which is looked whether there are rows enough.
const DETECT_PIECE_BYTES: usize = 8 * 1024;
/// Delimiters in the order they are preferred where nothing else decides.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// The same for a file of one column, whose delimiter cuts nothing: what hardly stands in texts comes first.
const OF_ONE_COLUMN: [usize; 4] = [0, 2, 3, 1];
/// A text file has at most one control character in so many.
const CHARS_PER_CONTROL: usize = 100;

/// Finds encoding and delimiter. `head` is the beginning of the file (`DETECT_BYTES`, or all of it),
/// `total_bytes` its size.
///
/// # Errors
/// `TooLarge`, `Empty`, `Binary`, `OneColumn`.
pub fn detect_format(head: &[u8], total_bytes: u64) -> Result<TableFormat, FileError> {
    detect(head, total_bytes, false)
}

/// The same of a file that may have one column: texts alone. Where its texts hold commas that are not quoted, a
/// delimiter is taken that cuts none of them.
///
/// # Errors
/// `TooLarge`, `Empty`, `Binary`.
pub fn detect_format_of_texts(head: &[u8], total_bytes: u64) -> Result<TableFormat, FileError> {
    detect(head, total_bytes, true)
}

fn detect(head: &[u8], total_bytes: u64, may_be_one: bool) -> Result<TableFormat, FileError> {
    if total_bytes > MAX_CSV_BYTES {
        return Err(FileError::TooLarge { bytes: total_bytes, most: MAX_CSV_BYTES });
    }
    let is_whole = head.len() as u64 >= total_bytes;
    let encoding = detect_encoding(head);
    let text = decode(head, encoding);
    check_is_text(head, encoding, &text)?;
    if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(FileError::Empty);
    }
    let candidates =
        DELIMITERS.map(|delimiter| cut_by(head, TableFormat::new(encoding, delimiter), is_whole));
    let best = candidates.iter().max_by(|a, b| a.score().total_cmp(&b.score()).then(b.order.cmp(&a.order)));
    match best {
        Some(best) if best.n_columns >= 2 => Ok(TableFormat::new(encoding, DELIMITERS[best.order])),
        _ if may_be_one => {
            let whole = OF_ONE_COLUMN.into_iter().rev().max_by_key(|&order| candidates[order].n_even_rows);
            Ok(TableFormat::new(encoding, DELIMITERS[whole.unwrap_or(0)]))
        }
        _ => Err(FileError::OneColumn {
            name: candidates.into_iter().next().map_or(String::new(), |c| c.name),
        }),
    }
}

/// What the rows look like if cut by one delimiter.
struct Candidate {
    order: usize,
    n_columns: usize,
    n_rows: usize,
    n_even_rows: usize,
    /// The header's first name.
    name: String,
}

impl Candidate {
    /// The share of rows as wide as the header, then the number of columns: a delimiter that is no
    /// delimiter cuts rows unevenly or not at all.
    fn score(&self) -> f64 {
        if self.n_columns < 2 {
            return -1.0;
        }
        let share = if self.n_rows == 0 { 1.0 } else { self.n_even_rows as f64 / self.n_rows as f64 };
        share + (self.n_columns.min(100) as f64) / 10_000.0
    }
}

/// Compiled once: inlined at each of four delimiters it takes 14 KB of the page.
#[inline(never)]
fn cut_by(head: &[u8], format: TableFormat, is_whole: bool) -> Candidate {
    let order = DELIMITERS.iter().position(|&delimiter| delimiter == format.delimiter).unwrap_or(0);
    let mut widths: Vec<usize> = Vec::new();
    let mut name = String::new();
    let mut take = |widths: &mut Vec<usize>, row: super::Row<'_>| {
        if widths.is_empty() {
            name = row.cell(0).to_owned();
        }
        if widths.len() <= MAX_DETECT_ROWS {
            widths.push(row.n_columns());
        }
    };
    let mut reader = TableReader::within(&format);
    let body = if let Some(n) = bom_len(head) { &head[n..] } else { head };
    // A part of a file is below every bound; its last row may be cut, so it is only read from a whole file.
    let mut pieces = body.chunks(DETECT_PIECE_BYTES);
    let read = pieces.try_for_each(|piece| {
        if widths.len() > MAX_DETECT_ROWS {
            return Ok(());
        }
        reader.push(piece, &mut |row| take(&mut widths, row))
    });
    if is_whole && read.is_ok() {
        reader.finish(&mut |row| take(&mut widths, row)).ok();
    }
    let n_columns = widths.first().copied().unwrap_or(0);
    let n_even_rows = widths.iter().skip(1).filter(|&&width| width == n_columns).count();
    Candidate { order, n_columns, n_rows: widths.len().saturating_sub(1), n_even_rows, name }
}

/// Length of the byte order mark, if there is one.
fn bom_len(head: &[u8]) -> Option<usize> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Some(3),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(2),
        _ => None,
    }
}

fn detect_encoding(head: &[u8]) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8,
        [0xff, 0xfe, ..] => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    let n_zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (n_even, n_odd, n_pairs) = (n_zeros(0), n_zeros(1), head.len() / 2);
    // Delimiters, digits and line ends are ASCII in every script, and reviews are mostly so.
    if n_odd * 4 > n_pairs && n_even * 20 < n_odd {
        return Encoding::Utf16Le;
    }
    if n_even * 4 > n_pairs && n_odd * 20 < n_even {
        return Encoding::Utf16Be;
    }
    // Text of another encoding hardly ever holds more well-formed sequences than others.
    let (mut n_wide, mut n_bad) = (0, 0);
    Decoder::new(Encoding::Utf8).push(head, &mut |_, piece| match piece {
        Piece::Text(text) => n_wide += text.chars().filter(|c| !c.is_ascii()).count(),
        Piece::Bad { .. } => n_bad += 1,
    });
    if n_bad > n_wide { Encoding::Windows1252 } else { Encoding::Utf8 }
}

fn decode(head: &[u8], encoding: Encoding) -> String {
    let mut text = String::with_capacity(head.len());
    Decoder::new(encoding).push(head, &mut |_, piece| match piece {
        Piece::Text(part) => text.push_str(part),
        Piece::Bad { .. } => text.push('\u{fffd}'),
    });
    text
}

fn check_is_text(head: &[u8], encoding: Encoding, text: &str) -> Result<(), FileError> {
    const KNOWN: [&[u8]; 7] =
        [b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"];
    let binary_at = |byte: u64| {
        let value = head.get(byte as usize).copied().unwrap_or(0);
        Err(FileError::Binary { byte, value })
    };
    if KNOWN.iter().any(|magic| head.starts_with(magic)) {
        return binary_at(0);
    }
    let is_wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    let is_control = |c: char| matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{19}' | '\u{7f}' | '\u{fffd}');
    let n_controls = text.chars().filter(|&c| is_control(c)).count();
    if !text.contains('\0') && n_controls * CHARS_PER_CONTROL <= text.chars().count().max(CHARS_PER_CONTROL) {
        return Ok(());
    }
    let decoder = Decoder::new(encoding);
    let first = text.find(is_control).unwrap_or(0);
    let has_bad_bytes = text[..first].contains('\u{fffd}') || is_wide;
    let byte = if has_bad_bytes { first_control_byte(head) } else { decoder.n_bytes_of(&text[..first]) };
    binary_at(byte)
}

/// The first byte that is a control character in no text, wherever it stands.
fn first_control_byte(head: &[u8]) -> u64 {
    head.iter().position(|&byte| matches!(byte, 1..=8 | 0x0e..=0x19 | 0x7f)).unwrap_or(0) as u64
}
