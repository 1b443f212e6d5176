//! `cargo fuzz run records`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::records(bytes));
