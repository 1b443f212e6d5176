//! Where a model is wrong: its answers for rows it did not see in; the rows that tell most, and the kinds of reviews of
//! which it is wrong more often than of others, out.

mod rows;
mod slices;
mod finder;
mod terms;

pub use finder::{FinderError, SliceFinder};
pub use rows::{JudgedRow, Pick, Picked, pick_among, pick_rows};
pub use slices::{
    MAX_WORDS_COMPARED, MIN_SLICE_ROWS, SLICE_LEVEL, Slice, SliceKind, SliceTally, SlicesFound,
};
pub use terms::{TermChange, term_changes};
