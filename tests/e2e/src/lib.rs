//! The harness of the browser tests: a fresh Chromium, the built site on a server of files, pages that find controls
//! as a person or a screen reader does, and a witness that misses no error and no request.
//! In: a built site and its base path. Out: journeys that pass, or say what a person would have seen go wrong.
//! Never: a control found by CSS class, a fixed wait, a browser profile used twice.
//!
//! A journey is `async fn(&Lab) -> anyhow::Result<()>`; see `journeys/smoke.rs` for the smallest.

pub mod patience;
pub mod driver;
pub mod devtools;
pub mod control;
pub mod page;
pub mod accessibility;
pub mod lab;

pub use control::Control;
pub use lab::{Lab, LabConfig};
pub use page::{Page, Pointer, Scheme};
