//! Files that cannot be learned from: one sentence on the standard error, exit code 1, nothing else.

use crate::run::Terminal;

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, words: &[&str], expected: &str) {
    let terminal = Terminal::new();
    terminal.file("reviews.csv", bytes);
    let said = terminal.run(&[&["train", "reviews.csv"], words].concat());
    assert!(said.err.contains(expected), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert_eq!(said.code, Some(1));
    assert!(!terminal.path("project.reviewlab").exists(), "a failed training writes no project");
}

/// `n` reviews of each of the ratings.
fn reviews(ratings: &[&str], n: usize) -> String {
    let mut csv = String::from("text,rating\n");
    for rating in ratings {
        (0..n).for_each(|i| csv.push_str(&format!("this one is of rating {rating} number {i},{rating}\n")));
    }
    csv
}

#[test]
fn files_without_reviews() {
    check("", &[], "The file is empty");
    check("\n \n", &[], "The file is empty");
    check([0x89, b'P', b'N', b'G', 0, 0, 0, 13, 0, 0, 0, 0, 1, 2, 3, 0], &[], "not a text file");
    check("text\ngood one\nbad one\n", &[], "has one column");
    check("text,rating\n", &[], "no rows below it");
}

#[test]
fn files_without_something_to_learn() {
    let names: String = (0..40).map(|i| format!("a long enough review text {i},name {i}\n")).collect();
    check(format!("text,author\n{names}"), &[], "No column looks like a rating or a label");
    check(reviews(&["5"], 20), &["--text", "text", "--rating", "rating"], "at least two classes");
    check(reviews(&["1", "5"], 1), &[], "rows");
}

#[test]
fn columns_that_are_not_there() {
    let csv = reviews(&["1", "5"], 30);
    check(&csv, &["--text", "review"], "There is no column 'review': the file has 'text', 'rating'");
    check(&csv, &["--rating", "stars"], "There is no column 'stars'");
    check(&csv, &["--text", "text", "--rating", "text"], "name the same column");
}

#[test]
fn a_file_above_the_bound_is_refused_before_it_is_read() {
    let terminal = Terminal::new();
    let path = terminal.file("large.csv", "text,rating\n");
    std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(512 * 1024 * 1024 + 1).unwrap();
    let said = terminal.run(&["train", "large.csv"]);
    assert!(said.err.contains("536870913 bytes"), "{}", said.err);
    assert_eq!(said.code, Some(1));
}

#[test]
fn files_that_are_not_there() {
    let terminal = Terminal::new();
    for (words, expected) in [
        (vec!["train", "none.csv"], "none.csv: "),
        (vec!["train", "."], ". is a folder"),
        (vec!["predict", "--model", "none.reviewlab", "good"], "none.reviewlab: "),
    ] {
        let said = terminal.run(&words);
        assert!(said.err.contains(expected), "{}", said.err);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    }
}

#[test]
fn projects_that_are_none() {
    let terminal = Terminal::new();
    terminal.file("notes.reviewlab", "shopping list");
    terminal.file("reviews.csv", reviews(&["1", "5"], 30));
    let said = terminal.run(&["predict", "--model", "notes.reviewlab", "good"]);
    assert!(said.err.contains("no project file of Reviewlab"), "{}", said.err);
    let said = terminal.run(&["train", "reviews.csv", "--out", "notes.reviewlab"]);
    assert_eq!(said.code, Some(1), "a file that is no project is not overwritten: {}", said.err);
    assert_eq!(std::fs::read(terminal.path("notes.reviewlab")).unwrap(), b"shopping list");
}
