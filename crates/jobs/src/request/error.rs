//! Why a job has no answer: sentences for people, and what an executor may try again.

use engine::num::ContentHash;
use engine::table::FileError;
use json::{FromJson, ToJson};
use thiserror::Error;

/// Why a job has no answer.
#[derive(Clone, Debug, PartialEq, Error, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum JobError {
    /// The file cannot be used.
    #[error("{0}")]
    File(FileError),
    /// The chunk does not follow the one before it: the worker was replaced. Begin the pass again.
    #[error("chunk at byte {found} does not follow byte {expected}")]
    OutOfOrder {
        /// Where the worker's pass stands.
        expected: u64,
        /// Where the chunk begins.
        found: u64,
    },
    /// A blob that the job needs was not provided.
    #[error("the worker was not given blob {0}")]
    MissingBlob(ContentHash),
    /// A blob is damaged.
    #[error("blob {hash} is damaged: {reason}")]
    DamagedBlob {
        /// Which.
        hash: ContentHash,
        /// What is wrong with it.
        reason: String,
    },
    /// The setting or the data cannot be learned from.
    #[error("{reason}")]
    CannotFit {
        /// One sentence.
        reason: String,
    },
}
