//! The records of runs that pages show: read by the store's indexes as far as they are needed, then kept true by what
//! was written.
//!
//! In: what a page needs. Out: runs, newest first, with the names that belong to them. Never: a record decoded again that
//! did not change.

use std::rc::Rc;

use engine::num::SortedMap;
use leptos::prelude::*;
use storage::{Order, Query, StoreError};
use track::experiment::Lifecycle;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use super::Shared;
use super::loadable::{Loadable, begin};
use super::refresh::Refresh;
use super::run_grid::{AllRuns, Unfolded};
use super::runs::{MAX_TRIALS_LISTED, addresses, runs_of, versions};
use crate::reactive::{Held, State};
use crate::services::store::{Changes, StoreService};

/// Runs that can be searched; the newest are.
pub const MAX_RUNS_SEARCHED: usize = 50_000;
/// Studies and fits that are listed before more is asked; the newest are.
const MAX_HEADS: usize = 5_000;
/// Datasets and experiments whose names are looked up.
const MAX_NAMED: usize = 10_000;

/// What a page needs of the runs. What was needed once is kept.
#[derive(Clone, Debug, Default, PartialEq)]
struct Needed {
    /// Every run, not only studies and fits.
    all: bool,
    /// Runs in the trash.
    trash: bool,
    /// The trials of these studies.
    studies: SortedMap<RunId, ()>,
}

/// Records that were read.
#[derive(Default)]
struct Kept {
    runs: SortedMap<RunId, Rc<Run>>,
    /// What of them is here; none before anything was read.
    read: Option<Needed>,
    names: Option<AllRuns>,
}

impl Kept {
    /// Takes runs that were read.
    fn take(&mut self, runs: Vec<Run>) {
        if self.runs.is_empty() {
            self.runs = runs.into_iter().map(|run| (run.id.clone(), Rc::new(run))).collect();
            return;
        }
        for run in runs {
            self.runs.insert(run.id.clone(), Rc::new(run));
        }
    }

    /// Takes a run that changed: one that is not needed is not kept.
    fn put(&mut self, run: Run) {
        let Some(read) = &self.read else { return };
        let is_of_open = run.parent.as_ref().is_some_and(|study| read.studies.contains_key(study));
        let is_needed = match run.lifecycle {
            Lifecycle::Active => read.all || run.kind != RunKind::Trial || is_of_open,
            Lifecycle::Deleted => read.all || read.trash || is_of_open,
        };
        if is_needed {
            self.take(vec![run]);
        } else {
            self.runs.remove(&run.id);
        }
    }

    fn all(&self) -> AllRuns {
        let studies = self.read.as_ref().filter(|read| !read.all).map(|read| read.studies.clone());
        AllRuns {
            runs: self.runs.values().rev().cloned().collect(),
            unfolded_studies: studies,
            ..self.names.clone().unwrap_or_default()
        }
    }
}

/// Records of runs. `Copy`; from context by `use_run_records`.
#[derive(Clone, Copy)]
pub struct RunRecords {
    /// What was read so far; nothing where there is no run.
    pub all: State<Loadable<Rc<AllRuns>>>,
    /// What of their table is unfolded.
    pub unfolded: State<Unfolded>,
    needed: State<Needed>,
    kept: Held<Kept>,
    refresh: Refresh,
    shared: Shared,
}

impl RunRecords {
    /// A page shows runs: studies and fits are read, and kept true while it does.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Every run is needed.
    pub fn need_all(self) {
        self.need(|needed| needed.all = true);
    }

    /// The runs in the trash are needed.
    pub fn need_trash(self) {
        self.need(|needed| needed.trash = true);
    }

    /// The trials of a study are needed.
    pub fn need_trials(self, study: &RunId) {
        self.need(|needed| needed.studies.extend([(study.clone(), ())]));
    }

    /// The services, for what is kept beside the runs.
    pub(super) fn shared(self) -> Shared {
        self.shared
    }

    /// Reads again after they could not be read.
    pub fn retry(self) {
        self.all.set(Loadable::Loading);
        self.refresh.retry();
    }

    fn need(self, change: impl FnOnce(&mut Needed)) {
        let before = self.needed.get_untracked();
        let mut needed = before.clone();
        change(&mut needed);
        if needed != before {
            self.needed.set(needed);
            self.refresh.retry();
        }
    }

    async fn load(self) {
        begin(self.all);
        let services = self.shared.get();
        let needed = self.needed.get_untracked();
        let is_news = match self.read(&services.store, &needed).await {
            Ok(is_news) => is_news,
            Err(error) => {
                self.kept.set(Kept::default());
                return self.all.set(Loadable::Failed(error.to_string()));
            }
        };
        if is_news || !self.all.with_untracked(Loadable::is_loaded) {
            let all = self.kept.with(Kept::all);
            let is_empty = all.runs.is_empty() && all.experiments.is_empty();
            self.all.set(if is_empty { Loadable::Nothing } else { Loadable::Loaded(Rc::new(all)) });
        }
    }

    /// Reads what is needed and not here, and what changed. Whether that is anything.
    async fn read(self, store: &StoreService, needed: &Needed) -> Result<bool, StoreError> {
        let changes = store.take_changes();
        let places = match changes {
            Changes::Anything => {
                self.kept.set(Kept::default());
                Vec::new()
            }
            Changes::At(places) => places,
        };
        let mut is_news = self.reread(store, &places).await?;
        let read = self.kept.with(|kept| kept.read.clone());
        if read.as_ref() != Some(needed) {
            let found = read_more(store, read.as_ref(), needed).await?;
            self.kept.update(|kept| {
                kept.take(found);
                kept.read = Some(needed.clone());
            });
            is_news = true;
        }
        let is_named = self.kept.with(|kept| kept.names.is_some());
        if !is_named || places.iter().any(|(collection, _)| NAMING.contains(collection)) {
            let names = read_names(store).await?;
            self.kept.update(|kept| kept.names = Some(names));
            is_news = true;
        }
        Ok(is_news)
    }

    async fn reread(self, store: &StoreService, places: &[(Collection, String)]) -> Result<bool, StoreError> {
        let runs = places.iter().filter(|(collection, _)| *collection == Collection::Runs);
        let keys: SortedMap<&str, ()> = runs.map(|(_, key)| (key.as_str(), ())).collect();
        for key in keys.keys() {
            if let Some(Record::Run(run)) = store.get(Collection::Runs, key).await? {
                self.kept.update(|kept| kept.put(run));
            }
        }
        Ok(!keys.is_empty())
    }
}

/// Collections whose records name what runs refer to.
const NAMING: [Collection; 3] = [Collection::Datasets, Collection::Experiments, Collection::Registry];

/// What is needed and was not read.
async fn read_more(
    store: &StoreService,
    read: Option<&Needed>,
    needed: &Needed,
) -> Result<Vec<Run>, StoreError> {
    let nothing = Needed::default();
    let known = read.unwrap_or(&nothing);
    let mut found = Vec::new();
    let list = async |query: Query, limit| store.list(&query, Order::Descending, limit).await.map(runs_of);
    if needed.all {
        if !known.all {
            found = list(Query::All(Collection::Runs), MAX_RUNS_SEARCHED).await?;
        }
        return Ok(found);
    }
    if read.is_none() {
        for kind in [RunKind::Study, RunKind::Fit] {
            found.append(&mut list(Query::RunsOfKind(kind), MAX_HEADS).await?);
        }
    }
    for study in needed.studies.keys().filter(|study| !known.studies.contains_key(study)) {
        found.append(&mut list(Query::RunsOfParent(study.clone()), MAX_TRIALS_LISTED).await?);
    }
    if needed.trash && !known.trash {
        found.append(&mut list(Query::RunsInTrash, MAX_RUNS_SEARCHED).await?);
    }
    Ok(found)
}

/// The names that belong to runs, without a run.
async fn read_names(store: &StoreService) -> Result<AllRuns, StoreError> {
    let all = async |collection| store.list(&Query::All(collection), Order::Ascending, MAX_NAMED).await;
    let datasets = all(Collection::Datasets).await?.into_iter().filter_map(|record| match record {
        Record::Dataset(dataset) => Some((dataset.data.file, dataset.name)),
        _ => None,
    });
    let experiments = all(Collection::Experiments).await?.into_iter().filter_map(|record| match record {
        Record::Experiment(known) => Some((known.id, (known.name, known.lifecycle))),
        _ => None,
    });
    Ok(AllRuns {
        dataset_names: datasets.collect(),
        registered: addresses(&versions(store).await?),
        experiments: experiments.collect(),
        ..AllRuns::default()
    })
}

pub(super) fn provide_run_records(shared: Shared) {
    let handle: Held<Option<RunRecords>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(records) = handle.get() {
            records.load().await;
        }
    });
    let records = RunRecords {
        all: State::new(Loadable::Loading),
        unfolded: State::new(Unfolded::default()),
        needed: State::new(Needed::default()),
        kept: Held::new(Kept::default()),
        refresh,
        shared,
    };
    handle.set(Some(records));
    provide_context(records);
}

/// Records of runs.
pub fn use_run_records() -> RunRecords {
    use_context().expect("`provide_app_state` in `App` provides the records of runs")
}
