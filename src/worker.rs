//! A worker: messages in, jobs run, answers out. Decoding, `jobs::Worker::run`, encoding, nothing else.
//!
//! A panic is a trap, which the page hears of as the worker's error; its pool ends the worker.

use std::cell::RefCell;

use jobs::{WarmUp, Worker};
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::services::wire::{FromWorker, ToWorker};
use crate::services::{clock, wire};

/// What lives as long as the worker's thread.
#[derive(Default)]
struct Thread {
    worker: RefCell<Worker>,
    /// What it does while it has no job; gone once it had one.
    warm_up: RefCell<Option<WarmUp>>,
}

/// Installs the message handler and reports that it stands.
pub fn listen(scope: DedicatedWorkerGlobalScope) {
    // Nothing need know how to take it apart.
    let thread: &Thread = Box::leak(Box::default());
    let answers = scope.clone();
    let on_message = wire::on_message(move |message| {
        if let Some(answer) = answer(thread, &message) {
            post(&answers, &answer);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The handler lives as long as the worker.
    on_message.forget();
    post(&scope, &FromWorker::Ready);
}

fn answer(thread: &'static Thread, message: &JsValue) -> Option<FromWorker> {
    let message = ToWorker::read(message);
    let is_warming = matches!(message, Ok(ToWorker::WarmUp));
    *thread.warm_up.borrow_mut() = is_warming.then(WarmUp::default);
    let mut worker = thread.worker.borrow_mut();
    match message {
        Ok(ToWorker::WarmUp) => {
            warm_up_later(thread);
            None
        }
        Ok(ToWorker::Provide { hash, bytes }) => {
            worker.provide(hash, bytes.to_vec());
            None
        }
        Ok(ToWorker::ProvidePiece { hash, n_bytes, bytes }) => {
            worker.provide_piece(hash, n_bytes, &bytes.to_vec());
            None
        }
        Ok(ToWorker::Run { job, request, input }) => {
            let input = input.map_or_else(Vec::new, |bytes| bytes.to_vec());
            let (result, blobs) = match worker.run(*request, &input, &mut clock::elapsed_ms) {
                Ok((answer, blobs)) => (Ok(answer), blobs),
                Err(error) => (Err(error), Vec::new()),
            };
            let blobs =
                blobs.iter().map(|(hash, bytes)| (*hash, Uint8Array::from(bytes.as_slice()))).collect();
            Some(FromWorker::Done { job, result, blobs })
        }
        Err(garbled) => Some(FromWorker::Died { reason: garbled.0 }),
    }
}

/// The next step, after the messages that wait.
fn warm_up_later(thread: &'static Thread) {
    let step = Closure::once_into_js(move || {
        let mut warm_up = thread.warm_up.borrow_mut();
        if warm_up.as_mut().is_some_and(|warm_up| warm_up.step(&mut clock::elapsed_ms)) {
            warm_up_later(thread);
        } else {
            *warm_up = None;
        }
    });
    let timer = Reflect::get(&js_sys::global(), &"setTimeout".into());
    if let Ok(timer) = timer.and_then(|timer| timer.dyn_into::<Function>()) {
        // Without timers it is slower for a moment, nothing else.
        timer.call1(&JsValue::UNDEFINED, &step).ok();
    }
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &FromWorker) {
    let posted = message.post();
    scope
        .post_message_with_transfer(&posted.message, &posted.transfer)
        .expect("messages are plain objects and their buffers are the worker's own");
}
