//! A cell's text in, the cell as it stands in a CSV file out.

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell by RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it; a number stays one.
pub fn csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(FORMULA) && text.parse::<f64>().is_err();
    let guard = if is_formula { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("good", "good"),
            ("-2.5", "-2.5"),
            ("-inf", "-inf"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a, b", "\"a, b\""),
            ("\tx", "'\tx"),
        ] {
            assert_eq!(csv_cell(text), expected);
        }
    }
}
