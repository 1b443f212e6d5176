//! Which worker runs which job: jobs and what happened to workers in, assignments out.
//!
//! Pure. A session's jobs go to one worker in order; any other job goes to the idle worker that lacks
//! fewest of the bytes it needs. A worker that is gone takes its pins and its bytes with it.

use std::collections::VecDeque;

use engine::num::{ContentHash, SortedMap};
use jobs::Session;

/// Bytes that all workers together may hold.
pub const MAX_POOL_BYTES: u64 = 1 << 30;
/// A worker's own code, stack and buffers.
const WORKER_BYTES: u64 = 24 << 20;
/// A worker holds a corpus as it came, decoded, and arranged for fitting.
const CORPUS_COPIES: u64 = 4;

/// How many workers a corpus of `corpus_bytes` allows on `n_cores`: at least one.
pub fn pool_width(n_cores: usize, corpus_bytes: u64) -> usize {
    let each = WORKER_BYTES.saturating_add(corpus_bytes.saturating_mul(CORPUS_COPIES));
    let fits = usize::try_from(MAX_POOL_BYTES / each).unwrap_or(usize::MAX);
    n_cores.min(fits).max(1)
}

/// A worker, for its whole life; its successor has another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerNumber(pub u32);

/// A job, until it is answered or given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobNumber(pub u64);

/// A job that waits for a worker.
#[derive(Clone, Debug)]
struct Waiting {
    job: JobNumber,
    needs: Vec<ContentHash>,
    session: Option<Session>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Starting,
    Idle,
    Busy(JobNumber),
}

#[derive(Clone, Debug)]
struct Slot {
    activity: Activity,
    holds: SortedMap<ContentHash, ()>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Start a worker under this number.
    Spawn(WorkerNumber),
    /// Give the worker these bytes, then the job.
    Assign {
        /// To whom.
        worker: WorkerNumber,
        /// Which job.
        job: JobNumber,
        /// What the worker lacks.
        provide: Vec<ContentHash>,
    },
}

/// Workers, what they hold and do, and the jobs that wait.
#[derive(Debug)]
pub struct Schedule {
    width: usize,
    next_worker: u32,
    slots: SortedMap<WorkerNumber, Slot>,
    pins: SortedMap<Session, WorkerNumber>,
    queue: VecDeque<Waiting>,
}

impl Schedule {
    /// No worker yet, at most `width` of them.
    pub fn new(width: usize) -> Self {
        Self {
            width: width.max(1),
            next_worker: 0,
            slots: SortedMap::new(),
            pins: SortedMap::new(),
            queue: VecDeque::new(),
        }
    }

    /// Allows another number of workers. Idle ones above it are let go: they are returned.
    pub fn set_width(&mut self, width: usize) -> Vec<WorkerNumber> {
        self.width = width.max(1);
        let idle: Vec<WorkerNumber> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.activity == Activity::Idle)
            .map(|(id, _)| *id)
            .collect();
        let surplus = self.slots.len().saturating_sub(self.width);
        let gone: Vec<WorkerNumber> = idle.into_iter().rev().take(surplus).collect();
        for worker in &gone {
            self.remove(*worker);
        }
        gone
    }

    /// A job comes.
    pub fn submit(&mut self, job: JobNumber, needs: Vec<ContentHash>, session: Option<Session>) {
        self.queue.push_back(Waiting { job, needs, session });
    }

    /// A worker reported that it is ready.
    pub fn ready(&mut self, worker: WorkerNumber) {
        if let Some(slot) = self.slots.get_mut(&worker)
            && slot.activity == Activity::Starting
        {
            slot.activity = Activity::Idle;
        }
    }

    /// Whether a worker has reported that it is ready.
    pub fn is_ready(&self, worker: WorkerNumber) -> bool {
        self.slots.get(&worker).is_some_and(|slot| slot.activity != Activity::Starting)
    }

    /// A worker holds these bytes: it made them.
    pub fn holds(&mut self, worker: WorkerNumber, hashes: impl IntoIterator<Item = ContentHash>) {
        if let Some(slot) = self.slots.get_mut(&worker) {
            slot.holds.extend(hashes.into_iter().map(|hash| (hash, ())));
        }
    }

    /// A worker answered its job.
    pub fn answered(&mut self, worker: WorkerNumber) -> Option<JobNumber> {
        let slot = self.slots.get_mut(&worker)?;
        match slot.activity {
            Activity::Busy(job) => {
                slot.activity = Activity::Idle;
                Some(job)
            }
            Activity::Starting | Activity::Idle => None,
        }
    }

    /// A worker is gone; the job it had, if any.
    pub fn lost(&mut self, worker: WorkerNumber) -> Option<JobNumber> {
        match self.remove(worker)?.activity {
            Activity::Busy(job) => Some(job),
            Activity::Starting | Activity::Idle => None,
        }
    }

    /// Jobs are given up: those that wait are forgotten, the workers of those that run are returned.
    pub fn cancel(&mut self, jobs: &[JobNumber]) -> Vec<WorkerNumber> {
        self.queue.retain(|waiting| !jobs.contains(&waiting.job));
        let running = |slot: &Slot| matches!(slot.activity, Activity::Busy(job) if jobs.contains(&job));
        let gone: Vec<WorkerNumber> =
            self.slots.iter().filter(|(_, slot)| running(slot)).map(|(id, _)| *id).collect();
        for worker in &gone {
            self.remove(*worker);
        }
        gone
    }

    /// All that can be done now: jobs for idle workers, workers for jobs that are left.
    pub fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut waiting = VecDeque::new();
        while let Some(next) = self.queue.pop_front() {
            match self.worker_for(&next) {
                Some(worker) => steps.push(self.assign(worker, &next)),
                None => waiting.push_back(next),
            }
        }
        self.queue = waiting;
        let starting = self.slots.values().filter(|slot| slot.activity == Activity::Starting).count();
        let wanted = self.queue.iter().filter(|next| self.pinned(next).is_none()).count();
        let room = self.width.saturating_sub(self.slots.len());
        for _ in 0..room.min(wanted.saturating_sub(starting)) {
            steps.push(Step::Spawn(self.add_worker()));
        }
        steps
    }

    /// Starts workers ahead of the jobs: as many as the width allows, at most `most`.
    pub fn warm_up(&mut self, most: usize) -> Vec<Step> {
        (self.slots.len()..self.width.min(most)).map(|_| Step::Spawn(self.add_worker())).collect()
    }

    fn add_worker(&mut self) -> WorkerNumber {
        let worker = WorkerNumber(self.next_worker);
        self.next_worker += 1;
        self.slots.insert(worker, Slot { activity: Activity::Starting, holds: SortedMap::new() });
        worker
    }

    fn remove(&mut self, worker: WorkerNumber) -> Option<Slot> {
        self.pins.retain(|_, pinned| *pinned != worker);
        self.slots.remove(&worker)
    }

    fn pinned(&self, waiting: &Waiting) -> Option<WorkerNumber> {
        waiting.session.and_then(|session| self.pins.get(&session).copied())
    }

    fn worker_for(&self, waiting: &Waiting) -> Option<WorkerNumber> {
        if let Some(worker) = self.pinned(waiting) {
            return (self.slots.get(&worker)?.activity == Activity::Idle).then_some(worker);
        }
        self.slots
            .iter()
            .filter(|(_, slot)| slot.activity == Activity::Idle)
            .min_by_key(|(_, slot)| {
                waiting.needs.iter().filter(|hash| !slot.holds.contains_key(hash)).count()
            })
            .map(|(worker, _)| *worker)
    }

    fn assign(&mut self, worker: WorkerNumber, waiting: &Waiting) -> Step {
        let slot = self.slots.get_mut(&worker).expect("the worker was just found in the slots");
        slot.activity = Activity::Busy(waiting.job);
        let provide: Vec<ContentHash> =
            waiting.needs.iter().copied().filter(|hash| slot.holds.insert(*hash, ()).is_none()).collect();
        if let Some(session) = waiting.session {
            self.pins.insert(session, worker);
        }
        Step::Assign { worker, job: waiting.job, provide }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> ContentHash {
        ContentHash::of(text.as_bytes())
    }

    fn with_ready(n_workers: u32) -> Schedule {
        let mut schedule = Schedule::new(n_workers as usize);
        assert_eq!(schedule.warm_up(usize::MAX).len(), n_workers as usize);
        (0..n_workers).for_each(|worker| schedule.ready(WorkerNumber(worker)));
        schedule
    }

    fn assign(worker: u32, job: u64, provide: &[&str]) -> Step {
        let provide = provide.iter().map(|text| hash(text)).collect();
        Step::Assign { worker: WorkerNumber(worker), job: JobNumber(job), provide }
    }

    #[test]
    fn the_width_is_bounded_by_cores_and_by_memory() {
        assert_eq!(pool_width(8, 1 << 20), 8);
        assert_eq!(pool_width(64, 0), 42);
        assert_eq!(pool_width(8, 100 << 20), 2);
        assert_eq!(pool_width(8, 2 << 30), 1);
        assert_eq!(pool_width(0, 0), 1);
    }

    #[test]
    fn workers_are_started_as_jobs_come_up_to_the_width() {
        let mut schedule = Schedule::new(2);
        assert_eq!(schedule.steps(), []);
        (0..3).for_each(|job| schedule.submit(JobNumber(job), vec![], None));
        assert_eq!(schedule.steps(), [Step::Spawn(WorkerNumber(0)), Step::Spawn(WorkerNumber(1))]);
        assert_eq!(schedule.steps(), []);
        schedule.ready(WorkerNumber(1));
        assert_eq!(schedule.steps(), [assign(1, 0, &[])]);
    }

    #[test]
    fn bytes_are_given_to_a_worker_once() {
        let mut schedule = with_ready(2);
        schedule.submit(JobNumber(0), vec![hash("a")], None);
        assert_eq!(schedule.steps(), [assign(0, 0, &["a"])]);
        assert_eq!(schedule.answered(WorkerNumber(0)), Some(JobNumber(0)));
        schedule.submit(JobNumber(1), vec![hash("a"), hash("b")], None);
        assert_eq!(schedule.steps(), [assign(0, 1, &["b"])]);
        schedule.submit(JobNumber(2), vec![hash("a")], None);
        assert_eq!(schedule.steps(), [assign(1, 2, &["a"])]);
    }

    #[test]
    fn a_session_stays_with_its_worker_and_waits_for_it() {
        let mut schedule = with_ready(2);
        schedule.submit(JobNumber(0), vec![], Some(Session(7)));
        schedule.submit(JobNumber(1), vec![], Some(Session(7)));
        assert_eq!(schedule.steps(), [assign(0, 0, &[])]);
        schedule.answered(WorkerNumber(0));
        assert_eq!(schedule.steps(), [assign(0, 1, &[])]);
    }

    #[test]
    fn a_lost_worker_frees_its_session_and_is_replaced() {
        let mut schedule = with_ready(1);
        schedule.submit(JobNumber(0), vec![hash("a")], Some(Session(7)));
        schedule.steps();
        assert_eq!(schedule.lost(WorkerNumber(0)), Some(JobNumber(0)));
        assert_eq!(schedule.lost(WorkerNumber(0)), None);
        schedule.submit(JobNumber(1), vec![hash("a")], Some(Session(7)));
        assert_eq!(schedule.steps(), [Step::Spawn(WorkerNumber(1))]);
        schedule.ready(WorkerNumber(1));
        assert_eq!(schedule.steps(), [assign(1, 1, &["a"])]);
    }

    #[test]
    fn cancelled_jobs_leave_queue_and_workers() {
        let mut schedule = with_ready(1);
        (0..3).for_each(|job| schedule.submit(JobNumber(job), vec![], None));
        schedule.steps();
        assert_eq!(schedule.cancel(&[JobNumber(0), JobNumber(1)]), [WorkerNumber(0)]);
        assert_eq!(schedule.steps(), [Step::Spawn(WorkerNumber(1))]);
        schedule.ready(WorkerNumber(1));
        assert_eq!(schedule.steps(), [assign(1, 2, &[])]);
    }

    #[test]
    fn a_narrower_pool_lets_idle_workers_go() {
        let mut schedule = with_ready(3);
        schedule.submit(JobNumber(0), vec![], None);
        schedule.steps();
        assert_eq!(schedule.set_width(1), [WorkerNumber(2), WorkerNumber(1)]);
        schedule.submit(JobNumber(1), vec![], None);
        assert_eq!(schedule.steps(), []);
    }
}
