//! Reviews that are typed: a dataset of them, or rows at the end of another's file.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::table::{TAIL_BYTES, preview, rows_after};
use leptos::task::spawn_local;
use track::dataset::Origin;

use super::Lab;
use super::keeping::{Keeping, newest_of};
use crate::reactive::{Held, State, follow};
use crate::services::files::{self, Blob, GivenFile, MadeOf};
use crate::services::{clock, leaving, settings};
use crate::state::dataset_records::{dataset_view, stored_source};
use crate::state::typed::{AllAddedRows, TypedForm, extended_name};

/// Why a review cannot be added under its class.
const NO_RATING: &str =
    "A class of this dataset has no rating of its own: choose its columns again and give it one.";
/// Bytes of a file's beginning that hold its header.
const MAX_HEAD_BYTES: u64 = 1 << 20;

/// What is typed is kept so long after a key was pressed: seldom enough for a megabyte of it.
const KEEP_AFTER_MS: i32 = 300;

/// What a person typed and has not used yet. `Copy`.
#[derive(Clone, Copy)]
pub struct Typing {
    /// Reviews of a dataset of their own.
    pub form: State<TypedForm>,
    /// Rows for datasets.
    pub added: State<AllAddedRows>,
    /// All of it would be here again after the page was left.
    pub is_kept: State<bool>,
    /// Something was typed since it was kept.
    is_due: Held<bool>,
}

impl Typing {
    /// What was typed before the page was left.
    pub(super) fn new() -> Self {
        Self {
            form: State::new(settings::typed().unwrap_or_default()),
            added: State::new(settings::added().unwrap_or_default()),
            is_kept: State::new(true),
            is_due: Held::new(false),
        }
    }

    /// Keeps what is typed soon after each change, and when the page is left.
    pub(super) fn keep_from_now_on(self) {
        let is_begun = Held::new(false);
        follow(move || {
            self.form.track();
            self.added.track();
            let is_change = is_begun.update(|is_begun| std::mem::replace(is_begun, true)).unwrap_or(false);
            if !is_change || self.is_due.update(|is_due| std::mem::replace(is_due, true)) != Some(false) {
                return;
            }
            spawn_local(async move {
                clock::sleep(KEEP_AFTER_MS).await;
                self.keep_what_is_due();
            });
        });
        leaving::on_leaving(move || self.keep_what_is_due());
    }

    fn keep_what_is_due(self) {
        if self.is_due.update(|is_due| std::mem::replace(is_due, false)) == Some(true) {
            self.keep();
        }
    }

    /// Keeps what is typed for when the page is opened again.
    fn keep(self) {
        let is_form = self.form.with_untracked(|form| settings::set_typed(form, form.n_bytes()));
        let is_added = self.added.with_untracked(|added| settings::set_added(added, added.n_bytes()));
        self.is_kept.set_if_new(is_form && is_added);
    }

    /// A dataset was made of what was typed: it is forgotten here.
    pub(super) fn forget(self, origin: &Origin) {
        match origin {
            Origin::Typed => self.form.set(TypedForm::default()),
            Origin::Extended { from, .. } => {
                self.added.update(|added| added.of_files.retain(|of| of.file != *from))
            }
            Origin::File { .. } | Origin::Sample => return,
        }
        self.keep();
    }
}

impl Lab {
    /// Makes a dataset of what is typed, and uses it; what is wrong with it is told by its `problem`.
    pub fn use_typed(self) {
        let typed = self.typing.form.get_untracked();
        if typed.problem().is_some() {
            return;
        }
        self.typing.keep();
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
