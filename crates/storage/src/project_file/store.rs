//! A project file as a store: read at opening, kept in memory, written whole when saved.
//!
//! Saving is atomic: the new file is written beside the old one and takes its name only when complete.

#[cfg(not(target_arch = "wasm32"))]
use std::path::{Path, PathBuf};

use engine::num::ContentHash;
use track::id::Millis;
use track::record::{Collection, Record};

use crate::blob::Blob;
use crate::error::StoreError;
use crate::memory::MemoryStore;
use crate::store::{Batch, Order, Query, Store};

use super::ProjectError;
use super::read::read_project;
use super::write::write_to;

/// A store in a project file. Clones are handles on the same records.
#[derive(Clone, Debug, Default)]
pub struct ProjectFileStore {
    memory: MemoryStore,
    #[cfg(not(target_arch = "wasm32"))]
    path: PathBuf,
}

impl ProjectFileStore {
    /// The project in `file`.
    ///
    /// # Errors
    /// Where it is cut, changed, newer or no project file.
    pub async fn from_file(file: &Blob) -> Result<Self, ProjectError> {
        let store = Self::default();
        read_project(file, &store.memory).await?;
        Ok(store)
    }

    /// The project as a file's bytes.
    ///
    /// # Errors
    /// Where a blob cannot be read or a bound is passed.
    pub async fn to_bytes(&self, now: Millis) -> Result<Vec<u8>, ProjectError> {
        write_to(&self.memory, Vec::new(), now).await
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ProjectFileStore {
    /// The project in the file at `path`, or an empty one where there is no such file yet.
    ///
    /// # Errors
    /// Where the file cannot be read, or is cut, changed, newer or no project file.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, ProjectError> {
        let path = path.into();
        let memory = MemoryStore::default();
        match std::fs::read(&path) {
            Ok(bytes) => drop(read_project(&Blob::Bytes(bytes), &memory).await?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(file_error(&path, &error)),
        }
        Ok(Self { memory, path })
    }

    /// Writes the project to its file. Until the new file is complete, the old one stays.
    ///
    /// # Errors
    /// Where the file cannot be written, or a bound is passed.
    pub async fn save(&self, now: Millis) -> Result<(), ProjectError> {
        let mut partial = self.path.clone().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let written = self.write_file(&partial, now).await;
        let renamed = match written {
            Ok(()) => std::fs::rename(&partial, &self.path).map_err(|error| file_error(&self.path, &error)),
            Err(error) => Err(error),
        };
        if renamed.is_err() {
            // The reason for the failure is worth more than that of a failed tidying.
            let _ = std::fs::remove_file(&partial);
        }
        renamed
    }

    async fn write_file(&self, path: &Path, now: Millis) -> Result<(), ProjectError> {
        use std::io::Write as _;

        let failed = |error: std::io::Error| file_error(path, &error);
        let mut out = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
        super::write_project(&self.memory, &mut out, now).await?;
        out.flush().map_err(failed)?;
        out.get_ref().sync_all().map_err(failed)
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn file_error(path: &Path, error: &std::io::Error) -> ProjectError {
    ProjectError::File { path: path.display().to_string(), reason: error.to_string() }
}

impl Store for ProjectFileStore {
    async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        self.memory.write(batch).await
    }

    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Record>, StoreError> {
        self.memory.get(collection, key).await
    }

    async fn list(&self, query: &Query, order: Order, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.memory.list(query, order, limit).await
    }

    async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        self.memory.count(query).await
    }

    async fn blob(&self, hash: ContentHash) -> Result<Option<Blob>, StoreError> {
        self.memory.blob(hash).await
    }

    async fn blob_hashes(&self) -> Result<Vec<ContentHash>, StoreError> {
        self.memory.blob_hashes().await
    }

    async fn remove(
        &self,
        collection: Collection,
        keys: &[String],
        blobs: &[ContentHash],
    ) -> Result<(), StoreError> {
        self.memory.remove(collection, keys, blobs).await
    }

    async fn remove_blobs(&self, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.memory.remove_blobs(hashes).await
    }

    async fn erase(&self) -> Result<(), StoreError> {
        self.memory.erase().await
    }
}
