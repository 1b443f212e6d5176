//! Cells in, a row of UTF-8 with commas out, which the table's reader reads as the same cells.

/// Adds a row. A lone cell is quoted: an empty one would be a blank line.
pub fn push_row<'a>(out: &mut Vec<u8>, cells: impl ExactSizeIterator<Item = &'a str>) {
    let is_lone = cells.len() == 1;
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if is_lone || cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
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
