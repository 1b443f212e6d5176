//! Tests that cross crates, natively: one binary, one module per subject.

mod workspace;
