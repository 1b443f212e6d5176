//! `cargo fuzz run project`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::project(bytes));
