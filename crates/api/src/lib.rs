//! The HTTP interface that native server and service worker share: a request as plain values in, an answer out.
//!
//! `answer` does all of it with a home's `Models`. A home that has to wait for its models takes the steps itself:
//! `Call::read` (is it a request?), `PredictCall::choose` (which pipeline is meant?), its own loading
//! (`predictor_of` from a pipeline's bytes), `PredictCall::run`, `Predicted::answer`; a refusal on the way is
//! `Refusal::answer`. Never: I/O, a clock, a thread, or another answer in one home than in the other.

mod bounds;
mod exchange;
mod refusal;
mod call;
mod models;
mod predict;
mod openapi;
mod respond;

pub use bounds::{MAX_BODY_BYTES, MAX_TEXT_BYTES, MAX_TEXTS, MAX_TOP_WORDS};
pub use call::{Call, FIELDS, PredictCall, Which};
pub use exchange::{Answer, JSON, PROBLEM_JSON, Request};
pub use models::{Chosen, ListedModel, ListedVersion, ModelList, Models, Unregistered, predictor_of};
pub use openapi::{OPENAPI_VERSION, openapi};
pub use predict::{Answering, Predicted, Probabilities, TextPrediction, TopWord};
pub use refusal::{ModelFault, Refusal, problem};
pub use respond::answer;
