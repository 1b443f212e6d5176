//! Jobs and answers as text between page and worker: JSON, numbers to the last bit. Blobs and a file's
//! bytes travel beside it. Whatever text comes in, nothing panics.

use json::JsonError;
use thiserror::Error;

use crate::request::{Answer, JobError, Request};

/// A text that is no message of this build.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a message between page and worker cannot be read ({reason}): reload the page")]
pub struct WireError {
    /// What is wrong with it.
    pub reason: String,
}

/// A job as text.
pub fn encode_request(request: &Request) -> String {
    json::to_string(request)
}

/// The job in `text`.
///
/// # Errors
/// Where there is none.
pub fn decode_request(text: &str) -> Result<Request, WireError> {
    json::from_str(text).map_err(unreadable)
}

/// An answer, or why there is none, as text.
pub fn encode_answer(answer: &Result<Answer, JobError>) -> String {
    json::to_string(answer)
}

/// The answer in `text`, or why there is none.
///
/// # Errors
/// Where there is neither.
pub fn decode_answer(text: &str) -> Result<Result<Answer, JobError>, WireError> {
    json::from_str(text).map_err(unreadable)
}

fn unreadable(error: JsonError) -> WireError {
    WireError { reason: error.reason }
}
