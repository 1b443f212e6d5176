//! Bytes and seeds in, models and predictions out.
//!
//! The modules stand in the order a review takes through them, and each uses only those before it.
//! Nothing here reads a clock, a file, a thread or a global random source, and nothing iterates over a
//! hash map: the same input gives the same bits in every browser and natively.

pub mod quote;
pub mod num;
pub mod stats;
pub mod table;
pub mod intake;
pub mod text;
pub mod dataset;
pub mod features;
pub mod split;
pub mod models;
pub mod metrics;
pub mod pipeline;
pub mod audit;
pub mod tune;
pub mod describe;
pub mod errors;

/// The engine's version, written into every run and every saved pipeline.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");
