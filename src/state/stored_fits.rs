//! Fits that are stored, asked of workers: what each says of rows it did not see, and where two differ.
//!
//! Bytes come from the store, go to a worker, and leave the shelf again when nobody asks for them any more.

use std::rc::Rc;

use drivers::{FindSlices, PassError, QuestionDriver, SlicesDriver};
use engine::errors::{Picked, SlicesFound};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::FittedPipeline;
use jobs::{CompareFits, FitBlobs, FitsCompared, HeldOutOutput, Job, MeasureHeldOut, SlicesOutput};
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::id::RunId;
use track::run::{OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT, Run, TEST_SCORES_ARTIFACT};

use super::Shared;
use super::fit_report::{FitReport, Part};
use super::lab::{Lab, share_of};
use super::loadable::Loadable;
use crate::reactive::{Derived, Held, State};
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::services::shelf::Kept;

/// Why nothing can be said of a run's predictions.
pub const NO_PREDICTIONS: &str =
    "Only finished fits keep their predictions: choose runs of the kind Fit, one for each model of a study.";

/// Why a fit says nothing.
const GONE: &str = "What this run left behind is no longer on this device: train it again.";

/// What a look through the file of a fit found.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadErrors {
    /// The slices.
    pub found: SlicesFound,
    /// The row number of each review, from 0.
    pub records: Vec<u64>,
    /// The reviews of the kind that was to be listed.
    pub listed: Option<Picked>,
}

/// What a fit left behind; none of other runs, and of fits by an earlier version.
pub fn fit_blobs(run: &Run) -> Option<FitBlobs> {
    blobs_of(run, OUT_OF_FOLD_ARTIFACT)
}

/// The same with the scores of the test rows in place of those held out; none of fits that kept none.
pub fn test_blobs(run: &Run) -> Option<FitBlobs> {
    blobs_of(run, TEST_SCORES_ARTIFACT)
}

fn blobs_of(run: &Run, scores: &str) -> Option<FitBlobs> {
    let hash = |name: &str| run.artifacts.iter().find(|artifact| artifact.name == name).map(|one| one.sha256);
    Some(FitBlobs { pipeline: hash(PIPELINE_ARTIFACT)?, out_of_fold: hash(scores)? })
}

/// What a fit says, as far as it is known.
pub type HeldOutState = Loadable<Rc<HeldOutOutput>>;

/// Stored fits. `Copy`; from context by `use_stored_fits`.
#[derive(Clone, Copy)]
pub struct StoredFits {
    measured: State<SortedMap<(RunId, Part), HeldOutState>>,
    /// Blobs that jobs under way need, with how many do; those the shelf had before are not among them.
    borrowed: Held<SortedMap<ContentHash, u32>>,
    shared: Shared,
}

impl StoredFits {
    /// What a fit says of its held-out rows; followed. `Nothing` until it was asked for.
    pub fn of(self, run: &RunId) -> HeldOutState {
        self.of_part(run, Part::HeldOut)
    }

    fn of_part(self, run: &RunId, part: Part) -> HeldOutState {
        let key = (run.clone(), part);
        self.measured.with(|measured| measured.get(&key).cloned().unwrap_or_default())
    }

    /// All that a fit says as a report, followed; it is asked for.
    pub fn report(self, run: &Run) -> Derived<Loadable<Rc<FitReport>>> {
        let Some(fit) = fit_blobs(run) else { return Derived::from(Loadable::Nothing) };
        let test = test_blobs(run).map(|fit| (Part::Test, fit));
        let parts: Vec<(Part, FitBlobs)> = [Some((Part::HeldOut, fit)), test].into_iter().flatten().collect();
        parts.iter().for_each(|(part, fit)| self.want_part(&run.id, *part, *fit));
        let id = run.id.clone();
        Derived::new(move || {
            let mut known = Vec::with_capacity(parts.len());
            for (part, _) in &parts {
                match self.of_part(&id, *part) {
                    Loadable::Loaded(output) => known.push((*part, output)),
                    Loadable::Failed(sentence) => return Loadable::Failed(sentence),
                    Loadable::Loading | Loadable::Nothing => return Loadable::Loading,
                }
            }
            let known: Vec<(Part, &HeldOutOutput)> =
                known.iter().map(|(part, output)| (*part, &**output)).collect();
            Loadable::Loaded(Rc::new(FitReport::of(&known)))
        })
    }

    /// Gets a fit measured on its held-out rows that is not, and was not tried yet.
    pub fn want(self, run: &RunId, fit: FitBlobs) {
        self.want_part(run, Part::HeldOut, fit);
    }

    fn want_part(self, run: &RunId, part: Part, fit: FitBlobs) {
        let key = (run.clone(), part);
        if !self.measured.with_untracked(|measured| measured.contains_key(&key)) {
            self.measure_part(key, fit);
        }
    }

    /// Tries again what failed.
    pub fn measure(self, run: &RunId, fit: FitBlobs) {
        self.measure_part((run.clone(), Part::HeldOut), fit);
    }

    fn measure_part(self, key: (RunId, Part), fit: FitBlobs) {
        let is_test = key.1 == Part::Test;
        let set = move |state: HeldOutState| {
            self.measured.update(|measured| drop(measured.insert(key.clone(), state)));
        };
        set(Loadable::Loading);
        self.ask(MeasureHeldOut { fit, is_test }, &[fit], move |answer| {
            set(answer.map_or_else(Loadable::Failed, |output| Loadable::Loaded(Rc::new(output))));
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

    /// Looks through the file that a fit learned from for reviews of which it is worse; what is given back stops it.
    ///
    /// # Errors
    /// One sentence where what the fit left behind is no longer here.
    pub(super) async fn find_slices(
        self,
        lab: Lab,
        file: Blob,
        work: FindSlices,
        on_share: Box<dyn Fn(f64)>,
        then: Box<dyn FnOnce(Result<ReadErrors, String>)>,
    ) -> Result<Pump, String> {
        let mut lent = Vec::new();
        if let Err(sentence) = self.borrow(&[work.fit.pipeline, work.fit.out_of_fold], &mut lent).await {
            self.give_back(&lent);
            return Err(sentence);
        }
        let driver = SlicesDriver::new(lab.next_session(), file.size() as u64, work);
        let on_change = move |driver: &SlicesDriver| on_share(share_of(driver.progress()));
        let ended = move |driver: &mut SlicesDriver| {
            self.give_back(&lent);
            let outcome = driver.take_outcome().unwrap_or(Err(PassError::Stopped));
            then(outcome.map_err(|error| error.to_string()).and_then(|output| self.read_errors(output)));
        };
        Ok(Pump::start(self.shared.get(), driver, Some(file), on_change, ended))
    }

    fn read_errors(self, output: SlicesOutput) -> Result<ReadErrors, String> {
        let bytes = self.shared.get().shelf.take_bytes(output.records.hash);
        let records = bytes.and_then(|bytes| jobs::decode_records(&bytes.to_vec()));
        let records = records.ok_or_else(|| "The row numbers did not come: try again.".to_owned())?;
        Ok(ReadErrors { found: output.found, records, listed: output.listed })
    }

    /// A stored pipeline.
    ///
    /// # Errors
    /// One sentence where it is gone or cannot be read.
    pub(super) async fn pipeline(self, hash: ContentHash) -> Result<FittedPipeline, String> {
        let bytes = self.shared.get().store.blob_bytes(hash).await.map_err(|error| error.to_string())?;
        let bytes = bytes.ok_or(GONE)?;
        FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())
    }

    pub(super) fn ask<J: Job + Clone + 'static>(
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
                return Err(GONE.to_owned());
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
