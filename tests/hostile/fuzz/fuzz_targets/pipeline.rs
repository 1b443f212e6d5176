//! `cargo fuzz run pipeline`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::pipeline(bytes));
