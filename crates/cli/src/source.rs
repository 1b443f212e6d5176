//! The CSV file on disk: its size and ranges of its bytes.
//! In: a path. Out: bytes. Never: the whole file where a part is asked for.

use drivers::Input;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// An open file.
pub struct Source {
    path: PathBuf,
    file: File,
    n_bytes: u64,
}

impl Source {
    /// The file at `path`.
    ///
    /// # Errors
    /// Where it cannot be opened, or is a folder.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
        let about = file.metadata().map_err(|error| Failure::file(path, &error))?;
        if about.is_dir() {
            return Err(Failure::wrong(format!("{} is a folder: name a CSV file in it.", path.display())));
        }
        Ok(Self { path: path.to_path_buf(), file, n_bytes: about.len() })
    }

    /// Its size.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Its name, without folders.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Some of its bytes.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn bytes(&mut self, input: Input) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let read = self
            .file
            .seek(SeekFrom::Start(input.start))
            .and_then(|_| self.file.by_ref().take(input.end - input.start).read_to_end(&mut bytes));
        match read {
            Ok(n_read) if n_read as u64 == input.end - input.start => Ok(bytes),
            Ok(_) => {
                Err(Failure::wrong(format!("{} became shorter while it was read.", self.path.display())))
            }
            Err(error) => Err(Failure::file(&self.path, &error)),
        }
    }

    /// All of its bytes.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn all(&mut self) -> Result<Vec<u8>, Failure> {
        self.bytes(Input { start: 0, end: self.n_bytes })
    }
}
