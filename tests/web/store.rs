//! One tab writes: two services on one page are two tabs, since a lock has one holder whoever asks.

use std::rc::Rc;

use reviewlab::services::clock;
use reviewlab::services::store::{Role, StoreService};
use storage::{Batch, Order, Query, StoreError};
use track::experiment::Experiment;
use track::id::ExperimentId;
use track::record::{Collection, Record};
use wasm_bindgen_test::wasm_bindgen_test;

/// Longest wait for what another tab says.
const MAX_WAIT_MS: i32 = 5_000;
const STEP_MS: i32 = 20;

fn experiment(name: &str) -> Batch {
    let now = clock::now();
    let record = Experiment::named(name, ExperimentId::new(now, clock::entropy()), now);
    let record = Record::Experiment(record);
    Batch { records: vec![record], blobs: Vec::new() }
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..MAX_WAIT_MS / STEP_MS {
        if is_so() {
            return;
        }
        clock::sleep(STEP_MS).await;
    }
    panic!("{what} did not come about");
}

fn role(service: &Rc<StoreService>) -> Role {
    service.role().get_untracked()
}

#[wasm_bindgen_test]
async fn one_tab_writes_and_another_can_take_over() {
    let first = StoreService::start();
    assert!(first.is_writer().await);
    let second = StoreService::start();
    assert!(!second.is_writer().await);

    let seen = second.version().get_untracked();
    first.write(experiment("from the first")).await.unwrap();
    until("the reader hears of the write", || second.version().get_untracked() != seen).await;
    let all = Query::All(Collection::Experiments);
    let shown = second.list(&all, Order::Descending, 10).await.unwrap();
    assert!(shown.iter().any(|record| matches!(record, Record::Experiment(e) if e.name == "from the first")));
    assert_eq!(second.write(experiment("refused")).await, Err(StoreError::ReadOnly));

    second.take_over();
    until("the second tab writes", || role(&second) == Role::Writer && role(&first) == Role::Reader).await;
    assert_eq!(first.write(experiment("too late")).await, Err(StoreError::ReadOnly));
    second.write(experiment("from the second")).await.unwrap();
    assert_eq!(first.erase().await, Err(StoreError::ReadOnly));
}
