//! A store in, its project file out.

use std::io::Write;

use engine::ENGINE_VERSION;
use engine::num::{ContentHash, ContentHasher, SortedMap};
use json::{FromJson, ToJson};
use track::id::Millis;
use track::record::Collection;

use crate::error::StoreError;
use crate::store::{Order, Query, Store};

use super::archive::{ArchiveWriter, Sink, checksum};
use super::{MAX_RECORDS_BYTES, PROJECT_SCHEMA, ProjectError, records_entry};

/// Name of the entry that describes the others.
pub(super) const MANIFEST: &str = "manifest.json";

/// What a project file says of itself.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub(super) struct Manifest {
    /// Version of the project file.
    pub(super) schema: u32,
    /// The engine that was current when it was written.
    pub(super) engine_version: String,
    /// When it was written.
    pub(super) created: Millis,
    /// SHA-256 of every other entry.
    pub(super) entries: SortedMap<String, ContentHash>,
}

/// Writes all records and blobs of `store`. The same records, blobs and time give the same bytes.
///
/// # Errors
/// Where the store cannot be read, `out` cannot be written, or a bound is passed.
pub async fn write_project(
    store: &impl Store,
    out: &mut impl Write,
    now: Millis,
) -> Result<(), ProjectError> {
    write_to(store, Stream(out), now).await.map(|_| ())
}

/// The project file as one of the browser's blobs; its large parts stay where they are.
///
/// # Errors
/// As `write_project`.
#[cfg(target_arch = "wasm32")]
pub async fn project_blob(store: &impl Store, now: Millis) -> Result<web_sys::Blob, ProjectError> {
    write_to(store, browser::Parts::default(), now).await?.into_blob()
}

pub(super) async fn write_to<S: Sink>(store: &impl Store, sink: S, now: Millis) -> Result<S, ProjectError> {
    let mut archive = ArchiveWriter::new(sink, now);
    let mut entries = SortedMap::new();
    for collection in Collection::ALL {
        let name = records_entry(collection);
        let lines = lines(store, collection).await?;
        // A file that older builds can read is better than one that says there is nothing.
        if lines.is_empty() && collection.may_lack_in_project_file() {
            continue;
        }
        archive.add_bytes(&name, &lines)?;
        entries.insert(name, ContentHash::of(&lines));
    }
    for hash in store.blob_hashes().await? {
        let name = format!("blobs/{hash}");
        let missing = || ProjectError::Missing { entry: name.clone() };
        let blob = store.blob(hash).await?.ok_or_else(missing)?;
        let mut hasher = ContentHasher::default();
        let crc = checksum(&blob, |slice| hasher.update(slice)).await?;
        if hasher.finish() != hash {
            // A file that nobody could read back is not written.
            return Err(ProjectError::Changed { entry: name });
        }
        archive.add_blob(&name, &blob, crc).await?;
        entries.insert(name, hash);
    }
    let engine_version = ENGINE_VERSION.to_owned();
    let manifest = Manifest { schema: PROJECT_SCHEMA, engine_version, created: now, entries };
    let json = json::pretty(&json::to_string(&manifest)).into_bytes();
    archive.add_bytes(MANIFEST, &json)?;
    archive.finish()
}

/// The records of a collection, one a line, in order of their keys.
async fn lines(store: &impl Store, collection: Collection) -> Result<Vec<u8>, ProjectError> {
    let mut lines = Vec::new();
    for record in store.list(&Query::All(collection), Order::Ascending, usize::MAX).await? {
        let json = record.to_json().map_err(|error| StoreError::Unreadable {
            collection: collection.as_str(),
            key: record.key(),
            reason: error.to_string(),
        })?;
        lines.extend_from_slice(json.as_bytes());
        lines.push(b'\n');
    }
    let n_bytes = lines.len() as u64;
    if n_bytes > MAX_RECORDS_BYTES {
        let what = format!("The list of {}", collection.as_str());
        return Err(ProjectError::TooLarge { what, n_bytes, limit: MAX_RECORDS_BYTES });
    }
    Ok(lines)
}

struct Stream<'a, W>(&'a mut W);

impl<W: Write> Sink for Stream<'_, W> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ProjectError> {
        self.0.write_all(bytes).map_err(|error| ProjectError::File {
            path: "The project file cannot be written".to_owned(),
            reason: error.to_string(),
        })
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    //! Collects parts for a blob of the browser's.

    use crate::blob::Blob;

    use super::super::archive::Sink;
    use super::ProjectError;

    #[derive(Default)]
    pub(super) struct Parts {
        done: js_sys::Array,
        open: Vec<u8>,
    }

    impl Parts {
        fn close(&mut self) {
            if !self.open.is_empty() {
                self.done.push(&js_sys::Uint8Array::from(self.open.as_slice()));
                self.open.clear();
            }
        }

        pub(super) fn into_blob(mut self) -> Result<web_sys::Blob, ProjectError> {
            self.close();
            web_sys::Blob::new_with_u8_array_sequence(&self.done)
                .map_err(|error| crate::error::failure(&error, "the project file").into())
        }
    }

    impl Sink for Parts {
        fn bytes(&mut self, bytes: &[u8]) -> Result<(), ProjectError> {
            self.open.extend_from_slice(bytes);
            Ok(())
        }

        async fn blob(&mut self, blob: &Blob) -> Result<(), ProjectError> {
            self.close();
            self.done.push(blob.to_browser()?.as_ref());
            Ok(())
        }
    }
}
