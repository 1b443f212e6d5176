//! The datasets that are kept: another is used, renamed, deleted, brought back, forgotten, downloaded.

use drivers::{Export, ExportDriver, PassError};
use engine::num::ContentHash;
use jobs::ExportOutput;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query, StoreError};
use track::dataset::Dataset;
use track::experiment::Lifecycle;
use track::id::DatasetId;
use track::record::{Collection, Record};

use super::Lab;
use crate::services::clock;
use crate::services::files::{self, Blob};
use crate::services::pump::Pump;
use crate::services::shelf::{blob_of, browser_blob};
use crate::state::audit::Check;
use crate::state::dataset_records::{dataset_view, stored_source};
use crate::state::kept_datasets::KeptDatasets;
use crate::state::loadable::Loadable;
use crate::state::views::SetAsideView;

/// Records of datasets that are looked at.
const MAX_DATASETS: usize = 1000;
/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 120;

/// How the last change of a kept dataset went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Keeping {
    /// None was asked for.
    #[default]
    Nothing,
    /// Under way, in words.
    Busy(String),
    /// Done, in one sentence.
    Done(String),
    /// Not done, in one sentence.
    Failed(String),
}

/// Every record, newest first, in; the records to write and what is said of it out. None where the dataset is gone.
type Change = Box<dyn FnOnce(Vec<Dataset>) -> Option<(Vec<Dataset>, String)>>;

impl Lab {
    /// Learns from another dataset: it becomes the last one used.
    pub fn use_kept(self, file: ContentHash) {
        self.change("Opening the dataset", move |all| {
            let now = clock::now();
            let newest = newest_of(&all, file)?;
            let used = Dataset { id: DatasetId::new(now, clock::entropy()), created: now, ..newest.clone() };
            let done = format!("'{}' is in use now.", used.name);
            Some((vec![used], done))
        });
    }

    /// Calls a dataset otherwise, and calls `then` once it is stored.
    pub fn rename_kept(self, file: ContentHash, name: &str, then: impl FnOnce() + 'static) {
        let name: String = name.trim().chars().take(MAX_NAME_CHARS).collect();
        if name.is_empty() {
            return self.keeping.set(Keeping::Failed("A dataset needs a name: type one.".to_owned()));
        }
        self.change_then("Renaming the dataset", Box::new(then), move |all| {
            let of_file = all.into_iter().filter(|dataset| dataset.data.file == file && dataset.is_active());
            let done = format!("It is called '{name}' now.");
            Some((of_file.map(|dataset| Dataset { name: name.clone(), ..dataset }).collect(), done))
        });
    }

    /// Deletes a dataset; until it is forgotten it can be brought back.
    pub fn delete_kept(self, file: ContentHash) {
        self.change("Deleting the dataset", move |all| {
            with_lifecycle(all, file, Lifecycle::Deleted, "is deleted")
        });
    }

    /// Brings a deleted dataset back.
    pub fn undo_delete(self, file: ContentHash) {
        self.change("Bringing the dataset back", move |all| {
            with_lifecycle(all, file, Lifecycle::Active, "is back")
        });
    }

    /// Frees the room that deleted datasets take: their files are gone for good, what was learned from them stays.
    pub fn forget_deleted(self) {
        self.keeping.set(Keeping::Busy("Removing the files".to_owned()));
        spawn_local(async move {
            let outcome = self.forget().await.map_err(|error| error.to_string());
            self.keeping.set(outcome.map_or_else(Keeping::Failed, Keeping::Done));
            self.show_kept().await;
        });
    }

    /// Offers a stored file as a download.
    pub fn download_file(self, file: ContentHash, name: String) {
        spawn_local(async move {
            let found = self.services().store.blob(file).await.map_err(|error| error.to_string());
            match found.map(|blob| blob.as_ref().and_then(browser_blob)) {
                Ok(Some(blob)) => files::download_blob(&name, &blob),
                Ok(None) => {
                    self.keeping.set(Keeping::Failed(format!("'{name}' is no longer on this device.")))
                }
                Err(sentence) => self.keeping.set(Keeping::Failed(sentence)),
            }
        });
    }

    /// Offers what is learned from as a table: row, review, class and cleaned text.
    pub fn download_cleaned(self, file: ContentHash) {
        self.keeping.set(Keeping::Busy("Writing the table".to_owned()));
        spawn_local(async move {
            let all = self.all_datasets().await.unwrap_or_default();
            let Some(dataset) = newest_of(&all, file).map(dataset_view) else {
                return self.keeping.set(Keeping::Failed("It is no longer on this device.".to_owned()));
            };
            match stored_source(&self.services().store, &dataset).await {
                Ok((blob, recipe)) => self.export(dataset.name, blob, Export { recipe }),
                Err(sentence) => self.keeping.set(Keeping::Failed(sentence)),
            }
        });
    }

    fn export(self, name: String, file: Blob, export: Export) {
        let driver = ExportDriver::new(self.next_session(), file.size() as u64, export);
        let ended = move |driver: &mut ExportDriver| {
            if let Some(outcome) = driver.take_outcome() {
                self.exported(&name, outcome);
            }
        };
        Pump::start(self.services(), driver, Some(file), |_| (), ended);
    }

    fn exported(self, name: &str, outcome: Result<ExportOutput, PassError>) {
        let output = match outcome {
            Ok(output) => output,
            Err(error) => return self.keeping.set(Keeping::Failed(error.to_string())),
        };
        let shelf = self.services().shelf.clone();
        let parts: Option<Vec<Blob>> =
            output.parts.iter().map(|part| shelf.bytes(part.hash).map(|bytes| blob_of(&bytes))).collect();
        shelf.drop_those(&|hash| output.parts.iter().any(|part| part.hash == hash));
        match parts {
            Some(parts) => {
                let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("reviews");
                files::download_blob(&format!("{stem}-cleaned.csv"), &files::joined(&parts));
                self.keeping.set(Keeping::Done("The table is written.".to_owned()));
            }
            None => {
                self.keeping.set(Keeping::Failed("What was written is no longer here: try again.".to_owned()))
            }
        }
    }

    /// Every record of a dataset, newest first.
    pub(super) async fn all_datasets(self) -> Result<Vec<Dataset>, StoreError> {
        let all = Query::All(Collection::Datasets);
        let records = self.services().store.list(&all, Order::Descending, MAX_DATASETS).await?;
        let dataset = |record| if let Record::Dataset(dataset) = record { Some(dataset) } else { None };
        Ok(records.into_iter().filter_map(dataset).collect())
    }

    /// Shows what is kept now; what was shown stays where it cannot be read.
    pub(super) async fn show_kept(self) {
        let store = &self.services().store;
        let Ok(all) = self.all_datasets().await else { return };
        let mut here = Vec::new();
        for dataset in all.iter().filter(|dataset| !dataset.is_active()) {
            if store.blob(dataset.data.file).await.is_ok_and(|blob| blob.is_some()) {
                here.push(dataset.data.file);
            }
        }
        self.kept.set_if_new(KeptDatasets::of(&all, |file| here.contains(&file)));
    }

    async fn forget(self) -> Result<String, StoreError> {
        let store = &self.services().store;
        let all = self.all_datasets().await?;
        let kept = KeptDatasets::of(&all, |_| true);
        let files_of = |list: &[crate::state::kept_datasets::KeptDataset]| -> Vec<ContentHash> {
            let originals = list.iter().flat_map(|kept| kept.originals.iter().map(|original| original.file));
            list.iter().map(|kept| kept.file).chain(originals).collect()
        };
        let needed = files_of(&kept.active);
        let gone: Vec<ContentHash> =
            files_of(&kept.deleted).into_iter().filter(|file| !needed.contains(file)).collect();
        store.remove_blobs(&gone).await?;
        Ok("The room is free again.".to_owned())
    }

    /// Writes records of datasets anew, and shows what is in use then.
    fn change(
        self,
        words: &'static str,
        change: impl FnOnce(Vec<Dataset>) -> Option<(Vec<Dataset>, String)> + 'static,
    ) {
        self.change_then(words, Box::new(|| ()), change);
    }

    fn change_then(
        self,
        words: &'static str,
        then: Box<dyn FnOnce()>,
        change: impl FnOnce(Vec<Dataset>) -> Option<(Vec<Dataset>, String)> + 'static,
    ) {
        self.keeping.set(Keeping::Busy(words.to_owned()));
        let change: Change = Box::new(change);
        spawn_local(async move {
            let outcome = self.changed(change).await;
            let is_done = outcome.is_ok();
            self.keeping.set(outcome.map_or_else(Keeping::Failed, Keeping::Done));
            if is_done {
                then();
            }
        });
    }

    async fn changed(self, change: Change) -> Result<String, String> {
        let all = self.all_datasets().await.map_err(|error| error.to_string())?;
        let (records, done) = change(all).ok_or("It is no longer on this device: reload the page.")?;
        let records = records.into_iter().map(Record::Dataset).collect();
        let batch = Batch { records, blobs: Vec::new() };
        self.services().store.write(batch).await.map_err(|error| error.to_string())?;
        let all = self.all_datasets().await.map_err(|error| error.to_string())?;
        let last = all.iter().find(|dataset| dataset.is_active()).map(dataset_view);
        let is_other = self.dataset.with_untracked(|shown| shown.loaded() != last.as_ref());
        if is_other {
            // What was chosen about the file before is no matter of this one.
            self.close();
            self.next_check();
            self.check.set(Check::NotAsked);
            self.set_aside.set(SetAsideView::default());
            self.dataset.set(last.map_or(Loadable::Nothing, Loadable::Loaded));
        }
        self.show_kept().await;
        Ok(done)
    }
}

/// The newest record of a file, of records that stand newest first.
pub(super) fn newest_of(all: &[Dataset], file: ContentHash) -> Option<&Dataset> {
    all.iter().find(|dataset| dataset.data.file == file)
}

fn with_lifecycle(
    all: Vec<Dataset>,
    file: ContentHash,
    lifecycle: Lifecycle,
    what: &str,
) -> Option<(Vec<Dataset>, String)> {
    let done = format!("'{}' {what}.", newest_of(&all, file)?.name);
    let of_file = all.into_iter().filter(|dataset| dataset.data.file == file);
    Some((of_file.map(|dataset| Dataset { lifecycle, ..dataset }).collect(), done))
}
