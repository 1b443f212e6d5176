//! Labels that a person corrected, written into the dataset in use. Its rows stay the same rows, so nothing is read
//! again until something is learned from it.

use engine::dataset::DatasetRecipe;
use track::SCHEMA;
use track::dataset::{Dataset, DatasetRef, RecipeRecord};
use track::record::{Collection, Record};

use super::Lab;
use crate::services::clock;
use crate::state::dataset_records::dataset_view;
use crate::state::loadable::Loadable;

impl Lab {
    /// The dataset in use is read by `recipe` from now on, which gives its rows these classes and changes nothing else.
    /// Stored when this is done.
    pub(in crate::state) async fn store_labels(
        self,
        recipe: DatasetRecipe,
        classes: Vec<(String, u64)>,
    ) -> Result<DatasetRef, String> {
        let shown = self.dataset.with_untracked(|dataset| dataset.loaded().cloned());
        let shown = shown.ok_or("There is no data any more: choose a file.")?;
        let stored = self.services().store.get(Collection::Datasets, shown.id.as_str()).await;
        let Some(Record::Dataset(dataset)) = stored.map_err(|error| error.to_string())? else {
            return Err(format!("'{}' is no longer on this device: choose it again.", shown.name));
        };
        let data = DatasetRef { file: dataset.data.file, recipe: recipe.hash() };
        let changed = Dataset { schema: SCHEMA, data: data.clone(), classes, ..dataset };
        let recipe = Record::Recipe(RecipeRecord::new(recipe, clock::now()));
        self.store(vec![recipe, Record::Dataset(changed.clone())], Vec::new()).await?;
        self.dataset.set(Loadable::Loaded(dataset_view(&changed)));
        Ok(data)
    }
}
