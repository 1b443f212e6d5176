//! One model in, answers out: what is packed into a page of one file, into a package for npm, and into a web component.
//!
//! It is the engine without training: a text in, its class, probabilities and marked words out; a table in, the same rows
//! with answers out. Numbers and texts cross the border in one buffer each way, by the plain functions of `exports`: no
//! glue is generated, and a page needs 60 lines to talk to it.
//!
//! Never: a network, a file system, a clock, or a model that was not checked.

mod marks;
mod answers;
mod table;
mod session;
#[cfg(target_arch = "wasm32")]
mod exports;

#[cfg(test)]
mod tests;

pub use answers::{About, Answered, ClassShare, MAX_TEXT_BYTES, WordTold};
pub use marks::Piece;
pub use session::Session;
pub use table::{ColumnTold, TableTold};
