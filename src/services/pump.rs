//! Carries out what a driver wants: runs its jobs in the pool, stores its records, tells it what happened.
//!
//! Records that finish within one beat go in one transaction. Watchers are told at most once a beat, and
//! once more when the driver is finished. An abandoned pump does nothing any more.

mod pieces;
mod set_down;
mod timing;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use drivers::{Command, Driver, Event, Input, Ticket};
use engine::num::{ContentHash, SortedMap};
use jobs::{Answer, JobError, Request};
use storage::Batch;
use track::id::Millis;
use track::record::Record;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use self::pieces::Pieces;
use self::set_down::SetDown;
use super::pool::JobEnd;
use super::schedule::JobNumber;
use super::shelf::{Kept, blob_of};
use super::{Abandon, Services, clock, device};

/// While jobs run, records wait at most this long for others of the same transaction; also how often watchers
/// are told. Drawing more often would take from a short study the core that works on it.
const BEAT_MS: f64 = 60.0;
/// How often records that wait look whether jobs still run: when none does, they wait no longer.
const LOOK_MS: i32 = 8;
/// How long jobs under way may still answer before another tab goes on with the work.
const MAX_SETTLING_MS: f64 = 500.0;

/// Records that wait for their transaction.
#[derive(Default)]
struct Waiting {
    tickets: Vec<Ticket>,
    records: Vec<Record>,
    blobs: Vec<ContentHash>,
}

/// It knows neither its driver's type nor what is told of it, so it is compiled once for all of them.
struct Inner {
    services: Rc<Services>,
    driver: Rc<RefCell<dyn Driver>>,
    file: Option<Blob>,
    on_change: Box<dyn Fn()>,
    on_end: RefCell<Option<Box<dyn FnOnce()>>>,
    /// Commands under way; a job whose bytes are still being read has no number yet.
    running: RefCell<SortedMap<Ticket, Option<JobNumber>>>,
    pieces: Pieces,
    waiting: RefCell<Waiting>,
    is_flushing: Cell<bool>,
    last_flush_ms: Cell<f64>,
    is_telling: Cell<bool>,
    /// The time that the driver is told of when it comes.
    wakes_at: Cell<Option<Millis>>,
    is_stepping: Cell<bool>,
    set_down: RefCell<SetDown>,
    is_over: Cell<bool>,
}

impl Abandon for Inner {
    fn abandon(&self) {
        self.is_over.set(true);
        self.on_end.borrow_mut().take();
        *self.waiting.borrow_mut() = Waiting::default();
        let running = std::mem::take(&mut *self.running.borrow_mut());
        let jobs: Vec<JobNumber> = running.into_values().flatten().collect();
        self.services.pool.cancel(&jobs);
    }

    fn is_under_way(&self) -> bool {
        !self.is_over.get()
    }
}

/// A driver at work; clones share it.
#[derive(Clone)]
pub struct Pump(Rc<Inner>);

impl Pump {
    /// Begins to pump `driver`, which reads `file`. `on_change` is told of progress, `on_end` of the end:
    /// nobody needs the driver after it.
    pub fn start<D: Driver + 'static>(
        services: Rc<Services>,
        driver: D,
        file: Option<Blob>,
        on_change: impl Fn(&D) + 'static,
        on_end: impl FnOnce(&mut D) + 'static,
    ) -> Self {
        Self::start_shared(services, Rc::new(RefCell::new(driver)), file, on_change, on_end)
    }

    /// The same, of a driver that is changed on the way; `carry_on` after each change.
    pub fn start_shared<D: Driver + 'static>(
        services: Rc<Services>,
        driver: Rc<RefCell<D>>,
        file: Option<Blob>,
        on_change: impl Fn(&D) + 'static,
        on_end: impl FnOnce(&mut D) + 'static,
    ) -> Self {
        let (changed, ended) = (driver.clone(), driver.clone());
        let on_change = Box::new(move || on_change(&changed.borrow()));
        let on_end = Box::new(move || on_end(&mut ended.borrow_mut()));
        Self::begin(services, driver, file, on_change, on_end)
    }

    fn begin(
        services: Rc<Services>,
        driver: Rc<RefCell<dyn Driver>>,
        file: Option<Blob>,
        on_change: Box<dyn Fn()>,
        on_end: Box<dyn FnOnce()>,
    ) -> Self {
        let pump = Self(Rc::new(Inner {
            services,
            driver,
            file,
            on_change,
            on_end: RefCell::new(Some(on_end)),
            running: RefCell::default(),
            pieces: Pieces::default(),
            waiting: RefCell::default(),
            is_flushing: Cell::new(false),
            last_flush_ms: Cell::new(0.0),
            is_telling: Cell::new(false),
            wakes_at: Cell::new(None),
            is_stepping: Cell::new(false),
            set_down: RefCell::default(),
            is_over: Cell::new(false),
        }));
        let work: Weak<dyn Abandon> = Rc::<Inner>::downgrade(&pump.0);
        pump.0.services.under_way.add(work);
        let first = pump.clone();
        spawn_local(async move { first.step() });
        pump
    }

    /// The person pressed Stop.
    pub fn stop(&self) {
        self.tell(Event::Stop { now: clock::now() });
    }

    /// The person asks to store again what was not stored.
    pub fn retry(&self) {
        self.tell(Event::Retry { now: clock::now() });
    }

    /// Its driver was changed: carries out what that wants.
    pub fn carry_on(&self) {
        if !self.0.is_over.get() {
            self.step();
        }
    }

    /// Gives the work up: its jobs are cancelled, nothing more is stored, nobody is told.
    pub fn abandon(&self) {
        self.0.abandon();
    }

    /// Sets the work down for another tab to go on with: no job begins any more, those under way may still answer for a
    /// moment, and what has finished is stored. Nobody is told; `abandon` it then, or `take_up` with the number given.
    pub async fn set_down(&self) -> u32 {
        self.0.is_stepping.set(true);
        let turn = self.0.set_down.borrow_mut().begin();
        let begun_ms = clock::elapsed_ms();
        while !self.0.running.borrow().is_empty() && clock::elapsed_ms() - begun_ms < MAX_SETTLING_MS {
            clock::sleep(LOOK_MS).await;
        }
        let running = std::mem::take(&mut *self.0.running.borrow_mut());
        self.0.set_down.borrow_mut().given_up.extend(running.keys().copied());
        let jobs: Vec<JobNumber> = running.into_values().flatten().collect();
        self.0.services.pool.cancel(&jobs);
        while !self.0.is_over.get() {
            let commands = self.0.driver.borrow_mut().next();
            for command in commands {
                match command {
                    Command::Run { ticket, .. } => self.0.set_down.borrow_mut().given_up.push(ticket),
                    Command::Store { .. } => self.carry_out(command),
                    Command::Cancel { .. } => {}
                }
            }
            if !self.0.is_flushing.get() {
                break;
            }
            while self.0.is_flushing.get() && !self.0.is_over.get() {
                clock::sleep(LOOK_MS).await;
            }
        }
        turn
    }

    /// Takes the work up again after the `set_down` that gave this number, where no other tab went on with it. Nothing
    /// happens where it was asked for again meanwhile.
    pub fn take_up(&self, turn: u32) {
        let Some(given_up) = self.0.set_down.borrow_mut().end(turn) else { return };
        self.0.is_stepping.set(false);
        let reason = "No other tab went on with it.";
        for ticket in given_up {
            self.tell(Event::Lost { ticket, reason: reason.to_owned(), now: clock::now() });
        }
        self.carry_on();
    }

    /// Whether it does nothing any more: it has finished or was abandoned.
    pub fn is_over(&self) -> bool {
        self.0.is_over.get()
    }

    fn tell(&self, event: Event) {
        if self.0.is_over.get() {
            return;
        }
        self.0.driver.borrow_mut().on(event);
        self.step();
    }

    fn step(&self) {
        // A command that ends at once would come back here while the list before is carried out.
        if self.0.is_stepping.replace(true) {
            return;
        }
        while !self.0.is_over.get() {
            let commands = self.0.driver.borrow_mut().next();
            if commands.is_empty() {
                break;
            }
            commands.into_iter().for_each(|command| self.carry_out(command));
        }
        self.0.is_stepping.set(false);
        if self.0.is_over.get() {
            return;
        }
        if self.0.driver.borrow().is_finished() {
            self.finish();
        } else {
            self.wake_in_time();
            self.tell_watchers_soon();
        }
    }

    fn finish(&self) {
        self.0.is_over.set(true);
        let on_end = self.0.on_end.borrow_mut().take();
        (self.0.on_change)();
        if let Some(on_end) = on_end {
            on_end();
        }
    }

    fn tell_watchers_soon(&self) {
        if self.0.is_telling.replace(true) {
            return;
        }
        let pump = self.clone();
        spawn_local(async move {
            clock::sleep(BEAT_MS as i32).await;
            pump.0.is_telling.set(false);
            if !pump.0.is_over.get() {
                (pump.0.on_change)();
            }
        });
    }

    fn carry_out(&self, command: Command) {
        match command {
            Command::Run { ticket, job, input } => self.run(ticket, job, input),
            Command::Store { ticket, records, blobs } => self.store(ticket, records, blobs),
            Command::Cancel { tickets } => {
                let mut running = self.0.running.borrow_mut();
                let jobs: Vec<JobNumber> =
                    tickets.iter().filter_map(|ticket| running.remove(ticket).flatten()).collect();
                drop(running);
                self.0.services.pool.cancel(&jobs);
            }
        }
    }

    fn run(&self, ticket: Ticket, job: Request, input: Option<Input>) {
        self.0.running.borrow_mut().insert(ticket, None);
        let needs = job.needs();
        if input.is_none() && !self.0.services.shelf.has_files(&needs) {
            return self.submit(ticket, job, None);
        }
        let is_piece = input.is_some();
        if is_piece {
            self.0.pieces.begin(ticket);
        }
        let pump = self.clone();
        spawn_local(async move {
            let read = pump.read(&needs, input).await;
            if !pump.0.running.borrow().contains_key(&ticket) {
                return pump.submit_pieces();
            }
            match read {
                Ok(bytes) if is_piece => {
                    pump.0.pieces.is_read(ticket, job, bytes);
                    pump.submit_pieces();
                }
                Ok(bytes) => pump.submit(ticket, job, bytes),
                Err(reason) => {
                    pump.0.running.borrow_mut().remove(&ticket);
                    pump.submit_pieces();
                    let error = JobError::CannotFit { reason };
                    pump.tell(Event::Failed { ticket, error, now: clock::now() });
                }
            }
        });
    }

    fn submit(&self, ticket: Ticket, job: Request, input: Option<js_sys::Uint8Array>) {
        let pump = self.clone();
        let number = self.0.services.pool.run(job, input, move |end| pump.ended(ticket, end));
        if let Some(entry) = self.0.running.borrow_mut().get_mut(&ticket) {
            *entry = Some(number);
        }
    }

    fn ended(&self, ticket: Ticket, end: JobEnd) {
        if self.0.running.borrow_mut().remove(&ticket).is_none() {
            return;
        }
        let now = clock::now();
        self.tell(match end {
            JobEnd::Answered(answer, blobs) => {
                // What a file becomes is only ever joined: the browser keeps it outside the tab's memory.
                let is_output = matches!(answer, Answer::Predicted(_));
                for (hash, bytes) in blobs {
                    let kept = if is_output { Kept::File(blob_of(&bytes)) } else { Kept::Bytes(bytes) };
                    self.0.services.shelf.put(hash, kept);
                }
                Event::Ran { ticket, answer, now }
            }
            JobEnd::Failed(error) => Event::Failed { ticket, error, now },
            JobEnd::Lost(reason) => Event::Lost { ticket, reason, now },
        });
    }

    fn store(&self, ticket: Ticket, records: Vec<Record>, blobs: Vec<ContentHash>) {
        let mut waiting = self.0.waiting.borrow_mut();
        waiting.tickets.push(ticket);
        waiting.records.extend(records);
        waiting.blobs.extend(blobs);
        drop(waiting);
        if !self.0.is_flushing.replace(true) {
            let pump = self.clone();
            spawn_local(async move { pump.flush().await });
        }
    }

    /// Writes all that waits, again and again until nothing does.
    async fn flush(&self) {
        loop {
            let next_ms = self.0.last_flush_ms.get() + BEAT_MS;
            // Timers of a hidden tab are held back for up to a minute; the study must not wait for them.
            while clock::elapsed_ms() < next_ms && !self.0.running.borrow().is_empty() && !device::is_hidden()
            {
                clock::sleep(LOOK_MS).await;
            }
            let batch = self.0.waiting.take();
            if batch.tickets.is_empty() || self.0.is_over.get() {
                break;
            }
            self.0.last_flush_ms.set(clock::elapsed_ms());
            let written = self.write(batch.records, &batch.blobs).await;
            let now = clock::now();
            for ticket in batch.tickets {
                self.tell(match &written {
                    Ok(()) => Event::Stored { ticket, now },
                    Err(reason) => Event::NotStored { ticket, reason: reason.clone(), now },
                });
            }
        }
        self.0.is_flushing.set(false);
    }

    async fn write(&self, records: Vec<Record>, hashes: &[ContentHash]) -> Result<(), String> {
        let mut blobs = Vec::with_capacity(hashes.len());
        for hash in hashes {
            match self.0.services.shelf.get(*hash) {
                Some(kept) => blobs.push((*hash, kept.to_stored())),
                None => return Err(format!("The bytes of blob {hash} are no longer here: start again.")),
            }
        }
        self.0.services.store.write(Batch { records, blobs }).await.map_err(|error| error.to_string())
    }
}
