//! The service worker's side of the program: a request of the HTTP interface in, its answer out (`crates/api`), from the
//! models that are stored here.
//!
//! It is asked by `assets/sw.js`, which carries requests and loads this. It keeps fitted pipelines for as long as it
//! lives and follows the registry. Asked what is due, it says so in words. Never: a write but to the inbox.

use std::cell::RefCell;
use std::rc::Rc;

use api::{
    Answer, Call, Chosen, JSON, ModelFault, ModelList, PredictCall, Predicted, Refusal, Request,
    Unregistered, openapi, predictor_of,
};
use engine::num::ContentHash;
use engine::pipeline::Predictor;
use js_sys::{Object, Promise, Reflect, Uint8Array};
use storage::{IndexedDbStore, Order, Query, Store as _, StoreError};
use track::experiment::Lifecycle;
use track::flow::Deployment;
use track::id::PredictionId;
use track::prediction::{AnsweringModel, KeptPrediction, KeptText, PredictionSource};
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, Registry};
use track::run::{Run, RunKind};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::future_to_promise;
use web_sys::BroadcastChannel;

use crate::services::clock;
use crate::services::store::{CHANNEL, DATABASE, IN_INBOX};
use crate::services::zones::Named;
use crate::state::flows::due_runs::due_words;
use crate::state::record_views::{candidates, pipeline_of};
use crate::state::runs::MAX_RUNS_LISTED;

/// Most pipelines that are kept ready; a further one takes the place of the first.
const MAX_PREDICTORS: usize = 4;
/// Most deployments that are looked at for what is due.
const MAX_DEPLOYMENTS: usize = 10_000;

/// What is known of the models stored here.
#[derive(Default)]
struct Home {
    store: RefCell<Option<IndexedDbStore>>,
    known: RefCell<Known>,
    predictors: RefCell<Vec<(ContentHash, Predictor)>>,
}

/// The registry at a point of its history.
#[derive(Default)]
struct Known {
    /// How many events there were, and the newest one's key.
    until: Option<(u64, Option<String>)>,
    registry: Rc<Registry>,
}

/// Lets the worker's script ask, as `reviewlab.answer` and `reviewlab.due`.
pub fn listen() {
    let home: &Home = Box::leak(Box::default());
    let answer = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |asked: JsValue| {
        future_to_promise(async move { Ok(told(&home.answer(&asked).await)) })
    });
    let ours = Reflect::get(&js_sys::global(), &"reviewlab".into());
    let ours = ours.expect("the script makes it before it loads the program");
    let due = Closure::<dyn FnMut() -> Promise>::new(move || {
        future_to_promise(async move { Ok(home.due().await.map_or(JsValue::NULL, JsValue::from)) })
    });
    for (name, closure) in [("answer", answer.as_ref()), ("due", due.as_ref())] {
        Reflect::set(&ours, &name.into(), closure).expect("a plain object takes any field");
    }
    // They answer for as long as the worker lives.
    answer.forget();
    due.forget();
}

fn told(answer: &Answer) -> JsValue {
    let told = Object::new();
    let allow = answer.allow.map_or(JsValue::NULL, JsValue::from_str);
    let fields = [
        ("status", JsValue::from(answer.status)),
        ("type", JsValue::from_str(answer.content_type)),
        ("allow", allow),
        ("body", JsValue::from_str(&answer.body)),
    ];
    for (name, value) in fields {
        Reflect::set(&told, &name.into(), &value).expect("a plain object takes any field");
    }
    told.into()
}

impl Home {
    async fn answer(&self, asked: &JsValue) -> Answer {
        let field = |name: &str| Reflect::get(asked, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let (method, path) = (field("method").as_string(), field("path").as_string());
        let content_type = field("type").as_string();
        let body = field("body").dyn_into::<Uint8Array>().map_or_else(|_| Vec::new(), |body| body.to_vec());
        let request = Request {
            method: method.as_deref().unwrap_or_default(),
            path: path.as_deref().unwrap_or_default(),
            content_type: content_type.as_deref(),
            body: &body,
        };
        self.respond(&request).await.unwrap_or_else(|refusal| refusal.answer())
    }

    async fn respond(&self, request: &Request<'_>) -> Result<Answer, Refusal> {
        let call = Call::read(request)?;
        if call == Call::OpenApi {
            return Ok(Answer { status: 200, content_type: JSON, allow: None, body: openapi() });
        }
        let Some(store) = self.store().await.map_err(unread)? else {
            // Nothing was ever stored here.
            return match call {
                Call::Predict(_) => Err(Refusal::NoModel),
                _ => Ok(Answer::ok(&ModelList::of(&Registry::default(), None))),
            };
        };
        let registry = self.registry(&store).await.map_err(unread)?;
        let unregistered = unregistered(&store, &registry).await.map_err(unread)?;
        match call {
            Call::Predict(call) => {
                let chosen = call.choose(&registry, unregistered.as_ref())?;
                self.predict(&store, &call, &chosen).await
            }
            _ => Ok(Answer::ok(&ModelList::of(&registry, unregistered.as_ref()))),
        }
    }

    async fn predict(
        &self,
        store: &IndexedDbStore,
        call: &PredictCall,
        chosen: &Chosen,
    ) -> Result<Answer, Refusal> {
        let unusable = |fault| Refusal::Unusable { model: chosen.address.clone(), fault };
        if !self.predictors.borrow().iter().any(|(hash, _)| *hash == chosen.pipeline) {
            let predictor = load(store, chosen.pipeline).await.map_err(unusable)?;
            let mut predictors = self.predictors.borrow_mut();
            if predictors.len() >= MAX_PREDICTORS {
                predictors.remove(0);
            }
            predictors.push((chosen.pipeline, predictor));
        }
        let predicted = {
            let mut predictors = self.predictors.borrow_mut();
            let found = predictors.iter_mut().find(|(hash, _)| *hash == chosen.pipeline);
            let (_, predictor) = found.ok_or_else(|| unusable(ModelFault::Missing))?;
            call.run(chosen, predictor)
        };
        // Kept before it is told: what nobody could keep is not told either.
        let unkept = |error: StoreError| unusable(ModelFault::Unkept { reason: error.to_string() });
        store.leave(&kept(call, chosen, &predicted)).await.map_err(unkept)?;
        tell_tabs();
        Ok(predicted.answer())
    }

    /// Which flows are due, in one sentence; none where none is, or nobody can say.
    async fn due(&self) -> Option<String> {
        let store = self.store().await.ok()??;
        let all = Query::All(Collection::Deployments);
        let records = store.list(&all, Order::Ascending, MAX_DEPLOYMENTS).await.ok()?;
        let deployment = |record| match record {
            Record::Deployment(deployment) if deployment.lifecycle == Lifecycle::Active => Some(deployment),
            _ => None,
        };
        let deployments: Vec<Deployment> = records.into_iter().filter_map(deployment).collect();
        let zone = |name: &str| Named::new(name).map(|zone| Box::new(zone) as Box<dyn flow::Zone>);
        due_words(&deployments, &zone, clock::now())
    }

    /// The store; none where nothing was ever stored. A tab may have made it anew since it was opened.
    async fn store(&self) -> Result<Option<IndexedDbStore>, StoreError> {
        if let Some(store) = self.store.borrow().as_ref().filter(|store| !store.is_closed()) {
            return Ok(Some(store.clone()));
        }
        let opened = IndexedDbStore::open_existing(DATABASE).await?;
        self.known.replace(Known::default());
        self.store.replace(opened.clone());
        Ok(opened)
    }

    /// The registry as it is now; read again only where its history has another end.
    async fn registry(&self, store: &IndexedDbStore) -> Result<Rc<Registry>, StoreError> {
        let all = Query::All(Collection::Registry);
        let newest = store.list(&all, Order::Descending, 1).await?;
        let until = (store.count(&all).await?, newest.first().map(Record::key));
        if self.known.borrow().until.as_ref() != Some(&until) {
            let events = store.list(&all, Order::Ascending, MAX_EVENTS).await?;
            let events = events.iter().filter_map(|record| match record {
                Record::Registry(event) => Some(event),
                _ => None,
            });
            let registry = Rc::new(Registry::from_events(events));
            self.known.replace(Known { until: Some(until), registry });
        }
        Ok(self.known.borrow().registry.clone())
    }
}

/// The best fit of the newest study, which answers while no model is registered.
async fn unregistered(
    store: &IndexedDbStore,
    registry: &Registry,
) -> Result<Option<Unregistered>, StoreError> {
    if registry.answering().is_some() {
        return Ok(None);
    }
    let fits = store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?;
    let fits: Vec<Run> = fits
        .into_iter()
        .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
        .collect();
    let best = candidates(&fits).into_iter().find(|candidate| candidate.is_best);
    let fit = best.and_then(|best| fits.into_iter().find(|fit| fit.id == best.run));
    Ok(fit.and_then(|fit| Some(Unregistered { pipeline: pipeline_of(&fit)?, run: fit.id })))
}

async fn load(store: &IndexedDbStore, pipeline: ContentHash) -> Result<Predictor, ModelFault> {
    let blob = store.blob(pipeline).await.map_err(|error| of_store(&error))?;
    let bytes = blob.ok_or(ModelFault::Missing)?.bytes().await.map_err(|error| of_store(&error))?;
    predictor_of(&bytes)
}

fn of_store(error: &StoreError) -> ModelFault {
    ModelFault::Unread { reason: error.to_string() }
}

fn unread(error: StoreError) -> Refusal {
    Refusal::Unusable { model: "The registry".to_owned(), fault: of_store(&error) }
}

/// One record a text; of the texts themselves only their hashes.
fn kept(call: &PredictCall, chosen: &Chosen, predicted: &Predicted) -> Vec<Record> {
    let model = AnsweringModel {
        address: chosen.address.clone(),
        pipeline: chosen.pipeline,
        labels: predicted.model.labels.clone(),
    };
    let pairs = call.texts.iter().zip(&predicted.predictions);
    pairs
        .map(|(text, answer)| {
            let at = clock::now();
            Record::Prediction(KeptPrediction::new(
                (PredictionId::new(at, clock::entropy()), at),
                PredictionSource::Api,
                model.clone(),
                KeptText::of(text, false),
                answer.prediction.clone(),
            ))
        })
        .collect()
}

/// The tab that writes, if one is open, moves what is in the inbox.
fn tell_tabs() {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        // Without a tab it waits for the next one.
        channel.post_message(&IN_INBOX.into()).ok();
        channel.close();
    }
}
