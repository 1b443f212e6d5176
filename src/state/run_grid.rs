//! Records of runs, and what is asked of them, in; the table that answers out. Pure.
//!
//! In: runs, a filter, an order, columns, a key to group by. Out: columns, and which run stands in which row; cells
//! are made for the rows that are seen. Never: a row of the store, or a clock (now is an argument).

use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use track::filter::{Attribute, Filter, FilterError, Key, KnownKeys, OrderBy, SortKey, Subject, Value};
use track::id::{Millis, RunId};
use track::run::{ParamValue, Run};

/// Values of a key that completion offers.
const MAX_VALUES_OFFERED: usize = 12;
/// The metric by which groups are compared where runs are not ordered by another.
const MAIN_METRIC: &str = "cv_f1_macro";

/// What is asked of the runs. All of it stands in the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The filter, as typed.
    pub filter: String,
    /// The order; none is newest first.
    pub order: OrderBy,
    /// The columns chosen; none are the usual ones.
    pub columns: Option<Vec<Key>>,
    /// Runs with the same value of it stand together.
    pub group: Option<Key>,
}

/// Runs to choose from, and the names of the datasets they learned from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllRuns {
    /// In any order.
    pub runs: Vec<Run>,
    /// Names by the hash of the file.
    pub dataset_names: SortedMap<ContentHash, String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it shows.
    pub key: Key,
    /// What it is called.
    pub name: String,
    /// It holds numbers.
    pub is_number: bool,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub enum GridRow {
    /// The runs below it have the same value of the group's key.
    Group {
        /// That value; none for runs that lack the key.
        value: Option<String>,
        /// How many they are.
        n_runs: usize,
        /// Their best and mean of the metric.
        best_and_mean: Option<(f64, f64)>,
        /// Whether they are shown.
        is_open: bool,
    },
    /// A run, by its place in `AllRuns::runs`.
    Run(usize),
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Shown, in order; the first names the run.
    pub columns: Vec<Column>,
    /// Names of columns that are not shown because all their cells are empty or equal.
    pub folded: Vec<String>,
    /// Groups and runs, in order.
    pub rows: Vec<GridRow>,
    /// Runs that the filter means.
    pub n_meant: usize,
    /// The metric that groups are compared by.
    pub metric: String,
    all: Rc<AllRuns>,
}

impl PartialEq for Grid {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.all, &other.all)
            && (&self.columns, &self.folded, &self.rows) == (&other.columns, &other.folded, &other.rows)
    }
}

/// The usual columns.
pub fn usual_columns() -> Vec<Key> {
    let metric = |name: &str| Key::Metric(name.to_owned());
    vec![
        Key::Attribute(Attribute::RunName),
        Key::Attribute(Attribute::Kind),
        Key::Attribute(Attribute::Status),
        Key::Param("model".to_owned()),
        metric("cv_f1_macro"),
        metric("train_f1"),
        metric("test_f1"),
        Key::Attribute(Attribute::Duration),
        Key::Attribute(Attribute::StartTime),
    ]
}

impl Asked {
    /// Whether anything is asked beyond studies with what belongs to them, newest first.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// After a click on the head of a column: its greatest first, then its least, then no order by it. With `also`
    /// the other keys of the order stay before it.
    pub fn sorted_by(&mut self, key: &Key, also: bool) {
        let before = self.order.0.iter().position(|sort| sort.key == *key);
        let next = match before.map(|place| self.order.0[place].is_descending) {
            None => Some(true),
            Some(true) => Some(false),
            Some(false) => None,
        };
        let next = next.map(|is_descending| SortKey { key: key.clone(), is_descending });
        if !also {
            self.order.0 = next.into_iter().collect();
            return;
        }
        match (before, next) {
            (Some(place), Some(next)) => self.order.0[place] = next,
            (Some(place), None) => drop(self.order.0.remove(place)),
            (None, next) => self.order.0.extend(next),
        }
    }

    /// Shows a column behind the others, or shows it no longer.
    pub fn set_column(&mut self, key: &Key, is_shown: bool) {
        let mut columns = self.columns.take().unwrap_or_else(usual_columns);
        columns.retain(|shown| shown != key);
        if is_shown {
            columns.push(key.clone());
        }
        self.columns = (columns != usual_columns()).then_some(columns);
    }
}

impl AllRuns {
    fn subject<'a>(&'a self, run: &'a Run) -> Subject<'a> {
        Subject { run, dataset_name: self.dataset_names.get(&run.dataset.file).map(String::as_str) }
    }

    /// Every key that a run has, with values seen, for completion and for the choice of columns.
    pub fn known(&self) -> KnownKeys {
        let mut metrics: SortedMap<&str, ()> = SortedMap::new();
        let mut params: SortedMap<&str, Vec<String>> = SortedMap::new();
        let mut tags: SortedMap<&str, Vec<String>> = SortedMap::new();
        for run in &self.runs {
            metrics.extend(run.metrics.keys().map(|name| (name.as_str(), ())));
            for (name, value) in &run.params {
                note(&mut params, name, || value.as_logged());
            }
            for (name, value) in &run.tags {
                note(&mut tags, name, || value.clone());
            }
        }
        let metrics = metrics.keys().map(|name| (Key::Metric((*name).to_owned()), Vec::new()));
        let params = params.iter().map(|(name, values)| (Key::Param((*name).to_owned()), values.clone()));
        let tags = tags.iter().map(|(name, values)| (Key::Tag((*name).to_owned()), values.clone()));
        KnownKeys { keys: metrics.chain(params).chain(tags).collect() }
    }
}

fn note<'a>(seen: &mut SortedMap<&'a str, Vec<String>>, name: &'a str, value: impl FnOnce() -> String) {
    if !seen.contains_key(name) {
        seen.insert(name, Vec::new());
    }
    if let Some(values) = seen.get_mut(name)
        && values.len() < MAX_VALUES_OFFERED
    {
        let value = value();
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

/// The table. Groups in `closed` show their heads only.
///
/// # Errors
/// What is wrong with the filter, and where.
pub fn grid(
    all: &Rc<AllRuns>,
    asked: &Asked,
    closed: &[Option<String>],
    shows_folded: bool,
    now: Millis,
) -> Result<Grid, FilterError> {
    let filter = Filter::parse(&asked.filter)?;
    let mut meant: Vec<Subject<'_>> = all.runs.iter().map(|run| all.subject(run)).collect();
    meant.retain(|subject| filter.matches(subject, now));
    asked.order.sort(&mut meant);
    let metric = asked
        .order
        .0
        .iter()
        .find_map(|sort| if let Key::Metric(name) = &sort.key { Some(name.clone()) } else { None })
        .unwrap_or_else(|| MAIN_METRIC.to_owned());
    let place: SortedMap<&RunId, usize> =
        all.runs.iter().enumerate().map(|(place, run)| (&run.id, place)).collect();
    let run_row = |subject: &Subject<'_>| place.get(&subject.run.id).map(|place| GridRow::Run(*place));
    let rows = match &asked.group {
        None => meant.iter().filter_map(run_row).collect(),
        Some(key) => {
            let mut rows = Vec::with_capacity(meant.len());
            for (value, members) in groups(&meant, key) {
                let is_open = !closed.contains(&value);
                let best_and_mean = best_and_mean(&members, &metric);
                rows.push(GridRow::Group { value, n_runs: members.len(), best_and_mean, is_open });
                if is_open {
                    rows.extend(members.iter().filter_map(run_row));
                }
            }
            rows
        }
    };
    let (columns, folded) = columns(&meant, asked, shows_folded);
    Ok(Grid { columns, folded, rows, n_meant: meant.len(), metric, all: all.clone() })
}

/// Runs by their value of `key`: groups in the order of their first runs, runs in theirs.
fn groups<'a>(meant: &[Subject<'a>], key: &Key) -> Vec<(Option<String>, Vec<Subject<'a>>)> {
    let mut places: SortedMap<Option<String>, usize> = SortedMap::new();
    let mut found: Vec<(Option<String>, Vec<Subject<'a>>)> = Vec::new();
    for subject in meant {
        let value = subject.value(key).map(|value| text_of(&value));
        let place = places.get(&value).copied().unwrap_or(found.len());
        if place == found.len() {
            places.insert(value.clone(), place);
            found.push((value, Vec::new()));
        }
        found[place].1.push(*subject);
    }
    found
}

fn best_and_mean(members: &[Subject<'_>], metric: &str) -> Option<(f64, f64)> {
    let values: Vec<f64> =
        members.iter().filter_map(|member| member.run.metrics.get(metric).copied()).collect();
    let best = values.iter().copied().reduce(f64::max)?;
    Some((best, values.iter().sum::<f64>() / values.len() as f64))
}

/// The columns to show, and the names of those folded away: where columns were chosen, none are.
fn columns(meant: &[Subject<'_>], asked: &Asked, shows_folded: bool) -> (Vec<Column>, Vec<String>) {
    let keys = asked.columns.clone().unwrap_or_else(usual_columns);
    let is_kept = |key: &Key| {
        let is_asked_for = asked.columns.is_some() || asked.order.0.iter().any(|sort| sort.key == *key);
        if shows_folded || is_asked_for || meant.len() < 2 || *key == Key::Attribute(Attribute::RunName) {
            return true;
        }
        let first = meant[0].value(key);
        meant[1..].iter().any(|subject| subject.value(key) != first)
    };
    let mut shown = Vec::new();
    let mut folded = Vec::new();
    for key in keys {
        if is_kept(&key) {
            let is_number = is_number(meant, &key);
            shown.push(Column { name: column_name(&key), key, is_number });
        } else {
            folded.push(column_name(&key));
        }
    }
    (shown, folded)
}

fn is_number(meant: &[Subject<'_>], key: &Key) -> bool {
    match key {
        Key::Metric(_) => true,
        Key::Attribute(attribute) => {
            matches!(
                attribute,
                Attribute::Duration | Attribute::Seed | Attribute::StartTime | Attribute::EndTime
            )
        }
        Key::Param(name) => {
            let mut values = meant.iter().filter_map(|subject| subject.run.params.get(name)).peekable();
            values.peek().is_some()
                && values.all(|value| matches!(value, ParamValue::Int(_) | ParamValue::Float(_)))
        }
        Key::Tag(_) | Key::Dataset(_) | Key::Any(_) => false,
    }
}

/// What a column is called.
pub fn column_name(key: &Key) -> String {
    let attribute = |attribute: Attribute| match attribute {
        Attribute::RunName => "Run",
        Attribute::RunId => "Run id",
        Attribute::UserId => "User",
        Attribute::Status => "State",
        Attribute::StartTime => "Began",
        Attribute::EndTime => "Ended",
        Attribute::ArtifactUri => "Address",
        Attribute::Kind => "Kind",
        Attribute::Parent => "Study",
        Attribute::ExperimentId => "Experiment",
        Attribute::Duration => "Time",
        Attribute::Seed => "Seed",
        Attribute::EngineVersion => "Engine",
        Attribute::Note => "Note",
    };
    match key {
        Key::Attribute(known) => attribute(*known).to_owned(),
        Key::Metric(name) => match name.as_str() {
            "cv_f1_macro" => "Cross-validated macro F1".to_owned(),
            "train_f1" => "Train".to_owned(),
            "test_f1" => "Test".to_owned(),
            _ => name.clone(),
        },
        Key::Param(name) if name == "model" => "Model".to_owned(),
        Key::Param(name) | Key::Tag(name) | Key::Any(name) => name.clone(),
        Key::Dataset(key) => format!("Dataset {}", key.as_str()),
    }
}

/// A value as a saved table and a group's head show it.
fn text_of(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::At(at) => at.0.to_string(),
        Value::Text(text) => text.clone(),
    }
}

impl Grid {
    /// The run in a row; none for a group's head.
    pub fn run(&self, row: &GridRow) -> Option<&Run> {
        match row {
            GridRow::Run(place) => self.all.runs.get(*place),
            GridRow::Group { .. } => None,
        }
    }

    /// What a run shows in a column.
    pub fn value(&self, run: &Run, column: &Column) -> Option<Value> {
        self.all.subject(run).value(&column.key)
    }

    /// All runs of the table as shown: heads, then a line of texts a run.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let heads = self.columns.iter().map(|column| column.key.to_string()).collect();
        let runs = self.rows.iter().filter_map(|row| self.run(row));
        let line = |run: &Run| {
            let cell =
                |column: &Column| self.value(run, column).map(|value| text_of(&value)).unwrap_or_default();
            self.columns.iter().map(cell).collect()
        };
        std::iter::once(heads).chain(runs.map(line)).collect()
    }

    /// The records of its runs, in order, a line of JSON each.
    pub fn records(&self) -> String {
        self.rows.iter().filter_map(|row| self.run(row)).map(|run| json::to_string(run) + "\n").collect()
    }
}

#[cfg(test)]
#[path = "run_grid/tests.rs"]
mod tests;
