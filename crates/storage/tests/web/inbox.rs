//! What the service worker left is moved into the log once, and the oldest give way where there are too many.

use storage::suite::Fixture as _;
use storage::{DB_VERSION, IndexedDbStore, Order, Query, Store as _, samples};
use track::record::{Collection, Record};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{InBrowser, answered, open_raw};

fn served(numbers: std::ops::Range<u32>) -> Vec<Record> {
    numbers.map(|number| Record::Prediction(samples::prediction(number))).collect()
}

async fn log(store: &IndexedDbStore) -> Vec<Record> {
    store.list(&Query::All(Collection::Predictions), Order::Ascending, usize::MAX).await.unwrap()
}

#[wasm_bindgen_test]
async fn what_was_left_is_found_in_the_log_once() {
    let fixture = InBrowser::new("inbox").await;
    let (worker, tab) = (fixture.open().await, fixture.open().await);
    worker.leave(&served(0..3)).await.unwrap();
    worker.leave(&served(3..5)).await.unwrap();
    assert_eq!(log(&tab).await, [], "only the tab that writes moves it");
    assert_eq!(tab.collect_inbox().await.unwrap(), 5);
    assert_eq!(log(&tab).await, served(0..5));
    assert_eq!(tab.collect_inbox().await.unwrap(), 0);
    worker.leave(&served(5..6)).await.unwrap();
    assert_eq!(tab.collect_inbox().await.unwrap(), 1);
    assert_eq!(log(&tab).await, served(0..6));
    assert_eq!(tab.n_dropped_from_inbox().await.unwrap(), 0);
}

#[wasm_bindgen_test]
async fn what_a_newer_build_left_waits_for_one() {
    let fixture = InBrowser::new("newer_inbox").await;
    let tab = fixture.open().await;
    tab.leave(&served(0..1)).await.unwrap();
    let raw = open_raw(fixture.name, DB_VERSION, |_| ()).await;
    let writing = raw.transaction_with_str_and_mode("inbox", web_sys::IdbTransactionMode::Readwrite).unwrap();
    let row = js_sys::Object::new();
    js_sys::Reflect::set(&row, &"json".into(), &r#"{"type":"of_tomorrow","schema":99}"#.into()).unwrap();
    writing.object_store("inbox").unwrap().add(&row).unwrap();
    raw.close();
    tab.leave(&served(1..2)).await.unwrap();
    assert_eq!(tab.collect_inbox().await.unwrap(), 2, "what can be read is moved");
    assert_eq!(log(&tab).await, served(0..2));
    assert_eq!(tab.collect_inbox().await.unwrap(), 0);
    let raw = open_raw(fixture.name, DB_VERSION, |_| ()).await;
    let reading = raw.transaction_with_str("inbox").unwrap().object_store("inbox").unwrap();
    let left = answered(&reading.count().unwrap()).await;
    assert_eq!(left.as_f64(), Some(1.0), "the other waits on");
    raw.close();
}

#[wasm_bindgen_test]
async fn a_review_for_an_ab_test_is_moved_too() {
    let fixture = InBrowser::new("inbox_tests").await;
    let (worker, tab) = (fixture.open().await, fixture.open().await);
    let left = Record::AbAnswer(samples::ab_answer(0));
    worker.leave(std::slice::from_ref(&left)).await.unwrap();
    assert_eq!(tab.collect_inbox().await.unwrap(), 1);
    assert_eq!(tab.get(Collection::AbAnswers, &left.key()).await.unwrap(), Some(left));
}

#[wasm_bindgen_test]
async fn the_oldest_give_way_and_are_counted() {
    let fixture = InBrowser::new("full_inbox").await;
    let store = fixture.open().await;
    store.leave_at_most(&served(0..4), 4).await.unwrap();
    assert_eq!(store.n_dropped_from_inbox().await.unwrap(), 0);
    store.leave_at_most(&served(4..7), 4).await.unwrap();
    store.leave_at_most(&served(7..8), 4).await.unwrap();
    assert_eq!(store.n_dropped_from_inbox().await.unwrap(), 4);
    assert_eq!(store.collect_inbox().await.unwrap(), 4);
    assert_eq!(log(&store).await, served(4..8));
    assert_eq!(store.n_dropped_from_inbox().await.unwrap(), 4, "the count outlives the move");
}
