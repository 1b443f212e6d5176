//! Same file, settings and seed: same numbers, whatever the time and the number of threads.

use engine::tune::MAX_TRIALS;
use serde_json::{Value, json};
use storage::{Order, ProjectFileStore, Query, Store as _};
use track::record::Collection;

use crate::run::{Terminal, timeless};

const ROOT_ID_CHARS: usize = 26;

#[test]
fn the_same_seed_gives_the_same_json_and_another_seed_another() {
    let terminal = Terminal::new();
    let once = terminal.summary(&["--trials", "6", "--models", "lr,nb"]);
    let again = terminal.summary(&["--trials", "6", "--models", "nb,lr"]);
    let other = terminal.summary(&["--trials", "6", "--models", "lr,nb", "--seed", "43"]);
    assert!(once["models"][0]["fit"]["fit_time"].as_f64().unwrap() > 0.0);
    assert_eq!(timeless(once.clone()), timeless(again));
    assert_ne!(timeless(once), timeless(other));
}

#[test]
fn one_two_and_eight_workers_give_the_same_bits() {
    let of = |n_workers: &str| {
        let terminal = Terminal::new();
        let summary = terminal.summary(&["--trials", "5", "--workers", n_workers]);
        (timeless(summary), records(&terminal))
    };
    let one = of("1");
    assert_eq!(one.1.len(), 1 + 3 * 5 + 3, "a study, its trials and its fits");
    for n_workers in ["2", "8"] {
        assert_eq!(of(n_workers), one, "{n_workers} workers");
    }
}

#[test]
fn a_beginning_that_misleads_changes_nothing() {
    let terminal = Terminal::new();
    let mut csv = String::from("text,rating\n");
    for (row, rating) in (0..1_200).map(|row| (row, if row < 900 { 4 + row % 2 } else { 1 + row % 5 })) {
        let words = if rating > 3 { "good bat and lovely grip" } else { "broken bat with torn grip" };
        csv.push_str(&format!("{words} and rather more words of number {},{rating}\n", row % 37));
    }
    terminal.file("reviews.csv", csv);
    let of = |n_workers: &str| {
        let out = format!("{n_workers}.reviewlab");
        let words = ["train", "reviews.csv", "--json", "--models", "nb", "--trials", "2", "--out", &out];
        let said = terminal.must(&[&words[..], &["--workers", n_workers]].concat());
        timeless(serde_json::from_str(&said.out).unwrap())
    };
    let one = of("1");
    assert!(one["models"][0]["fit"]["n_terms"].as_u64().unwrap() > 0);
    assert_eq!(of("2"), one);
}

/// All runs of the project, less what measures time and what is drawn to make ids differ.
fn records(terminal: &Terminal) -> Vec<Value> {
    pollster::block_on(async {
        let store = ProjectFileStore::open(terminal.path("project.reviewlab")).await.unwrap();
        let runs =
            store.list(&Query::All(Collection::Runs), Order::Ascending, MAX_TRIALS as usize).await.unwrap();
        runs.iter().map(|run| without_chance(serde_json::to_value(run).unwrap())).collect()
    })
}

fn without_chance(run: Value) -> Value {
    let mut run = timeless(run);
    let child = |id: &Value| json!(id.as_str().map(|id| id[ROOT_ID_CHARS..].to_owned()));
    for key in ["id", "parent"] {
        run[key] = child(&run[key]);
    }
    let best = child(&run["tags"]["best_fit"]);
    if !best.is_null() {
        run["tags"]["best_fit"] = best;
    }
    for key in ["created", "ended", "experiment", "name"] {
        run[key] = Value::Null;
    }
    run
}
