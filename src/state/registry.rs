//! Registered models: what their history adds up to, and every change of it.
//!
//! A change is worked out from the stored history, stored, and only then shown.

mod automatic;
mod comparing;
mod threshold;
mod users;

use engine::num::SortedMap;
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{
    MAX_EVENTS, Reference, Registry as Versions, RegistryChange, RegistryError, RegistryEvent, roll_back,
};
use track::run::{Run, RunKind};

use super::Shared;
use super::format;
use super::loadable::{Loadable, begin, show};
use super::model_book::{Book, dataset_names};
use super::record_views::{candidates, pipeline_of};
use super::refresh::Refresh;
use super::runs::{MAX_RUNS_LISTED, runs_of};
use super::settings::Settings;
use super::training::Training;
use super::views::CandidateView;
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::store::StoreService;

pub use self::comparing::TermsCompared;
use self::users::with_users;

/// Datasets looked at for their names.
const MAX_DATASETS: usize = 10_000;

/// A/B tests that are looked through.
const MAX_TESTS: usize = 500;

/// How long it is said that a change was made.
const SAID_MS: i32 = 8_000;

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

/// How the last change went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Changing {
    /// None was tried.
    #[default]
    Nothing,
    /// Under way.
    Busy,
    /// Done, in one sentence.
    Done(String),
    /// What is wrong, in one sentence.
    Failed(String),
}

/// Works a change out from the history.
pub type Wish = Box<dyn FnOnce(&[RegistryEvent], &Versions) -> Result<RegistryChange, RegistryError>>;

/// Models. `Copy`; from context by `use_registry`.
#[derive(Clone, Copy)]
pub struct Registry {
    /// The history and what it adds up to. Read when `want` was called.
    pub book: State<Loadable<Book>>,
    /// Fits that can be registered, those of the newest study first, its best before the others.
    pub candidates: State<Vec<CandidateView>>,
    /// How the last registration went.
    pub registering: State<Registering>,
    /// How the last change of another kind went.
    pub changing: State<Changing>,
    /// Why the next change is made, as a person types it.
    pub why: State<String>,
    /// Terms that two versions do not share.
    pub terms: State<Loadable<TermsCompared>>,
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
        self.book.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Makes the pipeline of `run` the next version of the model `name`; `why` may be empty.
    pub fn register(self, run: RunId, name: String, why: String) {
        self.registering.set(Registering::Busy);
        spawn_local(async move {
            let services = self.shared.get();
            let registered = self.registered(&services.store, run, (&name, why)).await;
            self.registering.set(registered.unwrap_or_else(Registering::Failed));
        });
    }

    /// Forgets how the last registration and the last change went, as when another page is opened.
    pub fn reset(self) {
        self.registering.set(Registering::Nothing);
        self.changing.set_if_new(Changing::Nothing);
        self.why.set_if_new(String::new());
    }

    /// Changes the registry as `wish` says; why stands in `why`, which is emptied once it is stored. `then` runs after
    /// that.
    pub fn change(self, wish: Wish, then: impl FnOnce() + 'static) {
        self.change_then(wish, Box::new(then));
    }

    fn change_then(self, wish: Wish, then: Box<dyn FnOnce()>) {
        self.changing.set(Changing::Busy);
        spawn_local(async move {
            let services = self.shared.get();
            let why = self.why.get_untracked();
            match self.written(&services.store, wish, why).await {
                Ok(change) => {
                    self.why.set_if_new(String::new());
                    let done = Changing::Done(format!("You {change}."));
                    self.changing.set(done.clone());
                    then();
                    clock::sleep(SAID_MS).await;
                    if self.changing.with_untracked(|changing| *changing == done) {
                        self.changing.set(Changing::Nothing);
                    }
                }
                Err(sentence) => self.changing.set(Changing::Failed(sentence)),
            }
        });
    }

    /// Lets aliases and stages of a model be as they were at a time, before the last move where none is given.
    pub fn go_back(self, model: String, to: Option<track::id::Millis>) {
        self.change(Box::new(move |events, _| roll_back(events, &model, to)), || ());
    }

    async fn written(self, store: &StoreService, wish: Wish, why: String) -> Result<RegistryChange, String> {
        // A rule may be kept at the same moment: each change follows from all before it.
        let _turn = store.turn().await;
        let events = events_of(store).await.map_err(|error| error.to_string())?;
        let now = with_users(store, &events).await.map_err(|error| error.to_string())?;
        let change = wish(&events, &now).map_err(|error| format::sentence(&error.to_string()))?;
        refuse_in_test(store, &now, &change).await?;
        let event = self.event(&now, change.clone(), &why)?;
        store
            .write(Batch { records: vec![Record::Registry(event)], blobs: Vec::new() })
            .await
            .map_err(|error| error.to_string())?;
        Ok(change)
    }

    fn event(self, now: &Versions, change: RegistryChange, why: &str) -> Result<RegistryEvent, String> {
        let who = self.settings.your_name.get_untracked();
        now.event(change, (&who, why), clock::now(), clock::entropy())
            .map_err(|error| format::sentence(&error.to_string()))
    }

    async fn registered(
        self,
        store: &StoreService,
        run: RunId,
        (name, why): (&str, String),
    ) -> Result<Registering, String> {
        let record = store.get(Collection::Runs, run.as_str()).await.map_err(|error| error.to_string())?;
        let Some(Record::Run(fit)) = record else {
            return Err("This run is no longer stored: choose another.".into());
        };
        let Some(pipeline) = pipeline_of(&fit) else {
            return Err("This run has no model: choose a finished fit.".into());
        };
        let name = name.to_owned();
        let wish: Wish = Box::new(move |_, now| now.register(&name, run, pipeline));
        let change = self.written(store, wish, why).await?;
        Ok(match change {
            RegistryChange::Register { model, version, .. } => Registering::Done { model, version },
            _ => Registering::Nothing,
        })
    }

    async fn load(self) {
        begin(self.book);
        let services = self.shared.get();
        match load(&services.store).await {
            Ok((book, candidates)) => {
                let is_empty = book.now.models().next().is_none();
                show(self.book, if is_empty { Loadable::Nothing } else { Loadable::Loaded(book) });
                self.candidates.set_if_new(candidates);
            }
            Err(error) => self.book.set(Loadable::Failed(error.to_string())),
        }
    }
}

/// The whole history, oldest first.
async fn events_of(store: &StoreService) -> Result<Vec<RegistryEvent>, StoreError> {
    let all = Query::All(Collection::Registry);
    let events = store.list(&all, Order::Ascending, MAX_EVENTS).await?;
    let event = |record| if let Record::Registry(event) = record { Some(event) } else { None };
    Ok(events.into_iter().filter_map(event).collect())
}

async fn load(store: &StoreService) -> Result<(Book, Vec<CandidateView>), StoreError> {
    let events = events_of(store).await?;
    let now = with_users(store, &events).await?;
    let mut runs: SortedMap<RunId, Run> = SortedMap::new();
    for version in now.all_versions() {
        if let Some(Record::Run(run)) = store.get(Collection::Runs, version.run.as_str()).await? {
            runs.insert(run.id.clone(), run);
        }
    }
    let fits = store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?;
    let datasets = store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_DATASETS).await?;
    let dataset = |record| if let Record::Dataset(dataset) = record { Some(dataset) } else { None };
    let datasets = dataset_names(datasets.into_iter().filter_map(dataset));
    Ok((Book { events, now, runs, datasets }, candidates(&runs_of(fits))))
}

/// Refuses to delete a version that is in an A/B test.
async fn refuse_in_test(store: &StoreService, now: &Versions, change: &RegistryChange) -> Result<(), String> {
    let (model, numbers) = match change {
        RegistryChange::DeleteVersion { model, version } => (model, vec![*version]),
        RegistryChange::DeleteModel { model } => {
            (model, now.versions(model).iter().map(|version| version.version).collect())
        }
        _ => return Ok(()),
    };
    let tests = store.list(&Query::All(Collection::AbTests), Order::Descending, MAX_TESTS).await;
    let tests = tests.map_err(|error| error.to_string())?;
    let tests = || {
        tests.iter().filter_map(|record| if let Record::AbTest(test) = record { Some(test) } else { None })
    };
    for version in numbers {
        let references = now.model(model).map(|model| model.uses_of(version, tests())).unwrap_or_default();
        if references.iter().any(|of| matches!(of, Reference::AbTest(_))) {
            let error = RegistryError::InUse { model: model.clone(), version, references };
            return Err(format::sentence(&error.to_string()));
        }
    }
    Ok(())
}

pub(super) fn provide_registry(shared: Shared, settings: Settings, training: Training) -> Registry {
    let handle: Held<Option<Registry>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(registry) = handle.get() {
            registry.load().await;
        }
    });
    let registry = Registry {
        book: State::new(Loadable::Nothing),
        candidates: State::new(Vec::new()),
        registering: State::new(Registering::Nothing),
        changing: State::new(Changing::Nothing),
        why: State::new(String::new()),
        terms: State::new(Loadable::Nothing),
        refresh,
        settings,
        shared,
    };
    handle.set(Some(registry));
    provide_context(registry);
    registry.register_by_rules(training);
    registry
}

/// Models.
pub fn use_registry() -> Registry {
    use_context().expect("`provide_app_state` in `App` provides the registry")
}
