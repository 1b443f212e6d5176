//! The first look through a file: its columns, the guess, the rows of the preview.

use drivers::{PassError, ScanDriver};
use engine::dataset::DatasetRecipe;
use engine::table::{TableFormat, TableSummary};
use leptos::task::spawn_local;

use super::{Lab, Then, share_of};
use crate::services::files::GivenFile;
use crate::services::pump::Pump;
use crate::state::dataset_records::known_recipe;
use crate::state::draft::Draft;
use crate::state::import::Import;
use crate::state::views::ScannedFile;

impl Lab {
    pub(super) fn open(self, file: GivenFile, then: Then) {
        let import = self.begin(file.name.clone());
        let driver = ScanDriver::new(self.next_session(), file.n_bytes());
        let name = file.name.clone();
        let on_change = move |driver: &ScanDriver| {
            self.import.set(Import::Scanning { name: name.clone(), share: share_of(driver.progress()) });
        };
        let blob = file.blob.clone();
        let name = file.name.clone();
        let unread = file.made_of.unread.clone();
        let on_end = move |driver: &mut ScanDriver| {
            let summary = match driver.take_outcome() {
                Some(Ok(summary)) => summary,
                Some(Err(error)) => return self.fail(name, error.to_string()),
                None => return,
            };
            let mut draft = Draft::new(name, summary);
            draft.unread = unread;
            spawn_local(async move { self.scanned(draft, import, then).await });
        };
        let pump = Pump::start(self.services(), driver, Some(blob), on_change, on_end);
        self.desk.update(|desk| {
            desk.file = Some(file);
            desk.scan = Some(pump);
        });
    }

    /// Imports a table that was written here, and uses it by the recipe that `recipe_of` makes of what is in it.
    pub(super) fn open_by(
        self,
        file: GivenFile,
        format: TableFormat,
        recipe_of: impl FnOnce(&TableSummary) -> DatasetRecipe + 'static,
    ) {
        let import = self.begin(file.name.clone());
        let driver = ScanDriver::by_format(self.next_session(), file.n_bytes(), format);
        let (name, shown) = (file.name.clone(), file.name.clone());
        let on_change = move |driver: &ScanDriver| {
            self.import.set(Import::Scanning { name: shown.clone(), share: share_of(driver.progress()) });
        };
        let on_end = move |driver: &mut ScanDriver| match driver.take_outcome() {
            Some(Ok(summary)) => {
                let recipe = recipe_of(&summary);
                let draft = Draft::new(name, summary).with_recipe(recipe);
                spawn_local(async move { self.use_written(draft, import).await });
            }
            Some(Err(error)) => self.fail(name, error.to_string()),
            None => {}
        };
        let pump = Pump::start(self.services(), driver, Some(file.blob.clone()), on_change, on_end);
        self.desk.update(|desk| {
            desk.file = Some(file);
            desk.scan = Some(pump);
        });
    }

    async fn use_written(self, draft: Draft, import: u64) {
        if !self.is_current(import) {
            return;
        }
        self.desk.update(|desk| {
            desk.scan = None;
            desk.draft = Some(draft);
        });
        self.read_first_rows().await;
        if self.is_current(import) {
            // Where something is wrong with it, that is shown beside what can be chosen.
            self.show_draft();
            self.read_chosen(Then::Choose);
        }
    }

    /// The file is to be read by another format: it is looked through again.
    pub fn set_format(self, change: impl FnOnce(&mut TableFormat)) {
        let format = self.desk.with(|desk| desk.draft.as_ref().map(|draft| draft.recipe.format.clone()));
        let Some(mut format) = format else { return };
        change(&mut format);
        self.rescan(format, None);
    }

    /// Looks through the file again by `format`; `recipe` is what was chosen about it before.
    fn rescan(self, format: TableFormat, recipe: Option<DatasetRecipe>) {
        let begun = self.desk.update(|desk| {
            desk.scan.iter().for_each(Pump::abandon);
            let draft = desk.draft.as_mut()?;
            draft.recipe.format = format.clone();
            let view = ScannedFile { is_rescanning: true, ..draft.view() };
            Some((view, desk.file.as_ref()?.blob.clone(), desk.n_imports))
        });
        let Some((view, blob, import)) = begun.flatten() else { return };
        self.import.set(Import::Scanned(view));
        let driver = ScanDriver::by_format(self.next_session(), blob.size() as u64, format.clone());
        let on_end = move |driver: &mut ScanDriver| {
            let outcome = driver.take_outcome();
            spawn_local(async move { self.rescanned((format, recipe), import, outcome).await });
        };
        let pump = Pump::start(self.services(), driver, Some(blob), |_| (), on_end);
        self.desk.update(|desk| desk.scan = Some(pump));
    }

    async fn rescanned(
        self,
        (format, recipe): (TableFormat, Option<DatasetRecipe>),
        import: u64,
        outcome: Option<Result<TableSummary, PassError>>,
    ) {
        let is_wanted = || {
            let is_last = |draft: &Draft| draft.recipe.format == format;
            self.is_current(import) && self.desk.with(|desk| desk.draft.as_ref().is_some_and(is_last))
        };
        if !is_wanted() {
            return;
        }
        self.desk.update(|desk| {
            let Some(draft) = &mut desk.draft else { return };
            match outcome {
                Some(Ok(summary)) => {
                    let again = draft.rescanned(summary);
                    *draft = match recipe {
                        Some(recipe) => again.with_recipe(recipe),
                        None => again,
                    };
                }
                Some(Err(error)) => draft.refuse_format(format.clone(), error.to_string()),
                None => {}
            }
        });
        self.read_first_rows().await;
        if is_wanted() {
            self.show_draft();
        }
    }

    async fn scanned(self, draft: Draft, import: u64, then: Then) {
        if !self.is_current(import) {
            return;
        }
        let hash = draft.summary.hash;
        self.desk.update(|desk| {
            desk.scan = None;
            desk.draft = Some(draft);
        });
        let services = self.services();
        self.read_first_rows().await;
        let known = known_recipe(&services.store, hash).await;
        if !self.is_current(import) {
            return;
        }
        if let Some(recipe) = known.filter(|_| then == Then::Choose) {
            let found = self.desk.with(|desk| desk.draft.as_ref().map(|draft| draft.summary.format.clone()));
            if found.is_some_and(|found| found != recipe.format) {
                return self.rescan(recipe.format.clone(), Some(recipe));
            }
            self.desk.update(|desk| desk.draft = desk.draft.take().map(|draft| draft.with_recipe(recipe)));
        }
        self.show_draft();
        let is_usable =
            self.desk.with(|desk| desk.draft.as_ref().is_some_and(|draft| draft.problem().is_none()));
        if then == Then::UseAndTrain && is_usable {
            self.read_chosen(then);
        }
    }
}
