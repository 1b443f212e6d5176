//! Rows of the file being imported, read from it when they are looked at.

use std::ops::Range;

use engine::table::rows_of_part;
use leptos::task::spawn_local;

use super::Lab;
use crate::services::files;
use crate::state::row_window::{FileRow, RowWindow};

/// Most bytes of a slice that are read; rows of it beyond them are not shown.
const MAX_SLICE_BYTES: u64 = 4 << 20;

/// What the preview was asked for last, and whether somebody is seeing to it.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    places: Range<u64>,
    is_reading: bool,
    /// Counts up with every file and format.
    n_forgotten: u64,
}

impl Lab {
    /// The rows at these places are in sight, counted from 0 among rows that can be read: those that are not here yet are
    /// read. Of all that was asked while a slice is read only the last counts.
    pub fn want_rows(self, places: Range<u64>) {
        let is_reading = self.desk.update(|desk| {
            desk.wanted.places = places;
            std::mem::replace(&mut desk.wanted.is_reading, true)
        });
        if is_reading == Some(false) {
            spawn_local(async move {
                self.read_wanted().await;
                self.desk.update(|desk| desk.wanted.is_reading = false);
            });
        }
    }

    /// About where the row of this number is among rows that can be read.
    pub fn place_of_row(self, record: u64) -> u64 {
        self.desk.with(|desk| desk.draft.as_ref().map_or(0, |draft| draft.place_of(record)))
    }

    /// Forgets the rows that were read, and reads the first of the file there is now.
    pub(super) async fn read_first_rows(self) {
        self.desk.update(|desk| {
            desk.wanted.n_forgotten += 1;
            desk.wanted.places = 0..1;
        });
        self.preview.set(RowWindow::default());
        self.read_wanted().await;
    }

    async fn read_wanted(self) {
        loop {
            let (places, n_forgotten) =
                self.desk.with(|desk| (desk.wanted.places.clone(), desk.wanted.n_forgotten));
            let Some(slice) = self.preview.with_untracked(|window| window.missing(&places)) else { return };
            let read = self.read_slice(slice).await;
            if self.desk.with(|desk| desk.wanted.n_forgotten != n_forgotten) {
                continue;
            }
            let is_failed = read.is_err();
            self.preview.update(|window| match read {
                Ok(rows) => {
                    window.failed = None;
                    window.add(slice, rows);
                }
                Err(sentence) => window.failed = Some(sentence),
            });
            if is_failed {
                return;
            }
        }
    }

    /// The rows of a slice; none where there is no such slice.
    async fn read_slice(self, slice: u64) -> Result<Vec<FileRow>, String> {
        let found = self.desk.with(|desk| {
            let (draft, file) = (desk.draft.as_ref()?, desk.file.as_ref()?);
            let summary = &draft.summary;
            Some((draft.slice(slice)?, summary.format.clone(), summary.columns.len(), file.blob.clone()))
        });
        let Some(((first, end, next), format, n_columns, blob)) = found else { return Ok(Vec::new()) };
        let end = end.min(first.byte + MAX_SLICE_BYTES);
        let bytes = files::slice(&blob, first.byte, end).await.map_err(|error| error.to_string())?;
        let rows = rows_of_part(&format, (first, &bytes.to_vec()), first.record..next);
        // A part of a file has no header that tells which rows have too many cells.
        Ok(rows.into_iter().filter(|(_, cells)| cells.len() <= n_columns).collect())
    }
}
