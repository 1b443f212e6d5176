//! What NLTK, pandas and scikit-learn say about a real file, line for line. Skipped where the file is absent.

use std::path::PathBuf;

use engine::dataset::{DatasetReader, DatasetRecipe, LabelId, LabelMapping, ReadDataset, guess_roles};
use engine::features;
use engine::num::ContentHash;
use engine::split::{SplitKind, SplitPlan, SplitRows, SplitSpec, group_equal_counts, group_equal_texts};
use engine::table::{DETECT_BYTES, TableScan, TableSummary, detect_format, parse_number};
use engine::text::{Cleaner, StopWordList, nltk_porter, reference_cleaning, stop_words};
use serde_json::Value;

/// The folder of shared reference data, or `None` after saying that the test is skipped.
fn shared() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let folder = std::env::var_os("REVIEWLAB_SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.join("data/flipkart_reviews.csv").is_file() {
        return Some(folder);
    }
    println!("skipped: no reference data in {}", folder.display());
    None
}

fn scan(bytes: &[u8]) -> TableSummary {
    let head = &bytes[..bytes.len().min(DETECT_BYTES)];
    let format = detect_format(head, bytes.len() as u64).expect("the reference file is a table");
    let mut scan = TableScan::new(&format, bytes.len() as u64).expect("it is not too large");
    for chunk in bytes.chunks(10_007) {
        scan.push(chunk).expect("it is a table");
    }
    scan.finish().expect("it has rows")
}

/// The file as `make_reference.py` reads it: ratings above 2 are class 1, by `three` 3 is a class of its own.
fn read(bytes: &[u8], three: bool) -> ReadDataset {
    let table = scan(bytes);
    let roles = guess_roles(&table).expect("review and rating are found");
    let name = |column: u32| table.columns[column as usize].name.clone();
    assert_eq!((name(roles.text_column), name(roles.label_column)), ("Review text".into(), "Ratings".into()));
    let values = &table.columns[roles.label_column as usize].values;
    let ratings: Vec<f64> = values.iter().filter_map(|(value, _)| parse_number(value)).collect();
    let mut mapping = LabelMapping::from_threshold(&ratings, 2.0);
    if three {
        mapping.classes = ["unhappy", "mixed", "happy"].map(str::to_owned).to_vec();
        if let engine::dataset::LabelRule::Ratings { classes } = &mut mapping.rule {
            for (rating, class) in classes {
                *class = LabelId(if *rating <= 2.0 {
                    0
                } else if *rating == 3.0 {
                    1
                } else {
                    2
                });
            }
        }
    }
    let recipe = DatasetRecipe::reference(&table, roles, mapping);
    let mut reader = DatasetReader::new(&recipe).expect("steps of every build");
    for chunk in bytes.chunks(65_536) {
        reader.push(chunk).expect("it is a table");
    }
    let read = reader.finish().expect("it has two classes");
    read.docs.validate().expect("lists fit");
    read
}

fn json(folder: &std::path::Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join("reference/flipkart").join(name)).expect("reference file");
    serde_json::from_str(&text).expect("reference files are JSON")
}

fn indexes(value: &Value) -> Vec<u32> {
    value.as_array().expect("a list").iter().map(|i| i.as_u64().expect("an index") as u32).collect()
}

#[test]
fn every_cleaned_line_is_the_references() {
    let Some(folder) = shared() else { return };
    let bytes = std::fs::read(folder.join("data/flipkart_reviews.csv")).expect("reference data");
    let expected = std::fs::read_to_string(folder.join("reference/flipkart/cleaned.tsv")).expect("reference");
    let expected: Vec<&str> = expected.split_terminator('\n').collect();
    let read = read(&bytes, false);
    for (doc_idx, line) in expected.iter().enumerate().take(read.docs.n_docs()) {
        let docs = &read.docs;
        let ours =
            format!("{}\t{}\t{}", docs.records[doc_idx], docs.labels[doc_idx].0, docs.cleaned_text(doc_idx));
        assert_eq!(&ours, line, "line {}", doc_idx + 1);
    }
    assert_eq!(read.docs.n_docs(), expected.len());
    let summary = &read.summary;
    assert_eq!(summary.issues.n + summary.n_rows_kept, summary.n_rows, "{summary:?}");
}

#[test]
fn tracing_finds_the_same_words() {
    let Some(folder) = shared() else { return };
    let bytes = std::fs::read(folder.join("data/flipkart_reviews.csv")).expect("reference data");
    let mut cleaner = Cleaner::new(&reference_cleaning()).expect("steps of every build");
    for line in String::from_utf8_lossy(&bytes).lines() {
        let mut words = Vec::new();
        cleaner.clean(line, &mut |word| words.push(word.to_owned()));
        let traced: Vec<String> = cleaner.trace(line).words.into_iter().map(|word| word.text).collect();
        assert_eq!(words, traced, "{line}");
    }
}

#[test]
fn every_stem_is_nltks() {
    let Some(folder) = shared() else { return };
    let table = std::fs::read_to_string(folder.join("reference/flipkart/porter.tsv")).expect("reference");
    let mut n = 0;
    for line in table.lines() {
        let (word, stem) = line.split_once('\t').expect("two columns");
        assert_eq!(nltk_porter(word.to_owned()), stem, "{word}");
        n += 1;
    }
    assert!(n > 0);
}

#[test]
fn stop_words_are_nltks() {
    let Some(folder) = shared() else { return };
    let path = folder.join("reference/nltk_stopwords_english.txt");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    let ours = stop_words(StopWordList::NltkEnglish).expect("words of every build");
    assert_eq!(ours.len(), words.len());
    assert_eq!(ContentHash::of(ours.join("\n").as_bytes()), ContentHash::of(words.join("\n").as_bytes()));
}

#[track_caller]
fn check_split(labels: &[LabelId], n_classes: usize, expected: &Value) {
    let plan = SplitPlan::new(labels, n_classes, &SplitSpec::reference()).expect("classes are large enough");
    assert_eq!(plan.train, indexes(&expected["train"]));
    assert_eq!(plan.test, indexes(&expected["test"]));
    let folds = expected["folds_as_positions_in_train"].as_array().expect("a list of folds");
    assert_eq!(folds.len(), plan.n_folds as usize);
    for (fold, held_out) in folds.iter().enumerate() {
        let ours: Vec<u32> = (0u32..)
            .zip(&plan.fold_of)
            .filter_map(|(place, &held_by)| (usize::from(held_by) == fold).then_some(place))
            .collect();
        assert_eq!(ours, indexes(held_out), "fold {fold}");
    }
}

#[test]
fn every_index_of_split_and_folds_is_scikit_learns() {
    let Some(folder) = shared() else { return };
    let bytes = std::fs::read(folder.join("data/flipkart_reviews.csv")).expect("reference data");
    check_split(&read(&bytes, false).docs.labels, 2, &json(&folder, "splits.json"));
    if folder.join("reference/flipkart/three_classes.json").is_file() {
        check_split(&read(&bytes, true).docs.labels, 3, &json(&folder, "three_classes.json"));
    }
}

/// SHA-256 of little-endian 32-bit numbers, as numpy's `asarray(x, "<u4").tobytes()` hashes.
fn hash_of(numbers: impl IntoIterator<Item = u32>) -> String {
    let bytes: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
    ContentHash::of(&bytes).to_string()
}

#[test]
fn reviews_of_one_text_stay_together_as_scikit_learn_parts_them() {
    let Some(folder) = shared() else { return };
    let bytes = std::fs::read(folder.join("data/flipkart_reviews.csv")).expect("reference data");
    let docs = read(&bytes, false).docs;
    let groups = group_equal_texts(&docs);
    assert_eq!((groups.len(), groups.iter().max()), (5_241, Some(&4_162)));
    let counts = features::count(docs.clone(), 2, &features::Counting::words((1, 2), 1))
        .expect("the file is small")
        .counts;
    let alike = group_equal_counts(&counts);
    let first_of = |groups: &[u32], doc: usize| groups.iter().position(|&group| group == groups[doc]);
    // One text, one row of counts; a few texts differ only in words of one letter.
    for doc in 0..groups.len() {
        let first = first_of(&groups, doc).expect("a review is of its own group");
        assert_eq!(alike[first], alike[doc]);
    }
    let rows = SplitRows { labels: &docs.labels, n_classes: 2, groups: &groups, times: &[] };
    let spec = SplitSpec { kind: SplitKind::Grouped, ..SplitSpec::reference() };
    let plan = SplitPlan::of_rows(rows, &spec).expect("there are enough groups");
    // sklearn 1.9.1, groups of equal cleaned texts: GroupShuffleSplit(1, test_size=.3, random_state=42), then
    // StratifiedGroupKFold(5, shuffle=True, random_state=42) of the training part.
    assert_eq!((plan.train.len(), plan.test.len()), (3_554, 1_687));
    let train = "48fc49b7117fcbcc8ccda4a65c9ac9e92d3d4d9ff8864b7854548b693ace1eb1";
    let test = "9ff3d6fc5579711a63e84d9616ac283cb13d8629cd6a314032417279d7897434";
    let folds = "74371e46c84dc90530a7937049a4435602b8d29567b69f3d7c7b420a6bcc97db";
    assert_eq!(hash_of(plan.train), train);
    assert_eq!(hash_of(plan.test), test);
    assert_eq!(hash_of(plan.fold_of.into_iter().map(u32::from)), folds);
}
