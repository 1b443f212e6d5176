//! Where records and blobs are kept: memory, IndexedDB, a project file; one trait, one suite of tests.
//!
//! A write is atomic: all of its records and blobs, or none. Records are read by index, never by reading
//! everything; blobs are loaded when they are looked at. What may replace what is decided in `rules`,
//! for all stores alike.

mod error;
mod blob;
mod store;
mod folder;
mod flow_bounds;
#[cfg(not(target_arch = "wasm32"))]
mod native_folder;
#[cfg(target_arch = "wasm32")]
mod browser_folder;
mod rules;
mod memory;
#[cfg(target_arch = "wasm32")]
mod indexed_db;
mod project_file;
#[cfg(feature = "samples")]
#[doc(hidden)]
pub mod samples;
#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "suite")]
#[doc(hidden)]
pub mod suite;

pub use blob::Blob;
#[cfg(target_arch = "wasm32")]
pub use browser_folder::BrowserFolder;
pub use error::StoreError;
pub use flow_bounds::{MAX_COUNTINGS, MAX_FLOW_EVENTS, MAX_LOGGED_RUNS, prune_flows};
pub use folder::{Folder, FolderError, Written, deliver, scored_before};
#[cfg(target_arch = "wasm32")]
pub use indexed_db::{DB_VERSION, IndexedDbStore, MAX_INBOX};
pub use memory::MemoryStore;
#[cfg(not(target_arch = "wasm32"))]
pub use native_folder::NativeFolder;
#[cfg(target_arch = "wasm32")]
pub use project_file::project_blob;
pub use project_file::{
    ImportReport, MAX_ENTRIES, MAX_MANIFEST_BYTES, MAX_PROJECT_BYTES, MAX_RECORDS_BYTES, PROJECT_SCHEMA,
    ProjectError, ProjectFileStore, read_project, write_project,
};
pub use store::{Batch, Order, Query, Store};
