//! Workers asked by hand: what they answer, what they refuse, and that a new worker answers the same.

mod fixture;
mod passes;
mod blobs;
mod studies;
mod errors;
