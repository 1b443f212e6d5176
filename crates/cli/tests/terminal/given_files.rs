//! Reviews in several files, as JSON lines, or not a table at all.

use crate::run::{Terminal, timeless};
use serde_json::Value;

fn csv(rows: std::ops::Range<usize>) -> String {
    let words = ["great value", "lovely colour", "waste of money", "broke at once"];
    let row = |row: usize| format!("{} number {row},{}\n", words[row % 4], if row % 4 < 2 { 5 } else { 1 });
    std::iter::once("Review,Stars\n".to_owned()).chain(rows.map(row)).collect()
}

fn json_lines(rows: std::ops::Range<usize>) -> String {
    let table = csv(rows);
    let line = |line: &str| {
        let (review, stars) = line.split_once(',').unwrap();
        format!("{{\"Review\":\"{review}\",\"Stars\":{stars}}}\n")
    };
    table.lines().skip(1).map(line).collect()
}

fn summary(terminal: &Terminal, files: &[&str]) -> Value {
    let fixed = ["--json", "--trials", "2", "--models", "nb"];
    timeless(serde_json::from_str(&terminal.must(&[&["train"], files, &fixed].concat()).out).unwrap())
}

#[test]
fn several_files_are_learned_from_as_one() {
    let terminal = Terminal::new();
    terminal.file("all.csv", csv(0..120));
    terminal.file("a.csv", csv(0..50));
    terminal.file("b.csv", csv(50..120));
    terminal.file("b.jsonl", json_lines(50..120));
    let whole = summary(&terminal, &["all.csv"]);
    for files in [["a.csv", "b.csv"], ["a.csv", "b.jsonl"]] {
        let parts = summary(&terminal, &files);
        assert_eq!(parts["models"], whole["models"], "{files:?}");
        assert_eq!(parts["data"]["file"], whole["data"]["file"], "{files:?}: the joined table is another");
    }
}

#[test]
fn files_that_do_not_fit_are_named() {
    let terminal = Terminal::new();
    terminal.file("a.csv", csv(0..20));
    terminal.file("b.csv", "Review,Rating\nx,1\n");
    terminal.file("c.zip", b"PK\x03\x04 and no more");
    for (files, expected) in [
        (vec!["a.csv", "b.csv"], "'b.csv' has no column 'Stars', which 'a.csv' has"),
        (vec!["c.zip"], "'c.zip' cannot be unpacked because it ends too early"),
    ] {
        let said = terminal.run(&[vec!["audit"], files].concat());
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains(expected), "{}", said.err);
    }
}

#[test]
fn a_zip_whose_names_lead_elsewhere_writes_nothing_there() {
    let terminal = Terminal::new();
    let table = export::ExportFile::new("evil.csv", "text/csv", csv(0..120));
    for (place, folder) in ["..", "../..", "/tmp/reviewlab-evil", "C:\\evil", "a/../.."].iter().enumerate() {
        let zip = format!("{place}.zip");
        terminal.file(&zip, export::zip_of(folder, std::slice::from_ref(&table)));
        let project = format!("{place}.reviewlab");
        let words = ["train", &zip, "--models", "nb", "--trials", "1", "--out", &project];
        terminal.must(&words);
        assert!(terminal.path(&project).exists());
        for elsewhere in ["../evil.csv", "../../evil.csv", "evil.csv", "a/evil.csv", "C:\\evil/evil.csv"] {
            assert!(!terminal.path(elsewhere).exists(), "{folder} wrote {elsewhere}");
        }
        assert!(!std::path::Path::new("/tmp/reviewlab-evil").exists());
        let said = terminal.run(&["runs", &zip]);
        assert_eq!(said.code, Some(1), "a zip of tables is no project file: {}", said.out);
    }
}
