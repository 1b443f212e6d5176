//! The second pass over a file: by what was chosen, into counts and a stored dataset.

use drivers::{PassError, Read, ReadDriver};
use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::tune::CorpusSpec;
use jobs::ReadOutput;
use leptos::task::spawn_local;
use storage::Batch;
use track::dataset::{Dataset, DatasetRef};
use track::id::ExperimentId;
use track::record::Record;

use super::{Lab, Then, share_of};
use crate::services::files::{Blob, GivenFile, MadeOf, Unread};
use crate::services::pump::Pump;
use crate::services::shelf::Kept;
use crate::services::{clock, settings};
use crate::state::dataset_records::{SourceFile, dataset_view, find_experiment, records_of};
use crate::state::draft::{Draft, set_aside};
use crate::state::import::{Import, ReadCorpus, ReadyCounts};
use crate::state::loadable::Loadable;
use crate::state::study_form;
use crate::state::views::{DatasetView, ScannedFile};

/// Why the sample does not train by itself.
const SAMPLE_WAITS: &str =
    "It is ready, but a study is under way: press Start tuning on the Train page when that has ended.";

/// Takes what a read gave.
pub(super) type OnRead = Box<dyn FnOnce(Lab, Result<ReadOutput, PassError>)>;

impl Lab {
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
        let wanted: Vec<ContentHash> = last.iter().chain([studied]).flat_map(ReadyCounts::blobs).collect();
        let services = self.services();
        services.shelf.keep_only(&wanted);
        services.pool.fit_to(studied.n_bytes());
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
        self.start_read_as(file, Read { recipe, counting: study_form::counting() }, on_share, on_end)
    }

    pub(super) fn start_read_as(
        self,
        file: Blob,
        read: Read,
        on_share: Box<dyn Fn(f64)>,
        on_end: OnRead,
    ) -> Pump {
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
        let MadeOf { originals, blobs, unread } = file.made_of;
        let origin = file.origin.clone();
        let source = SourceFile::of_draft(&draft, file.origin, originals, unread);
        let blobs = std::iter::once((source.hash, file.blob)).chain(blobs).collect();
        match self.store_read(source, draft.recipe, blobs, output).await {
            Ok(dataset) => {
                settings::set_returning();
                self.typing.forget(&origin);
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

    /// Stores what reading a file gave, with the files that are not stored yet, and shows it as the dataset in
    /// use.
    pub(super) async fn store_read(
        self,
        source: SourceFile,
        recipe: DatasetRecipe,
        files: Vec<(ContentHash, Blob)>,
        output: ReadOutput,
    ) -> Result<Dataset, String> {
        let (record, dataset) = records_of((&source, &recipe), &output, clock::now());
        let found = find_experiment(&self.services().store, &dataset.name).await;
        let (experiment, new) = found.map_err(|error| error.to_string())?;
        let of_data = [Record::Recipe(record), Record::Dataset(dataset.clone())];
        let records = new.into_iter().chain(of_data).collect();
        let files = files.into_iter().map(|(hash, file)| (hash, Kept::File(file)));
        self.store(records, files.collect()).await?;
        let read = (dataset.data.clone(), recipe);
        self.keep_counts(read, experiment, dataset.classes.clone(), &output);
        self.set_aside.set(set_aside(&output.summary.issues).with_unread(&source.unread));
        self.desk.update(|desk| desk.unread = Some((source.hash, source.unread)));
        self.dataset.set(Loadable::Loaded(dataset_view(&dataset)));
        Ok(dataset)
    }

    /// Rows of a dataset's originals that could not be read: with what is wrong with each, while this page knows.
    pub(super) fn unread_of(self, dataset: &DatasetView) -> Unread {
        let known = self.desk.with(|desk| desk.unread.clone());
        let of_file = known.filter(|(file, _)| *file == dataset.data.file).map(|(_, unread)| unread);
        of_file.unwrap_or(Unread { n_rows: dataset.n_unread, tables: Vec::new() })
    }

    /// The experiment that runs on data of this name belong to, stored.
    pub(super) async fn experiment(self, file_name: &str) -> Result<ExperimentId, String> {
        let found = find_experiment(&self.services().store, file_name).await;
        let (id, new) = found.map_err(|error| error.to_string())?;
        self.store(new.into_iter().collect(), Vec::new()).await?;
        Ok(id)
    }

    pub(super) async fn store(
        self,
        records: Vec<Record>,
        blobs: Vec<(ContentHash, Kept)>,
    ) -> Result<(), String> {
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
    ) {
        let way = CorpusSpec { cleaning: recipe.cleaning.clone(), counting: study_form::counting() };
        let corpora = vec![ReadCorpus { way, counts: output.counts, terms: output.terms }];
        let ratings = output.summary.ratings.clone();
        let ready = ReadyCounts { data, recipe, experiment, classes, ratings, corpora };
        let services = self.services();
        if !self.is_studying() {
            services.shelf.keep_only(&ready.blobs());
            services.pool.fit_to(ready.n_bytes());
            services.pool.warm_up(usize::MAX);
        }
        self.desk.update(|desk| desk.counts = Some(ready));
    }
}
