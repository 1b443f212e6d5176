use super::report::Verdict;
use super::*;

fn columns() -> Columns {
    Columns { text: "said".into(), rating: "stars".into(), delimiter: ';' }
}

/// Forty reviews, every fifth of them unhappy.
fn reviews() -> String {
    let mut csv = String::from("stars;said\n");
    for i in 0..40 {
        let (stars, text) = if i % 5 == 0 { (1, "broke, bad") } else { (5, "loved it, good") };
        csv.push_str(&format!("{stars};\"{text} {}\"\n", "again ".repeat(i)));
    }
    csv
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file in it");
    }
    folder
}

#[track_caller]
fn verdicts_of(files: &[(&str, &str)]) -> Vec<(String, Verdict)> {
    let folder = folder_with(files);
    let reference = Reference { folder: folder.path().to_path_buf() };
    let report = compare(reviews().as_bytes(), &columns(), &reference).expect("the files can be read");
    report
        .lines()
        .iter()
        .map(|line| (line.what.clone(), line.verdict))
        .filter(|(_, v)| *v != Verdict::Absent)
        .collect()
}

#[test]
fn a_wrong_stem_does_not_hold_and_a_right_one_does() {
    let right = "again\tagain\nbad\tbad\nbroke\tbroke\ngood\tgood\nit\tit\nloved\tlove\n";
    let found = verdicts_of(&[("porter.tsv", right)]);
    assert!(found.iter().all(|(_, verdict)| *verdict == Verdict::Holds), "{found:?}");
    let found = verdicts_of(&[("porter.tsv", &right.replace("\tlove", "\tlov"))]);
    assert_eq!(found[1], ("porter: stems".to_owned(), Verdict::Fails));
}

#[test]
fn a_missing_row_does_not_hold() {
    let found = verdicts_of(&[("cleaned.tsv", "0\t0\tbroke bad\n")]);
    assert_eq!(found[0], ("cleaned: rows kept".to_owned(), Verdict::Fails));
    assert_eq!(found[1], ("cleaned: row, label, text".to_owned(), Verdict::Holds));
}

#[test]
fn a_case_the_engine_cannot_do_is_counted() {
    let case = r#"[{"kind": "hashing", "params": {}, "features": 1, "nnz": 1, "vocabulary_sha256": "",
        "matrix_sum": 1.0, "matrix_square_sum": 1.0, "row_entries": []}]"#;
    let found = verdicts_of(&[("vectorizers.json", case)]);
    assert_eq!(found[0].1, Verdict::NotYet);
}

#[test]
fn numbers_that_are_none_never_hold() {
    let mut report = Report::default();
    report.within("a", f64::NAN, 1.0, 1.0);
    report.all_within("b", &[1.0, f64::NAN], &[1.0, 1.0], 1.0);
    report.all_within("c", &[1.0], &[1.0, 1.0], 1.0);
    assert_eq!(report.n_failing(), 3);
}

#[test]
fn wrong_command_lines_say_what_is_missing() {
    #[track_caller]
    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let error = run(&words).expect_err("the line is wrong").to_string();
        assert!(error.contains(expected), "{error}");
    }
    check("", "--csv FILE is missing");
    check("--csv a --text b", "--rating COL is missing");
    check("--csv a --text b --rating c --reference d --sep ;;", "is not one character");
    check("--csv a --text b --rating c --colour d", "unknown option `--colour`");
}

#[test]
fn an_empty_folder_is_an_error() {
    let folder = folder_with(&[]);
    let reference = Reference { folder: folder.path().to_path_buf() };
    assert!(compare(reviews().as_bytes(), &columns(), &reference).is_err());
}
