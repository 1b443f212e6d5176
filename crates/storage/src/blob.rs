//! Bytes kept under their hash: in memory, or by the browser outside the tab's memory.
//!
//! A large file is read by slices; `bytes` of the whole is for what fits, such as a pipeline.

use crate::error::StoreError;

/// How much of a blob is in memory at a time where it is read from end to end.
pub(crate) const SLICE_BYTES: u64 = 1 << 20;

/// Bytes kept under their hash.
#[derive(Clone, Debug)]
pub enum Blob {
    /// In memory.
    Bytes(Vec<u8>),
    /// A file or blob of the browser's, which it keeps outside the tab's memory.
    #[cfg(target_arch = "wasm32")]
    Browser(web_sys::Blob),
}

impl Blob {
    /// Its length in bytes.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            // A blob's size is a whole number below 2^53.
            #[cfg(target_arch = "wasm32")]
            Self::Browser(blob) => blob.size() as u64,
        }
    }

    /// Bytes `start` to `end` (excluded), both cut to its length. The browser's copies nothing.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn slice(&self, start: u64, end: u64) -> Result<Blob, StoreError> {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            // Both are at most the length of a Vec, so they fit.
            Self::Bytes(bytes) => Ok(Self::Bytes(bytes[start as usize..end as usize].to_vec())),
            #[cfg(target_arch = "wasm32")]
            Self::Browser(blob) => blob
                .slice_with_f64_and_f64(start as f64, end as f64)
                .map(Self::Browser)
                .map_err(|error| crate::error::failure(&error, "a file")),
        }
    }

    /// All of its bytes.
    ///
    /// # Errors
    /// Where the browser cannot read them, as when a file on disk has changed since it was chosen.
    pub async fn bytes(&self) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            #[cfg(target_arch = "wasm32")]
            Self::Browser(blob) => {
                let buffer = wasm_bindgen_futures::JsFuture::from(blob.array_buffer())
                    .await
                    .map_err(|error| crate::error::failure(&error, "a file"))?;
                Ok(js_sys::Uint8Array::new(&buffer).to_vec())
            }
        }
    }

    /// Calls `take` with its bytes, piece by piece in order, at most a megabyte at a time.
    ///
    /// # Errors
    /// Where a piece cannot be read, or `take` fails.
    pub(crate) async fn for_each_slice<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Bytes(bytes) => bytes.chunks(SLICE_BYTES as usize).try_for_each(&mut take),
            #[cfg(target_arch = "wasm32")]
            Self::Browser(_) => {
                let mut start = 0;
                while start < self.len() {
                    take(&self.slice(start, start + SLICE_BYTES)?.bytes().await?)?;
                    start += SLICE_BYTES;
                }
                Ok(())
            }
        }
    }

    /// As the browser's own.
    ///
    /// # Errors
    /// Where the browser has no room for it.
    #[cfg(target_arch = "wasm32")]
    pub fn to_browser(&self) -> Result<web_sys::Blob, StoreError> {
        match self {
            Self::Browser(blob) => Ok(blob.clone()),
            Self::Bytes(bytes) => {
                let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
                web_sys::Blob::new_with_u8_array_sequence(&parts)
                    .map_err(|error| crate::error::failure(&error, "a file"))
            }
        }
    }
}
