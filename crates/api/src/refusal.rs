//! Why a request is not answered: a status, a word for programs and one sentence for people, as RFC 9457 has them.
//! Never: a text of the request's in full, or a fault without what to do.

use engine::pipeline::{PipelineFileError, PredictorError};
use engine::quote::{Grouped, Quoted};
use json::{JsonError, ToJson};
use thiserror::Error;
use track::registry::UriError;

use crate::bounds::{MAX_BODY_BYTES, MAX_TEXT_BYTES, MAX_TEXTS};
use crate::exchange::{Answer, JSON, PROBLEM_JSON};

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Refusal {
    /// There is nothing at the path.
    #[error("There is nothing at '{path}': ask for predict, models or openapi.json.", path = Quoted(.path))]
    NoSuchPath {
        /// Below the interface's root.
        path: String,
    },
    /// The path is asked another way.
    #[error("{} is no way to ask for '{path}': use {allowed}.", Quoted(.method))]
    WrongMethod {
        /// What was used.
        method: String,
        /// The path.
        path: &'static str,
        /// What to use.
        allowed: &'static str,
    },
    /// The body is not said to be JSON.
    #[error("The body must be {JSON}, and the request says {}: set its Content-Type.", said(.found))]
    NotJsonType {
        /// The header, where there is one.
        found: Option<String>,
    },
    /// Over `MAX_BODY_BYTES`.
    #[error("The body has more than {} bytes: send fewer texts at a time.", Grouped(MAX_BODY_BYTES as u64))]
    BodyTooLarge,
    /// The body is no text.
    #[error("The body is not UTF-8 from byte {at} on: encode it as UTF-8.")]
    NotUtf8 {
        /// The first byte that is wrong, from 0.
        at: usize,
    },
    /// The body is not JSON; half of a surrogate pair is an escape that JSON does not know.
    #[error("The body is not JSON: {0}.")]
    NotJson(JsonError),
    /// The body is JSON of another kind.
    #[error("The body must be one JSON object, such as {{\"text\": \"…\"}}.")]
    NotAnObject,
    /// A field that there is none of.
    #[error("A prediction has no field '{name}': it takes {fields}.", name = Quoted(.name))]
    UnknownField {
        /// Its name.
        name: String,
        /// Those there are.
        fields: String,
    },
    /// A field that stands there twice.
    #[error("The field '{name}' stands there twice: send it once.")]
    RepeatedField {
        /// Its name.
        name: &'static str,
    },
    /// A field of another type, or out of its bounds.
    #[error("The field '{name}' must be {expected}.")]
    BadField {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: String,
    },
    /// Neither `text` nor `texts`, or both.
    #[error("A prediction takes either one 'text' or a list of 'texts'.")]
    NoTextOrBoth,
    /// No text, or over `MAX_TEXTS`.
    #[error("The field 'texts' has {} texts: send 1 to {}.", Grouped(*.found as u64), Grouped(MAX_TEXTS as u64))]
    BadNumberOfTexts {
        /// How many.
        found: usize,
    },
    /// An element that is no text.
    #[error("Element {number} of 'texts' is no text: send a list of texts.")]
    NotAText {
        /// Which, from 1.
        number: usize,
    },
    /// Over `MAX_TEXT_BYTES`.
    #[error(
        "Text {number} has {} bytes, and at most {} are taken: shorten it.",
        Grouped(*.n_bytes as u64), Grouped(MAX_TEXT_BYTES as u64)
    )]
    TextTooLong {
        /// Which, from 1.
        number: usize,
        /// Its length.
        n_bytes: usize,
    },
    /// `version` or `alias` beside something that says it already, or beside no model.
    #[error(
        "The fields 'version' and 'alias' choose among a model's versions: give one of them, and its name as 'model'."
    )]
    UnclearVersion,
    /// The model is meant by its run.
    #[error("Models answer by their registered names, and '{address}' is a run's: register it first.", address = Quoted(.address))]
    RunsModel {
        /// What was asked for.
        address: String,
    },
    /// There is no such model, version or alias.
    #[error("No model answers: {0}.")]
    NoSuchModel(UriError),
    /// There is no model at all.
    #[error("There is no model yet: train one on these reviews, and register it.")]
    NoModel,
    /// The model is there and cannot be used.
    #[error("{model} cannot answer: {fault}.")]
    Unusable {
        /// Its address.
        model: String,
        /// Why not.
        fault: ModelFault,
    },
}

/// Why a pipeline cannot be used here.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ModelFault {
    /// Its bytes are not there.
    #[error("its bytes are not here: register it again, or use another copy of the project")]
    Missing,
    /// Its bytes are no pipeline.
    #[error(transparent)]
    File(#[from] PipelineFileError),
    /// This build lacks what it needs.
    #[error("this build of Reviewlab lacks what it needs ({what})", what = bare(.0))]
    Predictor(#[from] PredictorError),
    /// What it is kept in did not answer.
    #[error("it could not be read ({reason}): try again")]
    Unread {
        /// The store's words.
        reason: String,
    },
    /// It answered, and the answer could not be kept: what nobody could keep is not told.
    #[error("its answer could not be kept ({reason}): free room on this device, and ask again")]
    Unkept {
        /// The store's words.
        reason: String,
    },
}

fn bare(error: &PredictorError) -> String {
    match error {
        PredictorError::Cleaning(error) => error.to_string(),
        PredictorError::Features(error) => error.to_string(),
    }
}

fn said(found: &Option<String>) -> String {
    found.as_ref().map_or_else(|| "nothing of it".to_owned(), |found| format!("'{}'", Quoted(found)))
}

impl Refusal {
    /// The status code and the word for programs.
    pub fn kind(&self) -> (u16, &'static str) {
        match self {
            Self::NotUtf8 { .. } => (400, "not_utf8"),
            Self::NotJson(_) => (400, "not_json"),
            Self::NoSuchPath { .. } => (404, "no_such_path"),
            Self::NoSuchModel(_) => (404, "no_such_model"),
            Self::WrongMethod { .. } => (405, "wrong_method"),
            Self::BodyTooLarge => (413, "body_too_large"),
            Self::NotJsonType { .. } => (415, "not_json_type"),
            Self::NotAnObject
            | Self::UnknownField { .. }
            | Self::RepeatedField { .. }
            | Self::BadField { .. }
            | Self::NoTextOrBoth
            | Self::BadNumberOfTexts { .. }
            | Self::NotAText { .. }
            | Self::UnclearVersion
            | Self::RunsModel { .. } => (422, "bad_request_fields"),
            Self::TextTooLong { .. } => (422, "text_too_long"),
            Self::NoModel => (503, "no_model"),
            Self::Unusable { .. } => (503, "model_unusable"),
        }
    }

    /// The refusal as an answer.
    pub fn answer(&self) -> Answer {
        let (status, reason) = self.kind();
        let mut answer = problem(status, reason, &self.to_string());
        if let Self::WrongMethod { allowed, .. } = self {
            answer.allow = Some(allowed);
        }
        answer
    }
}

#[derive(ToJson)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    reason: String,
}

/// Problem details of any status, for what a home refuses by itself. `reason` is a word for programs, `detail` one
/// sentence.
pub fn problem(status: u16, reason: &str, detail: &str) -> Answer {
    let problem = Problem {
        // RFC 9457: no type of its own, and the title is the status' phrase.
        kind: "about:blank",
        title: phrase(status),
        status,
        detail: detail.to_owned(),
        reason: reason.to_owned(),
    };
    Answer { content_type: PROBLEM_JSON, status, ..Answer::ok(&problem) }
}

/// RFC 9110's words for the status codes in use here.
fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
