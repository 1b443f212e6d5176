//! What is wrong with a file, and a training that mends it first.

use serde_json::Value;
use std::path::PathBuf;

use crate::run::{Terminal, timeless};

/// Reviews that all end alike, some of which say the same in other words than letters.
fn csv() -> String {
    let mut text = "Review,Stars\n".to_owned();
    for row in 0..200_usize {
        let (said, stars) = if row % 3 == 0 { ("broke at once", 1) } else { ("works very well", 5) };
        let other = ["colour", "price", "fabric", "parcel", "seller"][row % 5];
        let (one, two) = ("xyz".repeat(row / 20 + 1), "q".repeat(row % 20 + 1));
        text += &format!("{other} {one} {said} {two}.READ MORE,{stars}\n");
    }
    for row in 0..40 {
        text += &format!("so so {}READ MORE,{}\n", "!".repeat(row), if row % 2 == 0 { 5 } else { 1 });
    }
    text
}

fn file(terminal: &Terminal) -> PathBuf {
    terminal.file("alike.csv", csv())
}

#[test]
fn an_audit_says_what_how_many_and_what_to_do() {
    let terminal = Terminal::new();
    let said = terminal.must(&["audit", file(&terminal).to_str().unwrap()]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "240 of 240 rows used.");
    let at = |begin: &str| lines.iter().position(|line| line.starts_with(begin)).expect(begin);
    assert!(lines[at("boilerplate: 240 reviews end with 'READ MORE'.") + 1].starts_with("  row 0: "));
    let same = at("same-text: 40 reviews share their cleaned text with another, 39 of them repeat");
    assert!(
        lines[same].contains(" rows that test have their like among those that train."),
        "{}",
        lines[same]
    );
    assert!(lines[same..].iter().any(|line| line.starts_with("  effect: Held-out macro F1 is ")));
    let fix = "  fix: Keep equal cleaned texts on one side of the split. (reviewlab train --fix same-text)";
    assert!(lines[same..].contains(&fix), "{}", said.out);
    assert!(lines[at("conflicting-labels: 40 reviews of 1 equal texts")..].len() > 3);
    assert_eq!(said.err, "");
}

#[test]
fn an_audit_is_json_for_machines() {
    let terminal = Terminal::new();
    let path = file(&terminal);
    let audit = |words: &[&str]| -> Value {
        let fixed = ["audit", path.to_str().unwrap(), "--json"];
        serde_json::from_str(&terminal.must(&[&fixed, words].concat()).out).unwrap()
    };
    let whole = audit(&[]);
    assert_eq!(whole["n_rows_kept"], 240);
    let of = |audit: &Value, kind: &str| -> Value {
        let findings = audit["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["kind"]["type"] == kind).cloned().expect("it is found")
    };
    assert_eq!(of(&whole, "boilerplate")["fix"]["step"]["type"], "remove_suffix");
    assert!(of(&whole, "same_text")["kind"]["n_crossing"].as_u64() > Some(0));
    let apart = audit(&["--split", "grouped"]);
    assert_eq!(of(&apart, "same_text")["kind"]["n_crossing"], 0);
}

#[test]
fn a_training_mends_first_and_its_recipe_says_so() {
    let terminal = Terminal::new();
    let path = file(&terminal);
    let train = |words: &[&str]| {
        let fixed = ["train", path.to_str().unwrap(), "--models", "nb", "--trials", "2"];
        terminal.must(&[&fixed, words].concat()).out
    };
    let summary = |words: &[&str]| -> Value {
        timeless(serde_json::from_str(&train(&[&["--json"], words].concat())).unwrap())
    };
    let plain = summary(&[]);
    let mended = summary(&["--fix", "boilerplate,same-text,ignore:class-imbalance"]);
    assert_eq!(mended["study"]["cleaning"][0]["type"], "remove_suffix");
    assert_eq!(mended["study"]["split"]["kind"]["type"], "grouped");
    assert_ne!(mended["data"]["recipe"], plain["data"]["recipe"]);
    assert_eq!(mended["data"]["file"], plain["data"]["file"]);
    let said = train(&["--fix", "conflicting-labels,exact-repeats,stars-in-text,ignore:giveaway"]);
    assert!(
        said.contains("conflicting-labels: 40 reviews of 1 equal texts have different labels. Drop these 40")
    );
    assert!(said.contains("stars-in-text: nothing to mend."), "{said}");
    assert!(said.contains("Left out: 40 (40 by a fix)."), "{said}");
}

#[test]
fn what_cannot_be_mended_is_said() {
    let terminal = Terminal::new();
    let path = file(&terminal);
    let said = terminal.run(&["train", path.to_str().unwrap(), "--fix", "boilerplates"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.starts_with("reviewlab: --fix knows missing, empty-after-cleaning,"), "{}", said.err);
    let missing = terminal.file("missing.csv", csv() + ",5\n");
    let said = terminal.run(&["train", missing.to_str().unwrap(), "--fix", "missing"]);
    let sentence = "reviewlab: missing has no fix: 1 rows lack a text or a label. Mend it in the file";
    assert!(said.code == Some(1) && said.err.starts_with(sentence), "{}", said.err);
}
