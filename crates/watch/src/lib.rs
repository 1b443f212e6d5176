//! What models answered, whether reviews and answers are still what they were, and which of two models is better.
//!
//! In: answers, texts, labels, records of `track`. Out: columns of bytes, tallies, profiles, verdicts, reports. Times, ids
//! and names of people are arguments; where anything is kept is `storage`'s business.

pub mod rows;
pub mod tally;
pub mod log;
pub mod scale;
pub mod calibrated;
pub mod profile;
pub mod describe;
pub mod of_fit;
pub mod domain;
pub mod terms;
pub mod drift;
pub mod estimate;
pub mod compare;
pub mod ab_test;
pub mod report;

/// The schema number of profiles and reports written by this build.
pub const WATCH_SCHEMA: u32 = 1;
