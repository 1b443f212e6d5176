use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;

use super::*;
use crate::table::{RowReason, TableReader, detect_format};

fn given(files: &[(&str, Vec<u8>)]) -> Vec<Given> {
    let one =
        |(name, bytes): &(&str, Vec<u8>)| Given { name: (*name).to_owned(), n_bytes: bytes.len() as u64 };
    files.iter().map(one).collect()
}

/// What comes out, whole, in chunks of `n_chunk` bytes.
fn take_in(
    files: &[(&str, Vec<u8>)],
    join: Join,
    n_chunk: usize,
) -> Result<(Vec<u8>, Vec<FoundTable>), FileError> {
    let mut intake = Intake::new(&given(files), join)?;
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let mut out = Vec::new();
    for chunk in all.chunks(n_chunk) {
        intake.push(chunk)?;
        out.extend(intake.take_bytes());
    }
    let taken = intake.finish()?;
    let hashes: Vec<ContentHash> = files.iter().map(|(_, bytes)| ContentHash::of(bytes)).collect();
    assert_eq!(taken.hashes, hashes);
    Ok(([taken.head, out, taken.rest].concat(), taken.tables))
}

#[track_caller]
fn check(files: &[(&str, Vec<u8>)], join: Join, expected: &str) -> Vec<FoundTable> {
    let mut tables = Vec::new();
    for n_chunk in [1, 7, 64, usize::MAX] {
        let (out, found) = take_in(files, join, n_chunk).expect("a table");
        assert_eq!(String::from_utf8_lossy(&out), expected, "in chunks of {n_chunk}");
        tables = found;
    }
    tables
}

#[track_caller]
fn check_refused(files: &[(&str, Vec<u8>)], join: Join, begins: &str) {
    for n_chunk in [1, usize::MAX] {
        let error = take_in(files, join, n_chunk).expect_err("no table").to_string();
        assert!(error.starts_with(begins), "in chunks of {n_chunk}: {error}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = kernels::Crc32::new();
    crc.update(bytes);
    let head = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3].into_iter().chain(*b"a.csv\0");
    let tail = crc.finish().to_le_bytes().into_iter().chain((bytes.len() as u32).to_le_bytes());
    head.chain(compress_to_vec(bytes, 6)).chain(tail).collect()
}

/// A zip file; entries that `follow` have their sizes after them, as of a program that writes to a pipe.
fn zip(entries: &[(&str, &[u8])], is_deflated: bool, follow: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in entries {
        let mut crc = kernels::Crc32::new();
        crc.update(bytes);
        let packed = if is_deflated { compress_to_vec(bytes, 6) } else { bytes.to_vec() };
        let sizes = [crc.finish(), packed.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(if follow { 8u16 } else { 0 }.to_le_bytes());
        out.extend(if is_deflated { 8u16 } else { 0 }.to_le_bytes());
        out.extend([0; 4]);
        out.extend(if follow { vec![0; 12] } else { sizes.clone() });
        out.extend((name.len() as u16).to_le_bytes());
        out.extend(4u16.to_le_bytes());
        out.extend(name.as_bytes());
        out.extend([9, 9, 0, 0]);
        out.extend(packed);
        if follow {
            out.extend(b"PK\x07\x08");
            out.extend(sizes);
        }
    }
    out.extend(b"PK\x01\x02");
    out.extend([0; 60]);
    out
}

const TABLE: &str = "text;rating\n\"good; cheap\";5\nbad;1\n";

#[test]
fn a_packed_table_comes_out_byte_for_byte() {
    let bytes = TABLE.as_bytes();
    let packed = gzip(bytes);
    assert_eq!(check(&[("a.csv.gz", packed.clone())], Join::AsItIs, TABLE)[0].name, "a.csv");
    let twice = [packed, gzip(b"fine;4\n")].concat();
    check(&[("a.csv.gz", [twice, vec![0; 9]].concat())], Join::AsItIs, &format!("{TABLE}fine;4\n"));
    for (is_deflated, follow) in [(false, false), (true, false), (true, true)] {
        let others: [(&str, &[u8]); 5] = [
            ("shop/", b""),
            ("__MACOSX/shop/._a.csv", b"x"),
            ("shop/a.csv", bytes),
            ("shop/.hidden.csv", b"x"),
            ("shop/picture.png", b"\x89PNG"),
        ];
        let tables = check(&[("a.zip", zip(&others, is_deflated, follow))], Join::AsItIs, TABLE);
        assert_eq!(tables[0].name, "shop/a.csv");
    }
}

#[test]
fn several_tables_are_joined_by_the_names_of_their_columns() {
    let second = "\u{feff}rating,text\n4,\"fine\nand \"\"cheap\"\"\"\n1,2,3\n";
    let joined = "text,rating\ngood; cheap,5\nbad,1\n\"fine\nand \"\"cheap\"\"\",4\n";
    let files = [("a.csv", TABLE.into()), ("b.tsv", second.into())];
    let tables = check(&files, Join::ByName, joined);
    assert_eq!((tables[0].issues.n, tables[1].issues.n), (0, 1));
    assert_eq!(tables[1].issues.kept[0].line, 4);
    let packed = [("a.zip", zip(&[("a.csv", TABLE.as_bytes()), ("b.csv", second.as_bytes())], true, true))];
    check(&packed, Join::ByName, joined);
    check_refused(&packed, Join::AsItIs, "There are several tables");
}

#[test]
fn columns_that_differ_are_named() {
    let with = |header: &str| [("a.csv", TABLE.into()), ("b.csv", format!("{header}\nx,1,y\n").into_bytes())];
    check_refused(&with("text,stars,x"), Join::ByName, "'b.csv' has no column 'rating', which 'a.csv' has");
    check_refused(
        &with("rating,text,more"),
        Join::ByName,
        "'b.csv' has a column 'more', which 'a.csv' has not",
    );
    check_refused(
        &[("a.csv", TABLE.into()), ("b.csv", "x\ny\n".into())],
        Join::ByName,
        "'b.csv' has no column 'text', which 'a.csv' has",
    );
}

#[test]
fn objects_become_rows_of_all_their_names() {
    let lines = "{\"text\":\"good, \\\"cheap\\\"\",\"rating\":5.0,\"at\":null}\r\n\n[1]\n\
                 {\"rating\":1,\"text\":\"bad\",\"tags\":[1,{\"a\":\"b\"}],\"ok\":false}";
    let expected =
        "text,rating,at,tags,ok\n\"good, \"\"cheap\"\"\",5.0,\nbad,1,,\"[1,{\"\"a\"\":\"\"b\"\"}]\",false\n";
    let tables = check(&[("a.jsonl", lines.into())], Join::ByName, expected);
    assert_eq!((tables[0].issues.n, tables[0].issues.kept[0].line), (1, 3));
    assert!(matches!(tables[0].issues.kept[0].reason, RowReason::NotAnObject { .. }));
    check(&[("a.jsonl.gz", gzip(lines.as_bytes()))], Join::ByName, expected);
    check_refused(&[("a.json", b"[{\"a\":1}]".to_vec())], Join::ByName, "'a.json' is one JSON array");
    check_refused(&[("a.jsonl", b"a,b\n1,2\n".to_vec())], Join::ByName, "No line of 'a.jsonl'");
    check_refused(
        &[("a.csv", TABLE.into()), ("b.jsonl", b"{\"text\":\"x\",\"stars\":1}".to_vec())],
        Join::ByName,
        "'b.jsonl' has a column 'stars'",
    );
}

#[test]
fn damage_is_told_of() {
    let packed = gzip(TABLE.as_bytes());
    let mut wrong = packed.clone();
    let end = wrong.len() - 1;
    wrong[end] ^= 1;
    check_refused(&[("a.gz", wrong)], Join::AsItIs, "'a.gz' cannot be unpacked because its checksum");
    let short = packed[..packed.len() - 9].to_vec();
    check_refused(&[("a.gz", short)], Join::AsItIs, "'a.gz' cannot be unpacked because it ends too early");
    let mut archive = zip(&[("a.csv", TABLE.as_bytes())], false, false);
    archive[40] ^= 1;
    check_refused(
        &[("a.zip", archive.clone())],
        Join::AsItIs,
        "'a.zip' cannot be unpacked because a checksum",
    );
    archive[6] |= 1;
    check_refused(&[("a.zip", archive)], Join::AsItIs, "'a.zip' is locked with a password");
    check_refused(&[("a.zip", zip(&[("a.png", b"x")], true, false))], Join::AsItIs, "There is no CSV");
    check_refused(&[("a.csv", Vec::new())], Join::ByName, "a.csv: The file is empty");
}

#[test]
fn a_file_that_expands_without_end_is_given_up() {
    let zeros = vec![b'x'; 64 << 20];
    let bomb: Vec<u8> = gzip(&zeros).repeat(9);
    let files = [("bomb.gz", bomb)];
    let mut intake = Intake::new(&given(&files), Join::AsItIs).expect("small");
    let mut most = 0;
    let outcome = files[0].1.chunks(64 << 10).try_for_each(|chunk| {
        let pushed = intake.push(chunk);
        most = most.max(intake.take_bytes().len());
        pushed
    });
    let error = outcome.expect_err("576 MB").to_string();
    assert!(error.starts_with("'bomb' holds more than 536870912 bytes"), "{error}");
    assert!(most < 80 << 20, "{most} bytes came out of one chunk");
}

proptest! {
    #[test]
    fn any_cells_come_out_as_they_went_in(
        cells in proptest::collection::vec(("[a\",;\n\r\u{e9} ]{0,6}", "[0-9\"\n]{1,3}"), 1..6),
        n_chunk in 1usize..40,
    ) {
        let mut csv = b"text,rating\n".to_vec();
        for (text, rating) in &cells {
            crate::table::push_row(&mut csv, [text.as_str(), rating.as_str()].into_iter());
        }
        let (out, _) = take_in(&[("a.csv", csv)], Join::ByName, n_chunk).expect("a table");
        let mut read: Vec<(String, String)> = Vec::new();
        let format = detect_format(b"text,rating\nx,1\n", 16).expect("commas");
        let mut reader = TableReader::new(&format);
        let mut on_row = |row: crate::table::Row<'_>| read.push((row.cell(0).to_owned(), row.cell(1).to_owned()));
        reader.push(&out, &mut on_row).expect("small");
        reader.finish(&mut on_row).expect("rows");
        prop_assert_eq!(read, cells);
    }

    #[test]
    fn packed_files_are_the_same_in_any_chunks(n_chunk in 1usize..50, rows in 1usize..60) {
        let table: String = (0..rows).map(|row| format!("nice {row},{row}\n")).collect();
        let table = format!("text,rating\n{table}");
        for packed in [gzip(table.as_bytes()), zip(&[("a.csv", table.as_bytes())], true, true)] {
            let (out, _) = take_in(&[("a", packed)], Join::AsItIs, n_chunk).expect("a table");
            prop_assert_eq!(String::from_utf8_lossy(&out), table.as_str());
        }
    }
}
