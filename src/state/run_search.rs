//! The search of the Runs page: what is asked stands in the address; the records are read when something is.

use std::ops::Range;
use std::rc::Rc;

use engine::num::SortedMap;
use storage::{Order, Query, StoreError};
use track::experiment::Lifecycle;
use track::filter::{Filter, Key, KnownKeys, OrderBy};
use track::record::{Collection, Record};

use super::Shared;
use super::loadable::{Loadable, begin, show};
use super::refresh::Refresh;
use super::run_grid::{AllRuns, Asked, Grid, grid, usual_columns};
use super::runs::{Runs, runs_of};
use crate::reactive::{Derived, State, follow};
use crate::router::Router;
use crate::services::clock;
use crate::services::store::StoreService;

/// Runs searched; the newest are.
pub const MAX_RUNS_SEARCHED: usize = 50_000;
/// Datasets whose names are looked up.
const MAX_DATASETS: usize = 10_000;

/// What is wrong with the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the filter that it is about.
    pub span: Range<usize>,
    /// One sentence.
    pub sentence: String,
}

/// The search of one page. `Copy`.
#[derive(Clone, Copy)]
pub struct RunSearch {
    /// What is asked, by the address.
    pub asked: Derived<Asked>,
    /// What stands in the search box; it may be wrong.
    pub typed: State<String>,
    /// What is wrong with it.
    pub fault: Derived<Option<Fault>>,
    /// The answer to the last filter that was right.
    pub grid: State<Loadable<Rc<Grid>>>,
    /// Keys and values for completion.
    pub known: Derived<Rc<KnownKeys>>,
    /// Columns that are all empty or equal are shown, too.
    pub shows_folded: State<bool>,
    closed: State<Vec<Option<String>>>,
    all: State<Loadable<Rc<AllRuns>>>,
    is_wanted: State<bool>,
    refresh: Refresh,
    router: Router,
}

impl RunSearch {
    /// The search of a page, for as long as its owner lives.
    pub fn new(runs: Runs, router: Router) -> Self {
        let asked = Derived::new(move || asked_by(router));
        let typed = State::new(asked.with_untracked(|asked| asked.filter.clone()));
        let all = State::new(Loadable::Nothing);
        let known = Derived::new(move || all.with(|all| Known(all.loaded().cloned())));
        let fault = Derived::new(move || typed.with(|typed| fault_of(typed)));
        let search = Self {
            asked,
            typed,
            fault,
            grid: State::new(Loadable::Loading),
            known: Derived::new(move || known.with(Known::keys)),
            shows_folded: State::new(false),
            closed: State::new(Vec::new()),
            all,
            is_wanted: State::new(false),
            refresh: reading(runs.shared(), all),
            router,
        };
        search.follow_address();
        search.read();
        follow(move || search.answer());
        search
    }

    /// Something is about to be asked: the records are read, for completion at the first key.
    pub fn want(self) {
        self.is_wanted.set_if_new(true);
    }

    /// Takes what was typed; the address follows once it is right.
    pub fn type_filter(self, typed: String) {
        if fault_of(&typed).is_none() {
            let filter = typed.trim();
            self.router.amend(&[("filter", (!filter.is_empty()).then(|| filter.to_owned()))]);
        }
        self.typed.set_if_new(typed);
    }

    /// Reads again after the records could not be read.
    pub fn retry(self) {
        self.all.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// How many runs there are to choose from.
    pub fn n_all(self) -> u64 {
        self.all.with(|all| all.loaded().map_or(0, |all| all.runs.len() as u64))
    }

    /// Narrows the filter to runs with this value.
    pub fn narrow(self, key: &Key, value: &str) {
        let narrowed = self.asked.with_untracked(|asked| Filter::narrowed(&asked.filter, key, value));
        self.type_filter(narrowed);
    }

    /// Asks something else, but for the filter.
    pub fn ask(self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        change(&mut asked);
        let columns = asked
            .columns
            .as_ref()
            .map(|columns| columns.iter().map(Key::to_string).collect::<Vec<_>>().join(", "));
        self.router.amend(&[
            ("sort", (!asked.order.0.is_empty()).then(|| asked.order.to_string())),
            ("columns", columns),
            ("group", asked.group.as_ref().map(Key::to_string)),
        ]);
    }

    /// Asks nothing any more.
    pub fn reset(self) {
        self.typed.set(String::new());
        self.closed.set(Vec::new());
        self.router.amend(&["filter", "sort", "columns", "group"].map(|name| (name, None)));
    }

    /// Shows a group's runs, or its head only.
    pub fn toggle(self, group: Option<String>) {
        self.closed.update(|closed| match closed.iter().position(|value| *value == group) {
            Some(place) => drop(closed.remove(place)),
            None => closed.push(group),
        });
    }

    /// A step back or a link changed the address: the box says what it says.
    fn follow_address(self) {
        follow(move || {
            let filter = self.asked.with(|asked| asked.filter.clone());
            let means_the_same =
                self.typed.with_untracked(|typed| typed.trim() == filter.trim() || fault_of(typed).is_some());
            if !means_the_same {
                self.typed.set(filter);
            }
        });
    }

    fn read(self) {
        follow(move || {
            if self.is_wanted.get() || self.asked.with(|asked| !asked.is_plain()) {
                self.refresh.want();
            }
        });
    }

    fn answer(self) {
        let asked = self.asked.get();
        let shows_folded = self.shows_folded.get();
        let closed = self.closed.get();
        let answer = self.all.with(|all| match all {
            Loadable::Nothing | Loadable::Loading => Some(Loadable::Loading),
            Loadable::Failed(reason) => Some(Loadable::Failed(reason.clone())),
            Loadable::Loaded(all) => {
                let found = grid(all, &asked, &closed, shows_folded, clock::now());
                found.ok().map(|grid| Loadable::Loaded(Rc::new(grid)))
            }
        });
        // The answer to a filter that is right stays while a wrong one stands in the address.
        if let Some(answer) = answer {
            self.grid.set(answer);
        }
    }
}

fn reading(shared: Shared, all: State<Loadable<Rc<AllRuns>>>) -> Refresh {
    Refresh::new(shared, move || async move {
        begin(all);
        let found = read_all(&shared.get().store).await;
        show(all, Loadable::from_result(found.map(|found| Some(Rc::new(found)))));
    })
}

/// Of records that were read, which compare by where they are.
#[derive(Clone)]
struct Known(Option<Rc<AllRuns>>);

impl Known {
    fn keys(&self) -> Rc<KnownKeys> {
        Rc::new(self.0.as_ref().map(|all| all.known()).unwrap_or_default())
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

fn fault_of(typed: &str) -> Option<Fault> {
    let error = Filter::parse(typed).err()?;
    Some(Fault { span: error.span.clone(), sentence: error.to_string() })
}

/// What the address asks; parts of it that cannot be understood ask nothing.
fn asked_by(router: Router) -> Asked {
    let keys = |text: String| OrderBy::parse(&text).ok().map(|keys| keys.0);
    let columns = router.asked("columns").and_then(keys);
    let columns = columns.map(|columns| columns.into_iter().map(|column| column.key).collect::<Vec<_>>());
    Asked {
        filter: router.asked("filter").unwrap_or_default(),
        order: OrderBy(router.asked("sort").and_then(keys).unwrap_or_default()),
        columns: columns.filter(|columns| !columns.is_empty() && *columns != usual_columns()),
        group: router.asked("group").and_then(|key| Key::parse(&key).ok()),
    }
}

async fn read_all(store: &StoreService) -> Result<AllRuns, StoreError> {
    let runs = store.list(&Query::All(Collection::Runs), Order::Descending, MAX_RUNS_SEARCHED).await?;
    let datasets = store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_DATASETS).await?;
    let named = datasets.into_iter().filter_map(|record| match record {
        Record::Dataset(dataset) => Some((dataset.data.file, dataset.name)),
        _ => None,
    });
    let dataset_names: SortedMap<_, _> = named.collect();
    let mut runs = runs_of(runs);
    runs.retain(|run| run.lifecycle == Lifecycle::Active);
    Ok(AllRuns { runs, dataset_names })
}
