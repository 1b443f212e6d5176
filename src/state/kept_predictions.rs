//! What is kept of answers: the choice whether, the newest kept, what a person says of them, and forgetting them.
//!
//! Off for typed text until switched on. An answer is kept once its text rests; saying that an answer was wrong keeps
//! it, too. Records are written before they are shown.

use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use engine::pipeline::Prediction as Answer;
use json::{FromJson, ToJson};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::id::{FeedbackId, PredictionId};
use track::prediction::{Feedback, KeptPrediction, KeptText, PredictionBatch, PredictionSource, Verdict};
use track::record::{Collection, Record};
use watch::log::{Agreement, agreement, verdicts};

use super::Shared;
use super::loadable::Loadable;
use super::prediction::Prediction;
use super::refresh::Refresh;
use super::settings::Settings;
use crate::reactive::{Held, State};
use crate::services::{clock, settings};

/// How long a text rests before its answer is kept.
const REST_MS: i32 = 2_000;
/// Kept answers that are read for the list and the agreement.
const MAX_READ: usize = 2_000;
/// Said words on answers that are read.
const MAX_SAID: usize = 10_000;
/// Kept answers that are listed at first, and each time more are asked for.
const N_LISTED: usize = 20;

/// What of answers is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToJson, FromJson)]
pub struct KeepChoice {
    /// Answers to typed text are.
    pub typed: bool,
    /// With the text itself, not only its hash.
    pub texts: bool,
    /// Whether answers to files are; none until a person was asked.
    #[serde(default)]
    pub files: Option<bool>,
}

/// A kept answer in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum KeptItem {
    /// To one text, and what was said of it.
    One(KeptPrediction, Option<Verdict>),
    /// To a file.
    File(PredictionBatch),
}

/// What is kept, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptLog {
    /// Records in all: one a text, one a file.
    pub n_records: u64,
    /// The newest, newest first.
    pub newest: Vec<KeptItem>,
    /// More can be listed.
    pub has_more: bool,
    /// Answers to programs that were dropped, because more than `most_waiting` waited for a tab.
    pub n_dropped: u64,
    /// As many wait at most.
    pub most_waiting: u64,
    /// How often the two that answer side by side agree.
    pub agreement: Agreement,
}

/// Kept answers. `Copy`; from context by `use_kept_predictions`.
#[derive(Clone, Copy)]
pub struct KeptPredictions {
    /// What is to be kept.
    pub choice: State<KeepChoice>,
    /// What is kept.
    pub log: State<Loadable<Rc<KeptLog>>>,
    /// How the last keeping, saying or forgetting went, in one sentence; a fault where it is one.
    pub said: State<Option<Result<String, String>>>,
    n_listed: Held<usize>,
    n_typed: Held<u64>,
    /// The text and the pipeline kept last: the same is not kept twice on end.
    last: Held<Option<(ContentHash, ContentHash, PredictionId)>>,
    refresh: Refresh,
    prediction: Prediction,
    settings: Settings,
    shared: Shared,
}

impl KeptPredictions {
    /// A page shows what is kept.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again what could not be read.
    pub fn retry(self) {
        self.refresh.retry();
    }

    /// Lists more of what is kept.
    pub fn list_more(self) {
        self.n_listed.update(|n_listed| *n_listed += N_LISTED);
        self.refresh.retry();
    }

    /// Something else is to be kept from now on; the choice lasts.
    pub fn choose(self, change: impl FnOnce(&mut KeepChoice)) {
        self.choice.update(change);
        settings::set_keep_predictions(&self.choice.get_untracked());
    }

    /// The text, its model or the choice changed: keeps the answer once that rests, where that is wanted.
    pub fn keep_soon(self) {
        let number = self.n_typed.update(|n_typed| {
            *n_typed += 1;
            *n_typed
        });
        if !self.choice.with(|choice| choice.typed) {
            return;
        }
        spawn_local(async move {
            clock::sleep(REST_MS).await;
            let is_wanted = Some(self.n_typed.get()) == number;
            if is_wanted && self.choice.with_untracked(|choice| choice.typed) {
                let kept = self.keep().await.map(|_| ());
                if let Err(sentence) = kept {
                    self.said.set(Some(Err(sentence)));
                }
            }
        });
    }

    /// The person says that the answer shown is wrong, and which is right; or that it is right.
    pub fn say(self, verdict: Verdict) {
        spawn_local(async move {
            let said = match self.keep().await {
                Ok(Some(id)) => self.store_feedback(id, verdict).await,
                Ok(None) => return,
                Err(sentence) => Err(sentence),
            };
            self.said.set(Some(said.map(|()| "Noted, with the answer it is about.".to_owned())));
        });
    }

    /// The person says something of a kept answer.
    pub fn say_of(self, id: PredictionId, verdict: Verdict) {
        spawn_local(async move {
            let said = self.store_feedback(id, verdict).await;
            self.said.set(Some(said.map(|()| "Noted.".to_owned())));
        });
    }

    /// Forgets everything that is kept of predictions.
    pub fn forget_all(self) {
        spawn_local(async move {
            let said = self.forget().await;
            self.last.set(None);
            self.said.set(Some(said.map(|()| "What was kept of predictions is deleted.".to_owned())));
        });
    }

    async fn forget(self) -> Result<(), String> {
        let store = &self.shared.get().store;
        let words = |error: storage::StoreError| error.to_string();
        for collection in [Collection::Feedback, Collection::Predictions] {
            loop {
                let some = store.list(&Query::All(collection), Order::Ascending, MAX_READ).await;
                let some = some.map_err(words)?;
                if some.is_empty() {
                    break;
                }
                let keys: Vec<String> = some.iter().map(Record::key).collect();
                let rows = |record: &Record| match record {
                    Record::PredictionBatch(batch) => Some(batch.rows.sha256),
                    _ => None,
                };
                let blobs: Vec<ContentHash> = some.iter().filter_map(rows).collect();
                store.remove(collection, &keys, &blobs).await.map_err(words)?;
            }
        }
        Ok(())
    }

    /// Keeps the answer that is shown, and that of the other of champion and challenger; its id, known or new.
    async fn keep(self) -> Result<Option<PredictionId>, String> {
        let text = self.prediction.answered.get_untracked();
        let Some((source, answer)) = self.prediction.untouched_answer() else { return Ok(None) };
        let sha256 = ContentHash::of(text.as_bytes());
        let known = self.last.with(|last| last.clone());
        if let Some((_, _, id)) = known.filter(|(text, by, _)| (*text, *by) == (sha256, source.pipeline)) {
            return Ok(Some(id));
        }
        let texts = self.choice.with_untracked(|choice| choice.texts);
        let record = |source: &super::prediction::SourceView, answer: Answer| {
            let at = clock::now();
            let id = PredictionId::new(at, clock::entropy());
            let kept = KeptText::of(&text, texts);
            KeptPrediction::new((id, at), PredictionSource::Typed, source.answering(), kept, answer)
        };
        let kept = record(&source, answer);
        let id = kept.id.clone();
        // From now on it is the one kept last: whoever asks while it is written adds no second.
        let key = Some((sha256, source.pipeline, id.clone()));
        let before = self.last.get();
        self.last.set(key.clone());
        let beside = self.prediction.untouched_beside().map(|(source, answer)| record(&source, answer));
        let records = std::iter::once(kept).chain(beside).map(Record::Prediction).collect();
        let written = self.shared.get().store.write(Batch { records, blobs: Vec::new() }).await;
        if let Err(error) = written {
            if self.last.get() == key {
                self.last.set(before);
            }
            return Err(error.to_string());
        }
        Ok(Some(id))
    }

    async fn store_feedback(self, prediction: PredictionId, verdict: Verdict) -> Result<(), String> {
        let at = clock::now();
        let id = FeedbackId::new(at, clock::entropy());
        let who = self.settings.your_name.get_untracked();
        let records = vec![Record::Feedback(Feedback::new((id, at), &who, prediction, verdict))];
        let written = self.shared.get().store.write(Batch { records, blobs: Vec::new() }).await;
        written.map_err(|error| error.to_string())
    }

    async fn load(self) {
        let found = self.read().await;
        self.log.set_if_new(match found {
            Ok(log) => Loadable::Loaded(Rc::new(log)),
            Err(error) => Loadable::Failed(error.to_string()),
        });
    }

    async fn read(self) -> Result<KeptLog, storage::StoreError> {
        let store = &self.shared.get().store;
        let all = Query::All(Collection::Predictions);
        let n_records = store.count(&all).await?;
        let records = store.list(&all, Order::Descending, MAX_READ).await?;
        let said = store.list(&Query::All(Collection::Feedback), Order::Descending, MAX_SAID).await?;
        let feedback = |record| if let Record::Feedback(feedback) = record { Some(feedback) } else { None };
        let said: SortedMap<PredictionId, Verdict> = verdicts(said.into_iter().filter_map(feedback));
        let pair = self.prediction.pair();
        let singles = records.iter().filter_map(|record| match record {
            Record::Prediction(kept) => Some(kept),
            _ => None,
        });
        let agreement = pair.map_or_else(Agreement::default, |pair| agreement(singles, pair));
        let item = |record: Record| match record {
            Record::Prediction(kept) => {
                let verdict = said.get(&kept.id).cloned();
                Some(KeptItem::One(kept, verdict))
            }
            Record::PredictionBatch(batch) => Some(KeptItem::File(batch)),
            _ => None,
        };
        let n_listed = self.n_listed.get();
        let has_more = records.len() > n_listed;
        let newest = records.into_iter().take(n_listed).filter_map(item).collect();
        let (n_dropped, most_waiting) = store.dropped_from_inbox().await?;
        Ok(KeptLog { n_records, newest, has_more, n_dropped, most_waiting, agreement })
    }
}

pub(super) fn provide_kept_predictions(
    shared: Shared,
    prediction: Prediction,
    settings_of: Settings,
) -> KeptPredictions {
    let handle: Held<Option<KeptPredictions>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(kept) = handle.get() {
            kept.load().await;
        }
    });
    let kept = KeptPredictions {
        choice: State::new(settings::keep_predictions().unwrap_or_default()),
        log: State::new(Loadable::Loading),
        said: State::new(None),
        n_listed: Held::new(N_LISTED),
        n_typed: Held::new(0),
        last: Held::new(None),
        refresh,
        prediction,
        settings: settings_of,
        shared,
    };
    handle.set(Some(kept));
    provide_context(kept);
    kept
}

/// Kept answers.
pub fn use_kept_predictions() -> KeptPredictions {
    use_context().expect("`provide_app_state` in `App` provides kept predictions")
}
