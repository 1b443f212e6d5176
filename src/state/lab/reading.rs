//! The second pass over a file: by what was chosen, into counts and a stored dataset.

use drivers::{PassError, Read, ReadDriver};
use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use jobs::ReadOutput;
use leptos::task::spawn_local;
use storage::Batch;
use track::dataset::{Dataset, DatasetRef};
use track::id::ExperimentId;
use track::record::Record;

use super::{Lab, Then, share_of};
use crate::services::files::{Blob, GivenFile};
use crate::services::pump::Pump;
use crate::services::shelf::Kept;
use crate::services::{clock, settings};
use crate::state::dataset_records::{SourceFile, dataset_view, find_experiment, records_of, stored_source};
use crate::state::draft::{Draft, set_aside};
use crate::state::import::{Import, ReadyCounts};
use crate::state::loadable::Loadable;
use crate::state::study_form;
use crate::state::views::ScannedFile;

/// Why the sample does not train by itself.
const SAMPLE_WAITS: &str =
    "It is ready, but a study is under way: press Start tuning on the Train page when that has ended.";

/// Takes what a read gave.
pub(super) type OnRead = Box<dyn FnOnce(Lab, Result<ReadOutput, PassError>)>;

impl Lab {
    /// The counts of the dataset in use: at once where they are on the shelf, else read from its file.
    pub(in crate::state) fn with_counts(self, then: impl FnOnce(Result<ReadyCounts, String>) + 'static) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return then(Err("There is no data yet: choose a file or try the sample reviews.".to_owned()));
        };
        let ready = self.desk.with(|desk| desk.counts.clone());
        let services = self.services();
        let is_kept = |ready: &ReadyCounts| {
            [ready.counts.hash, ready.terms.hash].into_iter().all(|hash| services.shelf.get(hash).is_some())
        };
        if let Some(ready) = ready.filter(|ready| ready.data == dataset.data && is_kept(ready)) {
            return then(Ok(ready));
        }
        let recount = self.next_recount();
        spawn_local(async move {
            let (file, recipe) = match stored_source(&self.services().store, &dataset).await {
                Ok(found) => found,
                Err(sentence) => return then(Err(sentence)),
            };
            if self.desk.with(|desk| desk.n_recounts != recount) {
                return;
            }
            let read_by = recipe.clone();
            let on_end: OnRead = Box::new(move |lab, output| match output {
                Ok(output) => spawn_local(async move {
                    let experiment = lab.experiment(&dataset.name).await;
                    let read = (dataset.data, read_by);
                    then(experiment.map(|id| lab.keep_counts(read, id, dataset.classes, &output)));
                }),
                Err(error) => then(Err(error.to_string())),
            });
            let pump = self.start_read(file, recipe, Box::new(|_| ()), on_end);
            self.desk.update(|desk| desk.recount = Some(pump));
        });
    }

    /// Gives up the read that training asked for.
    pub(in crate::state) fn abandon_recount(self) {
        self.next_recount();
    }

    /// Another read for training: the one before is given up. Its number tells whether it is still wanted.
    fn next_recount(self) -> u64 {
        let (before, recount) = self
            .desk
            .update(|desk| {
                desk.n_recounts += 1;
                (desk.recount.take(), desk.n_recounts)
            })
            .expect("the desk lives as long as the app");
        before.iter().for_each(Pump::abandon);
        recount
    }

    /// A study begins to need what is on the shelf: until `end_study` nothing is taken off it by a read.
    pub(in crate::state) fn begin_study(self) {
        self.desk.update(|desk| desk.is_studying = true);
    }

    /// No study needs the shelf any more.
    pub(in crate::state) fn end_study(self) {
        self.desk.update(|desk| desk.is_studying = false);
    }

    pub(super) fn is_studying(self) -> bool {
        self.desk.with(|desk| desk.is_studying)
    }

    /// A study of `studied` starts: these counts and the last ones read stay on the shelf, nothing else.
    pub(in crate::state) fn keep_for_study(self, studied: &ReadyCounts) {
        let last = self.desk.with(|desk| desk.counts.clone());
        let kept = last.iter().chain([studied]);
        let wanted: Vec<ContentHash> = kept.flat_map(|ready| [ready.counts.hash, ready.terms.hash]).collect();
        let services = self.services();
        services.shelf.keep_only(&wanted);
        services.pool.fit_to(studied.counts.n_bytes + studied.terms.n_bytes);
    }

    pub(super) fn read_chosen(self, then: Then) {
        let chosen = self.desk.with(|desk| {
            let draft = desk.draft.clone().filter(|draft| draft.problem().is_none())?;
            Some((draft, desk.file.clone()?, desk.n_imports))
        });
        let Some((draft, file, import)) = chosen else { return };
        let view = draft.view();
        self.import.set(Import::Reading { file: view.clone(), share: 0.0 });
        let shown = view.clone();
        let on_share = Box::new(move |share| self.import.set(Import::Reading { file: shown.clone(), share }));
        let (blob, recipe) = (file.blob.clone(), draft.recipe.clone());
        let on_end: OnRead = Box::new(move |lab, output| match output {
            Ok(output) => spawn_local(async move {
                if lab.is_current(import) {
                    lab.store_dataset(draft, file, output, then).await;
                }
            }),
            Err(error) => {
                lab.import.set(Import::Scanned(ScannedFile { problem: Some(error.to_string()), ..view }))
            }
        });
        let pump = self.start_read(blob, recipe, on_share, on_end);
        self.desk.update(|desk| desk.read = Some(pump));
    }

    pub(super) fn start_read(
        self,
        file: Blob,
        recipe: DatasetRecipe,
        on_share: Box<dyn Fn(f64)>,
        on_end: OnRead,
    ) -> Pump {
        let read = Read { recipe, counting: study_form::counting() };
        let driver = ReadDriver::new(self.next_session(), file.size() as u64, read);
        let ended = move |driver: &mut ReadDriver| {
            if let Some(outcome) = driver.take_outcome() {
                on_end(self, outcome);
            }
        };
        let on_change = move |driver: &ReadDriver| on_share(share_of(driver.progress()));
        Pump::start(self.services(), driver, Some(file), on_change, ended)
    }

    async fn store_dataset(self, draft: Draft, file: GivenFile, output: ReadOutput, then: Then) {
        let view = draft.view();
        let source = SourceFile::of_draft(&draft);
        match self.store_read(source, draft.recipe, Some(file.blob), output).await {
            Ok(dataset) => {
                settings::set_returning();
                self.import.set(Import::Ready(view));
                if then == Then::UseAndTrain {
                    // A study may have been started since the click.
                    match self.is_studying() {
                        true => self.fail(dataset.name, SAMPLE_WAITS.to_owned()),
                        false => self.train_now.update(|times| *times += 1),
                    }
                }
            }
            Err(sentence) => {
                self.import.set(Import::Scanned(ScannedFile { problem: Some(sentence), ..view }))
            }
        }
    }

    /// Stores what reading a file gave, with the file where it is not stored yet, and shows it as the dataset in
    /// use.
    pub(super) async fn store_read(
        self,
        source: SourceFile,
        recipe: DatasetRecipe,
        file: Option<Blob>,
        output: ReadOutput,
    ) -> Result<Dataset, String> {
        let (record, dataset) = records_of((&source, &recipe), &output, clock::now());
        let found = find_experiment(&self.services().store, &dataset.name).await;
        let (experiment, new) = found.map_err(|error| error.to_string())?;
        let of_data = [Record::Recipe(record), Record::Dataset(dataset.clone())];
        let records = new.into_iter().chain(of_data).collect();
        let file = file.map(|file| (dataset.data.file, Kept::File(file)));
        self.store(records, file.into_iter().collect()).await?;
        let read = (dataset.data.clone(), recipe);
        self.keep_counts(read, experiment, dataset.classes.clone(), &output);
        self.set_aside.set(set_aside(&output.summary.issues));
        self.dataset.set(Loadable::Loaded(dataset_view(&dataset)));
        Ok(dataset)
    }

    /// The experiment that runs on data of this name belong to, stored.
    async fn experiment(self, file_name: &str) -> Result<ExperimentId, String> {
        let found = find_experiment(&self.services().store, file_name).await;
        let (id, new) = found.map_err(|error| error.to_string())?;
        self.store(new.into_iter().collect(), Vec::new()).await?;
        Ok(id)
    }

    async fn store(self, records: Vec<Record>, blobs: Vec<(ContentHash, Kept)>) -> Result<(), String> {
        if records.is_empty() && blobs.is_empty() {
            return Ok(());
        }
        let blobs = blobs.into_iter().map(|(hash, kept)| (hash, kept.to_stored())).collect();
        self.services().store.write(Batch { records, blobs }).await.map_err(|error| error.to_string())
    }

    /// Counts for the pool, and nothing else on the shelf, unless a study may need what lies there.
    fn keep_counts(
        self,
        (data, recipe): (DatasetRef, DatasetRecipe),
        experiment: ExperimentId,
        classes: Vec<(String, u64)>,
        output: &ReadOutput,
    ) -> ReadyCounts {
        let (counts, terms) = (output.counts, output.terms);
        let ready = ReadyCounts { data, recipe, experiment, classes, counts, terms };
        let services = self.services();
        if !self.is_studying() {
            services.shelf.keep_only(&[ready.counts.hash, ready.terms.hash]);
            services.pool.fit_to(ready.counts.n_bytes + ready.terms.n_bytes);
            services.pool.warm_up(usize::MAX);
        }
        self.desk.update(|desk| desk.counts = Some(ready.clone()));
        ready
    }
}
