//! Columns of dates, groups and titles, and rows parted by them.

use serde_json::Value;

use crate::run::{Terminal, timeless};

const GOOD: [&str; 6] =
    ["great value", "lovely colour", "perfect fit", "works well", "so happy", "fast delivery"];
const BAD: [&str; 6] =
    ["waste of money", "broke at once", "poor quality", "too late", "torn box", "never again"];

/// Reviews with a day, a shop and a title each.
fn csv() -> String {
    let mut text = "Day,Shop,Heading,Review,Stars\n".to_owned();
    for row in 0..240_usize {
        let is_good = row * 7 % 5 < 3;
        let words = if is_good { GOOD } else { BAD };
        let (one, other) = (words[row % 6], words[row * 5 % 6]);
        let day = format!("{:02}/{:02}/2021", row % 28 + 1, row * 5 % 12 + 1);
        let (heading, stars) = if is_good { ("Thumbs up", 5) } else { ("Thumbs down", 1) };
        text += &format!("{day},shop {},{heading},{one} and {other} {},{stars}\n", row % 30, row / 9);
    }
    text
}

fn summary(terminal: &Terminal, words: &[&str]) -> Value {
    let file = terminal.file("shops.csv", csv());
    let fixed = ["train", file.to_str().unwrap(), "--json", "--trials", "2", "--models", "lr"];
    timeless(serde_json::from_str(&terminal.must(&[&fixed, words].concat()).out).unwrap())
}

fn n_scores(summary: &Value) -> usize {
    summary["models"][0]["fit"]["fold_f1_macro"].as_array().unwrap().len()
}

#[test]
fn rows_are_parted_by_time_by_group_and_repeatedly() {
    let terminal = Terminal::new();
    let by_time = summary(&terminal, &["--split", "time", "--folds", "3"]);
    assert_eq!(by_time["study"]["split"]["kind"]["type"], "by_time");
    assert_eq!(n_scores(&by_time), 3);
    let by_shop = summary(&terminal, &["--split", "grouped", "--group-column", "Shop"]);
    assert_eq!(by_shop["study"]["split"]["kind"]["type"], "by_group");
    let repeated = summary(&terminal, &["--split", "repeated", "--repeats", "2", "--folds", "7"]);
    assert_eq!(n_scores(&repeated), 14);
    let one_worker = ["--split", "repeated", "--repeats", "2", "--folds", "7", "--workers", "1"];
    assert_eq!(summary(&terminal, &one_worker), repeated);
    assert_ne!(by_shop["data"]["recipe"], by_time["data"]["recipe"], "a recipe says which column groups");
}

#[test]
fn a_title_is_learned_from_when_it_is_named() {
    let terminal = Terminal::new();
    let terms = |words: &[&str]| summary(&terminal, words)["models"][0]["fit"]["n_terms"].as_u64().unwrap();
    assert!(terms(&["--title-column", "Heading"]) > terms(&[]));
}

#[track_caller]
fn check_refused(words: &[&str], expected: &str) {
    let terminal = Terminal::new();
    let file = terminal.file("shops.csv", csv());
    let said = terminal.run(&[&["train", file.to_str().unwrap(), "--trials", "1"], words].concat());
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{}", said.err);
    assert_eq!(said.err.trim_end(), format!("reviewlab: {expected}"));
}

#[test]
fn a_column_that_does_not_do_is_named() {
    check_refused(
        &["--date-column", "Shop"],
        "Column 'Shop' holds hardly any dates: name another with --date-column.",
    );
    check_refused(&["--title-column", "Review"], "'Review' is text or rating already: name another column.");
    check_refused(
        &["--split", "grouped", "--group-column", "Town"],
        "There is no column 'Town': the file has 'Day', 'Shop', 'Heading', 'Review', 'Stars'.",
    );
}

#[test]
fn a_file_without_dates_is_not_parted_by_time() {
    let terminal = Terminal::new();
    let rows: String = csv().lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1)).collect();
    let file = terminal.file("undated.csv", rows);
    let said = terminal.run(&["train", file.to_str().unwrap(), "--split", "time"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("No column holds dates: name one with --date-column"), "{}", said.err);
}
