//! Why a search made fewer trials than it was asked for.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a search ended before its last trial; each message is one sentence.
#[derive(Clone, Debug, PartialEq, Error, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SearchEnd {
    /// Nothing is left to try.
    #[error("Every setting of its space was tried.")]
    Exhausted,
    /// The study's minutes were over.
    #[error("The {minutes} minutes of the study were over.")]
    OutOfTime {
        /// What it was given.
        minutes: f64,
    },
}
