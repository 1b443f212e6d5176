//! From a file to a dataset: what is imported, what is chosen about it, what training learns from.
//!
//! The file stays the browser's; a worker reads it by chunks, the preview by slices. A dataset is shown
//! as ready once file, recipe and record are stored. Counts live on the shelf until the page is closed,
//! and are read again from the stored file when training asks for them after a reload.

use drivers::{Driver, PassDriver, PassError, PassJob, Read, ReadDriver, SESSIONS_PER_PASS, ScanDriver};
use engine::dataset::LabelId;
use engine::num::ContentHash;
use jobs::{BlobRef, ReadOutput, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::SCHEMA;
use track::dataset::{Dataset, DatasetRef, Origin, RecipeRecord};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, ExperimentId};
use track::record::{Collection, Record};

use super::draft::{Draft, PREVIEW_ROWS, set_aside};
use super::loadable::Loadable;
use super::study_form;
use super::views::{DatasetView, ScannedFile, SetAsideView};
use super::{Shared, tab::Tab};
use crate::services::files::{self, GivenFile};
use crate::services::pump::Pump;
use crate::services::shelf::Kept;
use crate::services::{Services, clock, settings};

/// Datasets looked at for one that is the same file read by the same recipe.
const MAX_DATASETS_COMPARED: usize = 200;
/// Experiments looked at for one of the same name.
const MAX_EXPERIMENTS_COMPARED: usize = 200;
/// Bytes of the file that one page of the preview reads at most.
const MAX_PREVIEW_BYTES: u64 = 4 << 20;

/// How far the import of a file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Import {
    /// No file was given since the page was opened.
    #[default]
    Idle,
    /// The file is looked through. `share` goes from 0 to 1.
    Scanning {
        /// The file's name.
        name: String,
        /// Share of the bytes.
        share: f64,
    },
    /// Columns and mapping can be chosen.
    Scanned(ScannedFile),
    /// The file is read, cleaned and counted by what was chosen.
    Reading {
        /// The file and the choices.
        file: ScannedFile,
        /// Share of the bytes, from 0 to 1.
        share: f64,
    },
    /// It is a dataset now, stored: `Lab::dataset`.
    Ready(ScannedFile),
    /// The file cannot be used; what was there before is still there.
    Failed {
        /// The file's name.
        name: String,
        /// What is wrong and what to do.
        sentence: String,
    },
}

impl Import {
    /// The file and the choices, where there are any.
    pub fn file(&self) -> Option<&ScannedFile> {
        match self {
            Self::Scanned(file) | Self::Reading { file, .. } | Self::Ready(file) => Some(file),
            Self::Idle | Self::Scanning { .. } | Self::Failed { .. } => None,
        }
    }

    /// Whether a file is being looked through or read.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Scanning { .. } | Self::Reading { .. })
    }
}

/// Counts on the shelf, and what they were counted from.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadyCounts {
    /// The file and the recipe.
    pub data: DatasetRef,
    /// The experiment its runs belong to.
    pub experiment: ExperimentId,
    /// Class names in label order, each with its rows.
    pub classes: Vec<(String, u64)>,
    /// The encoded counts.
    pub counts: BlobRef,
    /// The encoded terms.
    pub terms: BlobRef,
}

/// What is to happen once a file was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Choose,
    UseAndTrain,
}

/// What cannot stand in a signal: the file, the choices, the pass under way.
#[derive(Default)]
struct Desk {
    file: Option<GivenFile>,
    draft: Option<Draft>,
    scan: Option<Pump<ScanDriver>>,
    read: Option<Pump<ReadDriver>>,
    /// A read that training asked for; a new import does not end it.
    recount: Option<Pump<ReadDriver>>,
    counts: Option<ReadyCounts>,
    n_sessions: u64,
    n_imports: u64,
}

/// Import and dataset. `Copy`; from context by `use_lab`.
#[derive(Clone, Copy)]
pub struct Lab {
    /// How far the import is.
    pub import: RwSignal<Import>,
    /// The dataset that training learns from: the last one used, also after a reload.
    pub dataset: RwSignal<Loadable<DatasetView>>,
    /// What reading it set aside; empty after a reload until it is read again.
    pub set_aside: RwSignal<SetAsideView>,
    /// Counts up whenever the sample is ready and training is to begin by itself.
    pub(super) train_now: RwSignal<u32>,
    desk: StoredValue<Desk, LocalStorage>,
    shared: Shared,
}

impl Lab {
    /// Imports a file a person gave.
    pub fn open_file(self, file: web_sys::File) {
        self.open(file.into(), Then::Choose);
    }

    /// Imports the sample reviews, uses them as they are, and lets training begin.
    pub fn open_sample(self) {
        let import = self.begin(files::SAMPLE_NAME.to_owned());
        spawn_local(async move {
            let fetched = files::fetch_sample().await;
            if self.is_current(import) {
                match fetched {
                    Ok(file) => self.open(file, Then::UseAndTrain),
                    Err(error) => self.fail(files::SAMPLE_NAME.to_owned(), error.to_string()),
                }
            }
        });
    }

    /// Opens the dataset in use again, to choose otherwise about its file.
    pub fn reopen(self) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else { return };
        let import = self.begin(dataset.name.clone());
        spawn_local(async move {
            let found = self.stored_file(&dataset).await;
            if self.is_current(import) {
                match found {
                    Ok(file) => self.open(file, Then::Choose),
                    Err(sentence) => self.fail(dataset.name, sentence),
                }
            }
        });
    }

    /// Forgets the file being imported; the dataset in use stays.
    pub fn close(self) {
        self.begin(String::new());
        self.import.set(Import::Idle);
    }

    /// Another column holds the reviews.
    pub fn set_text_column(self, column: u32) {
        self.choose(|draft| draft.set_text_column(column));
    }

    /// Another column holds the ratings.
    pub fn set_label_column(self, column: u32) {
        self.choose(|draft| draft.set_label_column(column));
    }

    /// A value of the rating column belongs to another class, or to none.
    pub fn set_class(self, value: &str, class: Option<LabelId>) {
        self.choose(|draft| draft.set_class(value, class));
    }

    /// Cells that read as missing are kept as text, or not.
    pub fn set_keep_missing(self, keep: bool) {
        self.choose(|draft| draft.set_keep_missing(keep));
    }

    /// Shows the rows from `first_row` on in the preview.
    pub fn show_rows(self, first_row: u64) {
        let import = self.desk.with_value(|desk| desk.n_imports);
        spawn_local(async move {
            self.read_preview(first_row).await;
            if self.is_current(import) {
                self.show_draft();
            }
        });
    }

    /// Reads the file by what is chosen and stores it as the dataset to learn from.
    pub fn use_this_data(self) {
        self.read_chosen(Then::Choose);
    }

    /// The counts of the dataset in use: at once where they are on the shelf, else read from its file.
    pub(super) fn with_counts(self, then: impl FnOnce(Result<ReadyCounts, String>) + 'static) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return then(Err("There is no data yet: choose a file or try the sample reviews.".to_owned()));
        };
        let ready = self.desk.with_value(|desk| desk.counts.clone());
        if let Some(ready) = ready.filter(|ready| ready.data == dataset.data) {
            return then(Ok(ready));
        }
        spawn_local(async move {
            let (file, recipe) = match self.stored_source(&dataset).await {
                Ok(found) => found,
                Err(sentence) => return then(Err(sentence)),
            };
            let pump = self.start_read(
                file,
                recipe,
                |_| (),
                move |lab, output| match output {
                    Ok(output) => spawn_local(async move {
                        let experiment = lab.find_experiment(&dataset.name).await;
                        then(match experiment {
                            Ok((id, new)) => match lab.store(new.into_iter().collect(), Vec::new()).await {
                                Ok(()) => Ok(lab.keep_counts(dataset.data, id, dataset.classes, &output)),
                                Err(sentence) => Err(sentence),
                            },
                            Err(sentence) => Err(sentence),
                        });
                    }),
                    Err(error) => then(Err(error.to_string())),
                },
            );
            self.desk.update_value(|desk| desk.recount = Some(pump));
        });
    }

    /// Loads the last dataset used, after the page was opened.
    fn restore(self) {
        self.dataset.set(Loadable::Loading);
        spawn_local(async move {
            let services = self.services();
            let last = services.store.list(&Query::All(Collection::Datasets), Order::Descending, 1).await;
            let last =
                last.map(|records| records.into_iter().find_map(dataset_of).as_ref().map(dataset_view));
            // A file may have been used while the store was being opened.
            if self.dataset.with_untracked(|dataset| *dataset == Loadable::Loading) {
                self.dataset.set(Loadable::from_result(last));
            }
        });
    }

    /// Loads the dataset again after it could not be loaded.
    pub fn retry(self) {
        self.restore();
    }

    fn services(self) -> Services {
        self.shared.get()
    }

    /// A new import: whatever was under way is given up. Its number tells whether it is still wanted.
    fn begin(self, name: String) -> u64 {
        let (scan, read, import) = self
            .desk
            .try_update_value(|desk| {
                desk.n_imports += 1;
                (desk.scan.take(), desk.read.take(), desk.n_imports)
            })
            .expect("the desk lives as long as the app");
        scan.iter().for_each(Pump::abandon);
        read.iter().for_each(Pump::abandon);
        self.import.set(Import::Scanning { name, share: 0.0 });
        import
    }

    fn is_current(self, import: u64) -> bool {
        self.desk.with_value(|desk| desk.n_imports == import)
    }

    fn fail(self, name: String, sentence: String) {
        self.import.set(Import::Failed { name, sentence });
    }

    fn open(self, file: GivenFile, then: Then) {
        let import = self.begin(file.name.clone());
        let driver = ScanDriver::new(self.next_session(), file.n_bytes());
        let name = file.name.clone();
        let on_change = move |driver: &ScanDriver| {
            self.import.set(Import::Scanning { name: name.clone(), share: share_of(driver) });
        };
        let blob = file.blob.clone();
        let name = file.name.clone();
        let is_sample = file.is_sample;
        let on_end = move |driver: &ScanDriver| {
            let summary = match driver.outcome() {
                Some(Ok(summary)) => summary.clone(),
                Some(Err(error)) => return self.fail(name, error.to_string()),
                None => return,
            };
            let draft = Draft::new(name, is_sample, summary);
            spawn_local(async move { self.scanned(draft, import, then).await });
        };
        let pump = Pump::start(&self.services(), driver, Some(blob), on_change, on_end);
        self.desk.update_value(|desk| {
            desk.file = Some(file);
            desk.scan = Some(pump);
        });
    }

    async fn scanned(self, draft: Draft, import: u64, then: Then) {
        if !self.is_current(import) {
            return;
        }
        let draft = match self.known_recipe(&draft).await {
            Some(recipe) if then == Then::Choose => draft.with_recipe(recipe),
            _ => draft,
        };
        self.desk.update_value(|desk| {
            desk.scan = None;
            desk.draft = Some(draft);
        });
        self.read_preview(0).await;
        if !self.is_current(import) {
            return;
        }
        self.show_draft();
        let is_usable =
            self.desk.with_value(|desk| desk.draft.as_ref().is_some_and(|draft| draft.problem().is_none()));
        if then == Then::UseAndTrain && is_usable {
            self.read_chosen(then);
        }
    }

    /// What was chosen the last time this very file was used.
    async fn known_recipe(self, draft: &Draft) -> Option<engine::dataset::DatasetRecipe> {
        let services = self.services();
        let all = Query::All(Collection::Datasets);
        let known = services.store.list(&all, Order::Descending, MAX_DATASETS_COMPARED).await.ok()?;
        let known =
            known.into_iter().filter_map(dataset_of).find(|known| known.data.file == draft.summary.hash)?;
        match services.store.get(Collection::Recipes, &known.data.recipe.to_string()).await {
            Ok(Some(Record::Recipe(record))) => Some(record.recipe),
            _ => None,
        }
    }

    async fn read_preview(self, first_row: u64) {
        let wanted = self.desk.with_value(|desk| {
            let (draft, file) = (desk.draft.as_ref()?, desk.file.as_ref()?);
            Some((draft.slice_for(first_row), draft.summary.format.clone(), file.blob.clone()))
        });
        let Some(((start, end, skip), format, blob)) = wanted else { return };
        let end = end.min(start + MAX_PREVIEW_BYTES);
        let Ok(bytes) = files::slice(&blob, start, end).await else { return };
        let rows = engine::table::preview(&format, &bytes.to_vec(), skip + PREVIEW_ROWS);
        let rows = rows.into_iter().skip(skip).collect();
        self.desk.update_value(|desk| {
            if let Some(draft) = &mut desk.draft {
                draft.show_rows(first_row, rows);
            }
        });
    }

    /// Changes a choice and shows it. While a file is read nothing can be changed.
    fn choose(self, change: impl FnOnce(&mut Draft)) {
        if self.import.with_untracked(Import::is_busy) {
            return;
        }
        self.desk.update_value(|desk| {
            if let Some(draft) = &mut desk.draft {
                change(draft);
            }
        });
        self.show_draft();
    }

    fn show_draft(self) {
        if let Some(view) = self.desk.with_value(|desk| desk.draft.as_ref().map(Draft::view)) {
            self.import.set(Import::Scanned(view));
        }
    }

    fn read_chosen(self, then: Then) {
        let chosen = self.desk.with_value(|desk| {
            let draft = desk.draft.clone().filter(|draft| draft.problem().is_none())?;
            Some((draft, desk.file.clone()?, desk.n_imports))
        });
        let Some((draft, file, import)) = chosen else { return };
        let view = draft.view();
        self.import.set(Import::Reading { file: view.clone(), share: 0.0 });
        let on_change = {
            let view = view.clone();
            move |share| self.import.set(Import::Reading { file: view.clone(), share })
        };
        let recipe = draft.recipe.clone();
        let pump = self.start_read(file.blob.clone(), recipe, on_change, move |lab, output| match output {
            Ok(output) => spawn_local(async move {
                if lab.is_current(import) {
                    lab.store_dataset(draft, file, output, then).await;
                }
            }),
            Err(error) => {
                lab.import.set(Import::Scanned(ScannedFile { problem: Some(error.to_string()), ..view }))
            }
        });
        self.desk.update_value(|desk| desk.read = Some(pump));
    }

    fn start_read(
        self,
        file: web_sys::Blob,
        recipe: engine::dataset::DatasetRecipe,
        on_share: impl Fn(f64) + 'static,
        on_end: impl FnOnce(Self, Result<ReadOutput, PassError>) + 'static,
    ) -> Pump<ReadDriver> {
        let (ngram_range, df_floor) = study_form::counting();
        let read = Read { recipe, ngram_range, df_floor };
        let driver = ReadDriver::new(self.next_session(), file.size() as u64, read);
        let ended = move |driver: &ReadDriver| {
            if let Some(outcome) = driver.outcome() {
                on_end(self, outcome.clone());
            }
        };
        let on_change = move |driver: &ReadDriver| on_share(share_of(driver));
        Pump::start(&self.services(), driver, Some(file), on_change, ended)
    }

    async fn store_dataset(self, draft: Draft, file: GivenFile, output: ReadOutput, then: Then) {
        let view = draft.view();
        let stored = async {
            let recipe_hash = draft.recipe.hash();
            let data = DatasetRef { file: draft.summary.hash, recipe: recipe_hash };
            let classes: Vec<(String, u64)> = draft
                .recipe
                .mapping
                .classes
                .iter()
                .cloned()
                .zip(output.summary.class_counts.iter().copied())
                .collect();
            let now = clock::now();
            let (experiment, new_experiment) = self.find_experiment(&draft.name).await?;
            let dataset = Dataset {
                schema: SCHEMA,
                // A dataset used again becomes the last one used.
                id: DatasetId::new(now, clock::entropy()),
                created: now,
                lifecycle: Lifecycle::Active,
                name: draft.name.clone(),
                origin: if draft.is_sample {
                    Origin::Sample
                } else {
                    Origin::File { name: draft.name.clone() }
                },
                data: data.clone(),
                file_bytes: draft.summary.n_bytes,
                n_rows: output.summary.n_rows_kept,
                classes: classes.clone(),
            };
            let recipe = RecipeRecord {
                schema: SCHEMA,
                hash: recipe_hash,
                created: now,
                recipe: draft.recipe.clone(),
            };
            let mut records = vec![Record::Recipe(recipe), Record::Dataset(dataset.clone())];
            records.extend(new_experiment);
            self.store(records, vec![(data.file, Kept::File(file.blob.clone()))]).await?;
            self.keep_counts(data, experiment, classes, &output);
            Ok::<_, String>(dataset)
        };
        match stored.await {
            Ok(dataset) => {
                settings::set_returning();
                self.set_aside.set(set_aside(&output.summary.issues));
                self.dataset.set(Loadable::Loaded(dataset_view(&dataset)));
                self.import.set(Import::Ready(view));
                if then == Then::UseAndTrain {
                    self.train_now.update(|times| *times += 1);
                }
            }
            Err(sentence) => {
                self.import.set(Import::Scanned(ScannedFile { problem: Some(sentence), ..view }))
            }
        }
    }

    async fn store(self, records: Vec<Record>, blobs: Vec<(ContentHash, Kept)>) -> Result<(), String> {
        if records.is_empty() && blobs.is_empty() {
            return Ok(());
        }
        let blobs = blobs.into_iter().map(|(hash, kept)| (hash, kept.to_stored())).collect();
        self.services().store.write(Batch { records, blobs }).await.map_err(|error| error.to_string())
    }

    /// Counts for the pool, and nothing else on the shelf.
    fn keep_counts(
        self,
        data: DatasetRef,
        experiment: ExperimentId,
        classes: Vec<(String, u64)>,
        output: &ReadOutput,
    ) -> ReadyCounts {
        let ready = ReadyCounts { data, experiment, classes, counts: output.counts, terms: output.terms };
        let services = self.services();
        services.shelf.keep_only(&[ready.counts.hash, ready.terms.hash]);
        services.pool.fit_to(ready.counts.n_bytes + ready.terms.n_bytes);
        services.pool.warm_up();
        self.desk.update_value(|desk| desk.counts = Some(ready.clone()));
        ready
    }

    /// The experiment of this name, or a new one and its record.
    async fn find_experiment(self, file_name: &str) -> Result<(ExperimentId, Option<Record>), String> {
        let name = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned();
        let all = Query::All(Collection::Experiments);
        let known = self.services().store.list(&all, Order::Descending, MAX_EXPERIMENTS_COMPARED).await;
        let known = known.map_err(|error| error.to_string())?.into_iter().find_map(|record| match record {
            Record::Experiment(found) if found.name == name && found.lifecycle == Lifecycle::Active => {
                Some(found.id)
            }
            _ => None,
        });
        if let Some(id) = known {
            return Ok((id, None));
        }
        let now = clock::now();
        let id = ExperimentId::new(now, clock::entropy());
        let experiment = Experiment {
            schema: SCHEMA,
            id: id.clone(),
            created: now,
            lifecycle: Lifecycle::Active,
            name,
            note: String::new(),
        };
        Ok((id, Some(Record::Experiment(experiment))))
    }

    async fn stored_file(self, dataset: &DatasetView) -> Result<GivenFile, String> {
        let (blob, _) = self.stored_source(dataset).await?;
        Ok(GivenFile { name: dataset.name.clone(), blob, is_sample: dataset.is_sample })
    }

    /// A dataset's file and recipe, from the store.
    async fn stored_source(
        self,
        dataset: &DatasetView,
    ) -> Result<(web_sys::Blob, engine::dataset::DatasetRecipe), String> {
        let gone = || format!("The file '{}' is no longer on this device: choose it again.", dataset.name);
        let store = self.services().store;
        let blob =
            store.blob(dataset.data.file).await.map_err(|error| error.to_string())?.ok_or_else(gone)?;
        let file = crate::services::shelf::browser_blob(&blob).ok_or_else(gone)?;
        let recipe = store.get(Collection::Recipes, &dataset.data.recipe.to_string()).await;
        match recipe.map_err(|error| error.to_string())? {
            Some(Record::Recipe(record)) => Ok((file, record.recipe)),
            _ => Err(gone()),
        }
    }

    fn next_session(self) -> Session {
        let first = self.desk.try_update_value(|desk| {
            desk.n_sessions += SESSIONS_PER_PASS;
            desk.n_sessions
        });
        Session(first.expect("the desk lives as long as the app"))
    }
}

fn share_of<J: PassJob>(driver: &PassDriver<J>) -> f64
where
    PassDriver<J>: Driver,
{
    let progress = driver.progress();
    if progress.total_bytes == 0 { 0.0 } else { progress.n_bytes as f64 / progress.total_bytes as f64 }
}

fn dataset_of(record: Record) -> Option<Dataset> {
    match record {
        Record::Dataset(dataset) if dataset.lifecycle == Lifecycle::Active => Some(dataset),
        _ => None,
    }
}

fn dataset_view(dataset: &Dataset) -> DatasetView {
    DatasetView {
        id: dataset.id.clone(),
        name: dataset.name.clone(),
        is_sample: dataset.origin == Origin::Sample,
        n_rows: dataset.n_rows,
        classes: dataset.classes.clone(),
        n_bytes: dataset.file_bytes,
        data: dataset.data.clone(),
    }
}

pub(super) fn provide_lab(shared: Shared, _tab: Tab) -> Lab {
    let lab = Lab {
        import: RwSignal::new(Import::Idle),
        dataset: RwSignal::new(Loadable::Nothing),
        set_aside: RwSignal::new(SetAsideView::default()),
        train_now: RwSignal::new(0),
        desk: StoredValue::new_local(Desk::default()),
        shared,
    };
    provide_context(lab);
    lab.restore();
    lab
}

/// Import and dataset.
pub fn use_lab() -> Lab {
    use_context().expect("`provide_app_state` in `App` provides the lab")
}
