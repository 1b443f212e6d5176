//! Filters and orders of runs, by MLflow's own search and by ours: the same runs, in the same order.

use anyhow::{Context as _, Result, bail};
use engine::num::{ContentHash, SortedMap};
use serde::Deserialize;
use serde_json::{Value, json};
use track::SCHEMA;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::filter::{Filter, OrderBy, Subject};
use track::id::{ExperimentId, Millis, RunId};
use track::run::{ParamValue, Run, RunKind, RunState};

use super::environment::{ask, tools};

const SEARCH: &str = include_str!("search_runs.py");
/// A line each. Every one is valid in MLflow.
const FILTERS: &str = include_str!("filters.txt");
/// No parameters: MLflow orders those as texts, where 10 comes before 9; we order numbers as numbers.
const ORDERS: [&str; 12] = [
    "metrics.test_f1 DESC",
    "metrics.test_f1 ASC, start_time ASC",
    "metrics.`odd name` DESC, attributes.run_name ASC",
    "metrics.missing DESC",
    "params.model ASC",
    "params.model DESC, metrics.test_f1 ASC",
    "tags.owner ASC, metrics.cv_f1_macro DESC",
    "attributes.start_time ASC",
    "start_time DESC",
    "status ASC, attributes.`run_name` DESC",
    "attributes.end_time DESC",
    "created ASC",
];
const N_RUNS: u64 = 60;
const BEGIN_MS: u64 = 1_790_000_000_000;
const DATASET_NAMES: [&str; 2] = ["reviews.csv", "more.tsv"];

/// What MLflow found for each filter and each order.
#[derive(Deserialize)]
struct Answer {
    version: String,
    filters: Vec<Found>,
    orders: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    names: Vec<String>,
    error: Option<String>,
}

/// # Errors
/// Where MLflow cannot be installed or asked, or a filter or an order differs.
pub(super) fn run() -> Result<()> {
    let python = tools()?;
    let runs: Vec<Run> = (0..N_RUNS).map(sample).collect();
    let filters: Vec<&str> = FILTERS.lines().collect();
    let work = json!({
        "runs": runs.iter().enumerate().map(|(place, run)| logged(place, run)).collect::<Vec<_>>(),
        "filters": filters,
        "orders": ORDERS,
    });
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let answer: Answer = ask(&python, SEARCH, &[scratch.path()], &work)?;
    let mut n_different = 0;
    let mut tell = |what: &str, ours: &[String], theirs: &Found| {
        let sentence = match &theirs.error {
            Some(error) => format!("MLflow refuses it: {error}"),
            None if ours == theirs.names => return,
            None => format!("MLflow finds {:?}, we find {ours:?}", theirs.names),
        };
        n_different += 1;
        println!("  differs: {what}\n    {sentence}");
    };
    for (text, theirs) in filters.iter().zip(&answer.filters) {
        tell(text, &found(text, &OrderBy::default(), &runs)?, theirs);
    }
    for (text, theirs) in ORDERS.iter().zip(&answer.orders) {
        let order = OrderBy::parse(text).with_context(|| format!("we refuse the order {text}"))?;
        tell(text, &found("", &order, &runs)?, theirs);
    }
    let n_all = filters.len() + ORDERS.len();
    println!(
        "mlflow {}: {} filters and {} orders over {N_RUNS} runs, {} of {n_all} find the same",
        answer.version,
        filters.len(),
        ORDERS.len(),
        n_all - n_different,
    );
    if n_different > 0 || answer.filters.len() != filters.len() || answer.orders.len() != ORDERS.len() {
        bail!("{n_different} of {n_all} differ from MLflow's search");
    }
    Ok(())
}

/// Names of the runs that our search finds, in order.
fn found(filter: &str, order: &OrderBy, runs: &[Run]) -> Result<Vec<String>> {
    let with_ids = runs
        .iter()
        .fold(filter.to_owned(), |text, run| text.replace(&format!("{{id:{}}}", run.name), run.id.as_str()));
    let filter = Filter::parse(&with_ids).with_context(|| format!("we refuse {filter}"))?;
    let subject = |(place, run)| Subject { run, dataset_name: Some(dataset_name(place)) };
    let mut subjects: Vec<Subject<'_>> = runs.iter().enumerate().map(subject).collect();
    subjects.retain(|subject| filter.matches(subject, Millis(BEGIN_MS)));
    subjects.sort_by(|a, b| order.compare(a, b));
    Ok(subjects.iter().map(|subject| subject.run.name.clone()).collect())
}

fn dataset_name(place: usize) -> &'static str {
    DATASET_NAMES[usize::from(place % 4 == 3)]
}

/// What is logged of a run: as an export would write it.
fn logged(place: usize, run: &Run) -> Value {
    let params: SortedMap<&str, String> =
        run.params.iter().map(|(name, value)| (name.as_str(), value.as_logged())).collect();
    let status = match run.state {
        RunState::Running => "RUNNING",
        RunState::Failed { .. } => "FAILED",
        RunState::Killed => "KILLED",
        RunState::Finished | RunState::Pruned => "FINISHED",
    };
    json!({
        "name": run.name,
        "user": run.tags.get("mlflow.user"),
        "start_time": run.created.0,
        "end_time": run.ended.map(|ended| ended.0),
        "status": status,
        "params": params.iter().collect::<std::collections::BTreeMap<_, _>>(),
        "metrics": run.metrics.iter().collect::<std::collections::BTreeMap<_, _>>(),
        "tags": run.tags.iter().collect::<std::collections::BTreeMap<_, _>>(),
        "dataset": {
            "name": dataset_name(place),
            "digest": run.dataset.digest(),
            "context": "training",
        },
    })
}

/// The `number`th of the runs: of each key some have none, some the same.
fn sample(number: u64) -> Run {
    let word = |word: &str| ParamValue::Text(word.to_owned());
    let mut params = SortedMap::from([("binary".to_owned(), ParamValue::Bool(number.is_multiple_of(2)))]);
    let model = ["LogisticRegression", "LinearSVC", "MultinomialNB"][number as usize % 3];
    params.insert("model".to_owned(), word(model));
    if model == "MultinomialNB" {
        params.insert("alpha".to_owned(), ParamValue::Float([1e-5, 0.5, 1.0][number as usize / 3 % 3]));
    } else {
        params.insert("C".to_owned(), ParamValue::Float([0.1, 1.0, 10.0][number as usize / 2 % 3]));
    }
    let most =
        if number.is_multiple_of(5) { word("none") } else { ParamValue::Int(1000 * (number as i64 % 4)) };
    params.insert("max_features".to_owned(), most);
    params.insert("ngram_range".to_owned(), word(if number.is_multiple_of(4) { "(1, 1)" } else { "(1, 2)" }));
    let mut metrics = SortedMap::from([("test_f1".to_owned(), 0.75 + number as f64 / 500.0)]);
    metrics.insert("fit_time".to_owned(), number as f64 / 40.0);
    metrics.insert("train/f1".to_owned(), 0.85 + (number % 10) as f64 / 100.0);
    if !number.is_multiple_of(7) {
        metrics.insert("cv_f1_macro".to_owned(), 0.7 + (number % 9) as f64 / 80.0);
    }
    if number.is_multiple_of(3) {
        metrics.insert("odd name".to_owned(), (number % 6) as f64);
    }
    let mut tags: SortedMap<String, String> = SortedMap::new();
    let mut tag = |name: &str, value: &str| drop(tags.insert(name.to_owned(), value.to_owned()));
    match number % 4 {
        0 => tag("owner", "ana"),
        1 => tag("owner", "Ana"),
        2 => tag("owner", "it's me"),
        _ => {}
    }
    if number.is_multiple_of(6) {
        tag("odd tag", "a b");
        tag("mlflow.source.name", "page");
    }
    if number % 6 == 1 {
        tag("language", "äöü");
        tag("percent", if number.is_multiple_of(2) { "50%" } else { "500" });
        tag("lines", "first\nsecond");
    }
    tag("mlflow.user", if number.is_multiple_of(2) { "ana" } else { "ben" });
    let name = format!("run-{number:02}");
    // An export tells MLflow the name by this tag.
    tag("mlflow.runName", &name);
    let created = Millis(BEGIN_MS + 1_000 * number);
    let state = match number % 8 {
        0 => RunState::Failed { reason: "no room".to_owned() },
        1 => RunState::Killed,
        2 => RunState::Running,
        _ => RunState::Finished,
    };
    let ended = (state != RunState::Running).then_some(Millis(created.0 + 1_500));
    Run {
        schema: SCHEMA,
        id: RunId::new(created, [number as u8; 10]),
        experiment: ExperimentId::new(Millis(BEGIN_MS), [0; 10]),
        parent: None,
        kind: RunKind::Fit,
        name,
        state,
        created,
        ended,
        lifecycle: Lifecycle::Active,
        params,
        metrics,
        folds: Vec::new(),
        tags,
        note: String::new(),
        dataset: DatasetRef {
            file: ContentHash::of(&[number as u8 % 5]),
            recipe: ContentHash::of(b"recipe"),
        },
        spec: None,
        seed: 42,
        engine_version: engine::ENGINE_VERSION.to_owned(),
        artifacts: Vec::new(),
    }
}
