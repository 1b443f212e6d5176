//! Vocabularies, fold scores and final fits against a folder that scikit-learn's reference script wrote.
//!
//! Looks in `$REVIEWLAB_SHARED` or `../shared` beside the workspace; where neither is there, each test says
//! that it was skipped.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{
    self, Corpus, Counting, DocumentFrequency, FittedVectorizer, Norm, Selection, TermStopWords, TokenRule,
    VectorizerSpec,
};
use engine::models::{ClassWeight, CrossValidator, ModelKind, ModelSpec};
use engine::num::{ContentHash, Csr};
use engine::pipeline::{FinalFit, PipelineSpec, fit_final};
use engine::split::{FoldTraining, SplitPlan};
use serde_json::Value;

fn reference() -> Option<PathBuf> {
    let shared = std::env::var_os("REVIEWLAB_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = shared.join("reference/flipkart");
    if folder.join("cleaned.tsv").exists() {
        return Some(folder);
    }
    println!("skipped: no reference folder at {}", folder.display());
    None
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as u32).collect()
}

fn docs(folder: &Path) -> CleanedDocs {
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    let mut ids: HashMap<String, u32> = HashMap::new();
    for line in fs::read_to_string(folder.join("cleaned.tsv")).unwrap().lines() {
        let mut cells = line.splitn(3, '\t');
        docs.records.push(cells.next().unwrap().parse().unwrap());
        docs.labels.push(LabelId(cells.next().unwrap().parse().unwrap()));
        for word in cells.next().unwrap().split_whitespace() {
            let id = *ids.entry(word.to_owned()).or_insert_with(|| {
                docs.words.push(word.to_owned());
                docs.words.len() as u32 - 1
            });
            docs.word_ids.push(id);
        }
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs
}

fn plan(splits: &Value) -> SplitPlan {
    let (train, test) = (indices(&splits["train"]), indices(&splits["test"]));
    let folds = splits["folds_as_positions_in_train"].as_array().unwrap();
    let mut fold_of = vec![0; train.len()];
    for (fold, positions) in (0..).zip(folds) {
        indices(positions).iter().for_each(|&position| fold_of[position as usize] = fold);
    }
    SplitPlan { train, test, fold_of, n_folds: folds.len() as u32, learns_from: FoldTraining::Others }
}

fn frequency(value: &Value) -> DocumentFrequency {
    match value.as_u64() {
        Some(count) => DocumentFrequency::Count(count as u32),
        None => DocumentFrequency::Share(value.as_f64().unwrap()),
    }
}

fn spec(params: &Value) -> VectorizerSpec {
    VectorizerSpec {
        ngram_range: (1, 2),
        sublinear_tf: true,
        min_df: frequency(&params["min_df"]),
        max_df: frequency(&params["max_df"]),
        max_features: Some(params["max_features"].as_u64().unwrap() as u32),
        ..VectorizerSpec::tf_idf((1, 2))
    }
}

fn model(name: &str, value: f64) -> Option<ModelSpec> {
    let class_weight = ClassWeight::Balanced;
    match name {
        "LogisticRegression" => Some(ModelSpec::logistic_regression(value, class_weight)),
        "MultinomialNB" => Some(ModelSpec::MultinomialNb { alpha: value }),
        "LinearSVC" => Some(ModelSpec::linear_svc(value, class_weight)),
        _ => None,
    }
}

fn corpus(folder: &Path, n_classes: u8, df_floor: u32) -> Corpus {
    features::count(docs(folder), n_classes, &Counting::words((1, 2), df_floor)).unwrap()
}

#[track_caller]
fn check_relative(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    let difference = (ours - theirs).abs() / theirs.abs();
    assert!(difference <= tolerance, "{what}: {ours} against {theirs}, {difference:e} apart");
}

#[track_caller]
fn check_absolute(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours} against {theirs}");
}

fn vectorizer(kind: &str, params: &Value) -> VectorizerSpec {
    let lengths = indices(&params["ngram_range"]);
    let ngram_range = (lengths[0] as u8, lengths[1] as u8);
    let plain = if kind == "bow" {
        VectorizerSpec::bag_of_words(ngram_range)
    } else {
        VectorizerSpec::tf_idf(ngram_range)
    };
    let frequency_of = |name: &str, default| params.get(name).map_or(default, frequency);
    let switch =
        |name: &str, default: bool| params.get(name).map_or(default, |value| value.as_bool().unwrap());
    let stop_words = params.get("stop_words").map_or(TermStopWords::None, |_| TermStopWords::English);
    VectorizerSpec {
        tokens: TokenRule { stop_words, ..TokenRule::default() },
        binary: switch("binary", false),
        sublinear_tf: switch("sublinear_tf", false),
        use_idf: switch("use_idf", true),
        smooth_idf: switch("smooth_idf", true),
        norm: match params.get("norm") {
            None => Norm::L2,
            Some(norm) if norm == "l1" => Norm::L1,
            Some(norm) => {
                assert!(norm.is_null(), "{norm}");
                Norm::None
            }
        },
        min_df: frequency_of("min_df", plain.min_df),
        max_df: frequency_of("max_df", plain.max_df),
        max_features: params.get("max_features").map(|most| most.as_u64().unwrap() as u32),
        ..plain
    }
}

#[test]
fn vocabularies_and_weights_are_scikit_learns() {
    let Some(folder) = reference() else { return };
    let docs = docs(&folder);
    let all: Vec<u32> = (0..docs.labels.len() as u32).collect();
    let cases = json(&folder, "vectorizers.json");
    for case in cases.as_array().unwrap() {
        let spec = vectorizer(case["kind"].as_str().unwrap(), &case["params"]);
        let corpus = features::count(docs.clone(), 2, &spec.counting(1)).unwrap();
        corpus.counts.validate().unwrap();
        let selection = Selection::new(&corpus.counts, &all, &spec).unwrap();
        let rows = selection.rows(&corpus.counts, &all);
        let fitted = selection.into_fitted(&corpus.terms);
        check_vectorized(&fitted, &rows, case);
        let words = |&doc: &u32| {
            let ids = docs.word_ids_of(doc as usize);
            ids.iter().map(|&id| docs.words[id as usize].as_str()).collect::<Vec<&str>>()
        };
        assert_eq!(
            fitted.transform(all.iter().map(words)).unwrap(),
            rows,
            "texts and counts give one matrix"
        );
    }
    assert_eq!(cases.as_array().unwrap().len(), 9);
}

fn check_vectorized(fitted: &FittedVectorizer, rows: &Csr, case: &Value) {
    rows.validate().unwrap();
    let digest = ContentHash::of(fitted.terms.join("\n").as_bytes()).to_string();
    assert_eq!(digest, case["vocabulary_sha256"].as_str().unwrap());
    if let Some(idf) = case.get("idf_sum") {
        check_relative("idf", fitted.idf.iter().sum(), idf.as_f64().unwrap(), 1e-12);
    }
    for (row, theirs) in rows.rows().zip(case["row_entries"].as_array().unwrap()) {
        let theirs = theirs.as_array().unwrap();
        assert_eq!(row.values.len(), theirs.len());
        for ((&term, &ours), theirs) in row.columns.iter().zip(row.values).zip(theirs) {
            assert_eq!(fitted.terms[term as usize], theirs[0].as_str().unwrap());
            check_absolute("entry", ours, theirs[1].as_f64().unwrap(), 1e-14);
        }
    }
    let squares = rows.values.iter().map(|value| value * value).sum();
    check_relative("sum", rows.values.iter().sum(), case["matrix_sum"].as_f64().unwrap(), 1e-12);
    check_relative("squares", squares, case["matrix_square_sum"].as_f64().unwrap(), 1e-12);
    assert_eq!(rows.n_entries() as u64, case["nnz"].as_u64().unwrap());
}

#[test]
fn fold_scores_are_scikit_learns() {
    let Some(folder) = reference() else { return };
    let corpus = corpus(&folder, 2, 1);
    let mut validator = CrossValidator::new(&corpus.counts, &plan(&json(&folder, "splits.json"))).unwrap();
    let (mut n_scores, mut n_other) = (0, 0);
    for case in json(&folder, "cv.json").as_array().unwrap() {
        let model = model(case["model"].as_str().unwrap(), case["value"].as_f64().unwrap()).unwrap();
        let ours = validator.evaluate(&spec(case), &model).unwrap();
        let theirs = floats(&case["f1_macro"]);
        for (ours, theirs) in ours.fold_f1_macro.iter().zip(&theirs) {
            n_scores += 1;
            if (ours - theirs).abs() > 1e-12 {
                n_other += 1;
                println!("{model:?}: {ours} against {theirs}");
            }
        }
        check_absolute("mean", ours.mean(), theirs.iter().sum::<f64>() / theirs.len() as f64, 1e-4);
    }
    println!("{n_scores} fold scores, {n_other} differ");
    assert_eq!(n_scores, 375);
    assert!(n_other <= 2);
}

#[test]
fn final_fits_are_scikit_learns() {
    let Some(folder) = reference() else { return };
    let corpus = corpus(&folder, 2, 3);
    let plan = plan(&json(&folder, "splits.json"));
    let mut n_cases = 0;
    for case in json(&folder, "models.json").as_array().unwrap() {
        if case["vectorizer"] != "tfidf" || case["vectorizer_params"]["sublinear_tf"] != true {
            continue;
        }
        let Some(model) = model(case["model"].as_str().unwrap(), case["value"].as_f64().unwrap()) else {
            continue;
        };
        n_cases += 1;
        let spec = PipelineSpec { cleaning: Vec::new(), vectorizer: spec(&case["vectorizer_params"]), model };
        let labels = ["unhappy", "happy"].map(str::to_owned);
        let fit = fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &labels).unwrap();
        let objective = fit.train_objective(&corpus.counts, &plan, &spec.model);
        check_final(&fit, objective, case, spec.model.kind());
    }
    assert_eq!(n_cases, 7);
}

#[track_caller]
fn check_final(fit: &FinalFit, objective: Option<f64>, case: &Value, kind: ModelKind) {
    if let Some(theirs) = case["objective"].as_f64() {
        let ours = objective.unwrap();
        println!("{kind:?} {}: objective {:e} above", case["value"], (ours - theirs) / theirs);
        assert!((ours - theirs) / theirs <= 1e-10, "{ours} against {theirs}");
    }
    let tolerance = if kind == ModelKind::MultinomialNb { 1e-12 } else { 1e-5 };
    let probabilities: Vec<f64> = fit.test_probabilities.chunks(2).map(|row| row[1]).collect();
    let ours = if kind == ModelKind::LinearSvc { &fit.test_scores } else { &probabilities };
    for (&ours, theirs) in ours.iter().zip(floats(&case["test_scores_first_50"])) {
        check_absolute("score", ours, theirs, tolerance);
    }
    for (ours, theirs) in [(&fit.train, &case["train"]), (&fit.test, &case["test"])] {
        let ours = serde_json::to_value(ours).unwrap();
        assert_eq!(ours["confusion"], theirs["confusion"]);
        for (name, theirs) in theirs.as_object().unwrap() {
            if let Some(theirs) = theirs.as_f64() {
                check_absolute(name, ours[name].as_f64().unwrap(), theirs, 1e-4);
            }
        }
        for name in ["precision", "recall", "f1"] {
            for (ours, theirs) in floats(&ours[name]).iter().zip(floats(&theirs[name])) {
                check_absolute(name, *ours, theirs, 1e-4);
            }
        }
    }
}

/// Classes 0, 1, 2 of ratings 1–2, 3, 4–5; the rating is no part of `cleaned.tsv`, so it is read from the
/// file itself, whose rows `cleaned.tsv` numbers.
fn three_class_labels(folder: &Path, docs: &CleanedDocs) -> Vec<LabelId> {
    let text = fs::read_to_string(folder.join("../../data/flipkart_reviews.csv")).unwrap();
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    for c in text.chars().filter(|&c| c != '\r') {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    let column = rows[0].iter().position(|name| name == "Ratings").unwrap();
    let class = |&record: &u64| match rows[record as usize + 1][column].trim().parse::<f64>().unwrap() {
        rating if rating <= 2.0 => LabelId(0),
        3.0 => LabelId(1),
        _ => LabelId(2),
    };
    docs.records.iter().map(class).collect()
}

#[test]
fn three_classes_are_scikit_learns() {
    let Some(folder) = reference() else { return };
    let reference = json(&folder, "three_classes.json");
    let mut docs = docs(&folder);
    docs.labels = three_class_labels(&folder, &docs);
    let corpus = features::count(docs, 3, &Counting::words((1, 2), 3)).unwrap();
    let plan = plan(&reference);
    let mut n_cases = 0;
    for case in reference["models"].as_array().unwrap() {
        let Some(model) = model(case["model"].as_str().unwrap(), case["value"].as_f64().unwrap()) else {
            continue;
        };
        n_cases += 1;
        let kind = model.kind();
        let spec = PipelineSpec { cleaning: Vec::new(), vectorizer: spec(&case["vectorizer_params"]), model };
        let labels = ["bad", "middling", "good"].map(str::to_owned);
        let fit = fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &labels).unwrap();
        assert_eq!(serde_json::to_value(&fit.test.confusion).unwrap(), case["confusion"], "{kind:?}");
        for (ours, theirs) in fit.cv.fold_f1_macro.iter().zip(floats(&case["cv_f1_macro"])) {
            check_absolute("fold", *ours, theirs, 1e-6);
        }
        check_absolute("mcc", fit.test.mcc, case["mcc"].as_f64().unwrap(), 1e-6);
        let ours = if kind == ModelKind::LinearSvc { &fit.test_scores } else { &fit.test_probabilities };
        for (ours, theirs) in ours.chunks(3).zip(case["test_scores_first_20"].as_array().unwrap()) {
            for (ours, theirs) in ours.iter().zip(floats(theirs)) {
                check_absolute("score", *ours, theirs, 1e-5);
            }
        }
    }
    assert_eq!(n_cases, 3);
}
