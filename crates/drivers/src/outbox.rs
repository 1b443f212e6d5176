//! Records on their way into the store: batched, one batch at a time, and what may be shown after each.

use engine::num::ContentHash;
use track::record::Record;

use crate::protocol::{Command, Ticket};

/// Records waiting to be stored, and `S`: what is shown of them once they are.
#[derive(Debug)]
pub(crate) struct Outbox<S> {
    waiting: Batch<S>,
    sent: Option<(Ticket, Batch<S>)>,
    refused: Option<String>,
    shown: S,
}

#[derive(Debug)]
struct Batch<S> {
    records: Vec<Record>,
    blobs: Vec<ContentHash>,
    then: Option<S>,
}

impl<S> Batch<S> {
    fn new() -> Self {
        Self { records: Vec::new(), blobs: Vec::new(), then: None }
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.blobs.is_empty()
    }
}

impl<S> Outbox<S> {
    /// With nothing stored, `shown` is what is shown.
    pub fn new(shown: S) -> Self {
        Self { waiting: Batch::new(), sent: None, refused: None, shown }
    }

    /// Adds a record; it takes the place of an earlier one of the same key that still waits.
    pub fn put(&mut self, record: Record) {
        let (collection, key) = (record.collection(), record.key());
        // A key waits twice at most for a study's own record, which stands at the beginning.
        let earlier = self
            .waiting
            .records
            .first_mut()
            .filter(|first| first.collection() == collection && first.key() == key);
        match earlier {
            Some(first) => *first = record,
            None => self.waiting.records.push(record),
        }
    }

    /// Adds a blob that the pump keeps.
    pub fn keep(&mut self, blob: ContentHash) {
        self.waiting.blobs.push(blob);
    }

    /// Once all that waits now is stored, this is shown.
    pub fn show_then(&mut self, shown: S) {
        self.waiting.then = Some(shown);
    }

    /// Whether a batch can be sent.
    pub fn is_ready(&self) -> bool {
        self.sent.is_none() && self.refused.is_none() && !self.waiting.is_empty()
    }

    /// Whether nothing is on its way and nothing was refused: what is put now goes with what waits.
    pub fn is_free(&self) -> bool {
        self.sent.is_none() && self.refused.is_none()
    }

    /// Sends all that waits.
    pub fn send(&mut self, ticket: Ticket) -> Command {
        let batch = std::mem::replace(&mut self.waiting, Batch::new());
        let (records, blobs) = (batch.records.clone(), batch.blobs.clone());
        self.sent = Some((ticket, batch));
        Command::Store { ticket, records, blobs }
    }

    /// The batch of `ticket` is stored.
    pub fn stored(&mut self, ticket: Ticket) {
        if let Some((_, batch)) = self.sent.take_if(|(sent, _)| *sent == ticket)
            && let Some(then) = batch.then
        {
            self.shown = then;
        }
    }

    /// The batch of `ticket` is not stored: it waits again, before all that came since.
    pub fn not_stored(&mut self, ticket: Ticket, reason: String) {
        let Some((_, mut batch)) = self.sent.take_if(|(sent, _)| *sent == ticket) else { return };
        let later = std::mem::replace(&mut self.waiting, Batch::new());
        batch.then = later.then.or(batch.then);
        batch.blobs.extend(later.blobs);
        self.waiting = batch;
        later.records.into_iter().for_each(|record| self.put(record));
        self.refused = Some(reason);
    }

    /// Why the last batch was not stored.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// A refused batch may be sent again.
    pub fn retry(&mut self) {
        self.refused = None;
    }

    /// What is shown: what was known when the last stored batch was sent.
    pub fn shown(&self) -> &S {
        &self.shown
    }

    /// Whether all is stored.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.sent.is_none()
    }
}
