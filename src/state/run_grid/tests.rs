use engine::num::ContentHash;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::id::ExperimentId;
use track::run::{RunKind, RunState};

use super::*;

const NOW: Millis = Millis(10_000_000);

fn run(name: &str, model: &str, score: Option<f64>) -> Run {
    Run {
        schema: track::SCHEMA,
        id: RunId(format!("id-{name}")),
        experiment: ExperimentId("e".into()),
        parent: None,
        kind: RunKind::Fit,
        name: name.into(),
        state: RunState::Finished,
        created: Millis(1_000),
        ended: Some(Millis(3_000)),
        lifecycle: Lifecycle::Active,
        params: [("model".to_owned(), ParamValue::Text(model.into()))].into(),
        metrics: score.map(|score| ("cv_f1_macro".to_owned(), score)).into_iter().collect(),
        folds: Vec::new(),
        tags: SortedMap::new(),
        note: String::new(),
        dataset: DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") },
        spec: None,
        seed: 7,
        engine_version: "0.1.0".into(),
        artifacts: Vec::new(),
    }
}

fn all() -> Rc<AllRuns> {
    let runs = vec![
        run("a", "LinearSVC", Some(0.7)),
        run("b", "MultinomialNB", Some(0.9)),
        run("c", "LinearSVC", Some(0.8)),
        run("d", "", None),
    ];
    Rc::new(AllRuns { runs, dataset_names: [(ContentHash::of(b"file"), "reviews.csv".to_owned())].into() })
}

fn names(grid: &Grid) -> String {
    let name = |row: &GridRow| match row {
        GridRow::Group { value, n_runs, .. } => format!("[{} {n_runs}]", value.as_deref().unwrap_or("-")),
        GridRow::Run(_) => grid.run(row).map(|run| run.name.clone()).unwrap_or_default(),
    };
    grid.rows.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn asked(filter: &str, order: &str, group: &str) -> Asked {
    Asked {
        filter: filter.into(),
        order: OrderBy::parse(order).unwrap(),
        columns: None,
        group: Key::parse(group).ok(),
    }
}

#[track_caller]
fn check(filter: &str, order: &str, group: &str, expected: &str) {
    let grid = grid(&all(), &asked(filter, order, group), &[], false, NOW).unwrap();
    assert_eq!(names(&grid), expected);
}

#[test]
fn runs_are_filtered_ordered_and_grouped() {
    check("", "", "", "a b c d");
    check("cv_f1_macro > 0.75", "", "", "b c");
    check("", "cv_f1_macro DESC", "", "b c a d");
    check("dataset.name = 'reviews.csv'", "run_name DESC", "", "d c b a");
    check("", "metrics.cv_f1_macro DESC", "params.model", "[MultinomialNB 1] b [LinearSVC 2] c a [ 1] d");
    check("", "", "tags.owner", "[- 4] a b c d");
}

#[test]
fn a_group_that_is_closed_shows_its_head_only() {
    let closed = [Some("LinearSVC".to_owned())];
    let grid = grid(&all(), &asked("", "", "params.model"), &closed, false, NOW).unwrap();
    assert_eq!(names(&grid), "[LinearSVC 2] [MultinomialNB 1] b [ 1] d");
    let GridRow::Group { best_and_mean: Some((best, mean)), .. } = &grid.rows[0] else { panic!("a group") };
    assert_eq!((*best, *mean), (0.8, 0.75));
}

#[test]
fn columns_that_say_nothing_are_folded_away_unless_asked_for() {
    let shown = |asked: &Asked, shows_folded| {
        let grid = grid(&all(), asked, &[], shows_folded, NOW).unwrap();
        let keys: Vec<String> = grid.columns.iter().map(|column| column.key.to_string()).collect();
        (keys.join(" "), grid.folded.join(" "))
    };
    let usual = shown(&Asked::default(), false);
    assert_eq!(usual.0, "run_name params.model metrics.cv_f1_macro");
    assert_eq!(usual.1, "Kind State Train Test Time Began");
    assert_eq!(shown(&Asked::default(), true).1, "");
    let sorted = Asked { order: OrderBy::parse("start_time").unwrap(), ..Asked::default() };
    assert!(shown(&sorted, false).0.ends_with("start_time"));
    let mut chosen = Asked::default();
    chosen.set_column(&Key::Attribute(Attribute::Seed), true);
    assert!(shown(&chosen, false).0.ends_with("start_time seed"), "chosen columns stay");
    chosen.set_column(&Key::Attribute(Attribute::Seed), false);
    assert_eq!(chosen, Asked::default(), "the usual ones again");
}

#[test]
fn a_head_orders_down_then_up_then_not() {
    let (f1, c) = (Key::Metric("f1".into()), Key::Param("C".into()));
    let mut asked = Asked::default();
    let mut press = |key: &Key, also| {
        asked.sorted_by(key, also);
        asked.order.to_string()
    };
    assert_eq!(press(&f1, false), "metrics.f1 DESC");
    assert_eq!(press(&c, true), "metrics.f1 DESC, params.C DESC");
    assert_eq!(press(&c, true), "metrics.f1 DESC, params.C");
    assert_eq!(press(&f1, true), "metrics.f1, params.C");
    assert_eq!(press(&f1, true), "params.C");
    assert_eq!(press(&f1, false), "metrics.f1 DESC");
    assert_eq!(press(&f1, false), "metrics.f1");
    assert_eq!(press(&f1, false), "");
}

#[test]
fn a_table_is_saved_as_it_is_shown() {
    let asked = asked("cv_f1_macro > 0.75", "cv_f1_macro", "");
    let grid = grid(&all(), &asked, &[], false, NOW).unwrap();
    let lines = grid.lines();
    assert_eq!(lines[0], ["run_name", "params.model", "metrics.cv_f1_macro"]);
    assert_eq!(lines[1], ["c", "LinearSVC", "0.8"]);
    assert_eq!(lines.len(), 3);
    assert_eq!(grid.records().lines().count(), 2);
}

#[test]
fn what_runs_have_is_offered() {
    let known = all().known();
    let of = |key: Key| known.keys.iter().find(|(seen, _)| *seen == key).map(|(_, values)| values.join(","));
    assert_eq!(of(Key::Metric("cv_f1_macro".into())), Some(String::new()));
    assert_eq!(of(Key::Param("model".into())), Some("LinearSVC,MultinomialNB,".to_owned()));
    assert_eq!(of(Key::Tag("owner".into())), None);
}

#[test]
fn a_wrong_filter_is_an_error() {
    assert!(grid(&all(), &asked("a >", "", ""), &[], false, NOW).is_err());
}
