//! Tests that cross crates, natively: one binary, one module per subject.

mod workspace;
mod sample_reviews;
mod same_numbers;
