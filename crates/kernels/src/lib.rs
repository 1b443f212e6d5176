//! The engine's inner loops: what runs once per byte of a file or entry of a matrix.
//!
//! Plain numbers in, plain numbers out. These loops are most of a study's time, so the page compiles them for
//! speed and everything else for size. Functions that others call are neither generic nor inlined: such
//! code would be compiled where it is called, for size.

mod bytes;
mod crc32;
mod letters;
mod ranking;
mod simd;
pub mod lanes;
pub mod machine;
mod train_rows;
mod lane_counts;
mod rows;
mod matrix;
mod bayes;
mod loss;
mod passes;
mod starts;
mod newton;
mod ordered;
mod smooth;
mod platt;

pub use bayes::{bayes_class_sums, bayes_scores};
pub use bytes::{LineEnds, Marks, fingerprint, is_ascii, line_ends, lower_ascii, marks, n_chars};
pub use crc32::Crc32;
pub use lane_counts::{LaneCounts, Selected, keep_most_frequent, keep_within};
pub use letters::{NO_WORD, WordNumbers, scan_letters};
pub use matrix::{Documents, Matrix, Problem, RowNorm, Sides, Weighing};
pub use newton::{Goal, LossKind, NotConverged, Solution, Workspace, fit_linear};
pub use ordered::SparseRows;
pub use platt::fit_platt;
pub use ranking::from_highest;
pub use rows::GradientCell;
pub use smooth::{SidesProblem, SmoothFit, fit_smooth};
pub use starts::{Start, Starts};
pub use train_rows::{DocCounts, TrainRows};
