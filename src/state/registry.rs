//! Registered models and their versions, and registering another.

use engine::num::{SortedMap, stable_sort};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::RegistryChange;
use track::run::{Run, RunKind};

use super::Shared;
use super::loadable::{Loadable, begin, show};
use super::record_views::{candidates, pipeline_of, version_row};
use super::refresh::Refresh;
use super::runs::{MAX_RUNS_LISTED, runs_of, versions};
use super::settings::Settings;
use super::views::{CandidateView, VersionRow};
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::store::StoreService;

/// How the last registration went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Registering {
    /// None was tried.
    #[default]
    Nothing,
    /// Under way.
    Busy,
    /// The version that was made.
    Done {
        /// The model's name.
        model: String,
        /// Its new version.
        version: u32,
    },
    /// What is wrong, in one sentence, beside the name.
    Failed(String),
}

/// Models. `Copy`; from context by `use_registry`.
#[derive(Clone, Copy)]
pub struct Registry {
    /// Versions, newest registered first. Read when `want` was called.
    pub versions: State<Loadable<Vec<VersionRow>>>,
    /// Fits that can be registered, those of the newest study first, its best before the others.
    pub candidates: State<Vec<CandidateView>>,
    /// How the last registration went.
    pub registering: State<Registering>,
    refresh: Refresh,
    settings: Settings,
    shared: Shared,
}

impl Registry {
    /// A page shows it: read it, and keep it true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again after it could not be read.
    pub fn retry(self) {
        self.versions.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Makes the pipeline of `run` the next version of the model `name`.
    pub fn register(self, run: RunId, name: String) {
        self.registering.set(Registering::Busy);
        spawn_local(async move {
            let services = self.shared.get();
            let who = self.settings.your_name.get_untracked();
            let registered = register(&services.store, run, &name, who).await;
            self.registering.set(registered.unwrap_or_else(Registering::Failed));
        });
    }

    /// Forgets how the last registration went, as when another name is typed.
    pub fn reset(self) {
        self.registering.set(Registering::Nothing);
    }

    async fn load(self) {
        begin(self.versions);
        let services = self.shared.get();
        match load(&services.store).await {
            Ok((rows, candidates)) => {
                show(self.versions, if rows.is_empty() { Loadable::Nothing } else { Loadable::Loaded(rows) });
                self.candidates.set(candidates);
            }
            Err(error) => self.versions.set(Loadable::Failed(error.to_string())),
        }
    }
}

async fn load(store: &StoreService) -> Result<(Vec<VersionRow>, Vec<CandidateView>), StoreError> {
    let registry = versions(store).await?;
    let mut runs: SortedMap<RunId, Run> = SortedMap::new();
    let fits = store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?;
    let fits = runs_of(fits);
    for version in registry.models().flat_map(|model| registry.versions(model)) {
        if let Some(Record::Run(run)) = store.get(Collection::Runs, version.run.as_str()).await? {
            runs.insert(run.id.clone(), run);
        }
    }
    let mut rows = Vec::new();
    for model in registry.models() {
        let own = registry.versions(model);
        let newest = own.iter().map(|version| version.version).max();
        rows.extend(
            own.iter()
                .map(|version| version_row(version, runs.get(&version.run), Some(version.version) == newest)),
        );
    }
    stable_sort(&mut rows, |a, b| b.created.cmp(&a.created).then_with(|| b.version.cmp(&a.version)));
    Ok((rows, candidates(&fits)))
}

async fn register(store: &StoreService, run: RunId, name: &str, who: String) -> Result<Registering, String> {
    let record = store.get(Collection::Runs, run.as_str()).await.map_err(|error| error.to_string())?;
    let Some(Record::Run(fit)) = record else {
        return Err("This run is no longer stored: choose another.".into());
    };
    let Some(pipeline) = pipeline_of(&fit) else {
        return Err("This run has no model: choose a finished fit.".into());
    };
    let registry = versions(store).await.map_err(|error| error.to_string())?;
    let change = registry.register(name, run, pipeline).map_err(|error| error.to_string())?;
    let event = registry
        .event(change, (&who, ""), clock::now(), clock::entropy())
        .map_err(|error| error.to_string())?;
    let RegistryChange::Register { model, version, .. } = event.change.clone() else {
        return Ok(Registering::Nothing);
    };
    let batch = Batch { records: vec![Record::Registry(event)], blobs: Vec::new() };
    store.write(batch).await.map_err(|error| error.to_string())?;
    Ok(Registering::Done { model, version })
}

pub(super) fn provide_registry(shared: Shared, settings: Settings) -> Registry {
    let handle: Held<Option<Registry>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(registry) = handle.get() {
            registry.load().await;
        }
    });
    let registry = Registry {
        versions: State::new(Loadable::Nothing),
        candidates: State::new(Vec::new()),
        registering: State::new(Registering::Nothing),
        refresh,
        settings,
        shared,
    };
    handle.set(Some(registry));
    provide_context(registry);
    registry
}

/// Models.
pub fn use_registry() -> Registry {
    use_context().expect("`provide_app_state` in `App` provides the registry")
}
