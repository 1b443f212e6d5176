use engine::num::ContentHash;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::id::ExperimentId;
use track::run::{RunKind, RunState};

use super::*;
use track::filter::{Attribute, OrderBy};
use track::run::{FoldScore, ParamValue};

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
    let runs = [
        run("a", "LinearSVC", Some(0.7)),
        run("b", "MultinomialNB", Some(0.9)),
        run("c", "LinearSVC", Some(0.8)),
        run("d", "", None),
    ];
    let dataset_names = [(ContentHash::of(b"file"), "reviews.csv".to_owned())].into();
    Rc::new(AllRuns { runs: runs.map(Rc::new).into(), dataset_names, ..AllRuns::default() })
}

fn names(grid: &Grid) -> String {
    let name = |row: &GridRow| match row {
        GridRow::Group { value, n_runs, .. } => format!("[{} {n_runs}]", value.as_deref().unwrap_or("-")),
        GridRow::Run { depth, .. } => {
            let name = grid.run(row).map(|run| run.name.clone()).unwrap_or_default();
            format!("{}{name}", ">".repeat(usize::from(*depth)))
        }
        GridRow::Fold { fold, .. } => format!("fold{fold}"),
        GridRow::Waiting(_) => "...".to_owned(),
    };
    grid.rows.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn table(all: &Rc<AllRuns>, asked: &Asked, unfolded: &Unfolded) -> Grid {
    grid(all, &narrowed(all, &asked.narrowing(), NOW).unwrap(), asked, unfolded)
}

fn asked(filter: &str, order: &str, group: &str) -> Asked {
    Asked {
        filter: filter.into(),
        order: OrderBy::parse(order).unwrap(),
        group: Key::parse(group).ok(),
        ..Asked::default()
    }
}

#[track_caller]
fn check(filter: &str, order: &str, group: &str, expected: &str) {
    let grid = table(&all(), &asked(filter, order, group), &Unfolded::default());
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
    let closed = Unfolded { closed: vec![Some("LinearSVC".to_owned())], ..Unfolded::default() };
    let grid = table(&all(), &asked("", "", "params.model"), &closed);
    assert_eq!(names(&grid), "[LinearSVC 2] [MultinomialNB 1] b [ 1] d");
    let GridRow::Group { best_and_mean: Some((best, mean)), .. } = &grid.rows[0] else { panic!("a group") };
    assert_eq!((*best, *mean), (Some(0.8), 0.75));
}

#[test]
fn the_best_of_a_group_follows_the_metrics_sense() {
    #[track_caller]
    fn check(metric: &str, expected: (Option<f64>, f64)) {
        let mut all = (*all()).clone();
        for (run, value) in all.runs.iter_mut().zip([0.25, 0.75]) {
            Rc::make_mut(run).metrics.insert(metric.to_owned(), value);
        }
        let order = format!("metrics.{metric}");
        let asked = Asked { filter: format!("{order} > 0"), ..asked("", &order, "tags.owner") };
        let grid = table(&Rc::new(all), &asked, &Unfolded::default());
        let GridRow::Group { best_and_mean: Some(found), .. } = grid.rows[0] else { panic!("a group") };
        assert_eq!(found, expected, "{metric}");
    }
    check("cv_brier", (Some(0.25), 0.5));
    check("mcc", (Some(0.75), 0.5));
    check("dummy_cv_log_loss", (None, 0.5));
}

#[test]
fn columns_that_say_nothing_are_folded_away_unless_asked_for() {
    let shown = |asked: &Asked, shows_folded| {
        let grid = table(&all(), asked, &Unfolded { shows_folded, ..Unfolded::default() });
        let keys: Vec<String> = grid.columns.iter().map(|column| column.key.to_string()).collect();
        (keys.join(" "), grid.folded.join(" "))
    };
    let in_tree = shown(&Asked::default(), false).1;
    assert_eq!(in_tree, "Kind State Train Test Time Began", "studies and what belongs to them");
    let filtered = asked("run_name != 'x'", "", "");
    let usual = shown(&filtered, false);
    assert_eq!(usual.0, "run_name params.model metrics.cv_f1_macro");
    assert_eq!(usual.1, "Kind State Train Test Time Began");
    assert_eq!(shown(&filtered, true).1, "");
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
    let grid = table(&all(), &asked, &Unfolded::default());
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
    assert!(narrowed(&all(), &asked("a >", "", "").narrowing(), NOW).is_err());
}

fn family() -> AllRuns {
    let child = |name: &str, kind, parent: &str, n_folds| Run {
        kind,
        parent: Some(RunId(format!("id-{parent}"))),
        folds: vec![FoldScore { f1_macro: 0.5, score: None, fit_ms: 1.0 }; n_folds],
        ..run(name, "LinearSVC", Some(0.5))
    };
    let study = |name: &str| Run { kind: RunKind::Study, ..run(name, "", None) };
    let runs = [
        child("n.fit", RunKind::Fit, "n", 0),
        child("n.2", RunKind::Trial, "n", 2),
        child("n.1", RunKind::Trial, "n", 2),
        study("n"),
        child("m.1", RunKind::Trial, "m", 0),
        study("m"),
        child("l.1", RunKind::Trial, "l", 0),
    ];
    let mut runs: Vec<Rc<Run>> = runs.map(Rc::new).into();
    engine::num::stable_sort(&mut runs, |a, b| b.id.cmp(&a.id));
    AllRuns { runs, ..AllRuns::default() }
}

#[track_caller]
fn check_tree(all: AllRuns, open: &str, expected: &str) {
    let open = open.split_whitespace().map(|name| (RunId(format!("id-{name}")), ())).collect();
    let unfolded = Unfolded { open, ..Unfolded::default() };
    assert_eq!(names(&table(&Rc::new(all), &Asked::default(), &unfolded)), expected);
}

#[test]
fn runs_stand_below_their_studies() {
    check_tree(family(), "", "n >n.fit m l.1");
    check_tree(family(), "n", "n >n.fit >n.1 >n.2 m l.1");
    check_tree(family(), "n m n.2", "n >n.fit >n.1 >n.2 fold0 fold1 m >m.1 l.1");
    let unread = AllRuns { unfolded_studies: Some(SortedMap::new()), ..family() };
    check_tree(unread, "m", "n >n.fit m ... >m.1 l.1");
}

#[test]
fn folds_unfold_below_trials_in_any_order() {
    let unfolded = Unfolded { open: [(RunId("id-n.1".into()), ())].into(), ..Unfolded::default() };
    let grid = table(&Rc::new(family()), &asked("kind = 'trial'", "run_name", ""), &unfolded);
    assert_eq!(names(&grid), "l.1 m.1 n.1 fold0 fold1 n.2");
    assert_eq!((grid.n_meant, grid.runs().count(), grid.lines().len()), (4, 4, 5));
}

#[test]
fn the_trash_and_experiments_are_views_of_their_own() {
    let id = |name: &str| ExperimentId(name.into());
    let of = |name: &str, experiment: &str, lifecycle| {
        Rc::new(Run { experiment: id(experiment), lifecycle, ..run(name, "", None) })
    };
    let (active, deleted) = (Lifecycle::Active, Lifecycle::Deleted);
    let runs =
        vec![of("d", "x", active), of("c", "y", active), of("b", "gone", active), of("a", "x", deleted)];
    let experiments = [("x", active), ("y", active), ("gone", deleted)];
    let experiments = experiments.map(|(name, lifecycle)| (id(name), (name.to_owned(), lifecycle)));
    let all = Rc::new(AllRuns { runs, experiments: experiments.into(), ..AllRuns::default() });
    let check = |experiments: &[&str], is_trash, expected: &str| {
        let experiments = experiments.iter().map(|name| id(name)).collect();
        let asked = Asked { experiments, is_trash, ..Asked::default() };
        assert_eq!(names(&table(&all, &asked, &Unfolded::default())), expected);
    };
    check(&[], false, "d c");
    check(&["y"], false, "c");
    check(&["x", "y"], false, "d c");
    check(&["gone"], false, "b");
    check(&[], true, "a");
}

#[test]
fn columns_are_wide_and_pinned_as_asked() {
    let mut asked = Asked::default();
    asked.toggle_pin(&Key::Metric("test_f1".into()));
    asked.set_width(&Key::Metric("test_f1".into()), 90);
    let grid = table(&all(), &asked, &Unfolded::default());
    let first: Vec<(&str, bool, u32)> = grid
        .columns
        .iter()
        .take(3)
        .map(|column| (column.name.as_str(), column.is_pinned, column.width))
        .collect();
    assert_eq!(first, [("Run", true, 224), ("Test", true, 90), ("Model", false, 140)]);
}
