//! How many runs there are, and one run with everything its record holds.

use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, Registry as Versions};
use track::run::{Run, RunKind};

use super::Shared;
use super::loadable::{Loadable, show};
use super::record_views::{run_detail, run_row};
use super::refresh::Refresh;
use super::views::RunDetail;
use crate::reactive::State;
use crate::services::Services;
use crate::services::files;
use crate::services::store::StoreService;

/// Studies and fits listed; the newest are.
pub const MAX_RUNS_LISTED: usize = 1_000;
/// Trials of one study listed.
pub const MAX_TRIALS_LISTED: usize = 5_000;

/// Datasets looked at for the name of a run's.
const MAX_DATASETS: usize = 1_000;

/// Runs. `Copy`; from context by `use_runs`.
#[derive(Clone, Copy)]
pub struct Runs {
    /// How many runs of any kind there are.
    pub n_runs: State<u64>,
    counting: Refresh,
    shared: Shared,
}

impl Runs {
    /// The services, for what is made of a run's files.
    pub(super) fn services(self) -> Rc<Services> {
        self.shared.get()
    }

    /// The shell shows the number of runs: keep it true.
    pub fn want_count(self) {
        self.counting.want();
    }

    /// Offers a file that a run left as a download; what is wrong, in one sentence, goes to `problem`.
    pub fn download(
        self,
        name: String,
        media_type: String,
        hash: ContentHash,
        problem: State<Option<String>>,
    ) {
        let shared = self.shared;
        spawn_local(async move {
            let found = shared.get().store.blob_bytes(hash).await.map_err(|error| error.to_string());
            let sentence = match found {
                Ok(Some(bytes)) => {
                    files::download(&name, &media_type, &bytes);
                    None
                }
                Ok(None) => Some(format!("'{name}' is no longer on this device.")),
                Err(sentence) => Some(sentence),
            };
            problem.try_update(|problem| *problem = sentence);
        });
    }

    /// Reads a file of JSON that a run left into `text`, set out in lines; what is wrong, in one sentence, goes to `problem`.
    pub fn read_json(
        self,
        (name, hash): (String, ContentHash),
        text: State<Option<String>>,
        problem: State<Option<String>>,
    ) {
        let shared = self.shared;
        spawn_local(async move {
            let found = shared.get().store.blob_bytes(hash).await.map_err(|error| error.to_string());
            let sentence = match found.map(|found| found.map(String::from_utf8)) {
                Ok(Some(Ok(json))) => {
                    text.try_update(|text| *text = Some(json::pretty(&json)));
                    None
                }
                Ok(Some(Err(_))) => Some(format!("'{name}' is no text: download it instead.")),
                Ok(None) => Some(format!("'{name}' is no longer on this device.")),
                Err(sentence) => Some(sentence),
            };
            problem.try_update(|problem| *problem = sentence);
        });
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
pub(super) fn addresses(versions: &Versions) -> SortedMap<RunId, String> {
    let all = versions.models().flat_map(|model| versions.versions(model));
    all.map(|version| (version.run.clone(), format!("models:/{}/{}", version.model, version.version)))
        .collect()
}

async fn load_detail(store: &StoreService, id: &RunId) -> Result<Option<RunDetail>, StoreError> {
    let Some(Record::Run(run)) = store.get(Collection::Runs, id.as_str()).await? else { return Ok(None) };
    let recipe = store.get(Collection::Recipes, &run.dataset.recipe.to_string()).await?;
    let recipe = if let Some(Record::Recipe(record)) = recipe { Some(record.recipe) } else { None };
    let datasets = store.list(&Query::All(Collection::Datasets), Order::Descending, MAX_DATASETS).await?;
    let dataset_name = datasets.into_iter().find_map(|record| match record {
        Record::Dataset(dataset) if dataset.data.file == run.dataset.file => Some(dataset.name),
        _ => None,
    });
    let registered = addresses(&versions(store).await?);
    let row = |run: &Run| run_row(run, registered.get(&run.id).cloned());
    let children = children(store, id).await?.iter().map(row).collect();
    let detail = run_detail(&run, children, registered.get(id).cloned());
    Ok(Some(RunDetail { dataset_name, recipe, ..detail }))
}

pub(super) fn provide_runs(shared: Shared) {
    let n_runs = State::new(0);
    let counting = Refresh::new(shared, move || async move {
        let services = shared.get();
        let mut n_all = 0;
        for kind in [RunKind::Study, RunKind::Trial, RunKind::Fit] {
            n_all += services.store.count(&Query::RunsOfKind(kind)).await.unwrap_or(0);
        }
        n_runs.set(n_all);
    });
    provide_context(Runs { n_runs, counting, shared });
}

/// Runs.
pub fn use_runs() -> Runs {
    use_context().expect("`provide_app_state` in `App` provides the runs")
}
