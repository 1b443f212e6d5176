//! The pool against scripted workers: each job ends exactly once, whatever its worker does.

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::oneshot;
use jobs::{Answer, Pass, Request, ScanChunk, Session};
use reviewlab::services::clock;
use reviewlab::services::pool::{JobEnd, Pool, WorkerStart};
use reviewlab::services::shelf::Shelf;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// A session whose worker closes itself without a word.
const CLOSES: u64 = 1;
/// A session whose worker says why it dies.
const SAYS_WHY: u64 = 2;
/// A session whose worker never answers.
const SILENT: u64 = 3;
/// A session whose worker throws.
const THROWS: u64 = 4;
/// A session that is answered.
const ANSWERED: u64 = 9;

/// Holds its lock and answers as the real worker does, but for the sessions above.
fn script() -> WorkerStart {
    let answer = jobs::encode_answer(&Ok(Answer::Scan(Pass::Reading { n_rows: 7 })));
    let answer = json::to_string(&answer);
    let source = format!(
        "const answer = {answer};
        const run = (event) => {{
            if (!event.data.request) return;
            const session = Number(/\"session\":([0-9]+)/.exec(event.data.request)[1]);
            if (session === {CLOSES}) self.close();
            else if (session === {SAYS_WHY}) self.postMessage({{ died: 'out of luck' }});
            else if (session === {THROWS}) throw new Error('thrown');
            else if (session !== {SILENT}) self.postMessage({{ job: event.data.job, answer, blobs: [] }});
        }};
        self.onmessage = async (event) => {{
            self.onmessage = run;
            await new Promise((held) => navigator.locks.request(event.data, () => {{
                held();
                return new Promise(() => {{}});
            }}));
            self.postMessage('ready');
        }};"
    );
    WorkerStart { source, first_message: Rc::new(JsValue::from_str) }
}

fn pool() -> Pool {
    Pool::new(script, Shelf::default(), 1)
}

fn job(session: u64) -> Request {
    ScanChunk { session: Session(session), offset: 0, total_bytes: 1, format: None, of_texts: false }.into()
}

async fn end_of(pool: &Pool, session: u64) -> JobEnd {
    let (done, on_done) = oneshot::channel();
    pool.run(job(session), None, move |end| done.send(end).unwrap());
    on_done.await.unwrap()
}

#[track_caller]
fn assert_answered(end: &JobEnd) {
    assert!(matches!(end, JobEnd::Answered(Answer::Scan(Pass::Reading { n_rows: 7 }), _)), "{end:?}");
}

#[track_caller]
fn assert_lost(end: &JobEnd, expected: &str) {
    assert!(matches!(end, JobEnd::Lost(reason) if reason.contains(expected)), "{end:?}");
}

#[wasm_bindgen_test]
async fn a_job_is_answered() {
    assert_answered(&end_of(&pool(), ANSWERED).await);
}

#[wasm_bindgen_test]
async fn a_worker_that_vanishes_loses_its_job_and_is_replaced() {
    let pool = pool();
    assert_lost(&end_of(&pool, CLOSES).await, "ended the worker");
    assert_answered(&end_of(&pool, ANSWERED).await);
}

#[wasm_bindgen_test]
async fn a_worker_that_fails_says_why() {
    let pool = pool();
    assert_lost(&end_of(&pool, SAYS_WHY).await, "out of luck");
    assert_lost(&end_of(&pool, THROWS).await, "thrown");
    assert_answered(&end_of(&pool, ANSWERED).await);
}

#[wasm_bindgen_test]
async fn a_cancelled_job_never_ends_and_makes_room() {
    let pool = pool();
    let ends = Rc::new(RefCell::new(0));
    let counted = ends.clone();
    let silent = pool.run(job(SILENT), None, move |_| *counted.borrow_mut() += 1);
    // Long enough for the job to be under way.
    clock::sleep(200).await;
    let next = end_of(&pool, ANSWERED);
    pool.cancel(&[silent]);
    assert_answered(&next.await);
    assert_eq!(*ends.borrow(), 0);
}

#[wasm_bindgen_test]
async fn workers_that_never_start_fail_the_job() {
    let broken = || WorkerStart {
        source: "throw new Error('no start');".into(),
        first_message: Rc::new(JsValue::from_str),
    };
    let end = end_of(&Pool::new(broken, Shelf::default(), 1), ANSWERED).await;
    assert!(
        matches!(&end, JobEnd::Failed(error) if error.to_string().contains("reload the page")),
        "{end:?}"
    );
}
