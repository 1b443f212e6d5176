//! A folder of the file system.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use track::flow::FolderFile;
use track::id::Millis;

use crate::blob::Blob;
use crate::folder::{Folder, FolderError, Written};

/// What a result is called until all of it is there.
const UNFINISHED: &str = ".unfinished";

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct NativeFolder(PathBuf);

impl NativeFolder {
    /// The folder at `path`.
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    fn unusable(&self, name: &str) -> impl Fn(std::io::Error) -> FolderError {
        let name = self.0.join(name).display().to_string();
        move |error| FolderError::Unusable { name: name.clone(), reason: error.to_string() }
    }
}

fn millis(at: SystemTime) -> Millis {
    Millis(at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64))
}

impl Folder for NativeFolder {
    async fn list(&self) -> Result<Vec<FolderFile>, FolderError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(self.unusable(""))? {
            let entry = entry.map_err(self.unusable(""))?;
            // Names that are not text belong to no file that is scored.
            let Ok(name) = entry.file_name().into_string() else { continue };
            // A file that went away meanwhile is not there.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                let modified = about.modified().map_or(Millis(0), millis);
                files.push(FolderFile { name, n_bytes: about.len(), modified });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    async fn read(&self, name: &str) -> Result<Blob, FolderError> {
        fs::read(self.0.join(name)).map(Blob::Bytes).map_err(self.unusable(name))
    }

    async fn write_new(&self, name: &str, bytes: &[u8]) -> Result<Written, FolderError> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(there) if there == bytes => return Ok(Written::Same),
            Ok(_) => return Ok(Written::Taken),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(self.unusable(name)(error)),
        }
        let unfinished = self.0.join(format!(".{name}{UNFINISHED}"));
        let write = |path: &Path| {
            let mut file = File::create(path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write(&unfinished).map_err(self.unusable(name))?;
        // Unlike a renaming, a link never takes the place of a file that came meanwhile.
        let linked = fs::hard_link(&unfinished, &path);
        let outcome = match linked {
            Ok(()) => Ok(Written::New),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Written::Taken),
            // Some file systems have no links.
            Err(_) => fs::rename(&unfinished, &path).map(|()| Written::New).map_err(self.unusable(name)),
        };
        // It is gone where it was renamed.
        let _ = fs::remove_file(&unfinished);
        outcome
    }
}
