//! A worker: messages in, jobs run, answers out. Decoding, `jobs::Worker::run`, encoding, nothing else.
//!
//! A panic is a trap, which the page hears of as the worker's error; its pool ends the worker.

use std::cell::RefCell;

use jobs::Worker;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::services::wire::{FromWorker, ToWorker};
use crate::services::{clock, wire};

/// Installs the message handler and reports that it stands.
pub fn listen(scope: DedicatedWorkerGlobalScope) {
    // It lives as long as its thread: nothing need know how to take it apart.
    let worker: &RefCell<Worker> = Box::leak(Box::default());
    let answers = scope.clone();
    let on_message = wire::on_message(move |message| {
        if let Some(answer) = answer(&mut worker.borrow_mut(), &message) {
            post(&answers, &answer);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The handler lives as long as the worker.
    on_message.forget();
    post(&scope, &FromWorker::Ready);
}

fn answer(worker: &mut Worker, message: &JsValue) -> Option<FromWorker> {
    match ToWorker::read(message) {
        Ok(ToWorker::Provide { hash, bytes }) => {
            worker.provide(hash, bytes.to_vec());
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

fn post(scope: &DedicatedWorkerGlobalScope, message: &FromWorker) {
    let posted = message.post();
    scope
        .post_message_with_transfer(&posted.message, &posted.transfer)
        .expect("messages are plain objects and their buffers are the worker's own");
}
