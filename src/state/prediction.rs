//! The model that answers while a person types: the one whose address is given, else the newest champion, else the
//! version registered last, else the best fit.
//!
//! Beside a champion its challenger answers, and the other way round.
//!
//! The predictor is no signal's value. It is loaded from the stored pipeline; nothing is trained again.

mod chosen;
mod sides;

use std::rc::Rc;

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Prediction as Answer, Predictor};
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::ab_test::AbTest;
use track::dataset::DatasetRef;
use track::id::RunId;
use track::prediction::AnsweringModel;

use self::chosen::{Chosen, choices, choose, chosen_by, of_version, partner};
use super::Shared;
use super::explain::prediction_view;
use super::format::{self, model_name};
use super::loadable::{Loadable, begin, show};
use super::record_views::{model_of, words_of};
use super::refresh::Refresh;
use super::runs::versions;
use super::stored_fits::test_blobs;
use super::views::{CutView, PredictionView};
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::store::StoreService;

/// Longest text that is answered at every key, in bytes.
const MAX_LIVE_BYTES: usize = 64 * 1024;
/// How long a longer one must rest until it is answered.
const REST_MS: i32 = 400;

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
    /// The blob that holds its pipeline.
    pub pipeline: ContentHash,
    /// `champion` or `challenger`, where it is one.
    pub alias: Option<&'static str>,
    /// The data it learned from, where its fit's record is here.
    pub data: Option<DatasetRef>,
    /// The scores of its test rows, which say which rows those are; none where its fit kept none.
    pub test: Option<ContentHash>,
}

impl SourceView {
    /// As the log of predictions names it.
    pub fn answering(&self) -> AnsweringModel {
        let address = match self.is_registered {
            true => self.title.clone(),
            false => format!("runs:/{}", self.run),
        };
        AnsweringModel { address, pipeline: self.pipeline, labels: self.labels.clone() }
    }
}

/// What the other of champion and challenger says.
#[derive(Clone, Debug, PartialEq)]
pub struct BesideView {
    /// The class.
    pub class: String,
    /// Its probability.
    pub sure: f64,
    /// Too close to call.
    pub is_unsure: bool,
    /// It says the same as the one that answers.
    pub agrees: bool,
}

/// A predictor, and the hash of its pipeline.
pub(super) type Loaded = Option<(ContentHash, Predictor)>;

/// Live prediction. `Copy`; from context by `use_prediction`.
#[derive(Clone, Copy)]
pub struct Prediction {
    /// The model that answers. Loaded when `want` was called; a change is answered anew.
    pub source: State<Loadable<SourceView>>,
    /// What was typed; kept while other pages are looked at. Set by `type_text`.
    pub text: State<String>,
    /// What is answered: `text`, a moment later where that is long.
    pub answered: State<String>,
    /// Words that are taken out of it, by their places, ascending.
    pub left_out: State<Vec<u32>>,
    /// The other of champion and challenger; none where there is no other.
    pub beside: State<Option<SourceView>>,
    /// The address of the model that is to answer; empty where nobody says which.
    pub asked: State<String>,
    /// Addresses that can be asked for, each with how it is shown.
    pub choices: State<Vec<(String, String)>>,
    /// The A/B test that the model is in as champion, while it runs.
    pub test: State<Option<Rc<AbTest>>>,
    /// The challenger of that test.
    rival: State<Option<SourceView>>,
    predictor: Held<Loaded>,
    rival_predictor: Held<Loaded>,
    beside_predictor: Held<Loaded>,
    n_typed: Held<u64>,
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

    /// Another text was typed: every word counts again.
    pub fn type_text(self, text: String) {
        let number = self.n_typed.update(|n_typed| {
            *n_typed += 1;
            *n_typed
        });
        self.left_out.set_if_new(Vec::new());
        let n_bytes = text.len();
        self.text.set(text.clone());
        if n_bytes <= MAX_LIVE_BYTES {
            return self.answered.set(text);
        }
        spawn_local(async move {
            clock::sleep(REST_MS).await;
            if Some(self.n_typed.get()) == number {
                self.answered.set(text);
            }
        });
    }

    /// Takes a word out, or puts it back.
    pub fn toggle_word(self, word: u32) {
        self.left_out.update(|left_out| match left_out.binary_search(&word) {
            Ok(at) => drop(left_out.remove(at)),
            Err(at) => left_out.insert(at, word),
        });
    }

    /// The answer for what was typed without the words taken out; none without a model or without words.
    pub fn answer(self) -> Option<PredictionView> {
        self.test.track();
        let (source, held) = self.whose_turn()?;
        self.answered.with(|text| {
            if text.trim().is_empty() {
                return None;
            }
            self.left_out.with(|left_out| {
                let begun = clock::elapsed_ms();
                let (found, cut) = held
                    .update(|loaded| {
                        let predictor = predictor_of(loaded, &source)?;
                        Some((predictor.explain_without(text, left_out), cut_of(predictor)))
                    })
                    .flatten()?;
                let elapsed_ms = clock::elapsed_ms() - begun;
                Some(prediction_view((text, left_out), (&source.labels, cut), &found, elapsed_ms))
            })
        })
    }

    /// What the model shown and the other of champion and challenger say of the same words, whichever of them answers.
    pub fn answers_beside(self) -> (Option<BesideView>, Option<BesideView>) {
        let source = self.source.with(|source| source.loaded().cloned());
        let first = source.and_then(|source| self.says(&source, self.predictor));
        let second = self.beside.get().and_then(|source| self.says(&source, self.beside_predictor));
        let agrees = first.as_ref().zip(second.as_ref()).is_none_or(|(one, two)| one.class == two.class);
        (first, second.map(|said| BesideView { agrees, ..said }))
    }

    /// What one says of the text without the words taken out.
    fn says(self, source: &SourceView, held: Held<Loaded>) -> Option<BesideView> {
        let found = self.answered.with(|text| {
            let left_out = self.left_out.get();
            // Its cleaning may cut other words than those of the model that answers: the bytes of these are taken out.
            let text = if left_out.is_empty() { text.clone() } else { self.without_words(text, &left_out)? };
            answer_of(source, held, &text)
        })?;
        Some(BesideView {
            class: source.labels.get(usize::from(found.label)).cloned().unwrap_or_default(),
            sure: found.probabilities.get(usize::from(found.label)).copied().unwrap_or(0.0),
            is_unsure: found.abstains,
            agrees: true,
        })
    }

    /// Who answers, and the answer to the whole text: what is kept. None without words.
    pub(super) fn untouched_answer(self) -> Option<(SourceView, Answer)> {
        let (source, held) = self.whose_turn_untracked()?;
        let answer = self.answered.with_untracked(|text| answer_of(&source, held, text))?;
        Some((source, answer))
    }

    /// The same of the other of champion and challenger; none where that is the one that answers.
    pub(super) fn untouched_beside(self) -> Option<(SourceView, Answer)> {
        let source = self.beside.get_untracked()?;
        let (answers, _) = self.whose_turn_untracked()?;
        if answers.pipeline == source.pipeline {
            return None;
        }
        let answer = self.answered.with_untracked(|text| answer_of(&source, self.beside_predictor, text))?;
        Some((source, answer))
    }

    /// Uses the predictor of the model that answers the text, with its class names; none while there is none.
    pub(super) fn with_answering<T>(self, run: impl FnOnce(&mut Predictor, &[String]) -> T) -> Option<T> {
        let (source, held) = self.whose_turn_untracked()?;
        held.update(|loaded| Some(run(predictor_of(loaded, &source)?, &source.labels))).flatten()
    }

    /// The pipelines of champion and challenger, where both answer.
    pub(super) fn pair(self) -> Option<(ContentHash, ContentHash)> {
        let first = self.source.with_untracked(|source| source.loaded().map(|source| source.pipeline))?;
        let second = self.beside.with_untracked(|beside| beside.as_ref().map(|beside| beside.pipeline))?;
        Some((first, second))
    }

    /// The text with blanks where words of the model that answers are taken out.
    fn without_words(self, text: &str, left_out: &[u32]) -> Option<String> {
        let spans = self.with_answering(|predictor, _| predictor.explain(text).words)?;
        let gone = left_out.iter().filter_map(|word| spans.get(*word as usize));
        let mut bytes = text.as_bytes().to_vec();
        gone.for_each(|span| bytes[span.start as usize..span.end as usize].fill(b' '));
        String::from_utf8(bytes).ok()
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
            self.beside.set_if_new(None);
            self.rival.set_if_new(None);
            self.test.set_if_new(None);
            return Ok(None);
        };
        let (alias, other) = partner(&registry, &chosen.title);
        let source = load(store, chosen, alias, self.predictor).await?;
        let beside = match other {
            // One that cannot be loaded is not shown beside; its own address says why.
            Some((version, alias)) => {
                let chosen = of_version(store, version).await.map_err(|error| error.to_string())?;
                load(store, chosen, Some(alias), self.beside_predictor).await.ok()
            }
            None => None,
        };
        self.beside.set_if_new(beside);
        self.find_test(store, &registry, &source.title).await?;
        Ok(Some(source))
    }
}

/// Loads a pipeline where another is held.
async fn load(
    store: &StoreService,
    chosen: Chosen,
    alias: Option<&'static str>,
    into: Held<Loaded>,
) -> Result<SourceView, String> {
    let held = into.with(|loaded| loaded.as_ref().map(|(hash, _)| *hash));
    if held != Some(chosen.pipeline) {
        let bytes = store.blob_bytes(chosen.pipeline).await.map_err(|error| error.to_string())?;
        let bytes = bytes.ok_or("The model's file is no longer on this device: train again.")?;
        let fault = |error: &dyn std::fmt::Display| format::sentence(&error.to_string());
        let pipeline = FittedPipeline::from_bytes(&bytes).map_err(|error| fault(&error))?;
        let predictor = Predictor::new(pipeline).map_err(|error| fault(&error))?;
        into.set(Some((chosen.pipeline, predictor)));
    }
    let labels = into.with(|loaded| loaded.as_ref().map(|(_, found)| found.pipeline().labels.clone()));
    Ok(SourceView {
        title: chosen.title,
        is_registered: chosen.is_registered,
        model: chosen.fit.as_ref().and_then(model_of).map(model_name).unwrap_or_default().to_owned(),
        words: chosen.fit.as_ref().and_then(words_of),
        data: chosen.fit.as_ref().map(|fit| fit.dataset.clone()),
        test: chosen.fit.as_ref().and_then(test_blobs).map(|test| test.out_of_fold),
        run: chosen.run,
        pipeline: chosen.pipeline,
        alias,
        labels: labels.unwrap_or_default(),
    })
}

/// The predictor of a model; none while another is held in its place, which a change of the registry loads.
fn predictor_of<'a>(loaded: &'a mut Loaded, source: &SourceView) -> Option<&'a mut Predictor> {
    loaded.as_mut().filter(|(hash, _)| *hash == source.pipeline).map(|(_, predictor)| predictor)
}

/// What a model says of a text; none without words.
fn answer_of(source: &SourceView, held: Held<Loaded>, text: &str) -> Option<Answer> {
    if text.trim().is_empty() {
        return None;
    }
    held.update(|loaded| Some(predictor_of(loaded, source)?.predict(text))).flatten()
}

/// Where two classes part, for pages.
fn cut_of(predictor: &Predictor) -> Option<CutView> {
    let score = predictor.pipeline().threshold;
    predictor.cut().map(|(at, half_band)| CutView { at, half_band, score })
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
        answered: State::new(String::new()),
        left_out: State::new(Vec::new()),
        beside: State::new(None),
        asked: State::new(String::new()),
        choices: State::new(Vec::new()),
        test: State::new(None),
        rival: State::new(None),
        predictor: Held::new(None),
        rival_predictor: Held::new(None),
        beside_predictor: Held::new(None),
        n_typed: Held::new(0),
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
