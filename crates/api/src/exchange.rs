//! A request and its answer as plain values, whatever carried them. Never: a socket, or a browser's object.

/// The media type of answers.
pub const JSON: &str = "application/json";
/// The media type of refusals: RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path below the interface's root, without query: `predict` of `/reviewlab/api/predict?a=b`.
    pub path: &'a str,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// All of the body.
    pub body: &'a [u8],
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The header `Allow`, where there is one.
    pub allow: Option<&'static str>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Status 200 with a value.
    pub fn ok(value: &impl json::ToJson) -> Self {
        Self { status: 200, content_type: JSON, allow: None, body: json::to_string(value) }
    }
}
