//! What filters mean, by a table of runs; what they refuse, and where.

use engine::num::{ContentHash, SortedMap};
use proptest::prelude::*;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::filter::{Filter, Key, KnownKeys, OrderBy, Subject, Value, complete};
use track::id::{ExperimentId, Millis, RunId};
use track::run::{ParamValue, Run, RunKind, RunState};

/// 2026-11-22T00:00:00Z.
const NOW: Millis = Millis(1_795_305_600_000);
const DAY: u64 = 86_400_000;

fn run(name: &str, days_ago: u64) -> Run {
    Run {
        schema: 2,
        id: RunId(format!("id-{name}")),
        experiment: ExperimentId("exp".into()),
        parent: None,
        kind: RunKind::Fit,
        name: name.into(),
        state: RunState::Finished,
        created: Millis(NOW.0 - days_ago * DAY),
        ended: Some(Millis(NOW.0 - days_ago * DAY + 1_500)),
        lifecycle: Lifecycle::Active,
        params: SortedMap::new(),
        metrics: SortedMap::new(),
        folds: Vec::new(),
        tags: SortedMap::new(),
        note: String::new(),
        dataset: DatasetRef { file: ContentHash::of(name.as_bytes()), recipe: ContentHash::of(b"recipe") },
        spec: None,
        seed: 42,
        engine_version: "0.1.0".into(),
        artifacts: Vec::new(),
    }
}

/// Four runs: `lr` and `nb` of today, `svm` of three days ago, which failed, and `bare`, which has nothing.
fn runs() -> Vec<Run> {
    let mut lr = run("lr", 0);
    lr.params = [
        ("model".into(), ParamValue::Text("LogisticRegression".into())),
        ("C".into(), ParamValue::Float(1.0)),
        ("max_features".into(), ParamValue::Int(2000)),
        ("binary".into(), ParamValue::Bool(true)),
    ]
    .into();
    lr.metrics = [("test_f1".into(), 0.81), ("odd name".into(), 1.0)].into();
    lr.tags = [("owner".into(), "ana".into()), ("mlflow.source.name".into(), "page".into())].into();
    let mut nb = run("nb", 0);
    nb.params = [
        ("model".into(), ParamValue::Text("MultinomialNB".into())),
        ("alpha".into(), ParamValue::Float(1e-5)),
        ("max_features".into(), ParamValue::Text("none".into())),
    ]
    .into();
    nb.metrics = [("test_f1".into(), 0.79)].into();
    nb.note = "a note".into();
    let mut svm = run("svm", 3);
    svm.state = RunState::Failed { reason: "no room".into() };
    svm.params =
        [("model".into(), ParamValue::Text("LinearSVC".into())), ("C".into(), ParamValue::Float(10.0))]
            .into();
    svm.tags = [("owner".into(), "it's me".into())].into();
    let mut bare = run("bare", 9);
    bare.state = RunState::Running;
    bare.ended = None;
    vec![lr, nb, svm, bare]
}

/// Names of the runs that a filter means, in order.
#[track_caller]
fn check(filter: &str, expected: &str) {
    let parsed = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error} ({:?})", error.span));
    let runs = runs();
    let is_meant = |run: &&Run| parsed.matches(&Subject { run, dataset_name: Some("reviews.csv") }, NOW);
    let found: Vec<&str> = runs.iter().filter(is_meant).map(|run| run.name.as_str()).collect();
    assert_eq!(found.join(" "), expected, "{filter}");
}

/// The sentence that refuses a filter, and the part it is about.
#[track_caller]
fn check_refused(filter: &str, part: &str, sentence: &str) {
    let error = Filter::parse(filter).expect_err(filter);
    assert_eq!((&filter[error.span.clone()], error.to_string().as_str()), (part, sentence), "{filter}");
}

#[test]
fn nothing_typed_means_all() {
    check("", "lr nb svm bare");
    check("  \t ", "lr nb svm bare");
}

#[test]
fn metrics_are_numbers() {
    check("metrics.test_f1 > 0.8", "lr");
    check("metric.test_f1 >= 0.79", "lr nb");
    check("metrics.test_f1 < 8e-1", "nb");
    check("metrics.test_f1 <= 0.81", "lr nb");
    check("metrics.test_f1 = 0.81", "lr");
    check("metrics.test_f1 != 0.81", "nb");
    check("metrics.test_f1<>0.81", "nb");
    check("metrics.`odd name` = 1", "lr");
    check("metrics.\"odd name\" == +1.0", "lr");
    check("`metrics`.`test_f1` > 0.8", "lr");
    check("metrics.test_f1 > -.5", "lr nb");
}

#[test]
fn quoted_values_are_texts_as_mlflow_holds_them() {
    check("params.C = '1.0'", "lr");
    check("params.C = '1'", "");
    check("params.C = \"10.0\"", "svm");
    check("params.alpha = '1e-05'", "nb");
    check("params.binary = 'True'", "lr");
    check("param.max_features = '2000'", "lr");
    check("parameters.model != 'LinearSVC'", "lr nb");
    check("parameter.model = 'linearsvc'", "");
    check("tags.owner = \"it's me\"", "svm");
    check("tags.mlflow.source.name = 'page'", "lr");
    check("tag.`mlflow.source.name` = 'page'", "lr");
    // MLflow leaves doubled marks and backslashes as they are.
    check("tags.owner = 'it''s me'", "");
}

#[test]
fn bare_values_are_numbers_or_words_in_any_case() {
    check("params.C = 1", "lr");
    check("params.C > 5", "svm");
    check("params.C >= 1", "lr svm");
    check("params.max_features > 100", "lr");
    check("params.max_features != 2000", "nb");
    check("params.max_features = none", "nb");
    check("params.model = linearsvc", "svm");
    check("params.binary = true", "lr");
    check("status = finished", "lr nb");
}

#[test]
fn like_takes_percent_and_underscore() {
    check("params.model LIKE '%NB'", "nb");
    check("params.model like 'L%'", "lr svm");
    check("params.model LIKE 'l%'", "");
    check("params.model ILIKE 'l%'", "lr svm");
    check("params.model LIKE 'Linear___'", "svm");
    check("params.model NOT LIKE 'L%'", "nb");
    check("attributes.run_name LIKE '_b'", "nb");
    check("tags.owner LIKE '%'", "lr svm");
}

#[test]
fn attributes_need_no_prefix() {
    check("run_name = 'lr'", "lr");
    check("attribute.run_name = 'lr'", "lr");
    check("attr.run_name = 'lr'", "lr");
    check("run.run_name = 'lr'", "lr");
    check("\"run name\" = 'lr'", "lr");
    check("attributes.`Run Name` = 'lr'", "lr");
    check("run_id = 'id-svm'", "svm");
    check("run_id IN ('id-svm', 'id-nb')", "nb svm");
    check("run_id NOT IN ('id-svm','id-nb')", "lr bare");
    check("user_id = 'ana'", "lr");
    check("status = 'FAILED'", "svm");
    check("status != 'FINISHED'", "svm bare");
    check("status = 'finished'", "");
    check("artifact_uri = 'runs:/id-nb'", "nb");
    check("kind = fit", "lr nb svm bare");
    check("duration = 1.5", "lr nb svm");
    check("seed = 42 AND engine_version = 0.1.0", "lr nb svm bare");
    check("note IS NOT NULL", "nb");
    check("experiment_id = exp", "lr nb svm bare");
    check("parent IS NULL", "lr nb svm bare");
}

#[test]
fn times_are_milliseconds_dates_or_spans_from_now() {
    check(&format!("start_time >= {}", NOW.0), "lr nb");
    check(&format!("attributes.created < {}", NOW.0), "svm bare");
    check("created > now - 2d", "lr nb");
    check("created > now-4d", "lr nb svm");
    check("created > now - 4 days AND created < now - 1 h", "svm");
    check("created <= now + 1.5h", "lr nb svm bare");
    check("created = now", "lr nb");
    check("created < 2026-11-15", "bare");
    check("created < '2026-11-20 12:00'", "svm bare");
    check("end_time > 0", "lr nb svm");
    check("ended IS NULL", "bare");
    check("created IN (now, 2026-11-13)", "lr nb bare");
}

#[test]
fn datasets_have_a_name_a_digest_and_a_context() {
    check("dataset.name = 'reviews.csv'", "lr nb svm bare");
    check("datasets.name LIKE '%.tsv'", "");
    check("dataset.context IN ('training', 'test')", "lr nb svm bare");
    check(&format!("dataset.digest = '{}'", &ContentHash::of(b"nb").to_string()[..8]), "nb");
}

#[test]
fn a_name_without_prefix_is_a_metric_a_parameter_or_a_tag() {
    check("test_f1 > 0.8", "lr");
    check("C = 10", "svm");
    check("owner = ana", "lr");
    check("mlflow.source.name = page", "lr");
    check("`odd name` = 1", "lr");
}

#[test]
fn what_a_run_lacks_is_unknown() {
    check("params.alpha != '3'", "nb");
    check("NOT params.alpha = '3'", "nb");
    check("NOT params.alpha = '1e-05'", "");
    check("params.alpha = '3' OR status = 'RUNNING'", "bare");
    check("params.alpha NOT IN ('3')", "nb");
    check("NOT (params.alpha = '3' AND status = 'RUNNING')", "lr nb svm");
    check("NOT (params.alpha = '3' OR status = 'RUNNING')", "nb");
    check("params.alpha IS NULL", "lr svm bare");
    check("params.alpha IS NOT NULL", "nb");
    check("NOT params.alpha IS NULL", "nb");
    check("params.max_features > 5 OR params.max_features <= 5", "lr");
    check("NOT params.max_features > 5", "");
}

#[test]
fn not_binds_before_and_and_and_before_or() {
    check("run_name = lr OR run_name = nb AND status = FAILED", "lr");
    check("(run_name = lr OR run_name = nb) AND status = FINISHED", "lr nb");
    check("NOT run_name = lr AND NOT run_name = nb", "svm bare");
    check("NOT (run_name = lr OR run_name = nb)", "svm bare");
    check("NOT NOT run_name = lr", "lr");
    check("not run_name = lr and ((kind = fit))", "nb svm bare");
}

#[test]
fn what_is_wrong_is_said_and_pointed_at() {
    check_refused(
        "metrics.f1 > '0.5'",
        "'0.5'",
        "metrics.f1 is a number: write one without quotes behind >.",
    );
    check_refused("metrics.f1 > high", "high", "metrics.f1 is a number: write one without quotes behind >.");
    check_refused(
        "metrics.f1 LIKE '0%'",
        "metrics.f1",
        "metrics.f1 is a number, and LIKE compares texts: use =, !=, <, <=, > or >=.",
    );
    check_refused(
        "params.C > '1'",
        ">",
        "> compares numbers: write the number without quotes, or use =, != or LIKE.",
    );
    check_refused("params.C = 'a", "'a", "The text that begins with ' has no closing ': add it.");
    check_refused("params.C ~ 1", "~", "Here stands ~, but a key, a comparison or a value has to come.");
    check_refused("params.C =! 1", "=!", "=! compares nothing: use =, !=, <, <=, > or >=.");
    check_refused("params.C = ", "", "The filter ends where a value has to come.");
    check_refused(
        "params.C",
        "",
        "The filter ends where a comparison such as =, !=, >, LIKE, IN or IS NULL has to come.",
    );
    check_refused("(params.C = 1", "", "The filter ends where AND, OR or a closing parenthesis has to come.");
    check_refused("params.C = 1)", ")", "Here stands ), but AND, OR or the end has to come.");
    check_refused(
        "params.C = 1 params.C = 2",
        "params.C",
        "Here stands params.C, but AND, OR or the end has to come.",
    );
    check_refused("params.C IN 1", "1", "Here stands 1, but a list such as ('a', 'b') has to come.");
    check_refused("params.C IN (1,)", ")", "Here stands ), but a value has to come.");
    check_refused("params.C IS 1", "1", "Here stands 1, but NULL has to come.");
    check_refused(
        "created > soon",
        "soon",
        "start_time is a time: write a date such as 2026-11-01, `now - 2d`, or milliseconds since 1970.",
    );
    check_refused(
        "dataset.size = 1",
        "dataset.size",
        "dataset.size is none of dataset.name, dataset.digest and dataset.context: choose one of them.",
    );
    assert!(Filter::parse("attribute.nothing = 'x'").is_err());
    assert!(Filter::parse(&"(".repeat(65)).is_err());
    assert!(Filter::parse(&format!("{}a = 1", "NOT ".repeat(65))).is_err());
    assert!(Filter::parse(&format!("a = '{}'", "x".repeat(10_000))).is_err());
}

#[test]
fn a_condition_is_added_without_changing_what_was_there() {
    let key = Key::Param("max features".into());
    let narrowed = |text: &str| Filter::narrowed(text, &key, "it's");
    assert_eq!(narrowed(""), "params.`max features` = \"it's\"");
    assert_eq!(narrowed("a = 1"), "a = 1 AND params.`max features` = \"it's\"");
    assert_eq!(narrowed("a = 1 OR b = 2"), "(a = 1 OR b = 2) AND params.`max features` = \"it's\"");
    let twice = narrowed(&narrowed("a = 1"));
    assert_eq!(twice, narrowed("a = 1"));
}

#[track_caller]
fn check_order(order: &str, expected: &str) {
    let order = OrderBy::parse(order).expect(order);
    let runs = runs();
    let mut subjects: Vec<Subject> = runs.iter().map(|run| Subject { run, dataset_name: None }).collect();
    let mut compared = subjects.clone();
    compared.sort_by(|a, b| order.compare(a, b));
    order.sort(&mut subjects);
    assert!(
        subjects.iter().zip(&compared).all(|(a, b)| a.run.id == b.run.id),
        "one order, however it is asked for"
    );
    let names: Vec<&str> = subjects.iter().map(|subject| subject.run.name.as_str()).collect();
    assert_eq!(names.join(" "), expected);
}

#[test]
fn runs_are_ordered_with_those_that_lack_the_key_last() {
    check_order("", "lr nb svm bare");
    check_order("metrics.test_f1", "nb lr svm bare");
    check_order("metrics.test_f1 DESC", "lr nb svm bare");
    check_order("params.C desc, run_name", "svm lr bare nb");
    check_order("start_time ASC", "bare svm lr nb");
    check_order("status, metrics.`test_f1`", "svm nb lr bare");
    check_order("params.max_features", "lr nb svm bare");
    assert!(OrderBy::parse("metrics.f1 upwards").is_err());
    assert!(OrderBy::parse("metrics.f1,").is_err());
    assert_eq!(
        OrderBy::parse("metrics.f1 desc,params.`a b`").unwrap().to_string(),
        "metrics.f1 DESC, params.`a b`"
    );
}

#[test]
fn a_key_and_its_value_are_read_alone() {
    let runs = runs();
    let value = |key: &str| {
        let key = Key::parse(key).expect(key);
        Subject { run: &runs[0], dataset_name: None }.value(&key)
    };
    assert_eq!(value("metrics.test_f1"), Some(Value::Number(0.81)));
    assert_eq!(value("params.C"), Some(Value::Text("1.0".into())));
    assert_eq!(value("tags.`mlflow.source.name`"), Some(Value::Text("page".into())));
    assert_eq!(value("start_time"), Some(Value::At(NOW)));
    assert_eq!(value("params.alpha"), None);
    assert!(Key::parse("a, b").is_err());
    assert!(Key::parse("").is_err());
}

/// What is offered at the end of `text`, and what it takes the place of.
#[track_caller]
fn check_offered(text: &str, replaced: &str, first: &[&str]) {
    let known = KnownKeys {
        keys: vec![
            (Key::Metric("test_f1".into()), vec!["0.81".into()]),
            (Key::Metric("cv_f1_macro".into()), Vec::new()),
            (Key::Param("model".into()), vec!["LinearSVC".into(), "MultinomialNB".into()]),
            (Key::Tag("odd name".into()), Vec::new()),
        ],
    };
    let completion = complete(text, text.len(), &known);
    assert_eq!(&text[completion.replaces], replaced, "{text}");
    let offered: Vec<&str> = completion.texts.iter().take(first.len().max(1)).map(String::as_str).collect();
    assert_eq!(offered, first, "{text}");
}

#[test]
fn what_may_come_next_is_offered() {
    check_offered("", "", &["metrics.test_f1", "metrics.cv_f1_macro", "params.model"]);
    check_offered("f1", "f1", &["metrics.test_f1", "metrics.cv_f1_macro"]);
    check_offered("metrics.", "metrics.", &["metrics.test_f1", "metrics.cv_f1_macro"]);
    check_offered("tags.`od", "tags.`od", &["tags.`odd name`"]);
    check_offered("metrics.test_f1 ", "", &[">", ">="]);
    check_offered("metrics.test_f1 >", ">", &[">="]);
    check_offered("metrics.test_f1 > ", "", &["0.81"]);
    check_offered("params.model = ", "", &["'LinearSVC'", "'MultinomialNB'"]);
    check_offered("params.model = 'Mul", "'Mul", &["'MultinomialNB'"]);
    check_offered("params.model IN ('LinearSVC', ", "", &["'LinearSVC'"]);
    check_offered("params.model = 'LinearSVC' ", "", &["AND", "OR"]);
    check_offered("params.model IS NULL A", "A", &["AND"]);
    check_offered("created > now - 2d ", "", &["AND", "OR"]);
    check_offered("status = ", "", &["'RUNNING'", "'FINISHED'"]);
    check_offered("NOT (sta", "sta", &["status", "start_time"]);
    check_offered("params.C = 1 )) ", "", &["AND", "OR"]);
    check_offered("a b c ", "", &[]);
}

#[test]
fn what_mlflow_keeps_in_tags_of_its_own_is_found() {
    check("tags.mlflow.runName = 'lr'", "lr");
    check("tags.`mlflow.user` LIKE '%me'", "svm");
    check("user_id = 'ana'", "lr");
    check("tags.mlflow.parentRunId IS NULL", "lr nb svm bare");
    check("tags.mlflow.note.content = 'a note'", "nb");
}

#[test]
fn what_was_pruned_is_finished_to_mlflow() {
    let pruned = Run { state: RunState::Pruned, ..run("pruned", 0) };
    let is_meant = |filter: &str| {
        Filter::parse(filter).expect("a filter").matches(&Subject { run: &pruned, dataset_name: None }, NOW)
    };
    for meant in ["status = 'FINISHED'", "status = 'PRUNED'", "status LIKE 'FIN%'", "status != 'FAILED'"] {
        assert!(is_meant(meant), "{meant}");
    }
    for not_meant in ["status != 'FINISHED'", "status NOT LIKE 'PRU%'", "status = 'KILLED'"] {
        assert!(!is_meant(not_meant), "{not_meant}");
    }
    let key = Key::parse("status").expect("a key");
    assert!(
        !is_meant(&Filter::narrowed("", &key, "FINISHED")),
        "a click on a finished run's state means those alone"
    );
    assert!(is_meant(&Filter::narrowed("", &key, "PRUNED")));
}

/// Any text that a filter could be, and many that it could not.
fn any_filter() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "params.C",
        "metrics.test_f1",
        "status",
        "note",
        "created",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "=",
        "!=",
        "<",
        "LIKE",
        "IN",
        "IS NULL",
        "'a'",
        "\"b\"",
        "1",
        "0.8",
        "now",
        "-",
        "2d",
        ",",
        "x'61'",
        "x'6",
        "`odd name`",
        "'",
        "\\",
    ]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

/// A condition that can be read, alone.
fn any_condition() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "params.C = '1.0'",
        "params.C > 1",
        "metrics.test_f1 >= 0.8",
        "status = 'FINISHED'",
        "note IS NULL",
        "tags.owner LIKE 'a%'",
        "params.model IN ('LinearSVC', 'x')",
        "NOT params.alpha < 1",
        "created > now - 2d",
    ])
    .prop_map(str::to_owned)
}

fn meant(filter: &str) -> Vec<bool> {
    let parsed = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    runs().iter().map(|run| parsed.matches(&Subject { run, dataset_name: None }, NOW)).collect()
}

proptest! {
    #[test]
    fn no_text_makes_the_filter_panic_and_a_fault_lies_within_it(text in any_filter(), noise in ".{0,40}") {
        for text in [&text, &noise] {
            if let Err(error) = Filter::parse(text) {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
                prop_assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
            }
        }
    }

    #[test]
    fn and_is_both_or_is_either_and_not_takes_away(a in any_condition(), b in any_condition()) {
        let (of_a, of_b) = (meant(&a), meant(&b));
        let pairs = || of_a.iter().zip(&of_b);
        let both: Vec<bool> = pairs().map(|(a, b)| *a && *b).collect();
        let either: Vec<bool> = pairs().map(|(a, b)| *a || *b).collect();
        prop_assert_eq!(meant(&format!("{a} AND {b}")), both);
        prop_assert_eq!(meant(&format!("{a} OR {b}")), either);
        prop_assert_eq!(meant(&format!("NOT (NOT ({a}))")), of_a.clone());
        prop_assert_eq!(meant(&format!("NOT ({a} AND {b})")), meant(&format!("NOT ({a}) OR NOT ({b})")));
        let none_of_both = of_a.iter().zip(meant(&format!("NOT ({a})"))).all(|(yes, no)| !(*yes && no));
        prop_assert!(none_of_both, "never both");
    }

    #[test]
    fn a_click_on_a_cell_finds_the_runs_that_have_its_value(
        values in prop::collection::vec("[ab'\"\\\\`% é]{0,6}", 2..8),
        before in any_condition(),
    ) {
        let key = Key::parse("params.odd").expect("a key");
        let with = |value: &String| {
            let mut run = run("one", 0);
            run.params.insert("odd".into(), ParamValue::Text(value.clone()));
            run
        };
        let all: Vec<Run> = values.iter().map(with).collect();
        for value in &values {
            let text = Filter::narrowed("", &key, value);
            let filter = Filter::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
            for (run, other) in all.iter().zip(&values) {
                let is_meant = filter.matches(&Subject { run, dataset_name: None }, NOW);
                prop_assert_eq!(is_meant, other == value, "{} of {:?}", text, other);
            }
            let or = format!("{before} OR {text}");
            let both = Filter::narrowed(&or, &key, value);
            prop_assert_eq!(meant(&both), meant(&format!("({or}) AND {text}")));
        }
    }

    #[test]
    fn many_runs_stand_in_the_order_in_which_each_two_do(
        values in prop::collection::vec(any_value(), 0..40),
        is_descending in any::<bool>(),
    ) {
        let with = |(place, value): (usize, &Option<ParamValue>)| {
            let mut run = run(&format!("run {place}"), (place % 5) as u64);
            if let Some(value) = value {
                run.params.insert("odd".into(), value.clone());
            }
            if place % 3 == 0 {
                run.params.insert("a".into(), ParamValue::Int(1));
            }
            run
        };
        let all: Vec<Run> = values.iter().enumerate().map(with).collect();
        let mut subjects: Vec<Subject> = all.iter().map(|run| Subject { run, dataset_name: None }).collect();
        let mut compared = subjects.clone();
        let order = OrderBy::parse(if is_descending { "params.odd DESC" } else { "params.odd" }).expect("an order");
        compared.sort_by(|a, b| order.compare(a, b));
        order.sort(&mut subjects);
        prop_assert!(subjects.iter().zip(&compared).all(|(a, b)| a.run.name == b.run.name));
        let filter = Filter::parse("params.odd > 0 OR params.odd LIKE 'a%'").expect("a filter");
        let one_by_one: Vec<usize> =
            (0..subjects.len()).filter(|place| filter.matches(&subjects[*place], NOW)).collect();
        prop_assert_eq!(filter.found(subjects.iter().copied().enumerate(), NOW), one_by_one);
    }
}

/// What a run may have for a parameter: nothing, a number, a text that writes one, any other text.
fn any_value() -> impl Strategy<Value = Option<ParamValue>> {
    prop_oneof![
        Just(None),
        any::<f64>().prop_map(|number| Some(ParamValue::Float(number))),
        (-3_i64..3).prop_map(|number| Some(ParamValue::Int(number))),
        prop::sample::select(vec![
            "-0",
            "0",
            "1e3",
            "e3",
            "12345678a",
            "12345678b",
            "a\0",
            "a",
            "",
            "ä",
            "inf"
        ])
        .prop_map(|text| Some(ParamValue::Text(text.to_owned()))),
    ]
}
