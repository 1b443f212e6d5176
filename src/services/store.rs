//! The one store of this device, opened once, written by one tab.
//!
//! A Web Lock names the writer. Any other tab reads, and learns by a broadcast that something changed.
//! `version` changes after every write, here or there; whoever shows records reads again then.

mod hand_over;
mod told;
mod inbox;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::num::ContentHash;
use js_sys::Promise;
use storage::{Batch, Blob, Order, Query, Store as _, StoreError};
use track::record::{Collection, Record};
use track::run::RunKind;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::BroadcastChannel;

use self::hand_over::HandOver;
use self::told::{STORED, places_in, told};
use super::arrival::Arrival;
use super::turns::{Turn, Turns};
use super::{locks, wire};
use crate::reactive::{Derived, State};

#[cfg(target_arch = "wasm32")]
use storage::IndexedDbStore as Kept;
#[cfg(not(target_arch = "wasm32"))]
use storage::MemoryStore as Kept;

/// Name of the lock that its one writer holds.
const WRITER_LOCK: &str = "reviewlab-writer";
/// Name of the channel on which tabs and the service worker talk.
pub const CHANNEL: &str = "reviewlab";
/// Name of the database.
pub const DATABASE: &str = "reviewlab";
/// Studies looked at for one that was cut off; only the newest can be.
const MAX_STUDIES_CHECKED: usize = 100;
/// Changes that are noted one by one until somebody asks for them.
const MAX_CHANGES_NOTED: usize = 2_000;
/// Said by the service worker when it has left something in the inbox.
pub const IN_INBOX: &str = "in the inbox";
/// Said after everything was deleted: nothing a tab shows is true any more.
const ERASED: &str = "erased";

/// What this tab may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Not known yet, for some milliseconds after the start.
    Asking,
    /// It writes.
    Writer,
    /// Another tab writes.
    Reader,
}

/// The store and this tab's place among those that use it.
pub struct StoreService {
    opened: Arrival<Result<Kept, StoreError>>,
    /// The role is known.
    elected: Arrival<()>,
    role: State<Role>,
    /// Why the browser gives nobody the lock, where it does not.
    refusal: State<Option<String>>,
    version: State<u64>,
    /// What changed since somebody took note of it; nothing is noted before.
    changes: RefCell<Option<Changes>>,
    hand_over: HandOver,
    turns: Turns,
    channel: Option<BroadcastChannel>,
}

/// What changed in the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Changes {
    /// Anything may have.
    Anything,
    /// Records at these places: collections and keys.
    At(Vec<(Collection, String)>),
}

impl Changes {
    /// Adds what a write changed; of more than `MAX_CHANGES_NOTED` it is no longer noted what they were.
    fn add(&mut self, places: Vec<(Collection, String)>) {
        let Self::At(known) = self else { return };
        if known.len() + places.len() > MAX_CHANGES_NOTED {
            return *self = Self::Anything;
        }
        known.extend(places);
    }
}

impl StoreService {
    /// Begins to open the store and asks for the writer's lock.
    pub fn start() -> Rc<Self> {
        let service = Rc::new(Self {
            opened: Arrival::default(),
            elected: Arrival::default(),
            role: State::new(Role::Asking),
            refusal: State::new(None),
            version: State::new(0),
            changes: RefCell::new(None),
            hand_over: HandOver::default(),
            turns: Turns::default(),
            channel: BroadcastChannel::new(CHANNEL).ok(),
        });
        service.listen();
        let opening = service.clone();
        spawn_local(async move { opening.opened.arrive(open().await) });
        let electing = service.clone();
        spawn_local(async move { electing.elect().await });
        service
    }

    /// This tab's role; track it to follow changes.
    pub fn role(&self) -> Derived<Role> {
        self.role.into()
    }

    /// Why this tab only reads though no other one writes, in the browser's words.
    pub fn refusal(&self) -> Derived<Option<String>> {
        self.refusal.into()
    }

    /// Changes whenever something was stored, here or in another tab.
    pub fn version(&self) -> Derived<u64> {
        self.version.into()
    }

    /// Whether this tab writes, once that is decided.
    pub async fn is_writer(&self) -> bool {
        self.elected.get().await;
        self.role.get_untracked() == Role::Writer
    }

    /// Waits until it is one's turn to read records and to write what follows from them: no other such work of this tab
    /// comes between. Whoever holds a turn must not ask for another.
    pub async fn turn(&self) -> Turn {
        self.turns.take().await
    }

    /// Writes all of `batch` or nothing.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        let places: Vec<_> = batch.records.iter().map(|record| (record.collection(), record.key())).collect();
        self.opened().await?.write(batch).await?;
        let word = told(&places);
        self.note(Some(places));
        self.say(&word);
        Ok(())
    }

    /// What changed since this was asked last; `Anything` where nobody asked before.
    pub fn take_changes(&self) -> Changes {
        self.changes.borrow_mut().replace(Changes::At(Vec::new())).unwrap_or(Changes::Anything)
    }

    /// Forgets these records, where their collection allows it, and these blobs.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn remove(
        &self,
        collection: Collection,
        keys: &[String],
        blobs: &[ContentHash],
    ) -> Result<(), StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        self.opened().await?.remove(collection, keys, blobs).await?;
        self.changed();
        Ok(())
    }

    /// Forgets these blobs; records that name them stay.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn remove_blobs(&self, hashes: &[ContentHash]) -> Result<(), StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        self.opened().await?.remove_blobs(hashes).await?;
        self.changed();
        Ok(())
    }

    /// One record by its key.
    ///
    /// # Errors
    /// As the store says.
    pub async fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StoreError> {
        self.opened().await?.get(collection, key).await
    }

    /// At most `limit` records that `query` asks for, in order of their keys.
    ///
    /// # Errors
    /// As the store says.
    pub async fn list(&self, query: &Query, order: Order, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.opened().await?.list(query, order, limit).await
    }

    /// How many records `query` asks for.
    ///
    /// # Errors
    /// As the store says.
    pub async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        self.opened().await?.count(query).await
    }

    /// A blob by its hash.
    ///
    /// # Errors
    /// As the store says.
    pub async fn blob(&self, hash: ContentHash) -> Result<Option<Blob>, StoreError> {
        self.opened().await?.blob(hash).await
    }

    /// The bytes of a blob by its hash.
    ///
    /// # Errors
    /// As the store says, or where the browser cannot read what it keeps.
    pub async fn blob_bytes(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
        match self.blob(hash).await? {
            None => Ok(None),
            Some(blob) => blob.bytes().await.map(Some),
        }
    }

    /// The opened store, for what moves whole stores: project files.
    ///
    /// # Errors
    /// Where it could not be opened.
    pub async fn opened(&self) -> Result<&Kept, StoreError> {
        self.opened.get().await.as_ref().map_err(Clone::clone)
    }

    /// Says here and in other tabs that something was stored: anything may have changed.
    pub fn changed(&self) {
        self.note(None);
        self.say(STORED);
    }

    /// Forgets every record and blob, and tells the other tabs.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn erase(&self) -> Result<(), StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        let erased = match self.opened().await {
            Ok(store) => store.erase().await,
            Err(error) => Err(error),
        };
        // A database that cannot be opened or emptied can still be deleted.
        #[cfg(target_arch = "wasm32")]
        let erased = Kept::delete_database(DATABASE).await.map_err(|error| erased.err().unwrap_or(error));
        self.say(ERASED);
        erased
    }

    /// Something changed at these places, or anywhere: whoever shows records reads again.
    fn note(&self, places: Option<Vec<(Collection, String)>>) {
        if let Some(changes) = &mut *self.changes.borrow_mut() {
            match places {
                Some(places) => changes.add(places),
                None => *changes = Changes::Anything,
            }
        }
        self.version.update(|version| *version += 1);
    }

    fn say(&self, word: &str) {
        if let Some(channel) = &self.channel {
            // A closed channel has nobody to tell.
            channel.post_message(&word.into()).ok();
        }
    }

    fn listen(self: &Rc<Self>) {
        let Some(channel) = &self.channel else { return };
        let service = Rc::downgrade(self);
        let on_message = wire::on_message(move |word| {
            let Some(service) = service.upgrade() else { return };
            let word = word.as_string().unwrap_or_default();
            if word == ERASED {
                return super::device::reload_at_base();
            }
            if service.hears_of_hand_over(&word) {
                return;
            }
            if word == IN_INBOX {
                return service.collect_later();
            }
            service.note(places_in(&word));
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // The app listens until its page is closed.
        on_message.forget();
    }

    async fn elect(self: Rc<Self>) {
        // `hold` returns at once where another tab holds the lock, else when the lock is lost.
        let mut is_answered = self.clone().hold(locks::Ask::IfFree).await;
        while is_answered {
            is_answered = self.clone().hold(locks::Ask::Wait).await;
        }
    }

    /// Asks for the lock and, if it is given, is the writer until it is taken away. False where the browser
    /// refuses to be asked: it would refuse again at once.
    async fn hold(self: Rc<Self>, ask: locks::Ask) -> bool {
        let service = self.clone();
        let is_answered = Rc::new(Cell::new(false));
        let answered = is_answered.clone();
        let granted = move |is_ours: bool| {
            answered.set(true);
            service.become_role(if is_ours { Role::Writer } else { Role::Reader });
            if is_ours {
                // Held until the tab is closed or another one steals it.
                Promise::new(&mut |_resolve, _reject| ())
            } else {
                Promise::resolve(&JsValue::UNDEFINED)
            }
        };
        if let Err(error) = locks::request(WRITER_LOCK, ask, Box::new(granted)).await {
            if !is_answered.get() {
                self.refusal.set(Some(super::files::words(&error)));
            }
            self.become_role(Role::Reader);
        } else if !locks::are_there() {
            // No locks here: every tab writes, and nothing takes the role away.
            std::future::pending::<()>().await;
        }
        is_answered.get()
    }

    fn become_role(self: &Rc<Self>, role: Role) {
        if role == Role::Reader {
            self.hand_over.has_taken_over.set(false);
        }
        self.role.set(role);
        self.elected.arrive(());
        if role == Role::Writer {
            let service = self.clone();
            spawn_local(async move { service.close_interrupted().await });
            self.collect_later();
        }
    }

    /// Runs that were under way when their tab was closed have failed: the new writer says so.
    async fn close_interrupted(&self) {
        let Ok(store) = self.opened().await else { return };
        let studies = Query::RunsOfKind(RunKind::Study);
        let Ok(studies) = store.list(&studies, Order::Descending, MAX_STUDIES_CHECKED).await else { return };
        let mut closed = Vec::new();
        for record in studies {
            let Record::Run(study) = record else { continue };
            if study.has_ended() {
                continue;
            }
            let children = Query::RunsOfParent(study.id.clone());
            let last = store.list(&children, Order::Descending, 1).await.unwrap_or_default();
            let last =
                last.iter().find_map(|record| if let Record::Run(run) = record { Some(run) } else { None });
            closed.push(study.cut_off(last));
        }
        let newest = self.newest_of_no_flow(&closed).await;
        let records: Vec<Record> = closed.into_iter().map(Record::Run).collect();
        if !records.is_empty() && store.write(Batch { records, blobs: Vec::new() }).await.is_ok() {
            *self.hand_over.cut_off.borrow_mut() = newest;
            self.changed();
        }
    }
}

#[cfg(target_arch = "wasm32")]
async fn open() -> Result<Kept, StoreError> {
    Kept::open(DATABASE).await
}

#[cfg(not(target_arch = "wasm32"))]
async fn open() -> Result<Kept, StoreError> {
    Ok(Kept::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_changes_than_can_be_noted_are_anything() {
        let places = |n| vec![(Collection::Runs, "a".to_owned()); n];
        let mut changes = Changes::At(Vec::new());
        changes.add(places(MAX_CHANGES_NOTED));
        assert_eq!(changes, Changes::At(places(MAX_CHANGES_NOTED)));
        changes.add(places(1));
        assert_eq!(changes, Changes::Anything);
    }
}
