//! The first look through a file: its columns, the guess, the rows of the preview.

use drivers::ScanDriver;
use leptos::task::spawn_local;

use super::{Lab, Then, share_of};
use crate::services::files::{self, GivenFile};
use crate::services::pump::Pump;
use crate::state::dataset_records::known_recipe;
use crate::state::draft::{Draft, PREVIEW_ROWS};
use crate::state::import::Import;

/// Bytes of the file that one page of the preview reads at most.
const MAX_PREVIEW_BYTES: u64 = 4 << 20;

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
        let is_sample = file.is_sample;
        let on_end = move |driver: &mut ScanDriver| {
            let summary = match driver.take_outcome() {
                Some(Ok(summary)) => summary,
                Some(Err(error)) => return self.fail(name, error.to_string()),
                None => return,
            };
            let draft = Draft::new(name, is_sample, summary);
            spawn_local(async move { self.scanned(draft, import, then).await });
        };
        let pump = Pump::start(self.services(), driver, Some(blob), on_change, on_end);
        self.desk.update(|desk| {
            desk.file = Some(file);
            desk.scan = Some(pump);
        });
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
        self.read_preview(0).await;
        let known = known_recipe(&services.store, hash).await;
        if !self.is_current(import) {
            return;
        }
        if let Some(recipe) = known.filter(|_| then == Then::Choose) {
            self.desk.update(|desk| desk.draft = desk.draft.take().map(|draft| draft.with_recipe(recipe)));
        }
        self.show_draft();
        let is_usable =
            self.desk.with(|desk| desk.draft.as_ref().is_some_and(|draft| draft.problem().is_none()));
        if then == Then::UseAndTrain && is_usable {
            self.read_chosen(then);
        }
    }

    pub(super) async fn read_preview(self, first_row: u64) {
        let wanted = self.desk.with(|desk| {
            let (draft, file) = (desk.draft.as_ref()?, desk.file.as_ref()?);
            Some((draft.slice_for(first_row), draft.summary.format.clone(), file.blob.clone()))
        });
        let Some(((start, end, skip), format, blob)) = wanted else { return };
        let end = end.min(start + MAX_PREVIEW_BYTES);
        let Ok(bytes) = files::slice(&blob, start, end).await else { return };
        let rows = engine::table::preview(&format, &bytes.to_vec(), skip + PREVIEW_ROWS);
        let rows = rows.into_iter().skip(skip).collect();
        self.desk.update(|desk| {
            if let Some(draft) = &mut desk.draft {
                draft.show_rows(first_row, rows);
            }
        });
    }
}
