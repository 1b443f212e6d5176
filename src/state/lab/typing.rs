//! Reviews that are typed: a dataset of them, or rows at the end of another's file.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::table::{TAIL_BYTES, preview, rows_after};
use leptos::task::spawn_local;
use track::dataset::Origin;

use super::Lab;
use super::keeping::{Keeping, newest_of};
use crate::services::files::{self, Blob, GivenFile, MadeOf};
use crate::services::settings;
use crate::state::dataset_records::{dataset_view, stored_source};
use crate::state::typed::{TypedForm, extended_name};

/// Why a review cannot be added under its class.
const NO_RATING: &str =
    "A class of this dataset has no rating of its own: choose its columns again and give it one.";
/// Bytes of a file's beginning that hold its header.
const MAX_HEAD_BYTES: u64 = 1 << 20;

/// What was typed before the page was left.
pub(super) fn kept() -> TypedForm {
    settings::typed().unwrap_or_default()
}

impl Lab {
    /// Keeps what is typed for when the page is opened again.
    pub fn keep_typed(self) {
        self.typed.with_untracked(|typed| settings::set_typed(typed, typed.n_bytes()));
    }

    /// Makes a dataset of what is typed, and uses it; what is wrong with it is told by its `problem`.
    pub fn use_typed(self) {
        let typed = self.typed.get_untracked();
        if typed.problem().is_some() {
            return;
        }
        self.keep_typed();
        let blob = files::of_bytes(&typed.table());
        let file = GivenFile { origin: Origin::Typed, ..GivenFile::named(typed.dataset_name(), blob) };
        self.open_by(file, TypedForm::format(), move |summary| typed.recipe(summary));
    }

    /// Makes a dataset of another's file with what is typed at its end, and uses it; the other stays as it is.
    pub fn add_rows(self, to: ContentHash, typed: TypedForm) {
        self.keeping.set(Keeping::Busy("Adding the rows".to_owned()));
        spawn_local(async move {
            match self.extended(to, &typed).await {
                Ok((file, recipe)) => {
                    self.keeping.set(Keeping::Nothing);
                    self.open_by(file, recipe.format.clone(), move |_| recipe);
                }
                Err(sentence) => self.keeping.set(Keeping::Failed(sentence)),
            }
        });
    }

    async fn extended(
        self,
        to: ContentHash,
        typed: &TypedForm,
    ) -> Result<(GivenFile, DatasetRecipe), String> {
        let all = self.all_datasets().await.map_err(|error| error.to_string())?;
        let gone = "It is no longer on this device: reload the page.";
        let dataset = dataset_view(newest_of(&all, to).ok_or(gone)?);
        let (blob, recipe) = stored_source(&self.services().store, &dataset).await?;
        let rows = typed.rows_for(&recipe, n_columns(&blob, &recipe).await?);
        if rows.len() as u64 != typed.n_all() {
            return Err(NO_RATING.to_owned());
        }
        let n_bytes = blob.size() as u64;
        let tail = slice(&blob, n_bytes.saturating_sub(TAIL_BYTES), n_bytes).await?;
        let added = rows_after(&recipe.format, &tail, &rows).map_err(|error| error.to_string())?;
        let n_rows = rows.len() as u64;
        let name = extended_name(&dataset.name, n_rows);
        let unread = self.unread_of(&dataset);
        let file = GivenFile {
            origin: Origin::Extended { name: dataset.name, from: to, n_rows },
            made_of: MadeOf { unread, ..MadeOf::default() },
            ..GivenFile::named(name, files::joined(&[blob, files::of_bytes(&added)]))
        };
        Ok((file, recipe))
    }
}

async fn n_columns(file: &Blob, recipe: &DatasetRecipe) -> Result<usize, String> {
    let head = slice(file, 0, MAX_HEAD_BYTES.min(file.size() as u64)).await?;
    let rows = preview(&recipe.format, &head, 1);
    // The header of a file whose first rows are longer than that has all columns the recipe names.
    let needed = recipe.text_column.max(recipe.label_column) as usize + 1;
    Ok(rows.first().map_or(needed, Vec::len))
}

async fn slice(file: &Blob, start: u64, end: u64) -> Result<Vec<u8>, String> {
    let bytes = files::slice(file, start, end).await.map_err(|error| error.to_string())?;
    Ok(bytes.to_vec())
}
