//! The model that answers while a person types: the newest champion, else the version registered last, else the best fit.
//!
//! The predictor is no signal's value. It is loaded from the stored pipeline; nothing is trained again.

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Predictor};
use leptos::prelude::*;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use super::Shared;
use super::explain::prediction_view;
use super::format::model_name;
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
    predictor: Held<Option<(ContentHash, Predictor)>>,
    refresh: Refresh,
    shared: Shared,
}

impl Prediction {
    /// A page shows it: load the model, and follow the registry.
    pub fn want(self) {
        self.refresh.want();
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
        let Some(chosen) = choose(store).await.map_err(|error| error.to_string())? else {
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
async fn choose(store: &StoreService) -> Result<Option<Chosen>, StoreError> {
    let registry = versions(store).await?;
    if let Some(version) = registry.answering() {
        let fit = match store.get(Collection::Runs, version.run.as_str()).await? {
            Some(Record::Run(fit)) => Some(fit),
            _ => None,
        };
        return Ok(Some(Chosen {
            title: format!("models:/{}/{}", version.model, version.version),
            is_registered: true,
            run: version.run.clone(),
            pipeline: version.pipeline,
            fit,
        }));
    }
    let fits =
        runs_of(store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?);
    let best = candidates(&fits).into_iter().find(|candidate| candidate.is_best);
    let fit = best.and_then(|best| fits.into_iter().find(|fit| fit.id == best.run));
    Ok(fit.and_then(|fit| {
        let pipeline = pipeline_of(&fit)?;
        let title = fit.name.clone();
        Some(Chosen { title, is_registered: false, run: fit.id.clone(), pipeline, fit: Some(fit) })
    }))
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
