//! What follows a value: run once what is drawn stands, then after changes, until its owner is gone.

use std::cell::RefCell;
use std::rc::Rc;

use any_spawner::Executor;
use leptos::prelude::{Owner, on_cleanup};
use reviewlab::reactive::{Derived, State, follow};
use wasm_bindgen_test::wasm_bindgen_test;

type Seen = Rc<RefCell<Vec<i32>>>;

/// Follows a number's half in an owner of its own.
fn following(number: State<i32>) -> (Owner, Seen) {
    // Once for all tests.
    Executor::init_wasm_bindgen().ok();
    let (owner, seen) = (Owner::new(), Seen::default());
    let (noted, ended) = (seen.clone(), seen.clone());
    owner.with(|| {
        let half = Derived::new(move || number.get() / 2);
        let ended = send_wrapper::SendWrapper::new(ended);
        on_cleanup(move || ended.borrow_mut().push(-1));
        follow(move || noted.borrow_mut().push(half.get()));
    });
    (owner, seen)
}

#[wasm_bindgen_test]
async fn it_runs_later_than_it_is_made_and_after_changes() {
    let number = State::new(8);
    let (_owner, seen) = following(number);
    assert!(seen.borrow().is_empty(), "not while it is made");
    Executor::tick().await;
    assert_eq!(*seen.borrow(), [4]);
    number.set(20);
    number.set(30);
    Executor::tick().await;
    assert_eq!(*seen.borrow(), [4, 15], "two changes at once are one");
    number.set(31);
    Executor::tick().await;
    assert_eq!(*seen.borrow(), [4, 15], "the half is what it was");
}

#[wasm_bindgen_test]
async fn it_ends_with_its_owner() {
    let number = State::new(8);
    let (owner, seen) = following(number);
    Executor::tick().await;
    owner.cleanup();
    number.set(20);
    Executor::tick().await;
    assert_eq!(*seen.borrow(), [4, -1]);
}

#[wasm_bindgen_test]
async fn one_that_writes_what_another_reads_wakes_it() {
    let (number, copy) = (State::new(1), State::new(0));
    let (_owner, seen) = following(copy);
    let owner = Owner::new();
    owner.with(|| follow(move || copy.set(number.get() * 2)));
    Executor::tick().await;
    Executor::tick().await;
    number.set(5);
    Executor::tick().await;
    Executor::tick().await;
    assert_eq!(seen.borrow().last(), Some(&5));
}
