//! Why a command did not do what was asked, and whose fault that is.
//! In: errors of the other crates. Out: one sentence and an exit code. Never: a backtrace for a wrong file.

use drivers::{PassError, StudyError};
use engine::pipeline::PredictorError;
use engine::table::FileError;
use storage::{ProjectError, StoreError};

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The data or the arguments are wrong: exit code 1.
    Wrong(String),
    /// We are: exit code 2.
    Fault(String),
}

impl Failure {
    /// The arguments or the data are wrong.
    pub fn wrong(sentence: impl Into<String>) -> Self {
        Self::Wrong(sentence.into())
    }

    /// A file that could not be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Wrong(format!("{}: {error}.", path.display()))
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<PassError> for Failure {
    fn from(error: PassError) -> Self {
        match error {
            PassError::File(_) | PassError::Stopped => Self::Wrong(error.to_string()),
            PassError::Lost { .. } | PassError::Fault(_) => Self::Fault(error.to_string()),
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<PredictorError> for Failure {
    fn from(error: PredictorError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Wrong(error.to_string())
    }
}
