//! The lock of a project: a file beside it that one program holds while it writes.
//! In: a project's path. Out: the lock, or who is in the way. Never: a lock that outlives its program.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Held for as long as it lives; the system lets go of it whatever ends the program.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "it is held, and never looked at")] File);

impl Lock {
    /// The lock of the project at `path`, for a program that writes it.
    ///
    /// # Errors
    /// Where another program holds it.
    pub fn take(path: &Path) -> Result<Self, Failure> {
        Self::take_if_free(path)?.ok_or_else(|| {
            Failure::wrong(format!(
                "Another program writes {}, such as `reviewlab flow serve`: end it first, or use another project file.",
                path.display()
            ))
        })
    }

    /// The lock, where nobody else holds it.
    ///
    /// # Errors
    /// Where the file beside the project cannot be made.
    pub fn take_if_free(path: &Path) -> Result<Option<Self>, Failure> {
        let mut beside = path.to_path_buf().into_os_string();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let file = File::create(&beside).map_err(|error| Failure::file(&beside, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Failure::file(&beside, &error)),
        }
    }
}
