//! What is stored of a dataset: choices and a reading in, its records out, and back from the store.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use jobs::ReadOutput;
use storage::{Order, Query, StoreError};
use track::dataset::{Dataset, DatasetRef, Origin, Original, RecipeRecord, UsedFile};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, ExperimentId, Millis};
use track::record::{Collection, Record};

use super::draft::Draft;
use super::views::DatasetView;
use crate::services::clock;
use crate::services::files::{Blob, Unread};
use crate::services::shelf::browser_blob;
use crate::services::store::StoreService;

/// Datasets looked at for one of the same file.
const MAX_DATASETS_COMPARED: usize = 200;
/// Experiments looked at for one of the same name.
const MAX_EXPERIMENTS_COMPARED: usize = 200;

/// A stored file that becomes a dataset.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// Shown name.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// Hash of its bytes.
    pub hash: ContentHash,
    /// Its size.
    pub n_bytes: u64,
    /// What it was made of.
    pub originals: Vec<Original>,
    /// Rows of that which cannot be read.
    pub unread: Unread,
}

impl SourceFile {
    /// The file of a draft.
    pub fn of_draft(draft: &Draft, origin: Origin, originals: Vec<Original>, unread: Unread) -> Self {
        let Draft { name, summary, .. } = draft;
        let (hash, n_bytes) = (summary.hash, summary.n_bytes);
        Self { name: name.clone(), origin, hash, n_bytes, originals, unread }
    }

    /// The file of a dataset.
    pub fn of_dataset(dataset: &DatasetView, unread: Unread) -> Self {
        let DatasetView { name, origin, n_bytes, data, originals, .. } = dataset;
        Self {
            name: name.clone(),
            origin: origin.clone(),
            hash: data.file,
            n_bytes: *n_bytes,
            originals: originals.clone(),
            unread,
        }
    }
}

/// The recipe of what was chosen, and the dataset that reading by it gave. A file used again becomes the
/// last dataset used: its record is new.
pub(super) fn records_of(
    (file, recipe): (&SourceFile, &DatasetRecipe),
    output: &ReadOutput,
    now: Millis,
) -> (RecipeRecord, Dataset) {
    let used = UsedFile {
        name: &file.name,
        origin: file.origin.clone(),
        file: file.hash,
        n_bytes: file.n_bytes,
        recipe,
        class_counts: &output.summary.class_counts,
        n_set_aside: output.summary.issues.n,
        originals: &file.originals,
        n_unread: file.unread.n_rows,
    };
    let dataset = used.dataset(DatasetId::new(now, clock::entropy()), now);
    (RecipeRecord::new(recipe.clone(), now), dataset)
}

/// The experiment about this file, or a new one and its record.
pub(super) async fn find_experiment(
    store: &StoreService,
    file_name: &str,
) -> Result<(ExperimentId, Option<Record>), StoreError> {
    let all = Query::All(Collection::Experiments);
    let known = store.list(&all, Order::Descending, MAX_EXPERIMENTS_COMPARED).await?;
    let known = known.into_iter().find_map(|record| match record {
        Record::Experiment(found) if found.is_about(file_name) => Some(found.id),
        _ => None,
    });
    if let Some(id) = known {
        return Ok((id, None));
    }
    let now = clock::now();
    let new = Experiment::about(file_name, ExperimentId::new(now, clock::entropy()), now);
    Ok((new.id.clone(), Some(Record::Experiment(new))))
}

/// A dataset's file and recipe, from the store.
pub(super) async fn stored_source(
    store: &StoreService,
    dataset: &DatasetView,
) -> Result<(Blob, DatasetRecipe), String> {
    stored_data(store, &dataset.data, &dataset.name).await
}

/// The file and the recipe that a run points at, from the store; `name` is the file's.
pub(super) async fn stored_data(
    store: &StoreService,
    data: &DatasetRef,
    name: &str,
) -> Result<(Blob, DatasetRecipe), String> {
    let gone = || format!("The file '{name}' is no longer on this device: choose it again.");
    let blob = store.blob(data.file).await.map_err(|error| error.to_string())?.ok_or_else(gone)?;
    let file = browser_blob(&blob).ok_or_else(gone)?;
    match stored_recipe(store, data).await? {
        Some(recipe) => Ok((file, recipe)),
        None => Err(gone()),
    }
}

/// The recipe that a run or a dataset points at.
pub(super) async fn stored_recipe(
    store: &StoreService,
    data: &DatasetRef,
) -> Result<Option<DatasetRecipe>, String> {
    let recipe = store.get(Collection::Recipes, &data.recipe.to_string()).await;
    Ok(match recipe.map_err(|error| error.to_string())? {
        Some(Record::Recipe(record)) => Some(record.recipe),
        _ => None,
    })
}

/// What was chosen the last time this very file was used.
pub(super) async fn known_recipe(store: &StoreService, file: ContentHash) -> Option<DatasetRecipe> {
    let all = Query::All(Collection::Datasets);
    let known = store.list(&all, Order::Descending, MAX_DATASETS_COMPARED).await.ok()?;
    let known = known.into_iter().filter_map(dataset_of).find(|known| known.data.file == file)?;
    match store.get(Collection::Recipes, &known.data.recipe.to_string()).await {
        Ok(Some(Record::Recipe(record))) => Some(record.recipe),
        _ => None,
    }
}

/// The dataset in a record, where it is one in use.
pub(super) fn dataset_of(record: Record) -> Option<Dataset> {
    match record {
        Record::Dataset(dataset) if dataset.lifecycle == Lifecycle::Active => Some(dataset),
        _ => None,
    }
}

/// A dataset, ready to show.
pub(super) fn dataset_view(dataset: &Dataset) -> DatasetView {
    DatasetView {
        id: dataset.id.clone(),
        name: dataset.name.clone(),
        origin: dataset.origin.clone(),
        n_rows: dataset.n_rows,
        classes: dataset.classes.clone(),
        n_bytes: dataset.file_bytes,
        n_set_aside: dataset.n_set_aside,
        originals: dataset.originals.clone(),
        n_unread: dataset.n_unread,
        data: dataset.data.clone(),
    }
}
