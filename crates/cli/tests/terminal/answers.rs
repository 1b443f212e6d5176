//! Probabilities, thresholds and bands of doubt, from training to prediction.

use serde_json::Value;

use crate::run::{Terminal, sample};

/// A text of no word that any review has.
const NOTHING: &str = "qwrtz qwrtz";

fn predicted(terminal: &Terminal, project: &str, text: &str) -> Value {
    let said = terminal.must(&["predict", "--model", project, "--json", text]);
    serde_json::from_str::<Value>(&said.out).unwrap()[0].take()
}

#[test]
fn what_is_too_close_to_call_is_left_unanswered() {
    let terminal = Terminal::new();
    let decided = ["--models", "lr", "--trials", "2", "--out", "decided.reviewlab"];
    let words = ["--calibrate", "platt", "--threshold", "costs:1,1.5", "--abstain", "0.3"];
    let summary = terminal.summary(&[&decided[..], &words].concat());
    let fit = &summary["models"][0]["fit"];
    let (all, answered) = (&fit["test_coverage"]["n_rows"], &fit["test_coverage"]["n_answered"]);
    assert!(answered.as_u64() < all.as_u64(), "{fit}");
    assert_ne!(fit["threshold"], 0.0);
    assert!(fit["test_interval"]["low"].as_f64() < fit["test"]["f1_macro"].as_f64());
    assert_eq!(fit["interval"]["seed"], 42);
    assert_eq!(summary["study"]["decision"]["calibration"], "platt");
    let happy = predicted(&terminal, "decided.reviewlab", "Excellent product, great quality, love it");
    assert_eq!((happy["abstains"].as_bool(), happy["label"].as_str()), (Some(false), Some("positive")));
    let doubtful = ["good but broke", "not bad", "ok ok", "it is what it is", NOTHING];
    let is_unsure = |text: &&str| predicted(&terminal, "decided.reviewlab", text)["abstains"] == true;
    let unsure = doubtful.into_iter().find(|text| is_unsure(text)).expect("a third is left unanswered");
    let line = terminal.must(&["predict", "--model", "decided.reviewlab", unsure]).out;
    assert!(line.starts_with("unsure, "), "{line}");
}

#[test]
fn the_summary_says_how_much_is_left_unanswered() {
    let terminal = Terminal::new();
    let file = sample();
    let words = ["train", file.to_str().unwrap(), "--models", "nb", "--trials", "2", "--abstain", "0.1"];
    let said = terminal.must(&words).out;
    assert!(said.contains("MultinomialNB: leaves "), "{said}");
    assert!(said.contains(" of 100 unanswered and gets "), "{said}");
}

#[test]
fn a_class_that_is_not_there_is_named() {
    let file = sample();
    let words = ["train", file.to_str().unwrap(), "--trials", "1", "--threshold", "precision:0.9:angry"];
    let said = Terminal::new().run(&words);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.err.trim_end(),
        "reviewlab: --threshold names the class 'angry': the classes are 'negative', 'positive'."
    );
}
