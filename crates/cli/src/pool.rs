//! Threads, each with a worker: jobs in, answers out in whatever order they are done.
//! In: tickets, jobs, bytes. Out: answers, and the blobs that came with them. Never: a job run twice, or an
//! answer to a job that was given up.

use drivers::{SESSIONS_PER_PASS, Ticket};
use engine::num::ContentHash;
use jobs::{Answer, JobError, Request, Session, SharedBlob, Worker};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use track::id::Millis;

use crate::clock;
use crate::failure::Failure;

/// What happened in the pool or outside.
pub enum Happening {
    /// A worker is done with a job.
    Done {
        /// Which worker.
        worker: usize,
        /// Which job.
        job: JobId,
        /// What came of it.
        outcome: Box<Outcome>,
        /// Bytes that came with the answer, by their hashes.
        blobs: Vec<(ContentHash, Vec<u8>)>,
        /// The decoded forms of those that other workers may need.
        shared: Vec<(ContentHash, SharedBlob)>,
    },
    /// The person pressed Ctrl-C.
    Interrupt,
}

/// What came of a job.
pub type Outcome = Result<Answer, JobError>;

/// A job of one pump: tickets begin anew with each driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobId {
    pump: u64,
    ticket: Ticket,
}

struct Task {
    job: JobId,
    request: Request,
    input: Vec<u8>,
    shared: Vec<(ContentHash, SharedBlob)>,
    /// Bytes of what no worker has decoded.
    stored: Vec<(ContentHash, Vec<u8>)>,
}

/// The threads.
pub struct Pool {
    workers: Vec<Sender<Task>>,
    /// Jobs each worker has to do.
    n_waiting: Vec<usize>,
    queue: VecDeque<Task>,
    happenings: (Sender<Happening>, Receiver<Happening>),
    blobs: BTreeMap<ContentHash, Vec<u8>>,
    /// Which of them came, in order, since they were taken last.
    arrived: Vec<ContentHash>,
    shared: BTreeMap<ContentHash, SharedBlob>,
    /// What was given to each worker as bytes.
    given: Vec<BTreeSet<ContentHash>>,
    pump: u64,
    live: Vec<Ticket>,
}

impl Pool {
    /// `n_workers` threads.
    pub fn new(n_workers: usize) -> Self {
        let happenings = channel();
        let workers = (0..n_workers).map(|worker| start(worker, happenings.0.clone())).collect();
        Self {
            workers,
            n_waiting: vec![0; n_workers],
            queue: VecDeque::new(),
            happenings,
            blobs: BTreeMap::new(),
            arrived: Vec::new(),
            shared: BTreeMap::new(),
            given: vec![BTreeSet::new(); n_workers],
            pump: 0,
            live: Vec::new(),
        }
    }

    /// Number of threads.
    pub fn n_workers(&self) -> usize {
        self.workers.len()
    }

    /// Where an interruption can be announced.
    pub fn doorbell(&self) -> Sender<Happening> {
        self.happenings.0.clone()
    }

    /// Begins the work of another driver: answers to the one before are dropped.
    pub fn begin(&mut self) {
        self.pump += 1;
        self.queue.clear();
        self.live.clear();
    }

    /// Lets go of all blobs, those that workers hold, too: for work that goes on for days. Where a job that was given up is
    /// still being done it waits for the next time.
    pub fn renew(&mut self) {
        if self.n_waiting.iter().any(|n| *n > 0) {
            return;
        }
        let n_workers = self.workers.len();
        self.workers = (0..n_workers).map(|worker| start(worker, self.happenings.0.clone())).collect();
        self.given = vec![BTreeSet::new(); n_workers];
        self.blobs.clear();
        self.shared.clear();
        self.arrived.clear();
    }

    /// Gives workers a blob that no answer brought.
    pub fn provide(&mut self, hash: ContentHash, blob: SharedBlob) {
        self.shared.insert(hash, blob);
    }

    /// What answers brought since it was taken last, in order; the pool lets go of it.
    pub fn take_arrived(&mut self) -> Vec<Vec<u8>> {
        let arrived = std::mem::take(&mut self.arrived);
        let pieces = arrived.iter().filter_map(|hash| self.blobs.get(hash).cloned()).collect();
        for hash in &arrived {
            self.blobs.remove(hash);
        }
        pieces
    }

    /// Takes a job.
    pub fn submit(&mut self, ticket: Ticket, request: Request, input: Vec<u8>) {
        let needs = request.needs();
        let shared = needs.iter().filter_map(|hash| Some((*hash, self.shared.get(hash)?.clone()))).collect();
        let session = request.session();
        let job = JobId { pump: self.pump, ticket };
        let task = Task { job, request, input, shared, stored: Vec::new() };
        self.live.push(ticket);
        match session {
            // A pass's chunks go to one worker, in order; passes at the same time to different ones.
            Some(Session(session)) => {
                let pass = session / SESSIONS_PER_PASS;
                self.send((pass % self.workers.len() as u64) as usize, task);
            }
            None => self.queue.push_back(task),
        }
        self.hand_out();
    }

    /// Gives up jobs: those not begun are not run, the answers of the others are dropped.
    pub fn cancel(&mut self, tickets: &[Ticket]) {
        self.live.retain(|ticket| !tickets.contains(ticket));
        self.queue.retain(|task| !tickets.contains(&task.job.ticket));
    }

    /// Waits for the next answer or interruption, until `wakes_at` at the latest; `None` stands for that time, or
    /// for an answer nobody waits for any more.
    ///
    /// # Errors
    /// Where the person pressed Ctrl-C.
    pub fn wait(&mut self, wakes_at: Option<Millis>) -> Result<Option<(Ticket, Outcome)>, Interrupted> {
        let happening = match wakes_at {
            Some(time) => {
                let left = Duration::from_millis(time.0.saturating_sub(clock::now().0));
                let Ok(happening) = self.happenings.1.recv_timeout(left) else { return Ok(None) };
                happening
            }
            // The pool holds a sender itself, so the channel cannot be closed.
            None => self.happenings.1.recv().expect("the pool holds a sender"),
        };
        let Happening::Done { worker, job, outcome, blobs, shared } = happening else {
            return Err(Interrupted);
        };
        self.n_waiting[worker] -= 1;
        self.arrived.extend(blobs.iter().map(|(hash, _)| *hash));
        self.blobs.extend(blobs);
        self.shared.extend(shared);
        self.hand_out();
        let is_awaited = job.pump == self.pump && self.live.contains(&job.ticket);
        self.live.retain(|ticket| job.pump != self.pump || *ticket != job.ticket);
        Ok(is_awaited.then_some((job.ticket, *outcome)))
    }

    /// Whether workers can be given this blob.
    pub fn holds(&self, hash: ContentHash) -> bool {
        self.shared.contains_key(&hash) || self.blobs.contains_key(&hash)
    }

    /// Takes bytes that were stored before, for jobs that need them.
    pub fn keep(&mut self, hash: ContentHash, bytes: Vec<u8>) {
        self.blobs.insert(hash, bytes);
    }

    /// Bytes that came with an answer.
    ///
    /// # Errors
    /// Where none did: our own mistake.
    pub fn blob(&self, hash: ContentHash) -> Result<Vec<u8>, Failure> {
        self.blobs.get(&hash).cloned().ok_or_else(|| Failure::Fault(format!("no answer brought blob {hash}")))
    }

    fn hand_out(&mut self) {
        while let Some(worker) = self.n_waiting.iter().position(|n| *n == 0) {
            let Some(task) = self.queue.pop_front() else { return };
            self.send(worker, task);
        }
    }

    fn send(&mut self, worker: usize, mut task: Task) {
        self.n_waiting[worker] += 1;
        for hash in task.request.needs() {
            // Whoever made a blob holds it; what came from the store is held by nobody at first.
            if let Some(bytes) = self.blobs.get(&hash).filter(|_| !self.shared.contains_key(&hash))
                && self.given[worker].insert(hash)
            {
                task.stored.push((hash, bytes.clone()));
            }
        }
        self.workers[worker].send(task).expect("a worker's thread ends only with the program");
    }
}

/// The person pressed Ctrl-C.
#[derive(Debug)]
pub struct Interrupted;

fn start(worker: usize, done: Sender<Happening>) -> Sender<Task> {
    let (sender, tasks) = channel::<Task>();
    std::thread::spawn(move || {
        let begun = Instant::now();
        let mut clock = move || clock::elapsed_ms(begun);
        let mut own = Worker::default();
        // Both loops end when the pool is gone.
        while let Ok(task) = tasks.recv() {
            let happening = work(worker, &mut own, task, &mut clock);
            if done.send(happening).is_err() {
                return;
            }
        }
    });
    sender
}

fn work(worker: usize, own: &mut Worker, task: Task, clock: &mut dyn FnMut() -> f64) -> Happening {
    for (hash, blob) in task.shared {
        if !own.holds(hash) {
            own.provide_shared(hash, blob);
        }
    }
    for (hash, bytes) in task.stored {
        if !own.holds(hash) {
            own.provide(hash, bytes);
        }
    }
    let (outcome, blobs) = match own.run(task.request, &task.input, clock) {
        Ok((answer, blobs)) => (Ok(answer), blobs),
        Err(error) => (Err(error), Vec::new()),
    };
    let shared = blobs.iter().filter_map(|(hash, _)| Some((*hash, own.share(*hash)?))).collect();
    Happening::Done { worker, job: task.job, outcome: Box::new(outcome), blobs, shared }
}
