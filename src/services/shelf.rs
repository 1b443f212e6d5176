//! Bytes the page keeps outside wasm memory for jobs to come: counts, terms, pipelines, files.
//!
//! In: what answers bring and files people choose. Out: bytes for workers, blobs for the store.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;

use super::files::{self, FileAccessError};

/// Bytes under their hash.
#[derive(Clone, Debug)]
pub enum Kept {
    /// In the tab's memory.
    Bytes(Uint8Array),
    /// A file or blob, which the browser keeps.
    File(web_sys::Blob),
}

impl Kept {
    /// A copy of these.
    pub fn of(bytes: &[u8]) -> Self {
        Self::Bytes(Uint8Array::from(bytes))
    }

    /// As the store takes it.
    #[cfg(target_arch = "wasm32")]
    pub fn to_stored(&self) -> storage::Blob {
        match self {
            Self::Bytes(bytes) => storage::Blob::Browser(blob_of(bytes)),
            Self::File(file) => storage::Blob::Browser(file.clone()),
        }
    }

    /// As the store takes it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_stored(&self) -> storage::Blob {
        match self {
            Self::Bytes(bytes) => storage::Blob::Bytes(bytes.to_vec()),
            Self::File(_) => storage::Blob::Bytes(Vec::new()),
        }
    }
}

/// A blob of some bytes.
pub fn blob_of(bytes: &Uint8Array) -> web_sys::Blob {
    web_sys::Blob::new_with_u8_array_sequence(&js_sys::Array::of1(bytes).unchecked_into())
        .expect("a list of typed arrays makes a blob")
}

/// The kept bytes; clones share one shelf.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    kept: Rc<RefCell<SortedMap<ContentHash, Kept>>>,
    n_holders: Rc<Cell<u32>>,
}

impl Shelf {
    /// Keeps `kept` until it is dropped by its hash.
    pub fn put(&self, hash: ContentHash, kept: Kept) {
        self.kept.borrow_mut().insert(hash, kept);
    }

    /// What is kept under `hash`.
    pub fn get(&self, hash: ContentHash) -> Option<Kept> {
        self.kept.borrow().get(&hash).cloned()
    }

    /// The bytes under `hash`, where they lie in memory.
    pub fn bytes(&self, hash: ContentHash) -> Option<Uint8Array> {
        match self.get(hash)? {
            Kept::Bytes(bytes) => Some(bytes),
            Kept::File(_) => None,
        }
    }

    /// Whether some of these lie with the browser alone.
    pub fn has_files(&self, hashes: &[ContentHash]) -> bool {
        let kept = self.kept.borrow();
        hashes.iter().any(|hash| matches!(kept.get(hash), Some(Kept::File(_))))
    }

    /// Workers are given bytes: what answering left as files is read into them.
    ///
    /// # Errors
    /// Where the browser cannot read what it keeps.
    pub async fn read_in(&self, hashes: &[ContentHash]) -> Result<(), FileAccessError> {
        for hash in hashes {
            if let Some(Kept::File(blob)) = self.get(*hash) {
                let bytes = files::slice(&blob, 0, blob.size() as u64).await?;
                self.put(*hash, Kept::Bytes(bytes));
            }
        }
        Ok(())
    }

    /// Lets go of what `is_done` holds for.
    pub fn drop_those(&self, is_done: &dyn Fn(ContentHash) -> bool) {
        self.kept.borrow_mut().retain(|hash, _| !is_done(*hash));
    }

    /// The bytes under `hash`, which it lets go of.
    pub fn take_bytes(&self, hash: ContentHash) -> Option<Uint8Array> {
        let bytes = self.bytes(hash)?;
        self.kept.borrow_mut().remove(&hash);
        Some(bytes)
    }

    /// Work begins whose bytes nobody else knows: until `release`, `keep_only` lets go of nothing.
    pub fn hold(&self) {
        self.n_holders.set(self.n_holders.get() + 1);
    }

    /// That work is over.
    pub fn release(&self) {
        self.n_holders.set(self.n_holders.get().saturating_sub(1));
    }

    /// Hashes of all that is kept.
    pub fn hashes(&self) -> Vec<ContentHash> {
        self.kept.borrow().keys().copied().collect()
    }

    /// Lets go of everything but `wanted`, where nobody holds the rest.
    pub fn keep_only(&self, wanted: &[ContentHash]) {
        if self.n_holders.get() > 0 {
            return;
        }
        self.kept.borrow_mut().retain(|hash, _| wanted.contains(hash));
    }
}

/// A stored blob as the browser's own; none where it cannot be made.
pub fn browser_blob(stored: &storage::Blob) -> Option<web_sys::Blob> {
    #[cfg(target_arch = "wasm32")]
    return stored.to_browser().ok();
    #[cfg(not(target_arch = "wasm32"))]
    match stored {
        storage::Blob::Bytes(bytes) => Some(blob_of(&Uint8Array::from(bytes.as_slice()))),
    }
}
