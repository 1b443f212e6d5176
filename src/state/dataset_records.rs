//! What is stored of a dataset: choices and a reading in, its records out, and back from the store.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use jobs::ReadOutput;
use storage::{Order, Query, StoreError};
use track::SCHEMA;
use track::dataset::{Dataset, DatasetRef, Origin, RecipeRecord};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, ExperimentId, Millis};
use track::record::{Collection, Record};

use super::draft::Draft;
use super::views::DatasetView;
use crate::services::clock;
use crate::services::files::Blob;
use crate::services::shelf::browser_blob;
use crate::services::store::StoreService;

/// Datasets looked at for one of the same file.
const MAX_DATASETS_COMPARED: usize = 200;
/// Experiments looked at for one of the same name.
const MAX_EXPERIMENTS_COMPARED: usize = 200;

/// The recipe of what was chosen, and the dataset that reading by it gave. A file used again becomes the
/// last dataset used: its record is new.
pub(super) fn records_of(draft: &Draft, output: &ReadOutput, now: Millis) -> (RecipeRecord, Dataset) {
    let recipe = draft.recipe.hash();
    let classes =
        draft.recipe.mapping.classes.iter().cloned().zip(output.summary.class_counts.iter().copied());
    let origin = if draft.is_sample { Origin::Sample } else { Origin::File { name: draft.name.clone() } };
    let dataset = Dataset {
        schema: SCHEMA,
        id: DatasetId::new(now, clock::entropy()),
        created: now,
        lifecycle: Lifecycle::Active,
        name: draft.name.clone(),
        origin,
        data: DatasetRef { file: draft.summary.hash, recipe },
        file_bytes: draft.summary.n_bytes,
        n_rows: output.summary.n_rows_kept,
        classes: classes.collect(),
    };
    let recipe = RecipeRecord { schema: SCHEMA, hash: recipe, created: now, recipe: draft.recipe.clone() };
    (recipe, dataset)
}

/// The experiment of this name, or a new one and its record.
pub(super) async fn find_experiment(
    store: &StoreService,
    file_name: &str,
) -> Result<(ExperimentId, Option<Record>), StoreError> {
    let name = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned();
    let all = Query::All(Collection::Experiments);
    let known = store.list(&all, Order::Descending, MAX_EXPERIMENTS_COMPARED).await;
    let known = known?.into_iter().find_map(|record| match record {
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

/// A dataset's file and recipe, from the store.
pub(super) async fn stored_source(
    store: &StoreService,
    dataset: &DatasetView,
) -> Result<(Blob, DatasetRecipe), String> {
    let gone = || format!("The file '{}' is no longer on this device: choose it again.", dataset.name);
    let blob = store.blob(dataset.data.file).await.map_err(|error| error.to_string())?.ok_or_else(gone)?;
    let file = browser_blob(&blob).ok_or_else(gone)?;
    let recipe = store.get(Collection::Recipes, &dataset.data.recipe.to_string()).await;
    match recipe.map_err(|error| error.to_string())? {
        Some(Record::Recipe(record)) => Ok((file, record.recipe)),
        _ => Err(gone()),
    }
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
        is_sample: dataset.origin == Origin::Sample,
        n_rows: dataset.n_rows,
        classes: dataset.classes.clone(),
        n_bytes: dataset.file_bytes,
        data: dataset.data.clone(),
    }
}
