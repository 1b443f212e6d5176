//! The site within this program, put there by `build.rs`. Never: without the feature `embed-site`.

use axum::body::Bytes;

use super::site::Files;

const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Its files.
pub fn files() -> Files {
    FILES.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from_static(bytes))).collect()
}
