//! `cargo fuzz run intake`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::intake(bytes));
