//! Fits that are stored, asked of workers: what each says of rows it did not see, and where two differ.
//!
//! Bytes come from the store, go to a worker, and leave the shelf again when nobody asks for them any more.

use std::rc::Rc;

use drivers::QuestionDriver;
use engine::num::{ContentHash, SortedMap};
use jobs::{CompareFits, FitBlobs, FitsCompared, HeldOutOutput, Job, MeasureHeldOut};
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::id::RunId;
use track::run::{OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT, Run};

use super::Shared;
use super::loadable::Loadable;
use crate::reactive::{Held, State};
use crate::services::pump::Pump;
use crate::services::shelf::Kept;

/// Why nothing can be said of a run's predictions.
pub const NO_PREDICTIONS: &str =
    "Only finished fits keep their predictions: choose runs of the kind Fit, one for each model of a study.";

/// What a fit left behind; none of other runs, and of fits by an earlier version.
pub fn fit_blobs(run: &Run) -> Option<FitBlobs> {
    let hash = |name: &str| run.artifacts.iter().find(|artifact| artifact.name == name).map(|one| one.sha256);
    Some(FitBlobs { pipeline: hash(PIPELINE_ARTIFACT)?, out_of_fold: hash(OUT_OF_FOLD_ARTIFACT)? })
}

/// What a fit says, as far as it is known.
pub type HeldOutState = Loadable<Rc<HeldOutOutput>>;

/// Stored fits. `Copy`; from context by `use_stored_fits`.
#[derive(Clone, Copy)]
pub struct StoredFits {
    measured: State<SortedMap<RunId, HeldOutState>>,
    /// Blobs that jobs under way need, with how many do; those the shelf had before are not among them.
    borrowed: Held<SortedMap<ContentHash, u32>>,
    shared: Shared,
}

impl StoredFits {
    /// What a fit says; followed. `Nothing` until it was asked for.
    pub fn of(self, run: &RunId) -> HeldOutState {
        self.measured.with(|measured| measured.get(run).cloned().unwrap_or_default())
    }

    /// Gets a fit measured that is not, and was not tried yet.
    pub fn want(self, run: &RunId, fit: FitBlobs) {
        if !self.measured.with_untracked(|measured| measured.contains_key(run)) {
            self.measure(run, fit);
        }
    }

    /// Tries again what failed.
    pub fn measure(self, run: &RunId, fit: FitBlobs) {
        let run = run.clone();
        self.set(&run, Loadable::Loading);
        self.ask(MeasureHeldOut { fit }, &[fit], move |answer| {
            self.set(
                &run,
                match answer {
                    Ok(output) => Loadable::Loaded(Rc::new(output)),
                    Err(sentence) => Loadable::Failed(sentence),
                },
            );
        });
    }

    /// Asks where two fits differ.
    pub fn compare(self, job: CompareFits, then: impl FnOnce(Result<FitsCompared, String>) + 'static) {
        self.ask(job, &[job.first, job.second], then);
    }

    /// The services, for what reads the records of fits.
    pub(super) fn shared(self) -> Shared {
        self.shared
    }

    fn set(self, run: &RunId, state: HeldOutState) {
        self.measured.update(|measured| drop(measured.insert(run.clone(), state)));
    }

    fn ask<J: Job + Clone + 'static>(
        self,
        job: J,
        fits: &[FitBlobs],
        then: impl FnOnce(Result<J::Output, String>) + 'static,
    ) where
        J::Output: Clone,
    {
        let blobs: Vec<ContentHash> = fits.iter().flat_map(|fit| [fit.pipeline, fit.out_of_fold]).collect();
        spawn_local(async move {
            let mut lent = Vec::new();
            if let Err(sentence) = self.borrow(&blobs, &mut lent).await {
                self.give_back(&lent);
                return then(Err(sentence));
            }
            let ended = move |driver: &mut QuestionDriver<J>| {
                self.give_back(&lent);
                let answer = driver.answers().next().cloned();
                let failed = || driver.failed().map(ToString::to_string).unwrap_or_default();
                then(answer.ok_or_else(failed));
            };
            let _under_way =
                Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        });
    }

    /// Puts blobs on the shelf, from which workers get them; `lent` are those to be given back.
    async fn borrow(self, blobs: &[ContentHash], lent: &mut Vec<ContentHash>) -> Result<(), String> {
        let services = self.shared.get();
        for hash in blobs {
            let is_lent = self.borrowed.with(|borrowed| borrowed.contains_key(hash));
            if services.shelf.bytes(*hash).is_some() && !is_lent {
                continue;
            }
            self.borrowed.update(|borrowed| *borrowed.get_or_insert_with(*hash, || 0) += 1);
            lent.push(*hash);
            let found = services.store.blob_bytes(*hash).await.map_err(|error| error.to_string())?;
            let Some(bytes) = found else {
                return Err(
                    "What this run left behind is no longer on this device: train it again.".to_owned()
                );
            };
            services.shelf.put(*hash, Kept::of(&bytes));
        }
        Ok(())
    }

    fn give_back(self, blobs: &[ContentHash]) {
        let shelf = self.shared.get().shelf.clone();
        self.borrowed.update(|borrowed| {
            for hash in blobs {
                let Some(n_jobs) = borrowed.get_mut(hash) else { continue };
                *n_jobs = n_jobs.saturating_sub(1);
                if *n_jobs == 0 {
                    borrowed.remove(hash);
                    shelf.take_bytes(*hash);
                }
            }
        });
    }
}

pub(super) fn provide_stored_fits(shared: Shared) {
    let measured = State::new(SortedMap::new());
    provide_context(StoredFits { measured, borrowed: Held::new(SortedMap::new()), shared });
}

/// Stored fits.
pub fn use_stored_fits() -> StoredFits {
    use_context().expect("`provide_app_state` in `App` provides stored fits")
}
