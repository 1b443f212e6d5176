//! Every reader of foreign bytes as a target: bytes in, a panic out where a promise is broken.
//!
//! The tests of this package feed the targets inputs changed from good ones, always the same; `cargo fuzz`, in
//! `fuzz/` beside, searches for new ones for as long as it is let. What it finds goes to `regressions/<target>/`
//! and is tried by the tests ever after.

pub mod targets;
pub mod change;

pub use targets::{TARGETS, Target};
