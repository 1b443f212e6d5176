//! The runs table, what is unfolded in it, and one run with everything its record holds.

use engine::num::{SortedMap, stable_sort};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, Registry as Versions};
use track::run::{Run, RunKind};

use super::Shared;
use super::loadable::{Loadable, begin, show};
use super::record_views::{run_detail, run_row};
use super::refresh::Refresh;
use super::views::{RunDetail, RunRow};
use crate::reactive::{Held, State};
use crate::services::store::StoreService;

/// Studies and fits listed; the newest are.
pub const MAX_RUNS_LISTED: usize = 1_000;
/// Trials of one study listed.
pub const MAX_TRIALS_LISTED: usize = 5_000;

/// Runs. `Copy`; from context by `use_runs`.
#[derive(Clone, Copy)]
pub struct Runs {
    /// Studies, newest first, each followed by its fits. Read when `want` was called.
    pub rows: State<Loadable<Vec<RunRow>>>,
    /// Trials of the studies that were unfolded.
    pub trials: State<SortedMap<RunId, Loadable<Vec<RunRow>>>>,
    /// How many runs of any kind there are.
    pub n_runs: State<u64>,
    refresh: Refresh,
    counting: Refresh,
    shared: Shared,
}

impl Runs {
    /// A page shows the table: read it, and keep it true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// The shell shows the number of runs: keep it true.
    pub fn want_count(self) {
        self.counting.want();
    }

    /// Reads the table again after it could not be read.
    pub fn retry(self) {
        self.rows.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Shows or hides the trials of a study.
    pub fn toggle(self, study: RunId) {
        let was_open = self.trials.try_update(|open| open.remove(&study).is_some()).unwrap_or(false);
        if !was_open {
            self.trials.update(|open| drop(open.insert(study.clone(), Loadable::Loading)));
            spawn_local(async move { self.load_trials(study).await });
        }
    }

    /// Whether a study's trials are shown.
    pub fn is_open(self, study: &RunId) -> bool {
        self.trials.with(|open| open.contains_key(study))
    }

    /// One run, kept true for as long as the current owner lives: call it in a page.
    pub fn detail(self, id: RunId) -> State<Loadable<RunDetail>> {
        let detail = State::new(Loadable::Loading);
        let services = self.shared;
        let refresh = Refresh::new(self.shared, move || {
            let id = id.clone();
            async move {
                let found = load_detail(&services.get().store, &id).await;
                show(detail, Loadable::from_result(found));
            }
        });
        refresh.want();
        detail
    }

    /// The services, for what searches the same records.
    pub(super) fn shared(self) -> Shared {
        self.shared
    }

    async fn load(self) {
        begin(self.rows);
        let found = load_rows(&self.shared.get().store).await;
        show(self.rows, Loadable::from_result(found.map(|rows| (!rows.is_empty()).then_some(rows))));
        let open: Vec<RunId> = self.trials.with_untracked(|open| open.keys().cloned().collect());
        for study in open {
            self.load_trials(study).await;
        }
    }

    async fn load_trials(self, study: RunId) {
        let services = self.shared.get();
        let found = children(&services.store, &study).await.map(|children| {
            let trials = children.iter().filter(|run| run.kind == RunKind::Trial);
            let rows: Vec<RunRow> = trials.map(|run| run_row(run, None)).collect();
            (!rows.is_empty()).then_some(rows)
        });
        self.trials.update(|open| {
            if let Some(shown) = open.get_mut(&study) {
                *shown = Loadable::from_result(found);
            }
        });
    }
}

/// The runs in `records`.
pub(super) fn runs_of(records: Vec<Record>) -> Vec<Run> {
    records
        .into_iter()
        .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
        .collect()
}

async fn children(store: &StoreService, study: &RunId) -> Result<Vec<Run>, StoreError> {
    let all = Query::RunsOfParent(study.clone());
    Ok(runs_of(store.list(&all, Order::Ascending, MAX_TRIALS_LISTED).await?))
}

/// The registry as its history adds up.
pub(super) async fn versions(store: &StoreService) -> Result<Versions, StoreError> {
    let all = Query::All(Collection::Registry);
    let events = store.list(&all, Order::Ascending, MAX_EVENTS).await?;
    Ok(Versions::from_events(events.iter().filter_map(|record| match record {
        Record::Registry(event) => Some(event),
        _ => None,
    })))
}

/// Where each registered run stands in the registry.
fn addresses(versions: &Versions) -> SortedMap<RunId, String> {
    let all = versions.models().flat_map(|model| versions.versions(model));
    all.map(|version| (version.run.clone(), format!("models:/{}/{}", version.model, version.version)))
        .collect()
}

async fn load_rows(store: &StoreService) -> Result<Vec<RunRow>, StoreError> {
    let list = async |kind| store.list(&Query::RunsOfKind(kind), Order::Descending, MAX_RUNS_LISTED).await;
    let studies = runs_of(list(RunKind::Study).await?);
    let fits = runs_of(list(RunKind::Fit).await?);
    let registered = addresses(&versions(store).await?);
    Ok(in_families(&studies, &fits, &registered))
}

/// Studies, newest first, each followed by its fits in order.
fn in_families(studies: &[Run], fits: &[Run], registered: &SortedMap<RunId, String>) -> Vec<RunRow> {
    let row = |run: &Run| run_row(run, registered.get(&run.id).cloned());
    let mut rows = Vec::with_capacity(studies.len() + fits.len());
    for study in studies {
        rows.push(row(study));
        let mut own: Vec<&Run> = fits.iter().filter(|fit| fit.parent.as_ref() == Some(&study.id)).collect();
        stable_sort(&mut own, |a, b| a.id.cmp(&b.id));
        rows.extend(own.into_iter().map(row));
    }
    rows
}

async fn load_detail(store: &StoreService, id: &RunId) -> Result<Option<RunDetail>, StoreError> {
    let Some(Record::Run(run)) = store.get(Collection::Runs, id.as_str()).await? else { return Ok(None) };
    let registered = addresses(&versions(store).await?);
    let row = |run: &Run| run_row(run, registered.get(&run.id).cloned());
    let children = children(store, id).await?.iter().map(row).collect();
    Ok(Some(run_detail(&run, children, registered.get(id).cloned())))
}

pub(super) fn provide_runs(shared: Shared) -> Runs {
    let rows = State::new(Loadable::Nothing);
    let trials = State::new(SortedMap::new());
    let n_runs = State::new(0);
    let counting = Refresh::new(shared, move || async move {
        let services = shared.get();
        let mut n_all = 0;
        for kind in [RunKind::Study, RunKind::Trial, RunKind::Fit] {
            n_all += services.store.count(&Query::RunsOfKind(kind)).await.unwrap_or(0);
        }
        n_runs.set(n_all);
    });
    // The loader needs the context it belongs to; it runs only after `want`.
    let handle: Held<Option<Runs>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(runs) = handle.get() {
            runs.load().await;
        }
    });
    let runs = Runs { rows, trials, n_runs, refresh, counting, shared };
    handle.set(Some(runs));
    provide_context(runs);
    runs
}

/// Runs.
pub fn use_runs() -> Runs {
    use_context().expect("`provide_app_state` in `App` provides the runs")
}
