//! Web workers: jobs in, each ends exactly once: answered, failed, or lost with its worker.
//!
//! Workers hold no truth. One that dies (an error, a kill, out of memory) is replaced, and its job is
//! reported lost; cancelling is terminating. Callbacks are called with nothing borrowed.

mod assign;
mod large_pass;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use jobs::{Answer, JobError, Request};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, Event, Url, Worker, WorkerOptions, WorkerType};

use super::schedule::{JobNumber, Schedule, Step, WorkerNumber, pool_width};
use super::shelf::Shelf;
use super::wire::{FromWorker, OnEvent, Posted};
use super::{clock, device, later, locks, wire};

/// Workers that die one after another before they are ready, until jobs are failed.
const MAX_FAILED_STARTS: u32 = 3;

/// How a job ended.
#[derive(Debug)]
// One end at a time: its size on the stack matters less than an allocation.
#[allow(clippy::large_enum_variant)]
pub enum JobEnd {
    /// With its answer and the bytes it names.
    Answered(Answer, Vec<(ContentHash, Uint8Array)>),
    /// Without an answer, and it would have none if it were run again.
    Failed(JobError),
    /// Its worker died; it can be run again.
    Lost(String),
}

/// How workers are started.
#[derive(Clone)]
pub struct WorkerStart {
    /// The module a worker begins with, as source.
    pub source: String,
    /// What it is sent first, for the name of its lock.
    pub first_message: Rc<dyn Fn(&str) -> JsValue>,
}

impl WorkerStart {
    /// Workers that run the page's own compiled module. The module they begin with is a blob whose one
    /// line imports the start script: only so do they inherit the page's security policy.
    pub fn of_page() -> Self {
        let base = super::files::base_url();
        let place = |name: &str| absolute(&device::place_of(name).unwrap_or_default(), &base);
        let (start, glue) = (place("data-worker"), place("data-js"));
        let first_message = move |lock: &str| {
            let message = js_sys::Object::new();
            let fields = [
                ("js", JsValue::from_str(&glue)),
                ("module", wasm_bindgen::module()),
                ("lock", lock.into()),
                ("later", later::for_worker()),
            ];
            for (name, value) in fields {
                js_sys::Reflect::set(&message, &name.into(), &value).expect("a plain object takes any field");
            }
            message.into()
        };
        Self { source: format!("import {};", js_string(&start)), first_message: Rc::new(first_message) }
    }
}

fn absolute(path: &str, base: &str) -> String {
    Url::new_with_base(path, base).map_or_else(|_| path.to_owned(), |url| url.href())
}

fn js_string(text: &str) -> String {
    // Texts of JSON are texts of JavaScript.
    json::to_string(text)
}

struct LiveWorker {
    worker: Worker,
    lock: String,
    _on_message: OnEvent,
    _on_error: OnEvent,
}

struct Pending {
    request: Request,
    input: Option<Uint8Array>,
    on_end: Box<dyn FnOnce(JobEnd)>,
}

struct Inner {
    start: Box<dyn Fn() -> WorkerStart>,
    shelf: Shelf,
    schedule: RefCell<Schedule>,
    workers: RefCell<SortedMap<WorkerNumber, LiveWorker>>,
    jobs: RefCell<SortedMap<JobNumber, Pending>>,
    next_job: Cell<u64>,
    failed_starts: Cell<u32>,
    /// A worker went through a study's jobs, or has real ones.
    is_warm: Cell<bool>,
    source_url: RefCell<Option<(String, WorkerStart)>>,
}

/// The workers of this tab; clones share them.
#[derive(Clone)]
pub struct Pool(Rc<Inner>);

impl Pool {
    /// Workers that run this page's module. None is started yet.
    pub fn of_page(shelf: Shelf) -> Self {
        Self::new(WorkerStart::of_page, shelf, device::n_cores())
    }

    /// At most `width` workers, started by `start`, which is asked when the first is needed.
    pub fn new(start: impl Fn() -> WorkerStart + 'static, shelf: Shelf, width: usize) -> Self {
        Self(Rc::new(Inner {
            start: Box::new(start),
            shelf,
            schedule: RefCell::new(Schedule::new(width)),
            workers: RefCell::default(),
            jobs: RefCell::default(),
            next_job: Cell::new(0),
            failed_starts: Cell::new(0),
            is_warm: Cell::new(false),
            source_url: RefCell::default(),
        }))
    }

    /// Starts workers ahead of the jobs, at most `most`, so that the first job finds them ready.
    pub fn warm_up(&self, most: usize) {
        let steps = self.0.schedule.borrow_mut().warm_up(most);
        self.carry_out(steps);
    }

    /// Allows as many workers as cores and a corpus of `corpus_bytes` allow.
    pub fn fit_to(&self, corpus_bytes: u64) {
        let width = pool_width(device::n_cores(), corpus_bytes);
        let surplus = self.0.schedule.borrow_mut().set_width(width);
        surplus.into_iter().for_each(|worker| self.terminate(worker));
    }

    /// Runs a job on a worker; `on_end` is called once, unless the job is cancelled.
    pub fn run(
        &self,
        request: Request,
        input: Option<Uint8Array>,
        on_end: impl FnOnce(JobEnd) + 'static,
    ) -> JobNumber {
        let job = JobNumber(self.0.next_job.get());
        self.0.next_job.set(job.0 + 1);
        let (mut needs, can_lack) = (request.needs(), request.can_lack());
        needs.retain(|hash| !can_lack.contains(hash) || self.0.shelf.get(*hash).is_some());
        self.0.schedule.borrow_mut().submit(job, needs, request.session());
        self.0.jobs.borrow_mut().insert(job, Pending { request, input, on_end: Box::new(on_end) });
        self.go_on();
        job
    }

    /// Gives jobs up at once: their workers are terminated, and their ends are not reported.
    pub fn cancel(&self, jobs: &[JobNumber]) {
        for job in jobs {
            self.0.jobs.borrow_mut().remove(job);
        }
        let gone = self.0.schedule.borrow_mut().cancel(jobs);
        gone.into_iter().for_each(|worker| self.terminate(worker));
        self.go_on();
    }

    fn go_on(&self) {
        let steps = self.0.schedule.borrow_mut().steps();
        self.carry_out(steps);
    }

    fn carry_out(&self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Spawn(worker) => self.spawn(worker),
                Step::Assign { worker, job, provide } => self.assign(worker, job, &provide),
            }
        }
    }

    fn spawn(&self, number: WorkerNumber) {
        let lock = format!("reviewlab-worker-{}-{}", number.0, hex(&clock::entropy()));
        let (url, start) = self
            .0
            .source_url
            .borrow_mut()
            .get_or_insert_with(|| {
                let start = (self.0.start)();
                (module_url(&start.source), start)
            })
            .clone();
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = match Worker::new_with_options(&url, &options) {
            Ok(worker) => worker,
            Err(error) => return self.lost_later(number, super::files::words(&error)),
        };
        let pool = self.clone();
        let on_message = wire::on_message(move |message| pool.on_message(number, &message));
        let pool = self.clone();
        let on_error = OnEvent::new(move |event: Event| {
            // Handled here: without this it is an error on the console as well.
            event.prevent_default();
            let message =
                js_sys::Reflect::get(&event, &"message".into()).ok().and_then(|words| words.as_string());
            pool.on_lost(number, &reason_of(message));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let posted = worker.post_message(&(start.first_message)(&lock));
        let live = LiveWorker { worker, lock, _on_message: on_message, _on_error: on_error };
        self.0.workers.borrow_mut().insert(number, live);
        if let Err(error) = posted {
            self.lost_later(number, super::files::words(&error));
        }
    }

    fn on_message(&self, worker: WorkerNumber, message: &JsValue) {
        match FromWorker::read(message) {
            Ok(FromWorker::Ready) => {
                self.0.failed_starts.set(0);
                self.watch(worker);
                self.0.schedule.borrow_mut().ready(worker);
                self.go_on();
                self.get_ready(worker);
            }
            Ok(FromWorker::Died { reason }) => self.on_lost(worker, &reason),
            Ok(FromWorker::Done { job, result, blobs }) => {
                let job = JobNumber(job as u64);
                if self.0.schedule.borrow_mut().answered(worker) != Some(job) {
                    return;
                }
                let Some(pending) = self.0.jobs.borrow_mut().remove(&job) else { return };
                if keeps_what_it_made(&pending.request) {
                    let held = blobs.iter().map(|(hash, _)| *hash);
                    self.0.schedule.borrow_mut().holds(worker, held);
                }
                if large_pass::is_done(&pending.request, result.as_ref().ok()) {
                    self.0.schedule.borrow_mut().lost(worker);
                    self.terminate(worker);
                }
                (pending.on_end)(match result {
                    Ok(answer) => JobEnd::Answered(answer, blobs),
                    Err(error) => JobEnd::Failed(error),
                });
                self.go_on();
            }
            Err(garbled) => {
                self.on_lost(worker, &format!("it sent a message of another build: {}", garbled.0))
            }
        }
    }

    /// Has the first worker go through a study's jobs, unless there is one to do: what the browser compiles anew for it
    /// is there for all.
    fn get_ready(&self, number: WorkerNumber) {
        if self.0.is_warm.replace(true) || !self.0.jobs.borrow().is_empty() {
            return;
        }
        if let Some(live) = self.0.workers.borrow().get(&number) {
            // A worker that cannot be told is slower for a moment, nothing else.
            live.worker.post_message(&Posted::warm_up().message).ok();
        }
    }

    /// Learns of a death that fires no event: a worker holds a lock for as long as it lives.
    fn watch(&self, number: WorkerNumber) {
        let Some(lock) = self.0.workers.borrow().get(&number).map(|live| live.lock.clone()) else { return };
        let pool = self.clone();
        spawn_local(async move {
            if locks::until_free(&lock).await {
                pool.on_lost(number, "the browser ended the worker");
            }
        });
    }

    fn on_lost(&self, worker: WorkerNumber, reason: &str) {
        let Some(live) = self.0.workers.borrow_mut().remove(&worker) else { return };
        live.worker.terminate();
        let was_ready = self.0.schedule.borrow().is_ready(worker);
        let job = self.0.schedule.borrow_mut().lost(worker);
        let pending = job.and_then(|job| self.0.jobs.borrow_mut().remove(&job));
        if let Some(pending) = pending {
            (pending.on_end)(JobEnd::Lost(reason.to_owned()));
        }
        if !was_ready {
            self.0.failed_starts.set(self.0.failed_starts.get() + 1);
        }
        if self.0.failed_starts.get() >= MAX_FAILED_STARTS {
            self.0.failed_starts.set(0);
            self.fail_all(reason);
        }
        self.go_on();
    }

    fn fail_all(&self, reason: &str) {
        let jobs = std::mem::take(&mut *self.0.jobs.borrow_mut());
        let numbers: Vec<JobNumber> = jobs.keys().copied().collect();
        let gone = self.0.schedule.borrow_mut().cancel(&numbers);
        gone.into_iter().for_each(|worker| self.terminate(worker));
        for pending in jobs.into_values() {
            let reason = format!("Background workers do not start ({reason}): reload the page.");
            (pending.on_end)(JobEnd::Failed(JobError::CannotFit { reason }));
        }
    }

    fn terminate(&self, worker: WorkerNumber) {
        if let Some(live) = self.0.workers.borrow_mut().remove(&worker) {
            live.worker.terminate();
        }
    }

    /// `on_lost` in a later turn: callers may hold borrows.
    fn lost_later(&self, worker: WorkerNumber, reason: String) {
        let pool = self.clone();
        spawn_local(async move {
            if pool.0.workers.borrow().contains_key(&worker) {
                pool.on_lost(worker, &reason);
            } else {
                pool.0.schedule.borrow_mut().lost(worker);
                pool.fail_all(&reason);
            }
        });
    }

    fn end_later(&self, job: JobNumber, end: JobEnd) {
        let pool = self.clone();
        spawn_local(async move {
            let pending = pool.0.jobs.borrow_mut().remove(&job);
            if let Some(pending) = pending {
                (pending.on_end)(end);
            }
            pool.go_on();
        });
    }
}

/// Whether a worker holds the blobs of its answer for later jobs: counts and terms of a file it read, the history of a
/// search. What a fit leaves behind it does not.
fn keeps_what_it_made(request: &Request) -> bool {
    matches!(request, Request::ReadChunk(_) | Request::AdvanceStudy(_))
}

/// Why a worker died, from the message of its error. A panic and a memory that is full both end in a trap, which
/// every browser calls a `RuntimeError` and words in its own way.
fn reason_of(message: Option<String>) -> String {
    match message {
        // A script that could not be loaded gives an event without a message.
        None => "its start script could not be loaded".to_owned(),
        Some(message) if message.contains("RuntimeError") => {
            "a fault of the program, or too little memory, ended the worker".to_owned()
        }
        Some(message) => message,
    }
}

/// The address of a module with this source.
fn module_url(source: &str) -> String {
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of1(&JsValue::from_str(source));
    let blob = Blob::new_with_str_sequence_and_options(&parts.unchecked_into(), &options)
        .expect("a list of strings makes a blob");
    Url::create_object_url_with_blob(&blob).expect("a blob has an address")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
