use proptest::prelude::*;

use super::*;
use crate::table::{DateOrder, FileError, IssueList, RowReason, TableScan, TableSummary, detect_format};
use crate::text::MAX_WORDS;

fn scan(text: &str) -> TableSummary {
    let bytes = text.as_bytes();
    let format = detect_format(bytes, bytes.len() as u64).expect("a table");
    let mut scan = TableScan::new(&format, bytes.len() as u64).expect("small enough");
    scan.push(bytes).expect("a table");
    scan.finish().expect("rows")
}

fn recipe_of(text: &str) -> Result<DatasetRecipe, FileError> {
    let table = scan(text);
    let roles = guess_roles(&table)?;
    let mapping = guess_mapping(&table.columns[roles.label_column as usize])?;
    Ok(DatasetRecipe::reference(&table, roles, mapping))
}

fn read(recipe: &DatasetRecipe, text: &str) -> Result<ReadDataset, FileError> {
    let mut reader = DatasetReader::new(recipe).expect("steps of every build");
    for chunk in text.as_bytes().chunks(5) {
        reader.push(chunk)?;
    }
    reader.finish()
}

#[track_caller]
fn check_roles(text: &str, text_name: &str, label_name: &str) {
    let table = scan(text);
    let roles = guess_roles(&table).expect("roles");
    let name = |column: u32| table.columns[column as usize].name.as_str();
    assert_eq!((name(roles.text_column), name(roles.label_column)), (text_name, label_name));
}

#[test]
fn columns_are_found_by_name_and_content() {
    check_roles("Ratings,Review text\n5,good stuff\n1,bad stuff\n", "Review text", "Ratings");
    check_roles("id,title,body,stars\n1,Wow,it is very nice,5\n2,Bah,it broke at once,2\n", "body", "stars");
    check_roles("tweet,sentiment\nlove it,positive\nhate it,negative\n", "tweet", "sentiment");
    check_roles("x,y\nlovely and cheap,4\nbroke at once,1\nfine for me,3\n", "x", "y");
    check_roles("votes,city,comment,score\n0,Pune,nice,5\n1,Goa,bad,1\n0,Goa,meh,3\n", "comment", "score");
    check_roles("text,label\ngood,0\nbad,1\n", "text", "label");
}

#[test]
fn a_table_without_a_label_or_text_says_so() {
    let texts: String = (0..300).map(|i| format!("text number {i},author {i}\n")).collect();
    assert_eq!(guess_roles(&scan(&format!("a,b\n{texts}"))), Err(FileError::NoLabelColumn));
    assert_eq!(guess_roles(&scan("rating,votes\n1,2\n5,3\n")), Err(FileError::NoTextColumn));
}

fn mapping_of(name: &str, values: &[&str]) -> Result<LabelMapping, FileError> {
    let rows: String = values.iter().map(|value| format!("some text,\"{value}\"\n")).collect();
    guess_mapping(&scan(&format!("text,{name}\n{rows}")).columns[1])
}

#[track_caller]
fn check_classes(name: &str, values: &[&str], classes: &[&str], expected: &[u8]) {
    let mapping = mapping_of(name, values).expect("a mapping");
    assert_eq!(mapping.classes, classes, "{values:?}");
    let found: Vec<u8> = values.iter().map(|value| mapping.class_of(value).expect("known").0).collect();
    assert_eq!(found, expected, "{values:?}");
}

#[test]
fn scales_and_words_become_classes() {
    const TWO: [&str; 2] = ["negative", "positive"];
    check_classes("Ratings", &["1", "2", "3.0", " 4", "+5"], &TWO, &[0, 0, 1, 1, 1]);
    check_classes("Ratings", &["1", "2", "3"], &TWO, &[0, 0, 1]);
    check_classes("x", &["1", "2"], &TWO, &[0, 1]);
    check_classes("x", &["0", "1"], &TWO, &[0, 1]);
    check_classes("x", &["0", "4"], &TWO, &[0, 1]);
    check_classes("x", &["-1", "0", "1"], &TWO, &[0, 1, 1]);
    check_classes("rating", &["0", "2", "4", "5", "8", "10"], &TWO, &[0, 0, 0, 1, 1, 1]);
    check_classes("s", &["positive", "negative", "Positive "], &["negative", "positive"], &[1, 0, 1]);
    check_classes("s", &["pos", "neu", "neg"], &["neg", "neu", "pos"], &[2, 1, 0]);
    check_classes("s", &["happy", "unhappy"], &["unhappy", "happy"], &[1, 0]);
    check_classes("s", &["beta", "alpha"], &["alpha", "beta"], &[1, 0]);
}

#[test]
fn one_class_and_too_many_are_refused() {
    let one = |n_rows, class: &str| Err(FileError::OneClass { n_rows, class: class.into() });
    assert_eq!(mapping_of("s", &["good", "good"]), one(2, "good"));
    assert_eq!(mapping_of("Ratings", &["4", "5", "5"]), one(3, "positive"));
    let many: Vec<String> = (0..11).map(|i| format!("class {i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(mapping_of("s", &many), Err(FileError::TooManyClasses { found: 11, most: 10 }));
}

const FILE: &str = "Review text,Ratings\n\
    Good one,5\n\"Good one\",5.0\nGood one,4\nNA,4\nbad one,NA\nbad one,1\n1234,2\nbad,seven\nx,1,1\n";

#[test]
fn rows_go_the_way_of_pandas() {
    let mut recipe = recipe_of(FILE).expect("a recipe");
    let read_all = read(&recipe, FILE).expect("two classes");
    let docs = &read_all.docs;
    docs.validate().expect("lists fit");
    assert_eq!(docs.records, [0, 2, 5, 6]);
    assert_eq!(docs.labels, [LabelId(1), LabelId(1), LabelId(0), LabelId(0)]);
    let texts: Vec<String> = (0..docs.n_docs()).map(|doc_idx| docs.cleaned_text(doc_idx)).collect();
    assert_eq!(texts, ["good one", "good one", "bad one", ""]);
    assert_eq!(docs.words, ["good", "one", "bad"]);
    let summary = &read_all.summary;
    assert_eq!((summary.n_rows, summary.n_rows_kept, summary.class_counts.as_slice()), (9, 4, &[2, 2][..]));
    assert_eq!((summary.n_missing, summary.n_repeats, summary.n_unknown_labels), (2, 1, 1));
    assert_eq!((summary.n_unreadable, summary.n_empty_after_cleaning, summary.issues.n), (1, 1, 5));
    let missing = RowReason::Missing { column: 0, value: "NA".into() };
    assert!(summary.issues.kept.iter().any(|issue| issue.reason == missing && issue.line == 5));
    recipe.keep_missing = true;
    assert_eq!(read(&recipe, FILE).expect("two classes").docs.cleaned_text(2), "na");
    recipe.fixes.clear();
    assert_eq!(read(&recipe, FILE).expect("two classes").summary.n_repeats, 0);
}

#[test]
fn the_summary_survives_json() {
    let summary = read(&recipe_of(FILE).expect("a recipe"), FILE).expect("two classes").summary;
    let text = serde_json::to_string(&summary).expect("plain data");
    assert_eq!(serde_json::from_str::<DatasetSummary>(&text).expect("the same shape"), summary);
}

#[test]
fn files_that_do_not_fit_the_recipe_say_why() {
    let recipe = recipe_of(FILE).expect("a recipe");
    let no_column = FileError::NoSuchColumn { name: "Ratings".into(), column: 1 };
    assert_eq!(read(&recipe, "Review text,Stars\nx,1\n"), Err(no_column));
    assert_eq!(read(&recipe, "Review text,Ratings\n"), Err(FileError::NoRows));
    assert_eq!(read(&recipe, "Review text,Ratings\nx,9\n"), Err(FileError::NoUsableRows { n_rows: 1 }));
    let one_class = FileError::OneClass { n_rows: 1, class: "positive".into() };
    assert_eq!(read(&recipe, "Review text,Ratings\nx,5\n"), Err(one_class));
    assert_eq!(read(&recipe, ""), Err(FileError::Empty));
}

#[test]
fn more_words_than_can_be_counted_are_told() {
    let recipe = recipe_of(FILE).expect("a recipe");
    let four_words = b"Review text,Ratings\nred blue,1\ngreen grey,5\n";
    let read_up_to = |most| {
        let mut reader = DatasetReader::with_max_tokens(&recipe, most);
        reader.push(four_words)?;
        reader.finish().map(|read| read.summary.n_rows_kept)
    };
    assert_eq!(read_up_to(4), Ok(2));
    assert_eq!(read_up_to(3), Err(FileError::TooManyWords { most: 3 }));
}

#[test]
fn more_different_words_than_are_numbered_are_told() {
    let letters = |mut n: usize| {
        let mut word = String::from("x");
        while n > 0 {
            word.push((b'a' + (n % 26) as u8) as char);
            n /= 26;
        }
        word + "zz"
    };
    // Stemming makes some of them one.
    let words: Vec<String> = (0..MAX_WORDS + 1000).map(letters).collect();
    let rows =
        |n: usize| words[..n].chunks(1000).map(|row| format!("{},1\n", row.join(" "))).collect::<String>();
    let file = |n: usize| format!("Review text,Ratings\n{}fine,5\n", rows(n));
    let recipe = recipe_of(FILE).expect("a recipe");
    assert!(read(&recipe, &file(MAX_WORDS - 1)).is_ok());
    let most = MAX_WORDS as u64;
    assert_eq!(read(&recipe, &file(words.len())).err(), Some(FileError::TooManyTerms { most }));
}

#[test]
fn kept_issues_are_bounded_and_all_are_counted() {
    let body: String =
        (0..1000).map(|i| format!("text {i},{}\n", if i % 2 == 0 { "9" } else { "" })).collect();
    let text = format!("Review text,Ratings\na,1\nb,5\n{body}");
    let summary = read(&recipe_of(FILE).expect("a recipe"), &text).expect("two classes").summary;
    assert_eq!((summary.issues.n, summary.issues.kept.len()), (1000, 2 * crate::table::MAX_KEPT_ISSUES));
    assert!(summary.issues.kept.is_sorted_by_key(|issue| issue.record));
    assert_eq!(IssueList::default().n, 0);
}

proptest! {
    #[test]
    fn every_row_is_kept_or_set_aside(rows in proptest::collection::vec(("[a-c ]{0,3}", "[1-7]?"), 1..40)) {
        let body: String = rows.iter().map(|(text, label)| format!("\"{text}\",{label}\n")).collect();
        let recipe = recipe_of(FILE).expect("a recipe");
        if let Ok(all) = read(&recipe, &format!("Review text,Ratings\n{body}")) {
            all.docs.validate().expect("lists fit");
            prop_assert_eq!(all.summary.n_rows, rows.len() as u64);
            prop_assert_eq!(all.summary.n_rows_kept + all.summary.issues.n, all.summary.n_rows);
            prop_assert_eq!(all.summary.class_counts.iter().sum::<u64>(), all.summary.n_rows_kept);
        }
    }
}

#[track_caller]
fn check_date(text: &str, expected: Option<(&str, DateOrder)>) {
    let table = scan(text);
    let found = guess_date(&table, guess_roles(&table).expect("roles"));
    assert_eq!(found.as_ref().map(|date| (date.name.as_str(), date.order)), expected);
}

#[test]
fn a_column_of_dates_is_found_by_its_cells() {
    use DateOrder::{DayFirst, MonthFirst};
    let rows = |dates: [&str; 3]| {
        let [a, b, c] = dates;
        format!("when,body,stars\n\"{a}\",it is nice,5\n\"{b}\",it broke,1\n\"{c}\",fine for me,4\n")
    };
    check_date(&rows(["2021-03-05", "2021-04-01", "2020-12-31"]), Some(("when", MonthFirst)));
    check_date(&rows(["Feb 2021", "Mar 2021", "Apr 2021"]), Some(("when", MonthFirst)));
    check_date(&rows(["05/03/2021", "13/04/2021", "01/02/2021"]), Some(("when", DayFirst)));
    check_date(&rows(["05/03/2021", "04/13/2021", "01/02/2021"]), Some(("when", MonthFirst)));
    check_date(&rows(["05/03/2021", "soon", "01/02/2021"]), None);
    // Plain numbers are dates only where the header says so.
    check_date(&rows(["2021", "2020", "2019"]), None);
    check_date(&rows(["2021", "2020", "2019"]).replacen("when", "year", 1), Some(("year", MonthFirst)));
}

#[test]
fn a_group_and_a_title_are_found_by_their_headers() {
    let table =
        scan("product,title,body,stars\nA,Wow,it is very nice,5\nB,Bah,it broke at once,2\nA,Ok,so so,3\n");
    let roles = guess_roles(&table).expect("roles");
    assert_eq!(guess_group(&table, roles), Some(NamedColumn { column: 0, name: "product".into() }));
    assert_eq!(guess_title(&table, roles), Some(NamedColumn { column: 1, name: "title".into() }));
    let table = scan("sku,body,stars\nA,it is very nice,5\nB,it broke at once,2\n");
    let roles = guess_roles(&table).expect("roles");
    assert_eq!((guess_group(&table, roles), guess_title(&table, roles)), (None, None));
}

const DATED: &str = "product,title,day,body,stars\nA,Wow,2021-03-05,it is very nice,5\nB,,soon,it broke at once,1\n\
    A,Wow,2021-03-05,it is very nice,5\n,Ok,,quite fine indeed,4\nA,Bah,2021-03-06,it is very nice,1\n";

#[test]
fn dates_and_groups_of_kept_rows_are_kept() {
    let table = scan(DATED);
    let mut recipe = recipe_of(DATED).expect("a recipe");
    assert_eq!(recipe.extra.date.as_ref().map(|date| date.column), None, "one cell of three is no date");
    recipe.extra.date = DateColumn::of(&table, 2);
    recipe.extra.group = Some(NamedColumn { column: 0, name: "product".into() });
    let ReadDataset { docs, summary } = read(&recipe, DATED).expect("reviews");
    let march_5 = 1_614_902_400;
    assert_eq!(docs.keys.times, [march_5, UNDATED, UNDATED, march_5 + 86_400]);
    assert_eq!(docs.keys.groups, [0, 1, 2, 0], "a row without a group is one of its own");
    assert_eq!((summary.n_repeats, summary.n_undated), (1, 2));
    assert_eq!(docs.validate(), Ok(()));
}

#[test]
fn a_title_is_joined_before_the_text() {
    let mut recipe = recipe_of(DATED).expect("a recipe");
    recipe.extra.title = Some(NamedColumn { column: 1, name: "title".into() });
    let ReadDataset { docs, summary } = read(&recipe, DATED).expect("reviews");
    let texts: Vec<String> = (0..docs.n_docs()).map(|doc| docs.cleaned_text(doc)).collect();
    assert_eq!(texts, ["wow nice", "broke", "ok quit fine inde", "bah nice"]);
    assert_eq!(summary.n_repeats, 1);
}

#[test]
fn an_extra_column_that_is_not_there_is_named() {
    let mut recipe = recipe_of(DATED).expect("a recipe");
    recipe.extra.group = Some(NamedColumn { column: 1, name: "shop".into() });
    let error = FileError::NoSuchColumn { name: "shop".into(), column: 1 };
    assert_eq!(read(&recipe, DATED), Err(error));
    recipe.extra.free(1);
    assert_eq!(recipe.extra.group, None);
    assert!(read(&recipe, DATED).is_ok());
}
