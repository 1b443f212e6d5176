//! The search of the Runs page: what is asked stands in the address; the records are read when something is.

use std::ops::Range;
use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use leptos::prelude::*;
use track::filter::{Filter, Key, KnownKeys, OrderBy};
use track::id::{ExperimentId, RunId};
use track::run::Run;

use super::loadable::Loadable;
use super::run_grid::{AllRuns, Asked, Grid, Unfolded, grid, narrowed, runs_in_order, usual_columns};
use super::run_records::RunRecords;
use crate::reactive::{Derived, State, follow};
use crate::router::Router;
use crate::services::{address, clock};

/// What `show` says of the trash.
const TRASH: &str = "trash";

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
    /// Which of the records are meant, by the filter last asked for. It is not asked again for another order.
    found: Derived<Option<Found>>,
    /// Keys and values for completion.
    pub known: Derived<Rc<KnownKeys>>,
    /// What of the table is unfolded; it stays so from page to page.
    pub unfolded: State<Unfolded>,
    /// The records it searches.
    pub records: RunRecords,
    is_wanted: State<bool>,
    router: Router,
}

impl RunSearch {
    /// The search of a page, for as long as its owner lives.
    pub fn new(records: RunRecords, router: Router) -> Self {
        let asked = Derived::new(move || asked_by(router));
        let typed = State::new(asked.with_untracked(|asked| asked.filter.clone()));
        let known = Derived::new(move || records.all.with(|all| Known(all.loaded().cloned())));
        let fault = Derived::new(move || typed.with(|typed| fault_of(typed)));
        let is_wanted = State::new(false);
        let narrowing = Derived::new(move || asked.with(Asked::narrowing));
        let found = Derived::new(move || {
            records.all.with(|all| {
                let all = all.loaded()?;
                let places = narrowing.with(|narrowing| narrowed(all, narrowing, clock::now()));
                Some(Found { all: all.clone(), places: Rc::new(places.ok()?) })
            })
        });
        let search = Self {
            asked,
            typed,
            fault,
            grid: State::new(Loadable::Loading),
            found,
            known: Derived::new(move || {
                // Nobody sees them before a filter is typed or columns are chosen.
                if is_wanted.get() { known.with(Known::keys) } else { Rc::default() }
            }),
            unfolded: records.unfolded,
            records,
            is_wanted,
            router,
        };
        records.want();
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

    /// How many runs there are to choose from.
    pub fn n_all(self) -> u64 {
        self.records.all.with(|all| all.loaded().map_or(0, |all| all.runs.len() as u64))
    }

    /// The runs that are meant, in the order asked for, once all are read; none before, and while the filter is wrong.
    pub fn meant(self) -> Option<Meant> {
        self.found.with(|found| {
            let Found { all, places } =
                found.as_ref().filter(|found| found.all.unfolded_studies.is_none())?;
            let runs = self.asked.with(|asked| runs_in_order(all, places, asked));
            Some(Meant { runs: Rc::new(runs), dataset_names: Rc::new(all.dataset_names.clone()) })
        })
    }

    /// The experiment whose runs alone are asked for.
    pub fn one_experiment(self) -> Option<ExperimentId> {
        self.asked.with(|asked| match asked.experiments.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        })
    }

    /// Narrows the filter to runs with this value.
    pub fn narrow(self, key: &Key, value: &str) {
        let narrowed = self.asked.with_untracked(|asked| Filter::narrowed(&asked.filter, key, value));
        self.type_filter(narrowed);
    }

    /// Narrows the filter to runs that have at least this much of a metric.
    pub fn narrow_to(self, metric: &Key, least: f64) {
        let clause = format!("{metric} >= {least}");
        let narrowed = self.asked.with_untracked(|asked| Filter::narrowed_by(&asked.filter, &clause));
        self.type_filter(narrowed);
    }

    /// What is asked, as an address says it, from its `?` on; empty where nothing is.
    pub fn query(self) -> String {
        let asked = self.asked.get_untracked();
        let filter = (!asked.filter.is_empty()).then(|| asked.filter.clone());
        let said = [("filter", filter)].into_iter().chain(said_of(&asked));
        let pairs: Vec<String> =
            said.filter_map(|(name, value)| Some(format!("{name}={}", address::encoded(&value?)))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// Asks something else, but for the filter.
    pub fn ask(self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        change(&mut asked);
        self.router.amend(&said_of(&asked));
    }

    /// Asks nothing any more that takes runs away, orders them, or shows other columns; the trash and the experiments
    /// stay.
    pub fn reset(self) {
        self.typed.set(String::new());
        self.unfolded.update(|unfolded| unfolded.closed.clear());
        self.router.amend(&["filter", "sort", "columns", "group"].map(|name| (name, None)));
    }

    /// Shows a group's runs, or its head only.
    pub fn toggle(self, group: Option<String>) {
        self.unfolded.update(|unfolded| match unfolded.closed.iter().position(|value| *value == group) {
            Some(place) => drop(unfolded.closed.remove(place)),
            None => unfolded.closed.push(group),
        });
    }

    /// Shows what is nested in a run, or hides it; a study's trials are read for it.
    pub fn unfold(self, run: &RunId, is_study: bool) {
        self.unfolded.update(|unfolded| {
            if unfolded.open.remove(run).is_none() {
                unfolded.open.insert(run.clone(), ());
            }
        });
        if is_study {
            self.records.need_trials(run);
        }
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
            if self.is_wanted.get() || self.asked.with(|asked| !asked.is_tree()) {
                self.records.need_all();
            }
            if self.asked.with(|asked| asked.is_trash) {
                self.records.need_trash();
            }
        });
    }

    fn answer(self) {
        let asked = self.asked.get();
        let unfolded = self.unfolded.get();
        let answer = self.records.all.with(|all| match all {
            Loadable::Nothing => Some(Loadable::Nothing),
            Loadable::Loading => Some(Loadable::Loading),
            Loadable::Failed(reason) => Some(Loadable::Failed(reason.clone())),
            // What is asked of all runs is not answered by some of them.
            Loadable::Loaded(all) if !asked.is_tree() && all.unfolded_studies.is_some() => {
                Some(Loadable::Loading)
            }
            Loadable::Loaded(_) => self.found.with(|found| match found {
                Some(Found { all, places }) => {
                    Some(Loadable::Loaded(Rc::new(grid(all, places, &asked, &unfolded))))
                }
                // The answer to a filter that is right stays while a wrong one stands in the address.
                None if self.grid.with_untracked(Loadable::is_loaded) => None,
                None => Some(Loadable::Nothing),
            }),
        });
        if let Some(answer) = answer {
            self.grid.set(answer);
        }
    }
}

/// Records, and the places of those that a filter means; compares by where they are.
struct Found {
    all: Rc<AllRuns>,
    places: Rc<Vec<usize>>,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.all, &other.all) && Rc::ptr_eq(&self.places, &other.places)
    }
}

/// Runs that a filter means.
#[derive(Clone, Debug)]
pub struct Meant {
    /// In order.
    pub runs: Rc<Vec<Rc<Run>>>,
    /// Names of their datasets by the hash of the file.
    pub dataset_names: Rc<SortedMap<ContentHash, String>>,
}

impl PartialEq for Meant {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Rc<Run>, &Rc<Run>)| Rc::ptr_eq(one, other);
        self.runs.len() == other.runs.len() && self.runs.iter().zip(&*other.runs).all(is_same)
    }
}

/// The search of the page above, for the parts below it.
pub fn provide_run_search(search: RunSearch) {
    provide_context(search);
}

/// The search of the page above.
pub fn use_run_search() -> RunSearch {
    use_context().expect("the page of runs provides its search")
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
    asked_of(&|name| router.asked(name))
}

/// What is asked, by what is said of each name.
fn asked_of(said: &dyn Fn(&str) -> Option<String>) -> Asked {
    let order = |name: &str| said(name).and_then(|text| OrderBy::parse(&text).ok()).unwrap_or_default();
    let keys = |name: &str| order(name).0.into_iter().map(|sort| sort.key).collect::<Vec<Key>>();
    let list = |name: &str| {
        let text = said(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let columns = keys("columns");
    let widths = list("widths").into_iter().map_while(|width| width.parse::<u32>().ok());
    let mut asked = Asked {
        filter: said("filter").unwrap_or_default(),
        order: order("sort"),
        columns: (!columns.is_empty() && columns != usual_columns()).then_some(columns),
        pinned: keys("pinned"),
        group: said("group").and_then(|key| Key::parse(&key).ok()),
        experiments: list("experiments").into_iter().map(ExperimentId).collect(),
        is_trash: said("show").as_deref() == Some(TRASH),
        ..Asked::default()
    };
    for (key, width) in keys("wide").into_iter().zip(widths) {
        asked.set_width(&key, width);
    }
    asked
}

/// What the address says of a table, but for its filter, which is said as it is typed.
fn said_of(asked: &Asked) -> [(&'static str, Option<String>); 8] {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let keys = |keys: &[Key]| some(keys.iter().map(Key::to_string).collect::<Vec<_>>().join(", "));
    let wide: Vec<Key> = asked.widths.iter().map(|(key, _)| key.clone()).collect();
    let widths: Vec<String> = asked.widths.iter().map(|(_, width)| width.to_string()).collect();
    let experiments: Vec<&str> = asked.experiments.iter().map(ExperimentId::as_str).collect();
    [
        ("sort", some(asked.order.to_string())),
        ("columns", asked.columns.as_deref().and_then(keys)),
        ("group", asked.group.as_ref().map(Key::to_string)),
        ("pinned", keys(&asked.pinned)),
        ("wide", keys(&wide)),
        ("widths", some(widths.join(","))),
        ("experiments", some(experiments.join(","))),
        ("show", asked.is_trash.then(|| TRASH.to_owned())),
    ]
}

#[cfg(test)]
mod tests {
    use track::filter::SortKey;

    use super::*;

    #[test]
    fn what_is_asked_is_read_back_from_the_address() {
        let metric = |name: &str| Key::Metric(name.into());
        let mut asked = Asked {
            order: OrderBy(vec![SortKey { key: Key::Param("a b, c".into()), is_descending: true }]),
            columns: Some(vec![metric("f1"), Key::Tag("x.y".into())]),
            pinned: vec![metric("f1")],
            group: Some(Key::Param("model".into())),
            experiments: vec![ExperimentId("01".into()), ExperimentId("02".into())],
            is_trash: true,
            ..Asked::default()
        };
        asked.set_width(&metric("f1"), 120);
        asked.set_width(&Key::Tag("x.y".into()), 90);
        let said = said_of(&asked);
        let read = |name: &str| said.iter().find(|(known, _)| *known == name)?.1.clone();
        assert_eq!(asked_of(&read), asked);
        assert_eq!(said_of(&Asked::default()).map(|(_, said)| said), [const { None }; 8]);
    }

    #[test]
    fn what_makes_no_sense_asks_nothing() {
        let read = |name: &str| (name != "filter").then(|| "((%,".to_owned());
        let asked = asked_of(&read);
        assert!(asked.is_plain() && asked.pinned.is_empty() && asked.widths.is_empty() && !asked.is_trash);
    }
}
