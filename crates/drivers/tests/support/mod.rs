//! A pump without threads or clocks: real workers, driven by a script that kills, delays and reorders.

use std::collections::{BTreeMap, BTreeSet};

use drivers::{Command, Driver, Event, Input, Ticket};
use engine::num::ContentHash;
use jobs::{Request, Session, Worker, decode_answer, decode_request, encode_answer, encode_request};
use track::id::Millis;
use track::record::Record;
use track::run::{Run, RunKind};

/// What happens next, drawn from bytes; without bytes everything goes its straight way.
#[derive(Clone, Debug, Default)]
pub struct Script {
    bytes: std::vec::IntoIter<u8>,
    /// Workers that may still be killed by a draw.
    n_kills: usize,
    /// Stores that may still be refused by a draw.
    n_refusals: usize,
    /// Numbers of the jobs, in the order run, whose workers are killed for certain.
    doomed: BTreeSet<usize>,
    /// Whether no store succeeds.
    is_full: bool,
}

impl Script {
    pub fn new(bytes: Vec<u8>, n_kills: usize, n_refusals: usize) -> Self {
        Self { bytes: bytes.into_iter(), n_kills, n_refusals, ..Self::default() }
    }

    /// Kills the workers of these jobs, by their numbers in the order run.
    pub fn killing(doomed: impl IntoIterator<Item = usize>) -> Self {
        Self { doomed: doomed.into_iter().collect(), ..Self::default() }
    }

    /// Never stores anything.
    pub fn full() -> Self {
        Self { is_full: true, ..Self::default() }
    }

    fn below(&mut self, n: usize) -> usize {
        usize::from(self.bytes.next().unwrap_or(0)) % n.max(1)
    }
}

/// Files, workers, records and blobs, and the work under way.
pub struct Pump {
    file: Vec<u8>,
    workers: Vec<Worker>,
    sessions: BTreeMap<Session, usize>,
    script: Script,
    pub blobs: BTreeMap<ContentHash, Vec<u8>>,
    pub records: BTreeMap<(&'static str, String), Record>,
    pub stored_blobs: BTreeSet<ContentHash>,
    pub now: u64,
    pub n_jobs: usize,
    pub n_killed: usize,
    pub n_refused: usize,
    pub most_stores_at_once: usize,
    /// Most finished trials that one job carried with it.
    pub most_trials_carried: usize,
    queued: Vec<(Ticket, Request, Option<Input>)>,
    stores: Vec<(Ticket, Vec<Record>, Vec<ContentHash>)>,
    reports: Vec<Event>,
}

impl Pump {
    pub fn new(file: Vec<u8>, n_workers: usize, script: Script) -> Self {
        Self {
            file,
            workers: (0..n_workers).map(|_| Worker::default()).collect(),
            sessions: BTreeMap::new(),
            script,
            blobs: BTreeMap::new(),
            records: BTreeMap::new(),
            stored_blobs: BTreeSet::new(),
            now: 1_000,
            n_jobs: 0,
            n_killed: 0,
            n_refused: 0,
            most_stores_at_once: 0,
            most_trials_carried: 0,
            queued: Vec::new(),
            stores: Vec::new(),
            reports: Vec::new(),
        }
    }

    /// Pumps until the driver is finished; `watch` sees it before each step and may hand it an event.
    pub fn pump<D: Driver>(&mut self, driver: &mut D, mut watch: impl FnMut(&mut D, &Pump)) {
        self.pump_while(driver, |driver, pump| {
            watch(driver, pump);
            true
        });
    }

    /// The records and blobs in a new tab, at `now`; what was under way is gone.
    pub fn after(self, now: u64) -> Pump {
        let mut pump = Pump::new(self.file, self.workers.len(), Script::default());
        (pump.blobs, pump.records, pump.stored_blobs, pump.now) =
            (self.blobs, self.records, self.stored_blobs, now);
        pump
    }

    /// Another file in the place of this one, which is stored.
    pub fn with_file(mut self, file: Vec<u8>) -> Pump {
        let old = std::mem::replace(&mut self.file, file);
        self.blobs.insert(ContentHash::of(&old), old);
        self
    }

    /// Its file.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    /// Kills the workers of these jobs, by their numbers in the order run.
    pub fn killing(mut self, doomed: impl IntoIterator<Item = usize>) -> Pump {
        self.script = Script::killing(doomed);
        self
    }

    /// As `pump`, for as long as `watch` says so: then the tab is closed.
    pub fn pump_while<D: Driver>(&mut self, driver: &mut D, mut watch: impl FnMut(&mut D, &Pump) -> bool) {
        for _ in 0..100_000 {
            for command in driver.next() {
                self.take(command);
            }
            if !watch(driver, self) {
                return;
            }
            if driver.wakes_at().is_some_and(|time| time.0 <= self.now) {
                driver.on(Event::Tick { now: Millis(self.now) });
                continue;
            }
            if driver.is_finished() {
                self.queued.clear();
                self.reports.clear();
                assert!(self.stores.is_empty(), "a finished driver waits for nothing");
                return;
            }
            // Whoever watches may have handed in an event that has the driver ask again.
            let is_idle = self.reports.is_empty() && self.queued.is_empty() && self.stores.is_empty();
            if is_idle {
                // Nothing is under way: time passes until the driver wants to hear of it.
                self.now = driver.wakes_at().map_or(self.now, |time| self.now.max(time.0));
                continue;
            }
            if let Some(event) = self.step() {
                driver.on(event);
            }
        }
        panic!("the driver does not come to an end");
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Run { ticket, job, input } => self.queued.push((ticket, job, input)),
            Command::Store { ticket, records, blobs } => {
                self.stores.push((ticket, records, blobs));
                self.most_stores_at_once = self.most_stores_at_once.max(self.stores.len());
            }
            Command::Cancel { tickets } => {
                self.queued.retain(|(ticket, ..)| !tickets.contains(ticket));
                self.reports.retain(|event| match event {
                    Event::Ran { ticket, .. } | Event::Failed { ticket, .. } | Event::Lost { ticket, .. } => {
                        !tickets.contains(ticket)
                    }
                    _ => true,
                });
            }
        }
    }

    /// One thing happens: an event is reported, a job runs, a store is written. `None`: nothing to report yet.
    fn step(&mut self) -> Option<Event> {
        self.now += 1 + self.script.below(50) as u64;
        let n_choices = self.reports.len() + self.queued.len() + self.stores.len();
        let choice = self.script.below(n_choices);
        if choice < self.reports.len() {
            return Some(self.reports.remove(choice));
        }
        let choice = choice - self.reports.len();
        if choice < self.queued.len() {
            let event = self.run(choice);
            self.reports.push(event);
            return None;
        }
        Some(self.store(choice - self.queued.len()))
    }

    fn store(&mut self, at: usize) -> Event {
        let now = Millis(self.now);
        let (ticket, records, blobs) = self.stores.remove(at);
        let is_drawn = self.script.n_refusals > 0 && self.script.below(2) == 1;
        if is_drawn || self.script.is_full {
            self.script.n_refusals -= usize::from(is_drawn);
            self.n_refused += 1;
            return Event::NotStored { ticket, reason: "There is no room left.".into(), now };
        }
        for blob in blobs {
            assert!(self.blobs.contains_key(&blob), "only blobs the pump keeps are stored");
            self.stored_blobs.insert(blob);
        }
        for record in records {
            self.records.insert((record.collection().as_str(), record.key()), record);
        }
        Event::Stored { ticket, now }
    }

    fn run(&mut self, choice: usize) -> Event {
        // Jobs of one session are run in order.
        let session = self.queued[choice].1.session();
        let first = self.queued.iter().position(|(_, job, _)| session.is_some() && job.session() == session);
        let (ticket, job, input) = self.queued.remove(first.unwrap_or(choice));
        let now = Millis(self.now);
        let drawn = self.script.below(self.workers.len());
        let at = session.map_or(drawn, |session| *self.sessions.entry(session).or_insert(drawn));
        let is_drawn = self.script.n_kills > 0 && self.script.below(4) == 3;
        let is_doomed = self.script.doomed.contains(&self.n_jobs);
        self.n_jobs += 1;
        if is_drawn || is_doomed {
            self.script.n_kills -= usize::from(is_drawn);
            self.n_killed += 1;
            self.workers[at] = Worker::default();
            return Event::Lost { ticket, reason: "killed by the script".into(), now };
        }
        self.answer(at, ticket, &job, input)
    }

    fn answer(&mut self, at: usize, ticket: Ticket, job: &Request, input: Option<Input>) -> Event {
        if let Request::AdvanceStudy(slice) = job {
            self.most_trials_carried = self.most_trials_carried.max(slice.finished.len());
        }
        let job = decode_request(&encode_request(job)).expect("a job survives the wire");
        let worker = &mut self.workers[at];
        for hash in job.needs() {
            // What is not stored any more cannot be given.
            if let Some(bytes) = self.blobs.get(&hash).filter(|_| !worker.holds(hash)) {
                worker.provide(hash, bytes.clone());
            }
        }
        let bytes = input.map_or(&[][..], |input| &self.file[input.start as usize..input.end as usize]);
        let (mut time, pace) = (0.0, 1.0 + self.script.below(20) as f64);
        let mut clock = || {
            time += pace;
            time
        };
        let answered = worker.run(job, bytes, &mut clock);
        let (answer, blobs) = match answered {
            Ok((answer, blobs)) => (Ok(answer), blobs),
            Err(error) => (Err(error), Vec::new()),
        };
        self.blobs.extend(blobs);
        let now = Millis(self.now);
        match decode_answer(&encode_answer(&answer)).expect("an answer survives the wire") {
            Ok(answer) => Event::Ran { ticket, answer, now },
            Err(error) => Event::Failed { ticket, error, now },
        }
    }

    /// Every record as JSON, without what depends on the machine: times.
    pub fn timeless(&self) -> Vec<String> {
        self.records.values().map(timeless).collect()
    }
}

/// A record as JSON without its times.
pub fn timeless(record: &Record) -> String {
    let Record::Run(run) = record else { return serde_json::to_string(record).expect("a record is JSON") };
    let mut run = run.clone();
    (run.created, run.ended) = (Millis(0), None);
    run.metrics.retain(|name, _| !name.ends_with("_time"));
    run.folds.iter_mut().for_each(|fold| fold.fit_ms = 0.0);
    serde_json::to_string(&run).expect("a record is JSON")
}

/// The runs of a kind that are stored, in the order of their ids.
pub fn runs(pump: &Pump, kind: RunKind) -> Vec<&Run> {
    let mut runs = Vec::new();
    for record in pump.records.values() {
        if let Record::Run(run) = record
            && run.kind == kind
        {
            runs.push(run);
        }
    }
    runs
}
