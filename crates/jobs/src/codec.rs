//! Jobs and answers as bytes between page and worker: JSON, numbers to the last bit. Blobs and a file's
//! bytes travel beside it. Whatever bytes come in, nothing panics.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::request::{Answer, JobError, Request};

/// Bytes that are no message of this build.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a message between page and worker cannot be read ({reason}): reload the page")]
pub struct WireError {
    /// What is wrong with it.
    pub reason: String,
}

/// A job as bytes.
pub fn encode_request(request: &Request) -> Vec<u8> {
    encode(request)
}

/// The job in `bytes`.
///
/// # Errors
/// Where there is none.
pub fn decode_request(bytes: &[u8]) -> Result<Request, WireError> {
    decode(bytes)
}

/// An answer, or why there is none, as bytes.
pub fn encode_answer(answer: &Result<Answer, JobError>) -> Vec<u8> {
    encode(answer)
}

/// The answer in `bytes`, or why there is none.
///
/// # Errors
/// Where there is neither.
pub fn decode_answer(bytes: &[u8]) -> Result<Result<Answer, JobError>, WireError> {
    decode(bytes)
}

fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    serde_json::to_vec(message).expect("keys of messages are strings")
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let unreadable = |error: &dyn std::fmt::Display| WireError { reason: error.to_string() };
    // The parser of `&str` is the only one in the program: one of `&[u8]` beside it would double its weight.
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}
