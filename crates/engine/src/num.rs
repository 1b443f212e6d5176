//! Numbers the rest is built on: content hashes, random streams, vector arithmetic with fixed order.

mod hash;
mod mt19937;
mod simd;
pub mod lanes;

pub use hash::{ContentHash, ContentHasher, ParseHashError};
pub use mt19937::Mt19937;
