//! A/B tests between two versions: begun by a person, fed by live answers, labelled blind, ended with a winner, without a
//! difference, or by hand.
//!
//! Every change is a new state of the test's record, read and written in one turn and stored before it is shown, so that
//! a reload in the middle loses nothing.

mod live;
mod ending;

use std::rc::Rc;

use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::ab_test::{AbMode, AbTest};
use track::id::AbTestId;
use track::prediction::AnsweringModel;
use track::record::{Collection, Record};
use watch::ab_test::{check, label};

use super::Shared;
use super::format;
use super::loadable::Loadable;
use super::prediction::Prediction;
use super::refresh::Refresh;
use super::runs::versions;
use super::settings::Settings;
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::files;
use crate::services::store::StoreService;

/// Tests that are listed.
pub const MAX_TESTS: usize = 500;
/// Longest name of a test, in bytes.
const MAX_NAME: usize = 200;

/// What a person chooses of a new test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbForm {
    /// What it is called.
    pub name: String,
    /// The address of what answers now.
    pub champion: String,
    /// Of what may come in its place.
    pub challenger: String,
    /// `split`, `shadow` or `thompson`.
    pub mode: String,
    /// Reviews in 100 that the challenger answers, as typed.
    pub weight: String,
}

/// A/B tests. `Copy`; from context by `use_ab_tests`.
#[derive(Clone, Copy)]
pub struct AbTests {
    /// All of them, the newest first. Read when `want` was called.
    pub list: State<Loadable<Rc<Vec<AbTest>>>>,
    /// What is chosen of a new one.
    pub form: State<AbForm>,
    /// What could not be done, in one sentence.
    pub fault: State<Option<String>>,
    /// Reviews waiting to rest.
    n_typed: Held<u64>,
    refresh: Refresh,
    prediction: Prediction,
    settings: Settings,
    shared: Shared,
}

impl AbTests {
    /// A page shows them.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again what could not be read.
    pub fn retry(self) {
        self.refresh.retry();
    }

    /// Begins the test that is chosen.
    pub fn begin(self) {
        let form = self.form.get_untracked();
        spawn_local(async move {
            let begun = self.begun(form).await;
            if begun.is_ok() {
                self.form.update(|form| form.name.clear());
            }
            self.fault.set(begun.err());
        });
    }

    async fn begun(self, form: AbForm) -> Result<(), String> {
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let name = form.name.trim();
        if name.is_empty() || name.len() > MAX_NAME {
            return Err(format!("Give the test a name of 1 to {MAX_NAME} bytes."));
        }
        let mode = match form.mode.as_str() {
            "shadow" => AbMode::Shadow,
            "thompson" => AbMode::Thompson,
            _ => {
                let of_100: f64 = form.weight.trim().parse().unwrap_or(f64::NAN);
                if !(0.01..=99.99).contains(&of_100) {
                    return Err(
                        "The challenger's share is no number from 0.01 to 99.99: type one, such as 50."
                            .to_owned(),
                    );
                }
                AbMode::Split { challenger_of_10000: (of_100 * 100.0).round() as u32 }
            }
        };
        let sides = (answering(store, &form.champion).await?, answering(store, &form.challenger).await?);
        let running = tests(store)
            .await?
            .into_iter()
            .find(|test| test.ended.is_none() && test.champion.model.address == sides.0.address);
        if let Some(running) = running {
            return Err(format!(
                "{} is in the A/B test '{}' already: end that one first.",
                sides.0.address, running.name
            ));
        }
        let at = clock::now();
        let test = AbTest::new((AbTestId::new(at, clock::entropy()), at), name, mode, sides);
        check(&test).map_err(|error| format::sentence(&error.to_string()))?;
        put(store, vec![Record::AbTest(test)]).await
    }

    /// A person says the class of a disagreement, not knowing who said what.
    pub fn label(self, id: AbTestId, place: usize, class: u8) {
        spawn_local(async move {
            let done = self
                .change(id, move |test| {
                    label(test, place, class, clock::now())
                        .map_err(|error| format::sentence(&error.to_string()))
                })
                .await;
            self.fault.set(done.err());
        });
    }

    /// Offers a test as it is stored.
    pub fn download(self, test: &AbTest) {
        match Record::AbTest(test.clone()).to_json() {
            Ok(json) => files::download("ab-test.json", "application/json", json.as_bytes()),
            Err(error) => self.fault.set(Some(error.to_string())),
        }
    }

    /// Reads a test, changes it and writes it, with nothing of this tab in between.
    async fn change(
        self,
        id: AbTestId,
        change: impl FnOnce(&mut AbTest) -> Result<(), String>,
    ) -> Result<(), String> {
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let mut test = test_of(store, &id).await?;
        change(&mut test)?;
        put(store, vec![Record::AbTest(test)]).await
    }

    async fn load(self) {
        let found = tests(&self.shared.get().store).await;
        self.list.set_if_new(match found {
            Ok(tests) => Loadable::Loaded(Rc::new(tests)),
            Err(sentence) => Loadable::Failed(sentence),
        });
    }
}

async fn put(store: &StoreService, records: Vec<Record>) -> Result<(), String> {
    store.write(Batch { records, blobs: Vec::new() }).await.map_err(|error| error.to_string())
}

async fn test_of(store: &StoreService, id: &AbTestId) -> Result<AbTest, String> {
    match store.get(Collection::AbTests, id.as_str()).await {
        Ok(Some(Record::AbTest(test))) => Ok(test),
        Ok(_) => Err("This A/B test is no longer stored: reload the page.".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// All tests, the newest first.
pub(super) async fn tests(store: &StoreService) -> Result<Vec<AbTest>, String> {
    let found = store.list(&Query::All(Collection::AbTests), Order::Descending, MAX_TESTS).await;
    let found = found.map_err(|error| error.to_string())?;
    Ok(found
        .into_iter()
        .filter_map(|record| if let Record::AbTest(test) = record { Some(test) } else { None })
        .collect())
}

/// A registered version as a side of a test.
async fn answering(store: &StoreService, address: &str) -> Result<AnsweringModel, String> {
    let registry = versions(store).await.map_err(|error| error.to_string())?;
    let version = registry.all_versions().find(|version| version.address() == address);
    let pipeline: ContentHash =
        version.ok_or("Choose two registered versions: keep a model under Models first.")?.pipeline;
    let bytes = store.blob_bytes(pipeline).await.map_err(|error| error.to_string())?;
    let bytes =
        bytes.ok_or_else(|| format!("The file of {address} is no longer on this device: choose another."))?;
    let fitted = FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())?;
    Ok(AnsweringModel { address: address.to_owned(), pipeline, labels: fitted.labels })
}

pub(super) fn provide_ab_tests(shared: Shared, (prediction, settings): (Prediction, Settings)) {
    let handle: Held<Option<AbTests>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(tests) = handle.get() {
            tests.load().await;
        }
    });
    let form = AbForm { mode: "split".to_owned(), weight: "50".to_owned(), ..AbForm::default() };
    let tests = AbTests {
        list: State::new(Loadable::Loading),
        form: State::new(form),
        fault: State::new(None),
        n_typed: Held::new(0),
        refresh,
        prediction,
        settings,
        shared,
    };
    handle.set(Some(tests));
    provide_context(tests);
}

/// A/B tests.
pub fn use_ab_tests() -> AbTests {
    use_context().expect("`provide_app_state` in `App` provides A/B tests")
}
