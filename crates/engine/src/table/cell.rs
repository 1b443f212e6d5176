//! What one cell means to pandas: missing, a number, or text.

use json::parse_real;

/// The cells that `pandas.read_csv` reads as missing by default (its `na_values`, pandas 3.1.1), quoted or
/// not, and without trimming.
const MISSING: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
    "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];
/// Length of the longest of them, in bytes.
const MAX_MISSING_BYTES: usize = 8;

/// Digits of which a double holds every number; most numbers of a file have no more, and nothing else.
const MAX_PLAIN_DIGITS: usize = 15;

/// Whether pandas reads the cell as missing.
pub fn is_missing(cell: &str) -> bool {
    let may_be = matches!(cell.as_bytes().first(), None | Some(b'#' | b'-' | b'1' | b'<' | b'N' | b'n'));
    may_be && cell.len() <= MAX_MISSING_BYTES && MISSING.contains(&cell)
}

/// The cell as a finite number, read as pandas does: ASCII white space around it, a sign, digits with or
/// without a point, an exponent.
pub fn parse_number(cell: &str) -> Option<f64> {
    if (1..=MAX_PLAIN_DIGITS).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole = cell.bytes().fold(0, |whole, byte| whole * 10 + u64::from(byte - b'0'));
        return Some(whole as f64);
    }
    let is_c_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let begin = cell.bytes().position(|byte| !is_c_space(&byte))?;
    // Most cells are texts.
    if cell.as_bytes()[begin].is_ascii_alphabetic() {
        return None;
    }
    let end = cell.bytes().rposition(|byte| !is_c_space(&byte))?;
    parse_real(&cell[begin..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_is_what_pandas_reads_as_missing() {
        for cell in
            ["", "NA", "N/A", "n/a", "NaN", "nan", "None", "null", "NULL", "<NA>", "#N/A N/A", "-1.#QNAN"]
        {
            assert!(is_missing(cell), "{cell:?}");
        }
        for cell in [" ", " NA", "NA ", "none", "Null", "na", "-", "missing", "#N/A N/A "] {
            assert!(!is_missing(cell), "{cell:?}");
        }
        assert_eq!(MISSING.iter().map(|cell| cell.len()).max(), Some(MAX_MISSING_BYTES));
    }

    #[test]
    fn numbers_are_read_as_pandas_reads_them() {
        #[track_caller]
        fn check(cell: &str, expected: Option<f64>) {
            assert_eq!(parse_number(cell), expected, "{cell:?}");
        }
        check("4", Some(4.0));
        check(" 4", Some(4.0));
        check("4.0 ", Some(4.0));
        check("007", Some(7.0));
        check("999999999999999", Some(999_999_999_999_999.0));
        check("9007199254740993", Some(9_007_199_254_740_992.0));
        check("+5", Some(5.0));
        check("1e0", Some(1.0));
        check("-.5", Some(-0.5));
        check("4.", Some(4.0));
        check("", None);
        check("four", None);
        check("4 stars", None);
        check("inf", None);
        check("1e999", None);
        check("0x10", None);
        check("\u{a0}4", None);
    }
}
