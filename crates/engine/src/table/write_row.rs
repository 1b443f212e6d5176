//! Cells in, a row of UTF-8 with commas out, which the table's reader reads as the same cells; and texts made safe for
//! those who open the file in a spreadsheet.

use std::borrow::Cow;

/// What spreadsheets take for the beginning of a formula: the signs, also as wide as a Chinese letter, and white space that
/// they pass over.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A cell with an apostrophe before it where a spreadsheet would run it as a formula. A number stays one. Every CSV that is
/// written for people goes through this; what is written to be read again by ourselves does not.
pub fn safe_cell(cell: &str) -> Cow<'_, str> {
    let is_number = || json::parse_real(cell).is_some() || matches!(cell, "-inf" | "+inf");
    match cell.starts_with(FORMULA) && !is_number() {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// The same as it stands in a line of CSV (RFC 4180).
pub fn csv_cell(cell: &str) -> String {
    let cell = safe_cell(cell);
    match cell.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.into_owned(),
    }
}

/// Adds a row. A lone cell is quoted: an empty one would be a blank line.
pub fn push_row<'a>(out: &mut Vec<u8>, cells: impl ExactSizeIterator<Item = &'a str>) {
    push_cells(out, cells, ',');
}

/// The same with another ASCII character between cells.
pub(super) fn push_cells<'a>(
    out: &mut Vec<u8>,
    cells: impl ExactSizeIterator<Item = &'a str>,
    delimiter: char,
) {
    let delimiter = delimiter as u8;
    let is_lone = cells.len() == 1;
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(delimiter);
        }
        if is_lone || cell.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r')) {
            out.push(b'"');
            for (nth, part) in cell.split('"').enumerate() {
                if nth > 0 {
                    out.extend_from_slice(b"\"\"");
                }
                out.extend_from_slice(part.as_bytes());
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("good", "good"),
            ("-2.5", "-2.5"),
            ("+3e4", "+3e4"),
            ("-inf", "-inf"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+44 123", "'+44 123"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a, b", "\"a, b\""),
            ("\tx", "'\tx"),
            ("\n=1", "\"'\n=1\""),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(csv_cell(text), expected);
        }
    }
}
