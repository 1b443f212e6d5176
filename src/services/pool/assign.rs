//! A job on its way to its worker: first the blobs it needs and its worker lacks, large ones in pieces.

use engine::num::ContentHash;
use jobs::JobError;
use wasm_bindgen_futures::spawn_local;

use super::{JobEnd, Pool};
use crate::services::schedule::{JobNumber, WorkerNumber};
use crate::services::wire::{PIECE_BYTES, Posted};
use crate::services::{clock, files};

impl Pool {
    pub(super) fn assign(&self, worker: WorkerNumber, job: JobNumber, provide: &[ContentHash]) {
        let mut whole = Vec::new();
        let mut large = Vec::new();
        for hash in provide {
            match self.0.shelf.bytes(*hash) {
                Some(bytes) if bytes.length() > PIECE_BYTES => large.push((*hash, bytes)),
                Some(bytes) => whole.push(Posted::provide(*hash, &bytes)),
                None => {
                    self.0.schedule.borrow_mut().lost(worker);
                    self.terminate(worker);
                    return self.end_later(job, JobEnd::Failed(JobError::MissingBlob(*hash)));
                }
            }
        }
        if !self.post(worker, whole) {
            return;
        }
        if large.is_empty() {
            return self.post_job(worker, job);
        }
        let pool = self.clone();
        spawn_local(async move {
            for (hash, bytes) in large {
                for start in (0..bytes.length()).step_by(PIECE_BYTES as usize) {
                    // Between two pieces the page has time for everything else; the job may be gone by then.
                    clock::sleep(0).await;
                    if !pool.post(worker, vec![Posted::provide_piece(hash, &bytes, start)]) {
                        return;
                    }
                }
            }
            pool.post_job(worker, job);
        });
    }

    fn post_job(&self, worker: WorkerNumber, job: JobNumber) {
        let posted = match self.0.jobs.borrow().get(&job) {
            Some(pending) => Posted::run(job.0 as f64, &pending.request, pending.input.as_ref()),
            None => return,
        };
        self.post(worker, vec![posted]);
    }

    /// Whether a worker lives and was told; one that cannot be told is lost.
    fn post(&self, worker: WorkerNumber, messages: Vec<Posted>) -> bool {
        let workers = self.0.workers.borrow();
        let Some(live) = workers.get(&worker) else { return false };
        for posted in messages {
            if let Err(error) = live.worker.post_message_with_transfer(&posted.message, &posted.transfer) {
                self.lost_later(worker, files::words(&error));
                return false;
            }
        }
        true
    }
}
