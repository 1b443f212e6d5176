//! Rows that a person adds to a file in, the bytes that go after its last one out: in its encoding, parted as its rows.

use thiserror::Error;

use super::windows_1252::byte_of;
use super::write_row::push_cells;
use super::{Encoding, TableFormat};

/// How many of a file's last bytes tell whether a row may begin after them.
pub const TAIL_BYTES: u64 = 2;

/// A letter that the file's encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("'{letter}' cannot be written into a file in Windows-1252: write the review without it.")]
pub struct NotInEncoding {
    /// The letter.
    pub letter: char,
}

/// The bytes of `rows`, to go after a file of this format that ends in `tail` (its last `TAIL_BYTES`, or all there are).
///
/// # Errors
/// `NotInEncoding` for the first letter that the file cannot hold.
pub fn rows_after(format: &TableFormat, tail: &[u8], rows: &[Vec<String>]) -> Result<Vec<u8>, NotInEncoding> {
    let mut text = Vec::new();
    if !ends_row(format.encoding, tail) {
        text.push(b'\n');
    }
    for cells in rows {
        push_cells(&mut text, cells.iter().map(String::as_str), format.delimiter);
    }
    let text = String::from_utf8(text).expect("cells are characters, and so is what parts them");
    encoded(format.encoding, &text)
}

fn ends_row(encoding: Encoding, tail: &[u8]) -> bool {
    let is_end = |unit: u16| matches!(unit, 0x0a | 0x0d);
    match (encoding, tail) {
        (_, []) => true,
        (Encoding::Utf8 | Encoding::Windows1252, [.., last]) => is_end(u16::from(*last)),
        (Encoding::Utf16Le, [.., low, high]) => is_end(u16::from_le_bytes([*low, *high])),
        (Encoding::Utf16Be, [.., high, low]) => is_end(u16::from_be_bytes([*high, *low])),
        (Encoding::Utf16Le | Encoding::Utf16Be, [_]) => false,
    }
}

fn encoded(encoding: Encoding, text: &str) -> Result<Vec<u8>, NotInEncoding> {
    Ok(match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1252 => {
            let byte = |letter: char| byte_of(letter).ok_or(NotInEncoding { letter });
            return text.chars().map(byte).collect();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{TableReader, detect_format};
    use super::*;

    const ADDED: [&str; 2] = ["she said \"good\",\nüber; alles", "5"];

    fn file(encoding: Encoding, delimiter: char, end: &str) -> Vec<u8> {
        encoded(encoding, &format!("text{delimiter}stars\nvery bad{delimiter}1{end}")).unwrap()
    }

    #[track_caller]
    fn check(encoding: Encoding, delimiter: char, end: &str) {
        let mut bytes = file(encoding, delimiter, end);
        let format = TableFormat::new(encoding, delimiter);
        let tail = &bytes[bytes.len() - TAIL_BYTES as usize..];
        let added = rows_after(&format, tail, &[ADDED.map(str::to_owned).to_vec()]).unwrap();
        bytes.extend(added);
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut keep = |row: super::super::Row<'_>| rows.push(row.cells().map(str::to_owned).collect());
        let mut reader = TableReader::new(&format);
        reader.push(&bytes, &mut keep).unwrap();
        let read = reader.finish(&mut keep).unwrap();
        assert_eq!(rows, [["very bad", "1"], ADDED], "{encoding:?} {delimiter:?} {end:?}");
        assert_eq!(read.issues.n, 0);
    }

    #[test]
    fn added_rows_are_read_as_they_were_typed() {
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252] {
            for (delimiter, end) in [(',', "\n"), (';', ""), ('\t', "\r\n"), ('|', "\n")] {
                check(encoding, delimiter, end);
            }
        }
    }

    #[test]
    fn a_letter_the_file_cannot_hold_is_named() {
        let format = TableFormat::new(Encoding::Windows1252, ',');
        let row = |text: &str| vec![vec![text.to_owned(), "5".to_owned()]];
        assert_eq!(rows_after(&format, b"\n", &row("€ fine")), Ok(b"\x80 fine,5\n".to_vec()));
        assert_eq!(rows_after(&format, b"\n", &row("fine 😀")), Err(NotInEncoding { letter: '😀' }));
    }

    #[test]
    fn a_file_that_was_added_to_is_found_to_be_of_its_format() {
        let mut bytes = file(Encoding::Utf8, ';', "\n");
        let format = detect_format(&bytes, bytes.len() as u64).unwrap();
        bytes.extend(rows_after(&format, b"\n", &[ADDED.map(str::to_owned).to_vec()]).unwrap());
        assert_eq!(detect_format(&bytes, bytes.len() as u64), Ok(format));
    }
}
