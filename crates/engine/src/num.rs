//! Numbers the rest is built on: content hashes, random streams, sparse matrices.

mod csr;
mod hash;
mod order;
mod sorted_map;
mod mt19937;
mod stream;

pub use csr::{Csr, CsrError, CsrRow, MAX_COLUMNS};
pub use hash::{ContentHash, ContentHasher, ParseHashError};
pub use kernels::Crc32;
pub use mt19937::Mt19937;
pub use order::{stable_order, stable_sort};
pub use sorted_map::SortedMap;
pub use stream::RandomStream;
