//! `cargo fuzz run sealed_pipeline`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::sealed_pipeline(bytes));
