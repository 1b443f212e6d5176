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
    /// What may still be found could not be told from chance.
    #[error(
        "The last {n_trials} trials gained {gain:.4}, less than the {noise:.4} that other folds would change: more trials are pointless."
    )]
    Pointless {
        /// Trials looked back on.
        n_trials: u32,
        /// What they gained.
        gain: f64,
        /// The noise of the best trial's folds.
        noise: f64,
    },
    /// The study's minutes were over.
    #[error("The {minutes} minutes of the study were over.")]
    OutOfTime {
        /// What it was given.
        minutes: f64,
    },
}
