//! The model that answers while a person types: the one whose address is given, else the newest champion, else the
//! version registered last, else the best fit.
//!
//! The predictor is no signal's value. It is loaded from the stored pipeline; nothing is trained again.

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Predictor};
use leptos::prelude::*;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{ModelUri, ModelVersion, Registry as Versions, Resolved, UriError};
use track::run::{Run, RunKind};

use super::Shared;
use super::explain::prediction_view;
use super::format::{self, model_name};
use super::loadable::{Loadable, begin, show};
use super::record_views::{candidates, model_of, pipeline_of, words_of};
use super::refresh::Refresh;
use super::runs::{MAX_RUNS_LISTED, runs_of, versions};
use super::views::PredictionView;
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::store::StoreService;

/// The model that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceView {
    /// `models:/reviews/2`, or the best fit's memorable name.
    pub title: String,
    /// It is a registered version.
    pub is_registered: bool,
    /// The fit it came from.
    pub run: RunId,
    /// `Logistic regression`.
    pub model: String,
    /// Class names in label order.
    pub labels: Vec<String>,
    /// What it is worth, in plain words.
    pub words: Option<String>,
}

/// Live prediction. `Copy`; from context by `use_prediction`.
#[derive(Clone, Copy)]
pub struct Prediction {
    /// The model that answers. Loaded when `want` was called; a change is answered anew.
    pub source: State<Loadable<SourceView>>,
    /// What was typed; kept while other pages are looked at.
    pub text: State<String>,
    /// The address of the model that is to answer; empty where nobody says which.
    pub asked: State<String>,
    /// Addresses that can be asked for, each with how it is shown.
    pub choices: State<Vec<(String, String)>>,
    predictor: Held<Option<(ContentHash, Predictor)>>,
    refresh: Refresh,
    shared: Shared,
}

impl Prediction {
    /// A page shows it: load the model, and follow the registry.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Lets the model of an address answer; an empty one, whatever answers by itself.
    pub fn ask(self, address: String) {
        if self.asked.with_untracked(|asked| *asked != address) {
            self.asked.set(address);
            self.retry();
        }
    }

    /// Loads again after it could not be loaded.
    pub fn retry(self) {
        self.source.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// The answer for a text; none without a model or without words. Tracks the model, not the text.
    pub fn predict(self, text: &str) -> Option<PredictionView> {
        let labels = self.source.with(|source| source.loaded().map(|source| source.labels.clone()))?;
        if text.trim().is_empty() {
            return None;
        }
        let begun = clock::elapsed_ms();
        let explanation = self
            .predictor
            .update(|predictor| predictor.as_mut().map(|(_, predictor)| predictor.explain(text)))
            .flatten()?;
        Some(prediction_view(text, &labels, &explanation, clock::elapsed_ms() - begun))
    }

    async fn load(self) {
        begin(self.source);
        let services = self.shared.get();
        match self.find(&services.store).await {
            Ok(found) => show(self.source, found.map_or(Loadable::Nothing, Loadable::Loaded)),
            Err(sentence) => self.source.set(Loadable::Failed(sentence)),
        }
    }

    async fn find(self, store: &StoreService) -> Result<Option<SourceView>, String> {
        let registry = versions(store).await.map_err(|error| error.to_string())?;
        self.choices.set_if_new(choices(&registry));
        let asked = self.asked.get_untracked();
        let chosen = if asked.is_empty() {
            choose(store, &registry).await.map_err(|error| error.to_string())?
        } else {
            Some(chosen_by(store, &registry, &asked).await?)
        };
        let Some(chosen) = chosen else {
            self.predictor.set(None);
            return Ok(None);
        };
        let held = self.predictor.with(|predictor| predictor.as_ref().map(|(hash, _)| *hash));
        if held != Some(chosen.pipeline) {
            let bytes = store.blob_bytes(chosen.pipeline).await.map_err(|error| error.to_string())?;
            let bytes = bytes.ok_or("The model's file is no longer on this device: train again.")?;
            let pipeline = FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())?;
            let predictor = Predictor::new(pipeline).map_err(|error| error.to_string())?;
            self.predictor.set(Some((chosen.pipeline, predictor)));
        }
        let labels = self.predictor.with(|predictor| {
            predictor.as_ref().map(|(_, predictor)| predictor.pipeline().labels.clone()).unwrap_or_default()
        });
        Ok(Some(SourceView {
            title: chosen.title,
            is_registered: chosen.is_registered,
            model: chosen.fit.as_ref().and_then(model_of).map(model_name).unwrap_or_default().to_owned(),
            words: chosen.fit.as_ref().and_then(words_of),
            run: chosen.run,
            labels,
        }))
    }
}

/// The pipeline to predict with, and where it comes from.
struct Chosen {
    title: String,
    is_registered: bool,
    run: RunId,
    pipeline: ContentHash,
    fit: Option<Run>,
}

/// The newest champion, else the version registered last, else the best fit of the newest study.
async fn choose(store: &StoreService, registry: &Versions) -> Result<Option<Chosen>, StoreError> {
    if let Some(version) = registry.answering() {
        return of_version(store, version).await.map(Some);
    }
    let fits =
        runs_of(store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?);
    let best = candidates(&fits).into_iter().find(|candidate| candidate.is_best);
    let fit = best.and_then(|best| fits.into_iter().find(|fit| fit.id == best.run));
    Ok(fit.and_then(|fit| of_fit(fit.name.clone(), fit)))
}

/// What an address leads to.
async fn chosen_by(store: &StoreService, registry: &Versions, address: &str) -> Result<Chosen, String> {
    let uri: ModelUri = address.parse().map_err(|error: UriError| format::sentence(&error.to_string()))?;
    let found = registry.resolve(&uri).map_err(|error| format::sentence(&error.to_string()))?;
    match found {
        Resolved::Version(version) => of_version(store, version).await.map_err(|error| error.to_string()),
        Resolved::Run(run) => {
            let record =
                store.get(Collection::Runs, run.as_str()).await.map_err(|error| error.to_string())?;
            let Some(Record::Run(fit)) = record else {
                return Err(format!("There is no run {run} on this device: choose another model."));
            };
            let no_model = || format!("Run {} left no model: choose a finished fit.", fit.name);
            of_fit(uri.to_string(), fit.clone()).ok_or_else(no_model)
        }
    }
}

async fn of_version(store: &StoreService, version: &ModelVersion) -> Result<Chosen, StoreError> {
    let fit = match store.get(Collection::Runs, version.run.as_str()).await? {
        Some(Record::Run(fit)) => Some(fit),
        _ => None,
    };
    let title = version.address();
    Ok(Chosen { title, is_registered: true, run: version.run.clone(), pipeline: version.pipeline, fit })
}

fn of_fit(title: String, fit: Run) -> Option<Chosen> {
    let pipeline = pipeline_of(&fit)?;
    Some(Chosen { title, is_registered: false, run: fit.id.clone(), pipeline, fit: Some(fit) })
}

/// Every alias and every version, with how it is shown; what answers by itself first.
fn choices(registry: &Versions) -> Vec<(String, String)> {
    let Some(answering) = registry.answering() else { return Vec::new() };
    let mut choices = vec![(String::new(), format!("What answers by itself ({})", answering.address()))];
    for model in registry.models().filter_map(|name| registry.model(name)) {
        let alias = |(alias, version): (&String, &u32)| {
            let uri = ModelUri::Alias { model: model.name.clone(), alias: alias.clone() }.to_string();
            (uri.clone(), format!("{uri} (version {version})"))
        };
        choices.extend(model.aliases.iter().map(alias));
        let version = |version: &ModelVersion| (version.address(), version.address());
        choices.extend(model.versions.iter().rev().map(version));
    }
    choices
}

pub(super) fn provide_prediction(shared: Shared) -> Prediction {
    let handle: Held<Option<Prediction>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(prediction) = handle.get() {
            prediction.load().await;
        }
    });
    let prediction = Prediction {
        source: State::new(Loadable::Nothing),
        text: State::new(String::new()),
        asked: State::new(String::new()),
        choices: State::new(Vec::new()),
        predictor: Held::new(None),
        refresh,
        shared,
    };
    handle.set(Some(prediction));
    provide_context(prediction);
    prediction
}

/// Live prediction.
pub fn use_prediction() -> Prediction {
    use_context().expect("`provide_app_state` in `App` provides prediction")
}
