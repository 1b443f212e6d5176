//! `cargo fuzz run counting`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::targets::counting(bytes));
