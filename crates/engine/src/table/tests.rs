use proptest::prelude::*;

use super::*;

const COMMA: TableFormat = TableFormat::new(Encoding::Utf8, ',');

type Rows = Vec<(RowMark, Vec<String>)>;

fn read_in_chunks(
    format: &TableFormat,
    bytes: &[u8],
    n_chunk: usize,
) -> Result<(Rows, ReadTable), FileError> {
    let mut rows = Vec::new();
    let mut on_row = |row: Row<'_>| rows.push((row.mark, row.cells().map(str::to_owned).collect()));
    let mut reader = TableReader::new(format);
    for chunk in bytes.chunks(n_chunk) {
        reader.push(chunk, &mut on_row)?;
    }
    let table = reader.finish(&mut on_row)?;
    Ok((rows, table))
}

fn read(text: &str) -> (Rows, ReadTable) {
    read_in_chunks(&COMMA, text.as_bytes(), usize::MAX).expect("a table")
}

/// Rows as `a|b`, and what was set aside as `record:line`.
#[track_caller]
fn check(text: &str, expected: &[&str], set_aside: &[&str]) {
    for n_chunk in [1, 2, 3, usize::MAX] {
        let (rows, table) = read_in_chunks(&COMMA, text.as_bytes(), n_chunk).expect("a table");
        let rows: Vec<String> = rows.iter().map(|(_, cells)| cells.join("|")).collect();
        assert_eq!(rows, expected, "{text:?}");
        let issues: Vec<String> =
            table.issues.kept.iter().map(|issue| format!("{}:{}", issue.record, issue.line)).collect();
        assert_eq!(issues, set_aside, "{text:?}");
    }
}

#[test]
fn rows_are_cut_as_pandas_cuts_them() {
    // pandas 3.1.1: read_csv(text, dtype=str, keep_default_na=False); what it refuses is set aside here.
    check("a,b\nx,1\ny,2", &["x|1", "y|2"], &[]);
    check("a,b\r\nx,1\r\ny,2\r\n", &["x|1", "y|2"], &[]);
    check("a,b\rp,0\r\rx,1\r  \ry,2\r  z,3\rw,4\r", &["p|0", "x|1", "y|2", "  z|3", "w|4"], &[]);
    check(
        "a,b\n\"\",1\n\"  \"\nx\n,\n \"q\",2\n\"\"\"\",3",
        &["|1", "  |", "x|", "|", " \"q\"|2", "\"|3"],
        &[],
    );
    check("\n\n  \na,b\nx,1", &["x|1"], &[]);
    check("a,b\n\"x\"y,1\n\"p\"\"q\"r\",2", &["xy|1", "p\"qr\"|2"], &[]);
    check("a,b\n\"x\ny\r\nz\",1\nw,2", &["x\ny\r\nz|1", "w|2"], &[]);
    check("\u{feff}\"a\",b\nx,1", &["x|1"], &[]);
    check("a,b\nx,1,2\ny,3\n", &["y|3"], &["0:2"]);
    check("a,b\nx,\u{0}\n\u{1a}", &["x|\u{0}", "\u{1a}|"], &[]);
}

#[test]
fn an_open_quote_costs_its_line_only() {
    check("a,b\nx,1\n\"y,2\nz,3\nw,4", &["x|1", "z|3", "w|4"], &["1:3"]);
    check("a,b\n\"x,1\r\"y,2\rz,\"3", &["x,1\ry|2"], &["1:4"]);
    check("a,b\nx,\"1\r\ny,\"2\"\",\"3\r\nz,4", &["y|2\",3", "z|4"], &["0:2"]);
    let long = format!("a,b\n\"x,1\n{}", "some words,5\n".repeat(MAX_CELL_BYTES / 12 + 2));
    let (rows, table) = read(&long);
    assert_eq!(rows.len(), MAX_CELL_BYTES / 12 + 2);
    assert_eq!(table.issues.kept, [RowIssue { record: 0, line: 2, byte: 4, reason: RowReason::OpenQuote }]);
    assert_eq!((rows[0].0.record, rows[0].0.line, rows[0].0.byte), (1, 3, 9));
}

#[test]
fn a_cell_above_the_bound_costs_its_row() {
    let text = format!("a,b\n{},1\ny,2\n", "x".repeat(MAX_CELL_BYTES + 1));
    let (rows, table) = read(&text);
    assert_eq!(rows.len(), 1);
    assert_eq!(table.issues.kept[0].reason, RowReason::CellTooLong { most: MAX_CELL_BYTES as u32 });
    let text = format!("a,b\n{},1\n", "x".repeat(MAX_CELL_BYTES));
    assert_eq!(read(&text).0.len(), 1);
}

#[test]
fn open_quotes_everywhere_end_in_bounded_time() {
    let text = format!("a,b\n{}", "x\",\"\n".repeat(600_000));
    let (_, table) = read(&text);
    assert!(table.issues.n > 0);
}

#[test]
fn headers_are_named_as_pandas_names_them() {
    // pandas 3.1.1: read_csv("a,a,,b\n…").columns
    assert_eq!(read("a,a,,b\n1,2,3,4").1.header, ["a", "a.1", "Unnamed: 2", "b"]);
}

#[test]
fn too_many_columns_are_refused() {
    let header = vec!["c"; MAX_COLUMNS + 1].join(",");
    let refused = read_in_chunks(&COMMA, header.as_bytes(), 100);
    assert_eq!(refused.err(), Some(FileError::TooManyColumns { found: 1001, most: 1000 }));
}

#[test]
fn places_count_records_lines_and_bytes() {
    let (rows, _) = read("\u{feff}a,b\r\n\r\n\"x\r\ny\",1\r\né,2\r\n");
    let places: Vec<_> = rows.iter().map(|(mark, _)| (mark.record, mark.line, mark.byte)).collect();
    assert_eq!(places, [(0, 3, 10), (1, 5, 20)]);
}

#[test]
fn bytes_that_are_no_characters_cost_their_row() {
    let bytes = b"a,b\nx,1\n\xc3,2\ny\xe2\x82,3\nz,4\n\xf0\x9f";
    for n_chunk in [1, 2, 5, 100] {
        let (rows, table) = read_in_chunks(&COMMA, bytes, n_chunk).expect("a table");
        assert_eq!(rows.iter().map(|(mark, _)| mark.byte).collect::<Vec<_>>(), [4, 18], "{n_chunk}");
        let places: Vec<_> = table.issues.kept.iter().map(|issue| (issue.line, issue.byte)).collect();
        assert_eq!(places, [(3, 8), (4, 12), (6, 22)]);
        assert!(table.issues.kept.iter().all(|issue| issue.reason == RowReason::BadBytes));
    }
}

fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1252 => text
            .chars()
            .map(|c| (0..=255).find(|&byte| windows_1252::char_of(byte) == c).expect("a character of it"))
            .collect(),
    }
}

#[test]
fn every_encoding_and_delimiter_is_detected() {
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252] {
        for delimiter in [',', ';', '\t', '|'] {
            for bom in ["", "\u{feff}"] {
                if encoding == Encoding::Windows1252 && !bom.is_empty() {
                    continue;
                }
                let body = "review#rating\n\"good, cheap; caf\u{e9} | \u{20ac}5\"#5\nbad, really bad#1\n";
                let bytes = encode(&format!("{bom}{}", body.replace('#', &delimiter.to_string())), encoding);
                let format = detect_format(&bytes, bytes.len() as u64).expect("a table");
                assert_eq!(format, TableFormat::new(encoding, delimiter), "{bom:?}");
                let (rows, table) = read_in_chunks(&format, &bytes, 3).expect("a table");
                assert_eq!(table.header, ["review", "rating"]);
                assert_eq!(rows[0].1, ["good, cheap; caf\u{e9} | \u{20ac}5", "5"]);
                let unit = if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) { 2 } else { 1 };
                let n_bom = encode(bom, if bom.is_empty() { Encoding::Utf8 } else { encoding }).len() as u64;
                assert_eq!(rows[0].0.byte, n_bom + 14 * unit);
            }
        }
    }
}

#[track_caller]
fn check_refused(bytes: &[u8], expected: FileError) {
    assert_eq!(detect_format(bytes, bytes.len() as u64), Err(expected));
}

#[test]
fn files_that_are_no_tables_get_a_sentence() {
    check_refused(b"", FileError::Empty);
    check_refused(b"\xef\xbb\xbf \r\n ", FileError::Empty);
    check_refused(b"PK\x03\x04\x14\x00", FileError::Binary { byte: 0, value: 0x50 });
    check_refused(b"a,b\nx\x00,1\n", FileError::Binary { byte: 5, value: 0 });
    check_refused(b"review\nGood, nice\nBad, ugly\n", FileError::OneColumn { name: "review".into() });
    assert_eq!(
        detect_format(b"a,b\n", MAX_CSV_BYTES + 1),
        Err(FileError::TooLarge { bytes: MAX_CSV_BYTES + 1, most: MAX_CSV_BYTES })
    );
    assert!(detect_format(b"a,b\nx,1\n", MAX_CSV_BYTES).is_ok());
}

fn scan(bytes: &[u8]) -> Result<TableSummary, FileError> {
    let mut scan = TableScan::new(&detect_format(bytes, bytes.len() as u64)?, bytes.len() as u64)?;
    for chunk in bytes.chunks(7) {
        scan.push(chunk)?;
    }
    scan.finish()
}

#[test]
fn a_scan_sums_up_every_column() {
    let table = scan(b"text,stars\ngood, 4\nNA,4\nbad one,x\n,5,6\n").expect("a table");
    assert_eq!((table.n_rows, table.issues.n, table.n_bytes), (4, 1, 39));
    let [text, stars] = table.columns.as_slice() else { panic!("two columns") };
    assert_eq!((text.n_missing, text.n_distinct, text.mean_chars), (1, 2, 5.5));
    assert_eq!(stars.n_numeric, 2);
    assert_eq!(stars.values, [("4".to_owned(), 2), ("x".to_owned(), 1)]);
    assert_eq!(table.hash, crate::num::ContentHash::of(b"text,stars\ngood, 4\nNA,4\nbad one,x\n,5,6\n"));
    assert_eq!(scan(b"text,stars\n"), Err(FileError::NoRows));
}

#[test]
fn different_values_are_counted_right_where_they_are_too_long_to_be_listed() {
    let long = "long ".repeat(MAX_LISTED_VALUE_BYTES);
    let rows: String = (0..9).map(|row| format!("{long}{},{row}\n", row % 3)).collect();
    let table = scan(format!("text,stars\nshort,1\n{rows}").as_bytes()).expect("a table");
    assert_eq!((table.columns[0].n_distinct, table.columns[0].values.len()), (4, 0));
    let rows: String = (0..300).map(|row| format!("{row},1\n")).collect();
    let table = scan(format!("text,stars\n{rows}").as_bytes()).expect("a table");
    assert_eq!(table.columns[0].n_distinct, MAX_LISTED_VALUES as u64 + 1);
}

#[test]
fn a_late_byte_beyond_ascii_decides_the_encoding() {
    let mut bytes = b"text,stars\n".to_vec();
    bytes.extend(b"good,5\n".repeat(DETECT_BYTES / 7 + 1));
    bytes.extend(b"caf\xe9,1\n");
    let format = detect_format(&bytes[..DETECT_BYTES], bytes.len() as u64).expect("a table");
    let mut scan = TableScan::new(&format, bytes.len() as u64).expect("small enough");
    scan.push(&bytes).expect("a table");
    let table = scan.finish().expect("rows");
    assert_eq!((table.format.encoding, table.issues.n), (Encoding::Windows1252, 0));
}

#[test]
fn previews_begin_at_any_mark() {
    let body: String = (0..1000).map(|i| format!("\"row\n{i}\",{}\n", i % 5)).collect();
    let bytes = format!("text,stars\n{body}").into_bytes();
    let table = scan(&bytes).expect("a table");
    assert_eq!(table.row_index.len(), 4);
    for mark in &table.row_index {
        let rows = preview(&table.format, &bytes[mark.byte as usize..], 2);
        assert_eq!(rows[0], [format!("row\n{}", mark.record), (mark.record % 5).to_string()]);
        assert_eq!(rows.len(), 2);
    }
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "\"", "\"\"", ",", "\n", "\r", "\r\n", " ", "\t", "x", "NA", "é", "👍", "\u{feff}", ";", "a,b\n",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_file_without_a_header_has_numbered_columns_and_loses_no_row() {
    let format = TableFormat { has_header: false, ..COMMA };
    for n_chunk in [1, 2, usize::MAX] {
        let text = "\u{feff}x,1\ny,2\nz,3,4\n";
        let (rows, table) = read_in_chunks(&format, text.as_bytes(), n_chunk).expect("a table");
        assert_eq!(table.header, ["Column 1", "Column 2"]);
        let rows: Vec<(u64, u64, String)> =
            rows.into_iter().map(|(mark, cells)| (mark.record, mark.byte, cells.join("|"))).collect();
        assert_eq!(rows, [(0, 3, "x|1".to_owned()), (1, 7, "y|2".to_owned())]);
        assert_eq!(table.issues.kept[0].record, 2);
    }
    assert!(matches!(read_in_chunks(&format, b"", usize::MAX), Err(FileError::Empty)));
}

#[test]
fn a_chosen_encoding_is_not_left() {
    // One byte beyond ASCII, which is no UTF-8.
    let bytes = b"a,b\nx\xe9,1\ny,2\n";
    let scan = |make: fn(&TableFormat, u64) -> Result<TableScan, FileError>| {
        let mut scan = make(&COMMA, bytes.len() as u64).expect("small enough");
        scan.push(bytes).expect("a table");
        scan.finish().expect("rows")
    };
    let (found, chosen) = (scan(TableScan::new), scan(TableScan::chosen));
    assert_eq!((found.format.encoding, found.issues.n), (Encoding::Windows1252, 0));
    assert_eq!((chosen.format.encoding, chosen.issues.n), (Encoding::Utf8, 1));
    assert_eq!([&found.columns[0].example, &chosen.columns[0].example], ["xé", "y"]);
}

#[test]
fn a_format_without_a_header_says_so_and_no_other_does() {
    let unnamed = TableFormat { has_header: false, ..COMMA };
    for (format, text) in [
        (COMMA, r#"{"encoding":"utf8","delimiter":","}"#),
        (unnamed, r#"{"encoding":"utf8","delimiter":",","has_header":false}"#),
    ] {
        assert_eq!(json::to_string(&format), text);
        assert_eq!(json::from_str::<TableFormat>(text).expect("a format"), format);
    }
}

proptest! {
    #[test]
    fn chunks_of_any_size_give_the_same_rows(
        bytes in any_bytes(),
        n_chunk in 1usize..20,
        encoding in proptest::sample::select(vec![
            Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252,
        ]),
    ) {
        let format = TableFormat::new(encoding, ',');
        let whole = read_in_chunks(&format, &bytes, usize::MAX).map(|(rows, table)| (rows, table.issues));
        let parts = read_in_chunks(&format, &bytes, n_chunk).map(|(rows, table)| (rows, table.issues));
        prop_assert_eq!(&whole, &parts);
        if let Ok((rows, _)) = whole {
            prop_assert!(rows.windows(2).all(|pair| pair[0].0.byte < pair[1].0.byte));
            prop_assert!(rows.iter().all(|(mark, _)| mark.byte < bytes.len() as u64));
        }
    }

    #[test]
    fn no_bytes_break_detection_or_scan(bytes in any_bytes()) {
        let _result = scan(&bytes);
    }
}
