//! `reviewlab runs`: a project file, a filter and an order in; the runs they mean out, as a table or as JSON.
//! Never: a run changed.

use engine::num::SortedMap;
use std::borrow::Cow;
use storage::{Order, Query, Store as _};
use track::experiment::Lifecycle;
use track::filter::{Filter, FilterError, Key, OrderBy, Subject, Value};
use track::record::{Collection, Record};
use track::run::Run;

use crate::aligned::aligned;
use crate::arguments::RunsArguments;
use crate::clock;
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

/// Records of one kind that are read.
const MAX_RECORDS: usize = 1_000_000;
/// Shown of each run; what is ordered by is shown, too.
const COLUMNS: [&str; 7] =
    ["run_name", "kind", "status", "params.model", "metrics.cv_f1_macro", "metrics.test_f1", "duration"];

/// Prints the runs.
///
/// # Errors
/// Where the filter, the order or the project file is wrong.
pub fn run(arguments: &RunsArguments) -> Result<(), Failure> {
    let said = |text: &str| {
        let text = text.to_owned();
        move |error: FilterError| pointed_at(&text, &error)
    };
    let filter = Filter::parse(&arguments.filter).map_err(said(&arguments.filter))?;
    let order = OrderBy::parse(&arguments.order).map_err(said(&arguments.order))?;
    let project = Project::open(&arguments.model)?;
    let (runs, names) = pollster::block_on(async {
        let store = project.store();
        let runs = store.list(&Query::All(Collection::Runs), Order::Descending, MAX_RECORDS).await?;
        let datasets = store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_RECORDS).await?;
        let names: SortedMap<_, _> = datasets
            .into_iter()
            .filter_map(|record| match record {
                Record::Dataset(dataset) => Some((dataset.data.file, dataset.name)),
                _ => None,
            })
            .collect();
        Ok::<_, Failure>((runs, names))
    })?;
    let runs: Vec<Run> = runs
        .into_iter()
        .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
        .filter(|run| run.lifecycle == Lifecycle::Active)
        .collect();
    let subject = |run| {
        let run: &Run = run;
        Subject { run, dataset_name: names.get(&run.dataset.file).map(String::as_str) }
    };
    let mut meant: Vec<Subject<'_>> = runs.iter().map(subject).collect();
    meant.retain(|subject| filter.matches(subject, clock::now()));
    order.sort(&mut meant);
    meant.truncate(arguments.max);
    if arguments.json {
        let records: Vec<&Run> = meant.iter().map(|subject| subject.run).collect();
        let json = serde_json::to_string_pretty(&records);
        let json = json.map_err(|error| Failure::Fault(format!("runs cannot be written: {error}")))?;
        return print(&format!("{json}\n"));
    }
    print(&table(&meant, &order))
}

/// The filter, the place that is wrong below it, and why.
fn pointed_at(text: &str, error: &FilterError) -> Failure {
    let chars_before = text.get(..error.span.start).unwrap_or_default().chars().count();
    let n_chars = text.get(error.span.clone()).unwrap_or_default().chars().count().max(1);
    Failure::wrong(format!("{error}\n  {text}\n  {}{}", " ".repeat(chars_before), "^".repeat(n_chars)))
}

fn table(runs: &[Subject<'_>], order: &OrderBy) -> String {
    let mut columns: Vec<Key> = COLUMNS.iter().filter_map(|column| Key::parse(column).ok()).collect();
    for sort in &order.0 {
        if !columns.contains(&sort.key) {
            columns.push(sort.key.clone());
        }
    }
    let mut lines = vec![columns.iter().map(|column| Cow::Owned(column.to_string())).collect::<Vec<_>>()];
    lines.extend(runs.iter().map(|run| columns.iter().map(|column| cell(run.value(column))).collect()));
    aligned(&lines)
}

fn cell(value: Option<Value>) -> Cow<'static, str> {
    match value {
        None => Cow::Borrowed("-"),
        Some(Value::Number(number)) => Cow::Owned(format!("{number:.4}")),
        Some(Value::At(at)) => Cow::Owned(at.0.to_string()),
        Some(Value::Text(text)) => Cow::Owned(text),
    }
}
