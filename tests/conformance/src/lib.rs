//! What every home of the HTTP interface must answer, as data: requests, and what must hold of each answer.
//! In: a home that has `project()` in it, and answers `cases()`. Out: `faults_of` each answer, none where the home
//! conforms. Answers are held to the schemas of the home's own `openapi.json`, to what each case says, and to the
//! bytes that the pure crate answers. Never: a request by itself; how it is carried is the home's test's matter, and
//! `heard_over_http` one way.

#![allow(clippy::unwrap_used, reason = "tests may panic, and so may what they are made of")]

mod schema;
mod project;
mod case;
mod bad_texts;
mod cases;
mod check;
mod http;

pub use case::{Case, Expected, Hold};
pub use cases::cases;
pub use check::{Heard, faults_of, heard_of};
pub use http::heard_over_http;
pub use project::{PureHome, project};
pub use schema::Schemas;
