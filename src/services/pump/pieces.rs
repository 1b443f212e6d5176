//! Pieces of a file on their way to a worker, which takes them as they stand in the file.
//!
//! In: jobs in the order they are asked for, their bytes as they are read. Out: the jobs in that order: a short last
//! piece is read sooner than a long one before it. Never: a job that runs no more.

use std::cell::RefCell;

use drivers::{Input, Ticket};
use engine::num::{ContentHash, SortedMap};
use jobs::Request;
use js_sys::Uint8Array;

use super::Pump;
use crate::services::files;
use crate::services::schedule::JobNumber;

/// A job, and its piece of the file.
type Piece = (Request, Option<Uint8Array>);

/// Jobs that are not in the pool yet; none while the piece is being read.
#[derive(Default)]
pub(super) struct Pieces(RefCell<Vec<(Ticket, Option<Piece>)>>);

impl Pieces {
    /// A piece begins to be read.
    pub(super) fn begin(&self, ticket: Ticket) {
        self.0.borrow_mut().push((ticket, None));
    }

    /// It is read.
    pub(super) fn is_read(&self, ticket: Ticket, job: Request, bytes: Option<Uint8Array>) {
        let mut pieces = self.0.borrow_mut();
        if let Some((_, piece)) = pieces.iter_mut().find(|(waiting, _)| *waiting == ticket) {
            *piece = Some((job, bytes));
        }
    }

    /// The first of those that run, once it is read.
    pub(super) fn next(
        &self,
        running: &RefCell<SortedMap<Ticket, Option<JobNumber>>>,
    ) -> Option<(Ticket, Piece)> {
        let mut pieces = self.0.borrow_mut();
        pieces.retain(|(ticket, _)| running.borrow().contains_key(ticket));
        pieces.first().filter(|(_, piece)| piece.is_some())?;
        let (ticket, piece) = pieces.remove(0);
        Some((ticket, piece?))
    }
}

impl Pump {
    /// Gives the pool those that may go.
    pub(super) fn submit_pieces(&self) {
        while let Some((ticket, (job, bytes))) = self.0.pieces.next(&self.0.running) {
            self.submit(ticket, job, bytes);
        }
    }

    /// A job's piece of the file; the blobs it needs are bytes then.
    pub(super) async fn read(
        &self,
        needs: &[ContentHash],
        input: Option<Input>,
    ) -> Result<Option<Uint8Array>, String> {
        let words = |error: files::FileAccessError| error.to_string();
        self.0.services.shelf.read_in(needs).await.map_err(words)?;
        let Some(input) = input else { return Ok(None) };
        let file = self.0.file.as_ref().ok_or("The file is no longer here: choose it again.")?;
        files::slice(file, input.start, input.end).await.map(Some).map_err(words)
    }
}
