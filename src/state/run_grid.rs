//! Records of runs, and what is asked of them, in; the table that answers out. Pure.
//!
//! In: runs, a filter, an order, columns, a key to group by. Out: columns, and which run stands in which row; cells
//! are made for the rows that are seen. Never: a row of the store, or a clock (now is an argument).

mod asked;
mod columns;
mod known;
mod tree;

use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use track::experiment::Lifecycle;
use track::filter::{Attribute, Filter, FilterError, Key, Subject, Value};
use track::id::{ExperimentId, Millis, RunId};
use track::run::{Run, RunKind};

use super::metric_sense::Sense;

pub use self::asked::{Asked, Narrowing};
pub use self::columns::{Column, WIDTHS, column_name, usual_columns};

/// The metric by which groups are compared where runs are not ordered by another.
const MAIN_METRIC: &str = "cv_f1_macro";

/// Runs to choose from, and what belongs to them.
#[derive(Clone, Debug, Default)]
pub struct AllRuns {
    /// Newest first.
    pub runs: Vec<Rc<Run>>,
    /// Names of datasets by the hash of the file.
    pub dataset_names: SortedMap<ContentHash, String>,
    /// Where registered runs stand in the registry.
    pub registered: SortedMap<RunId, String>,
    /// Names of experiments, and which of them are in the trash.
    pub experiments: SortedMap<ExperimentId, (String, Lifecycle)>,
    /// Studies whose trials are among the runs; none where those of every study are.
    pub unfolded_studies: Option<SortedMap<RunId, ()>>,
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
        /// Their best, where a value can be better than another, and mean of the metric.
        best_and_mean: Option<(Option<f64>, f64)>,
        /// Whether they are shown.
        is_open: bool,
    },
    /// A run.
    Run {
        /// Its place in `AllRuns::runs`.
        place: usize,
        /// How many runs it is nested in.
        depth: u8,
        /// Whether what is nested in it is shown; none where nothing can be.
        is_open: Option<bool>,
    },
    /// A fold of the run at this place.
    Fold {
        /// The run's place in `AllRuns::runs`.
        place: usize,
        /// Which fold, from 0.
        fold: usize,
    },
    /// The trials of the study at this place are being read.
    Waiting(usize),
}

/// What of the table is unfolded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unfolded {
    /// Groups that show their heads only.
    pub closed: Vec<Option<String>>,
    /// Studies that show their trials, trials that show their folds.
    pub open: SortedMap<RunId, ()>,
    /// Columns that are all empty or equal are shown, too.
    pub shows_folded: bool,
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
    /// The key that runs are grouped by.
    pub group: Option<Key>,
    /// What tells its columns from others, in one word.
    pub shape: String,
    all: Rc<AllRuns>,
}

impl PartialEq for Grid {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.all, &other.all)
            && (&self.columns, &self.folded, &self.rows) == (&other.columns, &other.folded, &other.rows)
    }
}

impl Unfolded {
    fn has(&self, id: &RunId) -> bool {
        self.open.contains_key(id)
    }

    /// Whether what is nested in a run is shown; in a tree that is a study's trials, too.
    fn is_open(&self, run: &Run, in_tree: bool) -> Option<bool> {
        let can_open = !run.folds.is_empty() || (in_tree && run.kind == RunKind::Study);
        can_open.then(|| self.has(&run.id))
    }
}

impl AllRuns {
    fn subject<'a>(&'a self, run: &'a Run) -> Subject<'a> {
        Subject { run, dataset_name: self.dataset_names.get(&run.dataset.file).map(String::as_str) }
    }

    /// Whether the trials of a study are among the runs.
    pub fn knows_trials_of(&self, study: &RunId) -> bool {
        self.unfolded_studies.as_ref().is_none_or(|known| known.contains_key(study))
    }

    /// Whether a run may be shown at all: the filter has yet to mean it.
    fn is_in_view(&self, run: &Run, asked: &Narrowing) -> bool {
        if (run.lifecycle == Lifecycle::Deleted) != asked.is_trash {
            return false;
        }
        if !asked.experiments.is_empty() {
            return asked.experiments.contains(&run.experiment);
        }
        let of = self.experiments.get(&run.experiment);
        of.is_none_or(|(_, lifecycle)| *lifecycle == Lifecycle::Active)
    }
}

/// Places of the runs that are meant, newest first.
///
/// # Errors
/// What is wrong with the filter, and where.
pub fn narrowed(all: &AllRuns, asked: &Narrowing, now: Millis) -> Result<Vec<usize>, FilterError> {
    let filter = Filter::parse(&asked.filter)?;
    let in_view = all.runs.iter().enumerate().filter(|(_, run)| all.is_in_view(run, asked));
    Ok(filter.found(in_view.map(|(place, run)| (place, all.subject(run))), now))
}

/// The table of the runs at `places`, which `narrowed` gave for what is asked.
pub fn grid(all: &Rc<AllRuns>, places: &[usize], asked: &Asked, unfolded: &Unfolded) -> Grid {
    let (places, meant) = ordered(all, places, asked);
    let metric = asked
        .order
        .0
        .iter()
        .find_map(|sort| if let Key::Metric(name) = &sort.key { Some(name.clone()) } else { None })
        .unwrap_or_else(|| MAIN_METRIC.to_owned());
    let rows = match &asked.group {
        None if asked.is_tree() => tree::rows(all, &places, unfolded),
        None => flat_rows(all, &places, unfolded),
        Some(key) => grouped_rows(all, (&places, &meant), (key, &metric), unfolded),
    };
    let (columns, folded) = columns::columns(&meant, asked, unfolded.shows_folded);
    let shape = columns.iter().map(|column| format!("{} ", column.key)).collect();
    let group = asked.group.clone();
    Grid { columns, folded, rows, n_meant: meant.len(), metric, group, shape, all: all.clone() }
}

/// Places of runs in the order asked for, and what is looked at of each.
fn ordered<'a>(all: &'a AllRuns, places: &[usize], asked: &Asked) -> (Vec<usize>, Vec<Subject<'a>>) {
    let meant: Vec<Subject<'_>> = places.iter().map(|place| all.subject(&all.runs[*place])).collect();
    if asked.order.0.is_empty() {
        return (places.to_vec(), meant);
    }
    let order = asked.order.places(&meant);
    (order.iter().map(|at| places[*at]).collect(), order.iter().map(|at| meant[*at]).collect())
}

/// The runs at `places` in the order asked for.
pub fn runs_in_order(all: &AllRuns, places: &[usize], asked: &Asked) -> Vec<Rc<Run>> {
    ordered(all, places, asked).0.into_iter().map(|place| all.runs[place].clone()).collect()
}

fn flat_rows(all: &AllRuns, places: &[usize], unfolded: &Unfolded) -> Vec<GridRow> {
    let mut rows = Vec::with_capacity(places.len());
    for place in places {
        let run = &all.runs[*place];
        rows.push(GridRow::Run { place: *place, depth: 0, is_open: unfolded.is_open(run, false) });
        push_folds(&mut rows, run, *place, unfolded);
    }
    rows
}

/// The folds of a run that is unfolded.
fn push_folds(rows: &mut Vec<GridRow>, run: &Run, place: usize, unfolded: &Unfolded) {
    if unfolded.has(&run.id) {
        rows.extend((0..run.folds.len()).map(|fold| GridRow::Fold { place, fold }));
    }
}

fn grouped_rows(
    all: &AllRuns,
    (places, meant): (&[usize], &[Subject<'_>]),
    (key, metric): (&Key, &str),
    unfolded: &Unfolded,
) -> Vec<GridRow> {
    let mut rows = Vec::with_capacity(places.len());
    for (value, members) in groups(meant, key) {
        let is_open = !unfolded.closed.contains(&value);
        let of_member: Vec<Subject<'_>> = members.iter().map(|at| meant[*at]).collect();
        let best_and_mean = best_and_mean(&of_member, metric);
        rows.push(GridRow::Group { value, n_runs: members.len(), best_and_mean, is_open });
        if is_open {
            let places: Vec<usize> = members.iter().map(|at| places[*at]).collect();
            rows.extend(flat_rows(all, &places, unfolded));
        }
    }
    rows
}

/// Places of runs by their value of `key`: groups in the order of their first runs, runs in theirs.
fn groups(meant: &[Subject<'_>], key: &Key) -> Vec<(Option<String>, Vec<usize>)> {
    let mut places: SortedMap<Option<String>, usize> = SortedMap::new();
    let mut found: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for (at, subject) in meant.iter().enumerate() {
        let value = subject.value(key).map(|value| text_of(&value));
        let place = places.get(&value).copied().unwrap_or(found.len());
        if place == found.len() {
            places.insert(value.clone(), place);
            found.push((value, Vec::new()));
        }
        found[place].1.push(at);
    }
    found
}

fn best_and_mean(members: &[Subject<'_>], metric: &str) -> Option<(Option<f64>, f64)> {
    let values: Vec<f64> =
        members.iter().filter_map(|member| member.run.metrics.get(metric).copied()).collect();
    let best = Sense::of(metric).best(values.iter().copied());
    (!values.is_empty()).then(|| (best, values.iter().sum::<f64>() / values.len() as f64))
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
    /// The run in a row, or the one that the row belongs to; none for a group's head.
    pub fn run(&self, row: &GridRow) -> Option<&Rc<Run>> {
        match row {
            GridRow::Run { place, .. } | GridRow::Fold { place, .. } | GridRow::Waiting(place) => {
                self.all.runs.get(*place)
            }
            GridRow::Group { .. } => None,
        }
    }

    /// The runs that have a row of their own, in order.
    pub fn runs(&self) -> impl Iterator<Item = &Rc<Run>> {
        let is_own = |row: &&GridRow| matches!(row, GridRow::Run { .. });
        self.rows.iter().filter(is_own).filter_map(|row| self.run(row))
    }

    /// Where a run stands in the registry.
    pub fn registered(&self, run: &Run) -> Option<&String> {
        self.all.registered.get(&run.id)
    }

    /// What a group is called: an experiment by its name, runs without the key `without it`.
    pub fn group_name(&self, value: Option<&str>) -> String {
        let Some(value) = value else { return "without it".to_owned() };
        let is_experiment = self.group == Some(Key::Attribute(Attribute::ExperimentId));
        if is_experiment { self.name_of(&ExperimentId(value.to_owned())) } else { value.to_owned() }
    }

    /// The name of a run's experiment; its id where the experiment is not here.
    pub fn experiment_name(&self, run: &Run) -> String {
        self.name_of(&run.experiment)
    }

    fn name_of(&self, experiment: &ExperimentId) -> String {
        let known = self.all.experiments.get(experiment);
        known.map_or_else(|| experiment.0.clone(), |(name, _)| name.clone())
    }

    /// What a run shows in a column.
    pub fn value(&self, run: &Run, column: &Column) -> Option<Value> {
        self.all.subject(run).value(&column.key)
    }

    /// All runs of the table as shown: heads, then a line of texts a run.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let heads = self.columns.iter().map(|column| column.key.to_string()).collect();
        let line = |run: &Rc<Run>| {
            let cell =
                |column: &Column| self.value(run, column).map(|value| text_of(&value)).unwrap_or_default();
            self.columns.iter().map(cell).collect()
        };
        std::iter::once(heads).chain(self.runs().map(line)).collect()
    }

    /// The records of its runs, in order, a line of JSON each.
    pub fn records(&self) -> String {
        self.runs().map(|run| json::to_string(&**run) + "\n").collect()
    }
}

#[cfg(test)]
#[path = "run_grid/tests.rs"]
mod tests;
