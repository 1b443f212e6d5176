//! Cells in, a row of UTF-8 with commas out, which the table's reader reads as the same cells.

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
