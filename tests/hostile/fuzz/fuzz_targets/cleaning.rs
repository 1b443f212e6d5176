//! `cargo fuzz run cleaning`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::cleaning(bytes));
