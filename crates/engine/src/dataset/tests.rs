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
    let n_rated: u64 = summary.ratings.iter().flat_map(|rating| &rating.n_rows).sum();
    assert_eq!(n_rated, summary.n_rows_kept, "every review has a rating");
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
fn reviews_that_look_like_formulas_leave_as_text() {
    let text = "text,label\n=HYPERLINK(\"x\"),-bad\n-5,+good\n@shop is fine,+good\n+1 for it,-bad\n";
    let recipe = recipe_of(text).expect("a recipe");
    let mut export = DatasetExport::new(&recipe).expect("a recipe that reads");
    let mut out = export.push(text.as_bytes()).expect("it can be read");
    out.extend(export.finish().expect("it can be read"));
    let out = String::from_utf8(out).expect("it is text");
    for line in out.lines().skip(1) {
        let class = line.split(',').nth(2).expect("a class");
        assert!(class.starts_with("'-") || class.starts_with("'+"), "{line}");
    }
    assert!(out.contains("'=HYPERLINK") && out.contains("'@shop") && out.contains("'+1 for it"), "{out}");
    assert!(out.contains(",-5,"), "a number stays one: {out}");
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

const ODD_ROWS: &str = "title,text,stars\nWow,\"it is, so\nto say, nice\",5\n,NA,4\nBah,it broke,1\n\nno,\"too\",2,many,cells\n,the end,5\n";

#[test]
fn a_row_read_alone_is_as_in_its_file() {
    let mut recipe = recipe_of(ODD_ROWS).expect("a text and a rating");
    recipe.extra.title = Some(NamedColumn { column: 0, name: "title".into() });
    let table = scan(ODD_ROWS);
    let mark = table.row_index[0];
    let bytes = &ODD_ROWS.as_bytes()[mark.byte as usize..];
    let mut kept: Vec<(u64, String, LabelId)> = Vec::new();
    let mut reader = DatasetReader::new(&recipe).expect("steps of every build");
    let mut keep = |row: KeptRow<'_>| kept.push((row.record, row.text.to_owned(), row.label));
    reader.push_watched(ODD_ROWS.as_bytes(), &mut keep).expect("a table");
    reader.finish_watched(&mut keep).expect("rows of two classes");
    assert_eq!(kept.iter().map(|(record, ..)| *record).collect::<Vec<_>>(), [0, 2, 4]);
    for (record, text, label) in kept {
        let rows = crate::table::rows_of_part(&recipe.format, (mark, bytes), record..record + 1);
        let [(found, cells)] = rows.as_slice() else { panic!("one row: {rows:?}") };
        assert_eq!(*found, record);
        assert_eq!(recipe.review_of(cells), Some(ReviewRow { text, label: Some(label) }));
    }
    let all = crate::table::rows_of_part(&recipe.format, (mark, bytes), 0..100);
    assert_eq!(all.iter().map(|(record, _)| *record).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(recipe.review_of(&all[1].1), None, "its text is missing");
}

#[test]
fn a_survey_sees_what_training_reads() {
    let long = "a very long review of a racket that broke and broke and broke again";
    let text = format!(
        "text,stars\nGood RACKET,5\ngood racket,5\n!!!,4\nbad,1\nis it the one he has not,1\n{long},1\nbad,1\n"
    );
    let mut recipe = recipe_of(&text).expect("a text and a rating");
    recipe.fixes.push(Fix::DropEmpty);
    let survey = |chunk: usize| {
        let mut survey = CleaningSurvey::new(&recipe).expect("steps of every build");
        text.as_bytes().chunks(chunk).for_each(|chunk| survey.push(chunk).expect("a table"));
        survey.finish().expect("rows of two classes")
    };
    let found = survey(7);
    assert_eq!(found, survey(10_000));
    assert_eq!((found.n_reviews, found.n_emptied), (6, 1), "the repeated row is not read");
    let records = |picked: &[PickedReview]| picked.iter().map(|review| review.record).collect::<Vec<_>>();
    assert_eq!(records(&found.emptied), [2]);
    assert_eq!(records(&found.longest), [5, 4, 0, 1, 2, 3]);
    assert_eq!(records(&found.most_lost), [4, 5], "of seven words one stays; of fourteen seven");
    assert_eq!(found.steps.len(), recipe.cleaning.len());
    assert_eq!((found.steps[0].n_texts, found.steps[1].n_texts), (1, 0));
}

#[test]
fn the_worst_are_few() {
    let rows: String =
        (0..60).map(|row| format!("{},{}\n", "word ".repeat(row % 50 + 1), row % 2 * 4 + 1)).collect();
    let text = format!("text,stars\n{rows}");
    let recipe = recipe_of(&text).expect("a text and a rating");
    let mut survey = CleaningSurvey::new(&recipe).expect("steps of every build");
    survey.push(text.as_bytes()).expect("a table");
    let found = survey.finish().expect("rows of two classes");
    let records: Vec<u64> = found.longest.iter().map(|review| review.record).collect();
    assert_eq!(records, (30..50).rev().collect::<Vec<u64>>());
}

#[test]
fn a_corrected_label_takes_the_place_of_the_cell() {
    let text = "text,stars\ngood,5\nfine,4\nbad,1\nbad,1\npoor,2\nodd,?\n";
    let mut recipe = recipe_of(text).expect("a text and a rating");
    let labels = |recipe: &DatasetRecipe| {
        let docs = read(recipe, text).expect("rows of two classes").docs;
        docs.records.into_iter().zip(docs.labels).map(|(record, label)| (record, label.0)).collect::<Vec<_>>()
    };
    assert_eq!(labels(&recipe), [(0, 1), (1, 1), (2, 0), (4, 0)]);
    let corrected = vec![(1, LabelId(0)), (2, LabelId(1)), (4, LabelId(7)), (5, LabelId(1))];
    recipe.fixes.push(Fix::Relabel { labels: corrected });
    assert_eq!(
        labels(&recipe),
        [(0, 1), (1, 0), (2, 1), (4, 0)],
        "a class that is not there changes nothing"
    );
    let text = json::to_string(&recipe);
    assert_eq!(json::from_str::<DatasetRecipe>(&text).expect("a recipe"), recipe);
    assert!(text.contains(r#"{"type":"relabel","labels":[[1,0],[2,1],[4,7],[5,1]]}"#), "{text}");
}

#[test]
fn what_is_learned_from_can_be_written_as_a_table() {
    let text = "Review,Stars\n\"Good, and CHEAP\",5\nNA,5\nBroke at once,1\nBroke at once,1\n";
    let recipe = recipe_of(text).expect("a recipe");
    for n_chunk in [1, 9, text.len()] {
        let mut export = DatasetExport::new(&recipe).expect("steps of every build");
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(n_chunk) {
            out.extend(export.push(chunk).expect("a table"));
        }
        out.extend(export.finish().expect("rows"));
        assert_eq!(
            String::from_utf8_lossy(&out),
            "row,review,class,cleaned\n0,\"Good, and CHEAP\",positive,good cheap\n2,Broke at once,negative,broke\n",
        );
    }
}
